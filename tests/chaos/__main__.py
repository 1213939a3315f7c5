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
    "fault", "database", "processes", "strokes", "sends", "sent once", "double", "lost", "doubtful",
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
    outcomes = []
    for storm in storms:
        print(f"{storm.kind}, {storm.processes or 1} processes ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="smsops-chaos-") as folder:
            outcomes.append(asyncio.run(weather(storm, Path(folder))))
        for fault in outcomes[-1].faults:
            print(f"  {fault}", file=sys.stderr, flush=True)
    print(table([HEAD, *(cells(one) for one in outcomes)]))
    return any(one.faults for one in outcomes)


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


def table(lines: list[tuple[str, ...]]) -> str:
    """The lines with columns of equal width."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


if __name__ == "__main__":
    sys.exit(main())
