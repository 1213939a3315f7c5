"""The emulated container judges the raw request target as Tomcat does, before the application sees it."""

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest

from sandbox.whatcounts import WhatCountsEmulator
from sandbox.whatcounts.tomcat import TargetError, read_target

SEND = "/rest/sms/sendMessageToPhone"
TO = "2065550100/2065551212"


@pytest.fixture
async def emulator() -> AsyncIterator[WhatCountsEmulator]:
    running = WhatCountsEmulator()
    await running.start()
    yield running
    await running.stop()


async def raw(
    emulator: WhatCountsEmulator, target: str, method: str = "POST", extra: str = ""
) -> tuple[int, str]:
    """Status and body of the answer to a request whose target goes onto the wire just so."""
    key = base64.b64encode(f"sandbox:{emulator.password}".encode()).decode()
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {key}\r\nConnection: close\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", int(emulator.url.rpartition(":")[2]))
    writer.write(f"{head}{extra}\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    return int(answer.split(" ", 2)[1]), answer.partition("\r\n\r\n")[2]


@pytest.mark.parametrize(
    ("segment", "arrives"),
    [
        ("Hello%20there", "Hello there"),
        ("caf%C3%A9%20%E2%98%95", "café ☕"),
        ("a%3Bb", "a;b"),
        ("a%3Fb%23c", "a?b#c"),
        ("a%0Ab", "a\nb"),
        ("...", "..."),
        ("%22%3C%3E%5B%5D%7B%7D%7C%5E%60", '"<>[]{}|^`'),
        ("Hello;secret", "Hello"),
        ("a+b", "a b"),
        ("a%2Bb", "a b"),
        ("a%2541", "aA"),
        ("%E9", "�"),
    ],
)
async def test_what_a_path_carries(emulator: WhatCountsEmulator, segment: str, arrives: str) -> None:
    status, _ = await raw(emulator, f"{SEND}/{segment}/{TO}")
    assert status == 200
    assert [sent.text for sent in emulator.sent] == [arrives]


@pytest.mark.parametrize(
    "segment",
    [
        "1%2F2",
        "a%5Cb",
        "a\\b",
        "%00",
        "50%",
        "50%zz",
        "a[b",
        "a{b",
        "a|b",
        "a^b",
        "a`b",
        'a"b',
        "a<b",
        "é",
        "a#b",
    ],
)
async def test_what_a_path_does_not_carry_is_an_html_400(emulator: WhatCountsEmulator, segment: str) -> None:
    status, body = await raw(emulator, f"{SEND}/{segment}/{TO}")
    assert (status, emulator.sent) == (400, [])
    assert body.startswith("<!doctype html>")
    assert len(emulator.requests) == 1


async def test_an_encoded_percent_sign_breaks_the_second_decoding(emulator: WhatCountsEmulator) -> None:
    status, body = await raw(emulator, f"{SEND}/50%25%20off/{TO}")
    assert (status, emulator.sent) == (500, [])
    assert "IllegalArgumentException" in body


@pytest.mark.parametrize(
    ("habit", "arrives"), [("literal", "a+b%41"), ("space", "a b%41"), ("double_decode", "a bA")]
)
async def test_what_becomes_of_a_plus_is_a_habit(
    emulator: WhatCountsEmulator, habit: str, arrives: str
) -> None:
    emulator.habits.set("path_plus", habit)
    await raw(emulator, f"{SEND}/a+b%2541/{TO}")
    assert [sent.text for sent in emulator.sent] == [arrives]


@pytest.mark.parametrize(
    "target",
    [
        f"{SEND}//{TO}",
        f"{SEND}/./{TO}",
        f"{SEND}/../{TO}",
        f"{SEND}/%2E%2E/{TO}",
        f"{SEND}/a/b/{TO}",
        f"{SEND}/;all/{TO}",
        f"{SEND}/what?/{TO}",
        f"/rest/SMS/sendMessageToPhone/Hi/{TO}",
        f"/rest/sms/sendmessagetophone/Hi/{TO}",
        "/rest/sms/messages",
        "/rest",
        "/rest/create_message",
        "/",
    ],
)
async def test_another_number_of_segments_is_another_route_and_not_there(
    emulator: WhatCountsEmulator, target: str
) -> None:
    status, body = await raw(emulator, target)
    assert (status, emulator.sent) == (404, [])
    assert body.startswith("<!doctype html>")


async def test_a_slash_at_the_end_is_no_segment(emulator: WhatCountsEmulator) -> None:
    assert (await raw(emulator, f"{SEND}/Hi/{TO}/"))[0] == 200
    assert (await raw(emulator, "/bin/api_web/"))[1].startswith("FAILURE: Unable to determine")


async def test_going_above_the_root_is_refused(emulator: WhatCountsEmulator) -> None:
    assert (await raw(emulator, "/../rest/sms", "GET"))[0] == 400


async def test_a_dot_segment_leads_to_another_operation(emulator: WhatCountsEmulator) -> None:
    status, _ = await raw(emulator, f"{SEND}/x/../Hi/{TO}")
    assert (status, [sent.text for sent in emulator.sent]) == (200, ["Hi"])


@pytest.mark.parametrize(
    ("method", "target"),
    [("GET", f"{SEND}/Hi/{TO}"), ("POST", "/rest/sms"), ("HEAD", "/rest/sms"), ("PUT", "/bin/api_web")],
)
async def test_another_method_is_not_allowed(emulator: WhatCountsEmulator, method: str, target: str) -> None:
    status, _ = await raw(emulator, target, method)
    assert (status, emulator.sent) == (405, [])


async def test_a_version_that_is_not_there_is_not_acceptable(emulator: WhatCountsEmulator) -> None:
    wrong = "Accept: application/vnd.whatcounts-v2+json\r\n"
    right = "Accept: application/vnd.whatcounts-v1+json\r\n"
    assert (await raw(emulator, "/rest/sms", "GET", wrong))[0] == 406
    assert (await raw(emulator, "/rest/sms", "GET", right))[0] == 200


async def test_a_whole_address_as_target_is_understood(emulator: WhatCountsEmulator) -> None:
    assert (await raw(emulator, "http://api.whatcounts.net/rest/sms", "GET"))[0] == 200


async def test_a_target_past_eight_kilobytes_is_refused() -> None:
    with pytest.raises(TargetError):
        read_target("/rest/" + "x" * 8192)


async def test_a_garbled_request_gets_a_page_and_is_written_down(emulator: WhatCountsEmulator) -> None:
    query = "/bin/api_web?p=opensesame&message_text=50% off"
    for target in (f"{SEND}/a b/{TO}", f"{SEND}/caf\u00e9/{TO}", query):
        assert (await raw(emulator, target))[0] == 400
    assert [kept.method for kept in emulator.requests] == ["", "", ""]
    assert [kept.shown()["target"] for kept in emulator.requests] == [
        f"POST {SEND}/a b/{TO} HTTP/1.1",
        f"POST {SEND}/caf\u00c3\u00a9/{TO} HTTP/1.1",
        "POST /bin/api_web?p=•••&message_text=50% off HTTP/1.1",
    ]


async def test_headers_are_kept_with_their_names_as_they_were_written(emulator: WhatCountsEmulator) -> None:
    await raw(emulator, "/rest/sms", "GET", "X-aPi-KEY: bm86bm8=\r\n")
    names = [name for name, _ in emulator.requests[0].headers]
    assert names == ["Host", "Authorization", "Connection", "X-aPi-KEY"]
    assert emulator.requests[0].shown()["headers"][-1] == ["X-aPi-KEY", "•••"]
