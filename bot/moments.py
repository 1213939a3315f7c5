"""How a moment is written in a zone: for people, never without saying which."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def account_time(at: datetime, zone: ZoneInfo) -> str:
    """`Fri 20 Nov 2026 10:00 America/Los_Angeles (UTC-08:00)`."""
    local = at.astimezone(zone)
    offset = local.strftime("%z")
    return f"{local:%a %d %b %Y %H:%M} {zone.key} (UTC{offset[:3]}:{offset[3:5]})"
