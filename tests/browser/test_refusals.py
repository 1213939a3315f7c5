"""What a person reads in the browser when a field, the person or the line is wrong."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from sandbox.whole import Sandbox
from tests.browser.visitor import Visitor, button

pytestmark = pytest.mark.browser

DEADLINE = 40_000  # milliseconds; the bot gives up a send that is not answered after 20 s


async def test_errors_stand_under_their_fields_and_what_was_typed_stays(visitor: Visitor) -> None:
    await visitor.type("/sms campaign")
    await visitor.submit()
    for label in ("Message", "Group", "Campaign name"):
        await expect(visitor.field(label)).to_contain_text("Please complete this required field.")
    await visitor.choose("Message", "spring", "Spring sale")
    await visitor.choose("Group", "vip", "vip")
    await visitor.write("Campaign name", "50% off")
    await visitor.write("When", "2026-01-01T10:00")
    await visitor.submit()
    await expect(visitor.field("Campaign name")).to_contain_text("“%”")
    await expect(visitor.field("When")).to_contain_text("past")
    await expect(visitor.form.get_by_label("Campaign name")).to_have_value("50% off")
    await expect(visitor.form.get_by_label("When")).to_have_value("2026-01-01T10:00")
    await expect(visitor.form.get_by_label("Group")).to_have_value("vip")
    await visitor.write("Campaign name", "Half off")
    await visitor.write("When", "")
    await visitor.submit()
    card = visitor.card("Spring sale → group vip")
    await expect(card).to_contain_text("Half off")
    await expect(visitor.form).to_have_count(0)


async def test_an_outsiders_press_tells_who_can_and_sends_nothing(running: Sandbox, visitor: Visitor) -> None:
    await visitor.type("/sms send 2065550103 Hello Dan")
    await expect(button("Send", visitor.card("•••••••0103"))).to_be_visible()
    await visitor.become("U0OTTO")
    card = visitor.card("•••••••0103")
    await button("Send", card).click()
    await expect(visitor.answer).to_contain_text("@Olive Park")
    await expect(visitor.answer).to_contain_text("@Max Weber")
    await expect(card).to_contain_text("Draft")
    assert running.whatcounts.sent == []


@pytest.mark.timeout(120)
async def test_a_lost_answer_asks_a_person_who_settles_it(running: Sandbox, visitor: Visitor) -> None:
    await visitor.order("timeout_after")
    await visitor.type("/sms send 2065550104 Hello Eve")
    card = visitor.card("•••••••0104")
    await button("Send", card).click()
    await expect(visitor.phone("12065550104")).to_contain_text(["Hello Eve"])
    await expect(card).to_contain_text("May have been sent", timeout=DEADLINE)
    await expect(card.get_by_role("button", name="It Was")).to_have_text(["It Was Sent", "It Was Not Sent"])
    await button("It Was Sent", card).click()
    await expect(card).to_contain_text("Submitted")
    await expect(card).to_contain_text("@Olive Park")
    assert len(running.whatcounts.sent) == 1
