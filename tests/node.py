"""What a script for Node answers: how tests look at the runtime's JavaScript without a browser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from site_builder.project.node import executable


def answer(script: Path, *arguments: str, given: Any = None) -> dict[str, Any]:
    """The JSON that an ES module prints. `given` is its standard input, as JSON; with anything but 0 it fails."""
    command = [executable(), script, *arguments]
    text = json.dumps(given)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, encoding="utf-8")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
