"""The emulator's own addresses below `/_/`: a page; what happened, faults, habits, reset, as JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from sandbox.whatcounts import page
from sandbox.whatcounts.exchange import Answer, Request, json_answer
from sandbox.whatcounts.journal import Journal
from sandbox.whatcounts.state import state
from sandbox.whatcounts.tomcat import parameters

if TYPE_CHECKING:
    from sandbox.whatcounts.emulator import WhatCountsEmulator

PREFIX = "/_/"
_BREATH = 15.0  # seconds between two signs of life, so that a page that went away is noticed


def answer(request: Request, emulator: WhatCountsEmulator) -> Answer:
    """The answer to a request below `/_/`; 403 for a page of another origin, which nobody asked."""
    port = emulator.url.rpartition(":")[2]
    own = (f"127.0.0.1:{port}", f"localhost:{port}")
    origin = request.header("origin")
    is_foreign = origin and origin.removeprefix("http://") not in own
    if request.header("host") not in own or is_foreign or request.header("sec-fetch-site") == "cross-site":
        return _error("this address answers only pages of its own", 403)
    path, _, query = request.target.removeprefix(PREFIX).partition("?")
    match request.method, path:
        case "GET", "state":
            last = parameters(query.encode("latin-1")).get("last", "")
            shown = json_answer(state(emulator, int(last) if last.isascii() and last.isdigit() else None))
            shown.headers += page.HEADERS
            return shown
        case "GET", "events":
            return Answer(200, b"", "text/event-stream", list(page.HEADERS), stream=_events(emulator.journal))
        case "POST", ("faults" | "habits" | "reset") as what:
            return _order(what, request, emulator)
        case "GET", name if found := page.file(name):
            return found
        case _:
            return _error("there is no such address", 404)


def _error(text: str, status: int) -> Answer:
    return json_answer({"ok": False, "error": text}, status)


def _order(what: str, request: Request, emulator: WhatCountsEmulator) -> Answer:
    try:
        wanted = json.loads(request.body or b"{}")
        if not isinstance(wanted, dict):
            raise ValueError("a JSON object is wanted")
        _obey(what, wanted, emulator)
    except (ValueError, TypeError) as error:
        return _error(str(error), 400)
    return json_answer({"ok": True})


def _obey(what: str, wanted: dict[str, Any], emulator: WhatCountsEmulator) -> None:
    if what == "reset":
        emulator.reset()
    elif what == "habits":
        for name, value in wanted.items():
            emulator.habits.set(name, value)
        emulator.journal.changed()
    elif "clear" in wanted:
        emulator.faults.clear(None if wanted["clear"] is True else wanted["clear"])
    else:
        _order_fault(wanted, emulator)


def _order_fault(wanted: dict[str, Any], emulator: WhatCountsEmulator) -> None:
    name, times = wanted.pop("name", ""), wanted.pop("times", 1)
    if times is None:
        emulator.faults.always(name, **wanted)
    else:
        emulator.faults.next(name, times=times, **wanted)


async def _events(journal: Journal) -> AsyncGenerator[bytes, None]:
    seen = -1
    while True:
        if await _is_changed(journal, seen):
            seen = journal.changes
            yield f'event: change\ndata: {{"n": {seen}}}\n\n'.encode()
        else:
            yield b": still here\n\n"


async def _is_changed(journal: Journal, seen: int) -> bool:
    try:
        return await journal.wait_for(lambda: journal.changes != seen, _BREATH)
    except TimeoutError:
        return False
