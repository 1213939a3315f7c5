"""The stored messages in a browser: one is made as it is typed, found, tested and chosen for a campaign."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from sandbox.whole import Sandbox
from tests.browser.visitor import Pictures, Visitor, button

pytestmark = pytest.mark.browser

CURLY = "Tidewater Coffee: “Autumn Fog” is here, and it’s 20% off. Reply STOP to opt out"
STRAIGHT = "Tidewater Coffee: \"Autumn Fog\" is here, and it's 20% off. Reply STOP to opt out"


@pytest.mark.timeout(120)
async def test_a_message_is_made_found_tested_and_chosen(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    await _types_it(visitor, pictures)
    await _gives_it_a_free_name(visitor)
    await _finds_it(running, visitor, pictures)
    await _tests_it(running, visitor)


async def _types_it(visitor: Visitor, pictures: Pictures) -> None:
    """The count follows the typing; the quotes are mended on request."""
    await visitor.type("/sms create Spring sale")
    await expect(visitor.form.get_by_label("Name", exact=True)).to_have_value("Spring sale")
    text = visitor.form.get_by_label("Text", exact=True)
    await text.press_sequentially(CURLY[:30])
    await expect(visitor.form).to_contain_text("30 characters, 1 part, UCS-2")
    await expect(visitor.form).to_contain_text("130 left of 160")
    await text.fill(CURLY)
    await expect(visitor.form).to_contain_text(f"{len(CURLY)} characters, 2 parts instead of 1")
    await pictures.take("create", visitor.slack)
    await visitor.wide(390)
    await pictures.take("create-narrow")
    await visitor.wide(1440)
    await button("Make Quotes Straight", visitor.form).click()
    await expect(visitor.form.get_by_label("Text", exact=True)).to_have_value(STRAIGHT)
    await expect(visitor.form).to_contain_text(f"{len(STRAIGHT)} characters, 1 part, GSM-7")
    await expect(button("Make Quotes Straight", visitor.form)).to_have_count(0)


async def _gives_it_a_free_name(visitor: Visitor) -> None:
    await visitor.write("Label", "promo")
    await visitor.submit()
    await expect(visitor.field("Name")).to_contain_text("There is a message “Spring sale” already.")
    await expect(visitor.form.get_by_label("Text", exact=True)).to_have_value(STRAIGHT)
    await expect(visitor.form.get_by_label("Label", exact=True)).to_have_value("promo")
    await visitor.write("Name", "Autumn Fog")
    await visitor.submit()
    await expect(visitor.form).to_have_count(0)
    card = visitor.card("New message · Autumn Fog")
    await button("Create", card).click()
    await expect(card).to_contain_text("Stored")


async def _finds_it(running: Sandbox, visitor: Visitor, pictures: Pictures) -> None:
    """In the list, and from there in the form of a campaign."""
    assert [one.text for one in running.whatcounts.realm.messages if one.name == "Autumn Fog"] == [STRAIGHT]
    await visitor.type("/sms messages 20")
    await expect(visitor.answer).to_contain_text("Messages 1 to 2 of 2 with “20”")
    await expect(visitor.answer).to_contain_text(STRAIGHT)
    await pictures.take("messages", visitor.slack)
    await button("Campaign", visitor.answer).first.click()
    await expect(visitor.form.get_by_label("Message", exact=True)).to_have_value("Autumn Fog")
    await button("Cancel", visitor.form).click()
    await expect(visitor.form).to_have_count(0)
    await visitor.dismiss()


async def _tests_it(running: Sandbox, visitor: Visitor) -> None:
    await visitor.type("/sms test autumn fog")
    card = visitor.card("Test · Autumn Fog")
    await button("Send", card).click()
    await expect(visitor.phone("12065550100")).to_contain_text([STRAIGHT])
    await expect(card).to_contain_text("Submitted")
    assert [(one.phone, one.text) for one in running.whatcounts.sent] == [("12065550100", STRAIGHT)]
