"""What no person does: events, an app that is removed, requests that come again, a Slack that is away."""

from __future__ import annotations

from typing import Any

import httpx

from sandbox.slack.acting import Acting
from sandbox.slack.listening import Listening
from sandbox.slack.record import Answer, Json
from sandbox.slack.sending import Sending, Sent
from sandbox.slack.workspace import Workspace
from sandbox.slack.world import BOT_USER

REVOKED = {"tokens": {"oauth": [], "bot": [BOT_USER]}}  # docs.slack.dev/reference/events/tokens_revoked


class Beside:
    """The part of `Slack` that its people have no hand in."""

    workspace: Workspace
    _acting: Acting
    _listening: Listening
    _sending: Sending

    async def event(self, kind: str, **more: Any) -> Answer:
        """Tells the app of an event of this type; status 0 where it is not subscribed."""
        return await self._acting.event({"type": kind, **more})

    async def redeliver(self, number: int = 1, reason: str = "http_timeout", n_back: int = 1) -> Answer:
        """The `n_back`-th last request, an event, for the `number`-th time more, as where no 200 came."""
        return await self._sending.redeliver(self._sending.sent[-n_back], number, reason)

    async def verify_url(self) -> bool:
        """Asks the request URL, as when somebody enters it; does it answer with the challenge?"""
        return await self._acting.verify_url()

    async def uninstall(self, *, token_first: bool = False) -> None:
        """Somebody takes the app out of the workspace: its token is no more, and both events come."""
        self.workspace.is_installed = False
        told: list[tuple[str, Json]] = [("app_uninstalled", {}), ("tokens_revoked", REVOKED)]
        for kind, more in told[::-1] if token_first else told:
            await self.event(kind, **more)

    def install(self) -> None:
        """Somebody installs it again, and the app is given the token."""
        self.workspace.is_installed = True
        self.workspace.changes.happened()

    def unplug(self) -> None:
        """Slack is not there: connections are refused."""
        self._listening.unplug()

    async def plug_in(self) -> None:
        """It is there again."""
        await self._listening.plug_in()

    def sent(self) -> list[Sent]:
        """The requests to the app so far, oldest first; the last thousand."""
        return list(self._sending.sent)

    async def again(self, sent: Sent, *, signed_anew: bool = False) -> int:
        """One of them again, byte for byte or signed anew; the status of the answer."""
        if signed_anew:
            return (await self._sending.resend(sent)).status
        return (await self._sending.raw(sent.body, sent.headers)).status_code

    async def replay(self, n_back: int = 1) -> httpx.Response:
        """The `n_back`-th last request again, byte for byte."""
        return await self._sending.replay(n_back)

    async def raw(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """Any bytes to the bot's request URL."""
        return await self._sending.raw(body, headers)
