"""What may answer what: the rules for the HTTP answer to each kind of request, and what it does."""

from __future__ import annotations

from typing import Any

from sandbox.slack import blockkit
from sandbox.slack.api.chat import CUT_AT
from sandbox.slack.api.method import ApiError
from sandbox.slack.api.views import checked
from sandbox.slack.messages import Message
from sandbox.slack.record import Answer, Json
from sandbox.slack.views import DEPTH, View
from sandbox.slack.workspace import Workspace
from sandbox.slack.world import BOT_USER

TROUBLE = "We had some trouble connecting. Try again?"
UNLOADED = "The options could not be loaded."
COMMAND_KEYS = {"response_type", "text", "blocks", "attachments", "mrkdwn", "unfurl_links", "unfurl_media"}


class Acks:
    """Applies answers; a wrong one is a breach and gets the notice that Slack would show."""

    def __init__(self, slack: Workspace) -> None:
        self._slack = slack

    def arrived(self, answer: Answer, what: str) -> bool:
        """Did a 200 come in time? An unreachable bot breaks no rule; a late or wrong status does."""
        if answer.notice == "operation_timeout":
            self._slack.breach(f"{what}: no answer within 3 seconds (operation_timeout)")
        elif answer.status not in (0, 200):
            self._slack.breach(f"{what}: answered HTTP {answer.status}, not 200")
        return answer.ok

    def _wrong(self, answer: Answer, what: str, problem: str, notice: str) -> None:
        self._slack.breach(f"{what}: {problem}")
        answer.notice = notice

    def command(self, answer: Answer, user: str, channel: str, typed: str) -> None:
        """A slash command: nothing, plain text, or a JSON message."""
        what, word = f"answer to {typed!r}", typed.partition(" ")[0]
        if self.arrived(answer, what) and answer.body:
            if problem := self._command_problem(answer):
                self._wrong(answer, what, problem, "invalid_command_response")
            else:
                self._show(answer, user, channel, typed)
        if answer.notice:
            answer.notice = f'{word} failed with the error "{answer.notice}"'

    def _command_problem(self, answer: Answer) -> str | None:
        if answer.content_type != "application/json":
            plain = answer.content_type in ("text/plain", "")
            return None if plain else f"a body of type {answer.content_type}"
        body = answer.json
        if not isinstance(body, dict):
            return "the body is not a JSON object"
        if unknown := sorted(body.keys() - COMMAND_KEYS):
            return f"Slack knows no field {', '.join(unknown)}"
        if body.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
            return f"no such response_type: {body['response_type']}"
        if len(str(body.get("text") or "")) > CUT_AT:
            return f"the text is longer than {CUT_AT} characters"
        return (
            "; ".join(blockkit.message_problems(body.get("blocks") or [], body.get("attachments") or []))
            or None
        )

    def _show(self, answer: Answer, user: str, channel: str, typed: str) -> None:
        body: Json = answer.json if isinstance(answer.json, dict) else {"text": answer.body}
        public = body.get("response_type") == "in_channel"
        if public:
            self._slack.post(channel, user, typed)
        text, blocks = body.get("text") or "", body.get("blocks") or []
        if text or blocks or body.get("attachments"):
            to = None if public else user
            more: dict[str, Any] = {"attachments": body.get("attachments") or [], "ephemeral_to": to}
            answer.shown = self._slack.post(channel, BOT_USER, text, blocks, **more)

    def action(self, answer: Answer, what: str) -> None:
        """A press or a choice: an empty 200."""
        if self.arrived(answer, what) and answer.body:
            self._wrong(answer, what, f"must be empty, was {answer.body[:80]!r}", TROUBLE)
        if answer.notice:
            answer.notice = TROUBLE

    def submission(self, answer: Answer, view: View) -> None:
        """A submitted modal: empty closes it; errors, update, push, clear do what they say."""
        what = f"answer to view_submission of {view.title!r}"
        if self.arrived(answer, what):
            try:
                self._respond(answer, view)
            except ApiError as error:
                self._wrong(answer, what, error.sentence, TROUBLE)
        if answer.notice:
            answer.notice = view.notice = TROUBLE
        self._slack.changes.happened()

    def _respond(self, answer: Answer, view: View) -> None:
        screens, body = self._slack.screens, answer.json
        if not answer.body:
            screens.close(view)
            return
        if not isinstance(body, dict) or answer.content_type != "application/json":
            raise ApiError("invalid_response", ["must be empty or a JSON object with response_action"])
        action = body.get("response_action")
        if set(body) - {"response_action", "errors", "view"}:
            raise ApiError("invalid_response", ["only response_action, errors and view may be in it"])
        if action == "errors":
            view.errors = self._errors(body.get("errors"), view)
        elif action == "clear":
            screens.clear(view.user)
        elif action in ("update", "push"):
            self._screen(view, str(action), body.get("view"))
        else:
            raise ApiError("invalid_response", [f"no such response_action: {action}"])

    def _errors(self, errors: Any, view: View) -> dict[str, str]:
        if not isinstance(errors, dict) or not errors:
            raise ApiError("invalid_response", ["errors must name at least one block"])
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if unknown := sorted(errors.keys() - inputs):
            raise ApiError("invalid_response", [f"no input block is called {', '.join(unknown)}"])
        if not all(isinstance(said, str) and said for said in errors.values()):
            raise ApiError("invalid_response", ["every error must be a sentence"])
        return errors

    def _screen(self, view: View, action: str, given: Any) -> None:
        if action == "push" and len(self._slack.screens.stack(view.user)) >= DEPTH:
            raise ApiError("push_limit_reached")
        fresh = checked(self._slack, given, "modal", view if action == "update" else None)
        if action == "push":
            self._slack.screens.push(view.user, fresh)
        else:
            view.show(fresh)

    def options(self, answer: Answer, what: str) -> Json:
        """Suggestions for an external select: {"options"} or {"option_groups"}; none where wrong."""
        if self.arrived(answer, what):
            if problems := blockkit.options_problems(answer.json):
                self._wrong(answer, what, "; ".join(problems), UNLOADED)
            else:
                return dict(answer.json)
        return {"options": [], "notice": UNLOADED}

    def event(self, answer: Answer, what: str) -> None:
        """An event: any 200."""
        self.arrived(answer, what)


def described(message: Message, element: Json) -> str:
    """For a breach: which element on which message."""
    return f"answer to {element['action_id']!r} on message {message.ts} in {message.channel}"
