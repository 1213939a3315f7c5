"""`Sends`: the moves and questions as one object, each call one transaction of its own."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot import freeze
from bot.database import Database
from bot.evidence import Fact, refuse, timeline
from bot.freeze import Freeze
from bot.registry import What
from bot.sends import (
    ahead,
    approving,
    cards,
    copies,
    ending,
    erasing,
    leaving,
    moves,
    notes,
    oops,
    outcomes,
    questions,
    repeating,
    standing,
    stats,
    unused,
    watches,
    work,
)
from bot.sends.content import Ask, Content
from bot.sends.copies import Copy
from bot.sends.history import Back
from bot.sends.kinds import State
from bot.sends.legs import Came
from bot.sends.notes import Note
from bot.sends.pages import Cursor, Page
from bot.sends.past import Filter, id_of, past, write_exported
from bot.sends.questions import Seen
from bot.sends.row import Send, read
from bot.sends.wanted import Wanted
from bot.sends.watches import Watch


@dataclass(frozen=True)
class Sends:
    """The store of sends. Every call raises DatabaseError when it is away; the slower gets None or False."""

    database: Database

    async def draft(self, ask: Ask, content: Content, channel: str) -> str:
        return await self.database.write(moves.draft, ask, content, channel)

    async def stop(self, ask: Ask, contents: Sequence[Content], channel: str) -> list[str]:
        return await self.database.write(moves.stop, ask, contents, channel)

    async def edit(self, ask: Ask, send_id: str, revision: int, content: Content) -> Send | None:
        return await self.database.write(moves.edit, ask, send_id, revision, content)

    async def prepared(
        self,
        at: datetime,
        seen: Send,
        text: str | None,
        objections: list[dict[str, str]],
        retry_at: datetime | None,
    ) -> Send | None:
        return await self.database.write(moves.prepared, at, seen, text, objections, retry_at)

    async def confirm(
        self, ask: Ask, send_id: str, revision: int, delay: timedelta,
        accepted: moves.Accepted = (), wanted: Wanted | None = None,
    ) -> Send | None:  # fmt: skip
        return await self.database.write(moves.confirm, ask, send_id, revision, delay, accepted, wanted)

    async def release(
        self, ask: Ask, send_id: str, revision: int, delay: timedelta,
        accepted: moves.Accepted = (), wanted: Wanted | None = None,
    ) -> Send | None:  # fmt: skip
        return await self.database.write(moves.release, ask, send_id, revision, delay, accepted, wanted)

    async def make(self, now: datetime, series: str, note: repeating.Missed) -> list[str]:
        return await self.database.write(repeating.make, now, series, note)

    async def occur(
        self, at: datetime, seen: Send, objections: Sequence[Mapping[str, str]],
        stop: Mapping[str, str] | None, note: str | None,
    ) -> Send | None:  # fmt: skip
        return await self.database.write(repeating.occur, at, seen, objections, stop, note)

    async def pause(self, ask: Ask, series: str) -> Send | None:
        return await self.database.write(repeating.pause, ask, series)

    async def resume(self, ask: Ask, series: str, revision: int, delay: timedelta) -> Send | None:
        return await self.database.write(repeating.resume, ask, series, revision, delay)

    async def coming(self, until: datetime) -> list[repeating.Coming]:
        """What the repeating campaigns that run will send before then, made already or not."""
        return await self.database.read(repeating.coming, until)

    async def reschedule(
        self, ask: Ask, send_id: str, revision: int, chosen: datetime, delay: timedelta,
        wanted: Wanted | None = None,
    ) -> Send | None:  # fmt: skip
        return await self.database.write(moves.reschedule, ask, send_id, revision, chosen, delay, wanted)

    async def approve(
        self, ask: Ask, send_id: str, revision: int, delay: timedelta, through_freeze: bool = False
    ) -> Send | None:
        return await self.database.write(approving.approve, ask, send_id, revision, delay, through_freeze)

    async def reject(self, ask: Ask, send_id: str, revision: int, reason: str, note: str) -> Send | None:
        return await self.database.write(approving.reject, ask, send_id, revision, reason, note)

    async def ask_anew(
        self, now: datetime, seen: Send, wanted: Wanted, why: str, objections: Sequence[Mapping[str, str]],
        note: str,
    ) -> Send | None:  # fmt: skip
        return await self.database.write(approving.ask_anew, now, seen, wanted, why, objections, note)

    async def to_remind(self, now: datetime) -> list[Send]:
        return await self.database.read(approving.to_remind, now)

    async def remind(self, now: datetime, about: Send, people: Sequence[str], text: str) -> bool:
        return await self.database.write(approving.remind, now, about, people, text)

    async def cancel(self, ask: Ask, send_id: str, why: str | None = None) -> Send | None:
        return await self.database.write(ending.cancel, ask, send_id, why)

    async def again(self, ask: Ask, old: Send, content: Content) -> str | None:
        return await self.database.write(moves.again, ask, old, content)

    async def expire(self, now: datetime) -> int:
        return await self.database.write(ending.expire, now)

    async def looked(self, now: datetime, send_id: str, revision: int, fingerprint: str) -> bool:
        return await self.database.write(leaving.looked, now, send_id, revision, fingerprint)

    async def hold(
        self, now: datetime, send_id: str, revision: int, objection: Mapping[str, str], note: str | None
    ) -> Send | None:
        return await self.database.write(leaving.hold, now, send_id, revision, objection, note)

    async def claim(
        self, now: datetime, send_id: str, token: str | None = None, waited: timedelta = leaving.NOT_AT_ALL
    ) -> Send | None:
        found = await self.claim_all(now, [send_id], token or secrets.token_hex(8), waited)
        return found.sends[0] if found.sends else None

    async def claim_all(
        self, now: datetime, ids: Sequence[str], token: str, waited: timedelta = leaving.NOT_AT_ALL
    ) -> leaving.Claims:
        """`token` names these claims; who gives it knows them also when the answer to the commit is lost."""
        return await self.database.write(leaving.claim, now, ids, self.database.me, token, waited)

    async def unclaim(self, now: datetime, send_id: str, token: str, why: str) -> bool:
        return await self.database.write(leaving.unclaim, now, send_id, token, why)

    async def untouched(self, now: datetime, claimed: Send, why: str) -> bool:
        return await self.database.write(outcomes.untouched, now, claimed, why)

    async def outcome(
        self, now: datetime, claimed: Send, to: State, why: str | None = None,
        answer: dict[str, Any] | None = None, note: str | None = None,
    ) -> bool:  # fmt: skip
        return await self.database.write_together(outcomes.outcome, now, claimed, to, why, answer, note)

    async def came_of_leg(
        self, now: datetime, claimed: Send, came: Came, why: str | None = None,
        answer: dict[str, Any] | None = None, note: str | None = None, is_denied: bool = False,
    ) -> bool:  # fmt: skip
        return await self.database.write_together(
            outcomes.came_of_leg, now, claimed, came, why, answer, note, is_denied
        )

    async def settle(self, ask: Ask, send_id: str, was_sent: bool) -> Send | None:
        return await self.database.write(ending.settle, ask, send_id, was_sent)

    async def abandon(
        self, now: datetime, note: Callable[[Send], str], in_hand: Callable[[], set[str]],
        of_others: bool = True,
    ) -> list[Send]:  # fmt: skip
        """Claims that nobody is carrying out become `maybe_sent`; returns them.

        `in_hand` tells what this process is sending: asked after the claims were read, so that one that is
        made meanwhile is not among them. `of_others`: also those of processes that died.
        """
        claims, drawers = await self.database.read(questions.in_progress)
        claimers = {claim.by for claim in claims} | drawers
        dead = await self.database.dead(claimers) if claimers and of_others else set()
        if dead:
            await self.database.write(cards.free_cards, dead)
        mine, me = in_hand(), self.database.me
        left = [one for one in claims if one.by in {*dead, me} and one.id not in mine]
        return await self.database.write(outcomes.abandon, now, left, me, note) if left else []

    async def take_card(self, now: datetime, send_id: str) -> Send | None:
        return await self.database.write(cards.take_card, now, send_id, self.database.me)

    async def card_drawn(self, taken: Send, channel: str, ts: str, frozen: bool) -> bool:
        return await self.database.write(cards.card_drawn, taken, channel, ts, frozen)

    async def card_put_back(self, send_id: str) -> None:
        await self.database.write(cards.card_put_back, send_id, self.database.me)

    async def card_gone(self, now: datetime, taken: Send) -> None:
        await self.database.write(ending.card_gone, now, taken)

    async def card_deleted(self, send_id: str) -> None:
        await self.database.write(cards.card_deleted, send_id)

    async def adopt_card(self, send_id: str, channel: str, ts: str) -> Send | None:
        return await self.database.write(cards.adopt_card, send_id, channel, ts)

    async def take_copy(self, now: datetime, copy_id: int) -> tuple[Copy, Send] | None:
        return await self.database.write(copies.take_copy, now, copy_id)

    async def copy_drawn(self, taken: Copy, channel: str | None, ts: str | None) -> bool:
        return await self.database.write(copies.copy_drawn, taken, channel, ts)

    async def is_copy(self, send_id: str, who: str, channel: str, ts: str) -> bool:
        """Whether this message is this person's copy of the card."""
        return await self.database.write(copies.is_copy, send_id, who, channel, ts)

    async def redirect(self, now: datetime, taken: Send, channel: str, why: str, note: str) -> Send | None:
        return await self.database.write(ending.redirect, now, taken, channel, why, note)

    async def take_notes(self, now: datetime) -> list[Note]:
        return await self.database.write(notes.take_notes, now, now - cards.DRAW_HOLDS)

    async def note_posted(self, now: datetime, note_id: int) -> None:
        await self.database.write(notes.note_posted, now, note_id)

    async def oops(self, ask: Ask, send_id: str, note: oops.Incident) -> Send | None:
        return await self.database.write(oops.oops, ask, send_id, note)

    async def correct(self, ask: Ask, wrong: Send, text: str) -> str | None:
        return await self.database.write(oops.correct, ask, wrong, text)

    async def follow(self, now: datetime, stored_id: str) -> str | None:
        return await self.database.write(oops.follow, now, stored_id)

    async def let_through(self, ask: Ask, send_id: str, revision: int, delay: timedelta) -> Send | None:
        return await self.database.write(oops.let_through, ask, send_id, revision, delay)

    async def take_watches(self, now: datetime) -> list[Watch]:
        return await self.database.write(watches.take_watches, now)

    async def watch_booked(self, watch_id: int, message_id: str) -> None:
        await self.database.write(watches.booked, watch_id, message_id)

    async def watch_refused(self, now: datetime, watch: Watch, why: str, note: str) -> None:
        await self.database.write(watches.refused, now, watch, why, note)

    async def watch_waits(self, watch_id: int, until: datetime) -> None:
        await self.database.write(watches.waits, watch_id, until)

    async def watch_closed(self, now: datetime, watch: Watch, note: str | None = None) -> None:
        await self.database.write(watches.closed, now, watch, note)

    async def watch_lost(self, watch: Watch) -> None:
        await self.database.write(watches.lost, watch)

    async def standing_watches(self) -> list[Watch]:
        return await self.database.read(watches.standing)

    async def is_stray_watch(self, send_id: str, message_id: str) -> bool:
        return await self.database.read(watches.is_stray, send_id, message_id)

    async def get(self, send_id: str) -> Send | None:
        return await self.database.read(read, send_id)

    async def of_card(self, channel: str, ts: str) -> Send | None:
        """The send whose card this message is."""
        return await self.database.read(questions.of_card, channel, ts)

    async def timeline(self, send_id: str) -> list[Fact]:
        return await self.database.read(timeline, send_id)

    async def see(self, send_id: str, back: Back, fresh: datetime | None = None) -> Seen | None:
        """The row with what the rules ask about it, as it stands at one moment.

        None too where it was looked at since `fresh`.
        """
        return await self.database.read(questions.see, send_id, back, fresh)

    async def waiting(self, cursor: Cursor | None = None, limit: int = 10) -> Page:
        """What will go, or wants a person: the page, next first."""
        return await self.database.read(questions.waiting, cursor, limit)

    async def waiting_for(self, what: What, name: str) -> int:
        """How many sends that have not left go to this group, or from this sender code."""
        return await self.database.read(questions.waiting_for, what, name)

    async def ahead(self, who: str, now: datetime, until: datetime) -> ahead.Ahead:
        """What waits for this person, what the time until then brings, and what came last."""
        return await self.database.read(ahead.ahead, who, now, until)

    async def recent(self, limit: int) -> list[Send]:
        """The newest sends, whatever became of them."""
        return await self.database.read(questions.recent, limit)

    async def past(self, wanted: Filter, cursor: Cursor | None, limit: int) -> Page:
        """What was, by this filter: the page, newest first."""
        return await self.database.read(past, wanted, cursor, limit)

    async def stats(self, days: Sequence[datetime]) -> stats.Stats:
        """What the record says of the days that begin at these moments; the last one is the end."""
        return await self.database.read(stats.stats, days)

    async def id_of(self, phone: str) -> int | None:
        """The id under which a phone (normal form) is kept; None where it is not."""
        return await self.database.read(id_of, phone)

    async def exported(self, ask: Ask, wanted: Filter) -> None:
        """Write who took what out of the record. Raises Replayed."""
        await self.database.write(write_exported, ask, wanted)

    async def counts(self) -> dict[State, int]:
        """How many sends are in each state."""
        return await self.database.read(questions.counts)

    async def standing(self, now: datetime) -> standing.Standing:
        """The same with every state, and since when the oldest of each waits."""
        return await self.database.read(standing.standing, now)

    async def open_stops(self) -> int:
        """How many opt-outs WhatCounts has not taken although it was asked."""
        return await self.database.read(questions.open_stops)

    async def work(
        self, now: datetime, ahead: timedelta, limit: int, *, was_frozen: bool = False
    ) -> work.Work:
        return await self.database.ask(work.work, now, ahead, limit, self.database.me, was_frozen)

    async def frozen(self) -> Freeze:
        return await self.database.read(freeze.read)

    async def freeze(self, ask: Ask, why: str) -> bool:
        return await self.database.write(freeze.pull, ask.who, why, ask.at, ask.request)

    async def freeze_again(self, ask: Ask) -> bool:
        """Stop what was let through this freeze; False where that is nothing."""
        return await self.database.write(freeze.pull_again, ask.who, ask.at, ask.request)

    async def freeze_for(self, ask: Ask, event: str, why: str) -> bool:
        """The freeze that an event of Slack's pulls, once."""
        return await self.database.write(freeze.hear, event, why, ask.at, ask.request)

    async def refused(self, ask: Ask, why: str) -> None:
        await self.database.write(refuse, ask.who, ask.at, ask.request, why)

    async def forget(self, now: datetime, phone: str) -> erasing.Forgotten:
        return await self.database.write(erasing.forget, now, phone)

    async def erase_old(self, now: datetime, kept_for: timedelta) -> int:
        return await self.database.write(erasing.erase_old, now, kept_for)

    async def erase_unused(self, now: datetime, kept_for: timedelta) -> int:
        """Erase numbers that no send names any more, and watches of long ago; returns how many numbers."""
        after: int | None = 0
        erased = 0
        while after is not None:
            ids, after = await self.database.read(unused.unused, after, now - kept_for)
            if ids:
                erased += await self.database.write(unused.erase_unused, now, ids)
        await self.database.write(unused.erase_watches, now - kept_for)
        return erased

    async def unfreeze(self, ask: Ask) -> bool:
        return await self.database.write(freeze.lift, ask.who, ask.at, ask.request)
