"""The whole sandbox: what `make demo` starts, whom it can reach, what it leaves behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from sandbox.process import ROOT, free_port
from sandbox.whole import sandbox


async def test_a_text_goes_from_the_command_to_the_handset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_API_URL", "WHATCOUNTS_URL", "DATABASE_URL", "SMS_DELAY_SECONDS"):
        monkeypatch.setenv(name, "https://production.example.com")
    async with sandbox(SMS_DELAY_SECONDS="phone=0,group=0") as running:
        slack = running.slack
        await slack.command("U0OLIVE", "send 2065550100 Hello")
        card = await slack.wait_for(
            lambda: next((one for one in slack.messages("C0SMS") if "Send" in one.buttons()), None)
        )
        await slack.click("U0OLIVE", card, "Send")
        await running.whatcounts.wait_for(lambda: running.whatcounts.sent)
        assert [(text.phone, text.text) for text in running.whatcounts.sent] == [("12065550100", "Hello")]
        async with httpx.AsyncClient(trust_env=False) as client:
            state = (await client.get(f"{running.url}/sandbox/state?user=U0OLIVE")).json()
        assert state["control"]["bot"] == "up"
        assert [text["text"] for text in state["phones"]["12065550100"]["texts"]] == ["Hello"]
        assert slack.breaches == []
    assert running.bot.returncode == 0


async def test_the_page_gets_the_next_port_when_the_first_is_taken() -> None:
    first = free_port()
    async with sandbox(range(first, first + 1)), sandbox(range(first, first + 20)) as second:
        assert second.slack.url != f"http://127.0.0.1:{first}"


async def test_it_says_why_the_bot_did_not_start() -> None:
    with pytest.raises(RuntimeError, match="SMS_TIMEZONE"):
        async with sandbox(SMS_TIMEZONE="Mars/Base"):
            pytest.fail("it started")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_address_and_leaves_nothing_when_it_is_stopped(
    tmp_path: Path, number: signal.Signals
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "sandbox", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, env={"PATH": "/bin", "TMPDIR": str(tmp_path)}
    ) as demo:
        assert demo.stdout
        assert demo.stdout.readline() == f"smsops is at http://127.0.0.1:{port} (Ctrl-C stops it)\n"
        assert list(tmp_path.iterdir())
        demo.send_signal(number)
        assert demo.wait(30) == 0
        assert demo.stdout.read() == ""
    assert list(tmp_path.iterdir()) == []
