"""The shapes of what Slack sends to an app (docs.slack.dev/reference/interaction-payloads)."""

from __future__ import annotations

import secrets
import uuid

from sandbox.slack import inputs
from sandbox.slack.messages import Message
from sandbox.slack.record import Json
from sandbox.slack.tickets import ResponseUrl
from sandbox.slack.typed import rich_text
from sandbox.slack.views import View
from sandbox.slack.workspace import Workspace
from sandbox.slack.world import APP, DOMAIN, TEAM

TOKEN = "verification-token"  # the old proof of origin; apps check the signature instead


class Payloads:
    """Builds them; every trigger_id and response_url in them is a fresh one."""

    def __init__(self, slack: Workspace) -> None:
        self._slack = slack

    def command(self, user: str, command: str, text: str, channel: str) -> dict[str, str]:
        """The form of a slash command."""
        person, where = self._slack.world.person(user), self._slack.world.channel(channel)
        form = {"token": TOKEN, "team_id": person.team, "team_domain": DOMAIN, "channel_id": channel}
        form |= {
            "channel_name": where.typed_name,
            "user_id": user,
            "user_name": person.handle,
            "command": command,
        }
        form |= {"text": text, "api_app_id": APP, "is_enterprise_install": "false"}
        form["response_url"] = self._response_url(ResponseUrl(user, channel, self._slack.now()))
        return form | {"trigger_id": self._slack.tickets.trigger(user)}

    def click(
        self, user: str, message: Message, block: Json, element: Json, state: Json | None = None
    ) -> Json:
        """block_actions from a message. An ephemeral message is not in its payload, only named by its ts."""
        where, ephemeral = self._slack.world.channel(message.channel), message.ephemeral_to is not None
        container: Json = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
        container |= {"is_ephemeral": ephemeral}
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        url = ResponseUrl(user, message.channel, self._slack.now(), message.ts, message.thread_ts, ephemeral)
        payload = self._common("block_actions", user) | {"container": container}
        payload |= {"trigger_id": self._slack.tickets.trigger(user), "response_url": self._response_url(url)}
        payload |= {"channel": {"id": where.id, "name": where.typed_name}, "state": {"values": {}}}
        if not ephemeral:
            payload["message"] = message.to_dict()
        return payload | {"actions": [self._action(block, element, state)]}

    def shortcut(self, user: str, message: Message, callback_id: str) -> Json:
        """message_action. Its response_url answers, and can replace nothing: the message may be anybody's."""
        where = self._slack.world.channel(message.channel)
        url = ResponseUrl(user, message.channel, self._slack.now(), thread_ts=message.thread_ts)
        payload = self._common("message_action", user) | {"callback_id": callback_id}
        payload |= {"trigger_id": self._slack.tickets.trigger(user), "response_url": self._response_url(url)}
        payload |= {"message_ts": message.ts, "action_ts": f"{self._slack.now():.6f}"}
        payload |= {"channel": {"id": where.id, "name": where.typed_name}}
        return payload | {"message": self._shown(message)}

    def _shown(self, message: Message) -> Json:
        """What people write comes from Slack's clients with blocks and an id of the client's own."""
        shown = message.to_dict()
        if self._slack.world.person(message.user).is_bot or message.blocks:
            return shown
        return shown | {
            "client_msg_id": str(uuid.uuid5(uuid.NAMESPACE_OID, message.ts)),
            "blocks": [rich_text(message.text, message.ts[-5:])],
        }

    def view_click(self, view: View, block: Json, element: Json, state: Json | None = None) -> Json:
        """block_actions from a modal or Home tab."""
        payload = self._common("block_actions", view.user)
        payload |= {"container": {"type": "view", "view_id": view.id}, "view": view.to_dict()}
        payload["trigger_id"] = self._slack.tickets.trigger(view.user, view.id)
        return payload | {"actions": [self._action(block, element, state)]}

    def submission(self, view: View) -> Json:
        """view_submission."""
        payload = self._common("view_submission", view.user) | {"view": view.to_dict(), "response_urls": []}
        return payload | {"trigger_id": self._slack.tickets.trigger(view.user, view.id)}

    def closed(self, view: View, is_cleared: bool) -> Json:
        """view_closed."""
        return self._common("view_closed", view.user) | {"view": view.to_dict(), "is_cleared": is_cleared}

    def suggestion(self, view: View, block: Json, element: Json, query: str) -> Json:
        """block_suggestion: what an external select asks for as one types."""
        payload = self._common("block_suggestion", view.user)
        payload |= {"container": {"type": "view", "view_id": view.id}, "view": view.to_dict(), "value": query}
        return payload | {"action_id": element["action_id"], "block_id": block["block_id"]}

    def home_opened(self, user: str) -> Json:
        """The event app_home_opened."""
        now = self._slack.now()
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": "D0" + user.removeprefix("U0"),
            "tab": "home",
        }
        event["event_ts"] = f"{now:.6f}"
        if user in self._slack.screens.homes:
            event["view"] = self._slack.screens.homes[user].to_dict()
        who = {
            "enterprise_id": None,
            "team_id": TEAM,
            "user_id": "U0BOT",
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return self.event(event) | {"authorizations": [who], "is_ext_shared_channel": False}

    def event(self, event: Json) -> Json:
        """event_callback, with a fresh event_id: what each event lies in (docs.slack.dev/apis/events-api)."""
        envelope: Json = {"token": TOKEN, "team_id": TEAM, "api_app_id": APP, "event": event}
        envelope |= {"type": "event_callback", "event_id": "Ev0" + secrets.token_hex(4).upper()}
        return envelope | {"event_time": int(self._slack.now())}

    def url_verification(self) -> Json:
        """What Slack asks a request URL before it sends events there (the same page)."""
        return {"token": TOKEN, "challenge": secrets.token_urlsafe(36), "type": "url_verification"}

    def _common(self, kind: str, user: str) -> Json:
        person = self._slack.world.person(user)
        who = {"id": user, "username": person.handle, "name": person.handle, "team_id": person.team}
        team = {"id": TEAM, "domain": DOMAIN}
        return {
            **{"type": kind, "user": who, "team": team, "api_app_id": APP, "token": TOKEN},
            **{"enterprise": None, "is_enterprise_install": False},
        }

    def _action(self, block: Json, element: Json, state: Json | None) -> Json:
        action: Json = {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "type": element["type"],
        }
        action |= {key: element[key] for key in ("text", "value", "style") if key in element}
        if element["type"] in inputs.SHAPES and state:
            action |= state
        return action | {"action_ts": f"{self._slack.now():.6f}"}

    def _response_url(self, url: ResponseUrl) -> str:
        return f"{self._slack.url}/response/{self._slack.tickets.response(url)}"
