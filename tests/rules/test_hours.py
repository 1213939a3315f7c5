"""The hours and the blackout days: whom they stop, until when, in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.registry import Registry
from bot.rules import Facts, Objection, Terms, objections
from bot.rules.hours import audience_zones, hours
from bot.sends import Kind, Send, State
from bot.sends.run import Action, Run
from bot.settings import Group, QuietHours, Sender
from tests.rules.test_opening import US_ZONES, instants, is_lawful
from tests.test_rules import CAMPAIGN, TEXT, facts
from tests.test_rules_of_kinds import BULK, SENDS, TEST

SEATTLE, NEW_YORK = ZoneInfo("America/Los_Angeles"), ZoneInfo("America/New_York")
US = Terms("us", SEATTLE, test_phones=frozenset({"12065550100"}))
GROUPS = Registry([Sender("2065551212", "Main line")], [Group("weekly"), Group("vip", "America/New_York")])


def at(send: Send, when: datetime, terms: Terms = US, *, at_look: bool = True, **changes: object) -> Facts:
    """Facts of a send that leaves then; at prepare it is a draft for then."""
    draft = {"state": State.DRAFT, "chosen_at": when, "due_at": None}
    send = replace(send, asked_at=when, **({"due_at": when} if at_look else draft))
    now = when if at_look else when - timedelta(days=3)
    return facts(send, at_look=at_look, now=now, terms=terms, registry=GROUPS, **changes)


def told(given: Facts) -> Objection | None:
    return next((one for one in objections(given) if one.rule in ("hours", "blackout")), None)


def seattle(day: int, hour: int, minute: int = 0) -> datetime:
    """In March 2027: the 10th is a Wednesday, the 14th the Sunday of the clock change."""
    return datetime(2027, 3, day, hour, minute, tzinfo=SEATTLE).astimezone(UTC)


ELSEWHERE = ["18072235555", "12502425555", "14189375555", "18673345555"]  # by their exchange, not their code


@pytest.mark.parametrize("phone", ELSEWHERE)
def test_a_list_is_open_where_all_its_area_codes_are_whatever_the_exchange(phone: str) -> None:
    code = int(phone[1:4])
    run = Run(Action.SEND, "F1", "list.csv", area_codes=[code])
    rows = replace(BULK, run=run)
    alone = replace(TEXT, phone=phone)
    assert audience_zones(at(alone, seattle(10, 9))) <= audience_zones(at(rows, seattle(10, 9)))


@pytest.mark.parametrize("at_look", [True, False])
def test_a_campaign_at_night_is_stopped_with_the_next_allowed_time(at_look: bool) -> None:
    stop = told(at(CAMPAIGN, seattle(10, 21, 30), at_look=at_look))
    assert stop and (stop.severity, stop.next_at) == ("stop", seattle(11, 9))
    assert stop.sentence == (
        "It would leave Wed 10 Mar 2027 at 21:30 in America/Los_Angeles, where texts go out 9:00 to 20:00,"
        " on Sundays from 12:00. The next allowed time: Thu 11 Mar 2027 09:00 America/Los_Angeles"
        " (UTC-08:00). Press Move or Edit and choose it, or a later one."
    )


@pytest.mark.parametrize("at_look", [True, False])
@pytest.mark.parametrize("send", [CAMPAIGN, TEXT], ids=["campaign", "text"])
def test_by_day_it_leaves(send: Send, at_look: bool) -> None:
    assert told(at(send, seattle(10, 9), at_look=at_look)) is None
    assert told(at(send, seattle(10, 19, 58), at_look=at_look)) is None


@pytest.mark.parametrize("at_look", [True, False])
def test_a_text_to_one_phone_at_night_wants_a_reason(at_look: bool) -> None:
    look = told(at(TEXT, seattle(10, 7), at_look=at_look))
    assert look and (look.severity, look.wants_reason) == ("look", True)
    assert look.sentence.endswith("To send it all the same, say why: the reason is kept.")


def test_a_reason_holds_for_this_night_and_for_no_other() -> None:
    keys = [told(at(TEXT, when)) for when in (seattle(10, 23), seattle(11, 1), seattle(11, 23))]
    first, second, other = [one.key for one in keys if one]
    assert first == second != other


def test_over_the_clock_change_the_next_time_is_right_on_the_wall() -> None:
    """Saturday evening to Sunday noon, one hour less than it looks."""
    stop = told(at(CAMPAIGN, seattle(13, 20)))
    assert stop and stop.next_at == seattle(14, 12) == seattle(13, 20) + timedelta(hours=15)
    assert "Sun 14 Mar 2027 12:00 America/Los_Angeles (UTC-07:00)" in stop.sentence


def test_a_group_has_its_registered_zone_and_else_the_accounts() -> None:
    evening = seattle(10, 18)  # 21:00 in New York
    assert told(at(replace(CAMPAIGN, audience="weekly"), evening)) is None
    stop = told(at(replace(CAMPAIGN, audience="vip"), evening))
    assert stop and "21:00 in America/New_York" in stop.sentence
    assert "Thu 11 Mar 2027 06:00 America/Los_Angeles" in stop.sentence


def test_what_goes_to_everyone_goes_to_the_zones_of_all_groups() -> None:
    everyone = replace(CAMPAIGN, audience=None)
    assert audience_zones(at(everyone, seattle(10, 12))) == {"America/Los_Angeles", "America/New_York"}


@pytest.mark.parametrize(
    ("phone", "when", "next_at"),
    [
        ("14015550100", datetime(2027, 3, 10, 18, 30, tzinfo=NEW_YORK), (2027, 3, 11, 9)),  # Rhode Island
        ("14015550100", datetime(2027, 3, 13, 17, 30, tzinfo=NEW_YORK), (2027, 3, 14, 12)),  # its Saturday
        ("15025550100", datetime(2027, 3, 10, 9, 30, tzinfo=NEW_YORK), (2027, 3, 10, 10)),  # Kentucky
        ("12055550100", datetime(2027, 3, 14, 15, 0, tzinfo=ZoneInfo("America/Chicago")), (2027, 3, 15, 10)),
        ("18015550100", datetime(2027, 3, 14, 15, 0, tzinfo=ZoneInfo("America/Denver")), (2027, 3, 15, 11)),
        ("12155550100", datetime(2026, 11, 26, 15, 0, tzinfo=NEW_YORK), (2026, 11, 27, 9)),  # Thanksgiving
    ],
)
def test_a_stricter_state_has_its_own_hours(phone: str, when: datetime, next_at: tuple[int, ...]) -> None:
    look = told(at(replace(TEXT, phone=phone), when.astimezone(UTC)))
    assert look and look.next_at == datetime(*next_at, tzinfo=NEW_YORK)


def test_a_toll_free_number_wants_an_hour_that_is_right_in_all_states() -> None:
    toll_free = replace(TEXT, phone="18005550100")
    look = told(at(toll_free, datetime(2027, 3, 10, 16, 0, tzinfo=UTC)))
    assert look and look.next_at == datetime(2027, 3, 10, 19, 0, tzinfo=UTC)  # 9:00 in Honolulu and Adak
    assert told(at(toll_free, datetime(2027, 3, 10, 19, 30, tzinfo=UTC))) is None


@pytest.mark.parametrize("kind", SENDS)
def test_tests_to_test_phones_opt_outs_and_what_is_no_text_are_exempt(kind: Kind) -> None:
    # a repeating campaign is asked for each of its next times (`repeating.of_times`)
    exempt = kind not in (Kind.SEND, Kind.CAMPAIGN, Kind.EVERYONE, Kind.BULK)
    terms = replace(US, blackout=frozenset({date(2027, 3, 10)}))
    assert (told(at(SENDS[kind], seattle(10, 23), terms)) is None) is exempt


def test_a_test_to_a_phone_that_is_no_test_phone_any_more_is_a_text() -> None:
    look = told(at(TEST, seattle(10, 23), replace(US, test_phones=frozenset())))
    assert look and look.wants_reason


@pytest.mark.parametrize(
    ("quiet", "shut", "opened"),
    [
        (QuietHours(time(20), time(9)), (10, 20), (11, 9)),
        (QuietHours(time(20), time(9)), (11, 8), (11, 9)),
        (QuietHours(time(12), time(13, 30)), (10, 12), (10, 13)),
    ],
)
def test_hours_of_ones_own(quiet: QuietHours, shut: tuple[int, int], opened: tuple[int, int]) -> None:
    terms = replace(US, quiet_hours=quiet)
    stop = told(at(CAMPAIGN, seattle(*shut), terms))
    assert stop and stop.next_at == seattle(opened[0], quiet.end.hour, quiet.end.minute)
    assert told(at(CAMPAIGN, seattle(14, 10), terms)) is None  # a Sunday is as any day


def test_without_quiet_hours_it_leaves_at_night() -> None:
    assert told(at(CAMPAIGN, seattle(10, 3), replace(US, quiet_hours="off"))) is None


@pytest.mark.parametrize("at_look", [True, False])
@pytest.mark.parametrize("send", [CAMPAIGN, TEXT], ids=["campaign", "text"])
def test_on_a_blackout_day_no_text_leaves(send: Send, at_look: bool) -> None:
    terms = replace(US, quiet_hours="off", blackout=frozenset({date(2027, 3, 10), date(2027, 3, 11)}))
    stop = told(at(send, seattle(10, 12), terms, at_look=at_look))
    assert stop and (stop.rule, stop.severity, stop.next_at) == ("blackout", "stop", seattle(12, 0))
    assert told(at(send, seattle(12, 0), terms, at_look=at_look)) is None
    assert told(at(send, seattle(9, 23, 58), terms, at_look=at_look)) is None
    assert told(at(send, seattle(9, 23, 59), terms, at_look=at_look)) is not None  # past midnight


def test_the_next_allowed_time_is_neither_at_night_nor_on_a_blackout_day() -> None:
    terms = replace(US, blackout=frozenset({date(2027, 3, 11), date(2027, 3, 12)}))
    stop = told(at(CAMPAIGN, seattle(10, 21), terms))
    assert stop and stop.next_at == seattle(13, 9)
    stop = told(at(CAMPAIGN, seattle(11, 21), terms))
    assert stop and stop.next_at == seattle(13, 9)


@given(instants, st.sampled_from(US_ZONES), st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_campaign_passes_at_an_hour_that_the_law_forbids(when: datetime, zone: str, at_look: bool) -> None:
    registry = Registry(GROUPS.senders, [Group("weekly", zone)])
    given = replace(at(CAMPAIGN, when, at_look=at_look), registry=registry)
    stop = hours(given)
    assert stop is not None or is_lawful(given.leaves_at, zone, None)
    if stop is not None:
        assert stop.severity == "stop" and stop.next_at and is_lawful(stop.next_at, zone, None)
