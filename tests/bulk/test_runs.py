"""A bulk run, the whole way: a list, its card, each phone once, the report; and what stops it in between."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.errors import Objected
from bot.sends import State
from bot.sends.run import Action, PausedBy, RowState, RunState, bulk_row, bulk_run
from tests.approval.asked import approve
from tests.bulk.conftest import Open
from tests.bulk.lists import FAST, TEXT, csv, draft, in_state, over, phones, start
from tests.steps import form, press, submit, told, typed
from tests.world import ANA, MAX, OLIVE, World, open_world


async def test_each_phone_of_a_list_is_texted_once_and_the_report_comes(hands: Open) -> None:
    async with hands(**FAST) as world:
        numbers = phones(120)
        await start(world, csv(numbers))
        row = await over(world)
        assert Counter(one.phone for one in world.whatcounts.sent) == Counter(numbers)
        assert set(world.texts()) == {TEXT}
        assert row.run is not None and row.run.counts == {"submitted": 120}
        card = await world.card("120 of 120 submitted")
        assert "Done" in card.read()
        facts = [one.what for one in await world.timeline()]
        assert facts.index("began") < facts.index("ended")
        report = await world.slack.wait_for(lambda: _report(world))
        assert report.count(b"submitted") == 120 and numbers[0][1:].encode() not in report


def _report(world: World) -> bytes | None:
    found = [one for one in world.slack.workspace.files.values() if one.name.startswith("smsops-bulk")]
    return found[0].content if found else None


async def test_the_card_says_what_is_in_the_file_before_anything_leaves(sqlite_url: str) -> None:
    async with open_world(sqlite_url, **FAST) as world:
        await typed(world, "stop 206 200 0002")
        numbers = phones(4)
        data = csv([*numbers, numbers[0]]) + b"none\n"
        card = await draft(world, data)
        said = card.read()
        parts = ("6 rows, 4 phones to text", "1 of them twice", "1 without a phone", "row 7", "It takes")
        assert all(part in said for part in parts), said
        assert world.whatcounts.sent == []


async def test_over_the_limit_another_person_approves(hands: Open) -> None:
    async with hands(**(FAST | {"SMS_BULK_LIMIT": "2"})) as world:
        await start(world, csv(phones(3)))
        row = await world.state(State.AWAITING)
        card = await world.card("Awaiting approval")
        await approve(world, card, typing="3 PHONES")
        await over(world)
        assert len(world.whatcounts.sent) == 3 and row.needs_person


async def test_who_approves_a_long_list_types_how_many_and_it_can_be_cancelled_for_minutes(
    sqlite_url: str,
) -> None:
    settings = {"SMS_BULK_LIMIT": "2", "SMS_DELAY_SECONDS": "group=0"}
    async with open_world(sqlite_url, **(FAST | settings)) as world:
        await start(world, csv(phones(1_200)))
        card = await world.card("Awaiting approval")
        await press(world, card, "Approve", ANA)
        assert "1,200 phones" in form(world, ANA).read()
        view = await submit(world, {"audience": "1000 phones"}, ANA)
        assert view.errors == {"audience": "Type 1,200 phones, or go back: nothing is approved yet."}
        assert (await world.row()).state is State.AWAITING
        assert (await submit(world, {"audience": "1200 phones"}, ANA)).closed
        row = await world.state(State.SCHEDULED)
        assert row.due_at and row.approved_at
        assert row.due_at - row.approved_at == timedelta(minutes=5)
        await press(world, card, "Cancel")
        assert (await world.state(State.CANCELLED)).approved_by == ANA
        assert not world.whatcounts.sent


async def test_opt_outs_of_a_long_list_do_not_wait_for_minutes(sqlite_url: str) -> None:
    settings = {"SMS_BULK_LIMIT": "2", "SMS_DELAY_SECONDS": "group=0"}
    async with open_world(sqlite_url, **(FAST | settings)) as world:
        await start(world, csv(phones(3)), "stop", "Stop")
        await press(world, await world.card("Awaiting approval"), "Approve", ANA)
        await over(world, State.REFUSED)


async def test_a_late_press_on_a_cancelled_list_says_how_many_left(sqlite_url: str) -> None:
    async with open_world(sqlite_url, **(FAST | {"SMS_RATE": "send=10,other=10"})) as world:
        await start(world, csv(phones(90)))
        await world.whatcounts.wait_for(lambda: len(world.whatcounts.sent) >= 3)
        card = await world.card("Running")
        await press(world, card, "Cancel")
        run = (await over(world, State.CANCELLED)).run
        assert run is not None
        left = run.count(RowState.SUBMITTED)
        await world.slack.wait_for(lambda: f"{left} of 90 submitted" in card.read())
        shown = next(one for one in card.versions() if "Pause" in one.buttons())
        await press(world, shown, "Pause", ANA)
        said = f"was cancelled; {left} of 90 were submitted. Your press changed nothing."
        await told(world, ANA, said)


async def test_what_was_on_its_way_at_a_pause_stands_on_the_card_of_the_paused_run(hands: Open) -> None:
    async with hands(**(FAST | {"SMS_RATE": "send=10,other=10"})) as world:
        world.whatcounts.faults.always("delay_after", operation="smssendmessagetophone", seconds=1.0)
        await start(world, csv(phones(60)))
        await world.whatcounts.wait_for(lambda: world.whatcounts.sent)
        assert (await world.slack.click(OLIVE, await world.card("Running"), "Pause")).ok
        await in_state(world, RunState.PAUSED)
        card = await world.card("Paused")
        await world.slack.wait_for(lambda: f"{len(world.whatcounts.sent)} of 60 submitted" in card.read())
        assert 0 < len(world.whatcounts.sent) < 60 and "Resume" in card.buttons()


async def test_what_is_in_doubt_in_a_paused_run_stands_on_its_card(sqlite_url: str) -> None:
    """Its carrier died with a row under way; nobody carries it until somebody presses Resume."""
    async with open_world(sqlite_url, **(FAST | {"SMS_RATE": "send=10,other=10"})) as world:
        await start(world, csv(phones(60)))
        await in_state(world, RunState.RUNNING)
        assert (await world.slack.click(OLIVE, await world.card("Running"), "Pause")).ok
        run = await in_state(world, RunState.PAUSED)
        card = await world.card("Paused")
        died = {"state": RowState.SENDING, "claimed_by": 1, "claim": "died", "claimed_at": world.bot.now()}
        lost = update(bulk_row).where(bulk_row.c.send_id == run.id, bulk_row.c.line == 61).values(died)
        counted = update(bulk_run).where(bulk_run.c.send_id == run.id).values(counts={"sending": 1})
        await world.bot.database.write(lambda c: [c.execute(one).rowcount for one in (lost, counted)])
        await world.slack.wait_for(lambda: "1 may have been submitted" in card.read())
        assert "Resume" in card.buttons()


async def test_it_is_paused_and_goes_on(hands: Open) -> None:
    async with hands(**(FAST | {"SMS_RATE": "send=10,other=10"})) as world:
        card = await start(world, csv(phones(60)))
        await in_state(world, RunState.RUNNING)
        card = await world.card("Running")
        assert (await world.slack.click(OLIVE, card, "Pause")).ok
        row = await in_state(world, RunState.PAUSED)
        assert row.run is not None and row.run.paused_by is PausedBy.HAND
        card = await world.card("Paused")
        sent = len(world.whatcounts.sent)
        assert sent < 60
        assert (await world.slack.click(OLIVE, card, "Resume")).ok
        await over(world)
        assert Counter(one.phone for one in world.whatcounts.sent) == Counter(phones(60))


async def test_its_card_is_edited_every_three_seconds_at_most(hands: Open) -> None:
    async with hands(**(FAST | {"SMS_RATE": "send=10,other=10"})) as world:
        await start(world, csv(phones(95)))
        await over(world)
        edits = [one.at for one in world.slack.called("chat.update") if "Running" in json.dumps(one.args)]
        assert len(edits) >= 3
        assert (len(edits) - 1) * 3.0 < edits[-1] - edits[0] + 1.5, edits  # one may come a little late


async def test_a_cancelled_run_takes_no_more_and_says_what_left(hands: Open) -> None:
    async with hands(**(FAST | {"SMS_RATE": "send=10,other=10"})) as world:
        await start(world, csv(phones(60)))
        card = await world.card("Running")
        assert (await world.slack.click(OLIVE, card, "Cancel")).ok
        row = await over(world, State.CANCELLED)
        assert row.run is not None and row.run.count(RowState.WAITING) > 0
        assert len(world.whatcounts.sent) == row.run.count(RowState.SUBMITTED)
        await world.card("Cancelled")


async def test_a_freeze_pauses_it_until_somebody_resumes(hands: Open) -> None:
    async with hands(**(FAST | {"SMS_RATE": "send=10,other=10"})) as world:
        await start(world, csv(phones(60)))
        await in_state(world, RunState.RUNNING)
        await typed(world, "freeze wrong list")
        row = await in_state(world, RunState.PAUSED)
        assert row.run is not None and row.run.paused_by is PausedBy.FREEZE
        card = await world.card("Paused: All sends were frozen")
        refused = await world.slack.click(OLIVE, card, "Resume")
        assert (await in_state(world, RunState.PAUSED)).run is not None, refused
        await world.slack.command(MAX, "unfreeze")
        assert (await world.slack.click(OLIVE, card, "Resume")).ok
        await over(world)
        assert Counter(one.phone for one in world.whatcounts.sent) == Counter(phones(60))


async def test_a_list_is_stopped_also_in_a_freeze_and_its_phones_are_kept_from_texts(hands: Open) -> None:
    async with hands(**FAST) as world:
        await typed(world, "freeze wrong text")
        await start(world, csv(phones(5)), "stop", "Stop")
        row = await over(world, State.SUBMITTED, State.REFUSED)
        assert row.run is not None and row.run.action is Action.STOP
        stopped = await world.bot.database.read(
            lambda c: c.exec_driver_sql("SELECT count(*) FROM optout").scalar()
        )
        assert stopped == 5


async def test_an_opt_out_that_was_left_open_is_not_told_as_never_asked_for(sqlite_url: str) -> None:
    """Asked for, answered by a cut line, and then its list is cancelled before it is asked for again."""
    async with open_world(sqlite_url, **(FAST | {"SMS_RATE": "send=10,other=10"})) as world:
        for operation in ("stopSubscriberSend", "smsstopsubscribersend"):
            world.whatcounts.faults.always("close_after", operation=operation)
        await start(world, csv(phones(40)), "stop", "Stop")
        run = await in_state(world, RunState.PAUSED)
        assert (await world.slack.click(OLIVE, await world.card("Paused"), "Cancel")).ok
        run = await over(world, State.CANCELLED, State.MAYBE_SENT)
        rows = await world.bot.runs.page(run.id, 0, 100)
        left_open = [one for one in rows if one.state is RowState.WAITING and one.why]
        never = [one for one in rows if one.state is RowState.WAITING and not one.why]
        assert left_open and never
        report = await world.slack.wait_for(lambda: _report(world))
        assert report.count(b"not asked for: the run was cancelled") == len(never)
        assert report.count(b"may have been submitted") == len(rows) - len(never)
        said = await typed(world, f"history {left_open[0].phone}")
        assert "This phone: may have been stopped: " in said


async def test_a_list_keeps_its_numbers_as_long_as_it_is_kept(database_url: str) -> None:
    async with open_world(database_url, **FAST) as world:
        await draft(world, csv(phones(3)))
        assert await world.bot.sends.erase_unused(world.bot.now(), timedelta(days=365)) == 0
        page = await world.bot.runs.page((await world.row()).id, 0, 10)
        assert [one.phone for one in page] == phones(3)


async def test_a_number_is_not_forgotten_while_its_opt_out_waits_in_a_list(sqlite_url: str) -> None:
    async with open_world(sqlite_url, **(FAST | {"SMS_RATE": "send=5,other=5"})) as world:
        await start(world, csv(phones(60)), "stop", "Stop")
        await in_state(world, RunState.RUNNING)
        with pytest.raises(Objected, match="has this number"):
            await world.bot.sends.forget(world.bot.now(), phones(60)[-1])


async def test_a_list_whose_sender_code_goes_is_paused(hands: Open) -> None:
    async with hands(**(FAST | {"SMS_RATE": "send=10,other=10"})) as world:
        await start(world, csv(phones(100)))
        await in_state(world, RunState.RUNNING)
        now = world.bot.now()
        assert await world.bot.register.remove(MAX, now, None, "sender", "2065551212")
        row = await in_state(world, RunState.PAUSED)
        assert row.run is not None and row.run.paused_by is PausedBy.SENDER
        assert len(world.whatcounts.sent) < 100


SLOW = FAST | {"SMS_RATE": "send=20,other=20"}


async def test_three_doubts_in_a_row_pause_it(hands: Open) -> None:
    async with hands(**SLOW) as world:
        world.whatcounts.faults.always("close_after", operation="smssendmessagetophone")
        await start(world, csv(phones(60)))
        row = await in_state(world, RunState.PAUSED)
        assert row.run is not None and row.run.paused_by is PausedBy.DOUBT
        card = await world.card("Paused: 3 answers of WhatCounts in a row did not say")
        async with asyncio.timeout(20):  # what was under way is written before anybody resumes
            while (await world.bot.runs.count(row.id)).get("sending"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        before = len(world.whatcounts.sent)
        assert 3 <= before <= 3 + 8
        world.whatcounts.faults.clear()
        await world.slack.command(MAX, "unfreeze")  # those under way with them may have blown the fuse
        assert (await world.slack.click(OLIVE, card, "Resume")).ok
        row = await over(world, State.MAYBE_SENT)
        assert Counter(one.phone for one in world.whatcounts.sent) == Counter(phones(60))
        assert row.run is not None and row.run.count(RowState.MAYBE_SENT) == before


async def test_phones_that_are_no_contacts_pause_it_at_the_third(hands: Open) -> None:
    async with hands(**SLOW) as world:
        await start(world, csv(phones(60)), "subscribe weekly", "Subscribe")
        row = await in_state(world, RunState.PAUSED)
        assert row.run is not None and row.run.paused_by is PausedBy.DOUBT
        row = await world.row()
        assert row.run is not None and row.run.count(RowState.WAITING) >= 60 - 3 - 8


async def test_a_row_whose_carrier_is_lost_is_in_doubt_and_never_waits_again(sqlite_url: str) -> None:
    async with open_world(sqlite_url, **FAST) as world:
        world.whatcounts.faults.always("delay_after", operation="smssendmessagetophone", seconds=2.0)
        await start(world, csv(phones(3)))
        await world.whatcounts.wait_for(lambda: len(world.whatcounts.sent) == 3)
        row = await world.row()
        assert await world.bot.runs.abandon(world.bot.now(), row.id, mine=True) == 3
        assert await world.bot.runs.count(row.id) == {"maybe_sent": 3}
