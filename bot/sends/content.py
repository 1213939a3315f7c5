"""What a person decides about a send, and how it lies in the row: people by their id alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert
from sqlalchemy.dialects import postgresql, sqlite

from bot.phones import mask
from bot.sends.hashes import refuse_erased
from bot.sends.kinds import Kind
from bot.sends.legs import Leg
from bot.sends.run import Action
from bot.sends.table import person


@dataclass(frozen=True)
class Ask:
    """Who asks, when (UTC), and by which signed request; a request can move something once."""

    who: str
    at: datetime
    request: str | None = None


@dataclass(frozen=True)
class Content:
    """What a person decides about a send; `chosen_at` None means now.

    Several `phones` (a test) or `senders` (a stop) are legs of one send. `action` and the file, by Slack's id
    and its name, are those of a bulk run.
    """

    kind: Kind
    sender: str = ""
    senders: tuple[str, ...] = ()
    phone: str | None = None
    phones: tuple[str, ...] = ()
    email: str | None = None
    first_name: str | None = None
    customer_key: str | None = None
    country: str | None = None
    text: str | None = None
    audience: str | None = None
    message: str | None = None
    campaign: str | None = None
    description: str | None = None
    label: str | None = None
    chosen_at: datetime | None = None
    corrects: str | None = None
    action: Action | None = None
    file_id: str | None = None
    file_name: str | None = None
    repeats: Mapping[str, str] | None = None  # the rule of a `repeat`, as `Repeat.keep` writes it


# Those of `Content` that are not columns of the row.
_ELSEWHERE = (
    "phone", "phones", "senders", "email", "first_name", "customer_key", "action", "file_id", "file_name",
)  # fmt: skip


def decided(connection: Connection, content: Content) -> dict[str, Any]:
    """The columns that say what was decided; who it is about is kept where only its id is known elsewhere.

    Raises Objected for a number that was stopped there and then erased: it is not kept again.
    """
    _not_erased(connection, content)
    values = {name: value for name, value in asdict(content).items() if name not in _ELSEWHERE}
    legs = _legs(connection, content)
    values |= {"person_id": _phone(connection, content.phone) if content.phone else None}
    values |= {"contact_id": _contact(connection, content), "legs": [asdict(leg) for leg in legs] or None}
    _not_erased(connection, content)  # erased between the two: to keep the number waited until that was done
    return values | ({"person_id": legs[0].person_id, "sender": legs[0].sender} if legs else {})


def _not_erased(connection: Connection, content: Content) -> None:
    """An opt-out may be asked for anew."""
    phones = content.phones or ((content.phone,) if content.phone else ())
    for phone in phones if content.kind is not Kind.STOP else ():
        refuse_erased(connection, phone, content.senders or (content.sender,))


def _legs(connection: Connection, content: Content) -> list[Leg]:
    """A request a phone and sender code; none where there is one request only by its nature."""
    if not content.phones and not content.senders:
        return []
    phones = content.phones or ((content.phone,) if content.phone else ())
    return [
        Leg(_phone(connection, phone), sender, mask(phone))
        for phone in phones
        for sender in content.senders or (content.sender,)
    ]


def _phone(connection: Connection, phone: str) -> int:
    """The id under which everything else knows this phone."""
    upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = upsert(person).values(phone=phone)
    statement = statement.on_conflict_do_update(index_elements=["phone"], set_={"phone": phone})
    return int(connection.execute(statement.returning(person.c.id)).scalar_one())


def _contact(connection: Connection, content: Content) -> int | None:
    """The id of what was said of a contact."""
    if content.email is None:
        return None
    said = {
        "email": content.email,
        "first_name": content.first_name,
        "customer_key": content.customer_key,
    }
    return int(connection.execute(insert(person).returning(person.c.id), said).scalar_one())


def forget_contact(connection: Connection, contact_id: int | None) -> None:
    """What was said of a contact to whom no send refers any more; each send has its own."""
    if contact_id is not None:
        connection.execute(delete(person).where(person.c.id == contact_id))
