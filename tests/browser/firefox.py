"""A second browser: Firefox ESR, with WebGPU or without, driven over WebDriver BiDi, which it speaks itself.

In: URLs and JavaScript. Out: values, and what the console said. It knows nothing of demos.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PREFERENCES = {
    "gfx.webgpu.ignore-blocklist": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "ui.prefersReducedMotion": 1,  # so that no demo starts by itself
}
SECONDS = 60


class Firefox:
    """One tab of one browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.number = 0
        self.console: list[str] = []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        self.context = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method: str, **parameters: Any) -> Any:
        """One command and its answer. Raises RuntimeError with the browser's words."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv(timeout=SECONDS))
            if message.get("method") == "log.entryAdded" and message["params"]["level"] in ("error", "warn"):
                self.console.append(str(message["params"]["text"]))
            if message.get("id") == self.number:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['message']}")
                return message["result"]

    def open(self, url: str) -> None:
        """Go there and wait until it is loaded. What the page before says because it is left is of no interest."""
        self.evaluate("0")  # what it said until now has come
        said = len(self.console)
        self.send("browsingContext.navigate", context=self.context, url="about:blank", wait="complete")
        del self.console[said:]
        self.send("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def choose(self, backend: str) -> None:
        """As a reader chose who is on any page from now on: "gpu" or "processor"."""
        code = f"() => {{ try {{ sessionStorage['compute-on'] ??= '{backend}'; }} catch {{}} }}"
        self.send("script.addPreloadScript", functionDeclaration=code)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression, promises awaited, by way of JSON."""
        code = f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))"
        target = {"context": self.context}
        result = self.send("script.evaluate", expression=code, target=target, awaitPromise=True)
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def until(self, expression: str, seconds: float = 30) -> None:
        """Wait until it holds."""
        end = time.monotonic() + seconds
        while not self.evaluate(f"Boolean({expression})"):
            if time.monotonic() > end:
                raise TimeoutError(f"still not: {expression}; {self.console}")
            time.sleep(0.05)

    def click(self, selector: str) -> None:
        """A real pointer on the middle of an element."""
        place = (
            "(e => { e.scrollIntoView({block: 'center'}); const b = e.getBoundingClientRect();"
            " return [b.x + b.width / 2, b.y + b.height / 2]; })"
        )
        x, y = (round(each) for each in self.evaluate(f"{place}(document.querySelector({json.dumps(selector)}))"))
        steps = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self.send(
            "input.performActions", context=self.context, actions=[{"type": "pointer", "id": "mouse", "actions": steps}]
        )

    def press(self, key: str) -> None:
        """A key, as WebDriver writes it."""
        steps = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.send(
            "input.performActions", context=self.context, actions=[{"type": "key", "id": "keys", "actions": steps}]
        )


def find() -> str | None:
    """Where Firefox ESR is."""
    return shutil.which("firefox-esr")


@contextmanager
def firefox(webgpu: bool = True) -> Iterator[Firefox]:
    """A browser with a profile of its own, closed at the end."""
    preferences = PREFERENCES | {"dom.webgpu.enabled": webgpu}
    profile = Path(tempfile.mkdtemp(prefix="firefox-"))
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items())
    (profile / "user.js").write_text("\n".join(lines))
    command = [str(find()), "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            found = next(match for line in process.stderr if (match := re.search(r"(ws://\S+)", line)))
            with connect(f"{found[1]}/session", max_size=None, open_timeout=SECONDS) as socket:
                yield Firefox(socket)
        finally:
            process.terminate()
            shutil.rmtree(profile, ignore_errors=True)
