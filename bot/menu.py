"""The buttons of what a person may do, as the menu and App Home show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.blocks import button, mrkdwn, plain
from bot.command import Command, usable
from bot.people import Person


def offered(commands: Mapping[str, Command], person: Person, frozen: bool) -> list[Command]:
    """What has a button for this person, in the order of use."""
    useless = "freeze" if frozen else "unfreeze"
    return [one for one in usable(commands, person) if one.in_menu and one.name != useless]


def press(one: Command) -> dict[str, Any]:
    """Its button; one that everybody feels asks first."""
    label = one.name.capitalize()
    if not one.confirm:
        return button(label, one.id("run"))
    ask = {
        "title": plain(f"{label} all sends?"),
        "text": mrkdwn(one.confirm),
        "confirm": plain(label),
        "deny": plain("Back"),
    }
    return button(label, one.id("run"), style="danger", confirm=ask)
