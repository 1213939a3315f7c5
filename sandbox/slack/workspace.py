"""The state of the sandbox's workspace: people, messages, views, what was handed out, what was noticed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sandbox.slack.faults import Faults
from sandbox.slack.files import File
from sandbox.slack.later import Later, Pending
from sandbox.slack.manifest import SCOPES, Manifest
from sandbox.slack.messages import Message, with_ids
from sandbox.slack.record import Call, Changes, Json
from sandbox.slack.tickets import Tickets
from sandbox.slack.views import Screens
from sandbox.slack.world import BOT_USER, World, sandbox_world


@dataclass
class Workspace:
    """All that the Web API, the people and the page work on; nothing in here awaits: each step is whole."""

    bot_token: str
    command: str = "/sms"
    scopes: tuple[str, ...] = SCOPES
    posts_per_second: int = 20
    now: Callable[[], float] = time.time
    manifest: Manifest = field(default_factory=Manifest.read)
    world: World = field(default_factory=sandbox_world)
    faults: Faults = field(default_factory=Faults)
    changes: Changes = field(default_factory=Changes)
    messages: dict[str, list[Message]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    url: str = ""
    is_installed: bool = True
    _last_ts: int = 0

    def __post_init__(self) -> None:
        self.names = self.world.names()
        self.screens = Screens(self.names)
        self.tickets = Tickets(self.now)
        self.later = Pending(self.now, self._post_later)

    def breach(self, *sentences: str) -> None:
        """Writes down that the bot broke a rule of Slack's."""
        self.breaches.extend(sentences)
        self.changes.happened()

    def give(self, user: str, name: str, content: bytes) -> File:
        """A file that a person puts into a form; only the app and they see it."""
        file = File.given(user, name, content, self.now())
        self.files[file.id] = file
        return file

    def fresh_ts(self) -> str:
        """A message ts that no message had before."""
        self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def post(
        self, channel: str, user: str = BOT_USER, text: str = "", blocks: Iterable[Json] = (), **more: object
    ) -> Message:
        """Puts a message into a channel and counts it in its thread; `more` are fields of Message."""
        ts = self.fresh_ts()
        named = with_ids(list(blocks), ts[-5:])
        message = Message(channel, ts, user, text, named, names=self.names, **more)  # type: ignore[arg-type]
        self.messages.setdefault(channel, []).append(message)
        self._count_reply(message, 1)
        self.changes.happened()
        return message

    def _post_later(self, one: Later) -> None:
        """Its time has come. Where the app may not post any more, nobody is told (the method's page)."""
        channel = self.world.channels.get(one.channel)
        if channel and BOT_USER in channel.members and not channel.is_archived and self.is_installed:
            self.post(
                one.channel, text=one.text, blocks=one.blocks, thread_ts=one.thread_ts, is_told=one.is_told
            )

    def message(self, channel: str, ts: str) -> Message | None:
        """The message with that ts, deleted ones not."""
        return next((m for m in self.messages.get(channel, []) if m.ts == ts and not m.deleted), None)

    def change(self, message: Message, text: str, blocks: list[Json]) -> None:
        """Edits a message in place."""
        message.change(text, with_ids(blocks, message.ts[-5:]), {"user": BOT_USER, "ts": self.fresh_ts()})
        self.changes.happened()

    def delete(self, message: Message) -> None:
        """Takes a message away."""
        message.deleted = True
        self._count_reply(message, -1)
        self.changes.happened()

    def _count_reply(self, message: Message, step: int) -> None:
        parent = self.message(message.channel, message.thread_ts) if message.thread_ts else None
        if parent and not message.ephemeral_to:
            parent.reply_count += step

    def seen(self, channel: str, user: str | None = None) -> list[Message]:
        """What stands in the channel, oldest first; with the ephemeral messages of `user`."""
        here = self.messages.get(channel, [])
        return [m for m in here if not m.deleted and m.ephemeral_to in (None, user)]
