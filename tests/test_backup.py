"""docs/operating.md, a backup is put back: what it says to type into the database freezes all, on both."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.steps import scheduled_text, sends_asked, submitted_text, typed
from tests.world import MAX, open_world

PAGE = (Path(__file__).parent.parent / "docs" / "operating.md").read_text()


async def test_what_is_typed_freezes_all_until_an_admin_lifts_it(database_url: str) -> None:
    (statement,) = re.findall(r"`(UPDATE [^`]+)`", PAGE)
    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1
    engine.dispose()
    async with open_world(database_url) as world:
        assert "a backup was put back" in await typed(world, "status")
        await scheduled_text(world, "of before")
        world.pass_time(5)
        await world.card("Held:")
        assert sends_asked(world) == 0
        await typed(world, "unfreeze", MAX)
        await submitted_text(world, "of after")
        assert world.texts() == ["of after"]
