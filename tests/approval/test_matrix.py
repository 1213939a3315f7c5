"""Who may do what, where: role by verb by channel, role by button on a card and its copies; every cell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

import commands
from bot.sends import Send
from sandbox.slack import Message
from tests.approval.asked import (
    all_drawn,
    approved_everyone,
    awaiting_everyone,
    copy_for,
    dm,
    draft_everyone,
)
from tests.card.test_oops import corrected, ready, submitted_campaign
from tests.steps import (
    ALIEN,
    GUEST,
    cancelled_text,
    doubtful_text,
    draft_campaign,
    held_text,
    press,
    told,
    typed,
)
from tests.world import ANA, MAX, OLIVE, OTTO, SMS, World, open_world

ROLES = (OLIVE, ANA, MAX, OTTO, GUEST, ALIEN)  # operator, approver, admin, outsider, guest, another workspace
HERE, ELSEWHERE, DIRECT = SMS, "C0RANDOM", "their direct messages"

# What somebody reads who is refused: for want of a role, of a place, as no full member, as it is their own.
WORDS = {
    "role": "so nothing was done. Who can: ",
    "place": "Texts are sent from #sms only. Nothing was done here.",
    "guest": "eople of other workspaces can read these cards, but not use them.",
    "own": "so another person has to approve it. Nothing was done.",
}

# Where SMS_CHANNELS is #sms. Verb and channel: operator, approver, admin, outsider, guest, another workspace.
READS = {
    HERE: "yes yes yes role guest guest",
    ELSEWHERE: "place place place role guest guest",
    DIRECT: "place place place role guest guest",
}
SENDS = {
    HERE: "yes role yes role guest guest",
    ELSEWHERE: "place role place role guest guest",
    DIRECT: "place role place role guest guest",
}
ADMINS = {
    HERE: "role role yes role guest guest",
    ELSEWHERE: "role role place role guest guest",
    DIRECT: "role role place role guest guest",
}
ANYWHERE = {
    HERE: "yes yes yes yes yes yes",
    ELSEWHERE: "yes yes yes yes yes yes",
    DIRECT: "yes yes yes yes yes yes",
}
READS_ANYWHERE = {
    HERE: "yes yes yes role guest guest",
    ELSEWHERE: "yes yes yes role guest guest",
    DIRECT: "yes yes yes role guest guest",
}
UNFREEZES = {
    HERE: "role role yes role guest guest",
    ELSEWHERE: "role role yes role guest guest",
    DIRECT: "role role yes role guest guest",
}
STOPS = {
    HERE: "yes role yes role guest guest",
    ELSEWHERE: "yes role yes role guest guest",
    DIRECT: "yes role yes role guest guest",
}
VERBS: dict[str, dict[str, str]] = {
    "menu": ANYWHERE, "help": ANYWHERE,
    "send 2065550100 Hello": SENDS, "campaign": SENDS, "everyone": SENDS, "test Spring sale": SENDS,
    "create": SENDS, "bulk": SENDS, "subscribe 2065550100": SENDS, "contact": SENDS, "stop 2065550100": STOPS,
    "messages": READS, "history": READS, "stats": READS, "scheduled": READS, "show S-000000": READS,
    "groups": READS, "senders": READS,
    "status": READS_ANYWHERE, "people": ADMINS, "freeze": READS_ANYWHERE, "unfreeze": UNFREEZES,
}  # fmt: skip


def cells(table: dict[str, str]) -> list[tuple[str, str, str]]:
    """(channel, person, what is expected) of each cell."""
    return [
        (where, who, cell)
        for where, row in table.items()
        for who, cell in zip(ROLES, row.split(), strict=True)
    ]


def test_every_verb_has_its_row() -> None:
    assert {one.split()[0] for one in VERBS} == {one.name for one in commands.load()}


@pytest.mark.parametrize("verb", VERBS)
async def test_every_verb_in_every_channel(channels_world: World, verb: str) -> None:
    found = {}
    for where, who, cell in cells(VERBS[verb]):
        read = await typed(channels_world, verb, who, dm(who) if where == DIRECT else where)
        found[where, who, cell] = next((name for name, words in WORDS.items() if words in read), "yes")
    assert {key: got for key, got in found.items() if got != key[2]} == {}


Begin = Callable[[World], Awaitable[Message]]


async def own_of_max(world: World) -> Message:
    """What the admin asked for themselves."""
    return await awaiting_everyone(world, MAX)


async def copy_of_max(world: World) -> Message:
    """The copy in the admin's direct messages; nobody else sees it."""
    await awaiting_everyone(world)
    return await copy_for(world, MAX)


