"""What the emulator shows of itself: the account, what came, what was sent, what may be ordered."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sandbox.whatcounts.commands import COMMANDS
from sandbox.whatcounts.dates import json_date
from sandbox.whatcounts.faults import FAULTS
from sandbox.whatcounts.operations import OPERATIONS
from sandbox.whatcounts.realm import Realm, known_phones

if TYPE_CHECKING:
    from sandbox.whatcounts.emulator import WhatCountsEmulator


def state(emulator: WhatCountsEmulator, last: int | None = None) -> dict[str, Any]:
    """Everything that may be shown: no password is in it. `last` limits requests and texts to the newest."""
    realm, sent, requests = emulator.realm, emulator.sent, emulator.requests
    newest = slice(None) if last is None else slice(max(len(sent) - last, 0), None)
    came = slice(None) if last is None else slice(max(len(requests) - last, 0), None)
    texts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for text in sent[newest]:
        texts[text.phone].append(text.shown())
    handsets = {
        phone: {"name": owner, "texts": texts[phone]} for phone, owner in known_phones(realm, sent).items()
    }
    return {
        "url": emulator.url,
        "handsets": handsets,
        **_account(realm),
        "sent": [text.shown() for text in sent[newest]],
        "requests": [emulator.journal.shown(received) for received in requests[came]],
        "totals": {"sent": len(sent), "requests": len(requests)},
        "faults": emulator.faults.shown(),
        "habits": dict(vars(emulator.habits)),
        "known_faults": {
            name: {"what": spec.what, "stage": spec.stage, "operations": spec.operations}
            for name, spec in FAULTS.items()
        },
        "known_habits": emulator.habits.known(),
        "operations": {name: spec.kind for name, spec in (OPERATIONS | COMMANDS).items()},
    }


def _account(realm: Realm) -> dict[str, Any]:
    return {
        "realm": realm.name,
        "realm_id": realm.id,
        "customer_keys": realm.customer_keys,
        "approved_ips": None if realm.approved_ips is None else sorted(realm.approved_ips),
        "api_clients": sorted(realm.api_clients),
        "senders": {code: realm.sender_labels.get(code, "") for code in realm.senders},
        "groups": dict(realm.groups),
        "labels": dict(realm.labels),
        "messages": [
            {
                "id": m.id,
                "name": m.name,
                "text": m.text,
                "label": m.label,
                "parts": m.parts,
                "created": json_date(m.created_at),
            }
            for m in realm.messages
        ],
        "contacts": _contacts(realm),
        "opt_outs": [
            {"id": one.id, "phone": one.phone, "sender": _code(realm, one.sender_id)}
            for one in realm.opt_outs
        ],
        "campaigns": [
            {
                "id": one.id,
                "name": one.name,
                "description": one.description,
                "message": next((m.name for m in realm.messages if m.id == one.message_id), None),
                "sender": _code(realm, one.sender_id),
                "group": next((name for name, n in realm.groups.items() if n == one.group_id), None),
                "at": one.at.isoformat(),
            }
            for one in realm.campaigns
        ],
    }


def _contacts(realm: Realm) -> list[dict[str, Any]]:
    groups = {number: name for name, number in realm.groups.items()}
    subscribed: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in realm.subscriptions.values():
        place = {"sender": _code(realm, one.sender_id), "group": groups.get(one.group_id or 0)}
        subscribed[one.contact_id].append(place)
    stopped: dict[str, list[str | None]] = defaultdict(list)
    for opt_out in realm.opt_outs:
        stopped[opt_out.phone].append(_code(realm, opt_out.sender_id))
    return [
        {**vars(contact), "subscriptions": subscribed[contact.id], "opted_out": stopped[contact.phone]}
        for contact in realm.contacts.values()
    ]


def _code(realm: Realm, sender_id: int | None) -> str | None:
    return next((code for code, number in realm.senders.items() if number == sender_id), None)
