"""The chains of evidence: what is altered, missing, reordered or added is named, whatever it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from bot import digests
from bot.database import Database
from bot.digests import digest
from bot.evidence import evidence, record
from bot.freeze import lift, pull
from bot.sends import Content, Sends, State
from bot.verify import Verdict, verify
from tests.sends.desk import (
    CAMPAIGN,
    CONTACT,
    CREATE,
    DUE,
    LATER,
    START,
    SUBSCRIBE,
    TEXT,
    TWO_PHONES,
    Desk,
    ask,
)

TOMORROW = START + timedelta(days=1)
Tamper = Callable[[Connection, Any], None]

LATE = {"rule": "late", "severity": "stop", "sentence": "late"}


async def lived(desk: Desk) -> str:
    """A text with its whole life, and others beside it; its id."""
    await desk.draft(replace(TEXT, phone="12065550199"), request="first")
    claimed = await desk.sending()
    await desk.outcome(DUE, claimed, State.SUBMITTED, None, {"raw": "SUCCESS é ☕"})
    assert await desk.sends.freeze(ask(request="freeze"), "wrong price")
    assert await desk.sends.unfreeze(ask(request="lift"))
    return claimed.id


async def verdict(desk: Desk) -> Verdict:
    return await desk.database.read(verify)


async def make_digest(desk: Desk, now: Any = TOMORROW) -> None:
    while await desk.database.write(digests.make, now):
        pass


async def row(desk: Desk, send_id: str, place: int) -> Any:
    where = (evidence.c.chain == send_id, evidence.c.place == place)
    return await desk.database.read(lambda c: c.execute(select(evidence).where(*where)).one())


async def alter(desk: Desk, row_id: int, **values: Any) -> None:
    await desk.database.write(
        lambda c: c.execute(update(evidence).where(evidence.c.id == row_id).values(values)) and None
    )


async def test_what_was_written_is_proven(desk: Desk) -> None:
    await lived(desk)
    found = await verdict(desk)
    assert (found.rows, found.chains, found.unchained, found.wrong) == (7, 3, 0, None)


async def test_each_row_says_to_whom(desk: Desk) -> None:
    send = await desk.get(await lived(desk))
    assert {(await row(desk, send.id, place)).person_id for place in (1, 2, 3, 4)} == {send.person_id}


def flipped(value: Any) -> Any:
    """One byte or one bit of it is another one."""
    if isinstance(value, str):
        return chr(ord(value[0]) ^ 1) + value[1:] if value else "a"
    if isinstance(value, int):
        return value ^ 64
    if isinstance(value, dict):
        return value | {"more": 1}
    return "a" if value is None else value + timedelta(microseconds=1)


SAID = ("at", "who", "what", "detail", "request", "person_id", "prev", "hash", "send_id")
WHERE = ("place", "chain")


@pytest.mark.parametrize("name", [*SAID, *WHERE])
async def test_one_flipped_byte_is_named(desk: Desk, name: str) -> None:
    """In each column of each row; `id` is the database's own and says nothing but the order."""
    send_id = await lived(desk)
    other = await desk.draft(replace(TEXT, phone="12065550177"))
    await make_digest(desk)
    for place in (1, 2, 3, 4):
        was = await row(desk, send_id, place)
        # the database itself refuses the id of no send
        changed = other.id if name == "send_id" else flipped(getattr(was, name))
        await alter(desk, was.id, **{name: changed})
        wrong = (await verdict(desk)).wrong or ""
        named = send_id if name in WHERE else f"{send_id}, row {place} ("  # missing here, or wrong there
        assert named in wrong, (place, wrong)
        await alter(desk, was.id, **{name: getattr(was, name)})
        assert (await verdict(desk)).wrong is None


async def test_a_text_that_is_not_the_one_that_was_confirmed_is_named(desk: Desk) -> None:
    send_id = await lived(desk)
    wrong = f"{send_id}: its text, audience, sender code or names are not what was confirmed."
    for values in ({"text": "Hellp"}, {"sender": "12345"}, {"text": None, "erased_at": LATER}):
        before = await desk.get(send_id)
        await desk.change(send_id, **values)
        assert (await verdict(desk)).wrong == wrong, values
        await desk.change(send_id, **{name: getattr(before, name) for name in values})
    assert (await verdict(desk)).wrong is None


