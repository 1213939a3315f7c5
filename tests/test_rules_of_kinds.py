"""The brakes by kind: what a test, a new message, a subscription, a contact and an opt-out are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.freeze import Freeze
from bot.registry import Registry
from bot.rules import ALWAYS, RULES, WANTS, WHOLE, objections, stops
from bot.sends import Kind, Leg, Send
from bot.sends.optouts import OptOut
from bot.sends.run import Action, Run
from tests.test_rules import CAMPAIGN, NOW, REGISTRY, TEXT, facts, rules

LEGS = [Leg(1, "2065551212", "•••••••0111"), Leg(2, "2065551212", "•••••••0112")]
TEST = replace(TEXT, kind=Kind.TEST, message="Sale", legs=LEGS)
EVERYONE = replace(CAMPAIGN, kind=Kind.EVERYONE, audience=None)
CREATE = replace(TEXT, kind=Kind.CREATE, sender="", phone=None, person_id=None, message="Autumn")
SUBSCRIBE = replace(TEXT, kind=Kind.SUBSCRIBE, audience="weekly")
CONTACT = replace(SUBSCRIBE, kind=Kind.CONTACT, contact_id=7)
STOP = replace(TEXT, kind=Kind.STOP, legs=LEGS[:1])
RUN = Run(Action.SEND, "F0LIST", "spring.csv", read_at=NOW, lines=3, valid=3, print="0" * 64)
BULK = replace(TEXT, kind=Kind.BULK, phone=None, person_id=None, run=RUN)
DAILY = {"every": "daily", "first": "2026-07-02", "at": "10:00", "zone": "America/Los_Angeles"}
REPEAT = replace(CAMPAIGN, kind=Kind.REPEAT, repeats=DAILY)
_SENDS = (TEXT, CAMPAIGN, EVERYONE, TEST, CREATE, SUBSCRIBE, CONTACT, STOP, BULK, REPEAT)
SENDS = {one.kind: one for one in _SENDS}
STOPPED = OptOut("S-STOP01", NOW)
WORDLESS = (Kind.SUBSCRIBE, Kind.CONTACT, Kind.STOP)


def told(send: Send, **changes: object) -> list[str]:
    """The rules that stop it."""
    return [rule for rule, severity in rules(facts(send, **changes)) if severity == "stop"]  # type: ignore[arg-type]


def test_every_kind_has_its_wants() -> None:
    assert set(SENDS) == set(Kind) <= set(WANTS)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("at_look", [True, False])
def test_what_is_in_order_meets_no_objection(kind: Kind, at_look: bool) -> None:
    assert told(SENDS[kind], at_look=at_look) == []


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        *((kind, ["audience"]) for kind in Kind if kind not in (Kind.CREATE, Kind.STOP)),
        (Kind.CREATE, []),  # a stored message belongs to no sender code
        (Kind.STOP, []),  # an opt-out also holds where the code is registered no more
    ],
)
def test_the_sender_code_has_to_be_registered(kind: Kind, asked: list[str]) -> None:
    assert told(replace(SENDS[kind], sender="99999")) == asked
    assert told(SENDS[kind], registry=Registry([], REGISTRY.groups)) == asked


@pytest.mark.parametrize("kind", [Kind.CAMPAIGN, Kind.SUBSCRIBE, Kind.CONTACT])
@pytest.mark.parametrize("group", ["Weekly", "weekly ", "", "staff"])
def test_a_group_that_is_named_has_to_be_registered_exactly_so(kind: Kind, group: str) -> None:
    assert told(replace(SENDS[kind], audience=group)) == ["audience"]


@pytest.mark.parametrize("kind", [Kind.SUBSCRIBE, Kind.CONTACT])
def test_a_subscription_needs_no_group_and_a_campaign_does(kind: Kind) -> None:
    assert told(replace(SENDS[kind], audience=None)) == []
    assert told(replace(CAMPAIGN, audience=None)) == ["audience"]


@pytest.mark.parametrize("kind", [Kind.SEND, Kind.TEST, Kind.SUBSCRIBE, Kind.CONTACT, Kind.STOP])
def test_what_is_about_a_phone_needs_one(kind: Kind) -> None:
    assert told(replace(SENDS[kind], phone=None)) == ["audience"]


@pytest.mark.parametrize("at_look", [True, False])
@pytest.mark.parametrize("kind", [Kind.SEND, Kind.TEST, Kind.SUBSCRIBE, Kind.CONTACT])
def test_a_phone_that_was_stopped_is_neither_texted_nor_subscribed(kind: Kind, at_look: bool) -> None:
    (stop,) = objections(facts(SENDS[kind], at_look=at_look, stopped=STOPPED))
    assert (stop.rule, stop.severity) == ("stopped", "stop")
    assert "2065551212 (S-STOP01)" in stop.sentence


def test_an_opt_out_is_not_stopped_by_an_opt_out() -> None:
    assert told(STOP, stopped=STOPPED) == []


def test_an_opt_out_leaves_late_in_a_freeze_and_whatever_waits() -> None:
    worst = {"now": NOW + timedelta(days=9), "freeze": Freeze(True), "stopped": STOPPED}
    assert told(STOP, **worst) == []
    assert told(TEXT, **worst) == ["stopped", "late", "freeze"]
    assert set(ALWAYS) < set(RULES)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.STOP])
def test_everything_else_is_held_late_and_in_a_freeze(kind: Kind) -> None:
    assert told(SENDS[kind], now=NOW + timedelta(minutes=3)) == ["late"]
    assert told(SENDS[kind], freeze=Freeze(True)) == ["freeze"]


def test_what_was_decided_is_what_an_opt_out_does_too() -> None:
    assert told(STOP, text="Another") == ["content"]


@pytest.mark.parametrize("at_look", [True, False])
def test_a_new_message_wants_a_name_of_its_own(at_look: bool) -> None:
    names = frozenset({"Spring sale", "Autumn"})
    (stop,) = objections(facts(CREATE, at_look=at_look, names=names))
    assert (stop.rule, stop.severity) == ("name", "stop")
    assert stop.sentence == (
        "There is a message “Autumn” in WhatCounts already. Press Edit and give another name."
    )
    assert told(CREATE, names=frozenset({"Spring sale", "autumn 2"})) == []


def test_a_name_that_differs_in_case_alone_is_taken() -> None:
    (stop,) = objections(facts(CREATE, names=frozenset({"AUTUMN"})))
    assert stop.sentence.startswith("There is a message “AUTUMN” in WhatCounts already.")


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CREATE])
def test_the_names_that_are_taken_stop_nothing_else(kind: Kind) -> None:
    assert told(replace(SENDS[kind], message="Sale"), names=frozenset({"Sale"})) == []


@pytest.mark.parametrize("text", ["", " ", "x" * 161, "a\tb", "a\x00b", "a\u202eb"])
def test_a_new_text_is_one_that_the_api_takes(text: str) -> None:
    assert told(CREATE, text=text, at_look=False) == ["text"]


@pytest.mark.parametrize("kind", [Kind.CAMPAIGN, Kind.TEST])
@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("a\tb\r\nc", []),
        ("x" * 300, []),
        ("", ["text"]),
        ("a\u202eb", ["text"]),
        ("x" * (WHOLE + 1), ["text"]),
    ],
)
def test_a_stored_text_may_be_long_and_have_tabs(kind: Kind, text: str, asked: list[str]) -> None:
    """That a test's text fits one phone is the client's to say, which knows the way it goes."""
    assert told(SENDS[kind], text=text, at_look=False) == asked


@pytest.mark.parametrize("kind", WORDLESS)
def test_what_has_no_text_is_not_asked_for_one(kind: Kind) -> None:
    assert told(SENDS[kind], text="", at_look=False) == []


@pytest.mark.parametrize("waited", [timedelta(0), timedelta(minutes=10)])
def test_waiting_for_our_own_throttle_is_not_lateness(waited: timedelta) -> None:
    just = NOW + waited + timedelta(minutes=2)
    assert told(TEXT, now=just, waited=waited) == []
    assert told(TEXT, now=just + timedelta(milliseconds=1), waited=waited) == ["late"]


def test_the_first_rule_that_stops_is_the_one_that_is_told() -> None:
    worst = facts(
        replace(SUBSCRIBE, sender="99999"), stopped=STOPPED, freeze=Freeze(True), now=NOW + timedelta(hours=1)
    )
    assert [rule for rule, _ in rules(worst)] == ["audience", "stopped", "late", "freeze"]
    first = stops(objections(worst))
    assert first and first.rule == "audience"
