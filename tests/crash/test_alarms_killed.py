"""Killed around an alarm or in a correction: no alarm stays, no correction is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sends import Kind, Send, State
from sandbox.slack import Message
from tests.crash.site import Site, site
from tests.world import OLIVE

pytestmark = pytest.mark.crash

PLACES = [("sqlite_url", 1), ("postgres_url", 2)]
ALARMS = [
    "after the alarm was claimed",
    "after Slack booked the alarm, before it is recorded",
    "after Slack took the alarm away, before it is recorded",
]
CHAIN = [
    "after a correction was written, before the answer to Slack",
    "before a correction's campaign is drafted",
    "after a correction's campaign was drafted",
]
RIGHT = "Tidewater Coffee: sorry, 10 percent. Reply STOP to opt out"


async def insist(running: Site, card: Message, label: str) -> None:
    """Olive presses it, again where Slack said that nobody answered."""
    while not (await running.slack.click(OLIVE, card, label)).ok:
        await running.back.wait()


async def a_campaign(running: Site) -> Message:
    """Olive sends one; its card, as soon as it is submitted."""
    while running.slack.view(OLIVE) is None:
        if not (await running.slack.command(OLIVE, "campaign Spring sale")).ok:
            await running.back.wait()
    await running.slack.fill(OLIVE, {"group": "weekly"})
    assert (await running.slack.submit(OLIVE)).ok
    await insist(running, await running.card("Nothing is sent until someone presses Send."), "Send")
    return await running.card("Submitted")


@pytest.mark.parametrize("point", ALARMS)
@pytest.mark.parametrize(("url", "processes"), PLACES)
async def test_killed_around_an_alarm_none_is_left_of_what_has_reported(
    request: pytest.FixtureRequest, tmp_path: Path, url: str, processes: int, point: str
) -> None:
    database = request.getfixturevalue(url)
    later = {"SMS_DELAY_SECONDS": "group=3"}  # time for the alarm to be booked before it leaves
    async with site(database, tmp_path, kill_at=point, processes=processes, **later) as running:
        await a_campaign(running)
        slack = running.slack
        await slack.wait_for(lambda: (tmp_path / "died").exists(), timeout=20)
        await slack.wait_for(lambda: not slack.workspace.later.pending, timeout=30)
        await running.stop()
        assert len(slack.called("chat.scheduleMessage")) <= 1
        slack.pass_time(3600)
        assert [one for one in slack.messages("C0SMS") if one.is_told] == []
        assert [row.state for row in await running.rows()] == [State.SUBMITTED]
        assert running.posts() == 1


@pytest.mark.parametrize("point", CHAIN)
@pytest.mark.parametrize(("url", "processes"), PLACES)
async def test_killed_in_a_correction_it_is_drafted_once(
    request: pytest.FixtureRequest, tmp_path: Path, url: str, processes: int, point: str
) -> None:
    database = request.getfixturevalue(url)
    async with site(database, tmp_path, kill_at=point, processes=processes) as running:
        card = await a_campaign(running)
        await insist(running, card, "Oops")
        await running.slack.fill(OLIVE, {"text": RIGHT})
        await running.slack.submit(OLIVE)
        await running.card("Campaign · Spring sale correction")
        await running.stop()
        wrong, stored, drafted = await running.rows()
        assert (tmp_path / "died").exists()
        assert (wrong.again, stored.again) == (stored.id, drafted.id)
        assert kinds([stored, drafted]) == [(Kind.CREATE, State.SUBMITTED), (Kind.CAMPAIGN, State.DRAFT)]
        assert [one.text for one in running.whatcounts.realm.messages].count(RIGHT) == 1
        assert running.posts() == 2  # the campaign, and the text that was stored


def kinds(rows: list[Send]) -> list[tuple[Kind, State]]:
    return [(row.kind, row.state) for row in rows]
