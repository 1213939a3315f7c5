"""Store a message: what an error leaves open is settled by reading the list, never by asking again.

REST Create Message (support.whatcounts.com, api-rest-create-sms-message): a label that is not defined in the
realm answers 500 *and stores the message*; a name that is taken, or a text that it does not like, answers 500
and stores nothing. The overview's own address for it, `/rest/create_message`, is contradicted by that page.
HTTP Create SMS Message (create-sms-message) says FAILURE in all these cases, and its SUCCESS holds no text.
"""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

from bot.errors import BotError, Refused, Uncertain
from bot.text import invisible, problem
from bot.whatcounts import outcomes
from bot.whatcounts.answers import Answer, Message, Unreadable, number, stored_messages
from bot.whatcounts.http_api import HttpApi
from bot.whatcounts.listing import all_messages
from bot.whatcounts.rest import Rest

# HTTP Create SMS Message refuses "special characters" in a name without saying which; these are none.
_NAME = re.compile(r"[A-Za-z0-9_-]([A-Za-z0-9 _-]{0,98}[A-Za-z0-9_-])?")
# Where the REST page's example is cut off; the HTTP page names the reason without the words.
_NOT_SAVED = re.compile(r"Message could not be save|.*\b(already exists|same name|duplicate)\b", re.I)
_ID = re.compile(r"SUCCESS\b\s*:?\s*(\d{1,18})", re.I)
_LOOK = "Look for it in WhatCounts before creating it again."


class Created(BaseModel):
    """A message that is stored, as WhatCounts gives it back.

    `is_reconciled`: the answer left it open and the list has it; it may have been there before, alike.
    `is_changed`: it was stored with another text than was asked for. `label_missing`: not every label that
    was asked for is seen on it, as when one is not defined in the realm.
    """

    model_config = ConfigDict(frozen=True)

    message: Message
    is_reconciled: bool = False
    is_changed: bool = False
    label_missing: bool = False


def message_problems(name: str, text: str, label: str = "") -> dict[str, str]:
    """Why a message cannot be stored: argument -> sentence for people; empty if it can."""
    found = {"name": _name_problem(name), "text": problem(text)}
    if label:
        found["label"] = "The label is empty." if not label.strip() else invisible("label", label)
        if "\n" in label:
            found["label"] = "The label has a line break in it."
    return {argument: sentence for argument, sentence in found.items() if sentence}


def _name_problem(name: str) -> str | None:
    if not name.strip():
        return "The name is empty."
    if len(name) > 100:
        return f"The name has {len(name)} characters; at most 100 are taken."
    if name != name.strip(" "):
        return "The name begins or ends with a space."
    if not _NAME.fullmatch(name):
        return "The name may have plain letters, digits, spaces, _ and - only."
    return None


async def create_message(rest: Rest, http: HttpApi, name: str, text: str, label: str = "") -> Created:
    """By REST where its path can carry the text, else as a form; see `WhatCounts.create_message`."""
    for sentence in message_problems(name, text, label).values():
        raise Refused(sentence)
    wanted = Message(id=0, name=name, text=text, label=label)
    if rest.path_problem("text", text) is None:
        return await _by_path(rest, http, wanted)
    return await _by_form(rest, http, wanted)


async def _by_path(rest: Rest, http: HttpApi, wanted: Message) -> Created:
    """POST createMessage/{messageName}/{messageText}?label= once."""
    segments = [("command", "createMessage"), ("name", wanted.name), ("text", wanted.text)]
    answer = None
    try:
        answer = await rest.post(segments, [("label", wanted.label)] if wanted.label else [])
        return _created(_taken(rest, answer, wanted.name), wanted)
    except Uncertain as doubt:
        return await _reconciled(rest, http, wanted, doubt, answer)


