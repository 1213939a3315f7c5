"""Bring the cards and their threads up to date: post or edit the one message of each row that is behind."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.answers import respond
from bot.card.picture import picture
from bot.pace import Pace
from bot.sends import TO_MANY, Note, Send, State
from bot.wiring import Bot, slack_problem

log = logging.getLogger(__name__)

CLOSED = (
    "Closed", "not_in_channel", "channel_not_found", "is_archived", "no_permission", "missing_scope",
    "team_access_not_granted", "posting_to_general_channel_denied",
)  # fmt: skip
PASSING = (
    "internal_error", "fatal_error", "service_unavailable", "request_timeout", "invalid_auth", "not_authed",
    "account_inactive", "token_revoked", "token_expired",
)  # fmt: skip
TRIES = 3  # of a first post that Slack refuses in a word of its own
DELETED = ("message_not_found", "cant_update_message", "edit_window_closed")
KNOWN_FOR = 600.0  # seconds for which it is remembered whether a channel is shared
LONGEST_REST = 300.0
BURST = 5  # messages in a channel after a rest, then one a second
SlackError = (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError)


@dataclass
class Drawer:
    """Draws; remembers which methods and rows rest after a failure, and which channels are shared."""

    bot: Bot
    _rests: dict[str, tuple[float, int]] = field(default_factory=dict)  # send, note or chat -> until, times
    _pace: Pace = field(default_factory=lambda: Pace(1, BURST))  # docs.slack.dev, limits
    _shared: dict[str, tuple[float, bool]] = field(default_factory=dict)

    def rests(self, key: str) -> bool:
        return self._rests.get(key, (0.0, 0))[0] > time.monotonic()

    async def draw(self, send_id: str) -> bool:
        """Draw one card; returns whether it is drawn. What Slack does not take now, a later tick draws."""
        if self.rests(send_id) or self.rests("chat"):
            return False
        taken = await self.bot.sends.take_card(self.bot.now(), send_id)
        if taken is None:
            return False
        try:
            freeze = await self.bot.sends.frozen()
            channel, ts = await self._show(taken, freeze.frozen)
        except SlackError as error:
            return await self._failed(taken, error)
        except BaseException:
            await self.bot.sends.card_put_back(send_id)
            raise
        await self.bot.sends.card_drawn(taken, channel, ts, freeze.frozen)
        self._rests.pop(send_id, None)
        self.bot.callers.pop(send_id, None)
        return True

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
        await self._pace.turn(channel)
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
        if _is_closed(said) or (first and times >= TRIES and not _passes(error)):
            await self._elsewhere(taken, said)
        elif said in DELETED:
            await self.bot.sends.card_deleted(taken.id)
        else:
            log.warning("%s: Slack did not take the card: %s", taken.id, said)
            await self.bot.sends.card_put_back(taken.id)
            return False
        self._rests.pop(taken.id, None)
        return True

    async def _elsewhere(self, taken: Send, said: str) -> None:
        """Say why the card is not there: the card of one phone comes to their DM, the rest is cancelled."""
        is_direct = taken.card_channel == taken.asked_by or (taken.card_channel or "").startswith("D")
        if is_direct or taken.state in (
            State.CANCELLED,
            State.EXPIRED,
        ):  # and what is over needs no other place
            log.error("%s: its card can be shown nowhere: %s", taken.id, said)
            await self.bot.sends.card_gone(self.bot.now(), taken)
            return
        why = cannot_post(said, "in the channel where this was asked for")
        why += " Then press Draft Again." if taken.kind in TO_MANY else ""
        note = f"{cannot_post(said, f'in <#{taken.channel}>')} The card came here instead."
        await self.bot.sends.redirect(self.bot.now(), taken, taken.asked_by, why, note)
        if url := self.bot.callers.pop(taken.id, ""):
            text = f"{cannot_post(said, 'here')} The card of {taken.id} came to your direct messages."
            self.bot.chores.start(respond(self.bot, url, {"text": text, "response_type": "ephemeral"}))

    def _rest(self, key: str, error: Exception) -> int:
        """Twice as long each time; as long as Slack says where it does, then nothing else is drawn either.

        Returns how many times in a row it has failed.
        """
        if isinstance(error, SlackApiError) and getattr(error.response, "status_code", 0) == 429:
            length = float(error.response.headers.get("Retry-After", 1))
            self._rests["chat"] = (time.monotonic() + length, 0)
            return 0
        times = self._rests.get(key, (0.0, 0))[1] + 1
        self._rests[key] = (time.monotonic() + min(2.0 ** (times - 1), LONGEST_REST), times)
        return times

    def resting(self) -> int:
        """How many rows rest; as many more have to be looked at, so that they hide no other."""
        return len(self._rests)

    async def post_notes(self) -> bool:
        """Post what belongs into threads; returns whether anything was posted."""
        if self.rests("chat"):
            return False
        taken = await self.bot.sends.take_notes(self.bot.now())
        return any(await asyncio.gather(*(self._post_note(note) for note in taken)))

    async def _post_note(self, note: Note) -> bool:
        """What Slack does not take now stays taken: it is tried again in a while, and holds up no other."""
        await self._pace.turn(note.channel)
        try:
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
            self._rest(f"note {note.id}", error)
            if not _is_closed(said):
                return False
        self._rests.pop(f"note {note.id}", None)
        await self.bot.sends.note_posted(self.bot.now(), note.id)
        return True


class Closed(SlackClientError):
    """The card may not stand in this channel."""


def _is_closed(said: str) -> bool:
    """Whether Slack says that the bot has no business there, now or later."""
    return said in CLOSED or said.startswith("restricted_action")


def _passes(error: Exception) -> bool:
    """Whether it is Slack's trouble or that of the whole app, which another channel would not cure."""
    status = getattr(getattr(error, "response", None), "status_code", 0)
    return not isinstance(error, SlackApiError) or status != 200 or slack_problem(error) in PASSING


def cannot_post(said: str, where: str) -> str:
    """Why the card is not `where` it was asked for, and how to mend it."""
    if said == "Closed":
        return f"Cards are not shown {where}, since people of another company read there."
    return f"smsops may not post {where}. Type /invite @smsops there to mend that."
