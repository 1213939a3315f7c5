"""What forms that make or change a send share: reading values, all errors at once, where it belongs."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr

from bot.errors import FieldErrors, UsageError
from bot.people import SEND, Person
from bot.sends import Content
from bot.wiring import Bot


class Form(BaseModel):
    """A modal's fields; a field's name is its block_id and action_id, so that its error finds it."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, extra="ignore")

    _problems: dict[str, str] = PrivateAttr(default_factory=dict)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """From a view's values; an empty field counts as an empty text."""
        texts = {name for name, info in cls.model_fields.items() if info.annotation is str}
        return cls.model_validate(
            {name: "" if name in texts and value is None else value for name, value in values.items()}
        )

    def complain(self, name: str, problem: str | None) -> None:
        """Keep a field's problem; None is none, and the first of a field counts."""
        if problem:
            self._problems.setdefault(name, problem)

    def check(self, name: str, read: Callable[[], str]) -> str:
        """What `read` returns; the UsageError that it raises becomes the field's problem."""
        try:
            return read()
        except UsageError as error:
            self.complain(name, str(error))
            return ""

    def raise_problems(self) -> None:
        """Raises FieldErrors with all that was kept."""
        if self._problems:
            raise FieldErrors(self._problems)


class ContentForm(Form, ABC):
    """A form that says what a send shall be; `doing` is what a person may not do who may not send it."""

    doing: ClassVar[str] = "send texts"

    @abstractmethod
    def content(self, bot: Bot, now: datetime) -> Content:
        """What was decided. Raises FieldErrors, all at once."""


def not_past(at: datetime | None, now: datetime) -> str | None:
    """Only the past is refused: the time is an instant, picked in the person's own zone."""
    return "This time is past. Choose a later one, or leave it empty for now." if at and at <= now else None


@dataclass(frozen=True)
class Place:
    """What a modal remembers: the channel that its card belongs to, and the send that it changes, if any."""

    channel: str
    send_id: str = ""
    revision: int = 0

    def write(self) -> str:
        """For `private_metadata`."""
        return json.dumps([self.channel, self.send_id, self.revision])

    @classmethod
    def read(cls, text: str) -> Self:
        return cls(*json.loads(text)[:3])  # a form may write more behind it

    def allow(self, bot: Bot, person: Person, what: str = "send texts") -> None:
        """Raises NotAllowed for who may not send, or not from this channel; asked again as it comes back."""
        bot.people.require(person, SEND, what)
        bot.people.require_channel(self.channel)
