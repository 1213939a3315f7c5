"""Write one bug into a copy of the project, and run there the tests that must find it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.bugs import Bug, Edit

ROOT = Path(__file__).parents[2]
COPIED = ("bot", "commands", "sandbox", "tests", "pyproject.toml", "manifest.yml")
SECONDS = 300


@dataclass(frozen=True)
class Verdict:
    """`caught` is the test that failed, "" where none did; `said` the end of what pytest printed."""

    caught: str
    said: str


def judge(bug: Bug, folder: Path) -> Verdict:
    """Raises ValueError where the bug cannot be written into the code as it is."""
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for edit in bug.edits:
        _write(edit, folder / edit.file)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", bug.tests]
    said = subprocess.run(
        command, cwd=folder, env=os.environ | {"SMSOPS_MUTANT": bug.name}, timeout=SECONDS,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ).stdout  # fmt: skip
    failed = re.search(r"^FAILED \S+::(\S+)", said, re.MULTILINE)
    return Verdict(failed[1] if failed else "", said)


def _write(edit: Edit, path: Path) -> None:
    code = path.read_text()
    if code.count(edit.old) != 1:
        raise ValueError(f"{edit.file} has {code.count(edit.old)} times: {edit.old}")
    path.write_text(code.replace(edit.old, edit.new))
