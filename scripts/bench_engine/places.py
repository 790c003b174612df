"""Where scripts of pages/ run: a Chromium that has never run before, a Firefox, a Node.

In: the URL of a page. Out: a `Tab`, which evaluates expressions there. It knows nothing of engines.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from site_builder.project.node import executable
from tests import chromium
from tests.browser import firefox

DRIVER = Path(__file__).with_name("node.mjs")
OPEN_SECONDS = 60


class Tab(Protocol):
    """A page, or what stands for one."""

    def evaluate(self, expression: str) -> Any:
        """The value of an expression, promises awaited, by way of JSON. Raises an Exception with the place's words."""


@contextmanager
def _chromium(url: str) -> Iterator[Tab]:
    with chromium.started() as browser:
        tab = browser.new_page()
        tab.set_default_timeout(0)
        tab.goto(url)
        tab.wait_for_function("window.bench", timeout=1e3 * OPEN_SECONDS)
        yield tab


@contextmanager
def _firefox(url: str) -> Iterator[Tab]:
    if firefox.find() is None:
        raise RuntimeError("Firefox ESR is not installed")
    with firefox.firefox() as browser:
        browser.open(url)
        browser.until("window.bench", OPEN_SECONDS)
        yield browser


class _Node:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def evaluate(self, expression: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(expression + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "Node ended"}')
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]


@contextmanager
def _node(url: str) -> Iterator[Tab]:
    command = [str(executable()), str(DRIVER), url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield _Node(process)


PLACES: dict[str, Callable[[str], AbstractContextManager[Tab]]] = {
    "Chromium": _chromium,
    "Firefox": _firefox,
    "Node": _node,
}
