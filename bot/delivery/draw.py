"""Bring the cards and their threads up to date: post or edit the one message of each row that is behind.

What Slack has no room for now stays behind, and is asked about again: the rows are the queue, in the order of
who needs them (`cards.undrawn`). So no card waits here behind others, and none holds a hand while it waits.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.card.copies import remove_copy
from bot.card.picture import picture
from bot.delivery.elsewhere import DELETED, Closed, is_closed, passes, send_elsewhere
from bot.sends import Note, Send
from bot.sends.cards import Undrawn
from bot.slack import Resting, retry_after
from bot.wiring import Bot, slack_problem

log = logging.getLogger(__name__)

POST, EDIT = "chat.postMessage", "chat.update"
TRIES = 3  # of a first post that Slack refuses in a word of its own
KNOWN_FOR = 600.0  # seconds for which it is remembered whether a channel is shared
LONGEST_REST = 300.0  # seconds, of a row that Slack refuses
AWAY_REST = 15.0  # of one that met Slack's own trouble, which may be over
LONGEST_WAIT = 5.0  # seconds after which the rows are asked again at the latest
TOGETHER = 20  # calls of one kind that are started at one wake-up: as many edits as Slack takes in a burst
SlackError = (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError)


@dataclass
class Drawer:
    """Draws; remembers which rows rest after a failure, which are behind, and which channels are shared."""

    bot: Bot
    _rests: dict[str, tuple[float, int]] = field(default_factory=dict)  # send or note -> until, times
    _behind: dict[str, Undrawn] = field(default_factory=dict)  # as the rows were at the last wake-up
    _shared: dict[str, tuple[float, bool]] = field(default_factory=dict)

    def rests(self, key: str) -> bool:
        return self._rests.get(key, (0.0, 0))[0] > time.monotonic()

    def with_room(self, behind: Sequence[Undrawn]) -> list[str]:
        """Of these the ids of those that Slack has room for; the others are asked about again when it has."""
        self._behind = {row.id: row for row in behind}
        rooms: dict[tuple[str, bool], int] = {}
        found = []
        for row in behind:
            kind = (row.channel, row.is_urgent)
            if self.rests(row.id):
                continue
            if kind not in rooms:
                rooms[kind] = TOGETHER if self._is_free(row) else 0
            if rooms[kind]:
                rooms[kind] -= 1
                found.append(row.id)
        return found

    def _is_free(self, row: Undrawn) -> bool:
        wait = self.bot.slack.allowance.free_in(_method(row), row.channel, urgent=row.is_urgent)
        return not self._waits(wait)

    def _waits(self, seconds: float) -> bool:
        """Whether it does; then the loop is woken when that is over."""
        if seconds:
            asyncio.get_running_loop().call_later(min(seconds, LONGEST_WAIT), self.bot.wake.set)
        return bool(seconds)

    async def draw(self, send_id: str) -> bool:
        """Draw one card; returns whether it is drawn. What Slack does not take now, a later tick draws."""
        if self.rests(send_id) or not self._has_turn(send_id):
            return False
        taken = await self.bot.sends.take_card(self.bot.now(), send_id)
        if taken is None:
            return False
        try:
            freeze = await self.bot.sends.frozen()
            channel, ts = await self._show(taken, freeze.frozen)
        except SlackError as error:
            return await self._failed(taken, error)
        except BaseException:  # cancelled too: a card that is kept claimed would not be drawn for a while
            await self.bot.sends.card_put_back(send_id)
            raise
        if not await self.bot.sends.card_drawn(taken, channel, ts, freeze.frozen):
            remove_copy(self.bot, channel, ts)
        self._rests.pop(send_id, None)
        self.bot.callers.pop(send_id, None)
        return True

    def _has_turn(self, send_id: str) -> bool:
        """Whether Slack has room for the call that it wants, which is counted then."""
        row = self._behind.get(send_id)
        if row is None:
            return False
        allowance = self.bot.slack.allowance
        return not self._waits(allowance.ask(_method(row), row.channel, urgent=row.is_urgent))

    async def _show(self, send: Send, frozen: bool) -> tuple[str, str]:
        """Post or edit; returns (channel, ts)."""
        text, blocks = picture(send, self.bot.settings, self.bot.registry, frozen)
        if send.card_ts and send.card_channel:
            await self.bot.slack.chat_update(
                channel=send.card_channel, ts=send.card_ts, text=text, blocks=blocks
            )
            return send.card_channel, send.card_ts
        channel = send.card_channel or send.channel
        if channel == send.channel and await self._is_shared(channel):
            raise Closed("shared with another company")
        answer = await self.bot.slack.chat_postMessage(
            channel=channel, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
        )
        return str(answer["channel"]), str(answer["ts"])

    async def _is_shared(self, channel: str) -> bool:
        """Whether people of other companies read there (conversations.info); remembered for a while."""
        if channel.startswith(("D", "U", "W")):  # direct messages, also by the person's id
            return False
        known = self._shared.get(channel)
        if known and known[0] > time.monotonic():
            return known[1]
        await self.bot.slack.allowance.turn("conversations.info")
        answer = await self.bot.slack.conversations_info(channel=channel)
        found = answer["channel"]
        shared = bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared"))
        self._shared[channel] = (time.monotonic() + KNOWN_FOR, shared)
        return shared

    async def _failed(self, taken: Send, error: Exception) -> bool:
        """Put it where it can be drawn; returns whether that is at once, or at a later tick."""
        said = slack_problem(error)
        times = self._rest(taken.id, error)
        first = taken.card_ts is None
        if is_closed(said) or (first and times >= TRIES and not passes(error)):
            await send_elsewhere(self.bot, taken, said)
        elif said in DELETED and taken.erased_at:  # of long ago; it is not posted into the channel anew
            await self.bot.sends.card_gone(self.bot.now(), taken)
        elif said in DELETED:
            await self.bot.sends.card_deleted(taken.id)
        else:
            log.warning("%s: Slack did not take the card: %s", taken.id, said)
            await self.bot.sends.card_put_back(taken.id)
            return False
        self._rests.pop(taken.id, None)
        return True

    def _rest(self, key: str, error: Exception) -> int:
        """Twice as long each time; as long as Slack says where it does, which is no failure of this row.

        Returns how many times in a row it has failed.
        """
        times = self._rests.get(key, (0.0, 0))[1]
        length = error.seconds if isinstance(error, Resting) else retry_after(error)
        if length is None:
            times += 1
            length = min(2.0 ** (times - 1), AWAY_REST if passes(error) else LONGEST_REST)
        self._rests[key] = (time.monotonic() + length, times)
        asyncio.get_running_loop().call_later(length, self.bot.wake.set)
        return times

    def resting(self) -> int:
        """How many rows rest, or wait before others; as many more are looked at, so that they hide none."""
        before = sum(row.is_urgent or not row.is_edit for row in self._behind.values())
        return len(self._rests) + before

    async def post_notes(self) -> bool:
        """Post what belongs into threads; returns whether anything was posted."""
        if self.bot.slack.allowance.free_in(POST, urgent=True):
            return False
        taken = await self.bot.sends.take_notes(self.bot.now())
        return any(await asyncio.gather(*(self._post_note(note) for note in taken)))

    async def _post_note(self, note: Note) -> bool:
        """What Slack does not take now stays taken: it is tried again in a while, and holds up no other."""
        try:
            await self.bot.slack.allowance.turn(POST, note.channel, urgent=True)
            await self.bot.slack.chat_postMessage(
                channel=note.channel,
                thread_ts=note.thread_ts,
                text=note.text,
                unfurl_links=False,
                unfurl_media=False,
            )
        except SlackError as error:
            said = slack_problem(error)
            log.warning("%s: Slack did not take a note: %s", note.send_id, said)
            to_nobody = note.thread_ts is None and not passes(error)  # whom nobody can write to any more
            if not (is_closed(said) or to_nobody):
                return False
        await self.bot.sends.note_posted(self.bot.now(), note.id)
        return True


def _method(row: Undrawn) -> str:
    return EDIT if row.is_edit else POST
