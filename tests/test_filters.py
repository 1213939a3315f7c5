"""The words of `/sms history`, as people type them and Slack sends them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import UsageError
from bot.filters import Read, read
from bot.sends import Kind, State
from bot.sends.past import Filter

ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)  # the evening of the 24th there


def asked(words: str) -> Read:
    return read(words, ["weekly", "big spenders", "send"], ZONE, NOW)


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("", Filter()),
        (
            "<@U0ANA|ana> campaign weekly maybe sent since 2026-11-01",
            Filter("U0ANA", Kind.CAMPAIGN, State.MAYBE_SENT, "weekly", since=day(11, 1)),
        ),
        ("since 2026-11-01 until 2026-11-02", Filter(since=day(11, 1), until=day(11, 3))),
        ("before 2026-11-02", Filter(until=day(11, 2))),
        ("on 2026-11-01", Filter(since=day(11, 1), until=day(11, 2))),
        ("today", Filter(since=day(11, 24), until=day(11, 25))),
        ("yesterday held", Filter(state=State.HELD, since=day(11, 23), until=day(11, 24))),
        ('"big spenders"', Filter(audience="big spenders")),
        ("group gone", Filter(audience="gone")),
        ("texts not sent", Filter(kind=Kind.SEND, state=State.REFUSED)),
        ("Canceled STOPS", Filter(kind=Kind.STOP, state=State.CANCELLED)),
        ("send", Filter(audience="send")),  # a group of this name is nearer than the verb
    ],
)
def test_words_are_understood(words: str, wanted: Filter) -> None:
    assert asked(words) == Read(wanted)


@pytest.mark.parametrize(
    "written", ["206 555 0100", "(206) 555-0100", "+1 206-555-0100", "<tel:2065550100|206 555 0100>"]
)
def test_a_phone_is_understood_however_it_is_written(written: str) -> None:
    assert asked(f"send {written} held") == Read(Filter(audience="send", state=State.HELD), "12065550100")


@pytest.mark.parametrize("words", ["blue", "since then", "since", "weekly <!channel>", "on 2026-13-01"])
def test_what_is_not_understood_is_said(words: str) -> None:
    with pytest.raises(UsageError) as error:
        asked(words)
    assert "<" not in str(error.value)


def test_a_day_is_as_long_as_the_clock_makes_it() -> None:
    wanted = asked("on 2026-11-01").wanted  # the clocks go back
    assert wanted.since and wanted.until
    assert (wanted.until.astimezone(UTC) - wanted.since.astimezone(UTC)).total_seconds() == 25 * 3600


def test_a_filter_survives_a_button() -> None:
    wanted = asked("<@U0ANA> campaign weekly maybe sent on 2026-11-01").wanted
    assert Filter.read(wanted.write()) == wanted
