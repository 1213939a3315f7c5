"""One method of the Web API: what it takes, what it needs, what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sandbox.slack.record import Json
from sandbox.slack.workspace import Workspace

# Errors that the bot could have known before it asked. The others (not_in_channel, ratelimited)
# happen to apps that do everything right.
BREACHES = frozenset(
    {
        *("invalid_auth", "not_authed", "missing_scope", "unknown_method"),
        *("invalid_limit", "invalid_cursor", "invalid_types"),
        *("invalid_arguments", "invalid_json", "invalid_form_data", "invalid_metadata_format"),
        *("invalid_blocks", "no_text", "msg_too_long", "thread_not_found"),
        *("cant_update_message", "cant_delete_message"),
        *("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"),
        *("push_limit_reached", "view_too_large", "duplicate_external_id"),
        *("used_url", "expired_url", "invalid_response_type"),
    }
)


class ApiError(Exception):
    """The answer is {"ok": false, "error": ...}; `messages` say where, `more` goes into the answer too."""

    def __init__(self, error: str, messages: Iterable[str] = (), **more: object) -> None:
        super().__init__(error)
        self.error, self.messages, self.more = error, list(messages), more

    def to_dict(self) -> Json:
        """The answer, in the shape of the real one."""
        answer: Json = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            if self.error == "invalid_blocks":
                answer["errors"] = self.messages
            answer["response_metadata"] = {"messages": [f"[ERROR] {each}" for each in self.messages]}
        return answer

    @property
    def sentence(self) -> str:
        """For the list of breaches."""
        needed = f" (needs {self.more['needed']})" if "needed" in self.more else ""
        return f"{self.error}{needed}" + (": " + "; ".join(self.messages) if self.messages else "")


class Unforeseen(ApiError):
    """A refusal that the bot could not have known of before, whatever its word is elsewhere."""


@dataclass(frozen=True)
class Method:
    """`scope`: what the token must hold, '' for nothing; `json`: does it read a JSON body."""

    name: str
    carry_out: Callable[[Workspace, Json], Json]
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    scope: str = ""
    json: bool = True

    @classmethod
    def of(
        cls,
        name: str,
        carry_out: Callable[[Workspace, Json], Json],
        required: str = "",
        optional: str = "",
        scope: str = "",
        json: bool = True,
    ) -> Method:
        """The same, its arguments as words."""
        return cls(name, carry_out, frozenset(required.split()), frozenset(optional.split()), scope, json)

    def answer(self, slack: Workspace, args: Json) -> Json:
        """Checks arguments and scope, and carries it out; ApiError for a no."""
        need_scope(slack, self.scope)
        missing = sorted(name for name in self.required if args.get(name) in (None, ""))
        if missing:
            raise ApiError("invalid_arguments", [f"missing required field: {name}" for name in missing])
        unknown = sorted(args.keys() - self.required - self.optional - {"token"})
        if unknown:
            slack.breach(f"{self.name}: Slack knows no argument {', '.join(unknown)} and ignores it")
        return {"ok": True, **self.carry_out(slack, args)}


def need_scope(slack: Workspace, scope: str) -> None:
    """ApiError missing_scope unless the token holds it."""
    if scope and scope not in slack.scopes:
        raise missing_scope(slack, scope)


def missing_scope(slack: Workspace, *needed: str) -> ApiError:
    """The refusal that names what a call needs and what the token holds."""
    return ApiError("missing_scope", needed=",".join(needed), provided=",".join(slack.scopes))
