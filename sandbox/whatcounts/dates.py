"""Dates as the two APIs write them: local time, no zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

# No page names a zone; the test suite of another public client of the vendor reads REST dates so.
ZONE = ZoneInfo("America/Los_Angeles")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def json_date(moment: datetime) -> str:
    """`Mar 16, 2018 9:10:50 AM`: no zone, nothing padded, as most of the REST pages show it."""
    local = moment.astimezone(ZONE)
    half = "AM" if local.hour < 12 else "PM"
    day = f"{_MONTHS[local.month - 1]} {local.day}, {local.year}"
    return f"{day} {local.hour % 12 or 12}:{local:%M:%S} {half}"


def csv_date(moment: datetime) -> str:
    """`2017-09-07 06:33:06`, as the HTTP API's CSV shows it."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
