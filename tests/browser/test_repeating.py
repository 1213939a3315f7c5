"""A repeating campaign in a browser: the next five times in the form, started, and its card while it runs."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from sandbox.whole import Sandbox
from tests.browser.visitor import Pictures, Visitor, button

pytestmark = pytest.mark.browser


async def test_a_repeating_campaign_is_made_and_started(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    await visitor.type("/sms campaign Spring sale")
    await visitor.choose("Group", "wee", "weekly")
    await visitor.choose("Repeats", "weekd", "Weekdays, Monday to Friday")
    await expect(visitor.form).to_contain_text("The next five times")
    await visitor.form.get_by_text("The next five times").scroll_into_view_if_needed()
    await pictures.take("repeating", visitor.slack)
    await visitor.submit()
    card = visitor.card("Repeating · Spring sale → group weekly")
    for said in ("every weekday at", "America/Los_Angeles", "The next five times"):
        await expect(card).to_contain_text(said)
    await button("Start", card).click()
    await expect(card).to_contain_text("Running")
    await expect(button("Pause", card)).to_be_visible()
    await expect(button("End", card)).to_be_visible()
    await pictures.take("repeating-card", visitor.slack)
    await visitor.page.emulate_media(color_scheme="dark")
    await expect(visitor.page.locator("[data-theme=dark]")).to_have_count(1)
    await expect(button("End", card)).to_be_visible()
    await visitor.wide(390)
    await expect(card).to_contain_text("The next five times")
    assert await visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
