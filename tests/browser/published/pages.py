"""What tests ask of a demo on a page, and do to it.

In: a page and a demo's name. Out: a `Handle`. It presses what a reader would press and looks at what `demos/runtime`
says of itself; it knows no demo by its name.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page

SECONDS = 60.0  # on two busy cores without a GPU


def until(page: Page, expression: str, seconds: float = SECONDS, words: Callable[[], str] = str) -> None:
    """Wait until it holds. Playwright's own wait evaluates inside the page, which the policy forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < end, f"still not: {expression}; {words()}"
        page.wait_for_timeout(30)


def laid_out(page: Page) -> Page:
    """The page, once what early.js let wait has its height: nobody measures places before."""
    until(page, "!document.documentElement.classList.contains('opening')")
    return page


@dataclass(frozen=True)
class Handle:
    """One demo."""

    page: Page
    name: str

    @property
    def element(self) -> Locator:
        return self.page.locator(f"#demo-{self.name}")

    @property
    def script(self) -> str:
        """JavaScript for the runtime's object."""
        return f"document.getElementById('demo-{self.name}').demo"

    def ask(self, expression: str) -> Any:
        """The value of JavaScript in which `demo` is the demo."""
        return self.page.evaluate(f"((demo) => {expression})({self.script})")

    def until(self, expression: str, seconds: float = SECONDS) -> None:
        """Wait until it holds."""
        until(self.page, f"((demo) => {expression})({self.script})", seconds, self.words)

    def words(self) -> str:
        """What the panel says."""
        said = [self.element.locator(f".demo-{part}").all_inner_texts() for part in ("status", "words", "error")]
        return " | ".join(text for texts in said for text in texts)

    def error(self) -> str:
        """The sentence in the panel, "" when none is shown."""
        shown = self.element.locator(".demo-error")
        return shown.inner_text() if shown.is_visible() else ""

    def find(self) -> Handle:
        """Scroll there as a reader does, and wait until it may be started."""
        self.element.scroll_into_view_if_needed()
        self.element.locator(".demo-bar:not([disabled])").wait_for(timeout=1000 * SECONDS)
        return self

    def button(self, name: str) -> Locator:
        return self.element.locator(".demo-bar button").filter(has_text=name)

    def settings(self) -> Locator:
        """What is folded away, opened."""
        fold = self.element.locator(".demo-settings")
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()
        return fold

    def play(self) -> None:
        self.element.locator(".play").click()
        self.until("demo.playing && demo.step > 0")

    def pause(self) -> None:
        """Pause, unless it has come to its end by itself, and wait for the last word."""
        if self.ask("demo.playing"):
            self.element.locator(".play").click()
        self.rest()

    def rest(self) -> None:
        """Wait until what is read belongs to the last step."""
        self.until("!demo.playing && demo.lookedAt === demo.step")

    def steps(self, count: int) -> None:
        """Press Step."""
        for _ in range(count):
            before = self.ask("demo.step")
            self.button("Step").click()
            self.until(f"demo.step === {before + 1}")
        self.rest()

    def numbers(self, name: str) -> list[float]:
        """A buffer, read back from the GPU."""
        return [float(value) for value in self.ask(f"demo.read({json.dumps(name)}).then((a) => [...a])")]
