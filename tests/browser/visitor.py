"""Somebody at the sandbox's page: what they type and press, and where they look."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import ConsoleMessage, Locator, Page

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
        """Into the composer, and Enter."""
        composer = self.page.get_by_test_id("composer")
        await composer.fill(text)
        await composer.press("Enter")

    async def become(self, user: str) -> None:
        await self.page.locator(f"[data-user={user}]").click()

    async def order(self, name: str) -> None:
        """Press a button of the panel."""
        await self.page.get_by_test_id(f"panel-{name}").click()

    def card(self, heading: str) -> Locator:
        """The newest card under this heading."""
        title = self.page.get_by_role("heading", name=heading)
        return self.page.get_by_test_id("log").get_by_test_id("message").filter(has=title).last

    @property
    def answer(self) -> Locator:
        """The newest message that only this person sees."""
        return self.page.locator("[data-testid=message][data-ephemeral]").last

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

    async def take(self, name: str) -> None:
        if self.folder is None:
            return
        path = self.folder / f"{name}.png"
        await self.page.mouse.move(0, 0)  # nothing looks pointed at
        await self.page.screenshot(path=path, animations="disabled", caret="hide")
        assert path.stat().st_size < LARGEST, f"{path} is too large"
