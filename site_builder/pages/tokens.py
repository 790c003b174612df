"""The theme's colours as data.

In: the text of static/theme/tokens.css. Out: its `--name: #rrggbb;` lines, per block. It does not know where the file
is.
"""

from __future__ import annotations

import re

SELECTORS = {"light": ":root", "dark": '[data-theme="dark"]', "system-dark": ":root:not([data-theme])"}


def read_tokens(css: str) -> dict[str, dict[str, str]]:
    """The colours of each block: {"light": {"paper": "#fdfdfb", ...}, "dark": ..., "system-dark": ...}."""
    return {theme: _colours(css, selector) for theme, selector in SELECTORS.items()}


def _colours(css: str, selector: str) -> dict[str, str]:
    block = re.search(rf"^\s*{re.escape(selector)} \{{(.*?)\}}", css, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1])) if block else {}
