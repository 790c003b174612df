"""Chromium with WebGPU on a software adapter, as tests and benchmarks start it.

In: nothing but the machine. Out: the flags, where the program is, a browser. What is opened in it, it does not know.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# The last three put the compositor on SwiftShader's Vulkan as well: without them the first WebGPU canvas kills the GPU
# process ("Could not find SharedImageBackingFactory"), because its texture cannot reach the software compositor.
FLAGS = (
    *("--headless=new", "--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"),
    *("--use-angle=vulkan", "--use-vulkan=swiftshader", "--enable-features=Vulkan"),
)


def find() -> str | None:
    """Where it is."""
    return shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def started(*more: str) -> Iterator[Browser]:
    """A browser with a profile of its own, closed at the end. `more`: further words of its command line."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=[*FLAGS, *more])
        try:
            yield browser
        finally:
            browser.close()
