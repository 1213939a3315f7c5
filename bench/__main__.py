"""`python -m bench`: what things cost on this machine, as one table; the ratios are of this run."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import uvloop

from bench import brakes, bulk, history, many, measures, record, subscribes
from bench.measures import Row
from bench.slack import QuickSlack

MEASURES = {
    "help": measures.help_under_load,
    "send": measures.send_beyond_help,
    "brakes": brakes.brakes,
    "start": measures.start,
    "memory": measures.memory,
    "subscribes": subscribes.subscribes,
    "waiting": many.waiting,
    "alarms": many.alarms,
    "burst": many.burst,
    "processes": many.processes,
    "sends": many.memory_of_sends,
    "record": record.record,
    "history": history.history,
    "bulk": bulk.bulk,
}
HEAD = ("", "ours", "against", "ratio", "goal", "")


async def main(wanted: list[str]) -> None:
    """Measure what is wanted, or everything, and print the table."""
    slack = QuickSlack()
    port = await slack.start()
    rows: list[Row] = []
    for name in wanted or MEASURES:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="smsops-bench-") as folder:
            rows += await MEASURES[name](slack, port, Path(folder))
    await slack.stop()
    print(table([HEAD, *(as_cells(row) for row in rows)]))


def as_cells(row: Row) -> tuple[str, ...]:
    """The row as it is printed."""
    return (row.name, row.ours, row.yardstick, row.ratio, row.goal, "ok" if row.ok else "MISSED")


def table(lines: list[tuple[str, ...]]) -> str:
    """The lines with columns of equal width."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - set(MEASURES)
    if unknown:
        sys.exit(f"there is no measure {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    uvloop.run(main(sys.argv[1:]))