async def _by_form(rest: Rest, http: HttpApi, wanted: Message) -> Created:
    """POST createsmsmessage once; the list then shows what text was stored."""
    arguments = [("message_name", wanted.name), ("message_text", wanted.text)]
    arguments += [("label", wanted.label)] if wanted.label else []
    answer, identity = None, None
    try:
        answer = await http.post("createsmsmessage", arguments)
        identity = _identity(http, answer)
        doubt = Uncertain("WhatCounts says that it stored this, without showing what.")
    except Uncertain as error:
        doubt = error
    return await _reconciled(rest, http, wanted, doubt, answer, identity)


def _taken(rest: Rest, answer: Answer, name: str) -> Message:
    """The message that a success gives back. Raises Refused or Uncertain."""
    outcomes.check_send(answer, rest.redact, "stored")
    try:
        found = stored_messages(answer)
    except Unreadable:
        found = []
    if len(found) != 1 or found[0].id < 1 or found[0].name != name or not found[0].text:
        raise outcomes.doubt(answer, rest.redact, "stored")
    return found[0]


def _identity(http: HttpApi, answer: Answer) -> int:
    """The id of `SUCCESS: 6`. Raises Refused or Uncertain."""
    if outcomes.is_failure(answer):
        outcomes.check_send(answer, http.redact, "stored", is_failure_no=False)
        said = Uncertain("WhatCounts says that it failed, as it does of some messages that it has stored.")
        raise outcomes.noted(said, answer, http.redact)
    outcomes.check_send(answer, http.redact, "stored")
    found = _ID.fullmatch(answer.text)
    identity = number(found[1]) if found else None
    if identity is None:
        raise outcomes.doubt(answer, http.redact, "stored")
    return identity


def _created(stored: Message, wanted: Message, *, is_reconciled: bool = False) -> Created:
    return Created(
        message=stored,
        is_reconciled=is_reconciled,
        is_changed=stored.text != wanted.text,
        label_missing=not _labels(wanted.label) <= _labels(stored.label),
    )


def _labels(written: str | None) -> set[str]:
    return {label.strip().casefold() for label in (written or "").split(",") if label.strip()}


async def _reconciled(
    rest: Rest,
    http: HttpApi,
    wanted: Message,
    doubt: Uncertain,
    answer: Answer | None,
    identity: int | None = None,
) -> Created:
    """What the list says of it: names are unique in a realm. `identity` is the id that a success gave.

    Raises Refused or Uncertain.
    """
    try:
        stored = next((each for each in await all_messages(rest, http) if each.name == wanted.name), None)
    except BotError as error:
        raise _like(doubt, Uncertain(f"{doubt} Its list could not be read either: {error} {_LOOK}")) from None
    if stored is not None and (stored.text == wanted.text or stored.id == identity):
        return _created(stored, wanted, is_reconciled=stored.id != identity)
    raise _like(doubt, _missing(rest, doubt, answer, stored)) from None


def _missing(rest: Rest, doubt: Uncertain, answer: Answer | None, stored: Message | None) -> BotError:
    """It is not in the list, or another text is there under its name."""
    words = outcomes.words(answer) if answer and _is_their_own(answer) else ""
    if stored is not None and _NOT_SAVED.match(words):
        return Refused("A message of this name is stored already, with another text. Choose another name.")
    if stored is not None:
        return Uncertain(
            f"{doubt} A message of this name is there with another text: it was there before, or this one "
            "was changed on the way. Compare it in WhatCounts."
        )
    if words:
        reason = " ".join(rest.redact(words).split()).rstrip(".")
        return Refused(f"WhatCounts did not store it: {reason}. It is not among the stored messages.")
    return Uncertain(f"{doubt} It is not among the stored messages yet. {_LOOK}")


def _is_their_own(answer: Answer) -> bool:
    """Whether WhatCounts itself says no, at its work's end; a gateway's page may come before it."""
    is_json = answer.status in {200, 500} and answer.text.startswith("{")
    return (is_json or outcomes.is_failure(answer)) and "<" not in answer.text


def _like(doubt: Uncertain, error: BotError) -> BotError:
    """The error with what WhatCounts answered at first."""
    for note in getattr(doubt, "__notes__", ()):
        error.add_note(note)
    return error
