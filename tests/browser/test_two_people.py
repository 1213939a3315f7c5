"""A text to everyone by two people in a browser: approved and cancelled in the delay; rejected; then sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from sandbox.whole import Sandbox, sandbox
from tests.browser.visitor import Pictures, Visitor, button

pytestmark = pytest.mark.browser

HEADING = "EVERYONE on 2065551212"
OLIVE, ANA = "U0OLIVE", "U0ANA"


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Sandbox]:
    """What `make demo` starts, with time to read a card before it leaves."""
    async with sandbox(SMS_DELAY_SECONDS="everyone=20") as started:
        yield started


@pytest.mark.timeout(240)
async def test_nobody_texts_everyone_alone(running: Sandbox, visitor: Visitor, pictures: Pictures) -> None:
    card = await asked_for(visitor, pictures)
    copy = await seen_by_ana(visitor)
    await pictures.take("approval")
    await approve(visitor, copy, pictures)
    await expect(copy).to_contain_text("approved by @Ana Silva")
    await visitor.become(OLIVE)
    await visitor.enter("C0SMS")
    await button("Cancel", card).click()
    await expect(card).to_contain_text("Cancelled by @Olive Park")
    assert running.whatcounts.sent == []

    await button("Draft Again", card).click()
    await expect(button("Send", visitor.card(HEADING))).to_be_visible()
    await button("Send", visitor.card(HEADING)).click()
    await expect(visitor.card(HEADING)).to_contain_text("Awaiting approval.")
    copy = await seen_by_ana(visitor)
    await button("Reject", copy).click()
    await visitor.write("Why", "Sunday is over")
    await visitor.submit()
    await expect(copy).to_contain_text("Rejected by @Ana Silva: Sunday is over.")

    await visitor.become(OLIVE)
    await visitor.enter("C0SMS")
    await button("Send", visitor.card(HEADING)).click()
    await expect(visitor.card(HEADING)).to_contain_text("Awaiting approval.")
    copy = await seen_by_ana(visitor)
    await approve(visitor, copy, pictures)
    await expect(copy).to_contain_text("Submitted", timeout=60_000)
    assert {text.group for text in running.whatcounts.sent} == {None}
    assert len(running.whatcounts.sent) > 3


async def asked_for(visitor: Visitor, pictures: Pictures) -> Locator:
    """Olive fills in the form and presses Send; the card."""
    await visitor.type("/sms everyone")
    await visitor.choose("Message", "spring", "Spring sale")
    await visitor.write("Type EVERYONE", "EVERYONE")
    await visitor.write("Campaign name", "Spring beans")
    await pictures.take("everyone")
    await visitor.submit()
    card = visitor.card(HEADING)
    await button("Send", card).click()
    await expect(card).to_contain_text("Awaiting approval.")
    return card


async def seen_by_ana(visitor: Visitor) -> Locator:
    """Ana looks into her direct messages; the newest card there."""
    await visitor.become(ANA)
    await visitor.enter("D0ANA")
    copy = visitor.card(HEADING)
    await expect(copy).to_contain_text("Awaiting approval.")
    return copy


async def approve(visitor: Visitor, copy: Locator, pictures: Pictures) -> None:
    await button("Approve", copy).click()
    await visitor.write("Type EVERYONE on 2065551212", "everyone on 2065551212")
    await visitor.submit()
