"""One customer's account: senders, groups, stored messages, contacts, opt-outs; whom a send reaches."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.whatcounts.fields import BusinessError, check_text, normal
from sandbox.whatcounts.journal import Sent
from sandbox.whatcounts.records import Campaign, Contact, Message, OptOut, Subscription


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Realm:
    """The account's state. Phones are eleven digits, `1` first."""

    name: str
    password: str
    id: int = 10
    senders: dict[str, int] = field(default_factory=dict)
    sender_labels: dict[str, str] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    contacts: dict[str, Contact] = field(default_factory=dict)  # by phone
    # By contact, sender and group: ten thousand may be made in one run, and each is looked up first.
    subscriptions: dict[tuple[int, int, int | None], Subscription] = field(default_factory=dict)
    opt_outs: list[OptOut] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    approved_ips: frozenset[str] | None = None  # None: any address may ask
    api_clients: dict[str, str] = field(default_factory=dict)
    customer_keys: bool = False  # a realm that tells its contacts apart by a key of the customer's own
    now: Callable[[], datetime] = _clock
    last_id: int = 499

    @classmethod
    def sample(cls, name: str = "sandbox", password: str = "sandbox") -> Realm:
        """An account with two senders, three groups, six contacts and eight stored messages (`sample.py`)."""
        from sandbox.whatcounts.sample import sample  # the sample is made of this module's classes

        return sample(name, password)

    def copy(self) -> Realm:
        """An account of its own with the same state and the same clock."""
        return copy.deepcopy(self, {id(self.now): self.now})

    # Setting up

    def new_id(self) -> int:
        """An id that nothing else in the account has."""
        self.last_id += 1
        return self.last_id

    def add_sender(self, code: str, label: str | None = None) -> int:
        """The id of the sender code, made when there is none."""
        if label:
            self.sender_labels[code] = label
        return self.senders.setdefault(code, max(self.senders.values(), default=2) + 1)

    def add_group(self, name: str) -> int:
        """The id of the group, made when there is none."""
        return self.groups.setdefault(name, max(self.groups.values(), default=41) + 1)

    def add_label(self, name: str) -> int:
        """The id of the label, made when there is none."""
        return self.labels.setdefault(name, max(self.labels.values(), default=60) + 1)

    def add_contact(self, phone: str, first: str, email: str | None = None) -> Contact:
        """A new contact, in place of one that had the phone; not subscribed to anything yet."""
        contact = Contact(self.new_id(), normal(phone), first, email)
        self.contacts[contact.phone] = contact
        return contact

    def subscribe(self, contact: Contact, sender: str, *groups: str) -> None:
        """Put a contact on a sender code, in these groups or in none."""
        for group in groups or (None,):
            self.add_subscription(contact, self.senders[sender], self.groups[group] if group else None)

    def add_subscription(self, contact: Contact, sender_id: int, group_id: int | None) -> Subscription:
        """A new subscription."""
        made = Subscription(self.new_id(), contact.id, sender_id, group_id)
        return self.subscriptions.setdefault((contact.id, sender_id, group_id), made)

    def opt_out(self, phone: str, sender: str | None = None) -> OptOut:
        """From now on the phone gets nothing from that sender code (None: from any)."""
        made = OptOut(self.new_id(), normal(phone), self.senders[sender] if sender else None)
        self.opt_outs.append(made)
        return made

    def add_message(
        self, name: str, text: str, label: str | None = None, at: datetime | None = None
    ) -> Message:
        """A new stored message, as the web application would make it: without the API's limits."""
        made = at or self.now()
        message = Message(self.new_id(), name, text, label, made, made)
        for each in label.split(",") if label else ():
            self.add_label(each)
        self.messages.append(message)
        return message

    # Asking

    def sender_id(self, code: str) -> int:
        """The sender code's id; BusinessError in the documented words when there is none."""
        if code not in self.senders:
            raise BusinessError(f"Error getting sender with senderCode {code} realmID: {self.id}")
        return self.senders[code]

    def message(self, name: str) -> Message:
        """The stored message of that name; BusinessError in the documented words when there is none."""
        for message in self.messages:
            if message.name == name:
                return message
        raise BusinessError("Message name Not Found.")

    def group_id(self, name: str | None) -> int | None:
        """The group's id; None without a name and for a group that the realm does not have.

        The pages say both "must be defined" and "if incorrect … it is ignored"; this is the worse reading.
        """
        return self.groups.get(name) if name else None

    def is_subscribed(self, contact: Contact, sender_id: int) -> bool:
        """Whether the contact is on the sender code, in whatever group."""
        groups = (None, *self.groups.values())
        return any((contact.id, sender_id, group_id) in self.subscriptions for group_id in groups)

    def is_opted_out(self, phone: str, sender_id: int) -> bool:
        """Whether a send to the phone from that sender reaches nobody."""
        return any(o.phone == phone and o.sender_id in (None, sender_id) for o in self.opt_outs)

    def audience(self, sender_id: int, group_id: int | None) -> list[str]:
        """The phones that a send reaches: each once, none opted out. Without a group: all on the sender."""
        ids = {
            s.contact_id
            for s in self.subscriptions.values()
            if s.sender_id == sender_id and group_id in (None, s.group_id)
        }
        phones = [contact.phone for contact in self.contacts.values() if contact.id in ids]
        return [phone for phone in phones if not self.is_opted_out(phone, sender_id)]

    # Sending

    def text_to_phone(self, phone: str, sender: str, text: str) -> list[Sent]:
        """What a one-off send puts on the handset: one text, or none when it opted out. Needs no contact."""
        phone = normal(phone)
        check_text(text)
        if self.is_opted_out(phone, self.sender_id(sender)):
            return []
        return [Sent(phone, sender, text, None, None, self.now())]

    def text_to_sender(
        self, message: str, sender: str, campaign: str, description: str | None, group: str | None
    ) -> tuple[Campaign, list[Sent]]:
        """What a send to a sender code makes: its campaign, and a text for each handset.

        A group that the realm does not have is ignored like a misspelt key: the send goes to everyone.
        """
        stored, sender_id = self.message(message), self.sender_id(sender)
        if not campaign.strip():
            raise BusinessError("Campaign name cannot be empty.")
        group_id = self.group_id(group)
        made = Campaign(self.new_id(), campaign, description, stored.id, sender_id, group_id, self.now())
        self.campaigns.append(made)
        real_group = group if group_id is not None else None
        texts = [
            Sent(phone, sender, stored.text, campaign, real_group, made.at)
            for phone in self.audience(sender_id, group_id)
        ]
        return made, texts


def known_phones(realm: Realm, sent: Iterable[Sent]) -> dict[str, str]:
    """Every handset's phone and its owner's first name: the contacts', then any other that got a text."""
    owners = {contact.phone: contact.first for contact in realm.contacts.values()}
    return owners | {text.phone: "" for text in sent if text.phone not in owners}
