"""What a REST path carries in this account: tried live with odd characters, kept, trusted at each start.

Only a live test can say it: the vendor's pages contradict the servers that such a service stands on. Storing
a message sends no SMS. A class of characters is trusted only where its own message came back in the list of
stored messages, letter for letter, in a run that came to its end.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot import findings
from bot.errors import BotError, Refused, Uncertain
from bot.whatcounts import PROBES, Alphabet, WhatCounts
from bot.wiring import Bot

KEY = "encoding"
PLAIN = "Plain words"  # where these do not arrive, nothing is learned from the rest

By = Literal["path", "form"]


@dataclass(frozen=True)
class Trial:
    """One class of odd characters by one way, in the message `name`, and what came of it.

    `stored` is the text that the list shows, None where the message is not there; `reason` is what WhatCounts
    said against it, "" where it said nothing.
    """

    name: str
    kind: str
    by: By
    stored: str | None = None
    reason: str = ""

    @property
    def sample(self) -> str:
        return PROBES[self.kind].sample

    @property
    def has_arrived(self) -> bool:
        return self.stored == self.sample


@dataclass(frozen=True)
class Run:
    """One live test; what it stored has a name that begins with `stamp`.

    `problem`, a sentence for people, says why it did not come to its end; then there are no trials.
    """

    stamp: str
    trials: tuple[Trial, ...] = ()
    problem: str = ""


async def try_all(whatcounts: WhatCounts, now: datetime) -> Run:
    """Store a message for each class, by REST and by the HTTP API; the list of stored messages decides.

    `whatcounts` is a client that trusts nothing, so that it stores by the HTTP API what it should.
    """
    stamp = f"smsops check {now:%Y-%m-%d}-{secrets.token_hex(2)}"
    trials = [Trial(f"{stamp} {kind}", kind, "path") for kind in PROBES]
    trials += [Trial(f"{stamp} {kind} form", kind, "form") for kind in PROBES]
    try:
        await _store_plain(whatcounts, f"{stamp} plain")
        tried = [await _stored(whatcounts, trial) for trial in trials]
        listed = {message.name: message.text for message in await whatcounts.messages()}
    except BotError as error:
        return Run(stamp, problem=str(error))
    if listed.get(f"{stamp} plain") != PLAIN:
        return Run(stamp, problem="WhatCounts' list does not show even plain words as they were stored.")
    return Run(stamp, tuple(replace(trial, stored=listed.get(trial.name)) for trial in tried))


async def _store_plain(whatcounts: WhatCounts, name: str) -> None:
    """Raises BotError where this account stores not even this, anew and without a doubt."""
    created = await whatcounts.create_message(name, PLAIN)
    if created.is_changed or created.is_reconciled:
        raise Uncertain("WhatCounts did not plainly store even plain words.")


async def _stored(whatcounts: WhatCounts, trial: Trial) -> Trial:
    """The trial with what was said against it; whether it is there the list will say. Raises Unavailable."""
    store = whatcounts.probe_message if trial.by == "path" else whatcounts.create_message
    try:
        await store(trial.name, trial.sample)
    except (Refused, Uncertain) as error:
        return replace(trial, reason=str(error).partition(". ")[0].rstrip("."))
    return trial


async def keep(bot: Bot, run: Run) -> None:
    """Keep which classes arrived by REST, each with what it was tried with. Raises DatabaseError."""
    arrived = {trial.kind: trial.sample for trial in run.trials if trial.by == "path" and trial.has_arrived}
    settings = bot.settings
    found = {"url": settings.whatcounts_url, "realm": settings.whatcounts_realm, "arrived": arrived}
    await bot.database.write(findings.keep, bot.now(), KEY, found)


async def trust_kept(bot: Bot) -> Alphabet:
    """Let the client trust what the last live test of this URL and realm kept. Raises DatabaseError.

    A class whose sample is another one in this version has not been tried, and is not trusted.
    """
    found = await bot.database.read(findings.read, KEY)
    account = (bot.settings.whatcounts_url, bot.settings.whatcounts_realm)
    if found is None or (found["url"], found["realm"]) != account:
        return Alphabet()
    kept = found["arrived"]
    alphabet = Alphabet(frozenset(kind for kind, probe in PROBES.items() if kept.get(kind) == probe.sample))
    bot.whatcounts.trust(alphabet)
    return alphabet
