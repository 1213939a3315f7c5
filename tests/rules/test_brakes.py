"""Each brake: it objects at prepare, and at the look when the world changed; it lets the good case go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.freeze import Freeze
from bot.registry import Registry
from bot.rules import BRAKES, Facts, Terms, is_accepted, objections, second_looks, stops
from bot.sends import Kind, Send, State
from bot.sends.history import Earlier, History
from bot.sends.optouts import OptOut
from bot.sends.told import Told
from tests.test_rules import CAMPAIGN, NOW, REGISTRY, TEXT, WORDS, facts
from tests.test_rules_of_kinds import BULK, CREATE, SENDS, TEST

LATER = NOW + timedelta(days=1)
LONG_AGO = Told("S-000000", NOW - timedelta(days=90), WORDS, State.SUBMITTED)
SAME = Earlier("S-000001", State.SUBMITTED, NOW - timedelta(minutes=5), "Sale", WORDS)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """A send and what of its world makes a brake object; without that it may go.

    `prepare`, `look`: which severity it has there; None where it does not ask.
    """

    brake: str
    send: Send
    world: dict[str, Any]
    prepare: str | None
    look: str | None


TIME = replace(CAMPAIGN, series="S-RULE01", on_day=date(2026, 7, 1))  # one time of a repeating campaign
NIGHT = Terms("us", ZoneInfo("Asia/Tokyo"))  # NOW is one in the morning there
CASES = [
    Case("audience", CAMPAIGN, {"registry": Registry(REGISTRY.senders, [])}, "stop", "stop"),
    Case("audience", TEXT, {"registry": Registry([], REGISTRY.groups)}, "stop", "stop"),
    Case("bulk", BULK, {"terms": Terms(bulk_limit=2)}, "person", "person"),
    Case("paused", TIME, {"history": History(rule_state=State.HELD)}, "stop", "stop"),
    Case("paused", TIME, {"history": History(rule_state=State.CANCELLED)}, "stop", "stop"),
    Case("in doubt", TIME, {"history": History(in_doubt="S-000001")}, "notice", "stop"),
    Case("stopped", TEXT, {"stopped": OptOut("S-STOP01", NOW)}, "stop", "stop"),
    Case("name", CREATE, {"names": frozenset({"Autumn"})}, "stop", "stop"),
    Case("text", TEXT, {"text": "a\x00b"}, "stop", "stop"),
    Case("past", replace(TEXT, chosen_at=NOW + timedelta(minutes=1)), {"now": LATER}, "stop", None),
    Case("content", CAMPAIGN, {"text": f"{WORDS}, changed"}, None, "stop"),
    Case("late", TEXT, {"now": NOW + timedelta(minutes=3)}, None, "stop"),
    Case("freeze", TEXT, {"freeze": Freeze(True)}, None, "stop"),
    Case("hours", CAMPAIGN, {"terms": NIGHT}, "stop", "stop"),
    Case("hours", TEXT, {"now": NOW + timedelta(hours=-7), "terms": Terms("us")}, "look", None),
    Case("blackout", TEXT, {"terms": Terms(blackout=frozenset({date(2026, 7, 1)}))}, "stop", "stop"),
    Case("caps", TEXT, {"history": History(of_person=200)}, "stop", "stop"),
    Case("caps", CAMPAIGN, {"history": History(in_hour=500)}, "stop", "stop"),
    Case("repeat", TEXT, {"history": History([SAME])}, "look", "look"),
    Case("repeat", CAMPAIGN, {"history": History([SAME])}, "look", "look"),
    Case("same text", CAMPAIGN, {"history": History(told=[LONG_AGO])}, "look", "look"),
    Case("same text", TEXT, {"history": History(told=[LONG_AGO])}, "notice", "notice"),
    Case("unfilled", TEXT, {"text": "Hello {{ name }}"}, "look", "look"),
    Case("unfilled", CREATE, {"text": "Hello {{name}}"}, "notice", "notice"),
    Case("test word", CAMPAIGN, {"text": f"This is a test. {WORDS}"}, "look", "look"),
    Case("test word", TEXT, {"text": "Testing"}, "notice", "notice"),
    Case("clock words", CAMPAIGN, {"text": f"Only until Tuesday. {WORDS}"}, "look", "look"),
    Case("brand", CAMPAIGN, {"terms": Terms(brand="Tidewater Coffee")}, "look", "look"),
    Case("opt-out words", CAMPAIGN, {"text": "Hello"}, "look", "look"),
    Case("quotes", TEXT, {"text": "“Hello”"}, "notice", "notice"),
    Case("length", CAMPAIGN, {"text": WORDS + "x" * 300}, "notice", "notice"),
]


def known(case: Case, *, at_look: bool, changed: bool) -> Facts:
    """What the brakes know of it: at prepare a draft, at the look it was confirmed with this very text."""
    world = dict(case.world) if changed else {}
    text = world.pop("text", WORDS)
    send = case.send
    if not at_look:
        send = replace(send, state=State.DRAFT, due_at=None)
    found = replace(facts(send, text, at_look=at_look), **world)
    if case.brake != "content":
        found = replace(found, send=replace(found.send, confirmed_print=send.fingerprint(text)))
    return found


def said(case: Case, *, at_look: bool, changed: bool = True) -> str | None:
    found = objections(known(case, at_look=at_look, changed=changed))
    return next((one.severity for one in found if one.rule == case.brake), None)


names = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.brake}-{case.send.kind}")


@names
def test_at_prepare_it_objects(case: Case) -> None:
    assert said(case, at_look=False) == case.prepare


@names
def test_at_the_look_it_objects_to_a_world_that_has_changed(case: Case) -> None:
    if case.brake == "hours" and case.look is None:
        case = replace(case, look="look", send=replace(case.send, due_at=case.world["now"]))
    assert said(case, at_look=True) == case.look


@names
@pytest.mark.parametrize("at_look", [True, False])
def test_the_good_case_goes(case: Case, at_look: bool) -> None:
    assert objections(known(case, at_look=at_look, changed=False)) == []


def test_every_brake_has_a_case() -> None:
    assert {case.brake for case in CASES} == {one.name for one in BRAKES if one.rule}
    assert len({one.name for one in BRAKES}) == len(BRAKES)


@names
def test_every_sentence_is_for_people(case: Case) -> None:
    for at_look in (True, False):
        for one in objections(known(case, at_look=at_look, changed=True)):
            assert one.sentence[0].isupper() or one.sentence[0] == "“"
            assert one.sentence.endswith(".") and "!" not in one.sentence
            assert len(one.rule) <= 32  # the column `held_by`


def test_a_second_look_holds_for_the_very_objection_alone() -> None:
    (first,) = second_looks(objections(facts(TEXT, history=History([SAME]))))
    accepted = [first.as_accepted("U0OLIVE", NOW, "")]
    assert is_accepted(first, accepted)
    assert second_looks([first], accepted) == []
    newer = replace(SAME, id="S-000002", at=NOW - timedelta(minutes=1))
    (second,) = second_looks(objections(facts(TEXT, history=History([newer, SAME]))), accepted)
    assert "S-000002" in second.sentence
    assert stops([first, second]) is None


@pytest.mark.parametrize(
    ("send", "earlier", "is_repeat"),
    [
        (TEXT, replace(SAME, at=NOW - timedelta(minutes=9)), True),
        (TEXT, replace(SAME, at=NOW - timedelta(minutes=11)), False),
        (TEXT, replace(SAME, text="Another"), False),  # the message's name does not count for one phone
        (TEXT, replace(SAME, text=f" {WORDS.upper()}  "), True),
        (CAMPAIGN, replace(SAME, at=NOW - timedelta(hours=23)), True),
        (CAMPAIGN, replace(SAME, at=NOW - timedelta(hours=25)), False),
        (CAMPAIGN, replace(SAME, text="Another"), True),  # of this name
        (CAMPAIGN, replace(SAME, message="Another"), True),  # of these words
        (CAMPAIGN, replace(SAME, message="Another", text="Another"), False),
        (CAMPAIGN, replace(SAME, state=State.SCHEDULED, at=NOW + timedelta(hours=3)), True),
        (TEST, SAME, False),
    ],
)
def test_what_the_repeat_guard_takes_for_the_same(send: Send, earlier: Earlier, is_repeat: bool) -> None:
    found = [one for one in objections(facts(send, history=History([earlier]))) if one.rule == "repeat"]
    assert bool(found) is is_repeat
    if found:
        assert earlier.id in found[0].sentence


def test_the_repeat_guard_shows_the_earlier_text_and_its_age() -> None:
    (look,) = objections(facts(CAMPAIGN, history=History([replace(SAME, at=NOW - timedelta(hours=3))])))
    assert look.sentence == (
        "The same was sent to them 3 h 0 min before, Wed 01 Jul 2026 13:00 UTC (UTC+00:00), as S-000001."
        " Send it once more only if they shall get it twice."
    )
    assert look.quote == WORDS


def test_one_less_than_the_caps_goes() -> None:
    assert objections(facts(TEXT, history=History(of_person=199, in_hour=499))) == []


@pytest.mark.parametrize(
    ("text", "is_odd"),
    [
        ("Sale ends Friday", False),  # NOW is Wednesday, the 1st of July 2026, 16:00
        ("Sale ends Tuesday", True),
        ("Sale ended last Tuesday", False),
        ("Next Tuesday we are closed", False),
        ("Open Tuesdays", False),
        ("Ends 11/30", False),
        ("Ended 6/30", True),
        ("Ends June 30th", True),
        ("Ends 30 June 2026", True),
        ("Ends 2026-06-30", True),
        ("Ends July 1", False),
        ("Ends 1/15", False),  # of next year
        ("Ends 1/15/2026", True),
        ("Open 9/5, half price 50/50", False),
        ("24/7 and 1/2 price", False),
        ("Good afternoon", True),
        ("Good morning", False),  # it is nine in Seattle
        ("Christmas 12/25", False),
        ("Tomorrow only", False),  # it leaves on the day on which it is asked for
    ],
)
def test_words_against_the_clock(text: str, is_odd: bool) -> None:
    found = [one.rule for one in objections(facts(TEXT, text, at_look=False))]
    assert found == (["clock words"] if is_odd else [])


@pytest.mark.parametrize("text", ["Today only", "Tonight at 8", "See you tomorrow", "Come by this evening"])
def test_what_is_near_is_not_so_on_another_day(text: str) -> None:
    scheduled = replace(TEXT, state=State.DRAFT, chosen_at=NOW + DAY, due_at=None)
    assert [one.rule for one in objections(facts(scheduled, text, at_look=False))] == ["clock words"]


def test_the_clock_is_that_of_the_audience() -> None:
    """NOW is Wednesday in New York and Thursday in Tokyo."""
    tokyo = Terms(zone=ZoneInfo("Asia/Tokyo"))
    text = f"Today is Wednesday. {WORDS}"
    assert objections(facts(CAMPAIGN, text, at_look=False)) == []
    (look,) = objections(facts(CAMPAIGN, text, at_look=False, terms=tokyo))
    assert "“Wednesday”, which was yesterday" in look.sentence


@pytest.mark.parametrize(
    "text", ["{{name}}", "{% if %}", "%%$first%%", "%%first%%", "<<name>>", "[NAME]", "[First name]"]
)
def test_what_looks_like_a_place_to_be_filled_in(text: str) -> None:
    assert "unfilled" in {one.rule for one in objections(facts(TEXT, f"Hi {text}"))}


@pytest.mark.parametrize("text", ["100% off", "a < b", "[sic]", "{one}", "50%% {x}"])
def test_what_does_not(text: str) -> None:
    assert objections(facts(TEXT, text, at_look=False)) == []


@pytest.mark.parametrize("text", ["Contest", "the latest", "protest"])
def test_a_word_with_test_in_it_is_not_the_word(text: str) -> None:
    assert objections(facts(TEXT, text, at_look=False)) == []


@given(
    st.sampled_from([*Kind]),
    st.sampled_from([None, "", "weekly", "Weekly", "weekly ", "vip", "staff"]),
    st.sampled_from([None, "12065550100"]),
    st.sampled_from(["2065551212", "12345", ""]),
    st.booleans(),
)
def test_nothing_without_a_registered_group_passes_but_what_was_asked_for_as_one_to_everyone(
    kind: Kind, group: str | None, phone: str | None, sender: str, at_look: bool
) -> None:
    send = replace(SENDS.get(kind, CAMPAIGN), kind=kind, audience=group, phone=phone, sender=sender)
    passes = "audience" not in {one.rule for one in objections(facts(send, at_look=at_look))}
    if passes and kind in (Kind.SEND, Kind.CAMPAIGN, Kind.TEST):
        assert sender == "2065551212"
        assert group in ("weekly", "vip") or (group is None and phone is not None)
    if passes and kind is Kind.CAMPAIGN:
        assert group in ("weekly", "vip")
    if passes and kind == Kind.EVERYONE:
        assert group is None and phone is None


def test_a_kind_that_the_firewall_does_not_know_wants_all_there_is() -> None:
    unknown = replace(CAMPAIGN, kind="bulk")  # type: ignore[arg-type]
    assert "audience" in {one.rule for one in objections(facts(unknown))}
