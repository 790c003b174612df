"""A clean clone of this checkout with an environment of its own, made once, in which documented commands run.

In: what git keeps, as it is now. Out: a `Clone`. What is not kept by git is not there, so that a script which needs it
fails; only what comes from the network and what earlier builds have cached is shared.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FETCHED = ("node", "test-tools", "bench-peers")  # folders of .cache that npm fills


@dataclass(frozen=True)
class Clone:
    """A checkout where nothing but scripts/site has been run."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Of a shell in which the clone's environment is active. `PYTHONPATH` would lead to this checkout."""
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        return {**kept, "PATH": f"{self.folder / '.venv/bin'}:{kept['PATH']}"}

    def run(self, command: str) -> str:
        """What a command line prints. A failure fails the test with its words."""
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    @contextmanager
    def started(self, command: str) -> Iterator[subprocess.Popen[str]]:
        """A command that runs until the block ends."""
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def changed(self) -> str:
        """What git sees that was not there in the beginning."""
        return self.run("git status --porcelain")


def kept(folder: Path) -> None:
    """Git's clone of the last commit, then what is changed since, in files that git knows."""
    git = ["git", "-C", str(ROOT)]
    subprocess.run(["git", "clone", "--quiet", "--shared", ROOT, folder], check=True)
    changes = subprocess.run([*git, "diff", "HEAD", "--binary"], capture_output=True, check=True).stdout
    if changes:
        subprocess.run(["git", "-C", folder, "apply", "--index"], input=changes, check=True)
        author = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
        subprocess.run(["git", "-C", folder, *author, "commit", "--quiet", "--message", "Now"], check=True)


def environment(folder: Path) -> None:
    """A virtual environment that finds the packages of this one, so that pip has nothing to fetch.

    What scripts/site installs, build-site itself, is not there yet.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    (packages,) = (folder / ".venv").glob("lib/python*/site-packages")
    # Its name sorts behind that of the editable install, which is to be found first.
    (packages / "shared.pth").write_text(f"import site; site.addsitedir({sysconfig.get_paths()['purelib']!r})\n")
    (folder / ".venv" / "bin" / "ruff").symlink_to(Path(sys.executable).with_name("ruff"))
    for program in ("mypy", "pytest"):  # as pip would write them
        script = folder / ".venv" / "bin" / program
        script.write_text(f'#!/bin/sh\nexec "{folder}/.venv/bin/python" -m {program} "$@"\n')
        script.chmod(0o755)


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """What `git clone` and `scripts/site --no-serve` leave."""
    folder = tmp_path_factory.mktemp("clone") / "checkout"
    kept(folder)
    environment(folder)
    for name in FETCHED:
        (ROOT / ".cache" / name).mkdir(parents=True, exist_ok=True)
        (folder / ".cache").mkdir(exist_ok=True)
        (folder / ".cache" / name).symlink_to(ROOT / ".cache" / name)
    cached = ROOT / ".cache" / "build-site"
    if cached.is_dir():
        shutil.copytree(cached, folder / ".cache" / "build-site", ignore=shutil.ignore_patterns("*.lock", "manifest*"))
    clone = Clone(folder)
    clone.run("scripts/site --no-serve")
    return clone
