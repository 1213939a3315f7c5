"""`/sms history`: filters by words and by form, pages, and the CSV that comes to the asker's DM."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from bot.export import COLUMNS, as_csv
from bot.sends import State
from sandbox.slack import Message, dm
from sandbox.slack.files import File
from tests.steps import (
    cancelled_text,
    doubtful_text,
    form,
    press,
    scheduled_campaign,
    submitted_text,
    told,
    typed,
)  # fmt: skip
from tests.world import ANA, MAX, OLIVE, OTTO, SMS, World


async def history(world: World, words: str = "", user: str = OLIVE) -> Message:
    answer = await world.slack.command(user, f"history {words}".strip())
    assert answer.ok and answer.shown, answer
    return answer.shown


async def test_everything_is_listed_the_newest_first(world: World) -> None:
    await cancelled_text(world, "first")
    await submitted_text(world, "second")
    read = (await history(world)).read()
    assert read.startswith("History of everything: 1 to 2 of 2")
    assert read.index("second") < read.index("first")


async def test_words_filter_by_person_verb_group_state_and_day(world: World) -> None:
    await doubtful_text(world, "in doubt")
    await scheduled_campaign(world)
    await typed(world, "send 2065550177 from Max", MAX)
    await world.card("from Max")
    for words, expected in {
        "@olive.park": ["in doubt", "Spring sale"],
        "@max.weber": ["from Max"],
        "campaign": ["Spring sale"],
        "weekly scheduled": ["Spring sale"],
        "maybe sent": ["in doubt"],
        "send today": ["in doubt", "from Max"],
        "206 555 0177": ["from Max"],
        "group vip": [],
        "since 2030-01-01": [],
        "@olive.park send maybe sent since 2020-01-01": ["in doubt"],
    }.items():
        read = (await history(world, words)).read()
        found = [one for one in ("in doubt", "Spring sale", "from Max") if one in read.partition("\n")[2]]
        assert sorted(found) == sorted(expected), (words, read)


async def test_a_number_that_is_not_kept_is_said_and_not_kept_now(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "history 206 555 0144")
    assert read == "Nothing that is kept went to this number."


async def test_what_is_not_understood_gets_the_usage(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "history blue")
    assert "“blue” was not understood." in read
    assert "Usage: /sms history [filter]" in read


async def test_pages_are_turned_and_keep_the_filter(sqlite_world: World) -> None:
    world = sqlite_world
    for number in range(12):
        await typed(world, f"send 2065550100 Number {number}")
    await typed(world, "send 2065550100 Of Max", MAX)
    shown = await history(world, "@olive.park draft")
    assert "1 to 10 of 12" in shown.read()
    await press(world, shown, "Next Page")
    await world.slack.wait_for(lambda: "11 to 12 of 12" in shown.read())
    assert "Number 0" in shown.read() and "Of Max" not in shown.read()
    await press(world, shown, "Earlier Page")
    await world.slack.wait_for(lambda: "1 to 10 of 12" in shown.read())


async def test_the_form_filters_the_list_that_it_was_opened_from(sqlite_world: World) -> None:
    world = sqlite_world
    await cancelled_text(world, "no more")
    await scheduled_campaign(world)
    shown = await history(world, "@olive.park")
    await press(world, shown, "Filter")
    assert form(world).read().startswith("Filter the history")
    await world.slack.fill(OLIVE, {"verb": "campaign", "audience": "weekly", "since": "2020-01-01"})
    answer = await world.slack.submit(OLIVE)
    assert answer.ok, answer
    await world.slack.wait_for(lambda: "History of campaign, group weekly, by @Olive Park" in shown.read())
    assert "Spring sale" in shown.read() and "no more" not in shown.read()


async def test_days_in_the_wrong_order_are_said_under_their_field(sqlite_world: World) -> None:
    world = sqlite_world
    await press(world, await history(world), "Filter")
    await world.slack.fill(OLIVE, {"since": "2026-11-02", "until": "2026-11-01"})
    await world.slack.submit(OLIVE)
    assert form(world).errors == {"until": "This is before the first day."}


def shared(world: World) -> File | None:
    """The newest export that stands somewhere; there are other files too."""
    exports = [one for one in world.slack.files if one.name.startswith("smsops-history") and one.channels]
    return exports[-1] if exports else None


async def exported(world: World, words: str = "", user: str = OLIVE) -> list[list[str]]:
    await press(world, await history(world, words, user), "Export CSV", user)
    file = await world.slack.wait_for(lambda: shared(world))
    assert file.channels == [dm(user)]
    assert file.content is not None
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))


async def test_the_export_comes_masked_to_the_dm_of_who_asks(world: World) -> None:
    await submitted_text(world, "Call Ava at 206 555 0188")
    await cancelled_text(world, "not this")
    head, *rows = await exported(world, "submitted", ANA)
    assert head == list(COLUMNS)
    (row,) = [dict(zip(head, one, strict=True)) for one in rows]
    sent = (await world.rows())[0]
    assert (row["id"], row["verb"], row["state"]) == (sent.id, "send", "submitted")
    assert (row["to"], row["text"]) == ("•••••••0100", "Call Ava at •••••••0188")
    assert (row["asked for by"], row["confirmed by"]) == (OLIVE, OLIVE)
    said = [one.read() for one in world.slack.messages(dm(ANA))]
    assert "1 sends, numbers and e-mail addresses masked." in said[0]
    assert [one for one in world.slack.messages(SMS) if one.files] == []
    assert "2065550100" not in str(world.slack.files) + str(world.slack.calls)


async def test_who_exported_what_is_recorded(sqlite_world: World) -> None:
    world = sqlite_world
    await cancelled_text(world)
    await exported(world, "cancelled")
    rows = await world.bot.database.read(
        lambda c: c.exec_driver_sql("SELECT who, detail FROM evidence WHERE what = 'exported'").all()
    )
    assert [(row[0], "cancelled" in row[1]) for row in rows] == [(OLIVE, True)]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "＝"])
async def test_no_cell_is_a_formula_to_a_spreadsheet(sqlite_world: World, begin: str) -> None:
    world = sqlite_world
    await world.draft_text("Hello")
    send = await world.row()
    evil = f"{begin}cmd|' /C calc'!A0"
    made = as_csv([replace(send, text=evil, message=evil, campaign=evil, why=evil, audience=evil)])
    (row,) = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))[1:]
    assert [one for one in row if one.startswith(begin)] == []
    assert row.count(f"'{evil}") == 5


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_where_slack_does_not_take_the_file_the_person_is_told(
    sqlite_world: World, method: str
) -> None:
    world = sqlite_world
    await cancelled_text(world)
    world.slack.faults.refuse(method, "internal_error")
    await press(world, await history(world), "Export CSV")
    await told(world, OLIVE, "The export did not come through (internal_error).")


async def test_nothing_to_show_has_no_export(sqlite_world: World) -> None:
    shown = await history(sqlite_world)
    assert shown.read().startswith("History of everything: none")
    assert shown.buttons() == ["Filter"]


async def test_an_outsider_reads_and_exports_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await cancelled_text(world)
    assert "You may not use /sms history" in await typed(world, "history", OTTO)
    shown = await history(world)
    for label in ("Export CSV", "Filter"):
        await press(world, shown, label, OTTO)
        await told(world, OTTO, "You may not")
    assert world.slack.files == []


async def test_a_state_has_the_words_of_its_card(sqlite_world: World) -> None:
    await doubtful_text(sqlite_world)
    assert (await sqlite_world.row()).state is State.MAYBE_SENT
    read = (await history(sqlite_world, "maybe sent")).read()
    assert read.startswith("History of may have been sent: 1 to 1 of 1")