@pytest.mark.parametrize("content", [TEXT, CAMPAIGN, TWO_PHONES, SUBSCRIBE, CONTACT, CREATE])
async def test_what_was_edited_and_confirmed_anew_is_proven(desk: Desk, content: Content) -> None:
    send = await desk.scheduled(content)
    edited = await desk.sends.edit(ask(LATER), send.id, send.revision, content)
    assert edited
    assert (await verdict(desk)).wrong is None
    ready = await desk.sends.prepared(LATER, edited, "Hello, edited", [], None)
    assert ready
    assert await desk.sends.confirm(ask(LATER), ready.id, ready.revision, timedelta(hours=4))
    assert (await verdict(desk)).wrong is None
    await desk.change(send.id, text="Hello")
    assert (await verdict(desk)).wrong is not None


async def test_a_stop_on_two_sender_codes_is_proven_all_its_way(desk: Desk) -> None:
    claimed = await desk.stop_sending()
    half = await desk.came_of_leg(START, claimed, "done")
    assert half
    assert await desk.came_of_leg(START, await desk.claimed_again(half, START), "done")
    assert (await verdict(desk)).wrong is None
    people = [(await row(desk, claimed.id, place)).person_id for place in range(1, 6)]
    assert set(people) == {claimed.person_id}


async def test_the_rows_of_a_freeze_are_proven_too(desk: Desk) -> None:
    await lived(desk)
    await desk.database.write(
        lambda c: c.execute(
            update(evidence).where(evidence.c.what == "froze").values(detail={"why": "no reason"})
        )
        and None
    )
    found = await verdict(desk)
    assert found.wrong is not None
    assert f"“{START:%Y-%m-%d}" in found.wrong
    assert "row 1 (froze," in found.wrong


async def test_a_row_that_was_deleted_is_named(desk: Desk) -> None:
    send_id = await lived(desk)
    was = await row(desk, send_id, 2)
    await desk.database.write(lambda c: c.execute(delete(evidence).where(evidence.c.id == was.id)) and None)
    found = await verdict(desk)
    assert found.wrong == (
        f"{send_id}: row 2 is missing. The next one is {send_id}, row 3"
        f" (sending, {DUE:%Y-%m-%d %H:%M:%S} UTC, smsops)."
    )


async def test_a_swapped_pair_is_named(desk: Desk) -> None:
    send_id = await lived(desk)
    first, second = await row(desk, send_id, 2), await row(desk, send_id, 3)
    said = ("who", "what", "detail", "at", "person_id", "request")

    def swap(connection: Connection) -> None:
        for one, other in ((first, second), (second, first)):
            values = {name: getattr(other, name) for name in said}
            connection.execute(update(evidence).where(evidence.c.id == one.id).values(values))

    await desk.database.write(swap)
    found = await verdict(desk)
    assert found.wrong is not None
    assert found.wrong.startswith(f"{send_id}, row 2 (sending,")


async def test_a_pair_that_is_read_in_another_order_is_named(desk: Desk) -> None:
    """The timeline is read by `id`: it must be the order of the chain."""
    send_id = await lived(desk)
    first, second = await row(desk, send_id, 2), await row(desk, send_id, 3)
    await alter(desk, first.id, id=9_999)
    await alter(desk, second.id, id=first.id)
    found = await verdict(desk)
    assert found.wrong is not None
    assert found.wrong.startswith(f"{send_id}, row 3 (sending,")
    assert "another order" in found.wrong


@pytest.mark.parametrize("how", ["behind", "between", "bare", "bare with a hash"])
async def test_a_row_that_was_added_by_hand_is_named(desk: Desk, how: str) -> None:
    send_id = await lived(desk)
    await make_digest(desk)
    last = await row(desk, send_id, 4)
    added = {**last._mapping, "id": None, "what": "cancelled", "place": 5, "prev": last.hash, "request": None}
    del added["id"]
    if how == "between":
        added |= {"place": 3}
        third = await row(desk, send_id, 3)
        await alter(desk, last.id, place=5)
        await alter(desk, third.id, place=4)
    if how.startswith("bare"):
        added |= {"chain": None, "place": None, "prev": None}
        added |= {"hash": None} if how == "bare" else {}
    await desk.database.write(lambda c: c.execute(insert(evidence), added) and None)
    found = await verdict(desk)
    assert found.wrong is not None
    where = "is in no chain" if how.startswith("bare") else f"{send_id}, row {3 if how == 'between' else 5}"
    assert where in found.wrong
    assert "(cancelled," in found.wrong


