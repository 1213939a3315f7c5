"""What keeps a team's account in order, in a browser: its registry, what is waiting, and the freeze."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from sandbox.whole import Sandbox
from tests.browser.visitor import Pictures, Visitor, button

pytestmark = pytest.mark.browser


@pytest.mark.timeout(120)
async def test_an_admin_registers_and_a_freeze_lets_only_stops_pass(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    await visitor.become("U0MAX")
    await _registers_a_group(visitor, pictures)
    await _changes_the_sender_codes(visitor)
    await visitor.become("U0OLIVE")
    await _looks_around(visitor, pictures)
    await _freezes(visitor)
    await _stops_in_the_freeze(running, visitor, pictures)
    await visitor.become("U0MAX")
    await _unfreezes(running, visitor)


async def _registers_a_group(visitor: Visitor, pictures: Pictures) -> None:
    await visitor.type("/sms groups")
    await expect(visitor.answer).to_contain_text("vip")
    await button("Add", visitor.answer).click()
    await visitor.write("Group", "staff")
    await visitor.write("The same name again", "stuff")
    await visitor.submit()
    await expect(visitor.field("The same name again")).to_contain_text("This is not the same name.")
    await visitor.write("The same name again", "staff")
    await visitor.write("Time zone of its people", "America/New_York")
    await visitor.submit()
    await expect(visitor.form).to_contain_text("staff is registered.")
    await button("Close", visitor.form).first.click()
    await visitor.dismiss()
    await visitor.type("/sms groups")
    await expect(visitor.answer).to_contain_text("staff · America/New_York")
    await pictures.take("groups", visitor.slack)


async def _changes_the_sender_codes(visitor: Visitor) -> None:
    """Adds one, and removes it again, which asks first."""
    await visitor.type("/sms senders")
    await expect(visitor.answer).to_contain_text("12345 · Short code")
    await button("Add", visitor.answer).click()
    await visitor.write("Sender code", "2065551313")
    await visitor.write("What people call it", "Shop")
    await visitor.submit()
    await expect(visitor.form).to_contain_text("2065551313 is registered.")
    await button("Close", visitor.form).first.click()
    await visitor.type("/sms senders")
    await expect(visitor.answer).to_contain_text("2065551313 · Shop")
    await button("Remove", visitor.answer).last.click()
    await button("Remove", visitor.question).click()
    await expect(visitor.answer).to_contain_text("The sender code 2065551313 is removed.")
    await expect(visitor.answer).not_to_contain_text("Shop")


async def _looks_around(visitor: Visitor, pictures: Pictures) -> None:
    """At what is waiting, at one send, at how it is, and at what can be typed."""
    await visitor.type("/sms send 2065550103 See you at ten")
    await expect(button("Send", visitor.card("•••••••0103"))).to_be_visible()
    await visitor.type("/sms scheduled")
    await expect(visitor.answer).to_contain_text("Waiting: 1")
    await button("Show", visitor.answer).click()
    await expect(visitor.answer).to_contain_text("What happened")
    await visitor.type("/sms show")
    await expect(visitor.answer).to_contain_text("The newest sends")
    await visitor.type("/sms status")
    await expect(visitor.answer).to_contain_text("Sends are not frozen.")
    await expect(visitor.answer).to_contain_text("1 not confirmed yet")
    await visitor.type("/sms help")
    await expect(visitor.answer).to_contain_text("/sms stop <phone>")
    await expect(visitor.answer).not_to_contain_text("/sms unfreeze")


async def _freezes(visitor: Visitor) -> None:
    """From the menu, where the button asks first."""
    await visitor.type("/sms")
    await button("Freeze", visitor.answer).click()
    await button("Freeze", visitor.question).click()
    await expect(visitor.card("•••••••0103")).to_contain_text("Sends are frozen")


async def _stops_in_the_freeze(running: Sandbox, visitor: Visitor, pictures: Pictures) -> None:
    await button("Send", visitor.card("•••••••0103")).click()
    await expect(visitor.card("•••••••0103")).to_contain_text("Held: nothing was sent.")
    await visitor.type("/sms stop 206 555 0100")
    await visitor.submit()
    await expect(visitor.card("Stop texting •••••••0100")).to_contain_text("Stopped")
    await visitor.dismiss()
    await pictures.take("freeze", visitor.slack)
    assert running.whatcounts.sent == []


async def _unfreezes(running: Sandbox, visitor: Visitor) -> None:
    """What was held stays so until somebody decides; then it leaves."""
    await visitor.type("/sms unfreeze")
    card = visitor.card("•••••••0103")
    await expect(visitor.log).to_contain_text("The freeze is lifted by @Max Weber.")
    await button("Send Now", card).click()
    await expect(visitor.phone("12065550103")).to_contain_text(["See you at ten"])
    assert [one.text for one in running.whatcounts.sent] == ["See you at ten"]
