"""chat.scheduleMessage, chat.deleteScheduledMessage, chat.scheduledMessages.list: what Slack says later."""

from __future__ import annotations

from base64 import b64decode, b64encode

from sandbox.slack.api.chat import content, conversation, in_thread
from sandbox.slack.api.method import ApiError, Method
from sandbox.slack.later import Later
from sandbox.slack.record import Json
from sandbox.slack.workspace import Workspace

# docs.slack.dev/reference/methods/chat.scheduleMessage, Restrictions
FARTHEST = 120 * 86_400  # seconds
WINDOW, MOST = 300, 30  # seconds, and how many messages of one channel in them
# docs.slack.dev/reference/methods/chat.deleteScheduledMessage, Restrictions
TOO_NEAR = 60  # seconds
PAGE = 100


def schedule_message(slack: Workspace, args: Json) -> Json:
    """chat.scheduleMessage; with `metadata` it would never be posted (the method's page, Bug alert)."""
    channel = conversation(slack, args["channel"])
    text, blocks, _ = content(slack, "chat.scheduleMessage", args)
    thread, at = in_thread(slack, channel.id, args), _time(args["post_at"])
    now = slack.later.clock()
    if at <= now:
        raise ApiError("time_in_past")
    if at > now + FARTHEST:
        raise ApiError("time_too_far")
    near = [one.post_at for one in slack.later.pending.values() if one.channel == channel.id]
    if _is_crowded(at, near):
        raise ApiError("restricted_too_many")
    is_told = str(args.get("reply_broadcast", "")).lower() in ("true", "1")
    one = slack.later.add(Later(channel.id, at, text, blocks, thread, int(now), is_told))
    message: Json = {"text": text, "type": "delayed_message", "blocks": blocks}
    return {
        "channel": channel.id, "scheduled_message_id": one.id, "post_at": at, "message": message
    }  # fmt: skip


def _time(given: object) -> int:
    if not str(given).isdecimal():
        raise ApiError("invalid_time")
    return int(str(given))


def _is_crowded(at: int, others: list[int]) -> bool:
    """Whether there is a window with this one and more than MOST in it."""
    starts = [one for one in [*others, at] if at - WINDOW < one <= at]
    return any(sum(start <= one < start + WINDOW for one in [*others, at]) > MOST for start in starts)


def delete_scheduled_message(slack: Workspace, args: Json) -> Json:
    """chat.deleteScheduledMessage: not what is posted already, nor within a minute."""
    channel = conversation(slack, args["channel"])
    one = slack.later.pending.get(str(args["scheduled_message_id"]))
    if one is None or one.channel != channel.id or one.post_at - slack.later.clock() <= TOO_NEAR:
        raise ApiError("invalid_scheduled_message_id")
    slack.later.drop(one.id)
    return {}


def scheduled_messages_list(slack: Workspace, args: Json) -> Json:
    """chat.scheduledMessages.list: those of this token, soonest first."""
    found = sorted(slack.later.pending.values(), key=lambda one: (one.post_at, one.id))
    if args.get("channel"):
        if args["channel"] not in slack.world.channels:
            raise ApiError("invalid_channel")
        found = [one for one in found if one.channel == args["channel"]]
    if args.get("oldest"):
        found = [one for one in found if one.post_at >= _time(args["oldest"])]
    if args.get("latest"):
        found = [one for one in found if one.post_at <= _time(args["latest"])]
    begin, limit = _begin(str(args.get("cursor") or "")), int(_time(args.get("limit") or PAGE))
    end = begin + limit
    cursor = b64encode(f"later:{end}".encode()).decode() if end < len(found) else ""
    return {
        "scheduled_messages": [one.to_dict() for one in found[begin:end]],
        "response_metadata": {"next_cursor": cursor},
    }


def _begin(cursor: str) -> int:
    try:
        return int(b64decode(cursor, validate=True).decode().removeprefix("later:")) if cursor else 0
    except ValueError:
        raise ApiError("invalid_cursor") from None


_CONTENT = "text blocks attachments link_names parse metadata thread_ts reply_broadcast unfurl_links"
METHODS = [
    Method.of("chat.scheduleMessage", schedule_message, "channel post_at", f"{_CONTENT} unfurl_media",
              "chat:write"),
    Method.of("chat.deleteScheduledMessage", delete_scheduled_message, "channel scheduled_message_id", "",
              "chat:write"),
    Method.of("chat.scheduledMessages.list", scheduled_messages_list, "",
              "channel oldest latest limit cursor team_id"),
]  # fmt: skip
