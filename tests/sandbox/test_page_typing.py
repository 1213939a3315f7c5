"""A modal on the page that the bot draws anew while a person types: told as Slack tells it, nothing eaten."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Locator, expect

from sandbox.slack import Slack, View
from tests.browser.visitor import Visitor, button
from tests.sandbox.slack_bot import Json, SmallBot, always

pytestmark = pytest.mark.browser

WORDS = {"type": "plain_text", "text": "Create"}
SURE = {key: {"type": "plain_text", "text": key.title()} for key in ("title", "text", "confirm", "deny")}


def asked(block_id: str, *triggers: str, label: str = "Text", **more: Any) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": "text", **more}
    if triggers:
        element["dispatch_action_config"] = {"trigger_actions_on": list(triggers)}
    shown = {"label": {"type": "plain_text", "text": label}, "element": element}
    return {"type": "input", "block_id": block_id, "dispatch_action": bool(triggers), **shown}


def section(words: str) -> Json:
    return {"type": "section", "text": {"type": "plain_text", "text": words}}


def modal(*blocks: Json) -> Json:
    return {"type": "modal", "title": WORDS, "submit": WORDS, "blocks": list(blocks)}


async def opened(slack: Slack, bot: SmallBot, visitor: Visitor, *blocks: Json) -> View:
    """The view of what the visitor now has before her, on a clock that stands."""

    async def listener(said: Json) -> None:
        answer = await bot.call("views.open", trigger_id=said["trigger_id"], view=modal(*blocks))
        assert answer["ok"], answer

    bot.on["command"] = listener
    await visitor.type("/sms create")
    await expect(visitor.form).to_be_visible()
    now = await visitor.page.evaluate("Date.now()")
    await visitor.page.clock.pause_at(now + 1000)
    bot.got.clear()
    view = slack.view("U0OLIVE")
    assert view is not None
    return view


def text(visitor: Visitor, label: str = "Text") -> Locator:
    return visitor.form.get_by_label(label, exact=True)


def told(bot: SmallBot) -> list[Any]:
    return [one["actions"][0]["value"] for one in bot.got if one["type"] == "block_actions"]


async def test_what_is_typed_is_told_half_a_second_after_the_last_key(
    slack: Slack, bot: SmallBot, visitor: Visitor
) -> None:
    await opened(slack, bot, visitor, asked("text", "on_character_entered"))
    await text(visitor).press_sequentially("Spring")
    await visitor.page.clock.run_for(499)
    await text(visitor).press_sequentially(" sale")
    await visitor.page.clock.run_for(499)
    assert told(bot) == []
    await visitor.page.clock.run_for(1)
    await slack.wait_for(lambda: told(bot) == ["Spring sale"])


async def test_an_update_eats_no_character_and_moves_no_caret(
    slack: Slack, bot: SmallBot, visitor: Visitor
) -> None:
    async def count(said: Json) -> None:
        typed = said["actions"][0]["value"]
        shown = modal(section("Above"), field, section(f"{len(typed)} characters"))
        answer = await bot.call("views.update", view_id=said["view"]["id"], view=shown)
        assert answer["ok"]

    bot.on["block_actions"] = count
    field = asked("text", "on_character_entered", multiline=True)
    view = await opened(slack, bot, visitor, field)
    held = slack.faults.hold("views.update")
    await text(visitor).press_sequentially("Spring sale")
    await visitor.page.clock.run_for(500)
    await held.reached.wait()
    for _ in range(len("sale")):
        await visitor.page.keyboard.press("ArrowLeft")
    await visitor.page.keyboard.type("bean ")
    held.release()
    await expect(visitor.form).to_contain_text("11 characters")
    await expect(text(visitor)).to_be_focused()
    assert await text(visitor).evaluate("node => node.selectionStart") == len("Spring bean ")
    await visitor.page.keyboard.type("& ")
    await expect(text(visitor)).to_have_value("Spring bean & sale")
    await visitor.page.clock.run_for(500)
    await expect(visitor.form).to_contain_text("18 characters")
    await expect(text(visitor)).to_be_focused()
    assert view.value("text") == "Spring bean & sale" and told(bot)[-1] == "Spring bean & sale"


async def test_enter_tells_and_submits_nothing(slack: Slack, bot: SmallBot, visitor: Visitor) -> None:
    view = await opened(
        slack, bot, visitor, asked("text", "on_enter_pressed"), asked("name", label="Name")
    )
    await expect(visitor.field("Text")).to_contain_text("Enter applies it.")
    await text(visitor).press_sequentially("Sale")
    await text(visitor).press("Enter")
    await slack.wait_for(lambda: told(bot) == ["Sale"])
    await text(visitor).press_sequentially("s")
    await text(visitor, "Name").fill("spring")
    await slack.wait_for(lambda: view.value("text") == "Sales")
    await text(visitor, "Name").press("Enter")
    await expect(visitor.form).to_have_count(0)
    assert [one["type"] for one in bot.got] == ["block_actions", "view_submission"]
    values = bot.got[1]["view"]["state"]["values"]
    assert (values["text"]["text"]["value"], values["name"]["text"]["value"]) == ("Sales", "spring")


@pytest.mark.parametrize("way", ["views.update", "view_submission"])
async def test_a_new_block_shows_its_own_value_and_the_others_keep_theirs(
    slack: Slack, bot: SmallBot, visitor: Visitor, way: str
) -> None:
    view = await opened(slack, bot, visitor, asked("curly"), asked("name", label="Name"))
    await text(visitor).fill("It’s spring")
    await text(visitor, "Name").fill("spring")
    mended = modal(asked("straight", initial_value="It's spring"), asked("name", label="Name"))
    bot.on["view_submission"] = always({"response_action": "update", "view": mended})
    if way == "views.update":
        await bot.call("views.update", view_id=view.id, view=mended)
    else:
        await visitor.submit()
    await expect(text(visitor)).to_have_value("It's spring")
    await expect(text(visitor, "Name")).to_have_value("spring")
    bot.on.pop("view_submission")
    await visitor.submit()
    await expect(visitor.form).to_have_count(0)
    values = bot.got[-1]["view"]["state"]["values"]
    assert {block: one["text"]["value"] for block, one in values.items()} == {
        "straight": "It's spring",
        "name": "spring",
    }


async def test_a_field_that_went_and_came_back_is_new(slack: Slack, bot: SmallBot, visitor: Visitor) -> None:
    view = await opened(slack, bot, visitor, asked("text", "on_character_entered"))
    await text(visitor).press_sequentially("Gone")
    await bot.call("views.update", view_id=view.id, view=modal(section("Nothing to type")))
    await expect(visitor.form).to_contain_text("Nothing to type")
    await visitor.page.clock.run_for(600)
    await bot.call("views.update", view_id=view.id, view=modal(asked("text", initial_value="New")))
    await expect(text(visitor)).to_have_value("New")
    await visitor.submit()
    await expect(visitor.form).to_have_count(0)
    assert bot.got[-1]["view"]["state"]["values"]["text"]["text"]["value"] == "New" and told(bot) == []


async def test_a_button_asks_first_and_finds_what_was_typed(
    slack: Slack, bot: SmallBot, visitor: Visitor
) -> None:
    stop = {"type": "button", "action_id": "stop", "text": WORDS | {"text": "Stop"}, "confirm": SURE}
    await opened(slack, bot, visitor, asked("text"), section("Sure?") | {"accessory": stop})
    await text(visitor).fill("2065550100")
    question = visitor.page.get_by_test_id("confirm")
    await button("Stop", visitor.form).click()
    await expect(question).to_contain_text("Title")
    await button("Deny", question).click()
    await expect(question).to_have_count(0)
    assert bot.got == []
    await button("Stop", visitor.form).click()
    await button("Confirm", question).click()
    await slack.wait_for(lambda: bot.got)
    got = bot.got[0]
    assert got["actions"][0]["action_id"] == "stop"
    assert got["view"]["state"]["values"]["text"]["text"]["value"] == "2065550100"


async def test_a_field_whose_window_closed_is_told_to_nobody(
    slack: Slack, bot: SmallBot, visitor: Visitor
) -> None:
    await opened(slack, bot, visitor, asked("text", "on_character_entered"))
    await text(visitor).press_sequentially("Half a wo")
    async with visitor.page.expect_response("**/sandbox/value"):
        await text(visitor).press("Escape")
        await expect(visitor.form).to_have_count(0)
        await visitor.page.clock.run_for(500)
    await expect(visitor.page.get_by_test_id("toast")).to_have_count(0)
    assert told(bot) == []


async def test_a_short_form_cuts_off_no_list(slack: Slack, bot: SmallBot, visitor: Visitor) -> None:
    options = [{"text": {"type": "plain_text", "text": f"Choice {n}"}, "value": str(n)} for n in range(20)]
    select = {"type": "static_select", "action_id": "one", "options": options}
    label = {"type": "plain_text", "text": "One"}
    await opened(slack, bot, visitor, {"type": "input", "block_id": "one", "label": label, "element": select})
    await visitor.form.get_by_role("combobox", name="One").click()
    await expect(visitor.form.get_by_role("option")).to_have_count(20)
    choices = await visitor.form.get_by_role("listbox").bounding_box()
    foot = await visitor.form.locator(".dialog-foot").bounding_box()
    assert choices and foot
    assert choices["y"] + choices["height"] <= foot["y"]
