"""The emulator's own endpoints, its log file, and the emulator as a process of its own."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from sandbox.whatcounts import WhatCountsEmulator

ONE = "/rest/sms/sendMessageToPhone/Hi/2065550100/2065551212"


@pytest.fixture
async def emulator() -> AsyncIterator[WhatCountsEmulator]:
    running = WhatCountsEmulator(password="opensesame")
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def client(emulator: WhatCountsEmulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=emulator.url, auth=("sandbox", "opensesame")) as open_client:
        yield open_client


async def test_the_state_shows_handsets_requests_and_faults_but_no_password(
    client: httpx.AsyncClient,
) -> None:
    await client.post(ONE)
    query = "/bin/api_web?r=sandbox&p=opensesame&c=getsmsmessages"
    await client.get(query)
    await client.post("/_/faults", json={"name": "error_502", "times": None, "operation": "send"})
    answer = await client.get("/_/state")
    state = answer.json()
    assert "opensesame" not in answer.text
    assert [sent["text"] for sent in state["handsets"]["12065550100"]["texts"]] == ["Hi"]
    assert state["handsets"]["12065550104"] == {"name": "Eve", "texts": []}
    assert state["groups"] == {"weekly": 42, "vip": 43, "staff": 44}
    assert state["senders"] == {"2065551212": "Main line", "12345": "Short code"}
    assert len(state["messages"]) == 8
    assert [kept["target"] for kept in state["requests"]] == [ONE, query.replace("opensesame", "•••")]
    assert [(fault["name"], fault["left"]) for fault in state["faults"]] == [("error_502", None)]
    assert "timeout_after" in state["known_faults"]


async def test_faults_are_ordered_and_cleared(
    client: httpx.AsyncClient, emulator: WhatCountsEmulator
) -> None:
    assert (await client.post("/_/faults", json={"name": "error_503", "times": 2})).json() == {"ok": True}
    assert [(await client.post(ONE)).status_code for _ in range(3)] == [503, 503, 200]
    await client.post("/_/faults", json={"name": "error_503"})
    await client.post("/_/faults", json={"clear": True})
    assert emulator.faults.active == []


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("faults", '{"name": "nope"}', "no fault is called 'nope'"),
        ("faults", '{"name": "bom", "colour": 1}', "colour"),
        ("faults", "[]", "a JSON object is wanted"),
        ("faults", "{", "Expecting"),
        ("habits", '{"path_plus": "x"}', "path_plus is one of"),
        ("habits", '{"x": 1}', "no habit is called 'x'"),
        ("habits", '{"delivery_delay": -1}', "delivery_delay cannot be -1"),
    ],
)
async def test_a_wrong_order_is_refused_with_its_reason(
    client: httpx.AsyncClient, path: str, body: str, words: str
) -> None:
    answer = await client.post(f"/_/{path}", content=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


async def test_reset_makes_all_as_at_the_start(
    client: httpx.AsyncClient, emulator: WhatCountsEmulator
) -> None:
    await client.post("/_/habits", json={"opted_out": "500"})
    await client.post("/_/faults", json={"name": "drop_group", "times": None})
    await client.post(ONE)
    emulator.realm.opt_out("2065550100")
    await client.post("/_/reset")
    assert (emulator.requests, emulator.sent, emulator.faults.active) == ([], [], [])
    assert emulator.habits.opted_out == "success_false"
    assert (await client.post(ONE)).json()[0]["success"] is True
    assert len(emulator.sent) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
    ],
)
async def test_a_page_of_another_origin_may_not_ask(
    client: httpx.AsyncClient, emulator: WhatCountsEmulator, headers: dict[str, str]
) -> None:
    assert (await client.get("/_/state", headers=headers)).status_code == 403
    assert (await client.post("/_/faults", json={"name": "bom"}, headers=headers)).status_code == 403
    assert emulator.faults.active == []


async def test_a_page_of_its_own_may(client: httpx.AsyncClient, emulator: WhatCountsEmulator) -> None:
    assert (await client.get("/_/state", headers={"origin": emulator.url})).status_code == 200
    assert (await client.get("/_/nothing")).status_code == 404


async def test_each_change_is_an_event(client: httpx.AsyncClient, emulator: WhatCountsEmulator) -> None:
    async with client.stream("GET", "/_/events") as events:
        lines = events.aiter_lines()
        assert [await anext(lines), await anext(lines)] == ["event: change", 'data: {"n": 0}']
        emulator.faults.next("bom")
        assert [await anext(lines) for _ in range(3)] == ["", "event: change", 'data: {"n": 1}']
    heard: list[int] = []
    emulator.on_change(lambda: heard.append(len(emulator.sent)))
    await client.post(ONE)
    assert heard == [0, 1, 1]


async def test_the_log_file_holds_every_request_answer_and_text_without_a_password(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    running = WhatCountsEmulator(password="opensesame", log=log)
    await running.start()
    running.faults.next("close_after")
    async with httpx.AsyncClient(base_url=running.url, auth=("sandbox", "opensesame")) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(ONE)
        await client.get("/bin/api_web?r=sandbox&p=opensesame&c=getsmsmessages")
    running.reset()
    await running.stop()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["request", "sent", "answer", "request", "answer"]
    assert [line.get("phone") for line in lines if line["kind"] == "sent"] == ["12065550100"]
    assert (lines[2]["status"], lines[2]["executed"], lines[2]["faults"]) == (None, True, ["close_after"])
    assert "opensesame" not in log.read_text()


async def alone(*options: str) -> tuple[asyncio.subprocess.Process, list[str]]:
    """The emulator as a process, and what it says of itself: url, realm, password, page."""
    command = (sys.executable, "-W", "error", "-m", "sandbox.whatcounts", *options)
    process = await asyncio.create_subprocess_exec(*command, stdout=-1, stderr=-1)
    assert process.stdout is not None
    said = [(await process.stdout.readline()).decode().strip().partition(": ")[2] for _ in range(4)]
    return process, said


async def test_a_process_of_its_own_has_the_account_that_is_asked_for() -> None:
    options = "--realm mine --password pass-word --empty --sender 777=Night --sender 778 --group late"
    limits = "--label a --customer-keys --api-client robot:gear-wheel --approved-ip 10.0.0.1"
    process, said = await alone(*options.split(), *limits.split())
    async with httpx.AsyncClient(base_url=said[0], auth=("mine", "pass-word")) as client:
        state = (await client.get("/_/state")).json()
        refused = await client.get("/rest/sms")
    process.terminate()
    await process.communicate()
    assert said[1:3] == ["mine", "pass-word"]
    assert (state["senders"], list(state["groups"])) == ({"777": "Night", "778": ""}, ["late"])
    assert (state["contacts"], state["messages"], list(state["labels"])) == ([], [], ["a"])
    assert (state["customer_keys"], state["api_clients"]) == (True, ["robot"])
    assert (state["approved_ips"], refused.status_code) == (["10.0.0.1"], 401)


async def test_a_port_that_is_taken_is_one_line(emulator: WhatCountsEmulator) -> None:
    process, _ = await alone("--port", emulator.url.rpartition(":")[2])
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert errors.startswith(b"nobody can listen on 127.0.0.1:")
    assert errors.count(b"\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_runs_as_a_process_of_its_own_and_stops_cleanly(number: signal.Signals) -> None:
    process, said = await alone()
    async with httpx.AsyncClient(base_url=said[0], auth=(said[1], said[2])) as client:
        assert "<title>WhatCounts emulator</title>" in (await client.get(said[3])).text
        assert (await client.post(ONE)).status_code == 200
        process.send_signal(number)
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
