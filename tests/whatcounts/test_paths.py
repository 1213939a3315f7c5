"""What arrives is what was typed, or nothing leaves."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.errors import Refused
from bot.whatcounts import WhatCounts, path_problem
from bot.whatcounts.paths import rest_url
from tests.whatcounts.conftest import PASSWORD, REALM, Make
from tests.whatcounts.loopback import Loopback, answer, text

SAFE = "ABCXYZabcxyz0189 _~!'(),:@$*&=.-?\"#;"
TAKEN = {"id": 1, "smsGroupId": 2, "status": "submitted"}

names = st.text(st.sampled_from(SAFE), min_size=1, max_size=60)
printable = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60)


@pytest.mark.parametrize("value", ["welcome", "Spring sale #2", "50 off; now?", "a.b", "...x", SAFE, "Hi."])
def test_a_plain_value_can_travel(value: str) -> None:
    assert path_problem("message name", value) is None


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        (".", "dots only"),
        ("..", "dots only"),
        ("...", "dots only"),
        ("a/b", "“/”"),
        ("a\\b", "“\\”"),
        ("a+b", "“+”"),
        ("50% off", "“%”"),
        ("a\nb", "the invisible character U+000A"),
        ("a\0b", "the invisible character U+0000"),
        ("a\x7fb", "the invisible character U+007F"),
        ("café", "“é”"),
        ("\ud800", "U+D800"),
        ("<b>", "“<”"),
    ],
)
def test_what_may_be_changed_on_the_way_does_not_travel(value: str, says: str) -> None:
    problem = path_problem("message name", value)
    assert problem is not None
    assert says in problem
    assert problem.startswith("The message name ")
    with pytest.raises(Refused, match=r"The message name"):
        rest_url("https://api.example.net", [("message name", value)])


@given(st.text())
@example("..")
@example(". .")
def test_every_text_arrives_whole_or_is_refused(value: str) -> None:
    segments = [("command", "sendMessageToPhone"), ("text", value), ("sender code", "2065551212")]
    if path_problem("text", value) is not None:
        with pytest.raises(Refused):
            rest_url("https://api.example.net", segments)
        return
    target = rest_url("https://api.example.net", segments).raw_path.decode()
    parts = target.split("/")
    assert len(parts) == 6
    assert unquote(parts[4]) == value
    assert not set(target) & set("+;?#\\ ")


@given(names, names, printable, st.one_of(st.just(""), printable))
@settings(max_examples=25, deadline=None)
def test_a_group_send_is_written_to_the_wire_as_typed(
    message: str, campaign: str, group: str, description: str
) -> None:
    if path_problem("", message) or path_problem("", campaign) or not group.strip():
        return
    target = asyncio.run(_target_of(message, campaign, group, description))
    path, _, query = target.partition("?")
    expected = ["", "rest", "sms", "sendMessageToSenderCode", message, "2065551212", campaign]
    assert [unquote(part) for part in path.split("/")] == expected
    given_description = [("description", description)] if description else []
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    assert pairs == [("groupName", group), *given_description]


async def _target_of(message: str, campaign: str, group: str, description: str) -> str:
    server = Loopback()
    server.steps = [answer(TAKEN)]
    await server.start()
    client = WhatCounts(url=server.url, realm=REALM, password=PASSWORD)
    await client.send_to_group(message, "2065551212", group, campaign, description)
    await client.aclose()
    await server.stop()
    return server.requests[0].target


async def test_every_safe_character_is_written_as_it_was_encoded(
    server: Loopback, client: WhatCounts
) -> None:
    server.steps = [answer(TAKEN)]
    await client.send_to_group(SAFE, "2065551212", "weekly", "Sale S-7K3QXM")
    path = server.requests[0].target.partition("?")[0]
    encoded = "ABCXYZabcxyz0189%20_~%21%27%28%29%2C%3A%40%24%2A%26%3D.-%3F%22%23%3B"
    assert path == f"/rest/sms/sendMessageToSenderCode/{encoded}/2065551212/Sale%20S-7K3QXM"


@pytest.mark.parametrize("name", ["50% off", "a+b", "24/7", "..", "a\\b", "", "Grüße"])
async def test_a_name_that_cannot_travel_is_refused_before_a_byte_leaves(
    server: Loopback, client: WhatCounts, name: str
) -> None:
    for message, campaign in ((name, "campaign"), ("message", name)):
        with pytest.raises(Refused):
            await client.send_to_group(message, "2065551212", "weekly", campaign)
    assert server.connections == 0


@pytest.mark.parametrize("group", ["", " ", "a\nb", "\0"])
async def test_without_a_whole_group_nothing_leaves(server: Loopback, client: WhatCounts, group: str) -> None:
    with pytest.raises(Refused):
        await client.send_to_group("welcome", "2065551212", group, "campaign")
    assert server.connections == 0


async def test_an_address_too_long_for_a_server_is_refused(server: Loopback, client: WhatCounts) -> None:
    with pytest.raises(Refused, match="too long"):
        await client.send_to_group("welcome", "2065551212", "weekly", "campaign", "d" * 7000)
    assert server.connections == 0


@pytest.mark.parametrize("words", ["see https://example.com/a", "50% off", "1+1", "Olá"])
async def test_by_rest_a_text_that_a_path_cannot_carry_is_refused(
    server: Loopback, make: Make, words: str
) -> None:
    client = make(text_api="rest")
    assert client.text_problem(words) is not None
    with pytest.raises(Refused, match=r"The text has"):
        await client.send_to_phone("12065550100", "2065551212", words)
    assert server.connections == 0


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=80))
@example("+ % / \\ .. ; & = # ? é 😀 \u00a0")
@settings(max_examples=25, deadline=None)
def test_a_form_carries_any_text_byte_for_byte(words: str) -> None:
    form = asyncio.run(_form_of(words))
    if form is not None:
        assert form[-1] == ("message_text", words)


async def _form_of(words: str) -> list[tuple[str, str]] | None:
    server = Loopback()
    server.steps = [text("SUCCESS: Sending message to phone was successful")]
    await server.start()
    client = WhatCounts(url=server.url, realm=REALM, password=PASSWORD)
    sendable = client.text_problem(words) is None
    if sendable:
        await client.send_to_phone("12065550100", "2065551212", words)
    await client.aclose()
    await server.stop()
    return server.requests[0].form if sendable else None


async def test_a_line_break_travels_in_a_form(server: Loopback, client: WhatCounts) -> None:
    server.steps = [text("SUCCESS: Sending message to phone was successful")]
    await client.send_to_phone("12065550100", "2065551212", "Hi\nthere")
    assert server.requests[0].form[-1] == ("message_text", "Hi\nthere")


@pytest.mark.parametrize(
    ("phone", "sender", "words"),
    [
        ("2065550100", "2065551212", "Hi"),
        ("+12065550100", "2065551212", "Hi"),
        ("12065550100", " ", "Hi"),
        ("12065550100", "2065551212", " "),
        ("12065550100", "2065551212", "a" * 161),
        ("12065550100", "2065551212", "a\ud800"),
    ],
)
async def test_a_text_that_is_not_whole_is_refused_before_a_byte_leaves(
    server: Loopback, client: WhatCounts, phone: str, sender: str, words: str
) -> None:
    with pytest.raises(Refused):
        await client.send_to_phone(phone, sender, words)
    assert server.connections == 0
