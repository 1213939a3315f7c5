"""Every listener answers while Slack hangs: it calls Slack only to open a view, and to ask who somebody is.

house.md 4.5: check and write first, ack last; what is drawn is drawn by delivery, not by a listener.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import commands
from bot.sends import State
from bot.serving import PARTS
from sandbox.slack import Answer, Message
from sandbox.slack.api import METHODS
from sandbox.slack.record import Json
from tests.approval.asked import awaiting_everyone
from tests.bulk.lists import csv, phones, start
from tests.repeat.steps import running
from tests.steps import (
    cancelled_text,
    doubtful_text,
    draft_campaign,
    form,
    held_text,
    place_of,
    press,
    scheduled_text,
    submitted_text,
    typed,
)
from tests.world import ANA, MAX, OLIVE, OTTO, SMS, World

MAY_CALL = {"views.open", "views.push", "users.info", "usergroups.users.list"}
MANY = 50  # calls of each method that will wait; more than any test makes
IN_TIME = 1500  # ms: who waits for Slack waits 2 s or more, who does not some 20 ms

Act = Callable[[], Awaitable[Answer | list[Json] | None]]
Step = Callable[[World], Awaitable[Act]]  # brings the world to where the act can be done
Shown = Callable[[World], Awaitable[Message]]


def typing(words: str, user: str = OLIVE) -> Step:
    async def ready(world: World) -> Act:
        await typed(world, "help", user)
        return lambda: world.slack.command(user, words)

    return ready


def pressing(shown: Shown, label: str, user: str = OLIVE) -> Step:
    async def ready(world: World) -> Act:
        message = await shown(world)
        return lambda: world.slack.click(user, message, label)

    return ready


def pressing_as(user: str, shown: Shown, label: str) -> Step:
    async def ready(world: World) -> Act:
        message = await shown(world)
        await typed(world, "help", user)
        return lambda: world.slack.click(user, message, label)

    return ready


def submitting(words: str, values: dict[str, Any]) -> Step:
    async def ready(world: World) -> Act:
        await typed(world, words)
        await world.slack.fill(OLIVE, values)
        return lambda: world.slack.submit(OLIVE)

    return ready


def searching(words: str, what: str) -> Step:
    async def ready(world: World) -> Act:
        await typed(world, words)
        return lambda: world.slack.search(OLIVE, "message", what)

    return ready


def registering(words: str, values: dict[str, Any]) -> Step:
    async def ready(world: World) -> Act:
        await press(world, await private(world, words, MAX), "Add", MAX)
        await world.slack.fill(MAX, values)
        return lambda: world.slack.submit(MAX)

    return ready


def changing(words: str, name: str = "") -> Step:
    async def ready(world: World) -> Act:
        shown = await private(world, words, MAX)
        return lambda: world.slack.click(MAX, shown, place_of(shown, name) if name else "Add")

    return ready


def telling(event: str, **more: Any) -> Step:
    async def ready(world: World) -> Act:
        return lambda: world.slack.event(event, **more)

    return ready


async def a_text_being_typed(world: World) -> Act:
    await typed(world, "create autumn")
    return lambda: world.slack.fill(OLIVE, {"text": "Hello"})


async def some_stats(world: World) -> Message:
    return await private(world, "stats", OLIVE)


async def seven_days(world: World) -> Message:
    return await private(world, "stats 7", OLIVE)


async def a_channel_to_choose(world: World) -> Act:
    await world.slack.open_home(OLIVE)
    await world.slack.wait_for(lambda: world.slack.home(OLIVE))
    return lambda: world.slack.view_click(OLIVE, "sms.home.channel", SMS)


async def a_list_at_home(world: World) -> Act:
    await (await a_channel_to_choose(world))()
    return lambda: world.slack.view_click(OLIVE, "Scheduled")
def a_list_being_described(values: dict[str, Any]) -> Step:
    async def ready(world: World) -> Act:
        await typed(world, "bulk send")
        return lambda: world.slack.fill(OLIVE, values)

    return ready


def a_campaign_being_described(values: dict[str, Any]) -> Step:
    async def ready(world: World) -> Act:
        await typed(world, "campaign Spring sale")
        return lambda: world.slack.fill(OLIVE, values)

    return ready


def a_repeating_campaign_being_described(values: dict[str, Any]) -> Step:
    async def ready(world: World) -> Act:
        await typed(world, "campaign Spring sale")
        await world.slack.fill(OLIVE, {"repeats": "daily"})
        await world.slack.wait_for(lambda: "The next five times" in form(world).read())
        return lambda: world.slack.fill(OLIVE, values)

    return ready


async def running_times(world: World) -> Message:
    await running(world)
    return await world.card("Running")


async def paused_times(world: World) -> Message:
    await press(world, await running_times(world), "Pause")
    return await world.card("Paused by")


async def a_list(world: World) -> Act:
    await typed(world, "bulk stop")
    await world.slack.fill(OLIVE, {"file": world.slack.give(OLIVE, "list.csv", b"phone\n2065550100\n")})
    return lambda: world.slack.submit(OLIVE)


async def a_run(world: World) -> Message:
    """One that goes on for minutes."""
    await start(world, csv(phones(90)))
    await world.state(State.SCHEDULED)
    world.pass_time(60)
    return await world.card("of 90 submitted")


async def a_paused_run(world: World) -> Message:
    await world.slack.click(OLIVE, await a_run(world), "Pause")
    return await world.card("Paused")


async def a_quote_to_mend(world: World) -> Act:
    await typed(world, "create autumn")
    await world.slack.fill(OLIVE, {"text": "“Hello”"})
    await world.slack.wait_for(lambda: "Make Quotes Straight" in form(world).buttons())
    return lambda: world.slack.view_click(OLIVE, "Make Quotes Straight")


async def a_quote_of_a_draft(world: World) -> Message:
    return await world.draft_text("“Hello”")


async def a_second_look(world: World) -> Act:
    await typed(world, "send 2065550100 Hello {{ name }}")
    await press(world, await world.card("Look again:"), "Send")
    return lambda: world.slack.submit(OLIVE)


async def a_message_menu(world: World) -> Act:
    await typed(world, "help")
    message = world.slack.say(OTTO, "My number is 206 555 0100, please stop")
    return lambda: world.slack.shortcut(OLIVE, message, "sms.stop.shortcut")


async def a_move(world: World) -> Act:
    await press(world, await scheduled_text(world), "Move")
    await world.slack.fill(OLIVE, {"when": int(world.time.now().timestamp()) + 3600})
    return lambda: world.slack.submit(OLIVE)


async def wrong_text(world: World) -> Message:
    """A text that went out and was wrong, as its card says."""
    card = await submitted_text(world, "Wrong")
    await press(world, card, "Oops")
    return await world.slack.wait_for(lambda: card if "Write Correction" in card.buttons() else None)


async def a_correction(world: World) -> Act:
    await wrong_text(world)
    await world.slack.fill(OLIVE, {"text": "Right"})
    return lambda: world.slack.submit(OLIVE)


async def correction(world: World) -> Message:
    """The card of a correction, which an admin may let through."""
    await (await a_correction(world))()
    card = await world.card("Corrects")
    return await world.slack.wait_for(lambda: card if "Let Through Freeze" in card.buttons() else None)


async def private(world: World, words: str, user: str = OLIVE) -> Message:
    """The private message that a command makes."""
    answer = await world.slack.command(user, words)
    assert answer.shown is not None
    return answer.shown


async def many_messages(world: World) -> Message:
    world.whatcounts.realm.add_message("One more", "Text")
    return await private(world, "messages")


async def many_drafts(world: World) -> Message:
    for number in range(11):
        await typed(world, f"send 2065550100 Number {number}")
    return await private(world, "scheduled")


async def long_history(world: World) -> Message:
    await many_drafts(world)
    return await private(world, "history")


async def filtering(world: World) -> Act:
    await press(world, await long_history(world), "Filter")
    return lambda: world.slack.submit(OLIVE)


def second_page(first: Shown) -> Shown:
    async def turned(world: World) -> Message:
        page = await first(world)
        await press(world, page, "Next Page")
        await world.slack.wait_for(lambda: "Earlier Page" in page.buttons())
        return page

    return turned


async def newest(world: World) -> Message:
    await world.draft_text()
    return await private(world, "show")


async def late_screen(world: World) -> Message:
    return (await submitted_text(world)).was(0)


async def copy(world: World) -> Message:
    card = await scheduled_text(world)
    return world.slack.workspace.post(SMS, text=card.text, blocks=card.blocks)


async def an_approval(world: World) -> Act:
    await press(world, await awaiting_everyone(world), "Approve", ANA)
    await world.slack.fill(ANA, {"audience": "EVERYONE on 2065551212"})
    return lambda: world.slack.submit(ANA)


async def a_rejection(world: World) -> Act:
    await press(world, await awaiting_everyone(world), "Reject", ANA)
    await world.slack.fill(ANA, {"reason": "Wrong price"})
    return lambda: world.slack.submit(ANA)


async def somebody_added(world: World) -> Act:
    await world.bot.people.roles.give(MAX, world.time.now(), None, "operator", OTTO)
    return await changing("people", f"operator {OTTO}")(world)


STEPS: dict[str, Step] = {
    "sms.everyone.run": typing("everyone Spring sale"),
    "sms.everyone.form": submitting("everyone Spring sale", {"everyone": "EVERYONE"}),
    "search everyone.message": searching("everyone", "sale"),
    "sms.people.run": typing("people", MAX),
    "sms.people.add": changing("people"),
    "sms.people.form": registering("people", {"role": "operator", "who": OTTO}),
    "sms.people.remove": somebody_added,
    "sms.card.approve": pressing(awaiting_everyone, "Approve", ANA),
    "sms.card.approve_form": an_approval,
    "sms.card.reject": pressing(awaiting_everyone, "Reject", ANA),
    "sms.card.reject_form": a_rejection,
    "sms.menu.run": typing(""),
    "sms.help.run": typing("help"),
    "sms.send.run": typing("send 2065550100 Hello"),
    "sms.campaign.run": typing("campaign Spring sale"),
    "sms.test.run": typing("test spring sale"),
    "sms.stop.run": typing("stop 206 555 0100"),
    "sms.messages.run": typing("messages"),
    "sms.create.run": typing("create autumn"),
    "sms.subscribe.run": typing("subscribe 206 555 0100 weekly"),
    "sms.bulk.run": typing("bulk stop"),
    "sms.contact.run": typing("contact jon@example.com 206 555 0100"),
    "sms.groups.run": typing("groups", MAX),
    "sms.senders.run": typing("senders", MAX),
    "sms.scheduled.run": typing("scheduled"),
    "sms.show.run": typing("show"),
    "sms.history.run": typing("history send since 2026-01-01"),
    "sms.history.next": pressing(long_history, "Next Page"),
    "sms.history.back": pressing(second_page(long_history), "Earlier Page"),
    "sms.history.filter": pressing(long_history, "Filter"),
    "sms.history.export": pressing(long_history, "Export CSV"),
    "sms.history.form": filtering,
    "sms.status.run": typing("status"),
    "sms.freeze.run": typing("freeze"),
    "sms.unfreeze.run": typing("unfreeze", MAX),
    "sms.messages.next": pressing(many_messages, "Next Page"),
    "sms.messages.back": pressing(second_page(many_messages), "Earlier Page"),
    "sms.scheduled.next": pressing(many_drafts, "Next Page"),
    "sms.scheduled.back": pressing(second_page(many_drafts), "Earlier Page"),
    "sms.card.show": pressing(newest, "Show"),
    "sms.card.confirm": pressing(World.draft_text, "Send"),
    "sms.card.edit": pressing(World.draft_text, "Edit"),
    "sms.card.cancel": pressing(scheduled_text, "Cancel"),
    "sms.card.move": pressing(scheduled_text, "Move"),
    "sms.card.send_now": pressing(held_text, "Send Now"),
    "sms.card.was_sent": pressing(doubtful_text, "It Was Sent"),
    "sms.card.was_not_sent": pressing(doubtful_text, "It Was Not Sent"),
    "sms.card.pause": pressing(a_run, "Pause"),
    "sms.card.resume": pressing(a_paused_run, "Resume"),
    "sms.card.pause_times": pressing(running_times, "Pause"),
    "sms.card.resume_times": pressing(paused_times, "Resume"),
    "sms.card.end": pressing(running_times, "End"),
    "sms.card.again": pressing(cancelled_text, "Draft Again"),
    "sms.card.oops": pressing(submitted_text, "Oops"),
    "sms.card.correct": pressing(wrong_text, "Write Correction"),
    "sms.card.let_through": pressing_as(MAX, correction, "Let Through Freeze"),
    "sms.send.form": submitting("send", {"phone": "2065550100", "text": "Hello"}),
    "sms.campaign.form": submitting("campaign Spring sale", {"group": "weekly"}),
    "sms.test.form": submitting("test", {"message": "Spring sale"}),
    "sms.create.form": submitting("create autumn", {"text": "Hello"}),
    "sms.subscribe.form": submitting("subscribe", {"phone": "206 555 0100"}),
    "sms.contact.form": submitting("contact", {"email": "jon@example.com", "phone": "206 555 0177"}),
    "sms.bulk.form": a_list,
    "sms.stop.form": submitting("stop 206 555 0100", {}),
    "sms.groups.form": registering("groups", {"name": "staff", "again": "staff"}),
    "sms.senders.form": registering("senders", {"code": "54321", "label": "New line"}),
    "sms.groups.add": changing("groups"),
    "sms.groups.remove": changing("groups", "weekly"),
    "sms.senders.add": changing("senders"),
    "sms.senders.remove": changing("senders", "12345"),
    "sms.create.mend": a_quote_to_mend,
    "sms.stop.shortcut": a_message_menu,
    "sms.card.move_form": a_move,
    "sms.card.straighten": pressing(a_quote_of_a_draft, "Make Quotes Straight"),
    "sms.card.second_form": a_second_look,
    "sms.card.correction": a_correction,
    "typing create.text": a_text_being_typed,
    "typing campaign.repeats": a_campaign_being_described({"repeats": "daily"}),
    "typing campaign.first": a_repeating_campaign_being_described({"first": "2099-01-01"}),
    "typing campaign.at": a_repeating_campaign_being_described({"at": "11:30"}),
    "typing bulk.action": a_list_being_described({"action": "stop"}),
    "typing bulk.text": a_list_being_described({"text": "Hello"}),
    "search campaign.message": searching("campaign", "sale"),
    "search test.message": searching("test", "sale"),
    "event app_uninstalled": telling("app_uninstalled"),
    "sms.stats.run": typing("stats"),
    "sms.stats.days7": pressing(some_stats, "7 Days"),
    "sms.stats.days30": pressing(seven_days, "30 Days"),
    "sms.stats.days90": pressing(some_stats, "90 Days"),
    "sms.stats.turn": pressing(some_stats, "Stopped, and Times"),
    "event app_home_opened": telling("app_home_opened", user=OLIVE, tab="home"),
    "sms.home.channel": a_channel_to_choose,
    "event tokens_revoked": telling("tokens_revoked", tokens={"oauth": [], "bot": ["U0BOT"]}),
}
OTHER_WAYS: dict[str, Step] = {
    "the form of send": typing("send"),
    "an unknown verb": typing("sned"),
    "edit a campaign": pressing(draft_campaign, "Edit"),
    "a press that is too late": pressing(late_screen, "Send"),
    "a press on a copy": pressing(copy, "Cancel"),
    "a form with errors": submitting("send", {"phone": "12", "text": "Hello"}),
    "the form of test": typing("test"),
    "a list at home": a_list_at_home,
    "a group misspelt": registering("groups", {"name": "staff", "again": "stafff"}),
}


def test_every_listener_is_held_to_it() -> None:
    parts = [*commands.load(), *PARTS]
    listeners = {one.id("run") for one in commands.load()}
    tables = [table for part in parts for table in (part.actions, part.views, part.shortcuts)]
    listeners |= {key for table in tables for key in table}
    listeners |= {f"search {part.name}.{what}" for part in parts for what in part.searches}
    listeners |= {f"typing {part.name}.{what}" for part in parts for what in part.typings}
    listeners |= {f"event {what}" for part in parts for what in part.events}
    assert set(STEPS) == listeners


@contextmanager
def hanging(world: World) -> Iterator[None]:
    """Slack answers nothing but what a listener may call."""
    for method in ({*METHODS} | {"response_url"}) - MAY_CALL:
        for _ in range(MANY):
            world.slack.faults.hold(method)
    yield
    world.slack.faults.clear()


@pytest.mark.parametrize("name", [*STEPS, *OTHER_WAYS])
async def test_a_listener_calls_slack_only_to_open_a_view(sqlite_world: World, name: str) -> None:
    act = await (STEPS | OTHER_WAYS)[name](sqlite_world)
    with hanging(sqlite_world):
        answer = await act()
    if isinstance(answer, list):
        assert answer  # options to choose from
    else:
        assert answer and answer.ok and answer.ms < IN_TIME, answer
