"""How a person is answered: the form that Slack shows for the kind of request (product.md 8)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError, SlackClientError
from yarl import URL

from bot.blocks import SPOKEN, alert, escape, modal, section, shorten
from bot.errors import BotError, FieldErrors, Unavailable, UsageError
from bot.text import unslack
from bot.wiring import ACK_SECONDS, Bot, slack_problem

log = logging.getLogger(__name__)

RESPOND_SECONDS = 10
RESPONSE_HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


SAID = "sms.said"
IN_DIRECT_MESSAGES = "It comes to your direct messages with smsops: the tab *Messages*, beside Home."
NOT_DONE = "Not done"
NOT_KNOWN = "Not known whether done"


class Problem(Protocol):
    """Says why something was not done, or that nobody knows; `title` is read where there is room for one."""

    async def __call__(self, text: str, title: str = NOT_DONE) -> None: ...


@dataclass(frozen=True)
class Channel:
    """The way back to the person behind one request: `reply` says something, `problem` says why not.

    `id` is the conversation where it was typed or pressed; `is_form` for a modal, which knows none, and for
    App Home, where it is the one that the person chose for cards, or "".
    """

    bot: Bot
    id: str
    ack: AsyncAck
    say: Callable[[str, list[dict[str, Any]] | None, bool, bool], Awaitable[None]]
    problem: Problem
    is_form: bool = False
    lacks_channel: bool = False  # of App Home: none was chosen for cards yet
    url: str = ""  # of a command: where an answer can still be given after the ack
    blocks: Mapping[str, str] = field(default_factory=dict)  # of a form: a field's name -> its block's id

    async def reply(
        self,
        text: str,
        blocks: list[dict[str, Any]] | None = None,
        *,
        in_channel: bool = False,
        replace: bool = False,
    ) -> None:
        await self.say(shorten(text, SPOKEN), blocks, in_channel, replace)

    async def error(self, error: BotError) -> None:
        """A FieldErrors goes under its fields, a UsageError brings its usage, all others their sentence."""
        if isinstance(error, FieldErrors) and self.is_form:
            errors = {self.blocks.get(name, name): said for name, said in error.fields.items()}
            await self.ack(response_action="errors", errors=errors)
            return
        usage = f"\nUsage: `{escape(error.usage)}`" if isinstance(error, UsageError) and error.usage else ""
        await self.problem(f"{error}{usage}")

    @classmethod
    def of_command(cls, bot: Bot, body: dict[str, Any], ack: AsyncAck) -> Channel:
        """A slash command: answered in the ack, privately."""

        async def say(
            text: str, blocks: list[dict[str, Any]] | None, in_channel: bool, replace: bool
        ) -> None:
            await ack(text=text, blocks=blocks, response_type="in_channel" if in_channel else "ephemeral")

        async def problem(text: str, title: str = NOT_DONE) -> None:
            await say(f"{text}{_typed(body)}", None, False, False)

        return cls(bot, body.get("channel_id", ""), ack, say, problem, url=body.get("response_url", ""))

    @classmethod
    def of_press(cls, bot: Bot, body: dict[str, Any], ack: AsyncAck) -> Channel:
        """A button, or a message's menu: an empty ack, and a private message by the response_url."""
        if "view" in body:
            return cls._of_view(bot, body, ack)

        async def say(
            text: str, blocks: list[dict[str, Any]] | None, in_channel: bool, replace: bool
        ) -> None:
            await ack()
            kind = "in_channel" if in_channel else "ephemeral"
            message = {"text": text, "response_type": kind, "replace_original": replace}
            bot.chores.start(
                respond(bot, body.get("response_url", ""), message | ({"blocks": blocks} if blocks else {}))
            )

        async def problem(text: str, title: str = NOT_DONE) -> None:
            await say(text, None, False, False)

        here = (body.get("channel") or {}).get("id", "")
        return cls(bot, here, ack, say, problem)

    @classmethod
    def _of_view(cls, bot: Bot, body: dict[str, Any], ack: AsyncAck) -> Channel:
        """A button in App Home or in a modal, where Slack gives no response_url: a page says it.

        What a page cannot show (a chart) comes to their direct messages; what all shall read goes to the
        channel that App Home remembers, too.
        """
        view = body["view"]
        is_home = view["type"] == "home"
        is_list = is_home or view["callback_id"] == SAID
        here = view["private_metadata"] if is_list else ""

        async def say(
            text: str, blocks: list[dict[str, Any]] | None, in_channel: bool, replace: bool
        ) -> None:
            if not fits_a_page(blocks):
                bot.chores.start(post(bot, body["user"]["id"], text, blocks))
                text, blocks = IN_DIRECT_MESSAGES, None
            page = said_view(text, blocks, here)
            if replace and not is_home:
                bot.chores.start(change_form(bot, body, page))
            else:
                await open_form(bot, body, page)
            if in_channel and here:
                bot.chores.start(post(bot, here, text, blocks))
            await ack()

        async def problem(text: str, title: str = NOT_DONE) -> None:
            if "trigger_id" in body:
                await open_form(bot, body, problem_view(text, title))
            await ack()

        return cls(bot, here, ack, say, problem, is_form=True, lacks_channel=is_list and not here)

    @classmethod
    def of_form(cls, bot: Bot, body: dict[str, Any], ack: AsyncAck) -> Channel:
        """A modal: the form stays under a page that says what is wrong, so that nothing typed is lost."""

        async def say(
            text: str, blocks: list[dict[str, Any]] | None, in_channel: bool, replace: bool
        ) -> None:
            await ack(response_action="update", view=said_view(text, blocks))

        async def problem(text: str, title: str = NOT_DONE) -> None:
            await ack(response_action="push", view=problem_view(text, title))

        blocks = {one["element"]["action_id"]: one["block_id"] for one in _inputs(body["view"])}
        return cls(bot, "", ack, say, problem, is_form=True, blocks=blocks)

    @classmethod
    def of_search(cls, bot: Bot, body: dict[str, Any], ack: AsyncAck) -> Channel:
        """A select that searches: an empty list."""

        async def say(
            text: str, blocks: list[dict[str, Any]] | None, in_channel: bool, replace: bool
        ) -> None:
            await problem(text)

        async def problem(text: str, title: str = NOT_DONE) -> None:
            await ack(options=[])

        return cls(bot, "", ack, say, problem, is_form=True)


