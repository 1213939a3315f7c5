"""What a path carries depends on what a live test of the account has shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.text import problem
from bot.whatcounts import PROBES, Alphabet, path_problem
from bot.whatcounts.paths import rest_url
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import Loopback, answer

EVERYTHING = Alphabet(frozenset(PROBES))


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        ("plus", "+"), ("percent", "%"), ("slash", "/"), ("backslash", "\\"), ("latin", "éñüÿ¡§"),
        ("other", "Āя中€—“☕\u0301\ufe0f"), ("astral", "😀𝒳"),
    ],
)  # fmt: skip
def test_each_class_is_trusted_by_itself(name: str, characters: str) -> None:
    only, others = Alphabet(frozenset({name})), Alphabet(frozenset(PROBES) - {name})
    for character in characters:
        assert (only.carries(character), others.carries(character)) == (True, False)
        assert path_problem("text", f"a{character}b", only) is None
        assert path_problem("text", f"a{character}b", others) is not None


@pytest.mark.parametrize("character", "\0\n\t\r\x7f\x85\xa0\xad\u200d\u2028\u202e\ud800\ufeff<>[]{}|^`")
def test_what_cannot_be_seen_or_is_of_no_class_is_never_carried(character: str) -> None:
    assert not EVERYTHING.carries(character)


@pytest.mark.parametrize("value", ["", " ", ".", "..", "..."])
def test_what_is_no_segment_stays_none(value: str) -> None:
    assert path_problem("text", value, EVERYTHING) is not None


def test_a_name_that_is_no_class_trusts_nothing() -> None:
    unheard_of = Alphabet(frozenset({"", "letters"}))
    assert not any(unheard_of.carries(character) for character in "é+%/я😀")


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_can_be_stored_and_needs_its_own_class_alone(name: str) -> None:
    probe = PROBES[name]
    assert problem(probe.sample) is None
    assert path_problem("text", probe.sample) is not None
    assert path_problem("text", probe.sample, Alphabet(frozenset({name}))) is None


def test_the_probe_of_percent_tells_a_second_decoding() -> None:
    """facts/whatcounts.md 7: a bare % then is an error, and %41 becomes an A."""
    assert "50% %41" in PROBES["percent"].sample


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60))
def test_what_is_proven_is_read_back_exactly_or_refused(value: str) -> None:
    segments = [("command", "createMessage"), ("name", value), ("text", "Hi")]
    if path_problem("name", value, EVERYTHING) is not None:
        with pytest.raises(Refused):
            rest_url("https://api.example.net", segments, alphabet=EVERYTHING)
        return
    url = rest_url("https://api.example.net", segments, alphabet=EVERYTHING)
    assert url.raw_path.count(b"/") == 5
    assert not set(url.raw_path.decode()) & set("+;?#\\ ")


@pytest.mark.parametrize("back", [[{"id": 6, "name": "check plus", "messageText": "1 1"}], []])
async def test_a_probe_goes_by_rest_before_it_is_proven_and_is_read_back_from_the_list(
    server: Loopback, make: Make, back: list[dict[str, object]]
) -> None:
    sample = PROBES["plus"].sample
    server.steps = [answer({"id": 6, "name": "check plus", "messageText": sample}), answer(back)]
    client = make()
    stored = await client.probe_message("check plus", sample)
    assert (stored and stored.text) == ("1 1" if back else None)
    assert server.requests[0].target.startswith("/rest/sms/createMessage/check%20plus/1%2B1")
    assert client.path_problem("text", sample) is not None


async def test_a_client_trusts_nothing_until_it_is_told(server: Loopback, make: Make) -> None:
    server.steps = [answer({"id": 1, "status": "submitted"})]
    client = make(text_api="rest")
    assert client.path_problem("message name", "a/b") == path_problem("message name", "a/b") is not None
    with pytest.raises(Refused):
        await client.send_to_group("24/7 + 50%", "2065551212", "weekly", "Grüße")
    assert client.text_problem("1 + 1") is not None

    client.trust(Alphabet(frozenset({"plus", "percent", "slash", "latin"})))

    assert client.path_problem("message name", "a/b") is None
    assert client.text_problem("1 + 1") is None
    await client.send_to_group("24/7 + 50%", "2065551212", "weekly", "Grüße")
    path = server.requests[0].target.partition("?")[0]
    assert path == "/rest/sms/sendMessageToSenderCode/24%2F7%20%2B%2050%25/2065551212/Gr%C3%BC%C3%9Fe"
