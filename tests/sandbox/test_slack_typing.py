"""What a person types while the bot draws the modal anew: told when Slack tells it, and never lost."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.slack import Slack, View
from sandbox.slack.blockkit import view_problems
from tests.sandbox.slack_bot import Json, SmallBot, always

TEXT = {"type": "plain_text", "text": "Words"}


def asked(block_id: str = "text", *triggers: str, dispatch: bool = True, **more: Any) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": "text", **more}
    if triggers:
        element["dispatch_action_config"] = {"trigger_actions_on": list(triggers)}
    return {
        "type": "input",
        "block_id": block_id,
        "label": TEXT,
        "element": element,
        "dispatch_action": dispatch,
    }


def modal(*blocks: Json) -> Json:
    return {"type": "modal", "title": TEXT, "submit": TEXT, "blocks": list(blocks)}


def section(words: str) -> Json:
    return {"type": "section", "block_id": "count", "text": {"type": "plain_text", "text": words}}


async def opened(slack: Slack, bot: SmallBot, *blocks: Json) -> View:
    async def listener(said: Json) -> None:
        answer = await bot.call("views.open", trigger_id=said["trigger_id"], view=modal(*blocks))
        assert answer["ok"], answer

    bot.on["command"] = listener
    await slack.command("U0OLIVE", "create")
    bot.got.clear()
    view = slack.view("U0OLIVE")
    assert view is not None
    return view


def told(bot: SmallBot) -> list[str]:
    return [said["actions"][0]["value"] for said in bot.got]


async def test_each_character_is_told_where_the_app_wants_it(slack: Slack, bot: SmallBot) -> None:
    await opened(slack, bot, asked("text", "on_character_entered"))
    answers = await slack.type_into("U0OLIVE", "text", "Sale")
    assert told(bot) == ["S", "Sa", "Sal", "Sale"] and all(answer.ok for answer in answers)
    assert bot.got[1]["view"]["state"]["values"]["text"]["text"]["value"] == "Sa"
    await slack.fill("U0OLIVE", {"text": "Bye"})
    assert told(bot)[4:] == ["Bye"]
    await slack.type_into("U0OLIVE", "text", "")
    assert told(bot)[5:] == [None] and slack.breaches == []


@pytest.mark.parametrize("triggers", [(), ("on_enter_pressed",)], ids=str)
async def test_enter_tells_the_whole(slack: Slack, bot: SmallBot, triggers: tuple[str, ...]) -> None:
    view = await opened(slack, bot, asked("text", *triggers))
    await slack.type_into("U0OLIVE", "text", "Sale")
    assert told(bot) == ["Sale"] and view.value("text") == "Sale"


async def test_both_triggers_tell_both(slack: Slack, bot: SmallBot) -> None:
    await opened(slack, bot, asked("text", "on_enter_pressed", "on_character_entered"))
    await slack.type_into("U0OLIVE", "text", "ab")
    assert told(bot) == ["a", "ab", "ab"]


async def test_a_block_that_does_not_dispatch_tells_nothing(slack: Slack, bot: SmallBot) -> None:
    view = await opened(slack, bot, asked("text", "on_character_entered", dispatch=False))
    assert await slack.type_into("U0OLIVE", "text", "Sale") == [] == bot.got
    assert view.value("text") == "Sale"


async def test_only_a_text_field_can_be_typed_into(slack: Slack, bot: SmallBot) -> None:
    await opened(slack, bot, asked() | {"element": {"type": "datepicker", "action_id": "day"}})
    with pytest.raises(LookupError):
        await slack.type_into("U0OLIVE", "day", "2026-11-20")


async def test_a_modal_redrawn_at_each_character_keeps_all_that_was_typed(
    slack: Slack, bot: SmallBot
) -> None:
    view = await opened(slack, bot, asked("text", "on_character_entered"), section("0 characters"))

    async def count(said: Json) -> None:
        typed = said["actions"][0]["value"]
        blocks = asked("text", "on_character_entered"), section(f"{len(typed)} characters")
        here = said["view"]
        answer = await bot.call("views.update", view_id=here["id"], hash=here["hash"], view=modal(*blocks))
        assert answer["ok"]

    bot.on["block_actions"] = count
    await slack.type_into("U0OLIVE", "text", "Sale now")
    assert view.value("text") == "Sale now" and "8 characters" in view.texts()
    assert slack.breaches == []


async def test_a_stale_hash_changes_nothing_and_is_no_breach(slack: Slack, bot: SmallBot) -> None:
    view = await opened(slack, bot, asked(), section("first"))
    stale = view.hash
    where = {"view_id": view.id, "hash": stale}
    assert (await bot.call("views.update", **where, view=modal(asked(), section("second"))))["ok"]
    assert view.hash != stale
    late = await bot.call("views.update", **where, view=modal(asked(), section("late")))
    assert (late["ok"], late["error"]) == (False, "hash_conflict")
    assert "second" in view.texts() and "late" not in view.texts() and slack.breaches == []


async def test_typing_does_not_make_a_hash_stale(slack: Slack, bot: SmallBot) -> None:
    view = await opened(slack, bot, asked(dispatch=False))
    before = view.hash
    await slack.type_into("U0OLIVE", "text", "Sale")
    assert (await bot.call("views.update", view_id=view.id, hash=before, view=modal(asked())))["ok"]
    assert view.value("text") == "Sale"


@pytest.mark.parametrize("way", ["views.update", "view_submission"])
async def test_a_new_block_id_shows_its_initial_value(slack: Slack, bot: SmallBot, way: str) -> None:
    view = await opened(slack, bot, asked(dispatch=False))
    await slack.fill("U0OLIVE", {"text": "It’s"})
    mended = modal(asked("mended", initial_value="It's"))
    if way == "views.update":
        await bot.call("views.update", view_id=view.id, view=mended)
    else:
        bot.on["view_submission"] = always({"response_action": "update", "view": mended})
        await slack.submit("U0OLIVE")
    assert view.value("mended") == "It's" and "text" not in view.values
    await slack.fill("U0OLIVE", {"mended": "Mine"})
    await bot.call("views.update", view_id=view.id, view=modal(asked("mended", initial_value="Theirs")))
    assert view.value("mended") == "Mine"


async def test_another_kind_of_element_starts_anew(slack: Slack, bot: SmallBot) -> None:
    view = await opened(slack, bot, asked())
    await slack.fill("U0OLIVE", {"text": "a@b.com"})
    mail = asked() | {"element": {"type": "email_text_input", "action_id": "text"}}
    await bot.call("views.update", view_id=view.id, view=modal(mail))
    assert view.value("text") is None


WRONG: list[tuple[Json, str]] = [
    ({"trigger_actions_on": []}, "no fewer than 1 items allowed"),
    ({"trigger_actions_on": ["on_key"]}, "must be one of on_enter_pressed, on_character_entered"),
    ({"trigger_actions_on": "on_enter_pressed"}, "must provide an array"),
    ({"on": ["on_enter_pressed"]}, "invalid additional property: on"),
    ({}, "at least one of trigger_actions_on"),
]


@pytest.mark.parametrize(("config", "said"), WRONG, ids=str)
def test_a_wrong_dispatch_configuration_is_refused(config: Json, said: str) -> None:
    problems = view_problems(modal(asked(dispatch_action_config=config)), "modal")
    assert said in problems[0] and "/view/blocks/0/element/dispatch_action_config" in problems[0]
    assert view_problems(modal(asked() | {"dispatch_action": "yes"}), "modal")
