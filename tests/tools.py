"""JavaScript tools that only tests need: TypeScript, Biome, axe-core, Lighthouse, the Nu HTML checker, Dawn.

Those of package-lock.json beside this file, put by npm into .cache/test-tools/<hash of the lock>. Node is the wheel
that builds use. As a program it installs them and runs the one that is named, by its path among the packages:
`python -m tests.tools typescript/bin/tsc --version`.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from site_builder.bundle.node import executable, npm

HERE = Path(__file__).parent
MANIFESTS = ("package.json", "package-lock.json")


def packages(wanted: Path = HERE, place: str = "test-tools") -> Path:
    """The folder `node_modules` of what the manifests in `wanted` lock: in .cache/PLACE, installed when first wanted.

    Raises RuntimeError with npm's last words.
    """
    locked = b"".join((wanted / name).read_bytes() for name in MANIFESTS)
    folder = HERE.parent / ".cache" / place / hashlib.sha256(locked).hexdigest()[:16]
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".part-"))
        for name in MANIFESTS:
            shutil.copyfile(wanted / name, part / name)
        command = [str(executable()), str(npm()), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=part, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(part)
            raise RuntimeError(f"npm could not install what {wanted} locks: {done.stderr.strip()[-400:]}")
        part.rename(folder)
    return folder / "node_modules"


if __name__ == "__main__":
    modules = packages()
    if len(sys.argv) > 1:
        sys.exit(subprocess.run([executable(), modules / sys.argv[1], *sys.argv[2:]], check=False).returncode)
