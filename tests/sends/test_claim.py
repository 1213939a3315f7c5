"""The claim: each condition of its WHERE alone stops it, and over all processes one wins."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from bot.database import Database
from bot.sends import Sends, State
from bot.sends.work import work
from tests.sends.desk import DUE, Desk, ask

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


async def test_what_is_due_and_was_looked_at_is_claimed(desk: Desk) -> None:
    send = await desk.looked()
    claimed = await desk.sends.claim(DUE, send.id)
    assert claimed
    assert claimed.state is State.SENDING
    assert (claimed.claimed_by, claimed.claimed_at, claimed.attempts) == (desk.database.me, DUE, 1)
    assert claimed.claim


BROKEN: dict[str, dict[str, Any]] = {
    "its sender code is not registered": {"sender": "99999"},
    "its group is not registered": {"audience": "everybody"},
    "it is not due for a moment": {"due_at": DUE + SECOND / 10},
    "it is more than two minutes late": {"due_at": DUE - 2 * MINUTE - SECOND},
    "it has no time": {"due_at": None},
    "nobody has looked": {"looked_at": None},
    "the look is older than 30 s": {"looked_at": DUE - 31 * SECOND},
    "the look lies in the future, since the clock was put back": {"looked_at": DUE + SECOND},
    "the look found another text": {"looked_print": "another"},
    "the look found no text": {"looked_print": None},
    "another text was confirmed": {"confirmed_print": "another"},
    "nothing was confirmed": {"confirmed_print": None},
}


async def test_each_condition_alone_stops_the_claim(desk: Desk) -> None:
    for why, values in BROKEN.items():
        send = await desk.looked()
        await desk.change(send.id, **values)
        before = await desk.all()
        assert await desk.sends.claim(DUE, send.id) is None, why
        assert await desk.all() == before, why


async def test_two_minutes_late_and_a_look_of_30_s_are_just_in_time(desk: Desk) -> None:
    send = await desk.looked()
    await desk.change(send.id, due_at=DUE - 2 * MINUTE, looked_at=DUE - 30 * SECOND)
    assert await desk.sends.claim(DUE, send.id)


async def test_it_is_not_claimed_in_a_freeze_but_after_it(desk: Desk) -> None:
    send = await desk.looked()
    assert await desk.sends.freeze(ask(), "wrong price")
    before = await desk.all()
    assert await desk.sends.claim(DUE, send.id) is None
    assert await desk.all() == before
    assert await desk.sends.unfreeze(ask())
    assert await desk.sends.claim(DUE, send.id)


async def test_an_older_look_does_not_count_for_what_was_edited_meanwhile(desk: Desk) -> None:
    send = await desk.scheduled()
    await desk.change(send.id, revision=send.revision + 1)
    assert not await desk.sends.looked(DUE, send.id, send.revision, send.fingerprint(send.text))
    assert await desk.sends.claim(DUE, send.id) is None


async def test_many_claims_at_once_are_one(desk: Desk) -> None:
    send = await desk.looked()
    claims = await asyncio.gather(*(desk.sends.claim(DUE, send.id) for _ in range(12)))
    assert len([one for one in claims if one]) == 1
    assert (await desk.happened(send.id)).count("sending") == 1
    assert (await desk.get(send.id)).attempts == 1


async def test_two_processes_that_claim_at_once_get_it_once(desk: Desk, database_url: str) -> None:
    other = Database(database_url)
    sends = [(await desk.looked()).id for _ in range(6)]
    claims = [
        store.claim(DUE, send_id) for send_id in sends for store in (desk.sends, Sends(other))
    ]
    won = [one.id for one in await asyncio.gather(*claims) if one]
    await other.close()
    assert sorted(won) == sorted(sends)


async def test_a_claim_and_a_cancel_at_once_are_either_of_the_two(desk: Desk) -> None:
    for _ in range(6):
        send = await desk.looked()
        claimed, cancelled = await asyncio.gather(
            desk.sends.claim(DUE, send.id), desk.sends.cancel(ask(), send.id)
        )
        assert (claimed is None) != (cancelled is None)
        assert (await desk.get(send.id)).state is (State.SENDING if claimed else State.CANCELLED)


async def test_many_confirmations_at_once_are_one(desk: Desk) -> None:
    send = await desk.prepared()
    asks = [ask(request=f"request {n}") for n in range(8)]
    moved = await asyncio.gather(*(desk.sends.confirm(one, send.id, send.revision, SECOND) for one in asks))
    assert len([one for one in moved if one]) == 1
    assert (await desk.happened(send.id)).count("confirmed") == 1


async def test_work_names_what_is_to_be_looked_at_and_what_is_due(desk: Desk) -> None:
    fresh, old, early = await desk.looked(), await desk.looked(), await desk.scheduled()
    await desk.change(old.id, looked_at=DUE - MINUTE)
    await desk.change(early.id, due_at=DUE + MINUTE)
    wanted = await desk.sends.work(DUE, timedelta(minutes=5), 200)
    assert [one.id for one in wanted.due] == [fresh.id]
    assert list(wanted.look) == [old.id]
    assert list(wanted.alarms) == [DUE + MINUTE - 15 * SECOND, DUE + MINUTE]


async def test_two_processes_look_at_what_is_due_at_one_instant_in_an_order_of_their_own(desk: Desk) -> None:
    for _ in range(12):
        await desk.scheduled()
    early = await desk.scheduled()
    await desk.change(early.id, due_at=DUE - SECOND)
    ahead = timedelta(minutes=5)
    orders = [tuple((await desk.database.ask(work, DUE, ahead, 200, me, False)).look) for me in range(1, 7)]
    assert len(set(orders)) > 1
    assert len({frozenset(one) for one in orders}) == 1
    assert {one[0] for one in orders} == {early.id}  # what is due first goes first in each
