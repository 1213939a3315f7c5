"""What an answer means: taken, refused in words or by a status that we know, or nobody knows.

REST puts business refusals under 500 and may put one under 200; the HTTP API puts all of them under 200. So
the words decide first, then the status, and on a send whatever is left over is Uncertain.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.errors import BotError, Refused, Unavailable, Uncertain
from bot.whatcounts.answers import Answer, Submitted, Unreadable, is_about, items, number
from bot.whatcounts.secrets import Redactor

AUTH = (
    "WhatCounts refused the login: the realm or the password is wrong, or this machine's IP address is not "
    "on the account's allow-list (it does not say which). An admin must check "
    "WHATCOUNTS_REALM, WHATCOUNTS_PASSWORD and the API settings in WhatCounts."
)

# Error texts, matched at the start, upper or lower case. REST ones from the vendor's pages (Get Messages,
# Send Message to Sender Code, Send Message to Phone), HTTP ones from public client code (PyWhatCounts).
_KNOWN = (
    (r"Unauthorized\b|Invalid credentials|Password \(|Unable to acquire API", AUTH),
    (
        r"Unable to determine customer account",
        "WhatCounts does not know this realm. An admin must check WHATCOUNTS_REALM.",
    ),
    (
        r"Message name Not Found",
        "WhatCounts has no message of this name; it may have been renamed or deleted. "
        "Choose another message.",
    ),
    (
        r"Error getting sender with senderCode",
        "WhatCounts does not know this sender code in this realm. "
        "Choose another sender code, or have it set up there.",
    ),
)
UNKNOWN = "WhatCounts answered in a way that is not known"
MOVED = "WhatCounts points to another address, which is not followed. An admin must check WHATCOUNTS_URL."

_FAILURE = re.compile(r"FAILURE\b\s*:?\s*", re.IGNORECASE)

# Statuses given before anything is carried out. Not here: 408 and its like, which a proxy may give later.
_STATUSES = {
    400: "did not understand the request",
    404: "does not have this address; an admin must check WHATCOUNTS_URL",
    405: "does not allow this kind of request at this address; an admin must check WHATCOUNTS_URL",
    406: "does not speak the version of its API that was asked for",
    413: "found the request too large",
    414: "found the address too long",
    415: "does not take this kind of content",
    429: "was asked too often. Wait a minute before trying again",
}

# What Vonage, which carries the texts, says per part (developer.vonage.com, SMS API errors). Not here: 5, its
# own inner error; what became of that text is not known.
_PARTS = {
    "1": "the carrier was asked too often; try again in a minute",
    "2": "something was missing",
    "3": "something was not valid, perhaps the phone number",
    "4": "WhatCounts' login at the carrier failed",
    "6": "the carrier could not process the text",
    "7": "the number is barred",
    "8": "the account is barred at the carrier",
    "9": "the account's credit at the carrier is used up",
    "12": "the text is too long",
    "15": "the sender code may not be used for this number",
    "29": "the number is not among those that this account may text",
}


@dataclass(frozen=True)
class _Said:
    """The words of a refusal or failure, if any, and the status that goes with them."""

    status: int
    words: str


def _said(answer: Answer) -> _Said:
    """An object's `error` and `statusCode`, under any status; of what is no JSON, the whole text."""
    try:
        value = answer.json()
    except Unreadable:
        return _Said(answer.status, answer.text)
    if not isinstance(value, dict):
        return _Said(answer.status, "")
    code = number(value.get("statusCode")) or 0
    status = code if answer.status < 300 and code >= 300 else answer.status
    words = str(value["error"]) if value.get("error") else ""
    if words and status < 300:
        status = 500  # an error without a status of its own
    return _Said(status, words)


def _failure(said: _Said) -> re.Match[str] | None:
    """FAILURE as the HTTP API says it, under 200; under a 5xx a gateway speaks, and nobody knows."""
    return _FAILURE.match(said.words) if 200 <= said.status < 300 else None


def _refusal(said: _Said, redact: Redactor, is_failure_no: bool = True) -> str | None:
    """The sentence for a no that we know; None for anything else, a yes included."""
    failure = _failure(said)
    words = said.words[failure.end() :] if failure else said.words
    for pattern, sentence in _KNOWN:
        if re.match(pattern, words, re.IGNORECASE):
            return sentence
    if failure and is_failure_no:
        reason = " ".join(redact(words).split()).rstrip(".") if "<" not in words else ""
        return f"WhatCounts refused it: {reason or 'it gives no reason'}."
    if said.status in {401, 403}:
        return AUTH
    if meaning := _STATUSES.get(said.status):
        return f"WhatCounts {meaning} ({said.status})."
    return None


def words(answer: Answer) -> str:
    """What an error says in words, without FAILURE; "" where it says none, or there is no error."""
    said = _said(answer)
    failure = _failure(said)
    return said.words[failure.end() :] if failure else said.words


