"""A small project with one post, and an executor that runs jobs here and now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from site_builder.figures.build import FigureSet, PostFigures
from site_builder.figures.experiments import Experiments
from site_builder.project.cache import Cache

HELPER = """
FACTOR = 2.0
"""

FIGURES = '''
"""A post's figures."""
import numpy as np

from helpers.scaling import FACTOR
from site_builder import graph as g
from site_builder.figures import canvas, colour, direct_label, experiment, figure, heatmap
from site_builder.graph import Model

LINE_COLOUR = "cat-2"


def build():
    model = Model("decay")
    rate = model.input("rate", (), initial=0.1)
    level = model.state("level", (), initial=1.0)

    @model.program(counts=True)
    def step():
        model.assign(level, level - rate * level)
        model.record("level", level)

    return model


@experiment
def decay(lab):
    run = lab.run(build(), seed=3)
    run.run("step", times=20)
    return {
        "last": run.read("level"),
        "nested": {"factor": FACTOR, "name": "decay"},
        "levels": run.read("level.history")[:20],
        "replay": run.record(program="step", times=10, series=["level.history"]),
    }


@experiment
def plain(lab):
    return {"numbers": np.arange(6.0).reshape(2, 3)}


@figure(decay, alt="A falling <curve>", replay="decay")
def falling_curve(result):
    fig, ax = canvas(height=2.5)
    ax.plot(result["levels"], color=colour(LINE_COLOUR), label="level")
    ax.set(xlabel="step", ylabel="level")
    direct_label(ax)
    return fig


@figure(decay, plain, alt="A raster")
def raster(first, second):
    fig, ax = canvas("page", height=2.5)
    heatmap(ax, second["numbers"] - FACTOR)
    return fig
'''


class Here(Executor):
    """Runs a job when it is submitted, and remembers which."""

    def __init__(self) -> None:
        self.jobs: list[Any] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.jobs.append(fn)
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def here() -> Iterator[Here]:
    """Jobs run in this process while the block lasts, which takes no time to start."""
    executor = Here()
    with patch("site_builder.project.workers.processes", lambda *_: nullcontext(executor)):
        yield executor


class Project:
    """The project on disk, and one computation of it after another."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.post = root / "posts" / "01-first"
        self.file = self.post / "figures.py"
        self.helper = root / "helpers" / "scaling.py"
        self.write(self.file, FIGURES)
        self.write(self.helper, HELPER)

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def compute(self, cache: str = "cache") -> tuple[PostFigures, list[str]]:
        """What the post gives, and the names of the jobs that ran for it."""
        experiments = Experiments(self.root, Cache(self.root / ".cache" / cache), "processor")
        with here() as run:
            return FigureSet(experiments).compute([self.post])[self.post], [job.name for job in run.jobs]


@pytest.fixture(autouse=True)
def still_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever edits the engine while these tests run does not change what they count."""
    monkeypatch.setattr("site_builder.figures.experiments.engine", lambda root: "engine")
    monkeypatch.setattr("site_builder.record.demos.engine", lambda root: "engine")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