async def test_a_send_of_which_nothing_is_left_is_named(desk: Desk) -> None:
    send_id = await lived(desk)
    await desk.database.write(
        lambda c: c.execute(delete(evidence).where(evidence.c.send_id == send_id)) and None
    )
    assert (await verdict(desk)).wrong == f"{send_id}: there is no row of it at all."


async def test_what_was_cut_off_the_end_is_named_as_far_as_the_digest_proves(desk: Desk) -> None:
    send_id = await lived(desk)
    await make_digest(desk)
    await desk.database.write(
        lambda c: c.execute(
            delete(evidence).where(evidence.c.chain == send_id, evidence.c.place > 2)
        )
        and None
    )
    found = await verdict(desk)
    assert found.wrong == f"{send_id}: row 3 is missing. The digest of {START:%Y-%m-%d} knew 4 rows."


async def test_a_chain_that_was_made_anew_is_not_the_one_that_the_digest_knew(desk: Desk) -> None:
    """Whoever knows how can write a chain with right hashes; not the one of the digest."""
    send_id = await lived(desk)
    await make_digest(desk)

    def rewrite(connection: Connection) -> None:
        connection.execute(delete(evidence).where(evidence.c.send_id == send_id))
        for what in ("drafted", "confirmed", "sending", "refused"):
            record(connection, at=DUE, who="smsops", what=what, send_id=send_id)

    await desk.database.write(rewrite)
    found = await verdict(desk)
    assert found.wrong is not None
    assert found.wrong.startswith(f"{send_id}, row 4 (refused")
    assert "the digest of" in found.wrong


async def test_each_digest_holds_the_one_before(desk: Desk) -> None:
    await lived(desk)
    await make_digest(desk)
    await desk.draft(replace(TEXT, phone="12065550188"))
    await make_digest(desk, TOMORROW + timedelta(days=1))
    found = await verdict(desk)
    assert [day for day, _ in found.digests] == ["2026-07-01", "2026-07-02"]
    assert found.wrong is None
    first = delete(digest).where(digest.c.day == "2026-07-01")
    await desk.database.write(lambda c: c.execute(first) and None)
    gone = "The digest of 2026-07-02 does not follow the one before it: one is missing."
    assert (await verdict(desk)).wrong == gone


async def test_a_digest_that_was_changed_is_named(desk: Desk) -> None:
    await lived(desk)
    await make_digest(desk)
    for column in (digest.c.heads, digest.c.hash, digest.c.prev, digest.c.upto):
        was = await desk.database.read(lambda c, one=column: c.execute(select(one)).scalar_one())
        for value, is_right in ((flipped(was), False), (was, True)):
            await desk.database.write(
                lambda c, one=column, new=value: c.execute(update(digest).values({one.name: new})) and None
            )
            assert ((await verdict(desk)).wrong is None) is is_right, column


async def test_there_is_one_digest_a_day_and_none_of_a_day_that_is_not_over(desk: Desk) -> None:
    await lived(desk)
    await make_digest(desk, START + timedelta(hours=7))
    assert (await verdict(desk)).digests == ()
    await make_digest(desk)
    await make_digest(desk, TOMORROW + timedelta(hours=1))
    assert len((await verdict(desk)).digests) == 1


