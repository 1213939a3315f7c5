"""`forget` and the retention: no dump holds the number, the opt-out still holds, no chain is broken."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot.console import forget, prove
from bot.sends import Ask, State
from bot.wiring import Bot
from sandbox.process import BotProcess
from tests.delivery.members import confirm, draft_contact
from tests.delivery.stops import DONE, ask_to_stop
from tests.steps import cancelled_text, press, scheduled_text, submitted_text, typed
from tests.world import OLIVE, World, environment, open_world

FORMS = ("2065550100", "206 555 0100", "206-555-0100")
TEXT = "Your order for Ava is ready"


async def dump(bot: Bot) -> str:
    """All that lies in the database: every byte of SQLite's files, or every row of every table."""
    url = make_url(bot.settings.database_url)
    if url.get_backend_name() == "sqlite":
        files = sorted(Path(str(url.database)).parent.glob(Path(str(url.database)).name + "*"))
        return "".join(one.read_bytes().decode("latin-1") for one in files)
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    said = []
    with psycopg.connect(plain) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in tables:
            said += [str(row) for row in connection.execute(f'SELECT t::text FROM "{name}" t'.encode())]
    return "\n".join(said)


async def forgotten(world: World, phone: str = "206 555 0100") -> tuple[int, str]:
    """What the host is told, and the exit code."""
    said: list[str] = []
    code = await forget(world.settings, said.append, phone)
    return code, "\n".join(said)


async def proven(world: World) -> str:
    said: list[str] = []
    assert await prove(world.settings, said.append, "") == 0, said
    return said[-1]


async def stopped(world: World) -> None:
    await ask_to_stop(world, sender="*")
    await world.card(DONE)
    await world.state(State.SUBMITTED)


async def test_after_forget_no_dump_holds_the_number_and_the_opt_out_still_holds(world: World) -> None:
    card = await submitted_text(world, TEXT)
    await stopped(world)
    before = await dump(world.bot)
    assert FORMS[0] in before and TEXT in before
    code, said = await forgotten(world)
    assert code == 0, said
    assert "•••••••0100 is erased, with the texts of 2 sends" in said
    assert "Its opt-out still holds: a keyed hash of it is kept." in said
    after = await dump(world.bot)
    assert [one for one in (*FORMS, TEXT) if one in after] == []
    await world.slack.wait_for(lambda: "are not kept any more" in card.read())
    assert TEXT not in card.read() and "0100" not in card.read()
    assert TEXT not in card.read_aloud()
    refused = await typed(world, "send 206 555 0100 Hello again")
    assert "Somebody stopped this phone on 2065551212" in refused
    assert "was not kept now" in refused
    assert [one for one in FORMS if one in await dump(world.bot)] == []
    assert world.texts() == [TEXT]
    assert await proven(world) == "Every row is as it was written."


async def test_an_opt_out_of_an_erased_number_holds_in_every_way_to_reach_it(world: World) -> None:
    await stopped(world)
    assert (await forgotten(world))[0] == 0
    text_elsewhere = await world.draft_text("Hello", "2065550199")
    await press(world, text_elsewhere, "Edit")
    await world.slack.fill("U0OLIVE", {"phone": "206 555 0100"})
    answer = await world.slack.submit("U0OLIVE")
    assert answer.json["response_action"] == "push"
    assert "its number was erased since" in str(answer.json)
    said = await typed(world, "send 2065550199 Another is texted as ever")
    assert said == ""
    assert [one for one in FORMS if one in await dump(world.bot)] == []


async def test_who_was_never_stopped_is_erased_whole_and_may_come_again(sqlite_world: World) -> None:
    world = sqlite_world
    await submitted_text(world, TEXT)
    code, said = await forgotten(world)
    assert code == 0
    assert "It was never stopped here, so nothing of it is kept." in said
    kept = await world.bot.database.read(lambda c: c.execute(text("SELECT phone, hash FROM person")).all())
    assert kept == [(None, None)]
    assert await typed(world, "send 206 555 0100 Hello") == ""


