"""`Slack`: a strict Slack on loopback, with which tests act as people and on which the page draws."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sandbox.slack import reading
from sandbox.slack.acting import Acting
from sandbox.slack.api.front import Front
from sandbox.slack.beside import Beside
from sandbox.slack.faults import Faults
from sandbox.slack.files import File
from sandbox.slack.listening import LOOPBACK, Listening
from sandbox.slack.manifest import Manifest
from sandbox.slack.messages import Message
from sandbox.slack.page import PAGE, Page, Panel
from sandbox.slack.record import Answer, Call, Json
from sandbox.slack.routes import application
from sandbox.slack.sending import ACK_SECONDS, Sending
from sandbox.slack.views import View
from sandbox.slack.workspace import Workspace
from sandbox.slack.world import World

T = TypeVar("T")


class Slack(Beside):
    """One workspace with the app installed. People and channels: sandbox/slack/world.py.

    `request_url` is where the bot listens (it may be set later); `patience` the seconds it has for an answer;
    `now` unix seconds; `manifest` the app's (else the project's own); `scopes` what its token may do (else
    what the manifest asks for); `panel` what the page shows beside Slack.
    """

    def __init__(
        self,
        *,
        request_url: str = "",
        signing_secret: str | None = None,
        bot_token: str | None = None,
        command: str = "/sms",
        page: Path | None = None,
        panel: Panel | None = None,
        manifest: Manifest | None = None,
        scopes: Iterable[str] | None = None,
        posts_per_second: int = 20,
        patience: float = ACK_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.signing_secret = signing_secret or secrets.token_hex(16)
        self.bot_token = bot_token or f"xoxb-sandbox-{secrets.token_hex(12)}"
        manifest = manifest or Manifest.read()
        granted = manifest.scopes() if scopes is None else tuple(scopes)
        self.workspace = Workspace(
            self.bot_token, command, granted, posts_per_second=posts_per_second, now=now, manifest=manifest
        )
        self._sending = Sending(self.signing_secret, patience, now)
        self._sending.request_url = request_url
        self._acting = Acting(self.workspace, self._sending)
        self._listening = Listening()
        self.page = Page(self.workspace, self._acting, page or PAGE, panel)

    @property
    def request_url(self) -> str:
        """Where requests to the bot go."""
        return self._sending.request_url

    @request_url.setter
    def request_url(self, url: str) -> None:
        self._sending.request_url = url

    async def start(self, host: str = LOOPBACK, port: int = 0) -> None:
        """Listens on 127.0.0.1; port 0 takes a free one."""
        app = application(Front(self.workspace, self._listening.cut), self.page)
        port = await self._listening.start(app, host, port)
        self.workspace.url = f"http://{host}:{port}"
        self.workspace.breach(*(f"manifest: {each}" for each in self.workspace.manifest.problems()))
        await self._sending.start()

    async def stop(self) -> None:
        """Closes everything at once; held calls are let go first."""
        self.faults.clear()
        self.workspace.later.stop()
        self.page.closing = True
        self.changed()
        await self._listening.stop()
        await self._sending.stop()

    @property
    def url(self) -> str:
        """http://127.0.0.1:PORT"""
        return self.workspace.url

    @property
    def api_url(self) -> str:
        """For SLACK_API_URL."""
        return self.url + "/api/"

    @property
    def world(self) -> World:
        """People and channels; a test may add its own."""
        return self.workspace.world

    @property
    def faults(self) -> Faults:
        """What goes wrong at Slack's side."""
        return self.workspace.faults

    @property
    def breaches(self) -> list[str]:
        """Every breach of Slack's rules by the bot, a sentence each."""
        return self.workspace.breaches

    @property
    def calls(self) -> list[Call]:
        """Every Web API call, and every post to a response_url (method "response_url")."""
        return self.workspace.calls

    @property
    def files(self) -> list[File]:
        """What the app uploaded, oldest first."""
        return [one for one in self.workspace.files.values() if not one.user]

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    @property
    def scopes(self) -> tuple[str, ...]:
        """What the bot's token may do."""
        return self.workspace.scopes

    def revoke(self, *scopes: str) -> None:
        """Takes scopes away, as where the app was installed before its manifest asked for them."""
        self.workspace.scopes = tuple(each for each in self.workspace.scopes if each not in scopes)

    def pass_time(self, seconds: float) -> None:
        """The clock by which messages are posted later moves on; what is due by then is posted."""
        self.workspace.later.pass_on(seconds)

    def changed(self) -> None:
        """Wakes whoever waits, the page too: for what changes outside Slack (phones, the bot's process)."""
        self.workspace.changes.happened()

    async def wait_for(self, predicate: Callable[[], T | None], timeout: float = 15.0) -> T:
        """The first true value of `predicate`, asked at each change; TimeoutError says what there is."""
        try:
            return await self.workspace.changes.until(predicate, timeout)
        except TimeoutError:
            raise TimeoutError(f"not within {timeout} s; the sandbox has: {self.page.summary()}") from None

    # --- people's acts

    async def command(self, user: str, text: str, channel: str = "C0SMS") -> Answer:
        """Types "/sms <text>" in a channel."""
        return await self._acting.command(user, self.workspace.command, text, channel)

    def say(self, user: str, text: str, channel: str = "C0SMS", thread_ts: str | None = None) -> Message:
        """Writes a plain message."""
        return self.workspace.post(channel, self.world.person(user).id, text, thread_ts=thread_ts)

    async def click(self, user: str, message: Message, name: str, value: Any = None) -> Answer:
        """Presses a button by label, action_id or block_id, as one who confirms; `value` for a select."""
        return await self._acting.click(user, message, *reading.find(message.blocks, name), value)

    async def shortcut(self, user: str, message: Message, callback_id: str) -> Answer:
        """Picks one of the app's message shortcuts, by callback_id or name, from that message's menu."""
        return await self._acting.shortcut(user, message, callback_id)

    async def view_click(self, user: str, name: str, value: Any = None) -> Answer:
        """Presses a button in the person's top modal, or in the Home tab where no modal is open."""
        view = self._screen(user)
        return await self._acting.view_click(view, *reading.find(view.blocks, name), value)

    async def search(self, user: str, name: str, query: str) -> list[Json]:
        """Types into an external select; the options that come."""
        view = self._screen(user)
        return await self._acting.search(view, *reading.find(view.blocks, name), query)

    def give(self, user: str, name: str, content: bytes) -> str:
        """A file that this person puts into a form's file_input, as the id to fill in."""
        return self.workspace.give(user, name, content).id

    async def fill(self, user: str, values: Mapping[str, Any]) -> Answer | None:
        """Fills inputs of the top modal, by block_id; the last answer where one tells the app at once."""
        return await self._acting.fill(self._screen(user), values)

    async def type_into(self, user: str, name: str, text: str) -> list[Answer]:
        """Types into an input of the top modal, a character after the other, as one who types slowly.

        What stood there goes. The answers: one a character where the app wants on_character_entered, one for
        Enter at the end where it wants on_enter_pressed, none where the block dispatches nothing.
        """
        return await self._acting.type_into(self._screen(user), name, text)

    async def submit(self, user: str) -> Answer:
        """Submits the top modal; status 0 and `view.errors` where Slack's client stops it."""
        return await self._acting.submit(self._modal(user))

    async def close_view(self, user: str, whole_stack: bool = False) -> Answer | None:
        """Closes the top modal (all of them: the cross)."""
        return await self._acting.close(self._modal(user), whole_stack)

    async def open_home(self, user: str) -> Answer:
        """Opens the app's Home tab."""
        return await self._acting.open_home(user)

    # --- what people see

    def view(self, user: str) -> View | None:
        """The modal that this person sees, or None."""
        return self.workspace.screens.top(user)

    def home(self, user: str) -> View | None:
        """The Home tab of this person, once published."""
        return self.workspace.screens.homes.get(user)

    def messages(self, channel: str) -> list[Message]:
        """What stands in a channel for everybody, thread replies too, oldest first; deleted messages not."""
        return self.workspace.seen(channel)

    def replies(self, message: Message) -> list[Message]:
        """The thread under a message."""
        return [each for each in self.messages(message.channel) if each.thread_ts == message.ts]

    def ephemerals(self, user: str, channel: str) -> list[Message]:
        """What only this person sees in a channel, oldest first."""
        return [each for each in self.workspace.seen(channel, user) if each.ephemeral_to == user]

    def _modal(self, user: str) -> View:
        view = self.view(user)
        if view is None:
            raise LookupError(f"{user} has no modal open; {self.page.summary()}")
        return view

    def _screen(self, user: str) -> View:
        home = self.home(user)
        return home if home is not None and self.view(user) is None else self._modal(user)
