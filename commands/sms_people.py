"""`/sms people`: who may do what; admins add and remove people and user groups."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import open_form
from bot.blocks import (
    actions,
    button,
    choice,
    context,
    field,
    modal,
    mrkdwn,
    option,
    person_box,
    plain,
    section,
    text_box,
    values,
)
from bot.command import Command, Reply
from bot.errors import Objected
from bot.forms import Form
from bot.people import ADMIN, Person, mention
from bot.roles import ROLES
from bot.sends import Ask
from bot.settings import is_usergroup
from bot.wiring import Bot

command = Command("people", summary="who may do what; add and remove them", order=59, roles=ADMIN)

NOTE = "Those of the environment are changed there, and cannot be removed here."
SHOWN = 40  # Slack's messages have 50 blocks
MAY = {
    "operator": "*Operators* send",
    "approver": "*Approvers* approve what another person asks for",
    "admin": "*Admins* do both, lift a freeze, change these lists",
}

Entry = tuple[str, dict[str, Any] | None]  # a line of mrkdwn, and its button


class PeopleForm(Form):
    """What the modal asks."""

    role: str
    who: str
    group: str

    def entry(self) -> tuple[str, str]:
        """The role, and the id of a person or of a user group. Raises FieldErrors, all at once."""
        group = re.sub(r"^<!subteam\^([A-Z0-9]+)(\|[^>]*)?>$", r"\1", self.group.strip())
        if self.role not in ROLES:
            self.complain("role", "Choose a role.")
        if bool(self.who) == bool(group):
            self.complain("who", "Choose a person or name a user group, one of the two.")
        if group and not is_usergroup(group):
            self.complain("group", "That is not the id of a user group: it begins with S.")
        self.raise_problems()
        return self.role, self.who or group


@command.run
async def people(bot: Bot, reply: Reply) -> None:
    await _show(bot, reply)


async def _show(bot: Bot, reply: Reply, said: str = "", *, replace: bool = False) -> None:
    await bot.people.roles.refresh()
    found = [entry for role in ROLES for entry in entries(bot, role)]
    lines = [line for line, _ in found]
    blocks = [section(line, press) for line, press in found[:SHOWN]]
    blocks += [section("\n".join(lines[at : at + 10])) for at in range(SHOWN, len(lines), 10)]
    blocks += [context(f"{said} {NOTE}".strip()), actions("people", [button("Add", command.id("add"))])]
    await reply("\n".join([*lines, f"{said} {NOTE}".strip()]), blocks, replace=replace)


def entries(bot: Bot, role: str) -> list[Entry]:
    """The role, then a line for each who holds it: from the environment, or given in Slack."""
    settings = bot.settings
    said = {"operator": settings.operators, "approver": settings.approvers, "admin": settings.admins}[role]
    name = f"SMS_{role.upper()}S"
    fixed = ["every full member"] if said.anyone else []
    fixed += [mention(one) for one in (*said, *sorted(said.groups))]
    found: list[Entry] = [(f"{one} · from {name}", None) for one in fixed]
    found += [
        (f"{mention(one.who)} · added by {mention(one.by)}", _remove(role, one.who))
        for one in bot.people.roles.given
        if one.role == role
    ]
    return [(f"{MAY[role]}: {'' if found else 'nobody'}".rstrip(), None), *found]


def _remove(role: str, who: str) -> dict[str, Any]:
    ask = {
        "title": plain("Remove it?"),
        "text": mrkdwn(f"{mention(who)} is no {role} any more, but for the environment and user groups."),
        "confirm": plain("Remove"),
        "deny": plain("Back"),
    }
    return button("Remove", command.id("remove"), f"{role} {who}", confirm=ask)


@command.action("add")
async def add(bot: Bot, body: dict[str, Any], person: Person, ack: AsyncAck) -> None:
    bot.people.require(person, ADMIN, "change who may do what")
    await open_form(bot, body, people_view())
    await ack()


@command.view("form")
async def added(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, reply: Reply) -> None:
    bot.people.require(person, ADMIN, "change who may do what")
    role, who = PeopleForm.read(values(view)).entry()
    is_new = await bot.people.roles.give(ask.who, ask.at, ask.request, role, who)
    await reply(f"{mention(who)} is an {role} now." if is_new else f"{mention(who)} was an {role} already.")


@command.action("remove")
async def remove(bot: Bot, words: str, person: Person, ask: Ask, reply: Reply) -> None:
    bot.people.require(person, ADMIN, "change who may do what")
    role, _, who = words.partition(" ")
    if not await bot.people.roles.take(ask.who, ask.at, ask.request, role, who):
        raise Objected(f"{mention(who)} is no {role} by this list any more. Nothing was done.")
    said = f"{mention(who)} is removed. What they approved and has not left yet waits for approval again."
    await _show(bot, reply, said if role != "operator" else f"{mention(who)} is removed.", replace=True)


def people_view() -> dict[str, Any]:
    """The modal: a role, and a person or a user group."""
    roles = [option(role.capitalize(), role) for role in ROLES]
    fields = [
        field("role", "Role", choice(roles)),
        field("who", "Person", person_box(), "A full member of this workspace.", optional=True),
        field(
            "group", "Or a user group", text_box("", "S0123ABCD", limit=60),
            "Its id: in Slack, under People, User groups, Copy group ID.", optional=True,
        ),
    ]  # fmt: skip
    return modal(command.id("form"), "Who may do what", fields, submit="Add")
