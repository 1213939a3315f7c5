"""What the page asks for: the state as one person sees it, and that person's acts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol

from sandbox.slack import reading
from sandbox.slack.acting import Acting
from sandbox.slack.escaping import escaped
from sandbox.slack.files import LARGEST
from sandbox.slack.messages import Message
from sandbox.slack.record import Json
from sandbox.slack.views import View
from sandbox.slack.workspace import Workspace
from sandbox.slack.world import BOT_USER, DOMAIN, TEAM, TEAM_NAME, Channel

PAGE = Path(__file__).resolve().parents[1] / "page"


class Panel(Protocol):
    """What stands beside Slack on the page; sandbox/__main__.py has one."""

    def phones(self) -> Json:
        """number -> {"label", "texts": [{sender, text, at, campaign}]}"""
        ...

    def control(self) -> Json:
        """{"bot": "up" | "down" | ..., "faults": {...}}"""
        ...

    async def act(self, action: Json) -> Json:
        """Carries out {"action": ...}; answers {"ok": ...}."""
        ...


class Page:
    """The acts by name, each an answer in JSON; `closing` ends the event streams."""

    def __init__(self, slack: Workspace, acting: Acting, root: Path, panel: Panel | None) -> None:
        self.root, self.panel, self.closing = root, panel, False
        self._slack, self._acting = slack, acting

    def state(self, user: str) -> Json:
        """All that this person's screen shows."""
        slack = self._slack
        mine = slack.world.seen_by(user)
        people = [
            {"id": p.id, "name": p.name, "role": p.role, "colour": "#" + p.colour}
            for p in slack.world.people.values()
        ]
        home = slack.screens.homes.get(user)
        return {
            "n": slack.changes.n,
            "user": user,
            "team": {"id": TEAM, "name": TEAM_NAME, "domain": DOMAIN},
            "people": people,
            "groups": [{"id": g.id, "handle": g.handle} for g in slack.world.groups.values()],
            "channels": [channel_on_page(c) for c in mine],
            "commands": slack.manifest.commands()
            or [{"command": slack.command, "usage_hint": "", "description": ""}],
            "shortcuts": slack.manifest.shortcuts(),
            "messages": {c.id: [message_on_page(m) for m in slack.seen(c.id, user)] for c in mine},
            "views": [view_on_page(view) for view in slack.screens.stack(user)],
            "home": home.to_dict() if home else None,
            "breaches": slack.breaches,
            "phones": self.panel.phones() if self.panel else {},
            "control": self.panel.control()
            if self.panel
            else {"bot": "unknown", "faults": slack.faults.to_dict()},
        }

    async def events(self) -> AsyncIterator[str]:
        """Server-sent events: the counter at once, and at each change."""
        n = self._slack.changes.n
        while not self.closing:
            yield f'data: {{"n": {n}}}\n\n'
            n = await self._slack.changes.after(n)

    async def act(self, name: str, body: Json) -> Json:
        """One act of a person; {"ok": false, "notice": ...} is what Slack would show."""
        acts = {
            "command": self._command,
            "click": self._click,
            "view_click": self._view_click,
            "value": self._value,
        }
        acts |= {"options": self._options, "submit": self._submit, "close": self._close, "home": self._home}
        acts |= {"control": self._control, "shortcut": self._shortcut}
        try:
            return await acts[name](body)
        except KeyError as error:
            return {"ok": False, "notice": f"The request lacks {error}."}
        except (LookupError, ValueError) as error:
            return {"ok": False, "notice": str(error.args[0])}

    def give(self, user: str, name: str, content: bytes) -> Json:
        """A file for a form; Slack's client takes none that is empty or too large."""
        if not content or len(content) > LARGEST:
            why = "is empty" if not content else f"has more than {LARGEST // 1_000_000} MB"
            return {"ok": False, "notice": f"{name} {why}."}
        file = self._slack.give(self._slack.world.person(user).id, name, content)
        return {"ok": True, "file": file.to_dict(self._slack.url)}

    async def _command(self, body: Json) -> Json:
        user, text, channel = body["user"], str(body["text"]), body["channel"]
        if not text.startswith("/"):
            said = escaped(text, self._slack.world)
            where = self._slack.world.channel(channel).id
            self._slack.post(where, user, said, thread_ts=body.get("thread_ts"))
            return {"ok": True}
        if body.get("thread_ts"):
            return {"ok": False, "notice": f"{text.split()[0]} is not supported in threads. Sorry!"}
        word, _, rest = text.partition(" ")
        if word == "/invite":
            return self._invite(user, self._slack.world.channel(channel), rest.strip())
        known = {each["command"] for each in self._slack.manifest.commands()} | {self._slack.command}
        if word not in known:
            return {"ok": False, "notice": f"{word} is not a valid command."}
        return _answered(await self._acting.command(user, word, rest, channel))

    def _invite(self, user: str, channel: Channel, name: str) -> Json:
        """Slack's own command, for the app alone: what its refusals tell people to type works here too."""
        if name.removeprefix("@") != self._slack.world.person(BOT_USER).handle or channel.is_dm:
            return {"ok": False, "notice": "Here /invite knows one name, and works in channels: @smsops."}
        if BOT_USER in channel.members:
            return {"ok": False, "notice": "@smsops is in this channel already."}
        channel.members.add(BOT_USER)
        self._slack.post(channel.id, user, f"added <@{BOT_USER}> to the channel.")
        return {"ok": True}

    def _message(self, body: Json) -> Message:
        message = self._slack.message(body["channel"], body["ts"])
        if message is None or message.ephemeral_to not in (None, body["user"]):
            raise LookupError("That message is no longer there.")
        return message

    async def _shortcut(self, body: Json) -> Json:
        user = self._slack.world.person(body["user"]).id
        return _answered(await self._acting.shortcut(user, self._message(body), body["callback_id"]))

    async def _click(self, body: Json) -> Json:
        """A button of what the person's screen shows, which may have missed the last versions."""
        versions = self._message(body).versions()
        message = next((one for one in versions if _at(one.blocks, body)), versions[0])
        block, element = _named(message.blocks, body)
        return _answered(await self._acting.click(body["user"], message, block, element, body.get("value")))

    async def _view_click(self, body: Json) -> Json:
        view = self._view(body)
        return _answered(await self._acting.view_click(view, *_named(view.blocks, body), body.get("value")))

    async def _value(self, body: Json) -> Json:
        """What one types; where the field is gone in the meantime, Slack says nothing."""
        view, tells = self._slack.screens.find(body["view_id"]), body.get("dispatch") is not False
        found = _at(view.blocks, body) if view and view.user == body["user"] else None
        if view is None or found is None:
            return {"ok": False}
        return _answered(await self._acting.put(view, *found, body.get("value"), tells))

    async def _options(self, body: Json) -> Json:
        view = self._view(body)
        found = await self._acting.suggest(view, *_named(view.blocks, body), str(body["query"]))
        return {"ok": "notice" not in found, **found}

    async def _submit(self, body: Json) -> Json:
        return _answered(await self._acting.submit(self._view(body)))

    async def _close(self, body: Json) -> Json:
        return _answered(await self._acting.close(self._view(body), bool(body.get("all"))))

    async def _home(self, body: Json) -> Json:
        return _answered(await self._acting.open_home(self._slack.world.person(body["user"]).id))

    async def _control(self, body: Json) -> Json:
        if self.panel:
            done = await self.panel.act(body)
        else:
            done = self._slack_fault(body)
        self._slack.changes.happened()
        return done

    def _slack_fault(self, body: Json) -> Json:
        if body.get("action") == "slack_down":
            self._slack.faults.down = bool(body.get("on"))
        elif body.get("action") == "reset_faults":
            self._slack.faults.clear()
        else:
            raise LookupError(f"nothing here can do {body.get('action')!r}")
        return {"ok": True}

    def _view(self, body: Json) -> View:
        view = self._slack.screens.find(body["view_id"])
        if view is None or view.user != body["user"]:
            raise LookupError("That window is no longer open.")
        return view

    def summary(self) -> str:
        """For a time-out: what stands where, in short."""
        stands = {c: [m.read()[:300] for m in ms[-3:]] for c, ms in self._slack.messages.items() if ms}
        views = [view.texts() for view in self._slack.screens.everything()]
        calls = [f"{call.method} {call.error or 'ok'}" for call in self._slack.calls[-8:]]
        return f"messages {stands}; views {views}; last calls {calls}; breaches {self._slack.breaches}"


