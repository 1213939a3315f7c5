"""One line of the log for each thing that was recorded, once it is committed; nobody else writes them.

`event=held send=S-7K3QXM rule=late`: what happened, to which send. No person, no phone, no text: what a line
may hold is listed here, and the rest is in the record under the send's id.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

log = logging.getLogger("bot.journal")

MAY_SAY = ("rule", "process", "sends")  # of what is recorded with it
KEY = "journal"


def note(connection: Connection, what: str, send_id: str | None, detail: Mapping[str, Any]) -> None:
    """Have it told when this transaction is committed."""
    pairs = [("event", what), ("send", send_id), *((name, detail.get(name)) for name in MAY_SAY)]
    line = " ".join(f"{name}={_word(value)}" for name, value in pairs if value is not None)
    connection.info.setdefault(KEY, []).append(line)


def taken(connection: Connection) -> list[str]:
    """What the transaction has noted so far; it is noted no more."""
    lines: list[str] = connection.info.pop(KEY, [])
    return lines


def tell(lines: Sequence[str]) -> None:
    """They were committed."""
    for line in lines:
        log.info(line)


def _word(value: object) -> str:
    text = str(value)
    return f'"{text}"' if " " in text else text
