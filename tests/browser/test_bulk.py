"""A list of phones in a browser: its CSV chosen in the form, what was read shown on its card, and run."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from sandbox.whole import Sandbox
from tests.browser.visitor import Pictures, Visitor, button
from tests.world import ANA

pytestmark = pytest.mark.browser

TEXT = "Tidewater Coffee: We open at 8 today, with the new roast. Reply STOP to opt out"
LIST = "\ufeffname;phone\r\nAna;206 555 0100\r\nBen;(206) 555-0101\r\nCy;2.06555E+09\r\nAna;2065550100\r\n"


async def opened(visitor: Visitor, name: str = "openings.csv", data: bytes = LIST.encode()) -> None:
    """The form for a text, with its file."""
    await visitor.type(f"/sms bulk send {TEXT}")
    box = visitor.form.get_by_label("CSV file", exact=True)
    await box.set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    await visitor.form.get_by_text(name).wait_for()


async def test_a_list_is_chosen_in_the_form(running: Sandbox, visitor: Visitor, pictures: Pictures) -> None:
    await opened(visitor)
    await expect(visitor.form).to_contain_text("79 characters, 1 part, GSM-7 · 81 left of 160")
    await expect(visitor.form.get_by_label("Text", exact=True)).to_have_value(TEXT)
    await pictures.take("bulk-modal", visitor.slack)


@pytest.mark.timeout(120)
async def test_what_was_read_is_shown_and_then_texted(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    await opened(visitor)
    await visitor.submit()
    card = visitor.card("Bulk · Text 2 phones of openings.csv")
    for said in (TEXT, "4 rows, 2 phones", "row 4: A spreadsheet made a power of ten", "Column B (“phone”)"):
        await expect(card).to_contain_text(said)
    await pictures.take("bulk-preview", visitor.slack)
    await card.get_by_role("button").first.click()
    await expect(card).to_contain_text("2 of 2 submitted")
    await pictures.take("bulk-done", visitor.slack)
    for number in ("12065550100", "12065550101"):
        await expect(visitor.phone(number).last).to_contain_text("We open at 8 today")


async def test_who_approves_a_long_list_types_how_many_phones(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    numbers = "\n".join(["phone", *(f"206 200 0{number:03}" for number in range(120))])
    await opened(visitor, data=numbers.encode())
    await visitor.submit()
    await visitor.card("Bulk · Text 120 phones").get_by_role("button").first.click()
    await visitor.become(ANA)
    await visitor.enter("D0ANA")
    copy = visitor.card("Bulk · Text 120 phones")
    await expect(copy).to_contain_text("Awaiting approval.")
    await button("Approve", copy).click()
    await expect(visitor.form).to_contain_text("The text goes to the 120 phones of openings.csv.")
    await pictures.take("bulk-approve", visitor.slack)
    await visitor.write("Type 120 phones", "120 phones")
    await visitor.submit()
    await expect(copy).to_contain_text("Scheduled.")


async def test_a_workbook_is_told_on_the_card_and_another_file_taken(
    running: Sandbox, visitor: Visitor
) -> None:
    await opened(visitor, "book.csv", b"PK\x03\x04 xl/workbook.xml")
    await visitor.submit()
    card = visitor.card("Bulk · Text the phones of book.csv")
    await expect(card).to_contain_text("This is an Excel workbook (.xlsx), not a CSV.")
    await button("Edit", card).click()
    await expect(visitor.form).to_contain_text("Empty: book.csv stays.")
    box = visitor.form.get_by_label("CSV file", exact=False).first
    await box.set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()})
    await visitor.form.get_by_text("list.csv").wait_for()
    await visitor.submit()
    await expect(visitor.card("Bulk · Text 2 phones of list.csv")).to_contain_text("4 rows, 2 phones")


@pytest.mark.timeout(120)
async def test_how_far_it_is_is_seen_while_it_runs_and_it_is_paused_and_cancelled(
    running: Sandbox, visitor: Visitor, pictures: Pictures
) -> None:
    """Light, dark, and as narrow as a telephone: nothing to scroll sideways."""
    page = visitor.page
    many = "phone\n" + "".join(f"206555{1000 + n}\n" for n in range(60))
    await opened(visitor, "spring.csv", many.encode())
    await visitor.submit()
    card = visitor.card("Bulk · Text 60 phones of spring.csv")
    await button("Send", card).click()
    await expect(card).to_contain_text(re.compile(r"1\d of 60 submitted"), timeout=40_000)
    await expect(card).to_contain_text(re.compile(r"Running\. .* a second, .* left\."))
    await pictures.take("bulk-progress", visitor.slack)
    await visitor.theme("dark")
    await pictures.take("bulk-progress-dark", visitor.slack)
    await visitor.theme("light")
    await visitor.wide(390)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await visitor.wide(1440)
    await button("Pause", card).click()
    await expect(card).to_contain_text("Nothing more leaves until somebody presses Resume.")
    await button("Cancel", card).click()
    await expect(visitor.question).to_contain_text("The rest of the list is left alone.")
    await button("Cancel", visitor.question).click()
    await expect(card).to_contain_text(re.compile(r"Cancelled by .* of 60 submitted", re.S))
