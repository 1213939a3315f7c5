"""The emulator's page: served whole, nothing from elsewhere, no text as code, no password."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from sandbox.whatcounts import WhatCountsEmulator
from sandbox.whatcounts.page import FOLDER
from tests.sandbox.whatcounts_calls import HTTP, MAIN, REST, good, rest

FILES = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())}
SCRIPTS = [name for name in FILES if name.endswith(".js")]
ELSEWHERE = re.compile(r"(?:https?:)?//[\w.-]+\.\w+|@import|url\(|@font-face")
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|\beval\b|new Function"
)
IMPORT = re.compile(r"import\s*\{([^}]*)\}\s*from\s*\"([^\"]+)\"")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
async def emulator() -> AsyncIterator[WhatCountsEmulator]:
    running = WhatCountsEmulator(password="opensesame")
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def client(emulator: WhatCountsEmulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=emulator.url, auth=("sandbox", "opensesame")) as open_client:
        yield open_client


@pytest.mark.parametrize("name", FILES)
async def test_every_file_is_served_and_may_load_only_its_neighbours(
    client: httpx.AsyncClient, name: str
) -> None:
    answer = await client.get(f"/_/{name}")
    assert (answer.status_code, answer.text) == (200, FILES[name])
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert ELSEWHERE.findall(FILES[name].replace("http://www.w3.org/2000/svg", "")) == []
    assert 5 <= len(FILES[name].splitlines()) <= 250


async def test_the_address_itself_is_the_document(client: httpx.AsyncClient) -> None:
    answer = await client.get("/_/")
    assert answer.headers["content-type"] == "text/html;charset=utf-8"
    assert answer.text == FILES["index.html"]
    assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", answer.text) == []
    named = set(re.findall(r"(?:src|href)=\"([^#\"]+)\"", answer.text))
    assert named <= FILES.keys()
    assert {name for name in FILES if name.endswith(".css")} <= named


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_makes_no_markup_from_text_and_imports_what_is_there(name: str) -> None:
    assert MARKUP.findall(FILES[name]) == []
    for names, module in IMPORT.findall(FILES[name]):
        exported = FILES[module.removeprefix("./")]
        for each in filter(None, (word.strip() for word in names.split(","))):
            assert re.search(rf"export (?:async )?(?:function|const|let) {each}\b", exported), each


@pytest.mark.parametrize(
    "path", ["../page.py", "..%2fpage.py", "%2e%2e/page.py", "page/app.js", ".", "..", "x.js"]
)
async def test_nothing_outside_the_folder_is_served(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, path: str
) -> None:
    target = f"{emulator.url}/_/{path}"
    request = httpx.Request("GET", target)
    request.url = request.url.copy_with(raw_path=f"/_/{path}".encode())
    assert (await client.send(request)).status_code == 404
    assert (await client.post("/_/app.js")).status_code == 404


async def test_the_state_holds_the_account_and_only_the_newest_when_so_asked(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    for operation in REST:
        await good(client, emulator, operation)
    state = (await client.get("/_/state?last=2")).json()
    assert [one["n"] for one in state["requests"]] == [5, 6]
    assert (len(state["sent"]), state["totals"]) == (2, {"requests": 6, "sent": 2})
    eve = next(one for one in state["contacts"] if one["first"] == "Eve")
    assert eve["subscriptions"] == [
        {"sender": MAIN, "group": None},
        {"sender": "12345", "group": "weekly"},
    ]
    assert eve["opted_out"] == [MAIN]
    assert {"id", "phone", "sender"} == state["opt_outs"][0].keys()
    (sent,) = state["campaigns"]
    assert (sent["name"], sent["message"], sent["group"]) == ("June", "welcome", "vip")
    assert state["labels"] == {"welcome": 61, "promo": 62, "info": 63, "sms": 64}
    assert state["operations"].keys() >= {*REST, *HTTP}
    assert state["known_habits"].keys() == state["habits"].keys()


@pytest.mark.parametrize(
    "target",
    [
        "/bin/api_web?r=sandbox&p=opensesame&c=getsmsmessages",
        "/bin/api_web?r=sandbox&%70wd=opensesame&cmd=getsmsmessages",
        "/bin/api_web?r=sandbox&Password=opensesame",
        "/rest/sms/opensesame",
        "/rest/sms/createMessage/N/opensesame?label=nope",
        "/rest/sms?x=open%73esame",
    ],
)
async def test_the_password_is_shown_however_it_was_written_never(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, target: str
) -> None:
    await client.post(target, headers={"x-note": "opensesame"})
    await client.post("/bin/api_web", content=b'{"pass": "opensesame"}')
    shown = (await client.get("/_/state")).json()["requests"]
    assert "opensesame" not in str(shown).replace("open%73esame", "")
    assert "•••" in str(shown)


async def test_another_site_may_not_read_the_state(client: httpx.AsyncClient) -> None:
    cross = {"sec-fetch-site": "cross-site"}
    assert (await client.get("/_/state", headers=cross)).status_code == 403
    assert (await client.get("/_/state", headers={"sec-fetch-site": "same-origin"})).status_code == 200


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("no Chromium here: nothing to open the page in")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def page(chromium: Browser, emulator: WhatCountsEmulator) -> AsyncIterator[Page]:
    """The page, open; afterwards the console was quiet and nothing was fetched from elsewhere."""
    opened = await chromium.new_page(viewport={"width": 1440, "height": 900})
    opened.set_default_timeout(15_000)
    said: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    await opened.goto(emulator.page)
    yield opened
    assert said == []
    assert [url for url in asked if not url.startswith(emulator.page)] == []


@pytest.mark.browser
async def test_the_page_shows_each_request_as_it_came_and_what_it_left(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, page: Page
) -> None:
    await expect(page.get_by_text("No request yet.")).to_be_visible()
    await rest(client, "sendMessageToPhone", "<b>Hi & bye", "2065550100", MAIN)
    emulator.faults.next("close_after")
    with suppress(httpx.TransportError):
        await good(client, emulator, "stopSubscriberSend")
    newest = page.locator(".request").first
    await expect(newest).to_contain_text("close_after")
    await expect(newest).to_contain_text("no answer")
    await newest.locator("summary").click()
    await expect(newest).to_contain_text("Authorization: •••")
    await good(client, emulator, "createsmsmessage")
    await expect(page.locator(".request")).to_have_count(3)
    await expect(page.locator(".request[open]")).to_contain_text("stopSubscriberSend")
    await rest(client, "sendMessageToSenderCode", "welcome", MAIN, "June", groupname="vip")
    for tab, words in (
        ("Realm", "everyone"),
        ("Texts sent", "<b>Hi & bye"),
        ("Contacts", "Main line"),
        ("Messages", "Night hours"),
    ):
        await page.get_by_role("link", name=tab).click()
        await expect(page.locator("main")).to_contain_text(words)
    assert "opensesame" not in await page.content()


@pytest.mark.browser
async def test_the_page_orders_faults_and_habits_and_starts_over(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, page: Page
) -> None:
    form = page.locator("form.order")
    await form.get_by_label("Fault").select_option("error_503")
    await form.get_by_label("Strikes").select_option("write")
    await form.get_by_label("How often").select_option("3")
    await form.get_by_label("The work is").select_option("yes")
    await form.get_by_role("button").click()
    await expect(page.locator(".waiting")).to_contain_text("error_503 3 × at write")
    ordered = emulator.faults.active[0]
    assert (ordered.name, ordered.left, ordered.operation, ordered.executed) == (
        "error_503",
        3,
        "write",
        True,
    )
    assert (await good(client, emulator, "createMessage")).status_code == 503
    await expect(page.locator(".waiting")).to_contain_text("2 ×")
    await page.get_by_role("button", name="Clear error_503").click()
    await expect(page.locator("#active")).to_contain_text("None")
    await page.get_by_label("stopSubcriberSend is there too").select_option("yes")
    await emulator.wait_for(lambda: emulator.habits.misspelt_stop)
    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Start over").click()
    await expect(page.get_by_text("No request yet.")).to_be_visible()
    await expect(page.get_by_label("stopSubcriberSend is there too")).to_have_value("false")
    assert (emulator.requests, emulator.faults.active) == ([], [])


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_fits_a_phone_in_either_light(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, page: Page, scheme: str
) -> None:
    await good(client, emulator, "sendMessageToSenderCode")
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": 360, "height": 740})
    for tab in ("requests", "texts", "contacts", "messages", "account", "faults"):
        await page.locator(f"#to-{tab}").click()
        await expect(page.locator(f"#to-{tab}")).to_have_attribute("aria-current", "page")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate("document.documentElement.dataset.theme") == scheme
    await expect(page.locator("form.order")).to_be_visible()
