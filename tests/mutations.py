"""Faults put into the code on purpose: each must be seen by the tests that it names, or these tests can hardly fail.

In: the rows of `mutations.toml`: a text that occurs once in the sources, what it becomes, and tests that must then
fail. Every test file of tests/pure, tests/processor and tests/gpu is named by a row. `python -m tests.mutations` tries
all in a copy of the tree (an hour); `python -m tests.mutations test_cache` those that name such a test. It exits with 1
where a test has not failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.clone.conftest import FETCHED, kept
from tests.pure.test_house import ROOT, files


class Mutation(NamedTuple):
    """`tests` are written from the folder tests/ on."""

    old: str
    new: str
    tests: list[str]

    @property
    def files(self) -> list[str]:
        """The test files that must see it."""
        return list(dict.fromkeys(f"tests/{test.partition('::')[0]}" for test in self.tests))


MUTATIONS = [
    Mutation(**row) for row in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["mutations"]
]
OPTIONS = ("-q", "-x", "--tb=no", "-rfE", "--timeout=300", "-p", "no:cacheprovider")
SOURCES = ("site_builder/", "shaders/", "demos/", "posts/", "static/", "scripts/", "README.md", "pyproject.toml")


@cache
def texts() -> dict[str, str]:
    """What may be mutated: the sources, without the tests."""
    kinds = (".py", ".wgsl", ".js", ".css", ".md", ".json", ".toml", ".html", "")
    found = (name for name in files() if name.startswith(SOURCES) and Path(name).suffix in kinds)
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in found}


def places(mutation: Mutation) -> list[str]:
    """The file of each occurrence of the old text: one, or the row must be mended."""
    return [name for name, text in texts().items() for _ in range(text.count(mutation.old))]


def survivors(mutation: Mutation, copy: Path) -> Iterator[str]:
    """The named test files none of whose named tests fails under the mutation, with what pytest says."""
    (name,) = places(mutation)
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        (copy / name).write_text(texts()[name].replace(mutation.old, mutation.new), encoding="utf-8")
        for file in mutation.files:
            tests = [f"tests/{test}" for test in mutation.tests if f"tests/{test}".partition("::")[0] == file]
            command = [sys.executable, "-m", "pytest", *OPTIONS, *tests]
            done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
            seen = (f"FAILED {file}::", f"ERROR {file}::")  # not where the file cannot even be imported
            if not any(line.startswith(seen) for line in done.stdout.splitlines()):
                yield f"{file}: {(done.stdout or done.stderr).strip().splitlines()[-1]}"
    finally:
        (copy / name).write_text(texts()[name], encoding="utf-8")


def main(words: list[str]) -> None:
    """Try the rows that name a test with one of the words in it; all when there are none."""
    chosen = [each for each in MUTATIONS if not words or any(word in " ".join(each.tests) for word in words)]
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copy = Path(folder) / "checkout"
        kept(copy)
        (copy / ".cache").mkdir()
        for name in FETCHED:
            (copy / ".cache" / name).symlink_to(ROOT / ".cache" / name)
        for number, mutation in enumerate(chosen, 1):
            found = [*survivors(mutation, copy)]
            wrong += len(found)
            said = "; ".join(found) or "seen"
            print(f"{number}/{len(chosen)} {places(mutation)[0]}: {mutation.old.strip()[:60]!r}: {said}", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
