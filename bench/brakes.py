"""What the brakes add to prepare and to the look: to the read of the row, and to the thinking."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bench.measures import Row
from bench.rows import CHANNEL, OLIVE, schedule
from bench.servers import bot_process
from bench.slack import QuickSlack
from bot import freeze
from bot.database import Database
from bot.registry import Registry
from bot.rules import Facts, Terms, objections
from bot.sends import Ask, Content, Kind, Seen, Send, Sends
from bot.sends.history import Back, History
from bot.sends.row import read
from bot.settings import Caps, Group, Sender

ROUNDS = 400
WAITING = 20_000  # other sends that are scheduled
NOON = time.time() // 86_400 * 86_400 + 20 * 3_600  # at 20:00 UTC texts may go out in all zones of the states
REGISTRY = Registry([Sender("2065551212", "Main line")], [Group("weekly")])
DELAY = timedelta(seconds=5)
WORDS = "Tidewater Coffee: Hello. Reply STOP to opt out"
TEXT = Content(Kind.SEND, "2065551212", phone="12065550100", text=WORDS)
CAMPAIGN = Content(Kind.CAMPAIGN, "2065551212", audience="weekly", message="Hello", campaign="Hello")


async def brakes(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """Both with 20,000 others scheduled; the network, and the move that both end in, aside."""
    bot = bot_process(port, folder)  # which brings the database up to date
    await bot.start()
    await bot.wait_ready()
    await bot.terminate()
    database = Database(f"sqlite:///{folder / 'smsops.db'}")
    await schedule(database, WAITING, datetime.fromtimestamp(NOON, UTC) + timedelta(days=2))
    try:
        return [row for content in (TEXT, CAMPAIGN) for row in await _measured(database, content)]
    finally:
        await database.close()


async def _measured(database: Database, content: Content) -> list[Row]:
    draft = await _drafted(Sends(database), content)
    prepared = await _added(database, draft, at_look=False)
    look = await _added(database, await _confirmed(Sends(database), draft), at_look=True)
    of = f"of a {content.kind}"
    return [
        Row(f"the brakes add to prepare {of}", f"{prepared:.2f} ms", "", "", "at most 1 ms", prepared <= 1),
        Row(f"the brakes add to the look {of}", f"{look:.2f} ms", "", "", "at most 2 ms", look <= 2),
    ]


async def _drafted(sends: Sends, content: Content) -> Send:
    found = await sends.get(await sends.draft(Ask(OLIVE, datetime.now(UTC)), content, CHANNEL))
    assert found
    return found


async def _confirmed(sends: Sends, draft: Send) -> Send:
    now = datetime.now(UTC)
    ready = await sends.prepared(now, draft, WORDS, [], None)
    assert ready
    confirmed = await sends.confirm(Ask(OLIVE, now), ready.id, ready.revision, DELAY)
    assert confirmed
    return confirmed


async def _added(database: Database, send: Send, *, at_look: bool) -> float:
    """Milliseconds at the median: row, record and answers of the brakes, over the row alone."""
    zone = ZoneInfo("America/Los_Angeles")
    terms = Terms("us", zone, frozenset({date(2026, 12, 25)}), Caps(), "Tidewater Coffee")
    now = datetime.fromtimestamp(NOON, UTC)
    back = Back(now, lambda kind: DELAY, zone, Caps(1_000_000, 1_000_000))
    with_brakes, alone = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await database.read(_alone, send.id)
        between = time.perf_counter()
        seen = await Sends(database).see(send.id, back)
        assert seen
        objections(_facts(seen, now, terms, at_look=at_look))
        with_brakes.append(time.perf_counter() - between)
        alone.append(between - started)
    return (median(with_brakes) - median(alone)) * 1000


def _alone(connection: Connection, send_id: str) -> Seen:
    found = read(connection, send_id)
    assert found
    return Seen(found, freeze.read(connection), None, History())


def _facts(seen: Seen, now: datetime, terms: Terms, *, at_look: bool) -> Facts:
    """A text that may leave: every brake is asked, and lets it go."""
    send = replace(seen.send, due_at=now) if at_look else seen.send
    return Facts(
        send, WORDS, now, REGISTRY, seen.freeze, at_look, seen.stopped,
        history=seen.history, terms=terms, delay=DELAY,
    )  # fmt: skip
