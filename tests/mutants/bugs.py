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


CLAIM = "return await self._bot.sends.claim_all(self._bot.now(), ids, token, batch[0].waited)"
IS_OLD = "if claim.is_older(bot, CLAIM_HOLDS):"
GUARD = "with may_leave(lambda: not claim.is_older(bot, FIRST_BYTE)):"
HAND = "        async with hands.hand():\n"
ASK = "return await ask_whatcounts(bot, claim.send)"
MOVE = "    await done(bot, ack, await _move(bot, send, ask, found), send.id)\n"

BUGS = (
    Bug(
        "lease return: what a dead process claimed is scheduled again",
        (Edit("bot/sends/outcomes.py", "if one.kind is Kind.STOP:", "if one.kind:"),),
    ),
    Bug(
        "read, then write: the claim trusts a state that it read before",
        (
            Edit(
                "bot/sends/leaving.py",
                "_OF_THESE, send.c.state == State.SCHEDULED, _MAY_LEAVE)",
                "_OF_THESE, send.c.state.in_((State.SCHEDULED, State.SENDING)), _MAY_LEAVE)",
            ),
            Edit(
                "bot/delivery/hands.py",
                CLAIM,
                "rows = [await self._bot.sends.get(one) for one in ids]\n"
                "        ids = [row.id for row in rows if row and row.state == 'scheduled']\n"
                f"        {CLAIM}",
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
                "bot/card/second.py",
                MOVE,
                "    bot.chores.start(_move(bot, send, ask, found))\n"
                "    await done(bot, ack, send, send.id)\n",
            ),
        ),
        "tests/card/test_written_first.py",
    ),
    Bug(
        "the claim does not ask for the freeze",
        (
            Edit(
                "bot/sends/leaving.py",
                "    or_(_let_through, ~exists(frozen_since(send.c.due_at))),\n",
                "",
            ),
        ),
    ),
    Bug(
        "the claim does not ask whether the phone was stopped",
        (Edit("bot/sends/leaving.py", "    ~exists(stopped()),\n", ""),),
    ),
    Bug(
        "the claim is not committed before the request",
        (
            Edit(
                "bot/delivery/hands.py",
                CLAIM,
                "rows = [await self._bot.sends.get(one) for one in ids]\n"
                f"        asyncio.ensure_future({CLAIM.removeprefix('return await ')})\n"
                "        replace = __import__('dataclasses').replace\n"
                "        found = [row for row in rows if row and row.state == 'scheduled']\n"
                "        return Claims([replace(row, claim=token) for row in found], set(), set())",
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
                "where(send.c.id == send_id, behind)",
                "where(send.c.id == send_id)",
            ),
        ),
    ),
    Bug(
        "an old claim leaves all the same",
        (
            Edit("bot/delivery/leave.py", IS_OLD, "if False:"),
            Edit("bot/delivery/leave.py", GUARD, "with may_leave(lambda: True):"),
        ),
    ),
    Bug(
        "a claim that grew old waiting for a hand leaves all the same",
        (
            Edit("bot/delivery/hands.py", "asyncio.timeout(CLAIM_HOLDS)", "asyncio.timeout(None)"),
            Edit("bot/delivery/leave.py", IS_OLD, "if False:"),
            Edit(
                "bot/delivery/leave.py",
                HAND,
                f"        {IS_OLD}\n            raise TooLate(TOO_OLD)\n        {HAND.lstrip()}",
            ),
        ),
    ),
    Bug(
        "who stood still before the first byte goes on as if nothing had been",
        (Edit("bot/delivery/leave.py", GUARD, "with may_leave(lambda: True):"),),
    ),
    Bug(
        "what is in hand is given up as well",
        (Edit("bot/sends/store.py", " and one.id not in mine]", "]"),),
    ),
    Bug(
        "a slot of the throttle is used twice",
        (
            Edit(
                "bot/pace.py",
                "if self._slots is None:\n            earliest",
                "if False:\n            earliest",
            ),
        ),
        "tests/test_pace.py",
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
        (
            Edit(
                "bot/delivery/loop.py",
                'self._finish((*LEAVING, "carry"), DRAIN)',
                'self._finish((*LEAVING, "carry"), 0)',
            ),
        ),
    ),
    Bug(
        "what is known is written once or never",
        (Edit("bot/delivery/writing.py", "if time.monotonic() > deadline:", "if time.monotonic():"),),
    ),
    Bug(
        "a correction leaves in a freeze though it is not what an admin let through",
        (
            Edit(
                "bot/sends/leaving.py",
                "send.c.through_freeze_print == send.c.confirmed_print",
                "send.c.corrects.is_not(None)",
            ),
        ),
        "tests/sends/test_oops.py",
    ),
    Bug(
        "what came due in a freeze leaves at the thaw",
        (Edit("bot/freeze.py", "or_(freeze_row.c.frozen, freeze_row.c.at >= due)", "freeze_row.c.frozen"),),
        "tests/sends/test_oops.py",
    ),
    Bug(
        "who wrote a correction lets it through the freeze",
        (Edit("bot/sends/oops.py", "send.c.asked_by != who, editor != who)", "send.c.id != '')"),),
        "tests/sends/test_oops.py",
    ),
    Bug(
        "an alarm whose booking nobody confirmed is booked again",
        (Edit("bot/delivery/watching.py", "if watch.in_doubt and (known :=", "if False and (known :="),),
        "tests/delivery/test_watching.py",
    ),
    Bug(
        "an alarm stays although its campaign has reported",
        (
            Edit(
                "bot/sends/watches.py",
                "or_(watch.c.booked.is_(None), ~_is_wanted)",
                "watch.c.booked.is_(None)",
            ),
        ),
        "tests/delivery/test_watching.py",
    ),
    Bug(
        "the claim forgets what another person approved, and for when",
        (Edit("bot/sends/leaving.py", "    _APPROVED,\n", ""),),
        "tests/approval/test_races.py::test_an_approval_is_for_one_time",
    ),
    Bug(
        "a campaign without its group is claimed, and goes to everyone",
        (
            Edit(
                "bot/sends/leaving.py",
                "and_(send.c.audience.is_(None), ~_NEEDS_GROUP)",
                "send.c.audience.is_(None)",
            ),
        ),
        "tests/sends/test_firewall.py",
    ),
    Bug(
        "somebody approves what they asked for",
        (Edit("bot/sends/approving.py", "where=and_(*others, ahead, ", "where=and_(ahead, "),),
        "tests/sends/test_approving.py",
    ),
    Bug(
        "one time of a repeating campaign leaves though that is paused, or another is in doubt",
        (Edit("bot/sends/leaving.py", "    MAY_LEAVE,\n", ""),),
        "tests/repeat/test_claim.py",
    ),
    Bug(
        "lease return: the rows of a list that a dead process claimed wait again",
        (
            Edit(
                "bot/sends/rows.py",
                'values = {"state": RowState.MAYBE_SENT, "why": LOST, "answered_at": now}',
                'values = {"state": RowState.WAITING, "why": LOST, "claim": None, "claimed_by": None}',
            ),
        ),
        "tests/bulk/test_runs.py::test_a_row_whose_carrier_is_lost_is_in_doubt_and_never_waits_again",
    ),
    Bug(
        "a row of a list is claimed though the list was paused",
        (Edit("bot/sends/rows.py", "bulk_run.c.state == RunState.RUNNING, ", ""),),
        "tests/bulk/test_claim.py",
    ),
)
