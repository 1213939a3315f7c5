"""What people do: type a command, press, fill in, search, submit, close; each act sends what Slack would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.slack import inputs, reading
from sandbox.slack.acks import Acks, described
from sandbox.slack.escaping import escaped
from sandbox.slack.messages import Message
from sandbox.slack.payloads import Payloads
from sandbox.slack.record import Answer, Json
from sandbox.slack.sending import Sending
from sandbox.slack.views import View
from sandbox.slack.workspace import Workspace

MIN_QUERY = 3  # min_query_length where an external select names none (docs.slack.dev/reference/block-kit)


class Acting:
    """The acts; LookupError for what the person's screen does not offer."""

    def __init__(self, slack: Workspace, sending: Sending) -> None:
        self._slack, self._sending = slack, sending
        self._payloads, self._acks = Payloads(slack), Acks(slack)

    async def command(self, user: str, command: str, text: str, channel: str) -> Answer:
        """Types `command text` in a channel."""
        typed = text.strip()
        if self._slack.manifest.escapes(command):
            typed = escaped(typed, self._slack.world)
        answer = await self._sending.form(self._payloads.command(user, command, typed, channel))
        self._acks.command(answer, user, channel, f"{command} {text}".strip())
        return answer

    async def click(
        self, user: str, message: Message, block: Json, element: Json, value: Any = None
    ) -> Answer:
        """Presses or chooses an element of a message."""
        if message.deleted:
            raise LookupError("that message is deleted; message.was(n) is it as a late screen shows it")
        state = _state(element, value, inputs.options_in(element)) if value is not None else None
        payload = self._payloads.click(user, message, block, element, state)
        answer = await self._sending.payload(payload)
        self._acks.action(answer, described(message, element))
        return answer

    async def shortcut(self, user: str, message: Message, name: str) -> Answer:
        """Picks a message shortcut, named by callback_id or name, in the menu of a message."""
        if message.deleted or message.ephemeral_to is not None:
            raise LookupError("only a message that stands there for all has shortcuts")
        known = self._slack.manifest.shortcuts()
        found = [each["callback_id"] for each in known if name in (each["callback_id"], each["name"])]
        if not found:
            there = ", ".join(f"{each['name']} ({each['callback_id']})" for each in known)
            raise LookupError(f"no message shortcut is called {name!r}; there is: {there or 'none'}")
        answer = await self._sending.payload(self._payloads.shortcut(user, message, found[0]))
        self._acks.action(answer, f"answer to the shortcut {found[0]!r}")
        return answer

    async def view_click(self, view: View, block: Json, element: Json, value: Any = None) -> Answer:
        """Presses or chooses an element of a modal or Home tab."""
        state = _state(element, value, inputs.options_in(element)) if value is not None else None
        return await self._view_action(view, block, element, state)

    async def _view_action(self, view: View, block: Json, element: Json, state: Json | None) -> Answer:
        answer = await self._sending.payload(self._payloads.view_click(view, block, element, state))
        self._acks.action(answer, f"answer to {element['action_id']!r} in view {view.title!r}")
        view.notice = answer.notice
        self._slack.changes.happened()
        return answer

    async def fill(self, view: View, values: Mapping[str, Any]) -> Answer | None:
        """Puts values into inputs; the last answer where one of them tells the app at once."""
        answer = None
        for name, value in values.items():
            block, element = reading.find(view.blocks, name)
            answer = await self.put(view, block, element, value) or answer
        return answer

    async def type_into(self, view: View, name: str, text: str) -> list[Answer]:
        """Types a character after the other into a text field; the answers where that tells the app."""
        block, element = reading.find(view.blocks, name)
        if inputs.SHAPES.get(element["type"], ("",))[0] != "value":
            raise LookupError(f"{element['action_id']} is nothing to type into")
        wanted, answers = inputs.told_at(block, element), []
        for typed in [text[:end] for end in range(1, len(text) + 1)] or [""]:
            found = reading.find(view.blocks, name)  # the app may have drawn the view anew in between
            answers.append(await self.put(view, *found, typed, "on_character_entered" in wanted))
        if "on_enter_pressed" in wanted:
            answers.append(await self.put(view, *reading.find(view.blocks, name), text))
        return [answer for answer in answers if answer is not None]

    async def put(
        self, view: View, block: Json, element: Json, value: Any, tells: bool = True
    ) -> Answer | None:
        """Puts one value in, and tells the app where Slack does (dispatch_action, or no input block).

        Not `tells`: as a text stands in its field before Enter, or before the person stops typing.
        """
        if element["type"] not in inputs.SHAPES:
            raise LookupError(f"{element['action_id']} is no input")
        state = _state(element, value, await self._offered(view, block, element, value))
        view.values[block["block_id"]][element["action_id"]] = state
        view.errors.pop(block["block_id"], None)
        self._slack.changes.happened()
        if not tells or (block["type"] == "input" and not block.get("dispatch_action")):
            return None
        return await self._view_action(view, block, element, state)

    async def _offered(self, view: View, block: Json, element: Json, value: Any) -> list[Json]:
        if element["type"] == "file_input":
            theirs = (one for one in self._slack.files.values() if one.user == view.user)
            return [one.to_dict(self._slack.url) for one in theirs]
        if not element["type"].endswith("external_select"):
            return inputs.options_in(element)
        offered = view.offered.get(_key(block, element), [])
        if value is None or isinstance(value, dict):
            return offered
        try:
            inputs.chosen(value, offered)
        except LookupError:
            return await self.search(view, block, element, str(value))
        return offered

    async def search(self, view: View, block: Json, element: Json, query: str) -> list[Json]:
        """Types into an external select: the options that come, out of their groups too."""
        return inputs.options_in(await self.suggest(view, block, element, query))

    async def suggest(self, view: View, block: Json, element: Json, query: str) -> Json:
        """The same as it came: {"options"} or {"option_groups"}; below min_query_length nothing is sent."""
        if len(query) < element.get("min_query_length", MIN_QUERY):
            return {"options": []}
        what = f"answer to the search {query!r} in {element['action_id']!r}"
        if not self._slack.manifest.loads_options():
            self._slack.breach(f"{what}: the manifest names no message_menu_options_url")
            return {"options": []}
        answer = await self._sending.payload(self._payloads.suggestion(view, block, element, query))
        found = self._acks.options(answer, what)
        view.offered[_key(block, element)] = inputs.options_in(found)
        self._slack.changes.happened()
        return found

    async def submit(self, view: View) -> Answer:
        """Presses the submit button; nothing is sent while Slack's client itself complains."""
        view.notice, view.errors = None, inputs.complaints(view.blocks, view.values)
        if not view.given.get("submit"):
            raise LookupError(f"{view.title!r} has no submit button")
        if view.errors:
            self._slack.changes.happened()
            return Answer(notice="; ".join(view.errors.values()))
        answer = await self._sending.payload(self._payloads.submission(view))
        self._acks.submission(answer, view)
        return answer

    async def close(self, view: View, whole_stack: bool = False) -> Answer | None:
        """Closes one modal, or all as the cross does; tells the app where it asked for that."""
        whole_stack = whole_stack or bool(view.given.get("clear_on_close"))
        closed = self._slack.screens.stack(view.user)[::-1] if whole_stack else [view]
        for each in closed:
            self._slack.screens.close(each)
        self._slack.changes.happened()
        answer = None
        for each in closed:
            if each.given.get("notify_on_close"):
                answer = await self._sending.payload(self._payloads.closed(each, whole_stack))
                self._acks.action(answer, f"answer to view_closed of {each.title!r}")
        return answer

    async def open_home(self, user: str) -> Answer:
        """Opens the app's Home tab; an app that is not subscribed hears nothing."""
        if not self._slack.manifest.hears("app_home_opened"):
            return Answer()
        answer = await self._sending.event(self._payloads.home_opened(user))
        self._acks.event(answer, "answer to app_home_opened")
        return answer

    async def event(self, event: Json) -> Answer:
        """Something happened; an app that is not subscribed hears nothing."""
        if not self._slack.manifest.hears(event["type"]):
            return Answer()
        answer = await self._sending.event(self._payloads.event(event))
        self._acks.event(answer, f"answer to {event['type']}")
        return answer

    async def verify_url(self) -> bool:
        """Asks the request URL whether it is the app's; does it say the challenge back?"""
        asked = self._payloads.url_verification()
        answer = await self._sending.event(asked)
        said = answer.json.get("challenge") if isinstance(answer.json, dict) else answer.body
        return answer.ok and said == asked["challenge"]


def _key(block: Json, element: Json) -> tuple[str, str]:
    return block["block_id"], element["action_id"]


def _state(element: Json, value: Any, offered: list[Json]) -> Json:
    if element["type"] not in inputs.SHAPES:
        raise LookupError(f"{element['action_id']} takes no value")
    return inputs.state_of(element, value, offered)
