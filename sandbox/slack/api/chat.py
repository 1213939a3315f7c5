"""chat.*: post, edit, delete, whisper, link."""

from __future__ import annotations

from typing import Any

from sandbox.slack import blockkit
from sandbox.slack.api.method import ApiError, Method, Unforeseen
from sandbox.slack.messages import Message
from sandbox.slack.record import Json
from sandbox.slack.workspace import Workspace
from sandbox.slack.world import BOT_USER, DOMAIN, Channel, dm

CUT_AT = 40_000  # longer text of a post is truncated (docs.slack.dev/reference/methods/chat.postMessage)
UPDATE_MOST = 4_000  # longer text of an update is refused (docs.slack.dev/reference/methods/chat.update)


def conversation(slack: Workspace, channel: object) -> Channel:
    """Where the bot may post under that id (a person's: their DM); or channel_not_found, not_in_channel."""
    if channel in slack.world.people and channel != BOT_USER:
        channel = dm(str(channel))
    found = slack.world.channels.get(str(channel))
    if found is None or (found.is_private and BOT_USER not in found.members):
        raise ApiError("channel_not_found")
    if found.is_archived:
        raise ApiError("is_archived")
    if BOT_USER not in found.members:
        raise ApiError("not_in_channel")
    return found


def content(slack: Workspace, method: str, args: Json) -> tuple[str, list[Json], list[Json]]:
    """Text, blocks and attachments, checked; ApiError no_text, invalid_blocks."""
    text, blocks, attachments = (
        args.get("text") or "",
        args.get("blocks") or [],
        args.get("attachments") or [],
    )
    if not isinstance(text, str):
        raise ApiError("invalid_arguments", ["must be a string [json-pointer:/text]"])
    if problems := blockkit.message_problems(blocks, attachments):
        raise ApiError("invalid_blocks", problems)
    if not text and not blocks and not attachments:
        raise ApiError("no_text")
    if len(text) > CUT_AT:
        slack.breach(f"{method}: a text of {len(text)} characters is cut at {CUT_AT}")
    return text[:CUT_AT], blocks, attachments


def in_thread(slack: Workspace, channel: str, args: Json) -> str | None:
    """The ts of the message under which it shall stand, if any; ApiError thread_not_found."""
    ts = args.get("thread_ts")
    if not ts:
        return None
    parent = slack.message(channel, ts) if isinstance(ts, str) else None
    if parent is None and any(one.ts == ts for one in slack.messages.get(channel, [])):
        raise Unforeseen("thread_not_found")  # somebody deleted it
    if parent is None or parent.ephemeral_to:
        raise ApiError("thread_not_found")
    return parent.thread_ts or parent.ts


def post_message(slack: Workspace, args: Json) -> Json:
    """chat.postMessage."""
    channel = conversation(slack, args["channel"])
    text, blocks, attachments = content(slack, "chat.postMessage", args)
    thread = in_thread(slack, channel.id, args)
    metadata = _metadata(args.get("metadata"))
    message = slack.post(
        channel.id, text=text, blocks=blocks, attachments=attachments, thread_ts=thread, metadata=metadata
    )
    return {"channel": channel.id, "ts": message.ts, "message": message.to_dict()}


def _metadata(given: Any) -> Json | None:
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) != {"event_type", "event_payload"}:
        raise ApiError(
            "invalid_metadata_format", ["needs event_type and event_payload [json-pointer:/metadata]"]
        )
    return given


def _own(slack: Workspace, args: Json, refusal: str) -> Message:
    channel = conversation(slack, args["channel"])
    message = slack.message(channel.id, args["ts"])
    if message is None or message.ephemeral_to:
        raise ApiError("message_not_found")
    if message.user != BOT_USER:
        raise ApiError(refusal)
    return message


def update(slack: Workspace, args: Json) -> Json:
    """chat.update: blocks that are not given stay (the method's page)."""
    message = _own(slack, args, "cant_update_message")
    if "blocks" not in args and "attachments" not in args and not args.get("text"):
        raise ApiError("no_text")
    if len(str(args.get("text") or "")) > UPDATE_MOST:
        raise ApiError(
            "msg_too_long", [f"must be no more than {UPDATE_MOST} characters [json-pointer:/text]"]
        )
    kept = {"blocks": message.blocks, "text": message.text, "attachments": message.attachments}
    text, blocks, attachments = content(slack, "chat.update", kept | args)
    message.attachments, message.metadata = attachments, _metadata(args.get("metadata")) or message.metadata
    slack.change(message, text, blocks)
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": message.to_dict()}


def delete(slack: Workspace, args: Json) -> Json:
    """chat.delete."""
    message = _own(slack, args, "cant_delete_message")
    slack.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(slack: Workspace, args: Json) -> Json:
    """chat.postEphemeral: only to somebody who is in the channel."""
    channel = conversation(slack, args["channel"])
    if args["user"] not in channel.members:
        raise ApiError("user_not_in_channel")
    text, blocks, attachments = content(slack, "chat.postEphemeral", args)
    thread = in_thread(slack, channel.id, args)
    to = str(args["user"])
    shown = slack.post(
        channel.id, text=text, blocks=blocks, attachments=attachments, thread_ts=thread, ephemeral_to=to
    )
    return {"message_ts": shown.ts}


def get_permalink(slack: Workspace, args: Json) -> Json:
    """chat.getPermalink."""
    channel = conversation(slack, args["channel"])
    message = slack.message(channel.id, args["message_ts"])
    if message is None or message.ephemeral_to:
        raise ApiError("message_not_found")
    link = f"https://{DOMAIN}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


_CONTENT = "text blocks attachments link_names parse metadata"
_POST = _CONTENT + " thread_ts reply_broadcast mrkdwn unfurl_links unfurl_media"
METHODS = [
    Method.of("chat.postMessage", post_message, "channel", _POST, "chat:write"),
    Method.of("chat.update", update, "channel ts", _CONTENT + " reply_broadcast", "chat:write"),
    Method.of("chat.delete", delete, "channel ts", "", "chat:write"),
    Method.of("chat.postEphemeral", post_ephemeral, "channel user", _CONTENT + " thread_ts", "chat:write"),
    Method.of("chat.getPermalink", get_permalink, "channel message_ts", json=False),
]
