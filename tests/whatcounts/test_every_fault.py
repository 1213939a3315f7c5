"""Every fault that the emulator knows, at every operation of the client: what is known afterwards is right.

The table is derived from facts/whatcounts.md 8. A fault stays for as long as the operation is asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.errors import BotError
from bot.whatcounts import AlreadySubscribed, Limits, WhatCounts
from sandbox.whatcounts import WhatCountsEmulator
from sandbox.whatcounts.faults import FAULTS
from tests.sandbox.whatcounts_calls import left

MAIN, SHORT = "2065551212", "12345"
EVE = "12065550104"  # on the main line, not on the short code
NEW = "12065550177"  # no contact has it
TEXT = "50% off / now"


@dataclass(frozen=True)
class Operation:
    """A call that is right in every way, and which of WhatCounts' operations it asks."""

    name: str
    call: Callable[[WhatCounts], Awaitable[Any]]
    text_api: str = "http"
    tries: int = 1
    unreadable_list: bool = False  # by REST


COLUMNS = (
    Operation("messages", lambda c: c.messages(), tries=2),
    Operation("getsmsmessages", lambda c: c.messages(), tries=2, unreadable_list=True),
    Operation("createMessage", lambda c: c.create_message("Night hours", "We open at 8", "info")),
    Operation("createsmsmessage", lambda c: c.create_message("Night hours", TEXT, "info")),
    Operation("addPhoneToSenderCode", lambda c: c.add_phone(EVE, SHORT, "weekly")),
    Operation("addphonetosendercode", lambda c: c.add_phone_by_form(EVE, SHORT, "weekly")),
    Operation("addSubscriberToSenderCode", lambda c: c.add_contact("j@a.com", NEW, SHORT, group="weekly")),
    Operation("addsubscribertosendercode", lambda c: c.add_contact("j+t@a.com", NEW, SHORT, group="weekly")),
    Operation("smssendmessagetophone", lambda c: c.send_to_phone(EVE, MAIN, TEXT)),
    Operation("sendMessageToPhone", lambda c: c.send_to_phone(EVE, MAIN, "Hello"), text_api="rest"),
    Operation("sendMessageToSenderCode", lambda c: c.send_to_group("welcome", MAIN, "vip", "June")),
    Operation(
        "smssendmessagetosendercode", lambda c: c.send_to_group_by_form("welcome", MAIN, "vip", "June")
    ),
    Operation("stopSubscriberSend", lambda c: c.stop(EVE, MAIN), tries=3),
    Operation("smsstopsubscribersend", lambda c: c.stop(NEW, MAIN)),  # REST does not know this phone
)
MEANS = {
    "D": "done", "A": "AlreadySubscribed", "R": "Refused", "N": "Unavailable", "U": "Uncertain",
    "K": "NotKnown",
}  # fmt: skip

# A column each, by REST and by the HTTP API: list, create, phone, contact; text (the form first); group; stop
# (the form for a phone that no API knows).
TABLE = {
    "delay_before":        "D D  D D  D D  D D  D D  D D  D K",
    "delay_after":         "D D  D D  D D  D D  D D  D D  D K",
    "timeout_before":      "N N  U U  U U  U U  U U  U U  U U",
    "timeout_after":       "N N  D D  U U  U U  U U  U U  U U",
    "close_before":        "N N  U U  U U  U U  U U  U U  U U",
    "close_after":         "N N  D D  U U  U U  U U  U U  U U",
    "reset_before":        "N N  U U  U U  U U  U U  U U  U U",
    "reset_after":         "N N  D D  U U  U U  U U  U U  U U",
    "truncate":            "N N  D D  U U  U U  U U  U U  U U",
    "stall":               "N N  D D  U U  U U  U U  U U  U U",
    "garbage":             "N N  D D  U U  U U  U U  U U  U U",
    "error_500":           "N N  D D  U U  U U  U U  U U  U U",
    "error_502":           "N N  D D  U U  U U  U U  U U  U U",
    "error_503":           "N N  U U  U U  U U  U U  U U  U U",
    "error_504":           "N N  D D  U U  U U  U U  U U  U U",
    "error_500_known":     "R N  R R  A A  A A  R R  R R  D K",  # a stop: the HTTP API knows the phone
    "error_500_unknown":   "N N  D D  U U  U U  U U  U U  U U",
    "html_200":            "D N  D D  U U  U U  U U  U U  U U",  # a list: read as CSV
    "empty_200":           "D N  D D  U U  U U  U U  U U  U U",
    "password_echo":       "R N  R R  R R  R R  R R  R R  R R",
    "failure_with_colons": "N N  R R  U R  U R  R U  U R  U R",  # words of no page: by REST under a 500
    "error_in_200":        "R N  R R  A A  A A  R R  R R  D K",
    "redirect":            "R N  U U  U U  U U  U U  U U  U U",
    "unauthorized":        "R N  R R  R R  R R  R R  R R  R R",
    "throttled_429":       "N N  R R  R R  R R  R R  R R  R R",
    "bom":                 "D D  D D  D D  D D  D D  D D  D K",
    "invalid_json":        "D D  D D  U D  U D  D U  U D  U K",
    "dto":                 "D D  D D  D D  D D  D D  D D  D K",
    "single_object":       "D D  D D  D D  D D  D D  D D  D K",
    "keyed_list":          "D D  D D  D D  D D  D D  D D  D K",
    "odd_dates":           "D D  D D  D D  D D  D D  D D  D K",
    "part_status_1":       "D D  D D  D D  D D  D R  D D  D K",
    "ignore_skip":         "D D  D D  D D  D D  D D  D D  D K",
    "add_group":           "D D  D D  D D  D D  D D  D D  D K",
    "drop_group":          "D D  D D  D D  D D  D D  D D  D K",
}  # fmt: skip
HANGING = ("timeout_before", "timeout_after", "stall")


