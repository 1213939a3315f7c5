"""The main job in a browser: a text, then a campaign that outlives its process."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from sandbox.whole import Sandbox
from tests.browser.visitor import Pictures, Visitor, button

pytestmark = pytest.mark.browser

READER = ZoneInfo("America/New_York")
WEEKLY = ("12065550100", "12065550101", "12065550102")  # of its four, Finn has opted out
OTHERS = ("12065550103", "12065550104", "12065550105")
TEXT = "Tidewater Coffee: Spring sale! 20 percent off all beans this week. Reply STOP to opt out"
ENOUGH = timedelta(seconds=15)  # for a draft, its confirmation, a SIGKILL and a new start
SOON = timedelta(seconds=20)  # after its time: a busy machine; never before it


@pytest.mark.timeout(240)
async def test_from_a_command_to_submitted_texts(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    await _sees_what_can_be_done(visitor, pictures)
    await _texts_one_phone(visitor, pictures)
    due = await _schedules_a_campaign(visitor, pictures)
    await _kills_and_starts(running, visitor)
    await _sees_it_leave(running, visitor, pictures, due)
    await _looks_otherwise(visitor, pictures)


async def _sees_what_can_be_done(visitor: Visitor, pictures: Pictures) -> None:
    await visitor.type("/sms")
    await expect(button("Campaign", visitor.answer)).to_be_visible()
    await pictures.take("menu")
    await button("Dismiss message", visitor.answer).click()


async def _texts_one_phone(visitor: Visitor, pictures: Pictures) -> None:
    await visitor.type("/sms send 2065550100 Hello")
    card = visitor.card("•••••••0100")
    await expect(card).to_contain_text("Hello")
    await expect(button("Send", card)).to_be_visible()
    await pictures.take("card-draft")
    await button("Send", card).click()
    await expect(visitor.phone("12065550100")).to_contain_text(["Hello"])
    await expect(card).to_contain_text("Submitted")
    await expect(card.get_by_role("button")).to_have_text(["Oops"])
    await pictures.take("text-submitted")


async def _schedules_a_campaign(visitor: Visitor, pictures: Pictures) -> datetime:
    """Returns when it is due."""
    await visitor.type("/sms campaign")
    await visitor.choose("Message", "spring", "Spring sale")
    await visitor.choose("Group", "wee", "weekly")
    due = next_minute(datetime.now(UTC))
    await visitor.write("When", f"{due.astimezone(READER):%Y-%m-%dT%H:%M}")
    await visitor.write("Campaign name", "Spring beans")
    await pictures.take("campaign-modal")
    await visitor.submit()
    card = visitor.card("Spring sale → group weekly")
    await button("Schedule", card).click()
    await expect(card).to_contain_text("Scheduled")
    await expect(card).to_contain_text(TEXT)
    await pictures.take("campaign-scheduled")
    return due


async def _kills_and_starts(running: Sandbox, visitor: Visitor) -> None:
    await visitor.order("kill_bot")
    await expect(visitor.bot_state).to_have_attribute("data-state", "down")
    assert running.bot.returncode == -signal.SIGKILL
    await visitor.order("start_bot")
    await expect(visitor.bot_state).to_have_attribute("data-state", "up")


async def _sees_it_leave(running: Sandbox, visitor: Visitor, pictures: Pictures, due: datetime) -> None:
    card = visitor.card("Spring sale → group weekly")
    left = (due + SOON - datetime.now(UTC)).total_seconds()
    await expect(card).to_contain_text("Submitted", timeout=left * 1000)
    for number in WEEKLY:
        await expect(visitor.phone(number).last).to_contain_text(TEXT)
    await pictures.take("campaign-submitted")
    got = [text for text in running.whatcounts.sent if text.text == TEXT]
    assert sorted(text.phone for text in got) == list(WEEKLY)
    assert all(due <= text.at < due + SOON for text in got)
    for number in OTHERS:
        await expect(visitor.phone(number)).to_have_count(0)


async def _looks_otherwise(visitor: Visitor, pictures: Pictures) -> None:
    """Dark, and as narrow as a telephone: nothing to scroll sideways."""
    page = visitor.page
    await visitor.theme("dark")
    await pictures.take("dark")
    await visitor.theme("light")
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(visitor.card("Spring sale → group weekly")).to_be_in_viewport()
    await expect(page.get_by_test_id("tab-phones")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await pictures.take("narrow")


def next_minute(now: datetime) -> datetime:
    """The first full minute that is ENOUGH ahead; the page's field has no seconds."""
    return (now + ENOUGH).replace(second=0, microsecond=0) + timedelta(minutes=1)
