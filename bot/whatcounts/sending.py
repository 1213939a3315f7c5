"""The sends: one text to one phone, a stored message to a group, each by either API. None is repeatable."""

from __future__ import annotations

from bot.errors import Refused
from bot.phones import ten_digits
from bot.whatcounts import outcomes
from bot.whatcounts.answers import Submitted
from bot.whatcounts.http_api import HttpApi
from bot.whatcounts.paths import form_problem
from bot.whatcounts.rest import Rest


async def text_by_form(http: HttpApi, phone: str, sender: str, text: str) -> Submitted:
    """POST smssendmessagetophone: HTTP Send Message to Phone, seed 003_3ab2735251f84056.txt."""
    arguments = [("phone", phone), ("sender_code", sender), ("message_text", text)]
    answer = await http.send("smssendmessagetophone", arguments)
    outcomes.check_send(answer, http.redact)
    return outcomes.text_taken(answer, http.redact)


async def text_by_path(rest: Rest, phone: str, sender: str, text: str) -> Submitted:
    """POST sendMessageToPhone/{messageText}/{phone}/{senderCode}; its page shows phones of ten digits."""
    segments = [
        ("command", "sendMessageToPhone"),
        ("text", text),
        ("phone number", ten_digits(phone)),
        ("sender code", sender),
    ]
    answer = await rest.send(segments)
    outcomes.check_send(answer, rest.redact)
    return outcomes.parts_taken(answer, rest.redact, phone)


async def send_to_group(
    rest: Rest, message: str, sender: str, group: str, campaign: str, description: str
) -> Submitted:
    """POST sendMessageToSenderCode/{messageName}/{senderCode}/{campaignName}?groupName=&description=."""
    _check_group(group)
    return await _campaign(rest, message, sender, campaign, [("groupName", group), *_described(description)])


async def send_to_everyone_without_a_group(
    rest: Rest, message: str, sender: str, campaign: str, description: str
) -> Submitted:
    """The same address without `groupName`: to every contact of the sender code."""
    return await _campaign(rest, message, sender, campaign, _described(description))


def _described(description: str) -> list[tuple[str, str]]:
    return [("description", description)] if description else []


async def _campaign(
    rest: Rest, message: str, sender: str, campaign: str, query: list[tuple[str, str]]
) -> Submitted:
    segments = [
        ("command", "sendMessageToSenderCode"),
        ("message name", message),
        ("sender code", sender),
        ("campaign name", campaign),
    ]
    answer = await rest.send(segments, query)
    outcomes.check_send(answer, rest.redact)
    return outcomes.campaign_taken(answer, rest.redact)


async def group_by_form(http: HttpApi, message: str, sender: str, group: str, campaign: str) -> Submitted:
    """POST smssendmessagetosendercode; see `WhatCounts.send_to_group_by_form`."""
    _check_group(group)
    named = [("sender code", sender), ("message name", message), ("campaign name", campaign)]
    for what, value in (*named, ("group", group)):
        if problem := form_problem(what, value):
            raise Refused(problem)
    arguments = [("sender_code", sender), ("message_name", message), ("name", campaign)]
    answer = await http.send("smssendmessagetosendercode", [*arguments, ("group_name", group)])
    outcomes.check_send(answer, http.redact)
    return outcomes.text_taken(answer, http.redact)


def _check_group(group: str) -> None:
    if not group.strip():
        raise Refused("The group is missing, and without one it would go to everyone.")
