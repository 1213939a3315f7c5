"""`python -m bot doctor`: what it needs and whether that is so, a line each, with the cure; sends no SMS."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime

from bot.database import DatabaseError
from bot.doctor import account, here, slack
from bot.doctor.line import Line, fail, note
from bot.doctor.times import time_lines
from bot.errors import SettingsError
from bot.settings import Settings
from bot.wiring import Bot, open_bot, utc_now

UNSEEN = note("signing secret", "it shows itself only when Slack asks: type /sms status once smsops serves.")


async def doctor(
    environ: Mapping[str, str],
    say: Callable[[Line], None],
    *,
    live_encoding: bool = False,
    now: Callable[[], datetime] = utc_now,
) -> int:
    """Say each line as it is found; the exit code: 0 nothing failed, 1 something did, 2 a setting is wrong.

    No line holds a secret, a phone number of a person or a stored text.
    """
    try:
        settings = Settings.read(environ)
    except SettingsError as error:
        say(fail("settings", f"{error} Nothing else was checked."))
        return 2
    code = 0
    async with open_bot(settings, now) as bot:
        async for line in _lines(bot, live_encoding):
            say(line)
            code = 1 if line.mark == "FAIL" else code
    return code


async def _lines(bot: Bot, live_encoding: bool) -> AsyncIterator[Line]:
    yield here.settings_line()
    database = await here.database_line(bot.database)
    yield database
    if database.mark == "ok":
        for line in await _registry_lines(bot):
            yield line
    seen = await slack.token(bot)
    yield seen.line
    for line in await _slack_lines(bot, seen):
        yield line
    yield UNSEEN
    asked = await account.login(bot)
    for line in asked.lines:
        yield line
    for line in time_lines({"Slack": seen.skew, "WhatCounts": asked.skew}):
        yield line
    yield await here.clock_line()
    if live_encoding:
        for line in await _encoding_lines(bot, [database, *asked.lines]):
            yield line


async def _registry_lines(bot: Bot) -> list[Line]:
    try:
        return await here.registry_lines(bot)
    except DatabaseError as error:
        return [fail("database", f"the registry could not be read ({error}). Check DATABASE_URL.")]


async def _slack_lines(bot: Bot, seen: slack.Seen) -> list[Line]:
    """Scopes and channels, where the token was told of: else the answers would all be the same."""
    if seen.line.mark != "ok":
        return [note("scopes, channels", "not checked, since Slack did not say whose the token is.")]
    sockets = await slack.socket_lines(bot)
    return [*slack.scope_lines(seen.scopes), *sockets, *await slack.channel_lines(bot, seen.invite)]


async def _encoding_lines(bot: Bot, needed: list[Line]) -> list[Line]:
    """Nothing is stored in WhatCounts where what comes of it could not be kept."""
    if lacking := dict.fromkeys(line.what for line in needed if line.mark != "ok"):
        return [fail("encoding", f"not tried before {' and '.join(lacking)} are in order, as said above.")]
    return await account.encoding_lines(bot)
