"""The menu of a message on the page: by mouse, by keyboard, in either light and width."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from sandbox.slack import Slack
from tests.browser.visitor import Visitor
from tests.sandbox.slack_bot import Json, SmallBot

pytestmark = pytest.mark.browser

TEXT = {"type": "plain_text", "text": "Stop a number"}
FORM = {"type": "modal", "title": TEXT, "blocks": [{"type": "section", "text": TEXT}]}
NAME = "Stop texting this number"


def row(visitor: Visitor, words: str) -> Locator:
    """A message with what stands beside it."""
    return visitor.page.locator(".message-row").filter(has_text=words)


def more(on: Locator) -> Locator:
    return on.get_by_role("button", name="More actions")


async def test_what_a_person_posts_is_stopped_from_its_menu(
    slack: Slack, bot: SmallBot, visitor: Visitor
) -> None:
    async def open_form(said: Json) -> None:
        await bot.call("views.open", trigger_id=said["trigger_id"], view=FORM)

    bot.on["message_action"] = open_form
    await visitor.type("No more to 206-555-0100 & <b>, says a@b.com")
    message = row(visitor, "No more to")
    await expect(message).to_contain_text("206-555-0100 & <b>, says a@b.com")
    await visitor.page.mouse.move(0, 0)
    await expect(message.locator(".more-actions")).to_have_css("opacity", "0")
    await message.hover()
    await expect(message.locator(".more-actions")).to_have_css("opacity", "1")
    await more(message).click()
    await expect(message.get_by_role("menuitem")).to_have_text([f"{NAME}smsops", "Show what was sentsmsops"])
    await message.get_by_role("menuitem", name=NAME).click()
    await expect(visitor.form).to_contain_text("Stop a number")
    got = bot.got[0]
    assert (got["type"], got["callback_id"], got["user"]["id"]) == ("message_action", "stop", "U0OLIVE")
    said = "No more to 206-555-0100 &amp; &lt;b&gt;, says <mailto:a@b.com|a@b.com>"
    assert got["message"]["text"] == said == slack.messages("C0SMS")[0].text


async def test_the_keyboard_reaches_the_menu_of_a_card(
    slack: Slack, bot: SmallBot, visitor: Visitor
) -> None:
    await bot.call("chat.postMessage", channel="C0SMS", text="Card")
    menu = row(visitor, "Card").get_by_role("menu")
    await expect(row(visitor, "Card")).to_be_visible()
    await visitor.page.get_by_test_id("log").focus()
    press = visitor.page.keyboard.press
    await press("Tab")
    await expect(more(row(visitor, "Card"))).to_be_focused()
    await press("Enter")
    await expect(menu.get_by_role("menuitem", name=NAME)).to_be_focused()
    await press("Escape")
    await expect(menu).to_have_count(0)
    await expect(more(row(visitor, "Card"))).to_be_focused()
    await press("Enter")
    await expect(menu.get_by_role("menuitem", name=NAME)).to_be_focused()
    for key in ("ArrowUp", "ArrowDown", "End", "Home", "ArrowDown"):
        await press(key)
    chosen = menu.get_by_role("menuitem", name="Show what was sent")
    await expect(chosen).to_be_focused()
    await chosen.press("Enter")  # at the entry itself, whatever the page draws meanwhile
    await slack.wait_for(lambda: [one for one in bot.got if one["callback_id"] == "sent"])
    await expect(menu).to_have_count(0)


async def test_a_message_for_one_person_has_no_menu(slack: Slack, bot: SmallBot, visitor: Visitor) -> None:
    await bot.call("chat.postEphemeral", channel="C0SMS", user="U0OLIVE", text="Only you")
    await expect(row(visitor, "Only you")).to_be_visible()
    await expect(more(visitor.page.get_by_test_id("log"))).to_have_count(0)


async def test_the_bot_does_not_answer_and_the_person_is_told(
    slack: Slack, bot: SmallBot, visitor: Visitor
) -> None:
    slack.say("U0ANA", "Hello")
    await bot.stop()
    await row(visitor, "Hello").hover()
    await more(row(visitor, "Hello")).click()
    await visitor.page.get_by_role("menuitem", name=NAME).click()
    await expect(visitor.page.get_by_test_id("toast")).to_contain_text("We had some trouble connecting")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
async def test_the_menu_stands_inside_the_window(
    slack: Slack, bot: SmallBot, visitor: Visitor, width: int, scheme: str
) -> None:
    page = visitor.page
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": width, "height": 844})
    for n in range(30):
        slack.say("U0ANA", f"Message {n}.")
    log = page.get_by_test_id("log")
    for words in ("Message 29.", "Message 5."):
        await row(visitor, words).scroll_into_view_if_needed()
        await row(visitor, words).hover()
        await more(row(visitor, words)).click()
        menu, inside = await page.get_by_role("menu").bounding_box(), await log.bounding_box()
        assert menu is not None and inside is not None
        assert inside["y"] <= menu["y"] and menu["y"] + menu["height"] <= inside["y"] + inside["height"]
        assert menu["x"] >= 0 and menu["x"] + menu["width"] <= width
        await page.keyboard.press("Escape")
    assert await page.evaluate("document.documentElement.scrollWidth") == width

