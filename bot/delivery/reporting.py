"""The report of a bulk run that is over: a CSV, masked, into the direct messages of who asked for it."""

from __future__ import annotations

import logging
import secrets
import tempfile
from collections.abc import AsyncIterator

from bot.card.bulk import report_words
from bot.export import FAILURES, share
from bot.sends import Send
from bot.sends.lines import Outcome, is_left_open
from bot.sends.run import RowState
from bot.sends.running import REPORT_AGAIN
from bot.sheet import Line, Report
from bot.wiring import Bot, slack_problem

log = logging.getLogger(__name__)

PAGE = 1000
WORDS = {
    RowState.WAITING: "not asked for: the run was cancelled",
    RowState.SENDING: "may have been submitted",
    RowState.SUBMITTED: "submitted",
    RowState.REFUSED: "refused",
    RowState.MAYBE_SENT: "may have been submitted",
    RowState.SKIPPED: "skipped",
}


async def report(bot: Bot) -> bool:
    """Deliver one that is wanted; whether there was one. What Slack does not take is tried again."""
    token = secrets.token_hex(8)
    send = await bot.runs.take_report(bot.now(), token, REPORT_AGAIN)
    if send is None:
        return False
    try:
        with tempfile.TemporaryFile() as file:
            written = Report(file)
            async for one in lines(bot, send):
                written.add(_line(send, one))
            written.finish()
            file.seek(0)
            name = f"smsops-bulk-{send.id}.csv"
            await share(bot, send.asked_by, name, file.read(), report_words(send))
    except FAILURES as error:
        log.warning("%s: its report was not delivered: %s", send.id, slack_problem(error))
        return False
    await bot.runs.reported(bot.now(), send.id, token)
    return True


async def lines(bot: Bot, send: Send) -> AsyncIterator[Outcome]:
    """All lines of the file, in its order, a page at a time."""
    after = 0
    while page := await bot.runs.page(send.id, after, PAGE):
        for one in page:
            yield one
        after = page[-1].line


def _line(send: Send, one: Outcome) -> Line:
    assert send.run is not None
    state = RowState.MAYBE_SENT if is_left_open(send.run, one) else one.state
    return Line(one.line, one.phone, WORDS[state], one.why or "", one.at)
