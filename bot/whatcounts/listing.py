"""All stored messages: by REST, and by the HTTP API's CSV where REST's list comes in a form nobody can read.

The REST page prints its list as `{ {...}, {...} }`, which is no JSON; should a server really answer so, the
CSV of HTTP Get SMS Messages (support.whatcounts.com, get-sms-messages) has everything but the labels.
"""

from __future__ import annotations

import csv
import io

from pydantic import ValidationError

from bot.errors import BotError
from bot.whatcounts import outcomes
from bot.whatcounts.answers import Answer, Message, Unreadable, decoded
from bot.whatcounts.http_api import HttpApi
from bot.whatcounts.rest import Rest, UnreadList

_HEADER = ["Id", "RealmId", "Name", "MessageText", "TotalParts", "CreatedDate", "UpdatedDate"]
_FIELDS = ("id", "", "name", "text", "parts", "created_at_raw", "updated_at_raw")


async def all_messages(rest: Rest, http: HttpApi) -> list[Message]:
    """Each once, in WhatCounts' order, those without a name left out. Raises Refused or Unavailable.

    By CSV they have no label. What REST said is what counts where neither can be read.
    """
    try:
        return await rest.messages()
    except UnreadList as unread:
        try:
            return await by_csv(http)
        except BotError:
            raise unread.error from None


async def by_rest(rest: Rest) -> list[Message]:
    """The same by REST alone. Raises Refused or Unavailable."""
    try:
        return await rest.messages()
    except UnreadList as unread:
        raise unread.error from None


async def by_csv(http: HttpApi) -> list[Message]:
    """The same by the HTTP API alone: POST getsmsmessages. Raises Refused or Unavailable."""
    answer = await http.read("getsmsmessages")
    outcomes.check_read(answer, http.redact)
    found: dict[int, Message] = {}
    try:
        for message in _rows(answer):
            found.setdefault(message.id, message)
    except Unreadable:
        raise outcomes.unread(answer, http.redact) from None
    return [message for message in found.values() if message.name]


def _rows(answer: Answer) -> list[Message]:
    """Every field is quoted, and a text may hold commas, quotes and line breaks. Raises Unreadable."""
    try:
        header, *rows = csv.reader(io.StringIO(decoded(answer.body), newline=""), strict=True)
        if header != _HEADER:
            raise Unreadable
        return [Message.model_validate(_named(row)) for row in rows if row]
    except (ValueError, csv.Error, ValidationError):
        raise Unreadable from None


def _named(row: list[str]) -> dict[str, str]:
    """Raises ValueError for a row with more fields, or fewer."""
    return {name: value for name, value in zip(_FIELDS, row, strict=True) if name and value}
