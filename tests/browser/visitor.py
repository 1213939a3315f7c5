"""Somebody at the sandbox's page: what they type and press, and where they look."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.async_api import ConsoleMessage, Locator, Page, expect

LARGEST = 250_000  # bytes of a picture, so that the repository stays small


@dataclass
class Visitor:
    """One browser window; `complaints` is what its console said that is worse than a remark."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    async def open(self, url: str) -> None:
        await self.page.goto(url)
        await self.page.get_by_test_id("composer").wait_for()

    async def type(self, text: str) -> None:
        """Into the composer, and Enter, which does nothing until what was typed before has arrived."""
        composer = self.page.get_by_test_id("composer")
        sending = self.page.get_by_test_id("send")
        await expect(sending).not_to_have_attribute("aria-busy", "true", timeout=20_000)
        await composer.fill(text)
        await composer.press("Enter")

    async def become(self, user: str) -> None:
        await self.page.locator(f"[data-user={user}]").click()

    async def enter(self, channel: str) -> None:
        """Look into another channel, by its id."""
        await self.page.locator(f"[data-channel={channel}]").click()

    async def order(self, name: str) -> None:
        """Press a button of the panel."""
        await self.page.get_by_test_id(f"panel-{name}").click()

    async def wide(self, pixels: int) -> None:
        """Another width of the window: 390 is a telephone's."""
        await self.page.set_viewport_size({"width": pixels, "height": 844 if pixels < 640 else 900})

    async def theme(self, scheme: Literal["dark", "light"]) -> None:
        """What the system prefers, which the page follows.

        Chromium, when the machine is busy, does not always tell a page of the change: so it is made to draw.
        """
        await self.page.emulate_media(color_scheme=scheme)
        await self.page.evaluate("dispatchEvent(new Event('resize'))")
        await expect(self.page.locator("html")).to_have_attribute("data-theme", scheme)

    @property
    def slack(self) -> Locator:
        """Slack's window, without the phones and the panel."""
        return self.page.locator(".slack")

    @property
    def log(self) -> Locator:
        """All that stands in the channel."""
        return self.page.get_by_test_id("log")

    def card(self, heading: str) -> Locator:
        """The newest card under this heading; not a private message that shows the same."""
        title = self.page.get_by_role("heading", name=heading)
        return self.log.locator("[data-testid=message]:not([data-ephemeral])").filter(has=title).last

    def message(self, text: str) -> Locator:
        """The newest message with these words, with the menu beside it."""
        return self.log.locator(".message-row").filter(has_text=text).last

    @property
    def answer(self) -> Locator:
        """The newest message that only this person sees."""
        return self.page.locator("[data-testid=message][data-ephemeral]").last

    async def dismiss(self) -> None:
        """Take away what only this person sees."""
        shown = self.page.get_by_role("button", name="Dismiss message")
        for left in reversed(range(await shown.count())):
            await shown.last.click()
            await expect(shown).to_have_count(left)

    def phone(self, number: str) -> Locator:
        """The texts on one handset."""
        return self.page.locator(f"[data-number='{number}']").get_by_test_id("text")

    @property
    def form(self) -> Locator:
        return self.page.get_by_test_id("modal")

    def field(self, label: str) -> Locator:
        """The form's part with this label: the input, and what is said under it."""
        return self.form.locator(".input").filter(has=self.page.get_by_label(label, exact=True))

    async def write(self, label: str, text: str) -> None:
        """Into a field of the form; a time as `2026-11-20T10:00`, in the browser's zone."""
        await self.form.get_by_label(label, exact=True).fill(text)

    async def choose(self, label: str, typed: str, option: str) -> None:
        """Type into a select of the form and take one of what it offers."""
        await self.form.get_by_role("combobox", name=label).fill(typed)
        await self.form.get_by_role("option", name=option).click()

    @property
    def question(self) -> Locator:
        """What a button asks before it does anything."""
        return self.page.get_by_test_id("confirm")

    async def submit(self) -> None:
        await self.page.get_by_test_id("modal-submit").click()

    @property
    def bot_state(self) -> Locator:
        return self.page.get_by_test_id("bot-state")

    @property
    def breaches(self) -> Locator:
        """Where the page says which of Slack's rules the bot has broken."""
        return self.page.get_by_test_id("breaches")


def button(label: str, on: Locator) -> Locator:
    """A button by its words."""
    return on.get_by_role("button", name=label, exact=True)


@dataclass(frozen=True)
class Pictures:
    """For docs/: taken where a folder is given, with everything that moves at its end."""

    page: Page
    folder: Path | None

    async def take(self, name: str, of: Page | Locator | None = None) -> None:
        """Of the whole page, or of another one, or of a part."""
        if self.folder is None:
            return
        path = self.folder / f"{name}.png"
        await self.page.mouse.move(0, 0)  # nothing looks pointed at
        await (of or self.page).screenshot(path=path, animations="disabled", caret="hide")
        assert path.stat().st_size < LARGEST, f"{path} is too large"
