"""`python -m tests.chaos`: 300 sends in 30 s while faults strike; a table of what became of them, by fault.

python -m tests.chaos --only SIGKILL SIGTERM --processes 4 --seed 7
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.run import Outcome, Storm, weather
from tests.chaos.weather import KINDS

HEAD = (
    "fault", "database  ", "processes", "strokes", "sends", "sent once", "double", "lost", "doubtful",
    "(of them sent)", "refused", "wrong words", "copies", "seed",
)  # fmt: skip
ON_POSTGRES = [name for name in KINDS if name not in ("none", "SQLite locked")]
ON_SQLITE = ("SIGKILL", "SIGTERM", "SIGSTOP", "SQLite locked", "10 % of answers", "SIGKILL, 10 %")


def main() -> int:
    """The exit code: 1 where anything happened that must not."""
    given = _arguments()
    storms = [Storm(name, count, given.sends, given.seconds * KINDS[name].longer, given.every, given.seed)
              for count in given.processes
              for name in (ON_POSTGRES if count else ON_SQLITE) if name in (given.only or KINDS)]  # fmt: skip
    print(line(HEAD), flush=True)
    return max([_one(storm) for storm in storms], default=0)


def _one(storm: Storm) -> int:
    """Print what became of it; 1 where anything happened that must not."""
    with tempfile.TemporaryDirectory(prefix="smsops-chaos-") as folder:
        outcome = asyncio.run(weather(storm, Path(folder)))
    print(line(cells(outcome)), flush=True)
    for fault in outcome.faults:
        print(f"  {fault}", file=sys.stderr, flush=True)
    return int(bool(outcome.faults))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=KINDS, metavar="FAULT", help=", ".join(KINDS))
    parser.add_argument("--processes", nargs="+", type=int, default=[2, 4, 0], help="0: one, on SQLite")
    parser.add_argument("--sends", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=30.0, help="over which they fall due")
    parser.add_argument("--every", type=float, default=1.0, help="seconds from fault to fault")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 10_000)
    return parser.parse_args()


def cells(outcome: Outcome) -> tuple[str, ...]:
    """The outcome as a line of the table."""
    storm, verdict = outcome.storm, outcome.verdict
    counts = (
        storm.processes or 1, outcome.strokes or outcome.answers, storm.sends, verdict.once, verdict.double,
        verdict.lost, verdict.doubtful, verdict.doubtful_sent, verdict.refused, verdict.wrong, verdict.copies,
        storm.seed,
    )  # fmt: skip
    return (storm.kind, "PostgreSQL" if storm.processes else "SQLite", *map(str, counts))


def line(values: tuple[str, ...]) -> str:
    """A line of the table, whose columns are as wide as their heads."""
    widths = [max(map(len, KINDS)), *(len(head) for head in HEAD[1:])]
    return "  ".join(value.ljust(width) for value, width in zip(values, widths, strict=True)).rstrip()


if __name__ == "__main__":
    sys.exit(main())
