"""A file that somebody put into a form, from Slack into a file here; from Slack's hosts alone."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, BinaryIO

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from yarl import URL

from bot.answers import slacks
from bot.errors import Unavailable
from bot.sheet import MOST_BYTES, Unreadable
from bot.sheet.opening import too_large
from bot.wiring import Bot, slack_problem

log = logging.getLogger(__name__)

HOSTS = ("files.slack.com", "files.slack-gov.com")
SECONDS = 60.0  # for all of it
PIECE = 65_536  # bytes

AGAIN = "Give the file anew."
# A file as it was given, and one that Slack took for a text: so it does with a .txt that is given as a file
# (docs.slack.dev/messaging/working-with-files, the answer to an upload: "mode": "snippet").
IN_SLACK = ("hosted", "snippet")
# docs.slack.dev/reference/methods/files.info, errors: what no second try mends.
GONE = frozenset({"file_not_found", "file_deleted", "file_not_visible", "not_visible", "access_denied"})
NO_SCOPE = (
    "smsops may not read files in this Slack workspace.",
    "An admin of Slack brings the app in line with manifest.yml (scope files:read) and installs it again.",
)


@dataclass(frozen=True)
class Downloaded:
    """What Slack says of it: the name that it had on its owner's disk, and its bytes."""

    name: str
    size: int


async def download(bot: Bot, file_id: str, into: BinaryIO) -> Downloaded:
    """Write the file that Slack knows by this id into `into`, piece by piece, at most MOST_BYTES.

    Raises Unreadable where it cannot be had, too, and Unavailable where it may be had in a moment; then what
    lies in `into` is not all of it. Neither token nor address is in a log, and no redirect is followed.
    """
    about = await _about(bot, file_id)
    size = int(about.get("size") or 0)
    if size > MOST_BYTES:
        raise too_large()
    mode = about.get("mode")
    if about.get("is_external") or mode not in IN_SLACK:
        raise Unreadable("This file does not lie in Slack itself.", "Give the file, not a link to it.")
    address = about.get("url_private_download") or about.get("url_private") or ""
    target = slacks(str(address), bot.settings.slack_api_url, HOSTS)
    if target is None:
        log.error("a file's address is not Slack's; it was not read")
        raise Unreadable("Slack gave no address for this file that is its own.", AGAIN)
    got = await _read(bot, target, into, str(about.get("mimetype") or ""))
    if got != size and mode != "snippet":  # of one it says how long the text was, which it may keep anew
        raise Unavailable("Slack's answer ended before the file did.")
    return Downloaded(str(about.get("name") or ""), got)


async def _about(bot: Bot, file_id: str) -> dict[str, Any]:
    try:
        answer = await bot.slack.files_info(file=file_id)
    except SlackApiError as error:
        raise _refusal(slack_problem(error)) from None
    except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable(f"Slack did not say where the file lies ({slack_problem(error)}).") from None
    found: dict[str, Any] = answer["file"]
    return found


def _refusal(word: str) -> Unreadable | Unavailable:
    log.error("Slack did not give a file: %s", word)
    if word == "missing_scope":
        return Unreadable(*NO_SCOPE)
    if word in GONE:
        return Unreadable("Slack does not have this file any more, or does not show it to smsops.", AGAIN)
    return Unavailable(f"Slack did not say where the file lies ({word}).")


async def _read(bot: Bot, target: URL, into: BinaryIO, kind: str) -> int:
    """The bytes that came. Slack answers a token that it does not take with its login page."""
    session = bot.slack.session
    assert session is not None
    headers = {"Authorization": f"Bearer {bot.settings.slack_bot_token.get_secret_value()}"}
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with session.get(target, headers=headers, allow_redirects=False, timeout=timeout) as answer:
            is_login = answer.content_type == "text/html" and kind != "text/html"
            if answer.status in (301, 302, 303, 307, 308, 401, 403) or (answer.status == 200 and is_login):
                log.error("Slack showed a login in place of a file: HTTP %s", answer.status)
                raise Unreadable(*NO_SCOPE)
            if answer.status in (404, 410):
                raise _refusal("file_not_found")
            if answer.status != 200:
                raise Unavailable(f"Slack did not give the file (HTTP {answer.status}).")
            return await _keep(answer, into)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.error("a file was not read to its end: %s", type(error).__name__)
        raise Unavailable("Slack did not give the file to its end.") from None


async def _keep(answer: aiohttp.ClientResponse, into: BinaryIO) -> int:
    got = 0
    async for piece in answer.content.iter_chunked(PIECE):
        got += len(piece)
        if got > MOST_BYTES:
            raise too_large()
        into.write(piece)
    return got
