"""What the alarm channel reads: which matter, on which card, and what to do; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.alarms import Matter, Told
from bot.blocks import escape, shorten, their_time
from bot.card.about import heading
from bot.card.bulk import doubtful, progress
from bot.card.deeds import nothing, partly
from bot.sends import Send, State
from bot.sends.asking import FAILING, Asking

SHOWN = 10  # lines of one message
THAW = "Find out why, then an admin types `/sms unfreeze`; what came due meanwhile stays held."


def matters(found: Asking) -> list[Matter]:
    """Everything that needs somebody, of the sends."""
    lines = [_of(one) for one in found.sends]
    lines += [Matter(f"paused {one.id}", "paused", _paused(one)) for one in found.paused]
    lines += [Matter(f"refused {one.id}", "refused", _refused(one)) for one in found.refused]
    if found.froze_at is not None:
        said = f"*smsops froze all sends*: {escape(found.why)}. {THAW}"
        lines.append(Matter(f"froze {found.froze_at:%Y-%m-%dT%H:%M:%S}", "fuse", said))
    elif found.failures >= FAILING:
        said = f"*Texts fail*: {found.failures} in a row. At five all sends freeze. Look: `/sms history`."
        lines.append(Matter("failing", "failing", said))
    if found.overdue and found.overdue_since:
        since = their_time(found.overdue_since)
        said = f"*Late*: {found.overdue} due since {since} have not left. See `/sms status`."
        lines.append(Matter("late", "late", said))
    if found.open_stops:
        said = (
            f"*Opt-outs that WhatCounts has not taken*: {found.open_stops}. They hold here, and are asked for"
            " until it takes them. See `/sms scheduled`."
        )
        lines.append(Matter("stops", "stops", said))
    return lines


def silent(process: int, since: datetime) -> Matter:
    """A process lives and its clock does not tick."""
    said = (
        f"*A clock stands still*: a process of smsops has not looked at the sends since {their_time(since)}."
        " It ends by itself after a minute; if it does not, restart it."
    )
    return Matter(f"clock {process}", "clock", said)


def gone(since: datetime, until: datetime) -> Matter:
    """No process ran, and none was stopped in order."""
    said = (
        f"*smsops did not run* from {their_time(since)} to {their_time(until)}, and was not stopped in order."
        " What came due meanwhile is held, or may have been sent; each card says."
    )
    return Matter(f"gone {since:%Y-%m-%dT%H:%M:%S}", "gone", said)


def message(lines: Sequence[Told]) -> str:
    """One message for all that is to be told now, mrkdwn."""
    new = [one.said for one in lines if not one.is_over]
    over = [_ended(one) for one in lines if one.is_over]
    head = "*1 matter needs somebody*" if len(new) == 1 else f"*{len(new)} matters need somebody*"
    return "\n".join([*([head] if new else []), *_some(new), *_some(over)])


def _some(lines: Sequence[str]) -> list[str]:
    shown, more = [f"• {one}" for one in lines[:SHOWN]], len(lines) - SHOWN
    rest = f"• and {more} more: `/sms status` counts them, `/sms history` has what was refused"
    return [*shown, rest] if more > 0 else shown


ENDS = {"held": "is not held any more", "maybe": "is not in doubt any more"}


def _ended(one: Told) -> str:
    """That it is over; of a send not what was said of it, as it may have left since."""
    kind, _, send_id = one.matter.partition(" ")
    if ends := ENDS.get(kind):
        return f"Over: {send_id} {ends}; its card says how it stands"
    return "Over: " + one.said.split(" · ")[0].split(". ")[0].replace("*", "")


def _of(about: Send) -> Matter:
    if about.run is not None and about.state is not State.HELD:
        said = (
            f"*In doubt*: {_named(about)} · {doubtful(about)}: nobody knows. The report names the rows."
            f" Look for them in WhatCounts, then press `I Have Looked` {_place(about)}, once it is over."
        )
        return Matter(f"maybe {about.id}", "maybe_sent", said)
    if about.state is State.MAYBE_SENT:
        said = (
            f"*May have been sent*: {_named(about)} · nobody knows. Do not send it again. Look in WhatCounts,"
            f" then press `It Was Sent` or `It Was Not Sent` {_place(about)}."
        )
        return Matter(f"maybe {about.id}", "maybe_sent", said)
    why = escape(shorten(about.why or "", 200))
    left = (partly(about) or nothing(about)).rstrip(".").lower()
    said = f"*Held, {left}*: {_named(about)} · {why} Decide {_place(about)}."
    return Matter(f"held {about.id}", "held", said)


def _paused(about: Send) -> str:
    why = escape(shorten((about.run and about.run.why) or "", 200))
    return f"*Paused*: {_named(about)} · {progress(about)}. {why} `Resume` or `Cancel` it {_place(about)}."


def _refused(about: Send) -> str:
    why = escape(shorten(about.why or "", 200))
    return f"*Not sent*: {_named(about)} · {why} `Draft Again` {_place(about)}."


def _named(about: Send) -> str:
    return f"{about.id}, {escape(heading(about))}"


def _place(about: Send) -> str:
    channel = about.card_channel or about.channel
    return "on its card" + (f" in <#{channel}>" if channel.startswith(("C", "G")) else " in direct messages")
