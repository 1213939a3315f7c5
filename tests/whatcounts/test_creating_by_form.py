"""Storing a text that no path carries: the form's answer holds no text, so the list has the last word."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import BotError, Refused, Uncertain
from bot.whatcounts import Alphabet, Created, WhatCounts
from tests.whatcounts.loopback import Cut, Loopback, Reply, Reset, Step, answer, html, text
from tests.whatcounts.pages import error

TEXT = "50% off: https://example.com/a"
STORED = {"id": 6, "name": "sale", "messageText": TEXT, "label": "welcome", "totalParts": 1}
OTHER = {"id": 1, "name": "other", "messageText": TEXT}
DONE = text("SUCCESS: 6")
NO_LABEL = text("FAILURE: Error label name not found")
CSV_OF_STORED = (
    '"Id","RealmId","Name","MessageText","TotalParts","CreatedDate","UpdatedDate"\n'
    f'"6","10","sale","{TEXT}","1","2017-09-07 06:33:06","2017-09-07 06:33:06"\n'
)

DOUBTS: list[Step] = [
    NO_LABEL, text("FAILURE: Message could not be saved"), text("FAILURE: something: with colons"),
    text("FAILURE"), text("\ufefffailure: no"), text("SUCCESS"), text("SUCCESS: 0"), text("SUCCESS: done"),
    text("SUCCESS: 6 of 7"), text("SUCCESS: " + "9" * 30), text("OK"), text("6"), html(200), html(500),
    html(502), html(503), html(408), Reply(200), error("Something nobody has seen"), answer(STORED),
    Reply(302, headers={"Location": "https://elsewhere.example/"}),
    Reply(200, b"SUCCESS: 6", promised=99), Cut(), Reset(),
]  # fmt: skip


async def create(server: Loopback, client: WhatCounts, *steps: Step, label: str = "") -> Created:
    server.steps = list(steps)
    try:
        return await client.create_message("sale", TEXT, label)
    finally:
        forms = [request.form for request in server.requests if request.body]
        asked = [form for form in forms if ("c", "createsmsmessage") in form]
        assert len(asked) == 1, "it was asked twice, or not at all"


async def failure(server: Loopback, client: WhatCounts, *steps: Step) -> BotError:
    with pytest.raises(BotError) as failed:
        await create(server, client, *steps)
    return failed.value


@pytest.mark.parametrize("words", ["SUCCESS: 6", "\ufeffSUCCESS: 6\r\n", "success 6"])
async def test_a_success_is_looked_up(server: Loopback, client: WhatCounts, words: str) -> None:
    created = await create(server, client, text(words), answer([OTHER, STORED]), label="welcome")
    assert (created.message.id, created.message.text) == (6, TEXT)
    assert (created.is_reconciled, created.is_changed, created.label_missing) == (False, False, False)
    assert [request.method for request in server.requests] == ["POST", "GET"]


async def test_a_success_with_another_text_in_the_list_is_told(server: Loopback, client: WhatCounts) -> None:
    created = await create(server, client, DONE, answer([STORED | {"messageText": "50"}]))
    assert (created.is_changed, created.is_reconciled, created.message.text) == (True, False, "50")


async def test_a_success_that_the_list_has_under_another_id_is_reconciled(
    server: Loopback, client: WhatCounts
) -> None:
    created = await create(server, client, DONE, answer([STORED | {"id": 7}]))
    assert (created.message.id, created.is_reconciled) == (7, True)


async def test_a_label_that_is_not_defined_is_stored_without_it_and_told(
    server: Loopback, client: WhatCounts
) -> None:
    """Page create-sms-message: `FAILURE: Error label name not found`, and the message is created."""
    created = await create(server, client, NO_LABEL, answer([STORED | {"label": None}]), label="nowhere")
    assert (created.message.id, created.is_reconciled, created.label_missing) == (6, True, True)


@pytest.mark.parametrize("doubt", DOUBTS)
async def test_a_doubt_is_settled_by_the_list_that_has_it(
    server: Loopback, client: WhatCounts, doubt: Step
) -> None:
    created = await create(server, client, doubt, answer([OTHER, STORED]))
    assert (created.message.id, created.is_reconciled, created.is_changed) == (6, True, False)


async def test_a_list_that_comes_as_csv_settles_it_too_but_shows_no_label(
    server: Loopback, client: WhatCounts
) -> None:
    unread, csv = Reply(200, b"{ {} }"), Reply(200, CSV_OF_STORED.encode(), "text/plain")
    created = await create(server, client, DONE, unread, csv, label="welcome")
    assert (created.message.id, created.message.text, created.label_missing) == (6, TEXT, True)


@pytest.mark.parametrize("reason", ["Message could not be saved", "name has special characters", "a: b: c"])
async def test_a_failure_and_nothing_in_the_list_is_a_refusal(
    server: Loopback, client: WhatCounts, reason: str
) -> None:
    failed = await failure(server, client, text(f"FAILURE: {reason}."), answer([OTHER]))
    assert isinstance(failed, Refused)
    assert str(failed) == f"WhatCounts did not store it: {reason}. It is not among the stored messages."
    assert failed.__notes__ == [f"WhatCounts answered 200: FAILURE: {reason}."]


@pytest.mark.parametrize(
    "reason", ["Message could not be saved", "A message already exists", "The same name is there"]
)
async def test_a_name_that_is_taken_is_a_refusal(server: Loopback, client: WhatCounts, reason: str) -> None:
    taken = answer([STORED | {"messageText": "Bye"}])
    failed = await failure(server, client, text(f"FAILURE: {reason}"), taken)
    assert isinstance(failed, Refused)
    assert "stored already, with another text" in str(failed)


@pytest.mark.parametrize("doubt", [NO_LABEL, html(502), Cut(), text("OK")])
async def test_another_text_under_the_name_is_a_doubt(
    server: Loopback, client: WhatCounts, doubt: Step
) -> None:
    failed = await failure(server, client, doubt, answer([STORED | {"messageText": "Bye"}]))
    assert isinstance(failed, Uncertain)
    assert "there with another text" in str(failed)


@pytest.mark.parametrize("doubt", [DONE, html(500), html(200), Reply(200), text("OK"), answer({}), Cut()])
async def test_nothing_in_the_list_and_no_word_of_a_no_stays_a_doubt(
    server: Loopback, client: WhatCounts, doubt: Step
) -> None:
    failed = await failure(server, client, doubt, answer([OTHER]))
    assert isinstance(failed, Uncertain)
    assert "not among the stored messages yet" in str(failed)


@pytest.mark.parametrize("doubt", [DONE, NO_LABEL, Cut()])
@pytest.mark.parametrize("reading", [html(500), html(401), Reply(200)])
async def test_a_list_that_cannot_be_read_leaves_a_doubt(
    server: Loopback, client: WhatCounts, doubt: Step, reading: Step
) -> None:
    failed = await failure(server, client, doubt, reading)
    assert isinstance(failed, Uncertain)
    assert "list could not be read either" in str(failed)


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (text("Invalid credentials"), "allow-list"),
        (text("FAILURE: Unable to determine customer account (realm)"), "does not know this realm"),
        (html(404), "WHATCOUNTS_URL"), (html(401), "allow-list"), (html(429), "too often"),
    ],
)  # fmt: skip
async def test_a_no_given_before_anything_is_done_asks_for_no_list(
    server: Loopback, client: WhatCounts, step: Step, says: str
) -> None:
    failed = await failure(server, client, step)
    assert isinstance(failed, Refused)
    assert says in str(failed)
    assert len(server.requests) == 1


TEXTS: dict[str, Any] = {
    "a+b": {"plus"}, "50%": {"percent"}, "and/or": {"slash"}, "a\\b": {"backslash"}, "né": {"latin"},
    "я": {"other"}, "😀": {"astral"}, "+é": {"plus", "latin"}, "a<b": None, "a\nb": None, "..": None,
}  # fmt: skip


@pytest.mark.parametrize("words", TEXTS)
async def test_what_is_proven_goes_by_rest_and_all_else_as_a_form(
    server: Loopback, client: WhatCounts, words: str
) -> None:
    server.steps = [answer([STORED | {"messageText": words}])]
    await client.create_message("sale", words)
    client.trust(Alphabet(frozenset(TEXTS[words] or TEXTS["a+b"])))
    await client.create_message("sale", words)
    posts = [request.target for request in server.requests if request.method == "POST"]
    assert posts[0] == "/bin/api_web"
    assert posts[1].startswith("/rest/sms/createMessage/sale/") is (TEXTS[words] is not None)
