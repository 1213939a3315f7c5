"""The files that hosts read, and docs/deploy.md: they parse, and name what there is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.delivery.loop import DRAIN
from bot.errors import SettingsError
from bot.manifest import for_address, for_socket
from bot.settings import NEEDED, names

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "tests/data/manifest.schema.json").read_text())
PAGE = (ROOT / "docs/deploy.md").read_text()


def heroku() -> Any:
    return json.loads((ROOT / "app.json").read_text())


def render() -> Any:
    return yaml.safe_load((ROOT / "render.yaml").read_text())


def fly() -> Any:
    return tomllib.loads((ROOT / "fly.toml").read_text())


def keys(named: Any) -> set[str]:
    return {one["key"] for one in named["envVars"] if "key" in one}


def settings_of(host: str) -> set[str]:
    if host == "heroku":
        return set(heroku()["env"]) | {"DATABASE_URL"}  # by the add-on
    if host == "render":
        return keys(render()["envVarGroups"][0]) | keys(render()["services"][0])
    secrets = re.findall(r"^#   ([A-Z_ ]+)$", (ROOT / "fly.toml").read_text(), re.MULTILINE)
    return set(fly()["env"]) | set(" ".join(secrets).split())


@pytest.mark.parametrize("host", ["heroku", "render", "fly"])
def test_each_host_is_told_every_setting_that_is_required_and_none_that_there_is_not(host: str) -> None:
    told = settings_of(host)
    assert told <= set(names())
    assert set(NEEDED) | {"DATABASE_URL"} <= told


def test_heroku_asks_for_what_is_required_and_for_nothing_else() -> None:
    env = heroku()["env"]
    asked = {name for name, one in env.items() if one.get("required", True) and "generator" not in one}
    assert asked == set(NEEDED)


def test_every_host_migrates_before_it_serves() -> None:
    procfile = dict(line.split(": ") for line in (ROOT / "Procfile").read_text().splitlines())
    service = render()["services"][0]
    assert {procfile["release"], service["preDeployCommand"], fly()["deploy"]["release_command"]} == {
        "python -m bot migrate"
    }
    assert {procfile["web"], service["startCommand"], fly()["processes"]["web"]} == {"python -m bot serve"}
    assert json.loads((ROOT / "Dockerfile").read_text().split("CMD ")[1]) == ["python", "-m", "bot", "serve"]


def test_every_host_has_a_worker_with_the_settings_of_web() -> None:
    procfile = dict(line.split(": ") for line in (ROOT / "Procfile").read_text().splitlines())
    web, worker = render()["services"]
    starts = {procfile["worker"], worker["startCommand"], fly()["processes"]["worker"]}
    assert starts == {"python -m bot worker"}
    assert worker["type"] == "worker" and worker["maxShutdownDelaySeconds"] == web["maxShutdownDelaySeconds"]
    assert keys(worker) == keys(web)
    (group,) = render()["envVarGroups"]
    assert all({"fromGroup": group["name"]} in one["envVars"] for one in (web, worker))
    assert set(heroku()["formation"]) == {"web", "worker"}


def test_every_host_waits_until_what_is_under_way_is_finished_and_lets_nothing_sleep() -> None:
    assert fly()["kill_signal"] == "SIGTERM"
    assert fly()["kill_timeout"] == render()["services"][0]["maxShutdownDelaySeconds"] == 40 > DRAIN + 5
    assert fly()["http_service"]["auto_stop_machines"] == "off"
    assert fly()["http_service"]["min_machines_running"] >= 1
    assert render()["services"][0]["plan"] != "free"
    assert heroku()["formation"]["web"]["size"] != "eco"


def test_what_holds_requests_back_asks_whether_it_is_ready() -> None:
    assert render()["services"][0]["healthCheckPath"] == "/healthz", "Render restarts what fails it"
    assert fly()["http_service"]["checks"][0]["path"] == "/readyz"
    assert fly()["checks"]["alive"]["path"] == "/healthz"
    assert str(fly()["http_service"]["internal_port"]) == fly()["env"]["PORT"]


def test_the_container_holds_what_the_process_reads() -> None:
    copied = set(re.findall(r"^COPY (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    kept = set(re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied == kept == {"requirements.txt", "bot", "commands", "manifest.yml"}
    python = re.search(r"^FROM python:([\d.]+)-", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert python
    assert python[1] == (ROOT / ".python-version").read_text().strip()


def test_the_page_names_only_files_and_settings_that_there_are() -> None:
    files = set(re.findall(r"`([\w.]+\.(?:json|yaml|toml)|Procfile|Dockerfile|\.python-version)`", PAGE))
    assert len(files) == 6
    assert [one for one in files if not (ROOT / one).is_file()] == []
    assert set(re.findall(r"\b(?:SMS|WHATCOUNTS|SLACK)_[A-Z_]+\b", PAGE)) <= set(names())


@pytest.mark.parametrize("made", [for_address("https://sms.acme.test"), for_socket()], ids=["url", "socket"])
def test_what_is_printed_is_valid_by_slacks_schema(made: str) -> None:
    jsonschema.validate(yaml.safe_load(made), SCHEMA)
    assert "example.com" not in made


@pytest.mark.parametrize(
    "url", ["https://sms.acme.test", "sms.acme.test", "https://sms.acme.test/slack/events", "sms.acme.test/"]
)
def test_every_address_in_it_is_ones_own(url: str) -> None:
    made = for_address(url)
    assert made.count("https://sms.acme.test/slack/events") == 4
    assert not yaml.safe_load(made)["settings"]["socket_mode_enabled"]


@pytest.mark.parametrize("url", ["http://sms.acme.test", "https://", "https://a:b@c", "https://a/b", "https://a?b"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        for_address(url)
    assert "https://smsops.example.com" in str(caught.value)


def test_in_socket_mode_there_is_no_address_and_all_else_is_the_same() -> None:
    usual, socket = yaml.safe_load(for_address("https://a.test")), yaml.safe_load(for_socket())
    assert socket["settings"]["socket_mode_enabled"] is True
    assert "url:" not in for_socket().replace("request_url:", "url:")
    for part in ("display_information", "oauth_config"):
        assert usual[part] == socket[part]
    assert usual["features"]["shortcuts"] == socket["features"]["shortcuts"]
    assert usual["settings"]["event_subscriptions"]["bot_events"] == (
        socket["settings"]["event_subscriptions"]["bot_events"]
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [(["--socket"], 0), (["--url", "https://a.test"], 0), ([], 2), (["--url", "x:y"], 2),
     (["--socket", "--url", "https://a.test"], 2)],
)  # fmt: skip
def test_it_is_printed_without_any_setting(words: list[str], code: int) -> None:
    command = [sys.executable, "-m", "bot", "manifest", *words]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env={"PATH": "/bin"})
    assert ran.returncode == code, ran.stderr
    assert (yaml.safe_load(ran.stdout) is not None) == (code == 0)
    assert "Traceback" not in ran.stderr
