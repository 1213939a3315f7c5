"""What the operations that write change in the account, and when they refuse: one way for both APIs."""

from __future__ import annotations

from sandbox.whatcounts.fields import BusinessError, check_email, check_name, check_text, normal
from sandbox.whatcounts.habits import Habits
from sandbox.whatcounts.realm import Realm
from sandbox.whatcounts.records import Contact, Message, OptOut, Subscription

NOT_SAVED = "Message could not be saved"  # the page is cut after "save": the end is a guess
NO_LABEL = "Error label name not found"
EXISTS = "An SMS Subscription already exists"


def create_message(realm: Realm, name: str, text: str, label: str) -> Message:
    """A new stored message; `label` is a list with commas.

    A label that the realm does not have is told as an error after the message was stored, as both pages say;
    the labels before it are on it.
    """
    check_name(name)
    check_text(text)
    if any(message.name == name for message in realm.messages):
        raise BusinessError(NOT_SAVED)
    made = realm.add_message(name, text)
    for each in filter(None, (word.strip() for word in label.split(","))):
        if each not in realm.labels:
            raise BusinessError(NO_LABEL)
        made.label = f"{made.label},{each}" if made.label else each
    return made


def subscribe_phone(realm: Realm, habits: Habits, phone: str, sender: str, group: str) -> Subscription:
    """Puts a contact on a sender code. An opt-out stays: no page says that this would lift it."""
    phone, sender_id = normal(phone), realm.sender_id(sender)
    contact = realm.contacts.get(phone)
    if not contact and habits.unknown_phone == "refused":
        raise BusinessError(f"Error getting SMS subscriber with phone [{phone}] realmId [{realm.id}]")
    return _subscribe(realm, habits, contact or realm.add_contact(phone, ""), sender_id, group)


def subscribe_contact(
    realm: Realm, habits: Habits, who: dict[str, str], sender: str, group: str
) -> tuple[Contact, Subscription]:
    """The same for `who` (email, phone, country, first, customer_key), made when there is nobody of it."""
    phone, sender_id = normal(who["phone"]), realm.sender_id(sender)
    check_email(who["email"])
    if realm.customer_keys and not who["customer_key"].strip():
        raise BusinessError("Customer Key is required.")
    contact = realm.contacts.get(phone) or realm.add_contact(phone, "")
    made = _subscribe(realm, habits, contact, sender_id, group)
    for name in ("email", "country", "first", "customer_key"):
        setattr(contact, name, who[name] or getattr(contact, name))
    return contact, made


def _subscribe(realm: Realm, habits: Habits, contact: Contact, sender_id: int, group: str) -> Subscription:
    group_id = realm.group_id(group)
    if habits.already_subscribed == "sender":
        is_there = realm.is_subscribed(contact, sender_id)
    else:
        is_there = (contact.id, sender_id, group_id) in realm.subscriptions
    if is_there:
        raise BusinessError(EXISTS)
    return realm.add_subscription(contact, sender_id, group_id)


def stop(realm: Realm, habits: Habits, phone: str, sender: str) -> OptOut:
    """A new opt-out from the sender code; nothing lifts it again."""
    phone, sender_id = normal(phone), realm.sender_id(sender)
    contact = realm.contacts.get(phone)
    is_stranger = not contact or not realm.is_subscribed(contact, sender_id)
    is_second = realm.is_opted_out(phone, sender_id)
    if (is_stranger and habits.stop_stranger == "refused") or (is_second and habits.second_stop == "refused"):
        raise BusinessError(stop_failed(realm, phone))
    return realm.opt_out(phone, None if habits.stop_scope == "realm" else sender)


def stop_failed(realm: Realm, phone: str) -> str:
    """The words of the REST page."""
    return f"An error occurred processing STOP sends for phone [{phone}] realmId [{realm.id}]"
