"""Our own throttle: a text a second by one sender code; who waits is neither late, nor claimed, nor lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.delivery.hands import Hands
from bot.delivery.leave import leave
from bot.delivery.prepare import prepare
from bot.sends import Ask, Content, Kind, Send, State
from bot.settings import Settings
from bot.wiring import Bot, open_bot
from sandbox.slack import Message
from tests.delivery.stops import AVA, DONE, MAIN, SHORT, ask_to_stop
from tests.delivery.test_restart import restarted
from tests.steps import press, submit, typed
from tests.world import OLIVE, Time, World, environment, outside

SECOND = timedelta(seconds=1)
NEARLY = timedelta(seconds=0.95)  # from turn to turn: it is written down a moment after it was given
LATE = 120


async def confirmed(world: World, text: str, sender: str = MAIN, phone: str = "2065550100") -> Message:
    """A text that Olive has drafted and confirmed."""
    await typed(world, "send")
    view = await submit(world, {"phone": phone, "text": text, "sender": sender})
    assert view.closed, view.errors
    card = await world.slack.wait_for(lambda: ready(world, text))
    await press(world, card, "Send")
    await world.slack.wait_for(lambda: "Scheduled." in card.read())
    return card


def ready(world: World, text: str) -> Message | None:
    cards = [one for one in world.slack.messages("C0SMS") if text in one.read() and "Send" in one.buttons()]
    return cards[-1] if cards else None


async def sent(world: World, count: int) -> None:
    await world.whatcounts.wait_for(lambda: len(world.texts()) == count, timeout=10)


@pytest.fixture
def turns(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """When each turn of a text was given; between a turn and its request a busy machine takes its time."""
    pace, given = sqlite_world.bot.whatcounts._texts, []
    assert pace
    use = pace._use

    def used(key: str) -> None:
        use(key)
        given.append(datetime.now(UTC))

    monkeypatch.setattr(pace, "_use", used)
    return given


def are_a_second_apart(turns: list[datetime], requests: list[datetime]) -> bool:
    """The turns are, and no request came before its own."""
    apart = all(second - first >= NEARLY for first, second in pairwise(turns))
    return apart and all(came >= turn for turn, came in zip(turns, sorted(requests), strict=True))


async def test_texts_by_one_sender_code_leave_a_second_apart(
    sqlite_world: World, turns: list[datetime]
) -> None:
    world = sqlite_world
    for text in ("one", "two", "three"):
        await confirmed(world, text)
    world.pass_time(5)
    await sent(world, 3)
    assert sorted(world.texts()) == ["one", "three", "two"]
    came = [one.at for one in world.whatcounts.requests if one.operation == "smssendmessagetophone"]
    assert are_a_second_apart(turns, came), (turns, came)


async def test_another_sender_code_is_not_kept_waiting(sqlite_world: World) -> None:
    world = sqlite_world
    for text, sender in (("one", MAIN), ("two", MAIN), ("other", SHORT)):
        await confirmed(world, text, sender)
    world.pass_time(5)
    await sent(world, 3)
    assert world.texts() == ["one", "other", "two"] or world.texts() == ["other", "one", "two"]
    came = {one.text: one.at for one in world.whatcounts.sent}
    assert abs(came["other"] - came["one"]) < SECOND / 2


async def test_a_stop_is_not_kept_waiting_by_texts(sqlite_world: World) -> None:
    world = sqlite_world
    for text in ("one", "two", "three"):
        await confirmed(world, text)
    world.pass_time(5)
    await sent(world, 1)
    await ask_to_stop(world, "2065550104")
    await world.card(DONE)
    assert len(world.texts()) < 3


async def test_the_test_phones_too_are_texted_a_second_apart(
    sqlite_world: World, turns: list[datetime]
) -> None:
    world = sqlite_world
    await typed(world, "test Spring sale")
    await press(world, await world.card("Nothing is sent until someone presses Send."), "Send")
    await world.card("Scheduled.")
    world.pass_time(5)
    await sent(world, 2)
    came = [one.at for one in world.whatcounts.sent]
    assert are_a_second_apart(turns, came), (turns, came)


async def test_who_waits_for_its_turn_is_not_late(world: World) -> None:
    """Due at once, taken up when they are nearly late: the last of seven would be by the time it leaves."""
    for number in range(7):
        await confirmed(world, f"Text {number}")
    last = await world.row()
    assert last.due_at
    world.pass_time((last.due_at - world.bot.now()).total_seconds() + LATE - 5)
    await sent(world, 7)
    assert {row.state for row in await world.rows()} <= {State.SUBMITTED, State.SENDING}
    waited = [row.claimed_at - row.due_at for row in await world.rows() if row.claimed_at and row.due_at]
    assert max(waited) > timedelta(seconds=LATE)


async def due_text(bot: Bot) -> Send:
    """A text that was confirmed and is due now."""
    content = Content(Kind.SEND, MAIN, phone=AVA, text="Hello")
    send_id = await bot.sends.draft(Ask(OLIVE, bot.now()), content, "C0SMS")
    assert await prepare(bot, send_id)
    prepared = await bot.sends.get(send_id)
    assert prepared
    send = await bot.sends.confirm(Ask(OLIVE, bot.now()), send_id, prepared.revision, timedelta(0))
    assert send
    return send


async def test_minutes_of_waiting_for_our_own_throttle_are_not_lateness(database_url: str) -> None:
    time = Time()
    async with outside() as (slack, whatcounts):
        settings = Settings.read(environment(slack, whatcounts, database_url))
        async with open_bot(settings, time.now) as bot:
            await bot.database.come_alive()
            await bot.register.open(settings, bot.now())
            waited, kept = await due_text(bot), await due_text(bot)
            time.ahead += timedelta(seconds=LATE + 30)
            hands = Hands(bot, 4)
            assert await leave(bot, hands, waited.id, timedelta(seconds=40))
            assert await leave(bot, hands, kept.id, timedelta(seconds=20)) is True  # it changed: it is held
            ends = [await bot.sends.get(one.id) for one in (waited, kept)]
        assert len(whatcounts.sent) == 1
    assert [one.state for one in ends if one] == [State.SUBMITTED, State.HELD]
    assert ends[1]
    assert ends[1].held_by == "late"


async def one_has_left_and_two_waits(world: World) -> None:
    await confirmed(world, "one")
    first = await world.row()
    await confirmed(world, "two")
    assert first.due_at
    world.pass_time((first.due_at - world.bot.now()).total_seconds())
    await sent(world, 1)
    world.pass_time(5)


async def test_who_waits_when_the_bot_is_stopped_is_neither_claimed_nor_lost(database_url: str) -> None:
    async with restarted(database_url, one_has_left_and_two_waits) as world:
        first, second = await world.rows()
        assert first.state is State.SUBMITTED
        assert second.attempts == (1 if second.state is State.SUBMITTED else 0)
        world.pass_time(5)
        await world.state(State.SUBMITTED)
        assert world.texts() == ["one", "two"]
        facts = [one.what for one in await world.timeline()]
        assert facts == ["drafted", "confirmed", "sending", "submitted"]


async def test_a_cancel_reaches_who_waits(sqlite_world: World) -> None:
    world = sqlite_world
    await one_has_left_and_two_waits(world)
    cards = [one for one in world.slack.messages("C0SMS") if "two" in one.read()]
    await press(world, cards[0], "Cancel")
    await world.state(State.CANCELLED)
    await confirmed(world, "three")  # whoever asked for a turn before it has had it when it goes
    world.pass_time(5)
    await sent(world, 2)
    assert world.texts() == ["one", "three"]


async def test_a_freeze_reaches_who_waits(sqlite_world: World) -> None:
    world = sqlite_world
    await one_has_left_and_two_waits(world)
    await typed(world, "freeze wrong price")
    await world.state(State.HELD)
    assert world.texts() == ["one"]


async def test_a_stop_reaches_who_waits(sqlite_world: World) -> None:
    world = sqlite_world
    await one_has_left_and_two_waits(world)
    text = await world.row()
    await ask_to_stop(world)
    cards = [one for one in world.slack.messages("C0SMS") if "two" in one.read()]
    await world.slack.wait_for(lambda: "Somebody stopped this phone" in cards[0].read())
    assert (await world.bot.sends.get(text.id) or text).state is State.HELD
    assert world.texts() == ["one"]
