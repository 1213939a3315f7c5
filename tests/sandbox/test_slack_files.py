"""A file in a form: what Slack's client lets in, how the app is told of it, and who gets its bytes."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from sandbox.slack import Slack
from sandbox.slack.manifest import Manifest
from tests.browser.visitor import Visitor
from tests.sandbox.slack_bot import Json, SmallBot

TEXT = {"type": "plain_text", "text": "Words"}
BOX: Json = {"type": "file_input", "action_id": "file", "filetypes": ["csv", "txt"], "max_files": 1}
FILE = {
    "type": "input",
    "block_id": "file",
    "label": {"type": "plain_text", "text": "CSV file"},
    "element": BOX,
}
FORM = {"type": "modal", "title": TEXT, "submit": TEXT, "blocks": [FILE]}
LIST = b"phone\n2065550100\n"


@pytest.fixture
def manifest() -> Manifest:
    """An app that may read files."""
    commands = [{"command": "/sms", "usage_hint": "help", "description": "Texts"}]
    scopes = ["commands", "chat:write", "files:read"]
    return Manifest({"features": {"slash_commands": commands}, "oauth_config": {"scopes": {"bot": scopes}}})


@pytest.fixture
async def opened(slack: Slack, bot: SmallBot) -> SmallBot:
    """The form, before Olive."""

    async def open_form(said: Json) -> None:
        await bot.call("views.open", trigger_id=said["trigger_id"], view=FORM)

    bot.on["command"] = open_form
    await slack.command("U0OLIVE", "/sms")
    return bot


def files_in(bot: SmallBot) -> list[Json]:
    (said,) = [one for one in bot.got if one.get("type") == "view_submission"]
    state: Json = said["view"]["state"]["values"]["file"]["file"]
    assert state["type"] == "file_input"
    files: list[Json] = state["files"]
    return files


async def fetched(url: str, token: str = "") -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers=headers, allow_redirects=False) as got,
    ):
        return got.status, got.headers.get("location", ""), await got.read()


async def test_the_app_is_told_of_the_file_as_an_object(slack: Slack, opened: SmallBot) -> None:
    await slack.fill("U0OLIVE", {"file": slack.give("U0OLIVE", "a list.csv", LIST)})
    assert (await slack.submit("U0OLIVE")).ok
    (file,) = files_in(opened)
    assert (file["name"], file["size"], file["filetype"], file["user"]) == (
        "a list.csv", len(LIST), "csv", "U0OLIVE",
    )  # fmt: skip
    assert (file["mimetype"], file["mode"]) == ("text/csv", "snippet")
    assert (await fetched(file["url_private_download"], slack.bot_token))[0::2] == (200, LIST)
    told = await opened.call("files.info", file=file["id"])
    assert told["file"] == file


async def test_nobody_gets_the_bytes_without_the_token(slack: Slack, opened: SmallBot) -> None:
    file = slack.workspace.give("U0OLIVE", "list.csv", LIST)
    status, location, body = await fetched(file.to_dict(slack.url)["url_private_download"])
    assert (status, body) == (302, b"") and location.endswith("/signin")
    assert (await fetched(location))[2].startswith(b"<!DOCTYPE html>")
    assert slack.breaches.pop() == "url_private: not_authed"


async def test_without_the_scope_files_read_there_are_none(slack: Slack, opened: SmallBot) -> None:
    file = slack.workspace.give("U0OLIVE", "list.csv", LIST)
    slack.revoke("files:read")
    assert (await opened.call("files.info", file=file.id))["error"] == "missing_scope"
    assert (await fetched(file.to_dict(slack.url)["url_private"], slack.bot_token))[0] == 302


@pytest.mark.parametrize(("name", "error"), [("F0NONE", "file_not_found"), ("deleted", "file_deleted")])
async def test_a_file_that_is_not_there_is_not_told_of(
    slack: Slack, opened: SmallBot, name: str, error: str
) -> None:
    file = slack.workspace.give("U0OLIVE", "list.csv", LIST)
    file.is_deleted = True
    asked = file.id if name == "deleted" else name
    assert (await opened.call("files.info", file=asked))["error"] == error
    assert (await fetched(f"{slack.url}/files-pri/T0-{asked}/download/x", slack.bot_token))[0] == 404


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "Please complete this required field."),
        (["list.xlsx"], "This file type is not supported: list.xlsx."),
        (["a.csv", "b.csv"], "You can add up to 1 file."),
    ],
)
async def test_the_client_lets_in_what_the_element_says(
    slack: Slack, opened: SmallBot, names: list[str], said: str
) -> None:
    await slack.fill("U0OLIVE", {"file": [slack.give("U0OLIVE", name, LIST) for name in names]})
    assert not (await slack.submit("U0OLIVE")).ok
    view = slack.view("U0OLIVE")
    assert view is not None and view.errors == {"file": said}


async def test_a_file_of_somebody_else_is_none(slack: Slack, opened: SmallBot) -> None:
    with pytest.raises(LookupError):
        await slack.fill("U0OLIVE", {"file": slack.give("U0ANA", "list.csv", LIST)})


@pytest.mark.browser
async def test_on_the_page_a_file_is_chosen_dropped_and_removed(
    slack: Slack, opened: SmallBot, visitor: Visitor
) -> None:
    form = visitor.form
    box = form.get_by_label("CSV file", exact=True)
    await box.set_input_files({"name": "one.csv", "mimeType": "text/csv", "buffer": LIST})
    await form.get_by_text("one.csv").wait_for()
    assert await box.count() == 0  # one is all that it takes
    await form.get_by_role("button", name="Remove one.csv").click()
    await drop(form.locator(".drop"), "two.xlsx")
    await visitor.page.get_by_text("This file type is not supported: two.xlsx.").wait_for()
    await drop(form.locator(".drop"), "two.csv")
    await form.get_by_text("two.csv").wait_for()
    await visitor.submit()
    await slack.wait_for(lambda: [one for one in opened.got if one.get("type") == "view_submission"])
    (file,) = files_in(opened)
    assert (file["name"], slack.workspace.files[file["id"]].content) == ("two.csv", b"phone\n2065550101\n")


async def drop(zone: Any, name: str) -> None:
    """As if dragged from a folder."""
    transfer = await zone.page.evaluate_handle(
        """name => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(["phone\\n2065550101\\n"], name, { type: "text/csv" }));
          return transfer;
        }""",
        name,
    )
    await zone.dispatch_event("drop", {"dataTransfer": transfer})
