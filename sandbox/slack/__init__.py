"""A strict Slack on this machine: its Web API, its rules, its people, and the endpoints of the page."""

from sandbox.slack.faults import Faults, Hold
from sandbox.slack.messages import Message, Version
from sandbox.slack.page import Panel
from sandbox.slack.record import Answer, Call
from sandbox.slack.slack import Slack
from sandbox.slack.views import View
from sandbox.slack.world import Channel, Person, World, dm

__all__ = [
    "Answer",
    "Call",
    "Channel",
    "Faults",
    "Hold",
    "Message",
    "Panel",
    "Person",
    "Slack",
    "Version",
    "View",
    "World",
    "dm",
]
