"""`/sms contact`: a person with e-mail and phone, subscribed to a sender code."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar

from slack_bolt.async_app import AsyncAck

from bot.answers import Channel, open_form
from bot.blocks import field, modal, text_box
from bot.card.drafting import draft_or_edit
from bot.command import Command
from bot.errors import UsageError
from bot.forms import ContentForm, Place
from bot.people import SEND, Person
from bot.phones import normal, written
from bot.picking import group_field, group_problem, sender_field, sender_problem
from bot.sends import Ask, Content, Kind, Send
from bot.wiring import Bot

command = Command(
    "contact",
    summary="a person with e-mail and phone, added to a sender code",
    example="`/sms contact Jon jon@mydomain.com 206 555 0100 weekly` opens the form with these",
    order=54,
    roles=SEND,
    kind=Kind.CONTACT,
)

LIMIT = 100  # characters of a name or key


class ContactForm(ContentForm):
    """What the modal asks."""

    doing: ClassVar[str] = "add people"

    email: str
    phone: str
    first_name: str
    customer_key: str
    country: str
    sender: str
    group: str = ""

    def content(self, bot: Bot, now: datetime) -> Content:
        """What was decided. Raises FieldErrors, all at once."""
        phone = self.check("phone", lambda: normal(self.phone))
        email, first = self.email.strip(), self.first_name.strip() or None
        key, country = self.customer_key.strip() or None, self.country.strip().lower()
        for name, problem in bot.whatcounts.contact_problems(email, first, key, country).items():
            self.complain(name, problem)
        self.complain("sender", sender_problem(bot, self.sender))
        self.complain("group", group_problem(bot, self.group) if self.group else None)
        self.raise_problems()
        return Content(
            Kind.CONTACT, self.sender, phone=phone, email=email, first_name=first, customer_key=key,
            country=country, audience=self.group or None,
        )  # fmt: skip


@command.run
async def contact(bot: Bot, words: str, body: dict[str, Any], ack: AsyncAck, channel: Channel) -> None:
    await open_form(bot, body, contact_view(bot, Place(channel.id), said_in(bot, words)))
    await ack()


def said_in(bot: Bot, words: str) -> dict[str, str]:
    """What was typed, field by field: e-mail, phone, a registered group; what is left over is the name."""
    email = re.search(r"[^\s<>,;:@]+@[^\s<>,;:@]+", words)
    rest = re.split(r"[\s<>,;:]+", words.replace(email[0], " ") if email else words)
    group = next((one.name for one in bot.registry.groups if one.name in rest), "")
    digits = [word for word in rest if word != group and re.fullmatch(r"[+(]*\d[\d().\-/]*", word)]
    names = [word for word in rest if word != group and word not in digits]
    return {
        "email": email[0] if email else "", "phone": _phone(" ".join(digits)), "group": group,
        "first_name": " ".join(names).strip(),
    }  # fmt: skip


def _phone(typed: str) -> str:
    """As people write it; what is no number stays as it was typed, for the form to say so."""
    with suppress(UsageError):
        return written(normal(typed))
    return typed


@command.view("form")
async def submitted(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    await draft_or_edit(ContactForm, bot, view, person, ask, ack)


@command.editor
def edit_view(bot: Bot, send: Send) -> dict[str, Any]:
    said = {
        "email": send.email or "", "phone": send.phone or "", "first_name": send.first_name or "",
        "customer_key": send.customer_key or "", "country": send.country or "", "group": send.audience or "",
    }  # fmt: skip
    return contact_view(bot, Place(send.channel, send.id, send.revision), said, send)


def contact_view(bot: Bot, place: Place, said: dict[str, str], send: Send | None = None) -> dict[str, Any]:
    """The modal, filled in with what was said. It shows e-mail and phone whole, to operators alone."""

    def box(name: str, placeholder: str, limit: int, focus: bool = False) -> dict[str, Any]:
        return text_box(said.get(name, ""), placeholder, limit=limit, focus=focus)

    key_hint = "Needed where the realm knows its customers by a key."
    country = text_box(said.get("country") or "us", "us", limit=2)
    fields = [
        field("email", "E-mail", box("email", "jon@mydomain.com", 254, focus=not said.get("email"))),
        field("phone", "Phone", box("phone", "206 555 0100", 40)),
        field("first_name", "First name", box("first_name", "Jon", LIMIT), optional=True),
        sender_field(bot, send.sender if send else ""),
        *group_field(bot, said["group"], optional=True),
        field("customer_key", "Customer key", box("customer_key", "10442", LIMIT), key_hint, optional=True),
        field("country", "Country", country, "Two letters."),
    ]
    title, submit = ("Edit the contact", "Save") if send else ("Add a contact", "Draft")
    return modal(command.id("form"), title, fields, submit=submit, metadata=place.write())