async def test_what_was_still_to_go_to_it_is_cancelled(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_text(world, TEXT)
    assert (await forgotten(world))[0] == 0
    row = await world.row()
    assert (row.state, row.text, row.why) == (State.CANCELLED, None, "The phone was erased on request.")
    card = await world.card("are not kept any more")
    assert card.buttons() == []
    world.pass_time(5)
    await world.slack.raw(b"", {})
    assert world.texts() == []


async def test_while_whatcounts_was_not_told_of_an_opt_out_it_is_not_forgotten(sqlite_world: World) -> None:
    world = sqlite_world
    for operation in ("stopSubscriberSend", "smsstopsubscribersend"):
        world.whatcounts.faults.always("unauthorized", operation=operation)
    await ask_to_stop(world)
    await world.card("Not stopped in WhatCounts yet")
    code, said = await forgotten(world)
    assert code == 1
    assert "is being stopped in WhatCounts just now. Nothing was erased." in said
    assert (await world.row()).phone == "12065550100"


async def test_a_contact_is_erased_with_e_mail_name_and_key(world: World) -> None:
    await confirm(world, await draft_contact(world))
    await world.card("Added")
    assert "jon@mydomain.com" in await dump(world.bot)
    code, said = await forgotten(world, "206 555 0177")
    assert code == 0, said
    after = await dump(world.bot)
    assert [one for one in ("jon@mydomain.com", "2065550177", "10442") if one in after] == []
    await world.card("are not kept any more")
    assert await proven(world)


async def test_where_somebody_wrote_the_number_into_other_words_is_said(sqlite_world: World) -> None:
    world = sqlite_world
    await cancelled_text(world, TEXT)
    await world.draft_text("Call Ava at 206-555-0100", "2065550199")
    code, said = await forgotten(world)
    assert code == 0
    assert "Somebody wrote the number into other words, which stay: send.text." in said


@pytest.mark.parametrize("spelled", ["206.555.0100", "+1(206)5550100", "(206) 555 - 0100"])
async def test_however_it_is_spelled_in_other_words_that_is_said(sqlite_world: World, spelled: str) -> None:
    await cancelled_text(sqlite_world, TEXT)
    await sqlite_world.draft_text(f"Call Ava at {spelled}", "2065550199")
    _, said = await forgotten(sqlite_world)
    assert "Somebody wrote the number into other words, which stay: send.text." in said


async def test_a_text_that_is_erased_is_not_quoted_on_a_younger_card(database_url: str) -> None:
    async with open_world(database_url, SMS_RETENTION_DAYS="30") as world:
        old = await submitted_text(world, TEXT)
        world.pass_time(timedelta(days=20).total_seconds())
        young = await world.draft_text("Another text")
        assert TEXT in young.read()
        world.pass_time(timedelta(days=11).total_seconds())
        await world.slack.wait_for(lambda: "are not kept any more" in old.read(), timeout=20)
        await world.slack.wait_for(lambda: TEXT not in young.read() and TEXT not in young.read_aloud(), 20)
        assert [one.earlier for one in await world.rows()] == [None, None]


async def test_of_an_erased_text_nobody_says_oops(sqlite_world: World) -> None:
    card = await submitted_text(sqlite_world, TEXT)
    assert "Oops" in card.buttons()
    row = await sqlite_world.row()
    await forgotten(sqlite_world)
    await sqlite_world.slack.wait_for(lambda: "are not kept any more" in card.read())
    assert "Oops" not in card.buttons()
    said = await sqlite_world.bot.sends.oops(Ask(OLIVE, sqlite_world.time.now()), row.id, lambda *_: "")
    assert said is None
    assert not (await sqlite_world.bot.sends.frozen()).frozen


@pytest.mark.parametrize(
    ("typed_phone", "why"),
    [
        ("206 555 0123", "smsops does not know this number."),
        ("12", "That is not a US or Canadian phone number."),
        ("206 555 0111", "It is one of SMS_TEST_PHONES"),
    ],
)
async def test_what_cannot_be_forgotten_says_why(sqlite_world: World, typed_phone: str, why: str) -> None:
    code, said = await forgotten(sqlite_world, typed_phone)
    assert code == 1
    assert why in said


async def test_texts_and_numbers_of_long_ago_are_erased_by_themselves(database_url: str) -> None:
    async with open_world(database_url, SMS_RETENTION_DAYS="30") as world:
        old = await submitted_text(world, TEXT)
        await stopped(world)
        world.pass_time(timedelta(days=31).total_seconds())
        await world.slack.wait_for(lambda: "are not kept any more" in old.read(), timeout=20)
        rows = await world.rows()
        assert [one.text for one in rows] == [None, None]
        assert [one.phone for one in rows] == [None, None]
        refused = await typed(world, "send 206 555 0100 Hello again")
        assert "its number was erased since" in refused
        assert await proven(world)


async def test_the_commands_end_with_a_code(world: World, tmp_path: Path) -> None:
    """As they are typed at the host, beside a bot that serves."""
    await submitted_text(world, TEXT)
    values = environment(world.slack, world.whatcounts, world.settings.database_url)

    async def run(*words: str) -> tuple[int, str]:
        process = BotProcess(values, tmp_path / f"{words[0]}.log", command=("-m", "bot", *words))
        await process.start()
        return await process.wait(), process.tail(1000)

    code, said = await run("verify")
    assert (code, "Every row is as it was written." in said) == (0, True), said
    code, said = await run("forget", "206 555 0100")
    assert (code, "is erased" in said) == (0, True), said
    assert "2065550100" not in said
    await world.bot.database.write(
        lambda c: c.execute(text("UPDATE evidence SET who = 'U0MAX' WHERE what = 'drafted'")) and None
    )
    code, said = await run("verify")
    assert (code, "NOT AS IT WAS WRITTEN. S-" in said) == (1, True), said
    assert "row 1 (drafted," in said