def said_view(text: str, blocks: list[dict[str, Any]] | None, channel: str = "") -> dict[str, Any]:
    """The page that says something; its buttons know the channel."""
    return modal(SAID, "smsops", blocks or [section(text)], metadata=channel)


def fits_a_page(blocks: list[dict[str, Any]] | None) -> bool:
    """Whether a modal may show all of them (docs.slack.dev, blocks)."""
    return not any(block["type"] in ("table", "data_visualization") for block in blocks or ())


async def post(bot: Bot, channel: str, text: str, blocks: list[dict[str, Any]] | None) -> None:
    """A message into a channel, or by a person's id into their direct messages; what fails is logged."""
    try:
        await bot.slack.allowance.turn("chat.postMessage", channel)
        await bot.slack.chat_postMessage(
            channel=channel, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
        )
    except (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        log.error("Slack took no message: %s", slack_problem(error))


def problem_view(text: str, title: str) -> dict[str, Any]:
    """The page that says what was not done, and why; or that nobody knows."""
    said = alert(text) if len(text) <= 200 and "<" not in text else section(text)
    return modal("sms.problem", title, [said])


def _inputs(view: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [block for block in view["blocks"] if block["type"] == "input"]


def _typed(body: dict[str, Any]) -> str:
    """What was typed, given back to who typed it: Slack has cleared the line."""
    words = unslack(body.get("text") or "").strip()
    line = escape(f"{body.get('command')} {words}").replace("```", "'''")
    return f"\nYou typed:\n```{line}```" if " " in words else ""


async def respond(bot: Bot, url: str, message: dict[str, Any]) -> None:
    """Post to a response_url, once, to Slack's hosts only and never after a redirect; what fails is logged.

    Five uses in 30 minutes (docs.slack.dev, handling user interaction). The address is a right to post there:
    it is in no log. Of the answer only its status is read.
    """
    if (target := slacks(url, bot.settings.slack_api_url)) is None:
        log.error("a response_url is not Slack's; nothing was posted")
        return
    session = bot.slack.session
    timeout = aiohttp.ClientTimeout(total=RESPOND_SECONDS)
    try:
        assert session is not None
        async with session.post(target, json=message, allow_redirects=False, timeout=timeout) as answer:
            if answer.status != 200:
                log.error("Slack took no private answer: HTTP %s", answer.status)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.error("Slack took no private answer: %s", type(error).__name__)


def slacks(url: str, api_url: str, hosts: Sequence[str] = RESPONSE_HOSTS) -> URL | None:
    """The address, if it is https at Slack's `hosts` for such, or at a Slack on loopback; else None.

    Read by what will connect to it: two readers may see two hosts in one odd address.
    """
    try:
        target, api = URL(url), URL(api_url)
    except ValueError:
        return None
    if target.user is not None or target.password is not None:
        return None
    there = (target.scheme, target.host, target.port)
    if there in [("https", host, 443) for host in hosts]:
        return target
    return target if api.host in LOOPBACK and there == (api.scheme, api.host, api.port) else None


async def open_form(bot: Bot, body: Mapping[str, Any], view: dict[str, Any]) -> None:
    """Open a modal for the person behind a command or press. Raises Unavailable when Slack does not take it.

    A trigger_id holds for 3 seconds and for one use (docs.slack.dev, handling user interaction). From a press
    in a modal it is put over that one.
    """
    if (body.get("view") or {}).get("type") == "modal":
        await push_form(bot, body, view)
    else:
        await _show(bot.slack.views_open(trigger_id=body["trigger_id"], view=view))


async def push_form(bot: Bot, body: Mapping[str, Any], view: dict[str, Any]) -> None:
    """Put a modal over the one in which something was pressed. Raises Unavailable, as `open_form` does."""
    await _show(bot.slack.views_push(trigger_id=body["trigger_id"], view=view))


async def _show(opening: Awaitable[Any]) -> None:
    try:
        async with asyncio.timeout(ACK_SECONDS):
            await opening
    except (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        log.error("Slack opened no form: %s", slack_problem(error))
        raise Unavailable(
            "Slack did not open the form, so nothing was done. Try again in a moment."
        ) from None


async def change_form(bot: Bot, body: Mapping[str, Any], view: dict[str, Any]) -> None:
    """Change the modal in which something was typed or pressed; in the background.

    What was typed stays where block_id and action_id stay (docs.slack.dev, views.update). One change of a
    modal at a time, the newest next: by its `hash` Slack would drop the last of two quick keys instead.
    """
    modal_id, waits = str(body["view"]["id"]), bot.changes
    is_at_it = modal_id in waits
    waits[modal_id] = view
    if is_at_it:
        return  # whoever is at it makes this change next
    try:
        while (newest := waits[modal_id]) is not None:
            await bot.slack.allowance.turn("views.update")
            newest, waits[modal_id] = waits[modal_id] or newest, None
            await _change(bot, modal_id, newest)
    finally:
        del waits[modal_id]


async def _change(bot: Bot, modal_id: str, view: dict[str, Any]) -> None:
    """One that Slack does not take is let be: the next change shows all."""
    try:
        await bot.slack.views_update(view_id=modal_id, view=view)
    except (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        log.info("Slack did not change a form: %s", slack_problem(error))
