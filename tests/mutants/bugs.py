"""Bugs that somebody could write: each a small change of the real code, and the tests that must find it.

A change of the code may make an entry fail to apply; then it is written anew for the code as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

MODEL = "tests/model"


@dataclass(frozen=True)
class Edit:
    """`old` stands exactly once in `file`, and is replaced."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Bug:
    """`tests` is what finds it: files, folders, or one test."""

    name: str
    edits: tuple[Edit, ...]
    tests: str = MODEL


CLAIM = "claimed = await bot.sends.claim(bot.now(), send_id, token, waited)"
ASK = "took = await ask_whatcounts(bot, claimed)"
CONFIRM = "bot.sends.confirm(ask, press.send.id, press.revision, bot.delay(press.send.kind))"

BUGS = (
    Bug(
        "lease return: what a dead process claimed is scheduled again",
        (Edit("bot/sends/outcomes.py", "if row.kind == Kind.STOP:", "if row.kind:"),),
    ),
    Bug(
        "read, then write: the claim trusts a state that it read before",
        (
            Edit(
                "bot/sends/leaving.py",
                "(State.SCHEDULED,), State.SENDING, at=now, where=ready,",
                "(State.SCHEDULED, State.SENDING), State.SENDING, at=now, where=ready,",
            ),
            Edit(
                "bot/delivery/leave.py",
                CLAIM,
                "row = await bot.sends.get(send_id)\n"
                "        if row is None or row.state is not State.SCHEDULED:\n"
                f"            return None\n        {CLAIM}",
            ),
        ),
    ),
    Bug(
        "a time-out is taken for a failure",
        (
            Edit(
                "bot/delivery/leave.py",
                "await _doubt(bot, claimed, str(error), _said(error))",
                "await _write(bot, claimed, State.REFUSED, str(error), _said(error))",
            ),
        ),
    ),
    Bug(
        "what is sending can be cancelled",
        (
            Edit(
                "bot/sends/ending.py",
                "move(connection, send_id, OPEN, State.CANCELLED,",
                "move(connection, send_id, (*OPEN, State.SENDING), State.CANCELLED,",
            ),
        ),
    ),
    Bug(
        "the answer to Slack goes out before the row is written",
        (
            Edit(
                "bot/card/presses.py",
                f"moved = await {CONFIRM}",
                f"bot.chores.start({CONFIRM})\n    moved = press.send",
            ),
        ),
        "tests/card/test_written_first.py",
    ),
    Bug(
        "the claim does not ask for the freeze",
        (Edit("bot/sends/leaving.py", "        ~exists(frozen_now()),\n", ""),),
    ),
    Bug(
        "the claim does not ask whether the phone was stopped",
        (Edit("bot/sends/leaving.py", "        ~exists(stopped()),\n", ""),),
    ),
    Bug(
        "the claim is not committed before the request",
        (
            Edit(
                "bot/delivery/leave.py",
                CLAIM,
                "claimed = await bot.sends.get(send_id)\n"
                "        if claimed is None or claimed.state is not State.SCHEDULED:\n"
                "            return None\n"
                "        asyncio.ensure_future(bot.sends.claim(bot.now(), send_id, token, waited))\n"
                "        claimed = __import__('dataclasses').replace(claimed, claim=token)",
            ),
        ),
    ),
    Bug(
        "a request whose answer was lost is made again",
        (
            Edit(
                "bot/delivery/leave.py",
                ASK,
                f"try:\n            {ASK}\n        except Uncertain:\n            {ASK}",
            ),
        ),
    ),
    Bug(
        "an answer that comes late is dropped",
        (
            Edit(
                "bot/sends/outcomes.py",
                "(State.SENDING, State.MAYBE_SENT), to, why=why, answer=answer)",
                "(State.SENDING,), to, why=why, answer=answer)",
            ),
        ),
    ),
    Bug(
        "a card is drawn by whoever comes",
        (
            Edit(
                "bot/sends/cards.py",
                "where(send.c.id == send_id, _behind(now))",
                "where(send.c.id == send_id)",
            ),
        ),
    ),
    Bug(
        "an old claim leaves all the same",
        (
            Edit(
                "bot/delivery/leave.py",
                "if claimed is not None and time.monotonic() - started > CLAIM_HOLDS:",
                "if claimed is not None and False:",
            ),
        ),
    ),
    Bug(
        "somebody confirms what they did not see",
        (
            Edit(
                "bot/sends/moves.py",
                '(State.DRAFT,), revision, delay, "confirmed"',
                '(State.DRAFT,), None, delay, "confirmed"',
            ),
        ),
    ),
    Bug(
        "a process that is told to stop does not wait for the answer",
        (Edit("bot/delivery/loop.py", "self._finish(LEAVING, DRAIN)", "self._finish(LEAVING, 0)"),),
    ),
    Bug(
        "what is known is written once or never",
        (Edit("bot/delivery/leave.py", "if time.monotonic() > deadline:", "if time.monotonic():"),),
    ),
)
