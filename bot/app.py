"""The Bolt app: who may ask, which listener answers, what an error says.

Slack's requests reach their listener through one table a kind (Bolt would try every listener in turn). A
listener is awaited before the request is answered, and nothing it raises gets past `_guarded`: Bolt's async
runner would lose an answer that was given less than 10 ms before an exception.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Sequence
from difflib import get_close_matches
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.kwargs_injection.async_utils import build_async_required_kwargs
from slack_bolt.response import BoltResponse

from bot.answers import NOT_KNOWN, Channel
from bot.command import Command, Listener, Part
from bot.database import DatabaseError, Unconfirmed
from bot.errors import BotError, NotAllowed, Objected, UsageError
from bot.evidence import SMSOPS, Replayed
from bot.people import Person
from bot.redelivery import event_key, request_key
from bot.sends import Ask
from bot.text import unslack
from bot.wiring import Bot, where

log = logging.getLogger(__name__)

OURS = re.compile(r"^sms\.")
ALL = re.compile("")
LISTENER_SECONDS = 2.5  # what is left of Slack's three is for the answer
UNCONFIRMED = (
    "The record did not answer in time, so it is not known whether this was done."
    " Look at `/sms scheduled` before you do it again."
)


def build(bot: Bot, commands: Sequence[Command], parts: Sequence[Part] = ()) -> AsyncApp:
    """The app with every listener of these commands and parts. Requests reach it verified (`bot.web`)."""
    router = Router(bot, {command.name: command for command in commands}, (*commands, *parts))
    token = bot.settings.slack_bot_token.get_secret_value()

    async def authorize() -> AuthorizeResult:
        # no I/O: Bolt's own would ask Slack inside the first request's three seconds
        return AuthorizeResult(
            enterprise_id=None,
            team_id=bot.workspace.team,
            bot_token=token,
            bot_user_id=bot.workspace.bot_user,
        )

    app = AsyncApp(
        name="smsops",  # else Bolt reads every module's source to find out
        client=bot.slack,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # done over the raw bytes before Bolt parses them
    )
    app.command(OURS_SLASH)(router.typed)
    app.action(ALL)(router.pressed)
    app.message_shortcut(OURS)(router.shortcut)
    app.view(OURS)(router.submitted)
    app.options(ALL)(router.searched)
    app.event(ALL)(router.heard)
    return app


OURS_SLASH = re.compile(r"^/sms")


class Late(Exception):
    """A listener took longer than Slack waits."""


class Router:
    """From a request to its listener: finds it, says who asks, and turns what it raises into words."""

    def __init__(self, bot: Bot, commands: dict[str, Command], parts: Sequence[Part]) -> None:
        self.bot = bot
        self.commands = commands
        self.actions = {key: (part, listener) for part in parts for key, listener in part.actions.items()}
        self.actions |= {one.id("run"): (one, one.runs[0]) for one in commands.values()}  # the menu's buttons
        self.views = {key: (part, listener) for part in parts for key, listener in part.views.items()}
        self.shortcuts = {key: (part, listener) for part in parts for key, listener in part.shortcuts.items()}
        self.events = {key: listener for part in parts for key, listener in part.events.items()}
        self.searches = {
            f"{part.name}.{key}": (part, found) for part in parts for key, found in part.searches.items()
        }
        self.typings = {
            f"{part.name}.{key}": (part, found) for part in parts for key, found in part.typings.items()
        }

    async def typed(self, request: AsyncBoltRequest, ack: AsyncAck, context: AsyncBoltContext) -> None:
        """`/sms verb words`: an unknown verb gets a near miss, no verb the menu."""
        channel = Channel.of_command(self.bot, request.body, ack)
        verb, words = [*unslack(request.body.get("text") or "").split(maxsplit=1), "", ""][:2]
        context["words"] = words.strip()

        async def answer() -> None:
            command = self.commands.get(verb.lower() or "menu")
            if command is None:
                raise self._unknown(verb)
            await self._run(command, command.runs[0], request, channel)

        known = verb.lower() or "menu"
        await self._guarded(answer, channel, "command", known if known in self.commands else "unknown")

    async def pressed(self, request: AsyncBoltRequest, ack: AsyncAck, context: AsyncBoltContext) -> None:
        """A button, or a field of a modal that tells what is typed; a menu's button may bring words."""
        channel = Channel.of_press(self.bot, request.body, ack)
        action = request.body["actions"][0]
        table, key = self.actions, action["action_id"]
        if not OURS.match(key):
            table, key = self.typings, self._field_key(request.body, key)
        context["words"] = str(action.get("value") or "") if action.get("type") == "button" else ""
        part, listener = self._found(table, key)
        await self._guarded(lambda: self._run(part, listener, request, channel), channel, "press", part.name)

    async def shortcut(self, request: AsyncBoltRequest, ack: AsyncAck) -> None:
        channel = Channel.of_press(self.bot, request.body, ack)
        part, listener = self._found(self.shortcuts, request.body["callback_id"])
        await self._guarded(
            lambda: self._run(part, listener, request, channel), channel, "shortcut", part.name
        )

    async def submitted(self, request: AsyncBoltRequest, ack: AsyncAck) -> None:
        channel = Channel.of_form(self.bot, request.body, ack)
        part, listener = self._found(self.views, request.body["view"]["callback_id"])
        await self._guarded(lambda: self._run(part, listener, request, channel), channel, "form", part.name)

    async def searched(self, request: AsyncBoltRequest, ack: AsyncAck) -> None:
        channel = Channel.of_search(self.bot, request.body, ack)
        key = self._field_key(request.body, request.body.get("action_id"))
        part, listener = self._found(self.searches, key)
        await self._guarded(lambda: self._run(part, listener, request, channel), channel, "search", part.name)

    async def heard(self, request: AsyncBoltRequest) -> BoltResponse:
        """An event: 200, also where it came before or is none of ours; 503 lets Slack bring it again.

        Slack brings an event three times more until it gets a 200 (docs.slack.dev, Events API).
        """
        kind = request.body["event"]["type"]
        listener = self.events.get(kind)
        self.bot.pulse.heard_at = self.bot.now()
        if listener is None or not self._is_ours(request.body):
            return BoltResponse(status=200)
        with self.bot.metrics.request("event", kind) as asked:
            try:
                ask = Ask(SMSOPS, self.bot.now(), event_key(request.body))
                await self._in_time(self._call(listener, request, ask))
                asked.outcome = "ok"
            except Replayed:
                asked.outcome = "replayed"
                log.info("%s came again, and was not heard again", kind)
            except Exception as error:  # whatever it is: unheard, it would be lost
                log.error("%s was not heard: %s at\n%s", kind, type(error).__name__, where(error))
                return BoltResponse(status=503)
        return BoltResponse(status=200)

    def _is_ours(self, body: dict[str, Any]) -> bool:
        """Whether it is about this workspace; as long as that is not known, it is."""
        own = self.bot.workspace.team
        return own is None or body.get("team_id") in (None, own)

    def _field_key(self, body: dict[str, Any], field: str | None) -> str:
        """`campaign.message`: the field of the modal that some command has opened."""
        form = str((body.get("view") or {}).get("callback_id") or "").split(".")
        return f"{form[1] if len(form) > 1 else ''}.{field}"

    def _found(self, table: dict[str, tuple[Part, Listener]], key: str) -> tuple[Part, Listener]:
        return table.get(key) or (Part("unknown"), _gone)

    async def _run(self, part: Part, listener: Listener, request: AsyncBoltRequest, channel: Channel) -> None:
        """Say who asks and by which request, check the role, and call the listener with what it names."""
        user, team = _who(request.body)
        ask = Ask(user, self.bot.now(), request_key(request))
        try:
            person = await self._person(part, user, team)
            if isinstance(part, Command):
                self._allow(part, person, channel)
            more = {"person": person, "reply": channel.reply, "channel": channel, "commands": self.commands}
            await self._call(listener, request, ask, **more)
        except BotError as error:
            await self._refused(ask, error)
            raise

    async def _call(self, listener: Listener, request: AsyncBoltRequest, ask: Ask, **more: Any) -> None:
        for name, value in {"bot": self.bot, "ask": ask, **more}.items():
            request.context[name] = value
        names = list(listener.__code__.co_varnames[: listener.__code__.co_argcount])
        given = build_async_required_kwargs(
            logger=log, required_arg_names=names, request=request, response=None, next_keys_required=False
        )
        await listener(**given)

    async def _refused(self, ask: Ask, error: BotError) -> None:
        """Keep that it was refused: a copy that comes when nothing is in the way any more does nothing."""
        if ask.request is None:
            return
        try:
            await self.bot.sends.refused(ask, type(error).__name__)
        except (Replayed, DatabaseError) as trouble:
            log.info("a refusal was not kept: %s", type(trouble).__name__)

    async def _person(self, part: Part, user: str, team: str | None) -> Person:
        try:
            return await self.bot.people.person(user, team)
        except NotAllowed:
            if isinstance(part, Command) and part.works_for_all:
                return Person(user, frozenset())
            raise

    def _allow(self, command: Command, person: Person, channel: Channel) -> None:
        """A form's channel is in the form (`Place.allow`)."""
        if not command.works_for_all:
            self.bot.people.require(person, command.roles, f"use `{command.slash} {command.name}`")
        if not command.works_anywhere and not channel.is_form:
            self.bot.people.require_channel(channel.id)
        if channel.lacks_channel and command.makes_cards:
            raise Objected(
                "Nothing was done: no channel is chosen for the cards of what you send from Home."
                " Choose it there, under its buttons, then press again."
            )

    def _unknown(self, verb: str) -> UsageError:
        near = get_close_matches(
            verb.lower(), [name for name in self.commands if name != "menu"], n=1, cutoff=0.5
        )
        hint = f" Did you mean `/sms {near[0]}`?" if near else ""
        return UsageError(
            f"There is no `/sms {_quoted(verb)}`.{hint} `/sms help` lists what you can type."
            " Nothing was done."
        )

    async def _in_time(self, answer: Awaitable[None]) -> None:
        """Slack waits for three seconds. Raises Late; what the record was asked to write may be written."""
        try:
            async with asyncio.timeout(LISTENER_SECONDS) as timer:
                await answer
        except TimeoutError:
            if timer.expired():
                raise Late from None
            raise

    async def _guarded(self, answer: Any, channel: Channel, kind: str, verb: str) -> None:
        """Run it and count it; what it raises becomes words in the form that Slack shows for this kind."""
        self.bot.pulse.heard_at = self.bot.now()
        with self.bot.metrics.request(kind, verb) as asked:
            asked.outcome = await self._answered(answer, channel)

    async def _answered(self, answer: Any, channel: Channel) -> str:
        """What came of it, in a word."""
        try:
            await self._in_time(answer())
        except Replayed:
            await channel.problem("This was answered already, so nothing was done now.")
            return "replayed"
        except BotError as error:
            await channel.error(error)
            return "refused"
        except (Unconfirmed, Late) as error:
            log.error("the record did not answer to a listener: %s", type(error).__name__)
            await channel.problem(UNCONFIRMED, NOT_KNOWN)
            return "late"
        except DatabaseError as error:
            log.error("the database failed: %s", error)
            await channel.problem(
                "The record could not be reached, so nothing was done. Try again in a moment."
            )
            return "database"
        except Exception as error:  # the last resort: the person gets a reference, the log what it was
            reference = secrets.token_hex(3)
            log.error("%s: %s at\n%s", reference, type(error).__name__, where(error))
            said = "Something went wrong here. `/sms scheduled` shows what is recorded."
            await channel.problem(f"{said} Reference: {reference}.", NOT_KNOWN)
            return "failed"
        return "ok"


def _who(body: dict[str, Any]) -> tuple[str, str | None]:
    """The person, and their workspace."""
    user = body.get("user") or {"id": body.get("user_id"), "team_id": body.get("team_id")}
    return str(user.get("id")), user.get("team_id") or (body.get("team") or {}).get("id")


async def _gone(ack: AsyncAck) -> None:
    raise UsageError("This button is from another version of smsops. Type `/sms` to go on.")


def _quoted(text: str) -> str:
    return text.replace("`", "'").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")[:40]
