"""The history as a CSV file, masked, into the direct messages of who asks for it."""

from __future__ import annotations

import asyncio
import csv
import io
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.answers import respond, slacks
from bot.database import DatabaseError
from bot.masks import mask_words
from bot.phones import mask
from bot.sends import Kind, Send
from bot.sends.lines import Outcome, became
from bot.sends.pages import Cursor
from bot.sends.past import Filter
from bot.sheet import harmless
from bot.wiring import SLACK_SECONDS, Bot, slack_problem

log = logging.getLogger(__name__)

PAGE, MOST = 500, 20_000  # sends: of a page, and of a file
COLUMNS = (
    "id", "verb", "state", "asked for by", "asked for at (UTC)", "confirmed by", "confirmed at (UTC)",
    "due at (UTC)", "in this state since (UTC)", "settled by", "sender code", "to", "message", "campaign",
    "text", "why",
)  # fmt: skip

OF_PHONE = ("this phone in the list", "at (UTC)")


class NotTaken(Exception):
    """Slack did not take the file."""


FAILURES = (DatabaseError, SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError, NotTaken)


async def send_csv(bot: Bot, user: str, wanted: Filter, about: str, url: str) -> None:
    """Make it and upload it; where that fails the person is told by `url`. Never raises."""
    try:
        sends, is_cut = await _all(bot, wanted)
        rows = await _of_lists(bot, wanted, sends)
        data = await asyncio.to_thread(as_csv, sends, rows)
        cut = " These are the newest; there are more: filter them by day." if is_cut else ""
        said = f"{about}: {len(sends)} sends, numbers and e-mail addresses masked.{cut}"
        await share(bot, user, f"smsops-history-{bot.now():%Y-%m-%d-%H%M}.csv", data, said)
    except FAILURES as error:
        why = slack_problem(error)
        log.error("an export was not delivered: %s", why)
        text = f"The export did not come through ({why}). Press Export CSV again in a moment."
        await respond(bot, url, {"text": text, "response_type": "ephemeral", "replace_original": False})


async def _all(bot: Bot, wanted: Filter) -> tuple[list[Send], bool]:
    """The newest, and whether there are more than a file takes."""
    sends: list[Send] = []
    cursor: Cursor | None = None
    while True:
        page = await bot.sends.past(wanted, cursor, PAGE)
        sends, cursor = [*sends, *page.sends], page.next
        if cursor is None or len(sends) >= MOST:
            return sends, cursor is not None


async def _of_lists(bot: Bot, wanted: Filter, sends: Sequence[Send]) -> dict[str, Outcome] | None:
    """Where one phone is asked for: what became of it in each list, by the list's id."""
    if wanted.to is None:
        return None
    return await bot.runs.of_person(wanted.to, [one.id for one in sends if one.kind is Kind.BULK])


async def share(bot: Bot, user: str, name: str, data: bytes, said: str) -> None:
    """docs.slack.dev, files.getUploadURLExternal: an address, the bytes, the message that shows it."""
    slot = await bot.slack.files_getUploadURLExternal(filename=name, length=len(data))
    await _upload(bot, str(slot["upload_url"]), data)
    intro = await bot.slack.chat_postMessage(channel=user, text=said)
    file: dict[str, str | None] = {"id": str(slot["file_id"]), "title": name}
    await bot.slack.files_completeUploadExternal(files=[file], channel_id=str(intro["channel"]))


async def _upload(bot: Bot, url: str, data: bytes) -> None:
    target = slacks(url, bot.settings.slack_api_url, UPLOAD_HOSTS)
    session = bot.slack.session
    if target is None or session is None:
        raise NotTaken
    timeout = aiohttp.ClientTimeout(total=3 * SLACK_SECONDS)
    async with session.post(target, data=data, allow_redirects=False, timeout=timeout) as answer:
        if answer.status != 200:
            raise NotTaken


UPLOAD_HOSTS = ("files.slack.com", "files.slack-gov.com")


def as_csv(sends: Sequence[Send], rows: Mapping[str, Outcome] | None = None) -> bytes:
    """UTF-8 with a byte order mark, so that Excel reads it; no cell is a formula to a spreadsheet.

    `rows`: what became of one phone in the lists among them, which then has columns of its own.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS if rows is None else COLUMNS + OF_PHONE)
    for one in sends:
        more = () if rows is None else _of_phone(one, rows.get(one.id))
        writer.writerow([_cell(value) for value in (*_values(one), *more)])
    return out.getvalue().encode("utf-8-sig")


def _of_phone(send: Send, row: Outcome | None) -> tuple[Any, ...]:
    if row is None:
        return (None, None)
    return mask_words(became(send, row)), row.at


def _values(send: Send) -> tuple[Any, ...]:
    return (
        send.id, send.kind.value, send.state.value.replace("_", " "), send.asked_by, send.asked_at,
        send.confirmed_by, send.confirmed_at, send.due_at, send.state_at, send.settled_by, send.sender,
        _to(send), send.message, send.campaign, mask_words(send.text or ""), mask_words(send.why or ""),
    )  # fmt: skip


def _to(send: Send) -> str:
    if send.legs:
        return ", ".join(dict.fromkeys(leg.to for leg in send.legs))
    return send.audience or (mask(send.phone) if send.phone else "erased" if send.erased_at else "")


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return harmless("" if value is None else str(value))
