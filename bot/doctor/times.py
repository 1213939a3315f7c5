"""The doctor on this machine's time, by the Date headers of those who answered it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.doctor.line import Line, fail, note, ok

NOTED = 30  # seconds
FATAL = 300  # docs.slack.dev, "Verifying requests from Slack": older ones are to be refused, as ours are
SLACK = "Slack"


def skew(date: str | None, before: datetime, after: datetime) -> float | None:
    """Seconds by which a server's clock is ahead of ours, which said `before` and `after` around its answer.

    None where its Date header is not there, or cannot be read. It knows whole seconds only.
    """
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)  # "-0000": UTC, without saying so
    nearest = min(max(theirs, before), after)
    return (theirs - nearest).total_seconds()


def time_lines(skews: Mapping[str, float | None]) -> list[Line]:
    """How far this machine's clock is from each of those that could be asked."""
    known = {who: ahead for who, ahead in skews.items() if ahead is not None}
    if not known:
        return [note("time", "nobody answered with a date, so this machine's clock was not compared.")]
    wrong = [_line(who, ahead, known) for who, ahead in known.items() if abs(ahead) > NOTED]
    return wrong or [ok("time", f"this machine's clock agrees with that of {' and '.join(known)}.")]


def _line(who: str, ahead: float, known: Mapping[str, float]) -> Line:
    """Far from Slack it fails; far from another one too, unless Slack's agrees with ours."""
    said = f"this machine's clock is {abs(ahead):.0f} s {'behind' if ahead > 0 else 'ahead of'} that of {who}"
    if abs(ahead) <= FATAL:
        return note("time", f"{said}. Set it by the network's time (NTP).")
    if abs(known.get(SLACK, ahead)) <= NOTED:
        return note("time", f"{said}, whose own is wrong: Slack's agrees with ours.")
    cure = "Set it by the network's time (NTP), or every request of Slack's is refused as too old."
    return fail("time", f"{said}. {cure}")
