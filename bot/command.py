"""`Command`: the facts about one thing a person can type, and the listeners it owns; it only records them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.people import READ, SEND, Person
from bot.sends import Kind, Send
from bot.wiring import Bot

Listener = Callable[..., Awaitable[None]]
View = dict[str, Any]
Editor = Callable[[Bot, Send], View]


class Reply(Protocol):
    """Answers who asked, privately unless `in_channel`; in a click, `replace` replaces what was clicked."""

    async def __call__(
        self, text: str, blocks: list[View] | None = None, *, in_channel: bool = False, replace: bool = False
    ) -> None: ...


@dataclass(frozen=True)
class Part:
    """Listeners under one name; ids are made from it, never written: `part.id("form")` -> `sms.part.form`."""

    name: str
    actions: dict[str, Listener] = field(default_factory=dict)
    views: dict[str, Listener] = field(default_factory=dict)
    searches: dict[str, Listener] = field(default_factory=dict)
    typings: dict[str, Listener] = field(default_factory=dict)
    shortcuts: dict[str, Listener] = field(default_factory=dict)
    events: dict[str, Listener] = field(default_factory=dict)

    def id(self, what: str) -> str:
        return f"sms.{self.name}.{what}"

    def action(self, what: str) -> Callable[[Listener], Listener]:
        """A press of the button `what`."""
        return self._into(self.actions, self.id(what))

    def view(self, what: str) -> Callable[[Listener], Listener]:
        """The submission of the modal `what`."""
        return self._into(self.views, self.id(what))

    def search(self, what: str) -> Callable[[Listener], Listener]:
        """What a person types into the select `what`."""
        return self._into(self.searches, what)

    def typing(self, what: str) -> Callable[[Listener], Listener]:
        """What a person has typed so far into the field `what` of a modal that dispatches it."""
        return self._into(self.typings, what)

    def shortcut(self, what: str) -> Callable[[Listener], Listener]:
        """The entry `what` of a message's menu; its name stands in manifest.yml."""
        return self._into(self.shortcuts, self.id(what))

    def event(self, what: str) -> Callable[[Listener], Listener]:
        """What Slack tells of by itself, by its type; manifest.yml subscribes to it."""
        return self._into(self.events, what)

    def _into(self, table: dict[str, Listener], key: str) -> Callable[[Listener], Listener]:
        def keep(listener: Listener) -> Listener:
            table[key] = listener
            return listener

        return keep


@dataclass(frozen=True)
class Command(Part):
    """One verb of a slash command: what help says about it, who may use it, what runs."""

    slash: str = "/sms"
    usage: str = ""  # the words after the verb
    summary: str = ""  # what it does, a line that goes on after the verb
    example: str = ""  # mrkdwn
    order: int = 90  # among the others, in menu and help
    in_menu: bool = True  # it does something without words
    confirm: str = ""  # what its button in the menu asks first
    roles: frozenset[str] = READ
    kind: Kind | None = None  # the sends that it makes, if it makes any
    takes_message: bool = False  # its words name a stored message
    works_for_all: bool = False  # also for people without a role
    works_anywhere: bool = False  # also outside the channels of SMS_CHANNELS
    runs: list[Listener] = field(default_factory=list)
    editors: list[Editor] = field(default_factory=list)

    def run(self, listener: Listener) -> Listener:
        """What happens when the verb is typed."""
        self.runs.append(listener)
        return listener

    def editor(self, builder: Editor) -> Editor:
        """The modal in which a send of this kind is changed."""
        self.editors.append(builder)
        return builder

    @property
    def makes_cards(self) -> bool:
        """Whether what it does has a card, which wants a channel."""
        return self.kind is not None or self.roles == SEND

    @property
    def typed(self) -> str:
        """The line to type: `/sms send <phone> <text>`."""
        return " ".join(filter(None, (self.slash, self.name, self.usage)))


def usable(commands: Mapping[str, Command], person: Person) -> list[Command]:
    """What this person may use, in the order of use."""
    return sorted((one for one in commands.values() if may_use(one, person)), key=lambda one: one.order)


def may_use(command: Command, person: Person) -> bool:
    """Whether this person's roles are enough for it."""
    return command.works_for_all or person.may(command.roles)
