"""A list of phones in a browser: its CSV chosen in the form, in the action's own words."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from sandbox.whole import Sandbox
from tests.browser.visitor import Pictures, Visitor

pytestmark = pytest.mark.browser

TEXT = "Tidewater Coffee: We open at 8 today, with the new roast. Reply STOP to opt out"
LIST = "\ufeffname;phone\r\nAna;206 555 0100\r\nBen;(206) 555-0101\r\nCy;2.06555E+09\r\nAna;2065550100\r\n"


async def opened(visitor: Visitor) -> None:
    """The form for a text, with its file."""
    await visitor.type(f"/sms bulk send {TEXT}")
    box = visitor.form.get_by_label("CSV file", exact=True)
    await box.set_input_files({"name": "openings.csv", "mimeType": "text/csv", "buffer": LIST.encode()})
    await visitor.form.get_by_text("openings.csv").wait_for()


async def test_a_list_is_chosen_in_the_form(running: Sandbox, visitor: Visitor, pictures: Pictures) -> None:
    await opened(visitor)
    await expect(visitor.form).to_contain_text("79 characters, 1 part, GSM-7 · 81 left of 160")
    await expect(visitor.form.get_by_label("Text", exact=True)).to_have_value(TEXT)
    await pictures.take("bulk-modal", visitor.slack)
