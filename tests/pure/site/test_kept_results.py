"""A project that keeps its results: a clone computes nothing, and `check --recompute` computes all and compares."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .conftest import FIGURES, build_site, write

KEPT = "posts/01-one/results/count.json"


def clone(project: Path) -> None:
    """What is not of the project's own files goes."""
    shutil.rmtree(project / "_site")
    shutil.rmtree(project / ".cache/build-site")


def test_a_clone_computes_nothing(project: Path) -> None:
    first, site = (project / KEPT).read_bytes(), (project / "_site/one/index.html").read_bytes()
    clone(project)
    write(project, "posts/01-one/figures.py", '"""Another docstring."""\n' + FIGURES.split("\n", 1)[1])
    done = build_site(project)
    assert done.returncode == 0, done.stderr
    assert "Computed" not in done.stderr
    assert (project / KEPT).read_bytes() == first
    assert (project / "_site/one/index.html").read_bytes() == site


def test_a_changed_experiment_is_computed_and_kept(project: Path) -> None:
    clone(project)
    write(project, "posts/01-one/figures.py", FIGURES.replace('"total": 3', '"total": 4'))
    done = build_site(project)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Computed") == 1
    assert "Computed count (posts/01-one/figures.py), 1 of 1" in done.stderr
    assert '"total": 4' in (project / KEPT).read_text()
    assert "Nothing changed" in build_site(project).stdout, "what a build keeps is no change to the next"


def test_recompute_compares_all_and_keeps_nothing(project: Path) -> None:
    before = (project / KEPT).read_bytes()
    done = build_site(project, "check", "--recompute")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Computed") == 2
    assert "2 results were computed anew and are as kept." in done.stdout
    assert (project / KEPT).read_bytes() == before


def test_recompute_finds_a_result_that_is_not_the_one_that_is_kept(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = FIGURES.replace("import numpy", "import time\n\nimport numpy").replace(
        '"total": 3', '"total": time.time()'
    )
    write(project, "posts/01-one/figures.py", chance)
    index = project / "posts/01-one/index.md"
    index.write_text(index.read_text().replace(":d`", ":.1f`"))
    assert build_site(project).returncode == 0
    monkeypatch.setattr("site_builder.record.compare.TOLERANCE", 1e-16)
    done = build_site(project, "check", "--recompute")
    assert done.returncode == 2
    assert "what is computed here is not what is kept" in done.stderr
    assert "count (posts/01-one/figures.py): total is 1" in done.stderr


def test_recompute_says_what_is_not_kept(project: Path) -> None:
    write(project, "posts/01-one/figures.py", FIGURES.replace('"total": 3', '"total": 4'))
    done = build_site(project, "check", "--recompute")
    assert done.returncode == 0, done.stderr
    assert "nothing that fits is kept of count (posts/01-one/figures.py)" in done.stderr
    assert "1 results were computed anew" in done.stdout


def test_what_cannot_be_kept_and_what_nothing_computes_any_more_are_warnings(project: Path) -> None:
    large = FIGURES.replace(
        "np.arange(4.0) ** 2}", "np.arange(4.0) ** 2, 'more': np.random.default_rng(1).random(10**5)}"
    )
    write(project, "posts/01-one/figures.py", large)
    write(project, "posts/02-two/results/gone.json", "{}")
    done = build_site(project)
    assert done.returncode == 0, done.stderr
    said = "posts/01-one/figures.py:9: the result of count takes more than 300,000 bytes, so every clone of the project"
    assert said in done.stderr
    assert "posts/02-two/results/gone.json: there is no experiment gone; delete this file." in done.stderr
    assert not (project / KEPT).exists()
    write(project, "posts/02-two/index.md", (project / "posts/02-two/index.md").read_text() + "\nMore.\n")
    assert "Computed" not in build_site(project).stderr, "this machine's cache has it"
