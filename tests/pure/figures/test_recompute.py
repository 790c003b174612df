"""All results computed anew and compared with what is kept: what was measured counts, not which machine measured it."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.figures.build import FigureSet
from site_builder.figures.experiments import Experiments
from site_builder.project.cache import Cache
from site_builder.record.compare import Comparison

from .conftest import Project, here


def recomputed(project: Project) -> Comparison:
    comparison = Comparison()
    with here():
        found = Experiments(project.root, Cache(project.root / ".cache/cache"), "processor", compare=comparison)
        FigureSet(found).compute([project.post])
    return comparison


@pytest.fixture
def another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("site_builder.figures.lab.versions", lambda libraries: {"numpy": "9.9"})
    monkeypatch.setattr("site_builder.record.session.versions_with", lambda runner: {"numpy": "9.9"})
    monkeypatch.setattr("site_builder.figures.lab.system", lambda: "Plan9 mips")
    monkeypatch.setattr("site_builder.run.on_processor.ProcessorRunner.adapter", "another adapter")


def kept(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.glob("posts/*/results/*")}


@pytest.mark.usefixtures("another_machine")
def test_the_same_numbers_of_another_machine_are_the_same(project: Project) -> None:
    with pytest.MonkeyPatch.context() as this_machine:
        this_machine.setattr("site_builder.figures.lab.versions", lambda libraries: {"numpy": "1.0"})
        this_machine.setattr("site_builder.record.session.versions_with", lambda runner: {"numpy": "1.0"})
        project.compute()
    before = kept(project.root)
    assert set(before) == {"decay.json", "plain.json"}
    comparison = recomputed(project)
    assert (comparison.compared, comparison.missing, comparison.wrong) == (2, [], [])
    assert kept(project.root) == before


def test_other_numbers_are_found(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.compute()
    real = "site_builder.record.session.Session.read"
    monkeypatch.setattr(real, lambda session, name: session._runner.read(name) * 2)
    assert any("last is" in sentence for sentence in recomputed(project).wrong)


def test_what_only_the_cache_has_is_not_kept_while_comparing(project: Project) -> None:
    project.compute()
    for path in project.root.glob("posts/*/results/*"):
        path.unlink()
    assert len(recomputed(project).missing) == 2
    assert kept(project.root) == {}
    assert project.compute()[1] == []
    assert set(kept(project.root)) == {"decay.json", "plain.json"}
