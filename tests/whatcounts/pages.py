"""How a request is held against the example of its page."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from tests.whatcounts.loopback import Received, Reply

# The headers of every example; the first is base64 of myAccount:xyzpwd123.
HEADERS = {
    "authorization": "Basic bXlBY2NvdW50Onh5enB3ZDEyMw==",
    "content-type": "application/json",
    "accept": "application/vnd.whatcounts-v1+json",
}


def error(words: str) -> Reply:
    """A documented error with the commas that the page leaves out."""
    body = f"""{{ "error": "{words}", "status": "Internal Server Error", "statusCode": 500 }}"""
    return Reply(500, body.encode())


def check_is_the_pages(request: Received, example: str) -> None:
    """Method, path and query after decoding, headers, and no body; a page writes a space as +, we as %20."""
    page, ours = urlsplit(example), urlsplit(request.target)
    assert request.method == "POST"
    assert unquote(ours.path) == unquote_plus(page.path)
    assert "+" not in request.target
    pairs = parse_qsl(ours.query, strict_parsing=bool(ours.query))
    assert sorted(pairs) == sorted(parse_qsl(page.query))  # their order says nothing
    assert {name: request.headers[name] for name in HEADERS} == HEADERS
    assert (request.body, request.headers["content-length"]) == (b"", "0")
