"""The alarm channel and `/sms status`, as people see them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from sandbox.whole import Sandbox, sandbox
from tests.browser.visitor import Pictures, Visitor, button

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Sandbox]:
    """A bot whose alarms come into the one channel that there is."""
    async with sandbox(SMS_ALARM_CHANNEL="C0SMS") as opened:
        yield opened


@pytest.mark.timeout(120)
async def test_what_is_held_is_told_in_the_alarm_channel(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    await visitor.type("/sms freeze")
    await visitor.type("/sms send 2065550100 Your order is ready")
    await button("Send", visitor.card("Text →")).click()
    told = visitor.message("1 matter needs somebody")
    await expect(told).to_contain_text("Held, nothing was sent", timeout=30_000)
    await expect(told).to_contain_text("Decide on its card in")
    await pictures.take("alarm", visitor.slack)
    await visitor.type("/sms status")
    await expect(visitor.message("Needs somebody: 1")).to_contain_text("database at step")
    await pictures.take("status", visitor.slack)
