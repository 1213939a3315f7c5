"""`/sms history [filter]`: what was sent and changed, by whom, to whom, when; in pages, or as a CSV."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import open_form, respond
from bot.blocks import (
    actions,
    both_times,
    button,
    choice,
    day_box,
    escape,
    field,
    modal,
    option,
    person_box,
    section,
    text_box,
    values,
)  # fmt: skip
from bot.card.bulk import of_phone
from bot.card.receipt import line, lines, listed, turning
from bot.command import Command, Reply
from bot.errors import UsageError
from bot.export import send_csv
from bot.filters import begin_of, read
from bot.forms import Form
from bot.people import READ, Person
from bot.sends import Ask, Kind, Send, State
from bot.sends.pages import Cursor
from bot.sends.past import Filter
from bot.wiring import Bot

command = Command(
    "history",
    usage="[filter]",
    summary="what was sent and changed; by person, verb, group, phone, state, day",
    example="`/sms history @ana campaign weekly maybe sent since 2026-11-01`, or `/sms history` and *Filter*",
    order=45,
)

PAGE = 10
ANY = "any"
LABELS = {State.MAYBE_SENT: "may have been sent", State.REFUSED: "not sent"}


@command.run
async def history(bot: Bot, body: dict[str, Any], reply: Reply) -> None:
    typed = (body.get("text") or "").strip()
    words = typed.split(maxsplit=1)[1] if typed.lower().startswith("history ") else ""
    try:
        found = read(words, [one.name for one in bot.registry.groups], bot.settings.timezone, bot.now())
    except UsageError as error:
        raise UsageError(str(error), command.typed) from None
    wanted = found.wanted
    if found.phone is not None:
        wanted = replace(wanted, to=await bot.sends.id_of(found.phone))
        if wanted.to is None:
            await reply("Nothing that is kept went to this number.")
            return
    await reply(*await page(bot, wanted))


@command.action("back")
@command.action("next")
async def turn(bot: Bot, words: str, reply: Reply) -> None:
    cursor, wanted = json.loads(words)
    await reply(*await page(bot, Filter.read(wanted), Cursor.read(cursor)), replace=True)


async def page(bot: Bot, wanted: Filter, cursor: Cursor | None = None) -> tuple[str, list[dict[str, Any]]]:
    """One page, the newest first; text and blocks."""
    found = await bot.sends.past(wanted, cursor, PAGE)
    sends = found.sends
    heading = f"*{describe(bot, wanted)}: {found.numbers() if sends else 'none'}*"
    presses = [button("Filter", command.id("filter"), wanted.write())]
    presses += [button("Export CSV", command.id("export"), wanted.write())] if sends else []
    turns = turning(command.id, found, wanted.write())
    said = lines(sends) | await _of_its_lists(bot, wanted, sends)
    blocks = [section(heading), *listed(said), *turns, actions("history", presses)]
    return "\n".join([heading, *said.values()]), blocks


async def _of_its_lists(bot: Bot, wanted: Filter, sends: Sequence[Send]) -> dict[str, str]:
    """The lines of lists, where one phone is asked for, with what became of that phone in each."""
    runs = {one.id: one for one in sends if one.kind is Kind.BULK}
    if wanted.to is None or not runs:
        return {}
    rows = await bot.runs.of_person(wanted.to, list(runs))
    return {one: f"{line(runs[one])}\n{of_phone(runs[one], row)}" for one, row in rows.items()}


def describe(bot: Bot, wanted: Filter) -> str:
    """What is shown, mrkdwn: `History of campaign, group weekly, since …`."""
    zone = bot.settings.timezone
    parts = [wanted.kind.value] if wanted.kind else []
    parts += [LABELS.get(wanted.state, wanted.state.value)] if wanted.state else []
    parts += [f"group {escape(wanted.audience)}"] if wanted.audience else []
    parts += ["one phone"] if wanted.to is not None else []
    parts += [f"by <@{wanted.who}>"] if wanted.who else []
    parts += [f"since {both_times(wanted.since, zone)}"] if wanted.since else []
    parts += [f"until {both_times(wanted.until, zone)}"] if wanted.until else []
    return "History of " + ", ".join(parts) if parts else "History of everything"


@command.action("export")
async def export(bot: Bot, words: str, body: dict[str, Any], person: Person, ask: Ask, reply: Reply) -> None:
    bot.people.require(person, READ, "export the history")
    wanted = Filter.read(words)
    await bot.sends.exported(ask, wanted)
    url = str(body.get("response_url") or "")
    bot.chores.start(send_csv(bot, person.id, wanted, describe(bot, wanted), url))
    await reply("The export comes to your direct messages.")


class FilterForm(Form):
    """What the modal asks; days are those of the account's zone."""

    who: str | None = None
    verb: str = ANY
    state: str = ANY
    audience: str = ""
    since: str | None = None
    until: str | None = None

    def wanted(self, bot: Bot, to: int | None) -> Filter:
        """The filter; a phone that was typed stays. Raises FieldErrors."""
        if self.since and self.until and self.since > self.until:
            self.complain("until", "This is before the first day.")
        self.raise_problems()
        zone, one_day = bot.settings.timezone, timedelta(days=1)
        return Filter(
            who=self.who,
            kind=None if self.verb in (ANY, "") else Kind(self.verb),
            state=None if self.state in (ANY, "") else State(self.state),
            audience=self.audience.strip() or None,
            to=to,
            since=begin_of(date.fromisoformat(self.since), zone) if self.since else None,
            until=begin_of(date.fromisoformat(self.until) + one_day, zone) if self.until else None,
        )


