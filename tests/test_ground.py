"""What the project says twice is the same both times: settings and their document, locks, layers."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.settings import Settings, names

ROOT = Path(__file__).parent.parent


def text(name: str) -> str:
    return (ROOT / name).read_text()


def test_every_setting_is_documented_and_no_other() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", text("docs/settings.md"), re.MULTILINE)
    assert [name for name, _ in rows] == names()
    for (name, default), field in zip(rows, Settings.model_fields.values(), strict=True):
        assert (default == "required") == field.is_required(), name
        if isinstance(field.default, str | int):
            assert default == f"`{field.default}`", name


def test_imports_keep_the_layers() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    said = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pinned_version_has_its_hashes_and_no_host(name: str) -> None:
    pins = re.split(r"\n(?=\S)", text(name).strip())
    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins if not pin.startswith("#"))
    assert not re.search(r"://|index-url|find-links", text(name))


def test_both_locks_pin_the_same_versions_and_every_dependency() -> None:
    pinned, dev = (
        dict(re.findall(r"^([a-z0-9-]+)(?:\[.*?\])?==(\S+)", text(name), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert pinned.items() <= dev.items()
    project = tomllib.loads(text("pyproject.toml"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    found = {match[0].lower() for match in (re.match(r"[\w-]+", one) for one in wanted) if match}
    assert found <= set(dev)


def test_platforms_get_the_oldest_python_that_is_supported() -> None:
    wanted = tomllib.loads(text("pyproject.toml"))["project"]["requires-python"]
    assert f">={text('.python-version').strip()}" == wanted


def test_the_procfile_names_what_the_bot_can_do() -> None:
    verbs = re.findall(r"python -m bot (\w+)", text("Procfile"))
    helped = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert verbs == ["migrate", "serve", "worker"]
    assert all(re.search(rf"\b{verb}\b", helped.stdout) for verb in verbs)
