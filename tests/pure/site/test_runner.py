"""What computes a site: by default whatever is there; the processor on request, and then the same bytes anywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from site_builder.figures.jobs import ExperimentJob
from site_builder.record import session
from tests.pure.figures.conftest import here

from .conftest import ENVIRONMENT, build_site, content, make, write

KEPT = "posts/01-one/results/growth.json"
FIGURES = '''\
"""A model that learns to add."""

from site_builder import graph as g
from site_builder import nn
from site_builder.figures import canvas, experiment, figure
from site_builder.graph import Model


@experiment
def growth(lab):
    model = Model("growth")
    x = model.data("x", (200, 2), source="moons/points")
    network = model.add("network", nn.Linear(2, 8))

    @model.program(counts=True)
    def step() -> None:
        loss = g.mean(g.square(g.tanh(network(x)) - 1))
        nn.Adam(0.01).minimise(loss, model)
        model.record("loss", loss)

    run = lab.run(model, seed=3)
    run.run("step", 50)
    losses = run.read("loss.history")[:50]
    return {"last": float(losses[-1]), "losses": losses, "record": run.record("step", 50, ["loss.history"])}


@figure(growth, alt="A falling line.", replay="growth")
def fall(result):
    fig, ax = canvas(height=2.0)
    ax.plot(result["losses"])
    return fig


@experiment
def count(lab):
    return {"total": 3}
'''
POST = """\
---
title: One
summary: What this is about.
date: 2026-01-31
---

It ends at {value}`growth.last:.4f`, after {value}`count.total:d` words.

:::{figure} fall
Losses.
:::
"""


def trained(folder: Path) -> Path:
    """A project with one post, whose figure is of a training."""
    folder.mkdir()
    project = make(folder)
    write(project, "posts/01-one/index.md", POST)
    write(project, "posts/01-one/figures.py", FIGURES)
    (project / "posts/02-two/index.md").unlink()
    (project / "posts/02-two/figures.py").unlink()
    (project / "posts/02-two").rmdir()
    return project


def kept(project: Path) -> dict[str, str]:
    """What the kept result says of who computed it."""
    record: dict[str, str] = json.loads((project / KEPT).read_bytes())["result"]["record"]
    return record


def ran(project: Path, *arguments: str) -> list[str]:
    """The names of the experiments that a build of the project runs."""
    with here() as executor:
        done = build_site(project, *arguments)
    assert done.returncode == 0, done.stderr
    return [job.name for job in executor.jobs if isinstance(job, ExperimentJob)]


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has a driver, or looks like it: its wgpu is the processor under that name."""
    monkeypatch.setattr(session, "has_adapter", lambda: True)
    monkeypatch.setattr(session.Session, "_wgpu", session.Session._processor)


@pytest.fixture
def no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "has_adapter", lambda: False)


def test_the_processor_gives_the_same_bytes_anywhere(tmp_path: Path) -> None:
    sites = []
    for name in ("one", "another"):
        project = trained(tmp_path / name)
        command = [sys.executable, "-m", "site_builder.cli", "build", "--runner", "processor"]
        done = subprocess.run(command, cwd=project, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "Figures ran on the processor." in done.stdout
        sites.append((content(project / "_site"), json.loads((project / KEPT).read_bytes())["result"]))
    assert sites[0] == sites[1]
    result = sites[0][1]
    record = result["tree"]["record"]["record"]
    assert (record["adapter"], result["record"]["adapters"]) == ("processor", ["processor"])
    for one in (record, result["record"]):
        assert one["runner"] == "processor"
        assert {"python", "numpy", "scikit-learn", "wasmtime"} == set(one["versions"])
    assert b"<dt>Computed on</dt><dd>the processor, " in sites[0][0]["one/index.html"]


@pytest.mark.usefixtures("no_driver")
def test_without_a_driver_the_processor_computes_and_a_wish_for_one_is_a_sentence(tmp_path: Path) -> None:
    project = trained(tmp_path / "project")
    with here():
        done = build_site(project, "build", "--runner", "wgpu")
    assert done.returncode == 2
    assert "posts/01-one/figures.py:21: wgpu was asked for, and no GPU adapter was found. Ask for" in done.stderr
    assert not (project / "_site").exists()
    assert ran(project) == ["growth"], "counting runs on nothing, so what is known of it does"
    assert kept(project)["runner"] == "processor"


@pytest.mark.usefixtures("driver")
def test_a_wish_is_for_results_of_its_own_and_without_one_any_will_do(tmp_path: Path) -> None:
    project = trained(tmp_path / "project")
    assert ran(project) == ["growth", "count"]
    assert kept(project)["runner"] == "wgpu"
    assert ran(project, "build", "--runner", "processor") == ["growth"]
    assert kept(project)["runner"] == "processor"
    assert "Computed on</dt><dd>the processor" in (project / "_site/one/index.html").read_text()
    assert ran(project) == []
    assert kept(project)["runner"] == "processor"
    write(project, "site.toml", (project / "site.toml").read_text() + 'runner = "wgpu"\n')
    assert ran(project) == ["growth"]
    assert kept(project)["runner"] == "wgpu"
    assert "Nothing changed" in build_site(project).stdout
    assert ran(project, "build", "--runner", "processor") == [], "the cache has it, and the command line goes first"
    assert kept(project)["runner"] == "processor"


@pytest.mark.usefixtures("driver")
def test_one_runner_is_held_to_what_another_gave(tmp_path: Path) -> None:
    project = trained(tmp_path / "project")
    assert ran(project) == ["growth", "count"]
    assert ran(project, "check", "--recompute", "--runner", "processor") == ["growth", "count"]
    assert kept(project)["runner"] == "wgpu", "checks keep nothing"