def is_failure(answer: Answer) -> bool:
    """Whether the HTTP API itself says FAILURE."""
    return _failure(_said(answer)) is not None


def check_send(answer: Answer, redact: Redactor, deed: str = "sent", is_failure_no: bool = True) -> None:
    """Raises Refused for a no that we know, Uncertain for what is neither that nor an ordinary 2xx.

    `deed` is what was to be done to it, as a participle: a send, or another change. Without `is_failure_no`
    a FAILURE of the HTTP API in words that we do not know is left to the caller.
    """
    said = _said(answer)
    if refusal := _refusal(said, redact, is_failure_no):
        raise noted(Refused(refusal), answer, redact)
    if not 200 <= said.status < 300:
        raise doubt(answer, redact, deed)


def check_read(answer: Answer, redact: Redactor) -> None:
    """Raises Refused for a no that asks for a change, Unavailable for what may pass."""
    said = _said(answer)
    if 300 <= said.status < 400:
        raise noted(Refused(MOVED), answer, redact)
    if refusal := _refusal(said, redact):
        kind = Unavailable if said.status == 429 else Refused
        raise noted(kind(refusal), answer, redact)
    if not 200 <= said.status < 300:
        raise unread(answer, redact)


def unread(answer: Answer, redact: Redactor) -> BotError:
    """For a read whose answer is an error or in no form that we know."""
    sentence = f"{UNKNOWN} ({answer.status}). Its messages could not be read."
    return noted(Unavailable(sentence), answer, redact)


def doubt(answer: Answer, redact: Redactor, deed: str = "sent") -> BotError:
    """For a send, or another change, whose answer is in no form that we know."""
    error = f"WhatCounts answered with an error that does not say whether it was {deed} ({answer.status})."
    sentence = error if answer.status >= 500 else f"{UNKNOWN} ({answer.status})."
    return noted(Uncertain(sentence), answer, redact)


def noted(error: BotError, answer: Answer, redact: Redactor) -> BotError:
    """The error with what WhatCounts answered, redacted, as its note: for the record, not for the channel."""
    error.add_note(f"WhatCounts answered {answer.status}: {redact(answer.text)}")
    return error


def campaign_taken(answer: Answer, redact: Redactor) -> Submitted:
    """The answer to sendMessageToSenderCode as the page shows it: an id and `"status": "submitted"`."""
    found = _objects(answer, redact)
    campaign = found[0] if len(found) == 1 else {}
    identity, status = number(campaign.get("id")), campaign.get("status")
    if identity is None or not isinstance(status, str) or status.strip().lower() != "submitted":
        raise doubt(answer, redact)
    group = number(campaign.get("smsGroupId"))
    return Submitted(id=identity, sms_group_id=group, status="submitted", raw=_kept(found, redact))


def check_success(answer: Answer, redact: Redactor, deed: str = "sent") -> None:
    """Raises Uncertain unless the HTTP API says `SUCCESS: ...`. One that counts is of another command."""
    if not re.fullmatch(r"SUCCESS\b[^0-9<]*", answer.text, re.IGNORECASE):
        raise doubt(answer, redact, deed)


def text_taken(answer: Answer, redact: Redactor) -> Submitted:
    """The answer of smssendmessagetophone and of smssendmessagetosendercode: a word, no id, no group."""
    check_success(answer, redact)
    return Submitted(status="success", raw=redact(answer.text))


def parts_taken(answer: Answer, redact: Redactor, phone: str) -> Submitted:
    """The answer of REST sendMessageToPhone: an object a part, with `success` and the carrier's `status` "0".

    All parts refused in words that we know: Refused. No part, some refused, a part missing, or one about
    another phone: Uncertain. `phone` is in its normal form.
    """
    parts = _objects(answer, redact)
    codes = [str(part.get("status", "")).strip() for part in parts]
    if parts and all(code in _PARTS for code in codes):
        raise noted(Refused(f"The text was refused: {_PARTS[codes[0]]}."), answer, redact)
    is_whole = parts and not _is_cut(parts) and all(map(_is_taken, parts))
    if not is_whole or not all(is_about(part, phone) for part in parts):
        raise doubt(answer, redact)
    return Submitted(status="0", raw=_kept(parts, redact))


def _is_taken(part: dict[str, Any]) -> bool:
    return part.get("success") is True and str(part.get("status", "")).strip() == "0"


def _is_cut(parts: list[dict[str, Any]]) -> bool:
    """Whether fewer parts were sent than the text has; `partSent` may be a count or a part's number."""
    wanted = max(number(part.get("totalParts")) or 1 for part in parts)
    return max(len(parts), *(number(part.get("partSent")) or 0 for part in parts)) < wanted


def _objects(answer: Answer, redact: Redactor) -> list[dict[str, Any]]:
    try:
        return items(answer.json())
    except Unreadable:
        raise doubt(answer, redact) from None


def _kept(found: list[dict[str, Any]], redact: Redactor) -> str:
    return redact(json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False))
