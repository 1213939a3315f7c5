"""A file that somebody put into a form comes from Slack with the token, whole, or there is a sentence."""

from __future__ import annotations

import asyncio
import io

import pytest

from bot.download import download
from bot.errors import BotError, Unavailable
from bot.sheet import MOST_BYTES, Unreadable
from sandbox.slack.files import File
from tests.world import OLIVE, World

LIST = b"phone\n2065550100\n" * 20_000


def given(world: World, data: bytes = LIST, name: str = "list.csv") -> str:
    return world.slack.give(OLIVE, name, data)


async def refused(world: World, file_id: str) -> BotError:
    with pytest.raises((Unreadable, Unavailable)) as found:
        await download(world.bot, file_id, io.BytesIO())
    assert world.slack.bot_token not in str(found.value)
    return found.value


async def test_a_file_comes_as_it_was_given(sqlite_world: World) -> None:
    into = io.BytesIO()
    got = await download(sqlite_world.bot, given(sqlite_world, name="märz, neu.csv"), into)
    assert into.getvalue() == LIST
    assert (got.name, got.size) == ("märz, neu.csv", len(LIST))


@pytest.mark.parametrize("mode", ["hosted", "snippet"])
async def test_a_file_that_slack_took_for_a_text_comes_too(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    told(monkeypatch, sqlite_world, {"mode": mode})
    into = io.BytesIO()
    await download(sqlite_world.bot, given(sqlite_world), into)
    assert into.getvalue() == LIST


@pytest.mark.parametrize("about", [{"mode": "external"}, {"mode": "space"}, {"is_external": True}])
async def test_what_lies_elsewhere_or_is_no_file_is_not_read(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, about: dict[str, object]
) -> None:
    told(monkeypatch, sqlite_world, about)
    said = await refused(sqlite_world, given(sqlite_world))
    assert isinstance(said, Unreadable) and "does not lie in Slack itself" in str(said)
    assert not sqlite_world.slack.called("url_private")


def told(monkeypatch: pytest.MonkeyPatch, world: World, about: dict[str, object]) -> None:
    """Slack says this of every file."""
    plain = File.to_dict
    monkeypatch.setattr(File, "to_dict", lambda file, url: plain(file, url) | about)


async def test_the_token_is_in_the_header_alone(
    sqlite_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await download(sqlite_world.bot, given(sqlite_world), io.BytesIO())
    (asked,) = sqlite_world.slack.called("url_private")
    assert "authorization" in asked.args["headers"]
    said = "\n".join(one.getMessage() for one in caplog.records if one.name.startswith("bot"))
    assert sqlite_world.slack.bot_token not in caplog.text
    assert "files-pri" not in said


@pytest.mark.parametrize("error", ["file_not_found", "file_deleted", "access_denied"])
async def test_a_file_that_slack_does_not_have_any_more_is_asked_for_anew(
    sqlite_world: World, error: str
) -> None:
    sqlite_world.slack.faults.refuse("files.info", error)
    said = await refused(sqlite_world, given(sqlite_world))
    assert isinstance(said, Unreadable) and "Slack does not have this file any more" in str(said)
    assert "Give the file anew." in str(said)


async def test_a_scope_that_lacks_is_named_to_who_can_add_it(sqlite_world: World) -> None:
    sqlite_world.slack.revoke("files:read")
    said = await refused(sqlite_world, given(sqlite_world))
    assert isinstance(said, Unreadable) and "scope files:read" in str(said)


async def test_a_login_page_is_no_list(sqlite_world: World) -> None:
    """Where the bytes are asked for without the right to them, Slack sends a browser to its login."""
    hold = sqlite_world.slack.faults.hold("url_private")
    asking = asyncio.create_task(refused(sqlite_world, given(sqlite_world)))
    await hold.reached.wait()
    sqlite_world.slack.revoke("files:read")
    hold.release()
    assert "scope files:read" in str(await asking)


@pytest.mark.parametrize("method", ["files.info", "url_private"])
@pytest.mark.parametrize("kind", ["lose_answer", "ratelimit"])
async def test_what_may_go_by_is_tried_again(sqlite_world: World, method: str, kind: str) -> None:
    getattr(sqlite_world.slack.faults, kind)(method, times=None)
    assert isinstance(await refused(sqlite_world, given(sqlite_world)), Unavailable)


async def test_a_file_that_is_too_large_is_not_begun(sqlite_world: World) -> None:
    said = await refused(sqlite_world, given(sqlite_world, b"x" * (MOST_BYTES + 1)))
    assert "more than 10 MB" in str(said)
    assert not sqlite_world.slack.called("url_private")


async def test_an_address_that_is_not_slacks_gets_no_token(sqlite_world: World) -> None:
    file_id = given(sqlite_world)
    sqlite_world.slack.workspace.url = "http://127.0.0.1:9"
    said = await refused(sqlite_world, file_id)
    assert "Slack gave no address" in str(said)