def _at(blocks: list[Json], body: Json) -> tuple[Json, Json] | None:
    there = {(block["block_id"], one["action_id"]): (block, one) for block, one in reading.actionable(blocks)}
    return there.get((body["block_id"], body["action_id"]))


def _named(blocks: list[Json], body: Json) -> tuple[Json, Json]:
    found = _at(blocks, body)
    if found is None:
        raise LookupError("That button is no longer there.")
    return found


def _answered(answer: Any) -> Json:
    notice = answer.notice if answer is not None else None
    return {"ok": notice is None, **({"notice": notice} if notice else {})}


def message_on_page(message: Message) -> Json:
    """Slack's message object, and what the page wants to know beside it."""
    return message.to_dict() | {"is_ephemeral": message.ephemeral_to is not None, "channel": message.channel}


def channel_on_page(channel: Channel) -> Json:
    """What the list of channels shows; `has_app`: the bot is a member and may post."""
    return {
        "id": channel.id,
        "name": "smsops" if channel.is_dm else channel.name,
        "is_dm": channel.is_dm,
        "is_ext_shared": channel.is_ext_shared,
        "has_app": BOT_USER in channel.members,
    }


def view_on_page(view: View) -> Json:
    """{id, view, errors, values, notice}"""
    return {
        "id": view.id,
        "view": view.to_dict(),
        "errors": view.errors,
        "values": view.values,
        "notice": view.notice,
    }
