"""An account of another kind than the sample: each habit that the pages leave open is lived with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.errors import NotKnown, Refused
from bot.whatcounts import AlreadySubscribed, WhatCounts
from sandbox.whatcounts import WhatCountsEmulator

EVE, NEW = "12065550104", "12065550177"  # on the main line; whom nobody knows
MAIN, SHORT = "2065551212", "12345"
CALLS: dict[str, Callable[[WhatCounts], Awaitable[Any]]] = {
    "messages": lambda c: c.messages(),
    "create": lambda c: c.create_message("Night hours", "We open at 8", "info"),
    "create by form": lambda c: c.create_message("Late hours", "50% / + é", "info"),
    "subscribe": lambda c: c.add_phone(EVE, SHORT, "weekly"),
    "contact": lambda c: c.add_contact("jon@mydomain.com", NEW, MAIN, group="weekly"),
    "contact by form": lambda c: c.add_contact("jon+x@mydomain.com", NEW, SHORT, group="weekly"),
    "text": lambda c: c.send_to_phone(EVE, MAIN, "Hello"),
    "group": lambda c: c.send_to_group("welcome", MAIN, "vip", "June"),
    "stop": lambda c: c.stop(EVE, MAIN),
}


@pytest.fixture
async def emulator() -> AsyncIterator[WhatCountsEmulator]:
    running = WhatCountsEmulator(password="opensesame")
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def client(emulator: WhatCountsEmulator) -> AsyncIterator[WhatCounts]:
    emulator.realm.api_clients["bot"] = "s3cret"
    made = WhatCounts(
        url=emulator.url, realm="sandbox", password="opensesame", client_name="bot", client_auth="s3cret"
    )
    yield made
    await made.aclose()


@pytest.mark.parametrize(
    ("habit", "value"),
    [
        ("realm_before_password", True), ("contact_form", "three"), ("contact_form", "four"),
        ("misspelt_stop", True), ("overview_create", True), ("path_plus", "literal"), ("path_plus", "space"),
        ("stop_scope", "realm"), ("stop_stranger", "taken"), ("unknown_phone", "taken"),
        ("already_subscribed", "sender_and_group"),
    ],
)  # fmt: skip
async def test_every_operation_is_done_by_an_api_client_whatever_the_account_is_used_to(
    emulator: WhatCountsEmulator, client: WhatCounts, habit: str, value: object
) -> None:
    emulator.habits.set(habit, value)
    for name, call in CALLS.items():
        assert not isinstance(await call(client), AlreadySubscribed), name
    assert [text.text for text in emulator.sent[:1]] == ["Hello"]


async def test_a_machine_that_is_not_on_the_allow_list_is_told_so_by_both_apis(
    emulator: WhatCountsEmulator, client: WhatCounts
) -> None:
    emulator.realm.approved_ips = frozenset({"192.0.2.1"})
    for name, call in CALLS.items():
        with pytest.raises(Refused, match="not on the account's allow-list") as failed:
            await call(client)
        assert "opensesame" not in str(failed.value.__notes__), name
    assert len(emulator.requests) == len(CALLS)


async def test_a_second_stop_that_is_refused_is_one_of_a_phone_that_is_not_known(
    emulator: WhatCountsEmulator, client: WhatCounts
) -> None:
    """The words are the same, so that nothing more can be said of it."""
    emulator.habits.set("second_stop", "refused")
    await client.stop(EVE, MAIN)
    with pytest.raises(NotKnown):
        await client.stop(EVE, MAIN)
