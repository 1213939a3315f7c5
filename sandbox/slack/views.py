"""Modals and Home tabs: what is open on whose screen."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.slack import inputs, reading
from sandbox.slack.messages import with_ids
from sandbox.slack.record import Json
from sandbox.slack.world import APP, BOT_ID, TEAM

DEPTH = 3  # views in a stack: one opened, two pushed (docs.slack.dev/surfaces/modals)


@dataclass
class View:
    """One modal or Home tab; `given` is what the app sent, `values` what the person put in so far.

    `errors` are the sentences under the fields (block_id -> sentence), `notice` Slack's over the form.
    """

    user: str
    given: Json
    id: str = field(default_factory=lambda: "V0" + secrets.token_hex(5).upper())
    hash: str = ""
    root: str = ""
    previous: str | None = None
    blocks: list[Json] = field(default_factory=list)
    values: inputs.Values = field(default_factory=dict)
    offered: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notice: str | None = None
    closed: bool = False
    names: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.root = self.root or self.id
        self.show(self.given)

    def show(self, given: Json) -> None:
        """Puts another content into the same view, keeping what was typed."""
        self.given = given
        self.blocks = with_ids(given.get("blocks", []), secrets.token_hex(2))
        self.values = inputs.carried(self.blocks, self.values)
        self.hash = f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"
        self.errors, self.notice = {}, None

    @property
    def title(self) -> str:
        """The words in its head."""
        return str(self.given.get("title", {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        """What the app calls it."""
        return str(self.given.get("callback_id", ""))

    def texts(self) -> list[str]:
        """All that the person reads, from the title to the buttons, errors and filled values included."""
        head = [self.title, *([self.notice] if self.notice else [])]
        body = [line for block in self.blocks for line in self._block(block)]
        foot = [str(self.given[key]["text"]) for key in ("submit", "close") if self.given.get(key)]
        return [line for line in head + body + foot if line]

    def _block(self, block: Json) -> list[str]:
        filled = [inputs.read(state) for state in self.values.get(block["block_id"], {}).values()]
        return [*reading.lines([block], self.names), *filled, self.errors.get(block["block_id"], "")]

    def read(self) -> str:
        """`texts` as one string."""
        return "\n".join(self.texts())

    def buttons(self) -> list[str]:
        """The labels of the buttons inside it."""
        return reading.buttons(self.blocks)

    def confirm_of(self, name: str) -> dict[str, str] | None:
        """The question Slack asks before that button acts, or None."""
        return reading.confirm_of(self.blocks, name)

    def value(self, block_id: str) -> object:
        """What stands in that input: text, option value(s), date, id; None or [] when empty."""
        for state in self.values[block_id].values():
            found = state[inputs.SHAPES[state["type"]][0]]
            several = found if isinstance(found, list) else [found]
            plain = [v["value"] if isinstance(v, dict) and "value" in v else v for v in several]
            return plain if isinstance(found, list) else plain[0]
        return None

    def to_dict(self) -> Json:
        """The view object of payloads and of the Web API's answers."""
        given = self.given
        shown: Json = {"id": self.id, "team_id": TEAM, "type": given["type"], "blocks": self.blocks}
        shown |= {"private_metadata": given.get("private_metadata", ""), "callback_id": self.callback_id}
        shown |= {"state": {"values": self.values}, "hash": self.hash, "title": given.get("title")}
        shown |= {
            key: bool(given.get(key)) for key in ("clear_on_close", "notify_on_close", "submit_disabled")
        }
        shown |= {
            "close": given.get("close"),
            "submit": given.get("submit"),
            "previous_view_id": self.previous,
        }
        shown |= {"root_view_id": self.root, "app_id": APP, "external_id": given.get("external_id", "")}
        return copy.deepcopy(shown | {"app_installed_team_id": TEAM, "bot_id": BOT_ID})


@dataclass
class Screens:
    """Who has which views open: a stack of modals and one Home tab each."""

    names: Mapping[str, str]
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)

    def stack(self, user: str) -> list[View]:
        """This person's modals, the top one last."""
        return self.stacks.setdefault(user, [])

    def top(self, user: str) -> View | None:
        """The modal that this person sees."""
        return self.stack(user)[-1] if self.stack(user) else None

    def open(self, user: str, given: Json) -> View:
        """A new modal in place of whatever was open."""
        self.clear(user)
        return self._put(user, View(user, given, names=self.names))

    def push(self, user: str, given: Json) -> View:
        """A new modal on top of the present one."""
        below = self.stack(user)[-1]
        return self._put(user, View(user, given, root=below.root, previous=below.id, names=self.names))

    def _put(self, user: str, view: View) -> View:
        self.stack(user).append(view)
        return view

    def publish(self, user: str, given: Json) -> View:
        """The Home tab of this person."""
        if user in self.homes:
            self.homes[user].show(given)
        else:
            self.homes[user] = View(user, given, names=self.names)
        return self.homes[user]

    def close(self, view: View) -> None:
        """Takes this modal, and what lies on it, off the screen."""
        stack = self.stack(view.user)
        while view in stack:
            stack.pop().closed = True

    def clear(self, user: str) -> list[View]:
        """Closes all modals of this person; says which were open, the top one first."""
        closed = self.stack(user)[::-1]
        for view in closed:
            view.closed = True
        self.stack(user).clear()
        return closed

    def everything(self) -> list[View]:
        """All that is open anywhere, Home tabs too."""
        return [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())

    def find(self, view_id: str | None, external_id: str | None = None) -> View | None:
        """The open view with that id or external_id."""
        for view in self.everything():
            if view.id == view_id or (external_id and view.given.get("external_id") == external_id):
                return view
        return None
