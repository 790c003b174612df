"""Node for the author who has none: the JavaScript tools of package.json, installed once and run from Python.

In: a JavaScript module as text and bytes for its standard input. Out: the bytes on its standard output. The packages
are those of package-lock.json beside this file, put by `npm ci` into `.cache/node/<hash of the lock>`. It does not know
what a script computes.
"""

from __future__ import annotations

import errno
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from filelock import FileLock

from ..errors import BuildError, ConfigError
from ..project.cache import digest
from ..project.node import executable, last_words

HERE = Path(__file__).parent
MANIFESTS = ("package.json", "package-lock.json")
FULL = (errno.ENOSPC, errno.EDQUOT)


def npm() -> Path:
    """npm's entry script, which the wheel carries beside the binary."""
    root = executable().parent if os.name == "nt" else executable().parent.parent / "lib"
    return root / "node_modules" / "npm" / "bin" / "npm-cli.js"


def lock_hash() -> str:
    """What the installed packages derive from: both manifests and the machine's kind (esbuild is a native binary)."""
    return digest(*((HERE / name).read_bytes() for name in MANIFESTS), sys.platform, platform.machine())[:16]


def node_modules(manifests: Path, folder: Path) -> Path:
    """The folder `node_modules` of the packages that `manifests` locks, put into `folder` if they are not there yet.

    Of several processes that want them one installs them, and the others wait. Raises ConfigError when npm cannot fetch
    them, which happens once per lock and needs the network, and OSError when the disk is full.
    """
    modules = folder / "node_modules"
    if not modules.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / "lock"):
            if not modules.is_dir():
                _install(manifests, folder)
    return modules


def _install(manifests: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".part-") as inside:
        part = Path(inside, "packages")
        part.mkdir()
        for name in MANIFESTS:
            shutil.copyfile(manifests / name, part / name)
        command = [str(executable()), str(npm()), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=part, capture_output=True, text=True, check=False)
        _expect_space(done.stderr, folder)
        if done.returncode != 0 or "TAR_ENTRY_ERROR" in done.stderr:  # to npm a file that it cannot write is a warning
            raise ConfigError(
                f"npm could not install the JavaScript tools: {last_words(done.stderr)}",
                file=manifests / "package-lock.json",
                hint="The first build needs the network; later ones do not",
            )
        part.rename(folder)


class NodePackages:
    """The pinned packages in a folder under `cache` (the project's `.cache`), installed when first needed."""

    def __init__(self, cache: Path) -> None:
        self.folder = cache / "node" / lock_hash()

    def packages(self) -> Path:
        """The folder `node_modules`. Raises ConfigError as `node_modules` does."""
        return node_modules(HERE, self.folder)

    def run(self, script: str, data: bytes = b"", *arguments: str, seconds: float | None = None) -> bytes:
        """Run an ES module given as text; its imports are looked up among the pinned packages.

        `data` is its standard input and `arguments` follow in process.argv. Raises BuildError with the script's last
        words when it exits with anything but 0, OSError when they say that the disk is full, TimeoutError when it takes
        more than so many seconds; a script that foresees bad input reports it in its output instead.
        """
        self.packages()
        command = [str(executable()), "--input-type=module", "--eval", script, "--", *arguments]
        try:
            done = subprocess.run(
                command, cwd=self.folder, input=data, capture_output=True, check=False, timeout=seconds
            )
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"a JavaScript tool took more than {seconds:g} s") from error
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace")
            _expect_space(said, self.folder)
            raise BuildError(f"a JavaScript tool failed: {last_words(said)}")
        return done.stdout


def _expect_space(said: str, folder: Path) -> None:
    """OSError, as Python's own functions raise it, if a tool says that the disk is full."""
    for number in FULL:
        if errno.errorcode[number] in said or os.strerror(number).lower() in said.lower():
            raise OSError(number, os.strerror(number), str(folder))
