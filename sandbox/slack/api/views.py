"""views.*: open, push, update, publish."""

from __future__ import annotations

import json
from typing import Any

from sandbox.slack import blockkit
from sandbox.slack.api.method import ApiError, Method
from sandbox.slack.record import Json
from sandbox.slack.tickets import TRIGGER_SECONDS, Trigger
from sandbox.slack.views import DEPTH, View
from sandbox.slack.workspace import Workspace

BYTES = 250_000  # a view that weighs more is refused as view_too_large


def checked(slack: Workspace, given: Any, surface: str, present: View | None = None) -> Json:
    """The view, fit for that surface ("modal" or "home"); else ApiError. `present` is what it replaces."""
    problems = blockkit.view_problems(given, surface)
    if problems:
        raise ApiError("invalid_arguments", problems)
    if len(json.dumps(given).encode()) > BYTES:
        raise ApiError("view_too_large")
    external = given.get("external_id")
    if external and slack.screens.find(None, external) not in (None, present):
        raise ApiError("duplicate_external_id")
    return dict(given)


def _spend(slack: Workspace, args: Json) -> Trigger:
    trigger = slack.tickets.triggers.get(str(args["trigger_id"]))
    if trigger is None:
        raise ApiError("invalid_trigger_id")
    if slack.now() - trigger.at > TRIGGER_SECONDS:
        raise ApiError("expired_trigger_id")
    if trigger.used:
        raise ApiError("exchanged_trigger_id")
    trigger.used = True
    return trigger


def open_view(slack: Workspace, args: Json) -> Json:
    """views.open."""
    given = checked(slack, args["view"], "modal")
    trigger = _spend(slack, args)
    return _answer(slack, slack.screens.open(trigger.user, given))


def push(slack: Workspace, args: Json) -> Json:
    """views.push: only from a press inside a modal, three deep at most."""
    given = checked(slack, args["view"], "modal")
    trigger = _spend(slack, args)
    stack = slack.screens.stack(trigger.user)
    if trigger.view_id is None or trigger.view_id not in {view.id for view in stack}:
        raise ApiError("invalid_trigger_id", ["views.push needs a trigger_id that came from an open modal"])
    if len(stack) >= DEPTH:
        raise ApiError("push_limit_reached")
    return _answer(slack, slack.screens.push(trigger.user, given))


def update(slack: Workspace, args: Json) -> Json:
    """views.update."""
    if not args.get("view_id") and not args.get("external_id"):
        raise ApiError("invalid_arguments", ["missing required field: view_id or external_id"])
    view = slack.screens.find(args.get("view_id"), args.get("external_id"))
    if view is None:
        raise ApiError("not_found")
    given = checked(slack, args["view"], view.given["type"], view)
    return _shown(slack, view, given, args)


def publish(slack: Workspace, args: Json) -> Json:
    """views.publish: the Home tab of one person."""
    user = str(args["user_id"])
    if user not in slack.world.people:
        raise ApiError("invalid_arguments", ["no such user [json-pointer:/user_id]"])
    home = slack.screens.homes.get(user)
    given = checked(slack, args["view"], "home", home)
    if home is not None:
        return _shown(slack, home, given, args)
    return _answer(slack, slack.screens.publish(user, given))


def _shown(slack: Workspace, view: View, given: Json, args: Json) -> Json:
    if args.get("hash") and args["hash"] != view.hash:
        raise ApiError("hash_conflict")
    view.show(given)
    return _answer(slack, view)


def _answer(slack: Workspace, view: View) -> Json:
    slack.changes.happened()
    return {"view": view.to_dict()}


METHODS = [
    Method.of("views.open", open_view, "trigger_id view"),
    Method.of("views.push", push, "trigger_id view"),
    Method.of("views.update", update, "view", "view_id external_id hash"),
    Method.of("views.publish", publish, "user_id view", "hash"),
]
