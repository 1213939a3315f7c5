"""auth.test, users.info and conversations.*: who and where."""

from __future__ import annotations

from sandbox.slack.api.method import ApiError, Method, need_scope
from sandbox.slack.record import Json
from sandbox.slack.workspace import Workspace
from sandbox.slack.world import BOT_ID, BOT_USER, DOMAIN, TEAM, TEAM_NAME, dm


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


def conversations_info(slack: Workspace, args: Json) -> Json:
    """conversations.info: each kind of conversation has its own scope."""
    channel = slack.world.channels.get(str(args["channel"]))
    if channel is None or (channel.is_private and BOT_USER not in channel.members):
        raise ApiError("channel_not_found")
    need_scope(
        slack, "im:read" if channel.is_dm else "groups:read" if channel.is_private else "channels:read"
    )
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
        "conversations.info", conversations_info, "channel", "include_locale include_num_members", json=False
    ),
    Method.of(
        "conversations.open", conversations_open, "", "channel users return_im prevent_creation", "im:write"
    ),
]
