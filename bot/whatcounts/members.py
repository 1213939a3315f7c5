"""What WhatCounts answers when a phone is subscribed, a contact is added, or one is stopped.

The two ways to subscribe answer in different shapes: `smsGroupId` and `createdDate` by one, `groupName`,
`success` and `createDate` by the other. Nulls are left out, and 0 means none. The HTTP API answers with the
word SUCCESS and nothing else.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.whatcounts import outcomes
from bot.whatcounts.answers import Answer, Dated, Unreadable, Written, is_about, items, number
from bot.whatcounts.secrets import Redactor


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _named(*names: str) -> Any:
    return Field(default=None, validation_alias=AliasChoices(*names))


Number = Annotated[int | None, BeforeValidator(number)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]


class _Kept(Dated):
    """Fields that every one of these answers has. `id` is None only where the HTTP API answered."""

    id: Number = None
    realm_id: Number = _named("realmId", "realm_id")
    subscriber_id: Number = _named("smsSubscriberId", "subscriber_id")


class Subscription(_Kept):
    """A phone subscribed to a sender code: REST Add Phone To Sender Code (seed 000_05c643a328dd2a45.txt).

    `group_missing`: a group was asked for and the answer names none, so the phone is in no group.
    `group_unproven`: a group was asked for by the HTTP API, whose answer tells nothing of it.
    """

    sender_id: Number = _named("smsSenderId", "sender_id")
    group_id: Number = _named("smsGroupId", "group_id")
    authenticated: Flag = None
    group_missing: bool = False
    group_unproven: bool = False


class Contact(_Kept):
    """A contact with e-mail and phone, subscribed: REST Add SMS Contact to Sender Code.

    `group_missing`: a group was asked for and the answer names none, or another. `group_unproven`: a group
    was asked for by the HTTP API, whose answer tells nothing of it. `phone` is as WhatCounts writes it, and
    is not shown in a repr.
    """

    sender_id: Number = _named("smsSenderId", "sender_id")
    group: Written = _named("groupName", "group")
    phone: Written = Field(default=None, repr=False)
    group_missing: bool = False
    group_unproven: bool = False


class AlreadySubscribed(BaseModel):
    """The phone was subscribed to this sender code before: what was wanted is so, and nothing was changed.

    `group_unproven`: a group was asked for, and nothing tells whether the phone is in it. `raw` is the
    answer, redacted, at most 300 characters.
    """

    model_config = ConfigDict(frozen=True)

    group_unproven: bool = False
    raw: str


class Stopped(_Kept):
    """An opt-out: REST Stop Sending SMS To Contact (seed 004_5ab793a1ef825a7a.txt).

    `phone` is as WhatCounts writes it, and is not shown in a repr.
    """

    sender_id: Number = _named("smsSenderId", "sender_id")
    campaign_id: Number = _named("campaignId", "campaign_id")
    phone: Written = Field(default=None, repr=False)


Kept = TypeVar("Kept", bound=_Kept)


def read(kind: type[Kept], answer: Answer, redact: Redactor, phone: str) -> Kept:
    """The one object of a success. Raises Uncertain where it is not plainly done, and for this phone.

    `phone` is in its normal form; WhatCounts takes ten digits and answers with eleven.
    """
    try:
        (found,) = items(answer.json())
        kept = kind.model_validate(found)
    except (Unreadable, ValueError, ValidationError):
        raise outcomes.doubt(answer, redact, "done") from None
    if kept.id is None or found.get("success") is False or not is_about(found, phone):
        raise outcomes.doubt(answer, redact, "done")
    return kept
