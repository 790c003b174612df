"""A browser, and pages for it: the runtime bundled with the demo of fixtures/separator, served from memory.

One browser for all tests of a session. Where Chromium is missing the tests are skipped, in CI they fail.
"""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from site_builder.bundle.assets import Bundle, bundle
from site_builder.bundle.node import NodePackages
from site_builder.modules import compiled
from site_builder.plan import PlanModule
from site_builder.project.cache import Cache
from tests.browser import firefox
from tests.browser.choice import chooses
from tests.chromium import find, started
from tests.missing import missing
from tests.processor.engines import Node

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = Path(__file__).parent / "fixtures" / "separator"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".wasm": "application/wasm",
}
REPLAY = "demos/runtime/replay.js"
TRIAL = "/shaders/device/quads.wgsl"
PLOTS = tuple(f"/shaders/plots/{name}.wgsl" for name in ("marks", "mesh", "raster"))
KINDS[".wgsl"] = KINDS[".js"]  # served as modules that export the text
LIMITS = "/shaders/device/limits.json"
STATE = "['status', 'error'].map((part) => document.querySelector(`.demo-${part}`)?.textContent).join()"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'"
)


@dataclass
class Served:
    """A site in memory: what lies at each path, and what its pages may do."""

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    policy: str = POLICY

    def clear(self) -> None:
        """Nothing is left of what a test put there."""
        self.files.clear()
        self.policy = POLICY

    def put(self, path: str, content: str | bytes | dict[str, Any]) -> None:
        """JSON for dictionaries, text as it is."""
        if isinstance(content, dict):
            content = json.dumps(content)
        self.files[path] = content.encode() if isinstance(content, str) else content


def until(page: Page, expression: str, timeout: float = 15_000) -> None:
    """Wait until a JavaScript expression holds. Playwright's own wait uses eval, which the policy forbids."""
    end = time.monotonic() + timeout / 1000
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < end, f"still not: {expression}; {page.evaluate(STATE)}"
        page.wait_for_timeout(20)


def painted(canvas: Locator) -> float:
    """The share of a canvas' pixels that it changes: it is looked at with nothing over it, then without it."""
    show = "(e, all) => { for (const each of e.parentElement.children) each.style.visibility = all[+(each === e)]; }"
    canvas.scroll_into_view_if_needed()
    element, box = canvas.element_handle(), canvas.bounding_box()  # what is hidden may be no match of the locator
    assert box is not None
    looks = []
    for shown in ("visible", "hidden"):
        element.evaluate(show, ["hidden", shown])
        png = canvas.page.screenshot(clip={key: box[key] for key in ("x", "y", "width", "height")})
        looks.append(np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.int16))
    element.evaluate(show, ["", ""])
    return float((np.abs(looks[0] - looks[1]).max(axis=-1) > 8).mean())


@pytest.fixture(scope="session")
def separator() -> ModuleType:
    """The hand-written plan."""
    spec = importlib.util.spec_from_file_location("separator_plan", FIXTURE / "plan.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The runtime and the fixtures' demos, as the build bundles them."""
    project = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "demos" / "runtime", project / "demos" / "runtime")
    for script in FIXTURE.parent.glob("*/demo.js"):
        (project / "demos" / script.parent.name).mkdir()
        shutil.copy(script, project / "demos" / script.parent.name)
    return bundle(project, Cache(project / ".cache"), NodePackages(ROOT / ".cache"))


