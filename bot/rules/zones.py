"""In which zones a phone may be; several where its number does not tell: then all of them hold."""

from __future__ import annotations

import functools

import phonenumbers
from phonenumbers.timezone import time_zones_for_geographical_number
from phonenumbers.tzdata import TIMEZONE_DATA

from bot.rules.law import law

UNKNOWN = "Etc/Unknown"
MANY = 6  # zones; more than these are all those of North America: the number tells no place


def area_code(phone: str) -> int:
    """Of a number in its normal form."""
    return int(phone[1:4])


@functools.lru_cache(maxsize=1_000)
def zones_of(phone: str) -> frozenset[str]:
    """The IANA zones where this phone (normal form) may be, by its area code and exchange."""
    found = set(time_zones_for_geographical_number(phonenumbers.parse(f"+{phone}")))
    found |= law().straddling.get(area_code(phone), frozenset())
    return _as_known(found)


@functools.lru_cache(maxsize=1_000)
def zones_of_code(code: int) -> frozenset[str]:
    """The IANA zones where a phone of this area code may be, whatever its exchange.

    A few codes lie in several: 867 is most of Canada's north.
    """
    here = {prefix: zones for prefix, zones in TIMEZONE_DATA.items() if prefix.startswith(f"1{code}")}
    return zones_of(f"1{code}5550100") | _as_known({zone for zones in here.values() for zone in zones})


def _as_known(found: set[str]) -> frozenset[str]:
    return law().anywhere if len(found) > MANY or UNKNOWN in found else frozenset(found)
