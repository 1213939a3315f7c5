"""How this server behaves where the documents are silent or contradict themselves; a test may choose."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, get_args, get_type_hints

PathPlus = Literal["double_decode", "space", "literal"]
OptOutAnswer = Literal["success_false", "500", "empty_array", "silent_ok"]
Refused = Literal["refused", "taken"]
Scope = Literal["sender", "sender_and_group"]
StopScope = Literal["sender", "realm"]
ContactForm = Literal["both", "three", "four"]


@dataclass
class Habits:
    """The guesses, each with what it is about. Their defaults are the nastiest that the documents allow."""

    # The pages write spaces in a path as `+` and show them back as spaces, which plain JAX-RS does not do:
    # the application seems to decode a second time. `%25` then breaks, and a literal `+` becomes a space.
    path_plus: Annotated[PathPlus, "what becomes of + and % in a path"] = "double_decode"
    # Not documented; only that the phone gets no text.
    opted_out: Annotated[OptOutAnswer, "the answer to a send to an opted-out phone"] = "success_false"
    # The REST page speaks of an "existing SMS contact"; the HTTP page says that an unknown one is an error.
    unknown_phone: Annotated[Refused, "adding a phone that is no contact"] = "refused"
    # "An SMS Subscription already exists": whether one in another group counts is not said. When it does, a
    # yes-it-exists leaves the contact outside the group that was asked for.
    already_subscribed: Annotated[Scope, "a second subscription is one to the same …"] = "sender"
    # The HTTP page says both that any phone may be stopped and that an unknown one is an error.
    stop_stranger: Annotated[Refused, "stopping a phone that is not on the sender code"] = "refused"
    # The pages name one error only, that of a phone that is not there.
    second_stop: Annotated[Refused, "stopping a phone that is stopped already"] = "taken"
    # A stop names a sender code; its error names the realm alone.
    stop_scope: Annotated[StopScope, "what a stop stops: texts from the …"] = "sender"
    # The overview has a country and a slash at the end, the operation's own page has neither.
    contact_form: Annotated[ContactForm, "path segments that addSubscriberToSenderCode takes"] = "both"
    # Typographical errors of the pages, which a server may or may not share.
    misspelt_stop: Annotated[bool, "/rest/sms/stopSubcriberSend is there too"] = False
    overview_create: Annotated[bool, "/rest/create_message is there too"] = False
    # "The realm must be defined first … the password after": enforced only when asked.
    realm_before_password: Annotated[bool, "the HTTP API wants the realm before the password"] = False
    delivery_delay: Annotated[float, "seconds from the answer to the text on the handset"] = 0.0

    def set(self, name: str, value: Any) -> None:
        """Change one habit by name; raises ValueError for a name or a value that there is not."""
        kinds = get_type_hints(Habits)
        if name not in {each.name for each in fields(self)}:
            raise ValueError(f"no habit is called {name!r}")
        choices = get_args(kinds[name])
        if choices and value not in choices:
            raise ValueError(f"{name} is one of {', '.join(choices)}, not {value!r}")
        if not choices and not _is_fit(kinds[name], value):
            raise ValueError(f"{name} cannot be {value!r}")
        setattr(self, name, value)

    def known(self) -> dict[str, dict[str, Any]]:
        """Every habit by name: what it is about, its choices (none for a number)."""
        kinds = get_type_hints(Habits, include_extras=True)
        return {each.name: _told(*get_args(kinds[each.name])) for each in fields(self)}


def _told(kind: Any, what: str) -> dict[str, Any]:
    return {"what": what, "choices": [False, True] if kind is bool else list(get_args(kind))}


def _is_fit(kind: type, value: Any) -> bool:
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    return isinstance(value, int | float) and 0 <= value < math.inf
