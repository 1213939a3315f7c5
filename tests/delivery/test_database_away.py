"""The database goes away while a request is under way: the answer is kept until it can be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import make_url

from bot.sends import State
from tests.steps import scheduled_text, sends_asked
from tests.world import World, open_world


@contextmanager
def away(postgres: str, url: str) -> Iterator[None]:
    """Every session of that database is ended, and nobody can open another."""
    name = make_url(url).database
    plain = make_url(postgres).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        yield
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())


async def under_way(world: World) -> None:
    """A text whose request WhatCounts has, and answers in a moment."""
    world.whatcounts.faults.next("delay_after", operation="smssendmessagetophone", seconds=0.5)
    await scheduled_text(world)
    world.pass_time(5)
    await world.whatcounts.wait_for(lambda: world.whatcounts.sent)


async def test_an_answer_is_written_when_the_database_is_back(postgres: str, postgres_url: str) -> None:
    async with open_world(postgres_url) as world:
        await under_way(world)
        with away(postgres, postgres_url):
            await world.whatcounts.wait_for(lambda: world.whatcounts.requests[-1].status == 200)
        card = await world.slack.wait_for(lambda: world._card("Submitted", "C0SMS"), timeout=15)
        row = await world.row()
        assert (row.state, row.attempts, row.card_ts) == (State.SUBMITTED, 1, card.ts)
        assert sends_asked(world) == len(world.texts()) == 1


async def test_what_falls_due_while_the_database_is_away_leaves_once_it_is_back(
    postgres: str, postgres_url: str
) -> None:
    async with open_world(postgres_url) as world:
        await scheduled_text(world)
        with away(postgres, postgres_url):
            world.pass_time(5)
            assert "could not be reached" in (await world.slack.command("U0OLIVE", "status")).body
            assert world.texts() == []
        await world.slack.wait_for(lambda: world._card("Submitted", "C0SMS"), timeout=15)
        assert sends_asked(world) == len(world.texts()) == 1
