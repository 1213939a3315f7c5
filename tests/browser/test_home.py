"""App Home and the charts in a browser: what waits, the calendar, the buttons; light, dark, narrow."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from sandbox.whole import Sandbox, sandbox
from tests.browser.visitor import Pictures, Visitor, button

pytestmark = pytest.mark.browser

READER, ACCOUNT = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
STARTS = re.compile(r"Sends per day\. ")
PLANS = ((1, 13, "Spring sale", "weekly"), (4, 14, "Rewards", "vip"), (9, 15, "Spring sale", "weekly"))


def blackout_day() -> str:
    return f"{datetime.now(ACCOUNT) + timedelta(days=6):%Y-%m-%d}"


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Sandbox]:
    """What `make demo` starts, with a blackout day ahead."""
    async with sandbox(SMS_BLACKOUT=blackout_day()) as started:
        yield started


def home(visitor: Visitor) -> Locator:
    return visitor.page.get_by_test_id("home")


async def open_home(visitor: Visitor, channel: str) -> None:
    await visitor.enter(channel)
    await visitor.page.get_by_role("tab", name="Home").click()
    await expect(home(visitor)).to_contain_text("The next two weeks")


async def schedule(visitor: Visitor, days: int, hour: int, message: str, group: str) -> None:
    """A campaign so many days from now, at an hour of the reader's."""
    await visitor.type("/sms campaign")
    await visitor.choose("Message", message, message)
    await visitor.choose("Group", group, group)
    at = (datetime.now(UTC).astimezone(READER) + timedelta(days=days)).replace(hour=hour, minute=0)
    await visitor.write("When", f"{at:%Y-%m-%dT%H:%M}")
    await visitor.write("Campaign name", message)
    await visitor.submit()
    card = visitor.card(f"{message} → group {group}")
    await button("Schedule", card).click()
    await second_look(visitor, card)
    await expect(card).to_contain_text("Scheduled")


async def second_look(visitor: Visitor, card: Locator) -> None:
    """A weekday or a curly quote in its text wants to be looked at once more."""
    done = card.get_by_text("Scheduled.").or_(card.get_by_text("Awaiting approval."))
    await expect(visitor.form.or_(done).first).to_be_visible()
    if await visitor.form.is_visible():
        await visitor.submit()


async def awaiting_approval(visitor: Visitor) -> None:
    await visitor.type("/sms everyone")
    await visitor.choose("Message", "store", "Store hours")
    await visitor.write("Type EVERYONE", "EVERYONE")
    await visitor.write("Campaign name", "Store hours")
    await visitor.submit()
    card = visitor.card("EVERYONE on 2065551212")
    await expect(button("Send", card)).to_be_visible()
    await button("Send", card).click()
    await second_look(visitor, card)
    await expect(card).to_contain_text("Awaiting approval.")


async def text(visitor: Visitor, words: str, phone: str) -> None:
    await visitor.type(f"/sms send {phone} {words}")
    card = visitor.card(f"•••••••{phone[-4:]}")
    await button("Send", card).click()
    await expect(card).to_contain_text("Submitted")


@pytest.mark.timeout(240)
async def test_home_shows_what_waits_and_what_comes(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    await text(visitor, "Your order is ready", "2065550100")
    for plan in PLANS:
        await schedule(visitor, *plan)
    await awaiting_approval(visitor)
    await visitor.become("U0MAX")
    await open_home(visitor, "D0MAX")
    shown = home(visitor)
    await expect(shown).to_contain_text("To approve: 1.")
    await expect(shown).to_contain_text("3 campaigns in the next 14 days")
    await expect(shown.locator("table")).to_contain_text("Blackout day")
    await expect(shown.locator("table")).to_contain_text("Spring sale → weekly")
    await visitor.page.set_viewport_size({"width": 1440, "height": 1000})
    await pictures.take("home", visitor.slack)
    await _looks_otherwise(visitor, pictures)

    await visitor.wide(1440)
    await button("Scheduled", shown).click()
    await expect(visitor.form).to_contain_text("Waiting: 4")


async def _looks_otherwise(visitor: Visitor, pictures: Pictures) -> None:
    """Dark; as narrow as a telephone only the calendar is scrolled sideways."""
    page = visitor.page
    await visitor.theme("dark")
    await pictures.take("home-dark", visitor.slack)
    await visitor.theme("light")
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(home(visitor)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    assert await home(visitor).evaluate("one => one.scrollWidth == one.clientWidth")
    await home(visitor).locator("table").scroll_into_view_if_needed()
    await pictures.take("home-narrow")


@pytest.mark.timeout(240)
async def test_the_charts_are_drawn_and_told_in_words(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    for number, phone in enumerate(("2065550100", "2065550101", "2065550102")):
        await text(visitor, f"Your order {number} is ready", phone)
    await visitor.type("/sms stats 7")
    answer = visitor.answer
    await expect(answer).to_contain_text("Submitted: 0 campaigns, 3 single texts.")
    await expect(answer.locator("svg.chart")).to_have_count(2)
    await expect(answer.locator("svg.chart").first).to_have_attribute("aria-label", STARTS)
    await visitor.page.set_viewport_size({"width": 1440, "height": 1200})
    await pictures.take("stats", visitor.slack)
    await visitor.theme("dark")
    await button("Stopped, and Times", answer).click()
    await expect(answer).to_contain_text("From draft to submitted")
    await visitor.theme("light")
    await visitor.wide(390)
    assert await visitor.page.evaluate("document.documentElement.scrollWidth") == 390
