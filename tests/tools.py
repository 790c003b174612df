"""JavaScript tools that only tests need: TypeScript, Biome, axe-core, Lighthouse, the Nu HTML checker, Dawn.

Those of package-lock.json beside this file, put by npm into .cache/test-tools/<hash of the lock>. Node is the wheel
that builds use. As a program it installs them and runs the one that is named, by its path among the packages:
`python -m tests.tools typescript/bin/tsc --version`.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from site_builder.bundle.node import MANIFESTS, node_modules
from site_builder.project.node import executable

HERE = Path(__file__).parent


def packages(wanted: Path = HERE, place: str = "test-tools") -> Path:
    """The folder `node_modules` of what the manifests in `wanted` lock: in .cache/PLACE, installed when first wanted.

    Raises ConfigError with npm's last words.
    """
    locked = b"".join((wanted / name).read_bytes() for name in MANIFESTS)
    return node_modules(wanted, HERE.parent / ".cache" / place / hashlib.sha256(locked).hexdigest()[:16])


if __name__ == "__main__":
    modules = packages()
    if len(sys.argv) > 1:
        sys.exit(subprocess.run([executable(), modules / sys.argv[1], *sys.argv[2:]], check=False).returncode)
