"""The database goes away in the middle of one step, before its commit or after it, and comes back later."""

from __future__ import annotations

import asyncio
import gc
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.database import Database
from bot.delivery.leave import CLAIM_HOLDS
from bot.sends import Send, Sends, State
from sandbox.slack.record import Answer
from tests.delivery.test_draw import cards
from tests.gate import Gate, gate
from tests.steps import READY, sends_asked
from tests.world import OLIVE, SMS, World, open_world

LONG = bool(os.environ.get("SMSOPS_LONG"))
AWAY = 20.0 if LONG else 1.0  # seconds
LONGEST = 45.0  # seconds until a card is drawn; one whose drawing was not confirmed is taken up after 30 s


def recorded(what: str) -> bytes:
    """What a transaction says that writes this into the evidence: a parameter, with its length before it."""
    return rb"INSERT INTO evidence.*" + re.escape(len(what).to_bytes(4, "big") + what.encode())


STAGES: dict[str, tuple[bytes, Callable[[Send], bool]]] = {  # what its transaction says, and what it does
    "draft": (recorded("drafted"), lambda row: True),
    "prepare": (rb"UPDATE send SET .*prepared_at", lambda row: row.prepared_at is not None),
    "confirm": (recorded("confirmed"), lambda row: row.state is State.SCHEDULED),
    "look": (b"UPDATE send SET looked_at", lambda row: row.looked_at is not None),
    "claim": (recorded("sending"), lambda row: row.state is State.SENDING),
    "outcome": (recorded("submitted"), lambda row: row.state is State.SUBMITTED),
    "draw": (rb"UPDATE send SET card_revision=[^,]*, card_by", lambda row: row.card_by is not None),
    "drawn": (b"UPDATE send SET card_channel", lambda row: row.card_ts is not None),
    "doubt": (recorded("maybe_sent"), lambda row: row.state is State.MAYBE_SENT),
}

pytestmark = [
    pytest.mark.crash,
    pytest.mark.timeout(120),
    # the session by which others know that the bot lives: SQLAlchemy drops it unclosed when it has broken
    pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning"),
]


@dataclass
class Cut:
    """The bot behind a gate, and the rows as they are, whatever the gate lets through."""

    gate: Gate
    world: World
    record: Database

    async def rows(self) -> list[Send]:
        ids = await self.record.read(lambda c: c.exec_driver_sql("SELECT id FROM send").scalars().all())
        return [row for one in ids if (row := await Sends(self.record).get(one))]

    async def insist(self) -> None:
        """Olive drafts a text and sends it; again where it was not done."""
        while not await self.rows():
            await self._until_known(await self.world.slack.command(OLIVE, "send 2065550100 Hello"))
        while (await self.rows())[0].state is State.DRAFT:
            card = await self.world.slack.wait_for(lambda: self.world._card(READY, SMS), timeout=LONGEST)
            await self._until_known(await self.world.slack.click(OLIVE, card, "Send"))

    async def _until_known(self, answer: Answer) -> None:
        """Where Slack had no answer in its 3 seconds she looks whether it was done after all."""
        await self.gate.passes()
        while not answer.ok:
            answer = await self.world.slack.command(OLIVE, "status")


@asynccontextmanager
async def behind_a_gate(database_url: str, is_silent: bool = False) -> AsyncIterator[Cut]:
    record, at_once = Database(database_url), {"SMS_DELAY_SECONDS": "phone=0"}
    try:
        async with gate(database_url, is_silent) as opened, open_world(opened.url, **at_once) as world:
            yield Cut(opened, world, record)
    finally:
        await record.close()
        gc.collect()  # here, where it is expected


@pytest.mark.parametrize("committed", [False, True], ids=["before its commit", "after its commit"])
@pytest.mark.parametrize("stage", STAGES)
async def test_the_database_away_at_each_step(postgres_url: str, stage: str, committed: bool) -> None:
    async with behind_a_gate(postgres_url) as cut:
        await away(cut, stage, committed, AWAY)
        copies = [one for one in cards(cut.world) if one.ts != (await cut.rows())[0].card_ts]
        assert len(copies) <= (stage == "drawn" and not committed)


@pytest.mark.parametrize("committed", [False, True], ids=["before its commit", "after its commit"])
@pytest.mark.parametrize("stage", STAGES if LONG else ["claim"])
async def test_the_database_silent_at_each_step(postgres_url: str, stage: str, committed: bool) -> None:
    """The network keeps what both sides say, and brings it late: a claim whose answer is old is none."""
    async with behind_a_gate(postgres_url, is_silent=True) as cut:
        await away(cut, stage, committed, max(AWAY, CLAIM_HOLDS + 0.5))


async def away(cut: Cut, stage: str, committed: bool, seconds: float) -> None:
    """Olive sends a text; in the middle of it the database goes away; in the end it has left once."""
    says, does = STAGES[stage]
    state, words = State.SUBMITTED, "Submitted"
    if stage == "doubt":
        state, words = State.MAYBE_SENT, "May have been sent"
        cut.world.whatcounts.faults.next("close_after", operation="smssendmessagetophone")
    cut.gate.cut_at(says, committed=committed)
    asking = asyncio.create_task(cut.insist())
    await cut.gate.shut.wait()
    if committed:
        assert [does(row) for row in await cut.rows()] == [True]
    else:
        assert [does(row) for row in await cut.rows()] in ([False], [])
    await asyncio.sleep(seconds)  # so long it is away
    cut.gate.open()
    await asking
    card = await cut.world.slack.wait_for(lambda: cut.world._card(words, SMS), timeout=LONGEST)
    (row,) = await cut.rows()
    assert (row.state, row.card_ts) == (state, card.ts)
    assert sends_asked(cut.world) == len(cut.world.texts()) == 1
    assert "reach" not in (await cut.world.slack.command(OLIVE, "status")).body


@pytest.mark.parametrize("stage", ["draft", "confirm"])
async def test_nobody_reads_that_nothing_was_done_where_it_was(postgres_url: str, stage: str) -> None:
    async with behind_a_gate(postgres_url) as cut:
        says, does = STAGES[stage]
        cut.gate.cut_at(says, committed=True)
        asking = asyncio.create_task(cut.insist())
        await cut.gate.shut.wait()
        (row,) = await cut.rows()
        told = await cut.world.slack.wait_for(lambda: cut.world.slack.ephemerals(OLIVE, SMS))
        cut.gate.open()
        await asking
        assert does(row)
        assert "it is not known whether this was done" in told[-1].read()
