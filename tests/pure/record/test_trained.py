"""What the build trains for readers to start from: computed once, kept, and then used as long as its origin is same."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

from site_builder.errors import GraphError
from site_builder.project.cache import Cache
from site_builder.record import trained
from site_builder.record.compare import Comparison
from site_builder.record.demos import DemoPayload, demo_payloads
from site_builder.record.trained import shipped, with_trained
from site_builder.run.declarations import Trained
from tests.pure.figures.conftest import here

MODEL = '''
"""A value that decays."""
from site_builder.graph import Model
from site_builder.run import Demo, Trained


def build(size=2):
    model = Model("decay")
    rate = model.input("rate", (), initial=0.25)
    level = model.state("level", (size,), initial=1.0)

    @model.program(counts=True)
    def step():
        model.assign(level, level - rate * level)

    return model


DEMO = Demo("A decay", build, options={"size": (2, 3)}, inputs=lambda: {"rate": 0.5}, trained=Trained(steps=3))
'''


class Project:
    """A project with one demo; `find` is what a build does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / "demos" / "decay" / "model.py"
        self.kept = self.file.parent / "results" / "trained.json"
        self.file.parent.mkdir(parents=True)
        self.file.write_text(MODEL, encoding="utf-8")

    def find(self, compare: Comparison | None = None, cache: str = "cache") -> DemoPayload:
        place = Cache(self.root / ".cache" / cache)
        with here():
            payloads = demo_payloads(self.root, place, [self.file])
            models = {"decay": self.file}
            return with_trained(payloads, self.root, place, models, lambda message: None, compare)["decay"]

    def edit(self, old: str, new: str) -> None:
        self.file.write_text(self.file.read_text("utf-8").replace(old, new), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def level(payload: DemoPayload, key: str = "size=2") -> list[float]:
    found = np.frombuffer(base64.b64decode(payload.states[key]["level"]["base64"]), "<f4")
    return [float(each) for each in found]


def test_it_is_trained_once_and_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first = project.find()
    assert level(first) == [0.125, 0.125]
    assert level(first, "size=3") == [0.125] * 3
    assert project.kept.exists()
    monkeypatch.setattr(trained, "run_all", lambda jobs, *_: pytest.fail("trained again") if jobs else None)
    assert project.find(cache="of another clone").states == first.states
    project.kept.unlink()
    assert project.find().states == first.states
    assert project.kept.exists(), "what only the cache had is kept again"
    assert first.trained == {"steps": 3, "seed": 1, "programs": ["step"]}


def test_another_model_is_trained_anew(project: Project) -> None:
    project.find()
    project.edit("rate * level", "0.25 * rate * level")
    assert level(project.find()) == pytest.approx([0.875**3] * 2)


def test_what_is_kept_is_compared_with_what_it_gives_now(project: Project) -> None:
    comparison = Comparison()
    project.find()
    project.find(comparison)
    assert (comparison.compared, comparison.wrong) == (1, [])


def test_a_page_gets_bytes_and_what_they_are(project: Project) -> None:
    data, numbers = shipped(project.find().states["size=2"])
    assert [each["name"] for each in numbers] == ["level", "step"]
    assert np.frombuffer(data[:8], "<f4").tolist() == [0.125, 0.125]
    assert np.frombuffer(data[8:], "<u4").tolist() == [3]


def test_what_cannot_be_trained_is_said(project: Project) -> None:
    project.edit("steps=3", 'steps=3, programs=("leap",)')
    with pytest.raises(GraphError, match="runs 'leap', which is no program of its model"):
        project.find()
    for wrong in ({"steps": 0}, {"steps": 1, "seed": -1}, {"steps": 1, "programs": "step"}):
        with pytest.raises(GraphError, match="a trained start has"):
            Trained(**wrong)


def test_what_is_no_number_is_not_kept_for_readers(project: Project) -> None:
    project.edit(
        "from site_builder.graph import Model\n", "from site_builder import nn\nfrom site_builder.graph import Model\n"
    )
    project.edit("    @model", "    net = model.add('net', nn.Linear(2, 2))\n\n    @model")
    project.edit("    return model", "        model.assign(net.weight, net.weight / (rate - 0.5))\n\n    return model")
    with pytest.raises(
        GraphError, match=r"net\.weight of model decay became .* in run 1 of program step.*Readers would"
    ):
        project.find()
    assert not project.kept.exists()
