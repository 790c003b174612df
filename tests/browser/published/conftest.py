"""The blog, built and served once for all tests here, and visits that fail on anything a reader's console shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.choice import chooses
from tests.browser.published.site import Published, build, copy_project, set_up
from tests.serving import serving

Visit = Callable[..., Page]
# A page's policy reports what it refused by an event, also when the console says nothing.
HEAR_VIOLATIONS = """
    document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """The blog of this checkout."""
    project = copy_project(tmp_path_factory.mktemp("published"), warm=True)
    set_up(project)
    seconds = build(project)
    with serving(project / "_site") as url:
        yield Published(project, url, seconds)


@pytest.fixture
def visit(chromium: Browser, published: Published) -> Iterator[Visit]:
    """Opens pages by their path, each in a context of its own.

    Demos compute on what `on` says, "gpu" or "processor", as if the reader had chosen it, or by themselves with None.
    The reader prefers less motion unless `reduced_motion` says otherwise, so that no demo starts by itself. A console
    error or warning, an exception, a refusal by the policy, a request that fails, or one to anywhere else fails the
    test.
    """
    contexts, wrong = [], []

    def go(path: str, script: str = "", on: str | None = "gpu", **options: Any) -> Page:
        context = chromium.new_context(**{"reduced_motion": "reduce", **options})
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(HEAR_VIOLATIONS + chooses(on) + script)
        page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: wrong.append(request.url) if is_elsewhere(request.url) else None)
        page.on(
            "response", lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status > 399 else None
        )
        page.goto(published.url + path)
        return page

    def is_elsewhere(url: str) -> bool:
        return not url.startswith((f"{published.url}/", "data:", "blob:"))

    yield go
    for context in contexts:
        context.close()
    assert wrong == []