@pytest.fixture
async def emulator() -> AsyncIterator[WhatCountsEmulator]:
    running = WhatCountsEmulator(password="opensesame")
    await running.start()
    yield running
    await running.stop()


async def run(emulator: WhatCountsEmulator, operation: Operation, fault: str) -> Any:
    """What the call returns, or its error. Only what hangs is given up on early."""
    limits = Limits(read=0.5, pause=0) if fault in HANGING else Limits(pause=0)
    client = WhatCounts(
        url=emulator.url,
        realm="sandbox",
        password="opensesame",
        text_api="rest" if operation.text_api == "rest" else "http",
        limits=limits,
    )
    try:
        return await operation.call(client)
    except BotError as error:
        return error
    finally:
        await client.aclose()


def word(found: Any) -> str:
    named = isinstance(found, BotError | AlreadySubscribed)
    return type(found).__name__ if named else MEANS["D"]


def test_the_table_has_every_fault() -> None:
    assert list(TABLE) == list(FAULTS)


@pytest.mark.parametrize("fault", TABLE)
async def test_what_is_known_afterwards_is_what_the_table_says(
    emulator: WhatCountsEmulator, fault: str
) -> None:
    outcomes = {}
    for operation in COLUMNS:
        emulator.reset()
        if operation.unreadable_list:
            emulator.faults.always("invalid_json", operation="messages")
        emulator.faults.always(fault, operation=operation.name, seconds=0.001)
        before = left(emulator)
        outcomes[operation.name] = said = word(await run(emulator, operation, fault))
        tries = [each for each in emulator.requests if each.operation == operation.name]
        assert 1 <= len(tries) <= operation.tries, (operation.name, emulator.requests)
        is_its_own = not FAULTS[fault].operations or operation.name in FAULTS[fault].operations
        assert all((fault in each.faults) is is_its_own for each in tries), operation.name
        if said in ("Refused", "NotKnown", "Unavailable", "AlreadySubscribed"):
            assert left(emulator) == before, f"{operation.name}: something was done all the same"
        elif said == "done" and operation.name not in ("messages", "getsmsmessages"):
            assert left(emulator) != before, f"{operation.name}: nothing was done"
    expected = zip((column.name for column in COLUMNS), TABLE[fault].split(), strict=True)
    assert outcomes == {name: MEANS[letter] for name, letter in expected}


@pytest.mark.parametrize(
    ("fault", "stored", "read"),
    [("single_object", 1, 1), ("keyed_list", 1, 1), ("dto", 508, 508), ("ignore_skip", 508, 500)],
)
async def test_an_odd_list_of_one_message_or_of_two_pages_is_read(
    emulator: WhatCountsEmulator, fault: str, stored: int, read: int
) -> None:
    del emulator.realm.messages[stored:]
    for number in range(stored - len(emulator.realm.messages)):
        emulator.realm.add_message(f"Number {number}", "Hello")
    emulator.faults.always(fault)
    assert len(await run(emulator, COLUMNS[0], fault)) == read
    assert len(emulator.requests) == (1 if stored == 1 else 2)


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("addPhoneToSenderCode", lambda found: found.group_missing),
        ("addphonetosendercode", lambda found: found.group_unproven),
        ("addSubscriberToSenderCode", lambda found: found.group_missing),
        ("addsubscribertosendercode", lambda found: found.group_unproven),
        ("sendMessageToSenderCode", lambda found: found.sms_group_id is None),
        ("smssendmessagetosendercode", lambda found: found.sms_group_id is None),
    ],
)
async def test_a_group_that_was_dropped_is_seen_in_what_comes_back(
    emulator: WhatCountsEmulator, name: str, flag: Callable[[Any], bool]
) -> None:
    operation = next(column for column in COLUMNS if column.name == name)
    emulator.faults.always("drop_group")
    assert flag(await run(emulator, operation, "drop_group"))


@pytest.mark.parametrize("fault", [*TABLE])
async def test_a_fault_that_strikes_once_never_stops_a_stop(emulator: WhatCountsEmulator, fault: str) -> None:
    """It may be asked again, unless WhatCounts refuses it: then a person hears of it."""
    operation = next(column for column in COLUMNS if column.name == "stopSubscriberSend")
    emulator.faults.next(fault, operation=operation.name)
    is_refused = TABLE[fault].split()[COLUMNS.index(operation)] == "R"
    assert word(await run(emulator, operation, fault)) == ("Refused" if is_refused else "done")
    assert emulator.realm.is_opted_out(EVE, 3) is not is_refused
