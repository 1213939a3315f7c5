"""Messages: what stands in the channels, with every version that it ever had."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sandbox.slack import reading
from sandbox.slack.record import Json
from sandbox.slack.world import APP, BOT_ID, BOT_USER, TEAM


@dataclass(frozen=True)
class Version:
    """Text and blocks of a message at one time."""

    text: str
    blocks: list[Json]


@dataclass
class Message:
    """One message; it changes in place when it is edited, so a test may hold on to it.

    `ephemeral_to` is the one person who sees it, None for all; `edited` is Slack's {user, ts} or None;
    `is_told`: a reply that stands in the channel too; `history` has every version, the present one last.
    """

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    ephemeral_to: str | None = None
    edited: Json | None = None
    deleted: bool = False
    reply_count: int = 0
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    is_told: bool = False
    files: list[Json] = field(default_factory=list)
    history: list[Version] = field(default_factory=list)
    names: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.history:
            self.history = [Version(self.text, self.blocks)]

    def read(self) -> str:
        """All that a person sees: the blocks where there are any, else the text."""
        body = (
            reading.lines(self.blocks, self.names) if self.blocks else [reading.mrkdwn(self.text, self.names)]
        )
        attached = [
            line for each in self.attachments for line in reading.lines(each.get("blocks", []), self.names)
        ]
        return "\n".join(body + attached + [f"[{each['name']}]" for each in self.files])

    def read_aloud(self) -> str:
        """What a screen reader and a notification say: the top-level text alone where there is one."""
        return reading.mrkdwn(self.text, self.names) if self.text else self.read()

    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        return reading.buttons(self.blocks)

    def confirm_of(self, name: str) -> dict[str, str] | None:
        """The question Slack asks before that button acts, or None."""
        return reading.confirm_of(self.blocks, name)

    def was(self, n: int) -> Message:
        """The message as a screen still shows it that missed what came after version `n` (0 is the first)."""
        version = self.history[n]
        return replace(
            self, text=version.text, blocks=version.blocks, deleted=False, history=self.history[: n + 1]
        )

    def versions(self) -> list[Message]:
        """The message as it is, and as screens still show it that missed something; the newest first."""
        return [self, *(self.was(n) for n in reversed(range(len(self.history) - 1)))]

    def change(self, text: str, blocks: list[Json], edited: Json) -> None:
        """Puts a new version in place."""
        self.text, self.blocks, self.edited = text, blocks, edited
        self.history.append(Version(text, blocks))

    def to_dict(self) -> Json:
        """The message object of the Web API and of payloads."""
        shown: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": TEAM}
        if self.user == BOT_USER:
            shown |= {"bot_id": BOT_ID, "app_id": APP}
        optional = {"thread_ts": self.thread_ts, "edited": self.edited, "attachments": self.attachments}
        optional |= {"blocks": self.blocks, "metadata": self.metadata, "files": self.files}
        shown |= {key: value for key, value in optional.items() if value}
        if self.is_told:
            shown |= {"subtype": "thread_broadcast"}
        if self.reply_count:
            shown |= {"thread_ts": self.ts, "reply_count": self.reply_count}
        return copy.deepcopy(shown)


def with_ids(blocks: list[Json], fresh: str) -> list[Json]:
    """A copy in which every block and every interactive element has its id, as Slack gives them out."""
    named = copy.deepcopy(blocks)
    for at, block in enumerate(named):
        block.setdefault("block_id", f"{fresh}{at}")
        parts = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
        for nth, element in enumerate(part for part in parts if isinstance(part, dict)):
            if element.get("type") not in ("mrkdwn", "plain_text", "image") and block["type"] != "rich_text":
                element.setdefault("action_id", f"{fresh}{at}.{nth}")
        if "child_blocks" in block:
            block["child_blocks"] = with_ids(block["child_blocks"], f"{fresh}{at}.")
    return named