async def test_a_digest_is_made_once_and_posted_by_one(desk: Desk) -> None:
    """Also where whoever posts it dies: after a minute another one does, and then nobody."""
    await lived(desk)
    other = Database(desk.database.url.render_as_string(hide_password=False))
    made = await asyncio.gather(
        *(one.write(digests.make, TOMORROW) for one in (desk.database, other)), return_exceptions=True
    )
    assert False in made
    taken = [await one.write(digests.take, TOMORROW) for one in (desk.database, other)]
    (mine,) = [one for one in taken if one]
    assert (mine.day, mine.chains, mine.rows) == ("2026-07-01", 3, 7)
    later = TOMORROW + timedelta(minutes=2)
    assert await other.write(digests.take, later) == mine
    await other.write(digests.posted, later, mine.day)
    assert await other.write(digests.take, later + timedelta(hours=1)) is None
    assert len((await verdict(desk)).digests) == 1
    await other.close()


async def test_rows_of_a_version_without_chains_are_taken_into_one_by_the_first_digest(desk: Desk) -> None:
    send_id = await lived(desk)
    bare = dict.fromkeys(("chain", "place", "prev", "hash"))
    await desk.database.write(
        lambda c: c.execute(update(evidence).where(evidence.c.send_id == send_id).values(bare)) and None
    )
    found = await verdict(desk)
    assert (found.unchained, found.wrong) == (4, None)
    await make_digest(desk)
    found = await verdict(desk)
    assert (found.unchained, found.wrong, found.rows) == (0, None, 7)
    assert [fact.what for fact in await desk.sends.timeline(send_id)][-1] == "submitted"
    old = await row(desk, "before", 3)
    await alter(desk, old.id, who="U0MAX")
    assert "row 3 (sending," in str((await verdict(desk)).wrong)


async def test_a_send_of_before_goes_on_in_a_chain_of_its_own(desk: Desk) -> None:
    send = await desk.scheduled()
    bare = dict.fromkeys(("chain", "place", "prev", "hash"))
    await desk.database.write(lambda c: c.execute(update(evidence).values(bare)) and None)
    assert await desk.sends.cancel(ask(LATER), send.id)
    found = await verdict(desk)
    assert (found.rows, found.unchained, found.wrong) == (1, 2, None)
    assert (await row(desk, send.id, 1)).what == "cancelled"


async def test_five_hundred_at_once_are_each_behind_their_own_row(desk: Desk) -> None:
    sends = [await desk.looked(replace(TEXT, phone=f"120655501{n:02}")) for n in range(20)]
    claims = await desk.sends.claim_all(DUE, [one.id for one in sends], "token")
    assert len(claims.sends) == 20
    found = await verdict(desk)
    assert (found.rows, found.chains, found.wrong) == (60, 20, None)


async def test_two_processes_that_write_at_once_fork_no_chain(desk: Desk) -> None:
    """Moves of one send by two, and records of no send by many sessions at the same time."""
    other = Database(desk.database.url.render_as_string(hide_password=False))
    second = Sends(other)
    for number in range(5):
        send = await desk.looked(replace(TEXT, phone=f"1206555017{number}"))
        await asyncio.gather(
            desk.sends.claim(DUE, send.id), second.claim(DUE, send.id), desk.sends.cancel(ask(DUE), send.id),
            second.cancel(ask(DUE), send.id), second.hold(DUE, send.id, send.revision, LATE, None),
            *(desk.sends.refused(ask(DUE, f"{number}.{n}"), "Objected") for n in range(4)),
            *(second.refused(ask(DUE, f"other {number}.{n}"), "Objected") for n in range(4)),
        )  # fmt: skip
    await other.close()
    found = await verdict(desk)
    assert found.wrong is None
    refused = await desk.database.read(
        lambda c: c.execute(select(evidence.c.id).where(evidence.c.what == "was refused")).all()
    )
    assert len(refused) == 40


async def test_what_is_about_no_send_waits_for_nobody(postgres_url: str) -> None:
    """Two sessions in the middle of their transactions: each has a chain of its own."""
    one, two = Database(postgres_url), Database(postgres_url)
    try:

        def first(connection: Connection) -> None:
            assert pull(connection, "U0MAX", "wrong price", START, "one")
            second()

        def second() -> None:
            with two._writer.begin() as connection:
                record(connection, at=START, who="U0OLIVE", what="was refused", request="two")

        await one.write(first)
        await one.write(lift, "U0MAX", START, "three")
        found = await one.read(verify)
        assert (found.wrong, found.rows) == (None, 3)
        assert found.chains >= 2
    finally:
        await one.close()
        await two.close()
