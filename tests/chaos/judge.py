"""What the emulator's own log says of each send, against its row, its card and its thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.database import Database
from bot.sends import Send, Sends, State
from sandbox.slack import Message, Slack
from sandbox.whatcounts import WhatCountsEmulator
from sandbox.whatcounts.journal import Received
from tests.chaos.orders import name_on_the_wire

WORDS = {
    State.SUBMITTED: "Submitted",
    State.MAYBE_SENT: "May have been sent",
    State.REFUSED: "Not sent.",
    State.HELD: "Held",
    State.SCHEDULED: "Scheduled.",
    State.SENDING: "Sending.",
}
TOUCHES = 1.5  # seconds around a stroke in which the answer to a post may have been lost


@dataclass
class Verdict:
    """How many sends went which way; `faults` are sentences about what must not be."""

    once: int = 0
    double: int = 0
    lost: int = 0
    doubtful: int = 0
    doubtful_sent: int = 0
    refused: int = 0
    wrong: int = 0
    copies: int = 0
    whys: Counter[str] = field(default_factory=Counter)  # of the doubtful
    faults: list[str] = field(default_factory=list)


async def rows_of(database: Database) -> list[Send]:
    """All sends, in the order of their texts."""
    ids = await database.read(lambda c: c.exec_driver_sql("SELECT id FROM send").scalars().all())
    return [row for one in ids if (row := await Sends(database).get(one))]


def judge(
    rows: Sequence[Send], whatcounts: WhatCountsEmulator, slack: Slack, struck: Sequence[tuple[float, float]]
) -> Verdict:
    """The log decides; a row, a card or a thread that says otherwise is a wrong word."""
    verdict = Verdict()
    asked = [one for one in whatcounts.requests if one.method == "POST"]
    cards = [one for channel in slack.world.channels for one in slack.messages(channel) if not one.thread_ts]
    for row in rows:
        name = name_on_the_wire(row)
        _count(verdict, row, [one for one in asked if name in one.values.values()])
        _read(verdict, row, [one for one in cards if row.id in one.read()], slack, struck)
    return verdict


def _count(verdict: Verdict, row: Send, asked: Sequence[Received]) -> None:
    """Double: it was asked for twice, carried out or not. Lost: it never was sent, and nobody is told why."""
    sent = sum(one.executed for one in asked)
    refused = row.state is State.REFUSED and not sent and bool(asked) and bool(asked[0].faults)
    verdict.once += sent == 1
    verdict.double += len(asked) > 1
    verdict.lost += not sent and not refused and row.state is not State.MAYBE_SENT
    verdict.doubtful += row.state is State.MAYBE_SENT
    verdict.doubtful_sent += row.state is State.MAYBE_SENT and sent == 1
    verdict.refused += refused
    verdict.whys.update([row.why or ""] if row.state is State.MAYBE_SENT else [])
    untrue = row.state not in (State.SUBMITTED, State.MAYBE_SENT) if sent else row.state is State.SUBMITTED
    verdict.wrong += untrue
    if len(asked) > 1 or untrue or (not sent and not refused and row.state is not State.MAYBE_SENT):
        verdict.faults.append(f"{row.id}: {row.state}, {row.why or 'no why'}; asked: {asked}")


def _read(
    verdict: Verdict, row: Send, found: Sequence[Message], slack: Slack, struck: Sequence[tuple[float, float]]
) -> None:
    """One card, which says what the row says; others only where the answer to their post was lost."""
    mine = [one for one in found if one.ts == row.card_ts]
    told = [note for one in mine for note in slack.replies(one) if f"{row.id} may have been" in note.read()]
    if not mine or WORDS[row.state] not in mine[0].read():
        verdict.wrong += 1
        verdict.faults.append(f"{row.id}: {row.state}, its card: {[one.read() for one in mine]}")
    if row.state is State.MAYBE_SENT and not told:
        verdict.wrong += 1
        verdict.faults.append(f"{row.id}: in doubt, and its thread says nothing")
    for copy in (one for one in found if one not in mine):
        verdict.copies += 1
        if not any(began - TOUCHES < float(copy.ts) < ended + TOUCHES for began, ended in struck):
            verdict.faults.append(f"{row.id}: posted twice without need, at {copy.ts}: {copy.read()}")
