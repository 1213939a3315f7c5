"""What WhatCounts' answers hold: JSON in the shapes that it is known to use, nothing guessed beyond them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.errors import UsageError
from bot.phones import normal
from bot.whatcounts.dates import moment

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # the escape of half a surrogate pair, or of a whole one


class Unreadable(Exception):
    """An answer in no form that we know; what that means is for the caller to say."""


def _as_written(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


Written = Annotated[str | None, BeforeValidator(_as_written)]


class Dated(BaseModel):
    """What WhatCounts keeps with its dates: as it writes them, and read as its server's local time.

    Some pages write `createDate` for `createdDate`. A date that cannot be read is None and keeps its words.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="ignore")

    created_at_raw: Written = Field(
        default=None, validation_alias=AliasChoices("createdDate", "createDate", "created_at_raw")
    )
    updated_at_raw: Written = Field(
        default=None, validation_alias=AliasChoices("updatedDate", "updateDate", "updated_at_raw")
    )

    @property
    def created_at(self) -> datetime | None:
        """Naive: WhatCounts names no zone."""
        return moment(self.created_at_raw)

    @property
    def updated_at(self) -> datetime | None:
        """Naive, as above."""
        return moment(self.updated_at_raw)


class Message(Dated):
    """A text stored in the realm under a name.

    Fields: REST SMS Overview, "SMS Message Property Data Fields"; `label` from the Get SMS Messages page, and
    None too where the list came as CSV, which has none.
    """

    id: int
    name: str = ""
    text: str = Field(default="", validation_alias=AliasChoices("messageText", "text"))
    label: str | None = None
    parts: int | None = Field(default=None, validation_alias=AliasChoices("totalParts", "parts"))


class Submitted(BaseModel):
    """What WhatCounts said when it took a send. It counts no recipients and knows no delivery.

    `id` is the campaign's (None for one text); `sms_group_id` is None where the answer has none, which for a
    send to a group means that the group was not understood. `raw` is the answer, redacted, at most 300
    characters.
    """

    model_config = ConfigDict(frozen=True)

    id: int | None = None
    sms_group_id: int | None = None
    status: str
    raw: str


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, whole."""

    status: int
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """For people and for matching words; what is no UTF-8 is replaced, a byte order mark dropped."""
        return self.body.decode("utf-8-sig", errors="replace").strip()

    def json(self) -> Any:
        """Strictly; raises Unreadable. The pages show JSON without commas, but servers do not send it."""
        try:
            value = json.loads(decoded(self.body))
        except (ValueError, RecursionError):
            raise Unreadable from None
        return _whole(value) if _HALF.search(self.body) else value


def _whole(value: Any) -> Any:
    """The same with U+FFFD for half a surrogate pair, as of an emoji that was cut: no database takes that."""
    written = json.dumps(value, ensure_ascii=False)
    return json.loads(written.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def decoded(body: bytes) -> str:
    """Without a byte order mark. Raises ValueError for what is no UTF-8."""
    return body.decode("utf-8-sig")


def items(value: Any) -> list[dict[str, Any]]:
    """The objects of an answer: an array, one object, or an object with one list in it; without `dto`."""
    if isinstance(value, dict):
        value = _unwrapped(value)
        lists = [inner for inner in value.values() if isinstance(inner, list)]
        value = lists[0] if len(lists) == 1 and "id" not in value else [value]
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Unreadable
    return [_unwrapped(item) for item in value]


def _unwrapped(item: dict[str, Any]) -> dict[str, Any]:
    inner = item.get("dto")
    return inner if isinstance(inner, dict) else item


def stored_messages(answer: Answer) -> list[Message]:
    """One page of `GET /rest/sms`, each with an id; an empty body is an empty page. Raises Unreadable."""
    if not answer.text:
        return []
    try:
        return [Message.model_validate(_without_nulls(item)) for item in items(answer.json()) if item]
    except ValidationError:
        raise Unreadable from None


def _without_nulls(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value is not None}


def is_about(item: dict[str, Any], phone: str) -> bool:
    """Whether an object of an answer is about this phone, in its normal form; one that names none is."""
    written = item.get("phone")
    if written is None or written == "":
        return True
    try:
        return normal(str(written)) == phone
    except UsageError:
        return False


def number(value: Any) -> int | None:
    """A positive whole number; 0 and null are how WhatCounts writes "none"."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