@pytest.fixture(scope="session")
def made(separator: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, PlanModule]:
    """The fixture's plans as modules, by the option that chooses them."""
    cache = Cache(tmp_path_factory.mktemp("modules"))
    return {
        name: compiled(json.dumps(separator.plan(rate_scale=scale)), ROOT, cache)
        for name, scale in (("calm", 1), ("brisk", 4))
    }


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    """An HTTP server for 127.0.0.1, which browsers count as secure, so that WebGPU is there."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            content = served.files.get(path)
            self.send_response(200 if content is not None else 404)
            kind = path if path in KINDS else Path(path).suffix or ".html"
            self.send_header("Content-Type", KINDS.get(kind, "application/octet-stream"))
            self.send_header("Content-Security-Policy", served.policy)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    served = Served(f"http://127.0.0.1:{listening.server_port}")
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield served
    listening.shutdown()
    listening.server_close()


def page_html(bundled: Bundle, inside: str, entry: str = "demos/separator/demo.js") -> str:
    """A page with the theme's tokens, the runtime's style and one element."""
    styles = [bundled.urls["static/theme/theme.css"], bundled.urls["demos/runtime/runtime.css"], "/page.css"]
    links = "".join(f'<link rel="stylesheet" href="{each}">' for each in styles)
    script = f'<script type="module" src="{bundled.urls[entry]}"></script>'
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Test</title>{links}'
    icon = '<link rel="icon" href="data:,">'
    return f'<!doctype html><html lang="en">{head}{icon}<body><main>{inside}</main>{script}'


DEMO = (
    '<live-demo name="separator" id="demo-separator" manifest="/assets/manifest.json"{extra}><figure>'
    '<svg viewBox="0 0 600 300" role="img" aria-label="Two clouds and a line">'
    '<rect width="600" height="300" fill="none" stroke="currentColor"/></svg>'
    "<figcaption>Two clouds and the line that training found.</figcaption></figure></live-demo>"
)


@pytest.fixture
def site(server: Served, bundled: Bundle, separator: ModuleType, made: dict[str, PlanModule]) -> Served:
    """The fixture's page at /, and all that it fetches."""
    server.clear()
    for path, content in bundled.files.items():
        server.put(f"/{path}", content)
    server.put("/page.css", "body { margin: 0 } main { display: block; padding: 1rem; max-width: 64rem; margin: auto }")
    server.put("/", page_html(bundled, DEMO.format(extra="")))
    server.put("/assets/manifest.json", separator.manifest())
    server.put("/assets/plan-calm.json", separator.plan())
    server.put("/assets/plan-brisk.json", separator.plan(rate_scale=4))
    for name, module in made.items():
        server.put(f"/assets/plan-{name}.wasm", module.wasm)
        server.put(f"/assets/plan-{name}-trial.json", module.trial)
    server.put("/assets/patterns.bin", bytes(range(12)))
    server.put("/assets/record.json", separator.record())
    return server


@pytest.fixture
def bare(server: Served) -> Callable[[dict[str, str]], str]:
    """Serves an empty page, the runtime's modules as they are, and other files. Gives the page's address."""

    def serve(files: dict[str, str]) -> str:
        server.clear()
        runtime = ROOT / "demos" / "runtime"
        for module in runtime.rglob("*.js"):
            server.put(f"/runtime/{module.relative_to(runtime).as_posix()}", module.read_bytes())
        for kernel in (TRIAL, *PLOTS):  # what they import as text, and browsers take for a module
            server.put(kernel, f"export default {json.dumps((ROOT / kernel[1:]).read_text('utf-8'))};")
        server.put(LIMITS, (ROOT / LIMITS[1:]).read_bytes())
        for path, text in files.items():
            server.put(path, text)
        icon = '<link rel="icon" href="data:,">'
        server.put("/bare", f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Bare</title>{icon}')
        return f"{server.url}/bare"

    return serve


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium on SwiftShader."""
    if find() is None:
        missing("Chromium")
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def browser() -> Iterator[firefox.Firefox]:
    """Firefox ESR on lavapipe, one for the tests of a file. Its reader has chosen the GPU."""
    if firefox.find() is None:
        missing("Firefox ESR")
    with firefox.firefox() as browser:
        browser.choose("gpu")
        yield browser


@pytest.fixture(scope="module")
def plain_firefox() -> Iterator[firefox.Firefox]:
    """Firefox ESR without WebGPU, one for the tests of a file."""
    if firefox.find() is None:
        missing("Firefox ESR")
    with firefox.firefox(webgpu=False) as browser:
        yield browser


@pytest.fixture(scope="session")
def compiler() -> Iterator[Node]:
    """What makes modules of plans."""
    node = Node()
    yield node
    node.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages in a context of their own; a console error fails the test unless it is expected.

    `on` is the backend that the reader has chosen, None where that is left to the page.
    """
    contexts, errors = [], []

    def open_it(
        url: str, script: str = "", expect_errors: bool = False, on: str | None = "gpu", **options: Any
    ) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(chooses(on) + script)
        if not expect_errors:
            page.on(
                "console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None
            )
            page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert errors == []
