"""What the card of a bulk run says: the preview of its file, how far it is, how it ended; pure."""

from __future__ import annotations

from datetime import timedelta

from bot.blocks import escape, shorten, their_time
from bot.masks import mask_words
from bot.sends import Send, State
from bot.sends.lines import Outcome, became
from bot.sends.run import DID, Action, PausedBy, RowState, Run, RunState
from bot.settings import Settings

WIDTH = 20  # places of the bar
SHOWN = 8  # hours: a longer time is said in days, too
VERBS = {Action.SEND: "Text", Action.SUBSCRIBE: "Subscribe", Action.STOP: "Stop texting"}


def heading(send: Send) -> str:
    """`Bulk · Text 1,950 phones of spring.csv`, plain text."""
    run = send.run
    if run is None:
        return "Bulk"
    many = f"{run.valid:,} phones" if run.read_at else "the phones"
    return f"Bulk · {VERBS[run.action]} {many} of {shorten(run.file_name, 60)}"


def facts(send: Send, settings: Settings) -> list[tuple[str, str]]:
    """What is in the file, and the time that it takes; mrkdwn."""
    run = send.run
    if run is None or run.read_at is None:
        return []
    said = [f"{run.lines:,} rows, {run.valid:,} phones {_to(run)}"]
    said += [f"{run.duplicates:,} of them twice in the file"] if run.duplicates else []
    said += [f"{run.stopped:,} opted out on {escape(send.sender)}"] if run.stopped else []
    said += [f"{run.invalid:,} without a phone that can be texted"] if run.invalid else []
    rows = [("File", escape(shorten(run.file_name, 60))), ("In it", "\n".join(said))]
    rows += [("Phones", escape(_first_up(run.found_in)))] if run.found_in else []
    bad = "\n".join(f"row {line}: {escape(shorten(why, 100))}" for line, why in run.examples)
    rows += [("First invalid rows", bad)] if bad else []
    rate = settings.rate.send if run.action is Action.SEND else settings.rate.other
    return [*rows, ("It takes", f"{span(timedelta(seconds=run.valid / rate))} at {rate:g} a second")]


def _to(run: Run) -> str:
    return {Action.SEND: "to text", Action.SUBSCRIBE: "to subscribe", Action.STOP: "to stop"}[run.action]


def _first_up(words: str) -> str:
    return words[:1].upper() + words[1:]


def span(length: timedelta) -> str:
    """`2 h 46 min`, `3 min`, `40 seconds`."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 90:
        return f"{seconds} seconds"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"


def bar(run: Run) -> str:
    """How much is over, in text: `[########............] 40%`."""
    part = run.answered / run.valid if run.valid else 1.0
    full = int(WIDTH * part)
    return f"`[{'#' * full}{'.' * (WIDTH - full)}] {int(100 * part)}%`"


def counted(run: Run) -> str:
    """What became of the rows, mrkdwn: `1,200 of 1,950 submitted, 3 refused, 1 may have been submitted`."""
    did = DID[run.action]
    parts = [f"{run.count(RowState.SUBMITTED):,} of {run.valid:,} {did}"]
    more = {
        RowState.REFUSED: "refused", RowState.MAYBE_SENT: f"*may have been {did}*",
    }  # fmt: skip
    parts += [f"{run.count(one):,} {said}" for one, said in more.items() if run.count(one)]
    late = run.count(RowState.SKIPPED) - run.duplicates - run.stopped - run.invalid
    parts += [f"{late:,} left out meanwhile (the report says why)"] if run.counts and late > 0 else []
    return ", ".join(parts)


def progress(send: Send) -> str:
    """How far it is, for a list: `under way, 1,200 of 1,950 submitted`; "" before it began. mrkdwn."""
    run = send.run
    if run is None or run.begun_at is None or send.state not in (State.SENDING, State.CANCELLED):
        return ""
    how = {RunState.PAUSED: "paused, waits for Resume", RunState.CANCELLED: "cancelled"}
    return f"{how.get(run.state, 'under way')}, {counted(run).replace('*', '')}"


def of_phone(send: Send, row: Outcome) -> str:
    """What became of one phone of a list, mrkdwn: `This phone: submitted, Nov 26th 9:03 AM`."""
    when = f", {their_time(row.at)}" if row.at else ""
    return f"This phone: *{escape(mask_words(became(send, row)))}*{when}"


def doubtful(send: Send) -> str:
    """`3 of 1,950 phones may have been submitted`, mrkdwn."""
    run = send.run
    assert run is not None
    return f"{run.count(RowState.MAYBE_SENT):,} of {run.valid:,} phones may have been {DID[run.action]}"


def sending(send: Send) -> str:
    """The state of a run under way, mrkdwn."""
    run = send.run
    assert run is not None
    return f"{_standing(run)}\n{bar(run)}\n{counted(run)}"


def _standing(run: Run) -> str:
    if run.state is RunState.PAUSED:
        return f"{_paused(run)} Nothing more leaves until somebody presses Resume."
    if run.state is RunState.CANCELLED:
        return "*Cancelled.* What is on its way is finished; nothing more leaves."
    if run.state is RunState.RUNNING:
        return f"*Running.* {_left(run)}".strip()
    return "*Waiting for its turn.*" if run.begun_at else "*Starting.*"


def _left(run: Run) -> str:
    """Rate and time left, once they are known."""
    if run.pace <= 0:
        return ""
    left = timedelta(seconds=(run.valid - run.answered) / run.pace)
    return f"{run.pace:.1f} a second, {span(left)} left."


def _paused(run: Run) -> str:
    if run.paused_by is PausedBy.HAND:
        return f"*Paused* by <@{run.paused_who}>."
    when = f" It may go on {their_time(run.next_at)}." if run.next_at else ""
    return f"*Paused:* {escape(run.why or '')}{when}"


def over(send: Send) -> str:
    """How a run ended, mrkdwn."""
    run = send.run
    assert run is not None
    if send.state is State.MAYBE_SENT:
        how = "*Over, in doubt:* nobody knows of some rows. The report names them; look for them in"
        how += " WhatCounts, then press I Have Looked. smsops does not ask for them again."
    elif send.settled_by and run.state is RunState.DONE:
        how = f"*Done* {their_time(send.state_at)}; <@{send.settled_by}> looked for those in doubt."
    elif run.state is RunState.CANCELLED:
        by = f" by <@{run.paused_who}>" if run.paused_who else ""
        how = f"*Cancelled*{by}."
    else:
        how = f"*Done* {their_time(send.state_at)}."
    return "\n".join([how, bar(run), counted(run), *_told(run)])


def _told(run: Run) -> list[str]:
    """What *submitted* means, where something was."""
    if run.action is Action.SEND and run.count(RowState.SUBMITTED):
        return ["WhatCounts took those submitted; it does not tell whether they are delivered."]
    return []


def paused_note(send: Send) -> str:
    """For the thread, where nobody pressed Pause: wakes up who asked. mrkdwn."""
    why = escape((send.run and send.run.why) or "")
    return f"<@{send.asked_by}> {send.id} is paused. {why} Press Resume when it may go on."


def ended_note(send: Send) -> str:
    """For the thread. mrkdwn."""
    run = send.run
    assert run is not None
    how = "was cancelled" if run.state is RunState.CANCELLED else "is over"
    return f"<@{send.asked_by}> {send.id} {how}: {counted(run)}. The report comes to your direct messages."


def report_words(send: Send) -> str:
    """What stands beside the report. mrkdwn."""
    run = send.run
    assert run is not None
    return f"The report of {send.id}, {escape(run.file_name)}: {counted(run)}. Phones are masked."
