"""`python -m tests.mutants [words]`: each bug, and the test that caught it; fails where none did."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.mutants.bugs import BUGS
from tests.mutants.run import judge


def main() -> int:
    """How many bugs nobody found."""
    wanted = " ".join(sys.argv[1:])
    missed = 0
    for bug in (one for one in BUGS if wanted in one.name):
        with tempfile.TemporaryDirectory() as folder:
            verdict = judge(bug, Path(folder))
        missed += not verdict.caught
        print(f"{bug.name:64} {verdict.caught or 'NOT CAUGHT'}", flush=True)
        if not verdict.caught:
            print(verdict.said[-1500:])
    return missed


if __name__ == "__main__":
    sys.exit(main())
