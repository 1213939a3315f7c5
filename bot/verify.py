"""`python -m bot verify`: walk every chain and every digest, and name the first row that is not as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, CursorResult, exists, func, or_, select, text

from bot.chain import hash_of
from bot.digests import digest, hash_of_digest
from bot.evidence import evidence
from bot.sends.lines import digest as digest_of_rows
from bot.sends.row import WITH_PEOPLE, Send
from bot.sends.table import send

AT_ONCE = 1_000  # rows


@dataclass(frozen=True)
class Verdict:
    """What the walk found: how much was proven, and in one sentence what is wrong first, if anything."""

    rows: int
    chains: int
    unchained: int  # rows older than the chains, that no digest has taken into one yet
    digests: tuple[tuple[str, str], ...]  # day and hash, oldest first
    wrong: str | None


class Wrong(Exception):
    """The first thing that is not as it was written; the message names it."""


def verify(connection: Connection) -> Verdict:
    """Read all of it, in one snapshot."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
    walk = Walk()
    try:
        digests = list(_digests(connection))
        known = _known(digests)
        with _rows(connection) as rows:
            walk.rows_of(rows, known)
        walk.unchained = _unchained(connection, bool(digests))
        _bare_sends(connection)
        with connection.execute(WITH_PEOPLE, execution_options={"yield_per": AT_ONCE}) as rows:
            walk.sends(rows)
        walk.lists_of(connection)
    except Wrong as error:
        return walk.verdict(connection, str(error))
    return walk.verdict(connection, None)


@dataclass
class Walk:
    """How far it came."""

    rows: int = 0
    chains: int = 0
    unchained: int = 0
    prints: dict[str, str] = field(default_factory=dict)  # send -> the fingerprint that was confirmed last
    lists: dict[str, str] = field(default_factory=dict)  # bulk run that is over -> the hash over its rows

    def rows_of(self, rows: Iterable[Any], known: dict[str, dict[int, tuple[str, str]]]) -> None:
        """Raises Wrong at the first row that is not as it was, or not there although a digest knows it."""
        for chain, links in groupby(rows, lambda row: row.chain):
            place = self._chain(chain, links, known.get(chain, {}))
            _is_whole(chain, place, known.pop(chain, {}))
        for chain, ends in known.items():
            _is_whole(chain, 0, ends)

    def _chain(self, chain: str, links: Iterable[Any], ends: dict[int, tuple[str, str]]) -> int:
        place, prev, last_id = 0, "", 0
        for row in links:
            if row.place != place + 1:
                raise Wrong(f"{_chain(chain)}: row {place + 1} is missing. The next one is {_row(row)}.")
            if row.hash != hash_of(row._mapping):
                raise Wrong(f"{_row(row)}: it does not say what was written.")
            if row.prev != prev:
                raise Wrong(f"{_row(row)}: it does not follow the row before it, of which one was replaced.")
            if row.id < last_id:
                raise Wrong(f"{_row(row)}: it stands in another order than it was written.")
            if place + 1 in ends and ends[place + 1][1] != row.hash:
                raise Wrong(f"{_row(row)}: the digest of {ends[place + 1][0]} knew another row in its place.")
            place, prev, last_id = row.place, row.hash, row.id
            self._print(row)
            self.rows += 1
        self.chains += 1
        return place

    def _print(self, row: Any) -> None:
        """What was confirmed holds until it is edited, or its text is not kept any more."""
        if print_of := row.detail.get("print"):
            self.prints[row.send_id] = print_of
        elif row.what in ("ended", "answered late") and row.detail.get("hash"):
            self.lists[row.send_id] = row.detail["hash"]
        elif row.what == "edited" or row.what.startswith("erased"):
            self.prints.pop(row.send_id, None)

    def sends(self, rows: Iterable[Any]) -> None:
        """Raises Wrong at the first send that does not say what was confirmed."""
        for one in map(Send.of, rows):
            if self.prints.get(one.id, print_of := one.fingerprint(one.text)) != print_of:
                raise Wrong(f"{one.id}: its text, audience, sender code or names are not what was confirmed.")

    def lists_of(self, connection: Connection) -> None:
        """Raises Wrong at the first list whose rows are not what became of them."""
        for send_id, hash_ in self.lists.items():
            if digest_of_rows(connection, send_id) != hash_:
                raise Wrong(f"{send_id}: the rows of its list are not what became of them when it ended.")

    def verdict(self, connection: Connection, wrong: str | None) -> Verdict:
        rows = connection.execute(select(digest.c.day, digest.c.hash).order_by(digest.c.day))
        digests = tuple((row.day, row.hash) for row in rows)
        return Verdict(self.rows, self.chains, self.unchained, digests, wrong)