async def copy_of_ana(world: World) -> Message:
    await awaiting_everyone(world)
    return await copy_for(world, ANA)


async def scheduled_draft(world: World) -> Message:
    at = int(world.time.now().timestamp()) // 60 * 60 + 7200
    return await draft_campaign(world, when=at)


async def curly_draft(world: World) -> Message:
    return await world.draft_text("It is “ready”")


async def said_oops(world: World) -> Message:
    """The card of a text that Olive said was wrong, and whose correction she has not written."""
    card = await submitted_campaign(world)
    await press(world, card, "Oops")
    await world.slack.close_view(OLIVE)
    return await world.slack.wait_for(lambda: card if "Write Correction" in card.buttons() else None)


async def corrected_text(world: World) -> Message:
    """The card of a correction, in the freeze."""
    _, card = await corrected(world)
    return await ready(world, card, "Send", "Let Through Freeze")


# Card and button: operator (who asked for it), approver, admin, outsider, guest, another workspace; `-` where
# somebody does not see the message.
SEES = "yes yes yes yes guest guest"
PRESSES: dict[tuple[Begin, str], str] = {
    (draft_everyone, "Send"): "yes role yes role guest guest",
    (draft_everyone, "Edit"): "yes role yes role guest guest",
    (draft_everyone, "Cancel"): SEES,
    (awaiting_everyone, "Approve"): "role yes yes role guest guest",
    (awaiting_everyone, "Reject"): "role yes yes role guest guest",
    (awaiting_everyone, "Edit"): "yes role yes role guest guest",
    (awaiting_everyone, "Cancel"): SEES,
    (own_of_max, "Approve"): "role yes own role guest guest",
    (own_of_max, "Reject"): "role yes yes role guest guest",
    (own_of_max, "Edit"): "yes role yes role guest guest",
    (own_of_max, "Cancel"): SEES,
    (copy_of_ana, "Approve"): "- yes - - - -",
    (copy_of_ana, "Reject"): "- yes - - - -",
    (copy_of_ana, "Edit"): "- role - - - -",
    (copy_of_ana, "Cancel"): "- yes - - - -",
    (copy_of_max, "Approve"): "- - yes - - -",
    (copy_of_max, "Reject"): "- - yes - - -",
    (copy_of_max, "Edit"): "- - yes - - -",
    (copy_of_max, "Cancel"): "- - yes - - -",
    (approved_everyone, "Cancel"): SEES,
    (approved_everyone, "Move"): "yes role yes role guest guest",
    (approved_everyone, "Edit"): "yes role yes role guest guest",
    (held_text, "Send Now"): "yes role yes role guest guest",
    (held_text, "Move"): "yes role yes role guest guest",
    (held_text, "Cancel"): SEES,
    (doubtful_text, "It Was Sent"): "yes role yes role guest guest",
    (doubtful_text, "It Was Not Sent"): "yes role yes role guest guest",
    (cancelled_text, "Draft Again"): "yes role yes role guest guest",
    (scheduled_draft, "Schedule"): "yes role yes role guest guest",
    (scheduled_draft, "Edit"): "yes role yes role guest guest",
    (scheduled_draft, "Cancel"): SEES,
    (curly_draft, "Send"): "yes role yes role guest guest",
    (curly_draft, "Make Quotes Straight"): "yes role yes role guest guest",
    (curly_draft, "Edit"): "yes role yes role guest guest",
    (curly_draft, "Cancel"): SEES,
    (submitted_campaign, "Oops"): "yes yes yes role guest guest",
    (said_oops, "Write Correction"): "yes role yes role guest guest",
    (corrected_text, "Send"): "yes role yes role guest guest",
    (corrected_text, "Edit"): "yes role yes role guest guest",
    (corrected_text, "Cancel"): SEES,
    (corrected_text, "Let Through Freeze"): "role role yes role guest guest",
}


