"""A loopback server and a client that speaks to it, with short time-outs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.whatcounts import Limits, WhatCounts
from tests.whatcounts.loopback import Loopback

# The sample realm of the vendor's pages.
REALM, PASSWORD = "myAccount", "xyzpwd123"

Make = Callable[..., WhatCounts]


@pytest.fixture
async def server() -> AsyncIterator[Loopback]:
    loopback = Loopback()
    await loopback.start()
    yield loopback
    await loopback.stop()


@pytest.fixture
async def make(server: Loopback) -> AsyncIterator[Make]:
    """Makes clients of the loopback server; what is given replaces the usual arguments."""
    async with AsyncExitStack() as stack:

        def made(**given: Any) -> WhatCounts:
            usual: dict[str, Any] = {
                "url": server.url,
                "realm": REALM,
                "password": PASSWORD,
                "limits": Limits(),
            }
            client = WhatCounts(**usual | given)
            stack.push_async_callback(client.aclose)
            return client

        yield made


@pytest.fixture
def client(make: Make) -> WhatCounts:
    return make()
