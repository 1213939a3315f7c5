"""The doctor on Slack: the token, its scopes against manifest.yml, the channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.doctor.line import Line, fail, note, ok
from bot.doctor.times import skew
from bot.wiring import Bot, slack_problem

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
AWAY = (SlackClientError, aiohttp.ClientError, OSError)  # TimeoutError is an OSError
# docs.slack.dev/reference/methods/auth.test, errors: those that another token mends.
BAD_TOKEN = frozenset(
    {
        *("invalid_auth", "not_authed", "account_inactive"),
        *("token_revoked", "token_expired", "not_allowed_token_type"),
    }
)
REINSTALL = (
    "Bring the app's page App Manifest (api.slack.com/apps) in line with manifest.yml, then Install App, "
    "Reinstall to Workspace"
)
PAGE = 200  # channels


@dataclass(frozen=True)
class Seen:
    """What auth.test told: who the token is (empty where it told nothing), Slack's answer to go by."""

    line: Line
    who: Mapping[str, Any] = field(default_factory=dict)
    scopes: str | None = None
    skew: float | None = None

    @property
    def invite(self) -> str:
        return f"/invite @{self.who.get('user') or 'smsops'}"


APP_TOKEN = (
    "Set SLACK_APP_TOKEN to an app-level token with the scope connections:write, from the app's page Basic "
    "Information; the app's manifest is that of python -m bot manifest --socket"
)


async def token(bot: Bot) -> Seen:
    """Whether Slack takes the token, and whose it is."""
    before, headers, who = bot.now(), {}, {}
    try:
        answer = await bot.slack.auth_test()
        who, headers = {key: answer.get(key) for key in ("team", "user")}, answer.headers
        line = ok("Slack", f"the token is that of @{who['user']} in the workspace {who['team']}.")
    except SlackApiError as error:
        headers, line = getattr(error.response, "headers", {}), fail("Slack", _refusal(_word(error)))
    except AWAY as error:
        line = fail("Slack", _unreached(error))
    return Seen(line, who, headers.get("x-oauth-scopes"), skew(headers.get("Date"), before, bot.now()))


def _word(error: SlackApiError) -> str:
    """Slack's word; where it has none, as when a proxy or a server in trouble answers, the status."""
    word = slack_problem(error)
    status = getattr(error.response, "status_code", None)
    return f"its answer was {status}" if word == type(error).__name__ and status else word


def _refusal(word: str) -> str:
    if word in BAD_TOKEN:
        return (
            f"it refused the token ({word}). Set SLACK_BOT_TOKEN to the app's Bot User OAuth Token, from its "
            "page OAuth & Permissions; where the app was removed, install it again first."
        )
    return f"it did not say whose the token is ({word}). Check SLACK_API_URL, and try again in a minute."


def _unreached(error: Exception) -> str:
    kind = type(error).__name__
    return f"it could not be reached ({kind}). Check SLACK_API_URL, and this machine's way to the internet."


def scope_lines(granted: str | None, manifest: Path = MANIFEST) -> list[Line]:
    """The scopes that the token has, by Slack's header `x-oauth-scopes`, against those that are asked for."""
    wanted = _asked_for(manifest)
    if granted is None or not wanted:
        lack = "it cannot be read here" if granted is not None else "Slack did not say which the token has"
        return [note("scopes", f"not compared with manifest.yml: {lack}.")]
    has = {scope.strip() for scope in granted.split(",") if scope.strip()}
    lines = []
    if missing := sorted(wanted - has):
        lines.append(fail("scopes", f"the token lacks {', '.join(missing)}. {REINSTALL}."))
    if more := sorted(has - wanted):
        lines.append(note("scopes", f"the token has more than manifest.yml asks for: {', '.join(more)}."))
    return lines if missing else [ok("scopes", "all that manifest.yml asks for."), *lines]


def _asked_for(manifest: Path) -> set[str]:
    """The scopes of the app's manifest; none where it is not there, or is no manifest."""
    try:
        read = yaml.safe_load(manifest.read_text(encoding="utf-8"))
        return set(read["oauth_config"]["scopes"]["bot"])
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
        return set()


async def socket_lines(bot: Bot) -> list[Line]:
    """In Socket Mode, whether Slack would open a socket; none is opened."""
    token = bot.settings.slack_app_token
    if token is None:
        return []
    try:
        await bot.slack.apps_connections_open(app_token=token.get_secret_value())
    except AWAY as error:
        return [fail("socket", f"Slack opens none ({slack_problem(error)}). {APP_TOKEN}.")]
    return [ok("socket", "Slack would open one (Socket Mode).")]


async def channel_lines(bot: Bot, invite: str) -> list[Line]:
    """Whether it is a member where it shall work, and cards may be shown there."""
    settings = bot.settings
    lines = [await _one(bot, one, "SMS_CHANNELS", invite) for one in sorted(settings.channels)]
    lines = lines or [await _anywhere(bot, invite)]
    if settings.alarm_channel:
        lines.append(await _one(bot, settings.alarm_channel, "SMS_ALARM_CHANNEL", invite))
    return lines


async def _one(bot: Bot, channel: str, setting: str, invite: str) -> Line:
    try:
        found = (await bot.slack.conversations_info(channel=channel))["channel"]
    except AWAY as error:
        return fail("channels", f"{channel} of {setting}: {_unseen(error, invite)}")
    name = f"#{found.get('name') or channel}"
    if found.get("is_archived"):
        return fail("channels", f"{name} is archived. Take it out of {setting}, or unarchive it.")
    if _is_shared(found):
        said = f"{name} is shared with another company, where no card is shown"
        return fail("channels", f"{said}. Take it out of {setting}.")
    if not found.get("is_member"):
        return fail("channels", f"it is no member of {name} of {setting}. Type {invite} there.")
    return ok("channels", f"a member of {name}.")


def _unseen(error: Exception, invite: str) -> str:
    """Why Slack did not show a channel, and the cure; a private one is shown to its members only."""
    word = slack_problem(error)
    if word == "channel_not_found":
        return f"there is none, or it is private and without smsops. Check the id, or type {invite} there."
    if word == "missing_scope":
        return f"the token may not ask for it (missing_scope). {REINSTALL}."
    return f"Slack did not show it ({word}). Try again in a minute."


async def _anywhere(bot: Bot, invite: str) -> Line:
    """Without SMS_CHANNELS: in how many channels it is."""
    try:
        found = await _memberships(bot)
    except AWAY as error:
        return fail("channels", f"those that it is in: {_unseen(error, invite)}")
    shared = sum(map(_is_shared, found))
    fit = len(found) - shared
    beside = f", and of {shared} shared with another company, where no card is shown" if shared else ""
    if not fit:
        return fail("channels", f"it is a member of none{beside}. Type {invite} where the cards shall be.")
    return ok("channels", f"a member of {fit} {'channel' if fit == 1 else 'channels'}{beside}.")


async def _memberships(bot: Bot) -> list[dict[str, Any]]:
    """The channels that it is in, archived ones not (users.conversations, page by page)."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await bot.slack.users_conversations(
            types="public_channel,private_channel", exclude_archived=True, limit=PAGE, cursor=cursor or None
        )
        found += page.get("channels") or []
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return found


def _is_shared(channel: Mapping[str, Any]) -> bool:
    """As delivery judges it, before it posts a card."""
    return bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))
