"""People in a browser: subscribed, added, and stopped by a command or from the menu of a message."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from sandbox.whole import Sandbox
from tests.browser.visitor import Pictures, Visitor, button

pytestmark = pytest.mark.browser

COMPLAINT = "Two calls today: 206-555-0102 and (206) 555-0103 want no more texts from us."


@pytest.mark.timeout(120)
async def test_people_are_subscribed_added_and_stopped(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    await _subscribes_one(visitor)
    await _adds_one(running, visitor, pictures)
    await _stops_one(visitor)
    await _stops_two_of_a_message(running, visitor, pictures)
    await _sees_the_requests(visitor, pictures)


async def _subscribes_one(visitor: Visitor) -> None:
    await visitor.type("/sms subscribe")
    await visitor.write("Phone", "206 555 0101")
    await visitor.choose("Sender code", "Short", "Short code")
    await visitor.choose("Group", "vip", "vip")
    await visitor.submit()
    card = visitor.card("Subscribe •••••••0101")
    await button("Subscribe", card).click()
    await expect(card).to_contain_text("Subscribed")


async def _adds_one(running: Sandbox, visitor: Visitor, pictures: Pictures) -> None:
    await visitor.type("/sms contact gia@example.com 206 555 0106")
    await expect(visitor.form.get_by_label("E-mail", exact=True)).to_have_value("gia@example.com")
    await visitor.write("First name", "Gia")
    await visitor.choose("Group", "wee", "weekly")
    await pictures.take("contact", visitor.slack)
    await visitor.submit()
    card = visitor.card("Contact •••••••0106")
    await expect(card).to_contain_text("g•••@example.com")
    await button("Add", card).click()
    await expect(card).to_contain_text("Added")
    assert running.whatcounts.realm.contacts["12065550106"].email == "gia@example.com"


async def _stops_one(visitor: Visitor) -> None:
    """On every sender code, which is what the form offers first."""
    await visitor.type("/sms stop 206 555 0100")
    await expect(visitor.form.get_by_label("Phone", exact=True)).to_have_value("206 555 0100")
    await visitor.submit()
    card = visitor.card("Stop texting •••••••0100")
    await expect(card).to_contain_text("2065551212 (Main line): stopped")
    await expect(card).to_contain_text("12345 (Short code): stopped")


async def _stops_two_of_a_message(running: Sandbox, visitor: Visitor, pictures: Pictures) -> None:
    await visitor.type(COMPLAINT)
    message = visitor.message(COMPLAINT)
    await message.hover()
    await button("More actions", message).click()
    await visitor.theme("dark")
    await pictures.take("stop-menu", visitor.slack)
    await visitor.theme("light")
    await message.get_by_role("menuitem", name="Stop texting this number").click()
    for number in ("206 555 0102", "206 555 0103"):
        await visitor.form.get_by_label(number, exact=True).check()
    await visitor.choose("Sender code", "Main", "Main line")
    await pictures.take("stop", visitor.slack)
    await visitor.submit()
    for ending in ("0102", "0103"):
        await expect(visitor.card(f"Stop texting •••••••{ending}")).to_contain_text("Stopped")
    stopped = {one.phone for one in running.whatcounts.realm.opt_outs}
    assert stopped >= {"12065550100", "12065550102", "12065550103"}


async def _sees_the_requests(visitor: Visitor, pictures: Pictures) -> None:
    """On WhatCounts' own page, in a tab of its own, as they came."""
    async with visitor.page.expect_popup() as opening:
        await visitor.page.get_by_test_id("panel-requests").click()
    tab = await opening.value
    await expect(tab.locator("body")).to_contain_text("/rest/sms/stopSubscriberSend/2065550103/2065551212")
    await pictures.take("requests", tab.locator(".requests"))
    await tab.close()
