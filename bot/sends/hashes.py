"""The hash that stays of a number that was erased after its owner had opted out.

It is keyed by a random secret that lies in the same database, and slow to make: so a copy of the table alone
says nothing, and whoever holds the whole database can ask whether one number is in it, or try all numbers
there are in some months of processor time. It hides a number from who looks, not from who wants to know.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from bot import findings
from bot.errors import Objected
from bot.sends.optouts import optout
from bot.sends.table import person

KEY = "key of erased numbers"
COST = {"n": 2**10, "r": 8, "p": 1}  # some 3 ms and 1 MB a number


# In the order of its index of few rows: PostgreSQL would look through all phones for the first else.
_ANY_ERASED = select(person.c.hash).where(person.c.hash.is_not(None)).order_by(person.c.hash).limit(1)


def hash_of_phone(connection: Connection, phone: str) -> str:
    """Hexadecimal; the key is made when it is wanted first."""
    return _hash(phone, _key(connection))


def _key(connection: Connection) -> str:
    found = findings.read(connection, KEY)
    new = {"key": secrets.token_hex(32)}
    return str((found or findings.keep_first(connection, datetime.now(UTC), KEY, new))["key"])


def _hash(phone: str, key: str) -> str:
    return hashlib.scrypt(phone.encode(), salt=bytes.fromhex(key), dklen=32, **COST).hex()


def refuse_erased(connection: Connection, phone: str, senders: Iterable[str]) -> None:
    """Raises Objected where this number was stopped on one of these sender codes and then erased."""
    if connection.execute(_ANY_ERASED).first() is None:
        return
    known = person.c.hash == hash_of_phone(connection, phone)
    stops = select(optout).join(person, person.c.id == optout.c.person_id)
    row = connection.execute(stops.where(known, optout.c.sender.in_(list(senders))).limit(1)).first()
    if row is not None:
        raise Objected(
            f"Somebody stopped this phone on {row.sender} ({row.send_id}), and its number was erased since."
            " It is neither texted nor subscribed there, and was not kept now. Nothing was drafted."
        )


def erased_there(connection: Connection, sender: str) -> tuple[str, frozenset[str]]:
    """The key, and the hashes of numbers that were stopped on this sender code and erased since."""
    stops = select(person.c.hash).join(optout, person.c.id == optout.c.person_id)
    found = connection.execute(stops.where(optout.c.sender == sender, person.c.hash.is_not(None))).scalars()
    hashes = frozenset(one for one in found if one)
    return (_key(connection) if hashes else "", hashes)


def erased_among(phones: Iterable[str], key: str, hashes: frozenset[str]) -> frozenset[str]:
    """Which of these numbers are among them. Some 3 ms a number, so not inside a transaction."""
    return frozenset(one for one in phones if _hash(one, key) in hashes) if hashes else frozenset()
