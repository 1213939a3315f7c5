"""The account that the demo and the tests start with."""

from __future__ import annotations

import itertools
from datetime import datetime

from sandbox.whatcounts.dates import ZONE
from sandbox.whatcounts.realm import Realm
from sandbox.whatcounts.records import Message

_STOP = "Reply STOP to opt out"

# name, text, label, local time of creation
_MESSAGES = [
    ("welcome", f"Tidewater Coffee: Welcome! We text about once a week. Msg&data rates may apply. {_STOP}",
     "welcome", (2026, 1, 12, 9, 10, 50)),
    ("Spring sale", f"Tidewater Coffee: Spring sale! 20 percent off all beans this week. {_STOP}",
     "promo", (2026, 3, 16, 9, 5, 0)),
    ("Store hours", f"Tidewater Coffee: On Monday we open at 10 and close at 4. {_STOP}",
     "info", (2026, 5, 22, 16, 40, 3)),
    ("Delivery delay", f"Tidewater Coffee: Today's deliveries run about two hours late. Sorry! {_STOP}",
     "info", (2026, 6, 2, 11, 2, 9)),
    ("Flash sale", f"Tidewater Coffee: ☕🎉 Two for one until 6! {_STOP}",
     "promo", (2026, 6, 19, 12, 0, 0)),
    ("New roast", f"Tidewater: “Harbor Fog” is back at last! {_STOP}",
     "promo", (2026, 7, 1, 8, 15, 30)),
    ("Summer festival", "Tidewater Coffee: Saturday on the pier — live music and cold brew, free for the "
     f"first fifty guests. {_STOP}", "promo", (2026, 7, 9, 17, 55, 41)),
    ("Rewards", f"Tidewater Coffee: Your stars are waiting, see https://example.com/s {_STOP}",
     None, (2026, 8, 3, 10, 20, 0)),
]  # fmt: skip

# phone, first name, its groups on the main line
_CONTACTS = [
    ("12065550100", "Ava", ("weekly", "vip")),
    ("12065550101", "Ben", ("weekly",)),
    ("12065550102", "Cleo", ("weekly",)),
    ("12065550103", "Dan", ("vip",)),
    ("12065550104", "Eve", ()),
    ("12065550105", "Finn", ("weekly",)),
]

MAIN_LINE = "2065551212"
SHORT_CODE = "12345"


def sample(name: str, password: str) -> Realm:
    """The sample account: Finn has opted out; Ava and Dan are on the short code too."""
    realm = Realm(name=name, password=password)
    realm.senders = {MAIN_LINE: 3, SHORT_CODE: 5}
    realm.sender_labels = {MAIN_LINE: "Main line", SHORT_CODE: "Short code"}
    realm.groups = {"weekly": 42, "vip": 43, "staff": 44}
    realm.labels = {"welcome": 61, "promo": 62, "info": 63, "sms": 64}
    realm.messages = [
        Message(number, title, text, label, *[datetime(*made, tzinfo=ZONE)] * 2)
        for number, (title, text, label, made) in zip(itertools.count(443), _MESSAGES, strict=False)
    ]
    for phone, first, groups in _CONTACTS:
        contact = realm.add_contact(phone, first, f"{first.lower()}@example.com")
        realm.subscribe(contact, MAIN_LINE, *groups)
        if "vip" in groups:
            realm.subscribe(contact, SHORT_CODE, "vip")
    realm.opt_out("12065550105")
    return realm
