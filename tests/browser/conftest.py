"""A Chromium in front of the whole sandbox; after each test the console is quiet and no rule was broken."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from sandbox.process import ROOT
from sandbox.whole import Sandbox, sandbox
from tests.browser.visitor import Pictures, Visitor

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",  # of Chromium itself: it refuses to start as root with it
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 15_000  # milliseconds for what takes one, on a machine that runs four tests at once


@pytest_asyncio.fixture
async def chromium() -> AsyncIterator[Browser]:
    """The Chromium of this machine."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no Chromium here (looked for {', '.join(NAMES)}): nothing to open the page in")
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Sandbox]:
    """What `make demo` starts."""
    async with sandbox() as started:
        yield started


@pytest_asyncio.fixture
async def visitor(running: Sandbox, chromium: Browser) -> AsyncIterator[Visitor]:
    """Olive, the operator, in #sms; she sits in New York, the account in Los Angeles."""
    context = await chromium.new_context(
        viewport={"width": 1440, "height": 900},
        device_scale_factor=1,
        timezone_id="America/New_York",
        locale="en-US",
    )
    visitor = Visitor(await context.new_page())
    await visitor.open(running.url)
    yield visitor
    await expect(visitor.breaches).to_have_attribute("data-count", "0")
    assert visitor.complaints == []
    assert running.slack.breaches == []


@pytest.fixture
def pictures(visitor: Visitor) -> Pictures:
    """Takes pictures into the folder that SMSOPS_SCREENSHOTS names, and none without it."""
    folder = os.environ.get("SMSOPS_SCREENSHOTS")
    return Pictures(visitor.page, ROOT / folder if folder else None)
