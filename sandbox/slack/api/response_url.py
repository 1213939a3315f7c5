"""Posts to a response_url: five within 30 minutes."""

from __future__ import annotations

from sandbox.slack.api.chat import content
from sandbox.slack.api.method import ApiError
from sandbox.slack.messages import Message
from sandbox.slack.record import Json
from sandbox.slack.tickets import RESPONSE_SECONDS, RESPONSE_USES, ResponseUrl
from sandbox.slack.workspace import Workspace

KNOWN = {"text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts"}
KNOWN |= {"mrkdwn", "unfurl_links", "unfurl_media", "metadata"}


def respond(slack: Workspace, secret: str, body: Json) -> None:
    """Carries out one post, or ApiError (docs.slack.dev/interactivity/handling-user-interaction)."""
    url = slack.tickets.responses.get(secret)
    if url is None or slack.now() - url.at > RESPONSE_SECONDS:
        raise ApiError("expired_url")
    if url.uses >= RESPONSE_USES:
        raise ApiError("used_url")
    url.uses += 1
    if unknown := sorted(body.keys() - KNOWN):
        slack.breach(f"response_url: Slack knows no field {', '.join(unknown)} and ignores it")
    if body.get("delete_original") or body.get("replace_original"):
        original = slack.message(url.channel, url.ts) if url.ts else None
        if original is None:
            raise ApiError(
                "invalid_arguments", ["no message of the app was pressed: there is none to replace or delete"]
            )
        _original(slack, original, body)
    else:
        _new(slack, url, body)


def _original(slack: Workspace, original: Message, body: Json) -> None:
    if body.get("delete_original"):
        slack.delete(original)
        return
    if original.ephemeral_to and body.get("response_type") == "in_channel":
        raise ApiError("invalid_response_type", ["an ephemeral message cannot become one for all"])
    text, blocks, original.attachments = content(slack, "response_url", body)
    slack.change(original, text, blocks)


def _new(slack: Workspace, url: ResponseUrl, body: Json) -> None:
    kind = body.get("response_type", "ephemeral")
    if kind not in ("ephemeral", "in_channel"):
        raise ApiError("invalid_response_type", [f"no such response_type: {kind}"])
    if body.get("thread_ts") and kind != "in_channel":
        raise ApiError("invalid_arguments", ["thread_ts needs response_type in_channel"])
    text, blocks, attachments = content(slack, "response_url", body)
    to = url.user if kind == "ephemeral" else None
    thread = url.thread_ts if to else body.get("thread_ts")
    slack.post(
        url.channel, text=text, blocks=blocks, attachments=attachments, ephemeral_to=to, thread_ts=thread
    )
