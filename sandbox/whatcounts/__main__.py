"""`python -m sandbox.whatcounts`: the emulator alone, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
from pathlib import Path

from sandbox.whatcounts import Realm, WhatCountsEmulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.whatcounts",
        description="WhatCounts' SMS API on this machine, as bad as the documented one. No text leaves it. "
        "It has a page, where requests, the account, faults and habits are seen and ordered.",
    )
    parser.add_argument("--port", type=int, default=0, help="a free one when not given")
    parser.add_argument("--log", type=Path, help="a file to append every request and text to, as JSON")
    parser.add_argument(
        "--delivery-delay", type=float, default=0.0, help="seconds until a handset has its text"
    )
    account = parser.add_argument_group("the account")
    account.add_argument("--realm", default="sandbox")
    account.add_argument("--password", help="random when not given")
    account.add_argument("--empty", action="store_true", help="without the sample of contacts and messages")
    account.add_argument("--sender", action="append", default=[], metavar="CODE[=NAME]", help="one more")
    account.add_argument("--group", action="append", default=[], metavar="NAME", help="one more")
    account.add_argument("--label", action="append", default=[], metavar="NAME", help="one more")
    account.add_argument("--customer-keys", action="store_true", help="a new contact must have one")
    account.add_argument("--api-client", action="append", default=[], metavar="NAME:AUTHENTICATION")
    account.add_argument(
        "--approved-ip", action="append", metavar="ADDRESS", help="who may ask; any when not given"
    )
    return parser.parse_args()


def account(arguments: argparse.Namespace) -> Realm:
    """The account that was asked for; the sample's, and more, unless an empty one."""
    make = Realm if arguments.empty else Realm.sample
    realm = make(arguments.realm, arguments.password or secrets.token_urlsafe(12))
    for code, _, name in (given.partition("=") for given in arguments.sender):
        realm.add_sender(code, name)
    for name in arguments.group:
        realm.add_group(name)
    for name in arguments.label:
        realm.add_label(name)
    realm.customer_keys = arguments.customer_keys
    realm.api_clients = dict(given.partition(":")[::2] for given in arguments.api_client)
    realm.approved_ips = None if arguments.approved_ip is None else frozenset(arguments.approved_ip)
    return realm


async def run(arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    emulator = WhatCountsEmulator(
        account=account(arguments), log=arguments.log, delivery_delay=arguments.delivery_delay
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await emulator.start(port=arguments.port)
    except (OSError, OverflowError) as error:
        raise SystemExit(f"nobody can listen on 127.0.0.1:{arguments.port}: {error}") from None
    try:
        who = f"realm: {emulator.realm.name}\npassword: {emulator.password}"
        print(f"url: {emulator.url}\n{who}\npage: {emulator.page}", flush=True)
        await stop.wait()
    finally:
        await emulator.stop()


if __name__ == "__main__":
    asyncio.run(run(_arguments()))
