"""The hours: when nothing goes out, in every zone of the audience; the days on which nothing goes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from zoneinfo import ZoneInfo

from bot.moments import account_time
from bot.rules.facts import Facts, Objection
from bot.rules.law import law
from bot.rules.opening import DAY, Hours, Windows, let_through, next_allowed
from bot.rules.zones import area_code, zones_of, zones_of_code
from bot.sends import Kind
from bot.settings import QuietHours


def hours(facts: Facts) -> Objection | None:
    """Nothing goes out when people sleep (product.md 5.3): `SMS_QUIET_HOURS`.

    What goes to many is stopped; a text to one phone wants a reason, which is recorded.
    """
    found = [] if is_exempt(facts) else quiet_rules(facts)
    shut = let_through(found, facts.leaves_at)
    if shut is None:
        return None
    local = facts.leaves_at.astimezone(shut.zone)
    place = shut.zone.key if shut.whose == shut.zone.key else f"{shut.whose} ({shut.zone.key})"
    said = f"It would leave {local:%a %d %b %Y} at {local:%H:%M} in {place}, where texts go out {shut.said}."
    return _shut(facts, "hours", said, [*found, *_days(facts)])


def blackout(facts: Facts) -> Objection | None:
    """Nothing goes out on the days of `SMS_BLACKOUT`, which are days of the account's zone."""
    days = [] if is_exempt(facts) else _days(facts)
    if let_through(days, facts.leaves_at) is None:
        return None
    local = facts.leaves_at.astimezone(facts.terms.zone)
    said = f"It would leave {local:%a %d %b %Y %H:%M} {facts.terms.zone.key}, and this is a blackout day."
    return _shut(facts, "blackout", said, [*quiet_rules(facts), *days])


def is_exempt(facts: Facts) -> bool:
    """What is no text, and a test to a registered test phone."""
    send = facts.send
    is_test = send.kind is Kind.TEST and (send.phone is None or send.phone in facts.terms.test_phones)
    return not send.is_text or is_test


def _shut(facts: Facts, rule: str, said: str, all_hours: Sequence[Hours]) -> Objection:
    next_at = next_allowed(all_hours, facts.leaves_at)
    when = f" The next allowed time: {account_time(next_at, facts.terms.zone)}." if next_at else ""
    if rule == "blackout" or facts.is_to_many:
        way = " Press Move or Edit and choose it, or a later one." if next_at else ""
        return Objection(rule, "stop", f"{said}{when}{way}", next_at=next_at)
    why = " To send it all the same, say why: the reason is kept."
    night = next_at.isoformat() if next_at else "for good"
    return Objection(rule, "look", f"{said}{when}{why}", f"closed until {night}", next_at, wants_reason=True)


def audience_zones(facts: Facts) -> frozenset[str]:
    """Where its people may be: those of a phone; a group's registered zone, else the account's.

    What goes to everybody goes to the people of every group, and of none.
    """
    own = facts.terms.zone.key
    if facts.send.run is not None:
        codes = facts.send.run.area_codes
        return frozenset(zone for code in codes for zone in zones_of_code(code)) or frozenset({own})
    if facts.send.phone is not None:
        return zones_of(facts.send.phone)
    if facts.send.audience is None:
        return frozenset({own, *(group.zone for group in facts.registry.groups if group.zone)})
    group = facts.registry.group(facts.send.audience)
    return frozenset({(group and group.zone) or own})


def quiet_rules(facts: Facts) -> list[Hours]:
    """All hours that have to be open for it."""
    quiet, zones = facts.terms.quiet_hours, sorted(audience_zones(facts))
    if quiet == "off":
        return []
    if isinstance(quiet, QuietHours):
        week, said = [_open(quiet)] * 7, f"{quiet.end:%H:%M} to {quiet.start:%H:%M}"
        return [Hours(ZoneInfo(zone), week, said, zone) for zone in zones]
    if facts.send.run is not None:
        found = [one for code in facts.send.run.area_codes for one in _of_code(code)]
        return list({(one.whose, one.said, one.zone.key): one for one in found}.values())
    code = area_code(facts.send.phone) if facts.send.phone else None
    return [one for zone in zones for one in law().hours(zone, code)]


def _of_code(code: int) -> list[Hours]:
    """What holds for the phones of an area code, in each zone of it."""
    return [one for zone in sorted(zones_of_code(code)) for one in law().hours(zone, code)]


def _open(quiet: QuietHours) -> Windows:
    """What the quiet hours leave of a day."""
    start, end = _minute(quiet.start), _minute(quiet.end)
    return ((end, start),) if start > end else ((0, start), (end, DAY))


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def _days(facts: Facts) -> list[Hours]:
    days = facts.terms.blackout
    return [Hours(facts.terms.zone, [((0, DAY),)] * 7, is_closed=days.__contains__)] if days else []