@pytest.mark.parametrize(("begin", "button"), PRESSES, ids=lambda one: getattr(one, "__name__", one))
async def test_every_button_by_every_role(sqlite_url: str, begin: Begin, button: str) -> None:
    """All who may not press first, then one who may; who else may press has a world of their own."""
    row = dict(zip(ROLES, PRESSES[begin, button].split(), strict=True))
    may = [who for who, cell in row.items() if cell == "yes"]
    for turn, who in enumerate(may or [None]):
        async with open_world(sqlite_url if not turn else f"{sqlite_url}.{turn}") as world:
            card = await begin(world)
            await all_drawn(world)
            assert set(card.buttons()) == {label for one, label in PRESSES if one is begin}
            for other, cell in row.items() if not turn else ():
                if cell in WORDS:
                    await refused(world, card, button, other, WORDS[cell])
            if who is not None:
                await obeyed(world, card, button, who)


async def refused(world: World, card: Message, button: str, who: str, why: str) -> None:
    """The row is as it was, no modal opens, and the person reads why."""
    before = await world.row()
    await press(world, card, button, who)
    await told(world, who, why, card.channel)
    after = await world.row()
    assert (after.state, after.revision, after.due_at) == (before.state, before.revision, before.due_at)
    assert world.slack.view(who) is None


async def obeyed(world: World, card: Message, button: str, who: str) -> None:
    """The row has moved or says otherwise, a new draft is there, or a modal is open; nothing was refused."""
    before, rows = said(await world.row()), len(await world.rows())
    await press(world, card, button, who)
    assert said(await world.row()) != before or world.slack.view(who) or len(await world.rows()) > rows


def said(row: Send) -> tuple[object, ...]:
    return row.state, row.text, row.oops_by, row.through_freeze_by


ANYWHERE_PRESSED = {"Cancel", "Oops"}  # to stop something is never a matter of the place


ADMINS_TOO = [one for one, row in PRESSES.items() if row.split()[ROLES.index(MAX)] == "yes"]


@pytest.mark.parametrize(("begin", "button"), ADMINS_TOO, ids=lambda one: getattr(one, "__name__", one))
async def test_every_button_in_a_channel_taken_out(sqlite_url: str, begin: Begin, button: str) -> None:
    """By the admin, who may press each where it is allowed; a copy follows the channel of its send."""
    async with open_world(sqlite_url, SMS_CHANNELS=SMS) as world:
        card = await begin(world)
        await all_drawn(world)
        await world.bot.database.write(lambda c: c.exec_driver_sql("UPDATE send SET channel = 'C0RANDOM'"))
        if button in ANYWHERE_PRESSED:
            await obeyed(world, card, button, MAX)
        else:
            await refused(world, card, button, MAX, WORDS["place"])


async def test_in_a_channel_that_was_taken_out_of_the_settings_nobody_approves(channels_world: World) -> None:
    world = channels_world
    card = await awaiting_everyone(world)
    await all_drawn(world)
    await world.bot.database.write(lambda c: c.exec_driver_sql("UPDATE send SET channel = 'C0RANDOM'"))
    for who, button in ((ANA, "Approve"), (MAX, "Reject")):
        await refused(world, card, button, who, WORDS["place"])
        await refused(world, await copy_for(world, who), button, who, WORDS["place"])
