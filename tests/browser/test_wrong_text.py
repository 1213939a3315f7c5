"""The wrong text to 40,000: noticed at the card; approved, cancelled in the delay; sent, then put right."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from sandbox.whole import Sandbox, sandbox
from tests.browser.visitor import Pictures, Visitor, button

pytestmark = pytest.mark.browser

WEEKLY = ("12065550100", "12065550101", "12065550102")
MANY = 40_000
DELIBERATE = {"SMS_APPROVAL": "campaign", "SMS_DELAY_SECONDS": "group=30"}
WRONG = "Tidewater Coffee: Spring sale! 20 percent off all beans this week. Reply STOP to opt out"
RIGHT = "Tidewater Coffee: Spring sale! 10 percent off all beans this week, not 20. Reply STOP to opt out"
HEADING = "Campaign · Spring sale correction"


@pytest_asyncio.fixture
async def running(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """What `make demo` starts, with 40,000 people in the group, and the settings that the test names."""
    async with sandbox(**getattr(request, "param", {})) as started:
        realm = started.whatcounts.realm
        realm.add_message("Beans, 10 percent", RIGHT)
        for number in range(MANY - len(WEEKLY)):
            realm.subscribe(realm.add_contact(f"1503{2000000 + number}", ""), "2065551212", "weekly")
        yield started


@pytest.mark.timeout(120)
async def test_it_is_noticed_at_the_card(running: Sandbox, visitor: Visitor, pictures: Pictures) -> None:
    card = await _drafts_the_wrong_one(visitor)
    await expect(card).to_contain_text(WRONG)
    await pictures.take("wrong-draft", visitor.slack)
    await button("Edit", card).click()
    await visitor.choose("Message", "beans", "Beans, 10 percent")
    await visitor.submit()
    right = visitor.card("→ group weekly")
    await expect(right).to_contain_text(RIGHT)
    await button("Send", right).click()
    await expect(right).to_contain_text("Submitted", timeout=30_000)
    assert [text.text for text in running.whatcounts.sent] == [RIGHT] * MANY


@pytest.mark.parametrize("running", [DELIBERATE], indirect=True, ids=["approval"])
@pytest.mark.timeout(120)
async def test_it_is_cancelled_in_the_delay(running: Sandbox, visitor: Visitor, pictures: Pictures) -> None:
    card = await _drafts_the_wrong_one(visitor)
    await button("Send", card).click()
    await expect(card).to_contain_text("Awaiting approval.")
    await visitor.become("U0ANA")
    await visitor.enter("D0ANA")
    copy = visitor.card("Campaign · Spring sale → group weekly")
    await button("Approve", copy).click()
    await expect(copy).to_contain_text("approved by @Ana Silva")
    await visitor.become("U0OLIVE")
    await visitor.enter("C0SMS")
    await expect(card).to_contain_text("approved by @Ana Silva")
    await pictures.take("wrong-in-the-delay", visitor.slack)
    await button("Cancel", card).click()
    await expect(card).to_contain_text("Cancelled by @Olive Park")
    assert running.whatcounts.sent == []


@pytest.mark.timeout(180)
async def test_it_is_put_right_after_it_left(running: Sandbox, visitor: Visitor, pictures: Pictures) -> None:
    card = await _sends_the_wrong_one(visitor)
    await _says_oops(visitor, pictures, card)
    correction = await _writes_the_correction(visitor, pictures)
    await _an_admin_lets_it_through(visitor, pictures, correction)
    await _it_leaves(running, visitor, correction)
    await _looks_otherwise(visitor, pictures, correction)


async def _drafts_the_wrong_one(visitor: Visitor) -> Locator:
    await visitor.type("/sms campaign")
    await visitor.choose("Message", "spring", "Spring sale Tidewater")
    await visitor.choose("Group", "wee", "weekly")
    await visitor.write("Campaign name", "Spring beans")
    await visitor.submit()
    card = visitor.card("Campaign · Spring sale → group weekly")
    await expect(button("Send", card)).to_be_visible()
    return card


async def _sends_the_wrong_one(visitor: Visitor) -> Locator:
    card = await _drafts_the_wrong_one(visitor)
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
    assert got == [WRONG] * MANY + [RIGHT] * MANY
    for number in WEEKLY:
        await expect(visitor.phone(number).last).to_contain_text(RIGHT)


async def _looks_otherwise(visitor: Visitor, pictures: Pictures, correction: Locator) -> None:
    """The incident's thread, dark; then as narrow as a telephone."""
    page = visitor.page
    await visitor.theme("dark")
    await visitor.log.get_by_text("1 reply").first.click()
    await expect(page.get_by_test_id("thread")).to_contain_text("Everything is frozen.")
    await pictures.take("oops-thread", visitor.slack)
    await page.get_by_role("button", name="Close thread").click()
    await visitor.wide(390)
    await correction.scroll_into_view_if_needed()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await visitor.theme("light")
