"""What the WhatCounts client costs: subscribes through it, against the same requests by bare httpx."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median

import httpx

from bench.measures import Row
from bench.servers import running_whatcounts
from bench.slack import QuickSlack
from bot.whatcounts import WhatCounts

COUNT, ROUNDS, CONCURRENCY = 10_000, 100, 16
SENDER, GROUP = "2065551212", "weekly"
GOAL = 0.85
# What the client sends too: the vendor's sample account.
HEADERS = {
    "Authorization": "Basic bXlBY2NvdW50Onh5enB3ZDEyMw==",
    "Accept": "application/vnd.whatcounts-v1+json",
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
    "User-Agent": "smsops",
}

Subscribe = Callable[[str], Awaitable[object]]  # a phone of eleven digits


async def subscribes(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """10,000 of each, 16 at a time, in short rounds by turns; the ratio is the median of the rounds'.

    So whatever else the machine does strikes both sides of a round.
    """
    async with running_whatcounts(folder) as server:
        client = WhatCounts(url=server.url, realm="myAccount", password="xyzpwd123")
        async with httpx.AsyncClient(headers=HEADERS, trust_env=False) as bare:
            rounds = await _taking_turns(_by_client(client), by_httpx(bare, server.url))
        await client.aclose()
    ours, theirs = (median(side) for side in zip(*rounds, strict=True))
    ratio = median(one / other for one, other in rounds)
    return [
        Row(
            "subscribes, 16 at a time, a second",
            f"{ours:,.0f}",
            f"bare httpx {theirs:,.0f}",
            f"{ratio:.2f}",
            f"at least {GOAL}",
            ratio >= GOAL,
        )
    ]


def _by_client(client: WhatCounts) -> Subscribe:
    return lambda phone: client.add_phone(phone, SENDER, GROUP)


def by_httpx(bare: httpx.AsyncClient, origin: str) -> Subscribe:
    async def subscribe(phone: str) -> None:
        where = f"/rest/sms/addPhoneToSenderCode/{phone[1:]}/{SENDER}?groupName={GROUP}"
        response = await bare.post(origin + where)
        response.raise_for_status()

    return subscribe


async def _taking_turns(ours: Subscribe, theirs: Subscribe) -> list[tuple[float, float]]:
    """Subscribes a second of each, by round; the first ones, over new connections, are not counted."""
    found: dict[Subscribe, list[float]] = {ours: [], theirs: []}
    for subscribe in found:
        await _round(subscribe, 500)
    for number in range(ROUNDS):
        for subscribe in (ours, theirs) if number % 2 else (theirs, ours):
            found[subscribe].append(await _round(subscribe, COUNT // ROUNDS))
    return list(zip(found[ours], found[theirs], strict=True))


async def _round(subscribe: Subscribe, count: int) -> float:
    """Subscribes a second."""
    phones = (f"1206555{number:04}" for number in range(count))
    started = time.perf_counter()
    await asyncio.gather(*(_drain(subscribe, phones) for _ in range(CONCURRENCY)))
    return count / (time.perf_counter() - started)


async def _drain(subscribe: Subscribe, phones: Iterator[str]) -> None:
    for phone in phones:
        await subscribe(phone)
