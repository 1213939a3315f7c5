"""The private answer after the ack: to Slack alone, once, and its address is a secret."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from bot.answers import respond, slacks
from bot.wiring import Bot
from tests.steps import press
from tests.test_web import payload, signed
from tests.world import OLIVE, World

SLACK = "https://slack.com/api/"
SECRET = "T0/B0/its-secret"
MESSAGE = {"text": "Done.", "response_type": "ephemeral"}


@pytest.mark.parametrize(
    "url", [f"https://hooks.slack.com/commands/{SECRET}", f"https://HOOKS.slack-gov.com:443/{SECRET}"]
)
def test_slacks_own_hosts_are_answered(url: str) -> None:
    assert slacks(url, SLACK) is not None


@pytest.mark.parametrize(
    "url",
    [
        "", "/commands", "hooks.slack.com/commands", "http://[", "http://hooks.slack.com/commands",
        "https://hooks.slack.com:8443/commands", "https://slack.com/commands",
        "https://hooks.slack.com.example.com/", "https://evilhooks.slack.com.example/",
        "https://hooks.slack.com@example.com/", "https://me:it@hooks.slack.com/",
        "https://example.com\\@hooks.slack.com/", "https://example.com#@hooks.slack.com/",
        "https://example.com/?https://hooks.slack.com/", "https://hooks.slack.com./", "file:///etc/hosts",
        "http://127.0.0.1/", "http://169.254.169.254/latest", "https://files.slack.com/",
    ],
)  # fmt: skip
def test_any_other_address_is_not(url: str) -> None:
    assert slacks(url, SLACK) is None


def test_a_slack_on_loopback_is_answered_at_its_own_port_and_no_other() -> None:
    api = "http://127.0.0.1:8080/api/"
    assert slacks("http://127.0.0.1:8080/response/x", api) is not None
    others = (
        "http://127.0.0.1:8081/",
        "http://localhost:8080/",
        "https://127.0.0.1:8080/",
        "http://127.0.0.1/",
    )
    assert [one for one in others if slacks(one, api)] == []


def test_a_slack_elsewhere_may_not_be_answered_in_the_clear() -> None:
    assert slacks("http://10.0.0.1:8080/response/x", "http://10.0.0.1:8080/api/") is None


@dataclass
class Door:
    """A server that keeps what comes and gives the same answer to everybody."""

    answer: bytes
    goes_on: bool = False
    port: int = 0
    came: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.came.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self.answer)
            while self.goes_on:
                writer.write(b"x" * 65536)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def door(answer: bytes, *, goes_on: bool = False) -> AsyncIterator[Door]:
    opened = Door(answer, goes_on)
    server = await asyncio.start_server(opened.serve, "127.0.0.1", 0)
    opened.port = server.sockets[0].getsockname()[1]
    try:
        yield opened
    finally:
        server.close()


def with_slack_at(bot: Bot, port: int) -> Bot:
    """The same bot, whose Slack is that server."""
    settings = bot.settings.model_copy(update={"slack_api_url": f"http://127.0.0.1:{port}/api/"})
    return replace(bot, settings=settings)


async def test_a_redirect_is_not_followed(sqlite_world: World, caplog: pytest.LogCaptureFixture) -> None:
    async with door(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as elsewhere:
        to = f"http://127.0.0.1:{elsewhere.port}/{SECRET}".encode()
        moved = b"HTTP/1.1 307 Moved\r\nLocation: " + to + b"\r\nContent-Length: 0\r\n\r\n"
        async with door(moved) as slack:
            bot = with_slack_at(sqlite_world.bot, slack.port)
            await respond(bot, f"http://127.0.0.1:{slack.port}/{SECRET}", MESSAGE)
    assert (len(slack.came), elsewhere.came) == (1, [])
    assert "HTTP 307" in caplog.text
    assert SECRET not in caplog.text


async def test_an_answer_without_an_end_is_not_read(sqlite_world: World) -> None:
    async with door(b"HTTP/1.1 200 OK\r\n\r\n", goes_on=True) as slack:
        bot = with_slack_at(sqlite_world.bot, slack.port)
        async with asyncio.timeout(5):  # it would go on for ever
            await respond(bot, f"http://127.0.0.1:{slack.port}/{SECRET}", MESSAGE)
    assert len(slack.came) == 1


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", b"nonsense\r\n\r\n"]
)
async def test_what_fails_is_in_the_log_without_its_address_and_is_not_tried_again(
    sqlite_world: World, caplog: pytest.LogCaptureFixture, answer: bytes
) -> None:
    async with door(answer) as slack:
        bot = with_slack_at(sqlite_world.bot, slack.port)
        await respond(bot, f"http://127.0.0.1:{slack.port}/{SECRET}", MESSAGE)
    assert len(slack.came) == 1
    assert "Slack took no private answer" in caplog.text
    assert SECRET not in caplog.text


async def test_a_press_that_names_another_address_is_answered_there_by_nobody(
    sqlite_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world = sqlite_world
    card = await world.draft_text()
    await press(world, card, "Cancel")
    button = {"action_id": "sms.card.cancel", "block_id": f"{(await world.row()).id}.1", "type": "button"}
    async with door(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as elsewhere:
        pressed = {
            "type": "block_actions", "user": {"id": OLIVE, "team_id": "T0SANDBOX"}, "actions": [button],
            "channel": {"id": card.channel}, "message": {"ts": card.ts}, "trigger_id": "1.2.3",
            "response_url": f"http://127.0.0.1:{elsewhere.port}/{SECRET}",
        }  # fmt: skip
        body = payload(json.dumps(pressed))
        assert (await world.slack.raw(body, signed(world, body))).status_code == 200
        await until(lambda: "a response_url is not Slack's; nothing was posted" in caplog.text)
    assert elsewhere.came == []
    assert SECRET not in caplog.text


async def until(predicate: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while not predicate():  # noqa: ASYNC110 - a line in the log sets no event
            await asyncio.sleep(0.01)
