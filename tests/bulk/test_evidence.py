"""The record of a list: who, what, how many, and that no row was altered since it ended."""

from __future__ import annotations

import asyncio

import psycopg
from sqlalchemy import Connection, make_url, select, update

from bot.console import prove
from bot.sends import Send, State
from bot.sends.rows import Taken, answered
from bot.sends.run import Action, RowState, RunState, bulk_row, bulk_run
from bot.sends.table import send
from tests.approval.asked import approve
from tests.bulk.lists import FAST, TEXT, csv, over, phones, start
from tests.steps import typed
from tests.world import ANA, OLIVE, World, open_world


async def proven(world: World) -> tuple[int, str]:
    said: list[str] = []
    return await prove(world.settings, said.append, ""), "\n".join(said)


async def test_a_list_of_which_a_row_was_altered_is_named(database_url: str) -> None:
    async with open_world(database_url, **FAST) as world:
        await start(world, csv(phones(5)))
        run = await over(world)
        assert (await proven(world))[0] == 0
        altered = update(bulk_row).where(bulk_row.c.line == 3).values(state=RowState.REFUSED)
        await world.bot.database.write(lambda c: c.execute(altered))
        code, said = await proven(world)
        assert code != 0 and f"{run.id}: the rows of its list" in said


async def test_an_answer_that_comes_after_the_end_is_recorded_and_proven(database_url: str) -> None:
    async with open_world(database_url, **FAST) as world:
        await start(world, csv(phones(5)))
        run = await over(world)
        doubt = {"state": RowState.MAYBE_SENT, "claim": "late"}
        now = world.bot.now()
        await world.bot.database.write(
            lambda c: c.execute(update(bulk_row).where(bulk_row.c.line == 3).values(doubt))
        )
        taken = Taken(run.id, 3, Action.SEND, phones(5)[1], run.sender, None, TEXT, "late", now, 1)
        assert await world.bot.database.write(answered, now, taken, RowState.SUBMITTED, None)
        facts = [one for one in await world.timeline() if one.what == "answered late"]
        assert [one.detail["line"] for one in facts] == [3]
        assert (await proven(world))[0] == 0


async def test_an_answer_that_comes_late_is_seen_on_the_card_of_the_list(database_url: str) -> None:
    async with open_world(database_url, **FAST) as world:
        for _ in range(2):
            world.whatcounts.faults.next("close_after", operation="smssendmessagetophone")
        await start(world, csv(phones(5)))
        run = await over(world, State.MAYBE_SENT)
        card = await world.card("2 may have been submitted")
        left = [one for one in await world.bot.runs.page(run.id, 0, 9) if one.state is RowState.MAYBE_SENT]
        for one, words in zip(left, ("1 may have been submitted", "5 of 5 submitted"), strict=True):
            await _answer(world, run, one.line)
            await world.slack.wait_for(lambda said=words: said in card.read())
        assert (await world.row()).state is State.SUBMITTED
        assert "I Have Looked" not in card.buttons()
        assert (await proven(world))[0] == 0


LATE_ANSWER = """
    WITH answered AS (UPDATE bulk_row SET state = 'submitted' WHERE send_id = %(id)s)
    UPDATE send SET revision = revision + 1 WHERE id = %(id)s
"""


async def test_an_answer_that_comes_while_it_ends_is_part_of_how_it_ended(postgres_url: str) -> None:
    """Who ends it waits for the answer that is just being written, and counts the rows after it."""
    async with open_world(postgres_url, **FAST) as world:
        world.whatcounts.faults.next("close_after", operation="smssendmessagetophone")
        await start(world, csv(phones(1)))
        run = await over(world, State.MAYBE_SENT)
        await world.bot.database.write(_not_over_yet, run.id)
        address = make_url(postgres_url).set(drivername="postgresql")
        with psycopg.connect(address.render_as_string(hide_password=False)) as other:
            other.execute(LATE_ANSWER.encode(), {"id": run.id})
            ending = asyncio.create_task(world.bot.runs.end(world.bot.now(), run.id, lambda _: "It is over."))
            assert await asyncio.wait({ending}, timeout=0.3) == (set(), {ending})
        ended = await ending
        assert ended is not None and ended.run is not None
        assert (ended.state, ended.run.counts) == (State.SUBMITTED, {"submitted": 1})


def _not_over_yet(connection: Connection, send_id: str) -> None:
    connection.execute(update(send).where(send.c.id == send_id).values(state=State.SENDING))
    going = {"state": RunState.PAUSED, "ended_at": None}
    connection.execute(update(bulk_run).where(bulk_run.c.send_id == send_id).values(going))


async def _answer(world: World, run: Send, line: int) -> None:
    """WhatCounts' yes to a request of before, as the process has it that made it."""
    claims = select(bulk_row.c.claim).where(bulk_row.c.send_id == run.id, bulk_row.c.line == line)
    claim = await world.bot.database.read(lambda c: c.execute(claims).scalar_one())
    now = world.bot.now()
    taken = Taken(run.id, line, Action.SEND, phones(5)[line - 2], run.sender, None, TEXT, claim, now, 1)
    assert await world.bot.database.write(answered, now, taken, RowState.SUBMITTED, None)
    world.bot.wake.set()


async def test_its_timeline_says_who_asked_who_approved_and_how_it_ended(sqlite_url: str) -> None:
    async with open_world(sqlite_url, **(FAST | {"SMS_BULK_LIMIT": "2"})) as world:
        await start(world, csv(phones(3)))
        await approve(world, await world.card("Awaiting approval"), typing="3 phones")
        run = await over(world)
        facts = {one.what: one for one in await world.timeline()}
        assert (facts["drafted"].who, facts["approved"].who) == (OLIVE, ANA), list(facts)
        assert facts["ended"].detail["rows"] == {"submitted": 3}
        assert len(facts["ended"].detail["hash"]) == 64
        shown = await typed(world, f"show {run.id}")
        assert all(one in shown for one in ("approved", "ended", "3 of 3 submitted")), shown
