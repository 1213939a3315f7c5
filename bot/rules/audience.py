"""For whom it is: the firewall before the API, and the opt-outs."""

from __future__ import annotations

from bot.rules.facts import Facts, Objection
from bot.sends import TEXTS, Kind

# What has to be there, and registered; an opt-out also holds on a sender code that is registered no more.
WANTS: dict[Kind, set[str]] = {
    Kind.SEND: {"sender", "phone"},
    Kind.CAMPAIGN: {"sender", "group"},
    Kind.TEST: {"sender", "phone"},
    Kind.CREATE: set(),
    Kind.SUBSCRIBE: {"sender", "phone"},
    Kind.CONTACT: {"sender", "phone"},
    Kind.STOP: {"phone"},
    Kind.EVERYONE: {"sender", "nobody"},
    Kind.BULK: {"sender", "rows"},
    Kind.REPEAT: {"sender", "group"},
}


def firewall(facts: Facts) -> Objection | None:
    """Only registered sender codes and groups; a missing group is an error, never "all" (product.md 5.1).

    The API ignores a group that it does not know and sends to everyone
    (seed page Send Message To Sender Code). So a text without a group and without a phone may only be one
    that was asked for as one to everyone; a kind that is not known here wants all there is.
    """
    send = facts.send
    wants = WANTS.get(send.kind, {"sender", "group", "phone"})
    if "sender" in wants and facts.registry.sender(send.sender) is None:
        return _no(f"The sender code {send.sender} is not registered. Choose a registered one.")
    if "nobody" in wants and (send.audience is not None or send.phone is not None):
        return _no("It is to go to everyone, and names a group or a phone as well. Draft it anew.")
    if ("group" in wants or send.audience is not None) and facts.registry.group(send.audience) is None:
        return _no(f"The group “{send.audience}” is not registered. Choose a registered one.")
    if "rows" in wants and not (send.run and send.run.valid):
        return _no("There is no phone in the file that may be asked for.")
    if "phone" in wants and send.phone is None:
        return _no("There is no phone number.")
    if send.kind in TEXTS and not (send.phone or send.audience or send.kind is Kind.EVERYONE):
        return _no("It names neither a group nor a phone, which WhatCounts would take for everyone.")
    return None


def _no(sentence: str) -> Objection:
    return Objection("audience", "stop", sentence)


def optout(facts: Facts) -> Objection | None:
    """A phone that we stopped is not texted one-off, nor subscribed again (product.md 5.7).

    Whether WhatCounts would subscribe it again is not documented, so it is not tried.
    """
    if facts.stopped is None or facts.send.kind is Kind.STOP:
        return None
    who = "one of these phones" if len(facts.send.legs) > 1 else "this phone"
    return Objection(
        "stopped", "stop",
        f"Somebody stopped {who} on {facts.send.sender} ({facts.stopped.send_id}),"
        " so it is neither texted nor subscribed there.",
    )  # fmt: skip


def bulk_limit(facts: Facts) -> Objection | None:
    """More phones than `SMS_BULK_LIMIT` want another person's look (product.md 5.5)."""
    run, most = facts.send.run, facts.terms.bulk_limit
    if run is None or most is None or run.valid <= most:
        return None
    said = f"It is for {run.valid:,} phones, and over {most:,} (SMS_BULK_LIMIT) another person approves it."
    return Objection("bulk", "person", said)
