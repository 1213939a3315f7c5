"""The wrong text to 40,000: sent wrong, Oops, the correction typed, let through by an admin, sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Locator, expect

from sandbox.whole import Sandbox
from tests.browser.visitor import Pictures, Visitor, button

pytestmark = pytest.mark.browser

WEEKLY = ("12065550100", "12065550101", "12065550102")
WRONG = "Tidewater Coffee: Spring sale! 20 percent off all beans this week. Reply STOP to opt out"
RIGHT = "Tidewater Coffee: Spring sale! 10 percent off all beans this week, not 20. Reply STOP to opt out"
HEADING = "Campaign · Spring sale correction"


@pytest.mark.timeout(180)
async def test_the_wrong_text_is_put_right(running: Sandbox, visitor: Visitor, pictures: Pictures) -> None:
    card = await _sends_the_wrong_one(visitor)
    await _says_oops(visitor, pictures, card)
    correction = await _writes_the_correction(visitor, pictures)
    await _an_admin_lets_it_through(visitor, pictures, correction)
    await _it_leaves(running, visitor, correction)
    await _looks_otherwise(visitor, pictures, correction)


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


async def _sends_the_wrong_one(visitor: Visitor) -> Locator:
    await visitor.type("/sms campaign")
    await visitor.choose("Message", "spring", "Spring sale")
    await visitor.choose("Group", "wee", "weekly")
    await visitor.write("Campaign name", "Spring beans")
    await visitor.submit()
    card = visitor.card("Campaign · Spring sale → group weekly")
    await button("Send", card).click()
    await expect(card).to_contain_text("Submitted")
    await expect(button("Oops", card)).to_be_visible()
    return card


async def _says_oops(visitor: Visitor, pictures: Pictures, card: Locator) -> None:
    await button("Oops", card).click()
    await expect(visitor.question).to_contain_text("Everything is frozen at once")
    await button("Oops", visitor.question).click()
    await expect(visitor.form).to_contain_text(WRONG)
    await visitor.write("What they shall read now", RIGHT)
    await pictures.take("oops-form", visitor.slack)


async def _writes_the_correction(visitor: Visitor, pictures: Pictures) -> Locator:
    await visitor.submit()
    await expect(visitor.answer).to_contain_text("Everything is frozen.")
    await visitor.dismiss()
    correction = visitor.card(HEADING)
    await expect(correction).to_contain_text("Sends are frozen")
    await expect(correction.locator("s")).to_have_text(["20", "week."])
    await button("Send", correction).click()
    await expect(button("Send Now", correction)).to_be_visible()
    await expect(correction).to_contain_text("Held: nothing was sent.")
    return correction


async def _an_admin_lets_it_through(visitor: Visitor, pictures: Pictures, correction: Locator) -> None:
    await visitor.become("U0MAX")
    await expect(button("Let Through Freeze", correction)).to_be_visible()
    await pictures.take("correction", visitor.slack)
    await button("Let Through Freeze", correction).click()
    await button("Let Through Freeze", visitor.question).click()


async def _it_leaves(running: Sandbox, visitor: Visitor, correction: Locator) -> None:
    await expect(correction).to_contain_text("Submitted")
    got = [text.text for text in running.whatcounts.sent]
    assert got == [WRONG] * len(WEEKLY) + [RIGHT] * len(WEEKLY)
    for number in WEEKLY:
        await expect(visitor.phone(number).last).to_contain_text(RIGHT)


async def _looks_otherwise(visitor: Visitor, pictures: Pictures, correction: Locator) -> None:
    """The incident's thread, dark; then as narrow as a telephone."""
    page = visitor.page
    await page.emulate_media(color_scheme="dark")
    await visitor.log.get_by_text("1 reply").first.click()
    await expect(page.get_by_test_id("thread")).to_contain_text("Everything is frozen.")
    await pictures.take("oops-thread", visitor.slack)
    await page.get_by_role("button", name="Close thread").click()
    await visitor.wide(390)
    await correction.scroll_into_view_if_needed()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await page.emulate_media(color_scheme="light")
