"""What `build-site doctor` learns of a browser's adapter."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from site_builder.doctor import examine


def test_chromium_says_which_adapter_demos_get(chromium: Browser) -> None:
    (said,) = [each.text for each in examine(Path.cwd()) if each.text.startswith("chromium: ")]
    assert "demos would run on " in said or "tests make it use google swiftshader, with subgroups" in said
