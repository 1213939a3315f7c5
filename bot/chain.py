"""A chain of rows: each holds a hash over all that it says and the hash of the row before it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

BEFORE = "before"  # the chain of all that was recorded before there were chains


@dataclass(frozen=True)
class Head:
    """The last row of a chain: how many there are, and its hash; of a chain without rows 0 and ''."""

    chain: str
    place: int = 0
    hash: str = ""


def next_row(head: Head, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as it goes behind `head`: with its chain, its place there (from 1), the two hashes."""
    linked = {"request": None, **row, "chain": head.chain, "place": head.place + 1, "prev": head.hash}
    return linked | {"hash": hash_of(linked)}


def hash_of(row: Mapping[str, Any]) -> str:
    """SHA-256, hexadecimal, over all that a row of evidence says and where it stands.

    Not over its `id`, which the database gives and which says nothing.
    """
    at: datetime = row["at"]
    told = [row["chain"], row["place"], row["prev"], row["send_id"], row["person_id"]]
    told += [at.astimezone(UTC).isoformat(), row["who"], row["what"], row["detail"], row["request"]]
    return hash_of_json(told)


def hash_of_json(told: Any) -> str:
    """SHA-256 of the one way to write it as JSON: keys sorted, no spaces, ASCII."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
