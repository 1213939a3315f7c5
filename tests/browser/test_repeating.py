"""A repeating campaign in a browser: chosen in the form, read back, started; one time with its own card."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from sandbox.whole import Sandbox
from tests.browser.visitor import Pictures, Visitor, button

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

ZONE = ZoneInfo("America/Los_Angeles")  # of the sandbox's account


async def drafted(visitor: Visitor, pictures: Pictures) -> None:
    """Its first time is in an hour or two, so that it is made at once."""
    first = (datetime.now(ZONE) + timedelta(hours=2)).replace(minute=0)
    await visitor.type("/sms campaign")
    await visitor.choose("Message", "spring", "Spring sale")
    await visitor.choose("Group", "wee", "weekly")
    await visitor.write("Campaign name", "Spring beans")
    await visitor.choose("Repeats", "Weekdays", "Weekdays, Monday to Friday")
    await visitor.write("First day", f"{first:%Y-%m-%d}")
    await visitor.write("Time", f"{first:%H:%M}")
    await expect(visitor.form).to_contain_text(f"It leaves every weekday at {first:%H:%M}")
    await expect(visitor.form).to_contain_text("The next five times:")
    await visitor.choose("Repeats", "Daily", "Daily")
    await expect(visitor.form).to_contain_text(f"It leaves every day at {first:%H:%M}")
    await visitor.form.get_by_text("The next five times").scroll_into_view_if_needed()
    await pictures.take("repeating", visitor.slack)
    await visitor.submit()


async def in_the_dark_and_on_a_telephone(visitor: Visitor) -> None:
    """Both cards stay in the page, and nothing is to be scrolled sideways."""
    page = visitor.page
    await visitor.theme("dark")
    await expect(visitor.card("Campaign · Spring sale → group weekly")).to_be_visible()
    await visitor.theme("light")
    await visitor.wide(390)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await visitor.wide(1440)


async def test_it_is_read_back_started_paused_and_ended(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    await drafted(visitor, pictures)
    rule = visitor.card("Repeating · Spring sale → group weekly")
    await expect(rule).to_contain_text("The next five times, once it is started")
    await button("Start", rule).click()
    await expect(rule).to_contain_text("Running")
    time = visitor.card("Campaign · Spring sale → group weekly")
    await expect(button("Skip This One", time)).to_be_visible()
    await pictures.take("repeating-card", visitor.slack)
    await in_the_dark_and_on_a_telephone(visitor)
    await button("Pause", rule).click()
    await expect(rule).to_contain_text("nothing leaves until somebody presses Resume")
    await expect(time).to_contain_text("Held")
    await button("Resume", rule).click()
    await expect(button("Skip This One", time)).to_be_visible()
    await expect(rule).to_contain_text("Running")
    await button("End", rule).click()
    await button("End", visitor.question).click()
    await expect(rule).to_contain_text("Ended")
    await expect(time).to_contain_text("Nothing was sent")
    assert running.whatcounts.sent == []