def _rows(connection: Connection) -> CursorResult[Any]:
    """All that is in a chain, a part at a time; to be closed."""
    chained = select(evidence).where(evidence.c.chain.is_not(None))
    ordered = chained.order_by(evidence.c.chain, evidence.c.place)
    return connection.execute(ordered, execution_options={"yield_per": AT_ONCE})


def _digests(connection: Connection) -> Iterator[Any]:
    """Oldest first. Raises Wrong where one was changed, or one between two is missing."""
    prev = ""
    for row in connection.execute(select(digest).order_by(digest.c.day)):
        if row.hash != hash_of_digest(dict(row._mapping)):
            raise Wrong(f"The digest of {row.day} does not say what was written.")
        if row.prev != prev:
            raise Wrong(f"The digest of {row.day} does not follow the one before it: one is missing.")
        prev = row.hash
        yield row


def _known(digests: list[Any]) -> dict[str, dict[int, tuple[str, str]]]:
    """Chain -> place -> the day of the digest that knew this end, and its hash."""
    known: dict[str, dict[int, tuple[str, str]]] = {}
    for row in digests:
        for chain, (place, hash_) in row.heads.items():
            known.setdefault(chain, {}).setdefault(place, (row.day, hash_))
    return known


def _is_whole(chain: str, place: int, ends: dict[int, tuple[str, str]]) -> None:
    lost = [(there, day) for there, (day, _) in ends.items() if there > place]
    if lost:
        there, day = min(lost)
        raise Wrong(f"{_chain(chain)}: row {place + 1} is missing. The digest of {day} knew {there} rows.")


def _unchained(connection: Connection, is_sealed: bool) -> int:
    """Rows without a place; the first digest takes them into a chain, so after it there are none."""
    bare = select(evidence).where(evidence.c.chain.is_(None))
    cut = or_(evidence.c.place.is_not(None), evidence.c.prev.is_not(None), evidence.c.hash.is_not(None))
    odd = bare if is_sealed else bare.where(cut)
    if (row := connection.execute(odd.order_by(evidence.c.id).limit(1)).first()) is not None:
        raise Wrong(
            f"Row {row.id} ({row.what}, {row.at:%Y-%m-%d %H:%M:%S} UTC, {row.who}) is in no chain. A person"
            " added or changed it, or a version of smsops without chains wrote it after the first digest."
        )
    return connection.execute(select(func.count()).select_from(bare.subquery())).scalar_one()


def _bare_sends(connection: Connection) -> None:
    """A send whose whole chain is gone."""
    bare = select(send.c.id).where(~exists().where(evidence.c.send_id == send.c.id)).order_by(send.c.id)
    if (found := connection.execute(bare.limit(1)).scalar()) is not None:
        raise Wrong(f"{found}: there is no row of it at all.")


def _chain(chain: str) -> str:
    return chain if re.fullmatch(r"S-\w{6}", chain) else f"The chain “{chain}”"


def _row(row: Any) -> str:
    chain = _chain(row.chain)
    if row.send_id and chain != row.chain:
        chain = f"{row.send_id} in the chain “{row.chain}”"
    return f"{chain}, row {row.place} ({row.what}, {row.at:%Y-%m-%d %H:%M:%S} UTC, {row.who})"
