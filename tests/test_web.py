"""The front door: what Slack did not sign, what nobody can read, what is too large."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest

from tests.steps import press
from tests.world import OLIVE, World

FORM = "application/x-www-form-urlencoded"
COMMAND = urlencode(
    {
        "command": "/sms",
        "text": "send 2065550100 Hello",
        "user_id": OLIVE,
        "team_id": "T0SANDBOX",
        "channel_id": "C0SMS",
    }
).encode()


def signed(world: World, body: bytes, kind: str = FORM, at: float | None = None) -> dict[str, str]:
    """The headers with which Slack would send this body."""
    stamp = str(int(time.time() if at is None else at))
    secret = world.slack.signing_secret.encode()
    digest = hmac.new(secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def payload(value: object) -> bytes:
    return urlencode({"payload": value if isinstance(value, str) else json.dumps(value)}).encode()


async def nothing_happened(world: World, answer: httpx.Response) -> None:
    """No row, no call to Slack about it, and an answer that gives nothing away."""
    assert await world.rows() == []
    assert "Traceback" not in answer.text and "File " not in answer.text
    assert len(answer.content) < 300


async def test_a_signed_request_is_let_in(sqlite_world: World) -> None:
    answer = await sqlite_world.slack.raw(COMMAND, signed(sqlite_world, COMMAND))
    assert answer.status_code == 200
    assert (await sqlite_world.row()).text == "Hello"


async def test_what_slack_did_not_sign_gets_401_and_nothing_is_done(sqlite_world: World) -> None:
    world, good = sqlite_world, signed(sqlite_world, COMMAND)
    stamp, signature = "X-Slack-Request-Timestamp", "X-Slack-Signature"
    forged: list[dict[str, str]] = [
        {"Content-Type": FORM},
        {name: value for name, value in good.items() if name != signature},
        {name: value for name, value in good.items() if name != stamp},
        good | {signature: "v0=" + "0" * 64},
        good | {signature: "v0=ü"},
        good | {signature: ""},
        good | {stamp: "yesterday"},
        good | {stamp: "9" * 400},
        good | {stamp: "-5"},
        good | {stamp: "１７００００００００"},  # digits, but not ASCII
        good | {stamp: str(int(time.time()) + 1)},
        signed(world, COMMAND + b"&text=other"),
    ]
    for headers in forged:
        raw = {name: value.encode().decode("latin-1") for name, value in headers.items()}
        answer = await world.slack.raw(COMMAND, raw)
        assert answer.status_code == 401, headers
        await nothing_happened(world, answer)


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_signature_of_another_time_gets_401(sqlite_world: World, minutes: int) -> None:
    headers = signed(sqlite_world, COMMAND, at=time.time() + minutes * 60)
    answer = await sqlite_world.slack.raw(COMMAND, headers)
    assert answer.status_code == 401
    await nothing_happened(sqlite_world, answer)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"payload=%7B%7B", FORM),
        (payload("not json"), FORM),
        (payload([1, 2]), FORM),
        (payload("null"), FORM),
        (payload("[" * 5000), FORM),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"", "application/json"),
        (b'{"a": ' + b"[" * 100_000, "application/json"),
        (b"payload=%FF%FE", FORM),
        (b"{garbage", FORM),  # Bolt takes it for JSON, whatever it is called
        (b'{"a": ' + b"[" * 100_000, FORM),
        (b'{"type": "block_actions"}', "application/json"),
        (b'{"type": "block_actions"}', FORM),
        (b'{"type": "event_callback"}', "application/json"),
        (b'{"type": "event_callback", "event": {"type": "app_uninstalled"}}', "application/json"),
        (b'{"type": "event_callback", "event_id": "Ev1", "event": "app_uninstalled"}', "application/json"),
    ],
)
async def test_what_nobody_can_read_gets_400(sqlite_world: World, body: bytes, kind: str) -> None:
    answer = await sqlite_world.slack.raw(body, signed(sqlite_world, body, kind))
    assert answer.status_code == 400
    await nothing_happened(sqlite_world, answer)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"type": "block_actions"},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [{"action_id": "sms.card.confirm"}]},
        {"type": "block_actions", "actions": [{"action_id": 7, "block_id": None}], "user": "U0OLIVE"},
        {
            "type": "block_actions",
            "actions": [{"action_id": "sms.card.confirm", "block_id": "S-0"}],
            "user": {"id": OLIVE},
        },
        {"type": "view_submission", "view": {}},
        {"type": "view_submission", "view": {"callback_id": "sms.send.form"}, "user": {"id": OLIVE}},
        {"type": "view_submission", "view": None, "user": {"id": OLIVE}},
        {"type": "block_suggestion", "action_id": "message"},
        {
            "type": "block_suggestion",
            "action_id": "message",
            "view": {"callback_id": "x"},
            "user": {"id": OLIVE},
        },
        {
            "type": "block_suggestion",
            "action_id": "message",
            "view": {"callback_id": None},
            "user": {"id": OLIVE},
        },
        {"type": "shortcut", "callback_id": "unknown", "user": {"id": OLIVE}},
        {"type": "something new"},
    ],
)
async def test_a_signed_payload_of_an_odd_shape_breaks_nothing(sqlite_world: World, value: object) -> None:
    body = payload(value)
    answer = await sqlite_world.slack.raw(body, signed(sqlite_world, body))
    assert answer.status_code in (200, 400, 404)
    assert await sqlite_world.rows() == []
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"a=b",
        b"text=help",
        b"command=%2Fsms",
        b"command=%2Fsms&text=send",
        b"command=%2Fsms&text=%FF%FE",
    ],
)
async def test_a_signed_command_of_an_odd_shape_breaks_nothing(sqlite_world: World, body: bytes) -> None:
    answer = await sqlite_world.slack.raw(body, signed(sqlite_world, body))
    assert answer.status_code in (200, 400, 404)
    assert await sqlite_world.rows() == []
    assert "Traceback" not in answer.text


async def test_bytes_that_are_no_text_were_not_signed_by_slack(sqlite_world: World) -> None:
    answer = await sqlite_world.slack.raw(b"\xff\xfe\x00", signed(sqlite_world, b"\xff\xfe\x00"))
    assert answer.status_code == 401
    await nothing_happened(sqlite_world, answer)


async def test_what_is_too_large_gets_413_before_it_is_read(sqlite_world: World) -> None:
    body = b"x" * 1_000_001
    answer = await sqlite_world.slack.raw(body, signed(sqlite_world, body))
    assert answer.status_code == 413
    await nothing_happened(sqlite_world, answer)


async def test_what_is_too_large_and_does_not_say_so_gets_413(sqlite_world: World) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    async with httpx.AsyncClient(trust_env=False) as client:
        url = f"http://127.0.0.1:{sqlite_world.port}/slack/events"
        answer = await client.post(url, content=parts(), headers={"Content-Type": FORM})
    assert answer.status_code == 413
    await nothing_happened(sqlite_world, answer)


async def test_the_certificate_check_is_answered(sqlite_world: World) -> None:
    body = b"ssl_check=1&token=verification-token"
    answer = await sqlite_world.slack.raw(body, signed(sqlite_world, body))
    assert answer.status_code == 200
    await nothing_happened(sqlite_world, answer)


async def test_a_certificate_check_does_not_open_the_door_for_a_command(sqlite_world: World) -> None:
    answer = await sqlite_world.slack.raw(COMMAND + b"&ssl_check=1", {"Content-Type": FORM})
    assert answer.status_code == 401
    await nothing_happened(sqlite_world, answer)


async def test_a_button_of_another_version_is_told(sqlite_world: World) -> None:
    world = sqlite_world
    card = await world.draft_text()
    button = card.blocks[-2]["elements"][0]
    old = card.was(0)
    old.blocks = [
        {"type": "actions", "block_id": "x", "elements": [button | {"action_id": "sms.card.launch"}]}
    ]
    await press(world, old, "Send")
    said = await world.slack.wait_for(lambda: world.slack.ephemerals(OLIVE, "C0SMS"))
    assert said[-1].read() == "This button is from another version of smsops. Type /sms to go on."
