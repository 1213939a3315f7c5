"""auth.test, users.* and conversations.*: who and where."""

from __future__ import annotations

from base64 import b64decode, b64encode

from sandbox.slack.api.method import ApiError, Method, missing_scope, need_scope
from sandbox.slack.record import Json
from sandbox.slack.workspace import Workspace
from sandbox.slack.world import BOT_ID, BOT_USER, DOMAIN, TEAM, TEAM_NAME, Channel, dm

# What each kind of conversation is read with (docs.slack.dev/reference/methods/users.conversations).
KINDS = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "mpim": "mpim:read",
    "im": "im:read",
}
MOST = 999  # conversations a page


def auth_test(slack: Workspace, _args: Json) -> Json:
    """auth.test."""
    bot = slack.world.people[BOT_USER]
    who = {"team": TEAM_NAME, "user": bot.handle, "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT_ID}
    return {"url": f"https://{DOMAIN}.slack.com/", **who, "is_enterprise_install": False}


def users_info(slack: Workspace, args: Json) -> Json:
    """users.info."""
    person = slack.world.people.get(str(args["user"]))
    if person is None:
        raise ApiError("user_not_found")
    return {"user": person.to_dict(slack.now())}


def usergroups_users_list(slack: Workspace, args: Json) -> Json:
    """usergroups.users.list (docs.slack.dev/reference/methods/usergroups.users.list)."""
    group = slack.world.groups.get(str(args["usergroup"]))
    with_disabled = str(args.get("include_disabled", "")).lower() in ("true", "1")
    if group is None or (group.is_disabled and not with_disabled):
        raise ApiError("no_such_subteam")
    return {"users": list(group.users)}


def users_conversations(slack: Workspace, args: Json) -> Json:
    """users.conversations: where the bot is, or where `user` is as far as the bot may know."""
    kinds = [each.strip() for each in str(args.get("types") or "public_channel").split(",")]
    if unknown := [each for each in kinds if each not in KINDS]:
        raise ApiError("invalid_types", [f"no such type: {each}" for each in unknown])
    if lacking := [KINDS[each] for each in kinds if KINDS[each] not in slack.scopes]:
        raise missing_scope(slack, *lacking)
    user = str(args.get("user") or BOT_USER)
    if user not in slack.world.people:
        raise ApiError("user_not_found")
    there = [each for each in slack.world.seen_by(user) if _kind(each) in kinds and _is_open(each)]
    if str(args.get("exclude_archived", "")).lower() in ("true", "1"):
        there = [each for each in there if not each.is_archived]
    page, cursor = _page(there, args)
    return {"channels": [_short(each) for each in page], "response_metadata": {"next_cursor": cursor}}


def _kind(channel: Channel) -> str:
    return "im" if channel.is_dm else "private_channel" if channel.is_private else "public_channel"


def _is_open(channel: Channel) -> bool:
    return BOT_USER in channel.members or not (channel.is_private or channel.is_dm)


def _short(channel: Channel) -> Json:
    """The method's page: is_member and num_members are left out."""
    return {key: value for key, value in channel.to_dict().items() if key != "is_member"}


def _page(found: list[Channel], args: Json) -> tuple[list[Channel], str]:
    """One page, and the cursor of the next ("" after the last), which names where that begins."""
    given, cursor = str(args.get("limit") or 100), str(args.get("cursor") or "")
    if not given.isdecimal() or not 1 <= int(given) <= MOST:
        raise ApiError("invalid_limit")
    ids = [each.id for each in found]
    begin = _begin(cursor, ids) if cursor else 0
    end = begin + int(given)
    return found[begin:end], b64encode(f"channel:{ids[end]}".encode()).decode() if end < len(ids) else ""


def _begin(cursor: str, ids: list[str]) -> int:
    try:
        return ids.index(b64decode(cursor, validate=True).decode().removeprefix("channel:"))
    except ValueError:
        raise ApiError("invalid_cursor") from None


def conversations_info(slack: Workspace, args: Json) -> Json:
    """conversations.info: each kind of conversation has its own scope."""
    if not any(scope in slack.scopes for scope in KINDS.values()):
        raise missing_scope(slack, *KINDS.values())
    channel = slack.world.channels.get(str(args["channel"]))
    if channel is None or (channel.is_private and BOT_USER not in channel.members):
        raise ApiError("channel_not_found")
    need_scope(slack, KINDS[_kind(channel)])
    return {"channel": channel.to_dict()}


def conversations_open(slack: Workspace, args: Json) -> Json:
    """conversations.open, with one person."""
    if args.get("channel"):
        channel = slack.world.channels.get(str(args["channel"]))
    else:
        users = args.get("users") or ""
        ids = users if isinstance(users, list) else [each for each in str(users).split(",") if each]
        if not ids:
            raise ApiError("users_list_not_supplied")
        if len(ids) > 1:
            need_scope(slack, "mpim:write")
        if ids[0] not in slack.world.people:
            raise ApiError("user_not_found")
        channel = slack.world.channels.get(dm(ids[0]))
    if channel is None or not channel.is_dm:
        raise ApiError("channel_not_found")
    found: Json = channel.to_dict() if args.get("return_im") else {"id": channel.id}
    return {"no_op": True, "already_open": True, "channel": found}


METHODS = [
    Method.of("auth.test", auth_test),
    Method.of("users.info", users_info, "user", "include_locale", "users:read", json=False),
    Method.of(
        "usergroups.users.list",
        usergroups_users_list,
        "usergroup",
        "include_disabled team_id",
        "usergroups:read",
        json=False,
    ),
    Method.of(
        "users.conversations",
        users_conversations,
        "",
        "user types exclude_archived limit cursor team_id",
        json=False,
    ),
    Method.of(
        "conversations.info", conversations_info, "channel", "include_locale include_num_members", json=False
    ),
    Method.of(
        "conversations.open", conversations_open, "", "channel users return_im prevent_creation", "im:write"
    ),
]
