"""The brakes: each alone, at prepare and at the look, and in which order they are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.freeze import Freeze
from bot.registry import Registry
from bot.rules import Facts, Objection, difference, objections, stops
from bot.sends import Kind, Send, State
from bot.settings import Group, Sender

NOW = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
REGISTRY = Registry([Sender("2065551212", "Main line")], [Group("weekly"), Group("vip")])
EMPTY: dict[str, Any] = dict.fromkeys(Send.__dataclass_fields__) | {"legs": (), "accepted": ()}
WORDS = "Hello. Reply STOP to opt out"
TEXT = replace(
    Send(**EMPTY),
    id="S-7K3QXM",
    kind=Kind.SEND,
    state=State.SCHEDULED,
    sender="2065551212",
    phone="12065550100",
    person_id=1,
    asked_at=NOW,
    due_at=NOW,
    objections=[],
)
CAMPAIGN = replace(TEXT, kind=Kind.CAMPAIGN, phone=None, person_id=None, audience="weekly", message="Sale")


def facts(send: Send = TEXT, text: str = WORDS, *, at_look: bool = True, **changes: object) -> Facts:
    """What the rules may know of a send that was confirmed with this text."""
    confirmed = replace(send, confirmed_print=send.fingerprint(WORDS))
    return replace(Facts(confirmed, text, NOW, REGISTRY, Freeze(False), at_look), **changes)  # type: ignore[arg-type]


def rules(given: Facts) -> list[tuple[str, str]]:
    return [(one.rule, one.severity) for one in objections(given)]


@pytest.mark.parametrize("send", [TEXT, CAMPAIGN], ids=["text", "campaign"])
@pytest.mark.parametrize("at_look", [True, False])
def test_what_is_in_order_meets_no_objection(send: Send, at_look: bool) -> None:
    assert objections(facts(send, at_look=at_look)) == []
    assert stops([]) is None


@pytest.mark.parametrize("at_look", [True, False])
@pytest.mark.parametrize(
    "send",
    [
        replace(TEXT, sender="12345"),
        replace(TEXT, phone=None),
        replace(CAMPAIGN, sender=" 2065551212"),
        replace(CAMPAIGN, audience="Weekly"),
        replace(CAMPAIGN, audience="weekly "),
        replace(CAMPAIGN, audience=""),
        replace(CAMPAIGN, audience=None),
    ],
)
def test_only_what_is_registered_exactly_so_is_an_audience(send: Send, at_look: bool) -> None:
    assert rules(facts(send, at_look=at_look)) == [("audience", "stop")]


def test_without_any_registered_group_no_campaign_goes() -> None:
    assert rules(facts(CAMPAIGN, registry=Registry(REGISTRY.senders, []))) == [("audience", "stop")]


def test_another_text_than_was_confirmed_is_stopped_at_the_look_alone() -> None:
    assert rules(facts(CAMPAIGN, f"{WORDS}, changed")) == [("content", "stop")]
    assert rules(facts(CAMPAIGN, f"{WORDS}, changed", at_look=False)) == []


@pytest.mark.parametrize("text", ["", "  ", "x" * 161, "a\x00b", "☕" * 161])
def test_a_text_that_the_api_does_not_take_is_stopped(text: str) -> None:
    assert ("text", "stop") in rules(facts(TEXT, text, at_look=False))


def test_a_long_stored_text_is_not_ours_to_stop_but_an_empty_one_is() -> None:
    assert rules(facts(CAMPAIGN, WORDS + "x" * 300, at_look=False)) == [("length", "notice")]
    assert rules(facts(CAMPAIGN, " ", at_look=False))[0] == ("text", "stop")


def test_two_minutes_are_late_and_not_a_moment_less() -> None:
    just = facts(now=NOW + timedelta(minutes=2))
    assert rules(just) == []
    assert rules(replace(just, now=NOW + timedelta(minutes=2, milliseconds=1))) == [("late", "stop")]
    assert rules(replace(just, now=NOW + timedelta(hours=1), at_look=False)) == []


def test_a_draft_for_a_time_that_has_passed_wants_another() -> None:
    chosen = replace(TEXT, chosen_at=NOW)
    assert rules(facts(chosen, at_look=False)) == [("past", "stop")]
    assert rules(facts(chosen, at_look=False, now=NOW - timedelta(seconds=1))) == []
    assert rules(facts(chosen)) == []  # at the look the time that counts is when it is due


def test_a_freeze_stops_at_the_look_and_lets_a_draft_be_written() -> None:
    frozen = Freeze(True, "U0OLIVE", "wrong price", NOW)
    assert rules(facts(freeze=frozen, at_look=False)) == []
    (stop,) = objections(facts(freeze=frozen))
    assert (stop.rule, stop.severity) == ("freeze", "stop")
    assert "wrong price" in stop.sentence


def test_the_first_rule_that_stops_is_the_one_that_is_told() -> None:
    worst = facts(
        replace(CAMPAIGN, sender="12345"),
        f"{WORDS}, changed",
        now=NOW + timedelta(hours=1),
        freeze=Freeze(True),
    )
    assert [rule for rule, _ in rules(worst)] == ["audience", "content", "late", "freeze"]
    stop = stops(objections(worst))
    assert stop
    assert stop.rule == "audience"


def test_a_notice_stops_nothing() -> None:
    notice = Objection("repeat", "notice", "They had the same an hour ago.")
    stop = Objection("late", "stop", "It is late.")
    assert stops([notice]) is None
    assert stops([notice, stop]) is stop


@pytest.mark.parametrize("send", [replace(TEXT, sender="1"), replace(CAMPAIGN, audience="nobody")])
def test_every_sentence_says_what_is_wrong_and_can_be_kept_in_a_row(send: Send) -> None:
    (one,) = objections(facts(send))
    assert one.as_row() == {"rule": "audience", "severity": "stop", "sentence": one.sentence}
    assert one.sentence.endswith("Choose a registered one.")


def test_the_difference_shows_both_texts_line_by_line() -> None:
    assert difference("one\ntwo", "one\nthree").splitlines() == ["  one", "- two", "+ three"]
    assert difference("same", "same") == "  same"