@command.action("filter")
async def open_filter(bot: Bot, words: str, body: dict[str, Any], ack: AsyncAck) -> None:
    where = str(body.get("response_url") or "")
    await open_form(bot, body, filter_view(bot, Filter.read(words), where))
    await ack()


@command.view("form")
async def filtered(
    bot: Bot, view: dict[str, Any], person: Person, reply: Reply, ack: AsyncAck
) -> None:
    """The list that the form was opened from becomes the one that was asked for."""
    bot.people.require(person, READ, "read the history")
    url, to = json.loads(view["private_metadata"])
    wanted = FilterForm.read(values(view)).wanted(bot, to)
    text, blocks = await page(bot, wanted)
    if not url:  # it was opened from a list in a page: this page becomes the list
        await reply(text, blocks)
        return
    shown = {"text": text, "blocks": blocks, "response_type": "ephemeral", "replace_original": True}
    bot.chores.start(respond(bot, url, shown))
    await ack()


def filter_view(bot: Bot, wanted: Filter, url: str) -> dict[str, Any]:
    """The modal, filled in with what is shown now."""
    zone = bot.settings.timezone
    since = wanted.since.astimezone(zone).date() if wanted.since else None
    until = (wanted.until.astimezone(zone) - timedelta(days=1)).date() if wanted.until else None
    fields = [
        field("who", "Who", person_box(wanted.who, "Anybody"), "Asked for it, or decided about it.", True),
        field("verb", "Verb", _choice({one: one.value for one in Kind}, wanted.kind)),
        field("state", "State", _choice({one: LABELS.get(one, one.value) for one in State}, wanted.state)),
        field("audience", "Group", text_box(wanted.audience or "", limit=75), "Its exact name.", True),
        field("since", "First day", day_box(since), f"In {zone.key}.", True),
        field("until", "Last day", day_box(until), "", True),
    ]
    metadata = json.dumps([url, wanted.to])
    return modal(command.id("form"), "Filter the history", fields, submit="Show", metadata=metadata)


def _choice(labels: Mapping[Any, str], chosen: str | None) -> dict[str, Any]:
    options = [option("Any", ANY), *(option(label.capitalize(), value) for value, label in labels.items())]
    return choice(options, chosen or ANY)
