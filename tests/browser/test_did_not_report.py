"""A campaign whose bot has died: Slack itself says that it did not report."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from sandbox.whole import Sandbox
from tests.browser.visitor import Pictures, Visitor, button

pytestmark = pytest.mark.browser


@pytest.mark.timeout(120)
async def test_slack_says_that_a_campaign_did_not_report(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    await visitor.type("/sms campaign")
    await visitor.choose("Message", "spring", "Spring sale")
    await visitor.choose("Group", "wee", "weekly")
    await visitor.write("Campaign name", "Spring beans")
    due = datetime.now(ZoneInfo("America/New_York")) + timedelta(hours=1)
    await visitor.write("When", f"{due:%Y-%m-%dT%H:%M}")
    await visitor.submit()
    await button("Schedule", visitor.card("→ group weekly")).click()
    await running.slack.wait_for(lambda: running.slack.workspace.later.pending)
    await visitor.order("kill_bot")
    await expect(visitor.bot_state).to_have_attribute("data-state", "down")
    running.slack.pass_time(timedelta(hours=1, minutes=5).total_seconds())
    await expect(visitor.log.get_by_test_id("message").last).to_contain_text("did not report.")
    await pictures.take("did-not-report", visitor.slack)
