"""What the rest of the product knows of the phones of a list: repeats, caps, opt-outs, history, age."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

from bot.console import forget, prove
from bot.sends import Send, State
from bot.sends.past import Filter
from bot.sends.run import RowState, RunState, Skipped
from bot.sends.stats import stats
from sandbox.slack import Message
from tests.approval.asked import approve
from tests.bulk.conftest import Open
from tests.bulk.lists import FAST, TEXT, csv, draft, in_state, over, phones, start
from tests.commands.test_sms_history import exported
from tests.delivery.stops import ask_to_stop
from tests.steps import press, submit, typed
from tests.test_forget import dump
from tests.world import ANA, OLIVE, World, open_world

SLOW = FAST | {"SMS_RATE": "send=8,other=8"}
LAST = f"206 200 {59:04}"  # the last one of sixty


async def outcomes(world: World, send_id: str) -> dict[int, tuple[RowState, str | None]]:
    """Of each line of the file."""
    return {one.line: (one.state, one.why) for one in await world.bot.runs.page(send_id, 0, 1000)}


async def test_a_phone_that_a_list_has_just_texted_is_not_told_the_same_again(database_url: str) -> None:
    async with open_world(database_url, **FAST) as world:
        await start(world, csv(phones(3)))
        run = await over(world)
        await typed(world, f"send 206 200 0001 {TEXT}")
        card = await world.card("The same was sent to them")
        assert run.id in card.read()
        assert len(world.whatcounts.sent) == 3


async def test_other_words_to_a_phone_of_a_list_are_no_repeat(sqlite_url: str) -> None:
    async with open_world(sqlite_url, **FAST) as world:
        await start(world, csv(phones(3)))
        run = await over(world)
        await typed(world, "send 206 200 0001 Your order is ready")
        card = await world.card("Your order is ready")
        await world.slack.wait_for(lambda: run.id in card.read())  # what they were told last
        assert "The same was sent" not in card.read()


async def test_a_list_says_how_many_of_its_phones_had_the_same_from_another(database_url: str) -> None:
    async with open_world(database_url, **FAST) as world:
        await start(world, csv(phones(5)))
        first = await over(world)
        card = await draft(world, csv(phones(5, first=3)))
        said = card.read()
        assert "The same was sent to 2 of these phones" in said and first.id in said, said


async def paused(world: World) -> tuple[Send, Message]:
    """Sixty phones, of which some are texted."""
    card = await start(world, csv(phones(60)))
    await in_state(world, RunState.RUNNING)
    await press(world, await world.card("Running"), "Pause")
    run = await in_state(world, RunState.PAUSED)
    await world.slack.wait_for(lambda: "Paused" in card.read())
    return run, card


async def test_a_row_does_not_leave_to_who_has_had_the_same_text_meanwhile(hands: Open) -> None:
    async with hands(**SLOW) as world:
        run, card = await paused(world)
        await typed(world, f"send {LAST} {TEXT}")
        await press(world, await world.card("The same is scheduled for them"), "Send")
        await submit(world, {})
        await world.slack.wait_for(lambda: len(world.whatcounts.sent) > 0 and _has(world, phones(60)[-1]))
        await press(world, card, "Resume")
        await world.card("1 left out meanwhile")
        await is_over(world, run.id)
        assert Counter(one.phone for one in world.whatcounts.sent) == Counter(phones(60))
        assert (await outcomes(world, run.id))[61] == (RowState.SKIPPED, Skipped.REPEAT)


def _has(world: World, phone: str) -> bool:
    return any(one.phone == phone for one in world.whatcounts.sent)


async def test_an_opt_out_while_the_list_is_going_keeps_its_row_from_leaving(hands: Open) -> None:
    async with hands(**SLOW) as world:
        run, card = await paused(world)
        await ask_to_stop(world, LAST)
        await press(world, card, "Resume")
        await is_over(world, run.id)
        assert Counter(one.phone for one in world.whatcounts.sent) == Counter(phones(59))
        assert (await outcomes(world, run.id))[61] == (RowState.SKIPPED, Skipped.STOPPED)
        await world.card("1 left out meanwhile")


async def test_the_phones_of_a_list_count_in_the_caps_of_other_texts(database_url: str) -> None:
    async with open_world(database_url, **(FAST | {"SMS_CAPS": "person=3,hour=100"})) as world:
        await start(world, csv(phones(3)))
        await over(world)
        await typed(world, "send 206 200 0044 Your order is ready")
        await world.card("has had 3 texts on this day")
        file = world.slack.give(OLIVE, "more.csv", csv(phones(2, first=70)))
        await typed(world, f"bulk send {TEXT}")
        await submit(world, {"file": file})
        card = await world.card("2 phones of more.csv")
        await world.slack.wait_for(lambda: "has had 3 texts on this day" in card.read())


async def test_a_list_that_another_person_approved_counts_as_one_text(sqlite_url: str) -> None:
    caps = {"SMS_CAPS": "person=3,hour=100", "SMS_BULK_LIMIT": "2"}
    async with open_world(sqlite_url, **(FAST | caps)) as world:
        await start(world, csv(phones(3)))
        await approve(world, await world.card("Awaiting approval"), typing="3 phones")
        await over(world)
        await typed(world, "send 206 200 0044 Your order is ready")
        assert "on this day" not in (await world.card("Your order is ready")).read()


async def test_the_history_of_a_phone_has_the_lists_that_it_was_in(database_url: str) -> None:
    async with open_world(database_url, **FAST) as world:
        await start(world, csv(phones(3)))
        run = await over(world)
        said = await typed(world, "history 206 200 0001")
        assert run.id in said
        assert "This phone: submitted" in said
        to = await world.bot.sends.id_of(phones(3)[1])
        hers = await world.bot.sends.past(Filter(who=OLIVE, to=to), None, 10)
        assert [one.id for one in hers.sends] == [run.id]
        assert not (await world.bot.sends.past(Filter(who=ANA, to=to), None, 10)).sends
        await typed(world, "send 206 200 0044 Hello")
        await world.card("Hello")
        assert run.id not in await typed(world, "history 206 200 0044")


async def test_the_history_of_a_phone_says_what_became_of_it_in_each_list(database_url: str) -> None:
    stopped, *others = phones(3)
    async with open_world(database_url, **FAST) as world:
        await ask_to_stop(world, stopped)
        world.whatcounts.faults.next("failure_with_colons", operation="smssendmessagetophone")
        await start(world, csv([stopped, *others, *others]))
        run = await over(world)
        found = await outcomes(world, run.id)
        assert {found[line][0] for line in (3, 4)} == {RowState.SUBMITTED, RowState.REFUSED}
        submitted, refused = sorted(others, key=lambda one: found[2 + phones(3).index(one)][0], reverse=True)
        words = {
            stopped: "left out: opted out", submitted: "submitted, ", refused: "not submitted: WhatCounts"
        }  # fmt: skip
        for phone, became in words.items():
            said = await typed(world, f"history {phone}")
            assert f"This phone: {became}" in said and said.count("This phone") == 1, said
        head, *rows = await exported(world, refused)
        (row,) = [dict(zip(head, one, strict=True)) for one in rows]
        assert row["id"] == run.id and row["this phone in the list"].startswith(words[refused])
        assert row["at (UTC)"]


async def test_the_rows_of_a_list_are_texts_in_the_statistics(database_url: str) -> None:
    async with open_world(database_url, **FAST) as world:
        await start(world, csv(phones(3)))
        await over(world)
        day = world.bot.now() - timedelta(hours=12)
        found = await world.bot.database.read(stats, [day, day + timedelta(days=1)])
        assert (found.texts, found.stops) == ([3], [0])


async def test_a_number_of_a_list_is_forgotten(database_url: str) -> None:
    async with open_world(database_url, **FAST) as world:
        await start(world, csv(phones(3)))
        run = await over(world)
        assert "2062000001" in await dump(world.bot)
        said: list[str] = []
        assert await forget(world.settings, said.append, "206 200 0001") == 0, said
        assert "2062000001" not in await dump(world.bot) + "".join(said)
        rows = await world.bot.runs.page(run.id, 0, 10)
        assert [one.phone for one in rows] == [phones(3)[0], None, phones(3)[2]]
        assert await prove(world.settings, said.append, "") == 0, said


async def test_a_list_of_long_ago_keeps_neither_text_nor_numbers(database_url: str) -> None:
    async with open_world(database_url, **(FAST | {"SMS_RETENTION_DAYS": "30"})) as world:
        card = await start(world, csv(phones(3)))
        run = await over(world)
        await world.card("3 of 3 submitted")
        world.pass_time(timedelta(days=31).total_seconds())
        await world.slack.wait_for(lambda: "are not kept any more" in card.read(), timeout=20)
        kept = await world.bot.sends.get(run.id)
        assert kept is not None and kept.run is not None
        assert (kept.text, kept.run.file_name) == (None, "a file")
        assert await world.bot.sends.erase_unused(world.bot.now(), timedelta(days=30)) == 3
        assert [one.phone for one in await world.bot.runs.page(run.id, 0, 10)] == [None, None, None]


async def is_over(world: World, send_id: str) -> None:
    async with asyncio.timeout(40):
        while (row := await world.bot.sends.get(send_id)) is None or row.state is not State.SUBMITTED:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # a row tells nobody that it has changed
