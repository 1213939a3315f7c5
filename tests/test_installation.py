"""Slack says that the app is gone: nothing leaves that nobody could stop, and each event counts once."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.evidence import SMSOPS
from bot.sends import State
from tests.steps import scheduled_campaign, scheduled_text, sends_asked, typed
from tests.test_web import signed
from tests.world import ANA, MAX, World, inside, outside

REMOVED = "smsops was removed from Slack, so nobody could see a card or press Cancel"
BOT = {"tokens": {"oauth": [], "bot": ["U0BOT"]}}


async def heard(world: World) -> list[str]:
    """The events that were heard, oldest first."""

    def read(connection: Connection) -> list[str]:
        rows = connection.exec_driver_sql("SELECT detail FROM evidence WHERE what = 'heard' ORDER BY id")
        details = [row[0] for row in rows]
        return [(json.loads(one) if isinstance(one, str) else one)["event"] for one in details]

    return await world.bot.database.read(read)


@pytest.mark.parametrize("token_first", [False, True])
async def test_what_is_scheduled_does_not_leave_once_the_app_is_removed(
    world: World, token_first: bool
) -> None:
    await scheduled_campaign(world)
    await world.slack.uninstall(token_first=token_first)
    assert (await world.bot.sends.frozen()).by == SMSOPS
    assert sorted(await heard(world)) == ["app_uninstalled", "tokens_revoked"]
    world.pass_time(60)
    assert (await world.state(State.HELD)).why
    assert sends_asked(world) == 0


async def test_after_it_is_installed_again_an_admin_lifts_the_freeze(world: World) -> None:
    await scheduled_text(world)
    await world.slack.uninstall()
    world.pass_time(5)
    await world.state(State.HELD)
    world.slack.install()
    assert "Sends are frozen by smsops since" in await typed(world, "status")
    assert REMOVED in await typed(world, "menu")
    assert "Sends are frozen already by smsops." in await typed(world, "freeze", ANA)
    assert "The freeze is lifted" in await typed(world, "unfreeze", MAX)
    held = await world.slack.wait_for(lambda: world._card("Held: nothing was sent.", "C0SMS"), timeout=10)
    assert held.buttons()[0] == "Send Now"
    assert sends_asked(world) == 0


async def test_an_event_that_comes_again_after_the_freeze_was_lifted_freezes_nothing(world: World) -> None:
    await world.slack.event("app_uninstalled")
    await world.slack.event("tokens_revoked", **BOT)
    await typed(world, "unfreeze", MAX)
    for number, n_back in [(1, 2), (2, 4), (3, 4)]:  # both of them, in either order, as Slack brings them
        answer = await world.slack.redeliver(number, "http_timeout", n_back)
        assert answer.ok, answer
    assert (await world.slack.replay(6)).status_code == 200
    assert not (await world.bot.sends.frozen()).frozen
    assert await heard(world) == ["app_uninstalled", "tokens_revoked"]


async def test_an_event_that_comes_five_times_at_once_is_heard_once(world: World) -> None:
    await world.slack.event("app_uninstalled")
    await typed(world, "unfreeze", MAX)
    body = world.slack.sent()[-2].body.replace(b"Ev0", b"Ev1")
    headers = signed(world, body, "application/json")
    answers = await asyncio.gather(*(world.slack.raw(body, headers) for _ in range(5)))
    assert [one.status_code for one in answers] == [200] * 5
    assert len(await heard(world)) == 2


async def test_a_first_delivery_that_says_it_is_a_retry_is_heard(world: World) -> None:
    """What came before may never have arrived: the header tells nothing of it."""
    url, world.slack.request_url = world.slack.request_url, "http://127.0.0.1:9/slack/events"
    assert (await world.slack.event("app_uninstalled")).status == 0
    world.slack.request_url = url
    assert (await world.slack.redeliver(1, "connection_failed")).ok
    assert (await world.bot.sends.frozen()).frozen
    assert (await world.slack.redeliver(2, "http_timeout")).ok
    assert await heard(world) == ["app_uninstalled"]


async def test_an_event_is_known_again_after_a_restart(database_url: str) -> None:
    async with outside() as ends:
        async with inside(*ends, database_url) as world:
            await world.slack.event("app_uninstalled")
            await typed(world, "unfreeze", MAX)
        async with inside(*ends, database_url) as world:
            assert (await world.slack.redeliver(n_back=2)).ok
            assert not (await world.bot.sends.frozen()).frozen


async def test_an_event_that_cannot_be_written_is_asked_for_again(sqlite_world: World) -> None:
    world = sqlite_world

    def broken(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE evidence RENAME TO elsewhere")

    def mended(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO evidence")

    body = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_uninstalled"}})
    event, headers = body.encode(), signed(world, body.encode(), "application/json")
    await world.bot.database.write(broken)
    assert (await world.slack.raw(event, headers)).status_code == 503
    assert not (await world.bot.sends.frozen()).frozen
    await world.bot.database.write(mended)
    assert (await world.slack.raw(event, headers | {"X-Slack-Retry-Num": "1"})).status_code == 200
    assert (await world.bot.sends.frozen()).frozen


@pytest.mark.parametrize("tokens", [{}, {"tokens": {"oauth": ["U0OLIVE"]}}, {"tokens": {"bot": []}}])
async def test_the_token_of_a_person_that_was_revoked_freezes_nothing(
    sqlite_world: World, tokens: dict[str, Any]
) -> None:
    assert (await sqlite_world.slack.event("tokens_revoked", **tokens)).ok
    assert not (await sqlite_world.bot.sends.frozen()).frozen


async def test_an_event_of_another_workspace_freezes_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "help")  # by now it is known which workspace this is
    await world.slack.event("tokens_revoked", **BOT | {"tokens": {"bot": []}})
    body = world.slack.sent()[-1].body.replace(b"T0SANDBOX", b"T0ELSEWHERE").replace(b"[]", b'["U0BOT"]')
    assert (await world.slack.raw(body, signed(world, body, "application/json"))).status_code == 200
    assert not (await world.bot.sends.frozen()).frozen


async def test_an_event_that_nobody_listens_to_is_answered(sqlite_world: World) -> None:
    body = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"type": "team_join"}}).encode()
    answer = await sqlite_world.slack.raw(body, signed(sqlite_world, body, "application/json"))
    assert answer.status_code == 200


async def test_slack_can_verify_the_address(sqlite_world: World) -> None:
    assert await sqlite_world.slack.verify_url()


async def test_who_is_not_slack_gets_no_challenge_back(sqlite_world: World) -> None:
    body = b'{"type": "url_verification", "challenge": "say this"}'
    headers = signed(sqlite_world, body, "application/json") | {"X-Slack-Signature": "v0=" + "0" * 64}
    answer = await sqlite_world.slack.raw(body, headers)
    assert (answer.status_code, "say this" in answer.text) == (401, False)
