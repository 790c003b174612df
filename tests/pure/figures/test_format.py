"""What kept results hold, to the last digit: code that makes other results of the same runs must raise FORMAT.

No digest covers `figures/lab.py`, `figures/results.py`, `record/session.py`, `record/records.py` and `data/`, so that
nothing is trained anew because they changed. Where what they give changes, results that were kept before would be used
as if nothing had happened, unless FORMAT changes with them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from site_builder.record.kept_results import FORMAT

from .conftest import Project

HERE = Path(__file__).parent
ENGINE = ("plan", "plans", "kernels")  # digests and texts that the engine makes
MACHINE = ("adapter", "adapters", "versions", "system")
MODEL = '''
"""Sums, by halves and quarters, which every machine computes exactly."""
from site_builder import graph as g
from site_builder.graph import Model


def build():
    model = Model("sums")
    rate = model.input("rate", (2,), initial=0.5)
    points = model.data("points", (200, 2), source="xor/points")
    given = model.data("given", (2,), dtype="u32")
    level = model.state("level", (2,), initial=1.0)

    @model.program(counts=True)
    def step():
        model.assign(level, level - rate * level + g.cast(given, "f32"))
        model.record("level", g.sum(level))

    @model.program
    def look():
        return {"first": points[0], "labels": given}

    return model
'''
FIGURES = '''
"""One of everything that a result may hold."""
import numpy as np

from demos.sums.model import build
from site_builder.figures import experiment


@experiment
def everything(lab):
    run = lab.run(build(), seed=3, writes={"given": [1, 2], "rate": [0.5, 0.125]})
    run.run("step", times=3)
    record = run.record("step", 3, ["level.history", "level"], tolerance=0.01)
    run.run("look")
    return {
        "text": "a text", "whole": 3, "one": 1.0, "true": True, "none": None, "third": 1 / 3,
        "scalar": np.float32(1 / 3), "single": np.array(2.5), "list": [1, (2.0, "b")], "inner": {"deep": {"er": 0.1}},
        "thirds": np.array([[1 / 3, 2 / 3], [1e-9, 123456789.0]], np.float32), "odd": np.array([np.nan, -np.inf, -0.0]),
        "indices": np.array([0, 2**32 - 1], np.uint32), "mask": np.array([True, False]),
        "level": run.read("level"), "first": run.read("first"), "record": record,
        "digits": lab.dataset("digits/test-images")[3, 8:16], "labels": lab.dataset("digits/train-labels")[:4],
        "bytes": lab.dataset("demos/sums/letters"),
    }
'''
DATA = '''
"""Letters as bytes."""
import numpy as np


def letters():
    return np.frombuffer(b"abc", np.uint8)
'''


def without(names: tuple[str, ...], value: Any) -> Any:
    """JSON without the members of these names."""
    if isinstance(value, dict):
        return {key: without(names, each) for key, each in value.items() if key not in names}
    return [without(names, each) for each in value] if isinstance(value, list) else value


def test_results_are_those_of_this_format(project: Project) -> None:
    project.write(project.root / "demos/sums/model.py", MODEL)
    project.write(project.root / "demos/sums/data.py", DATA)
    project.write(project.file, FIGURES)
    project.compute()
    kept = json.loads((project.post / "results/everything.json").read_bytes())["result"]
    found = {"everything.json": without((*ENGINE, *MACHINE), kept)}
    golden = HERE / f"format-{FORMAT}.json"
    assert golden.exists(), f"say in {golden.name} what results of this format hold: {json.dumps(found)}"
    known = json.loads(golden.read_text(encoding="utf-8"))
    assert json.dumps(found, sort_keys=True) == json.dumps(known, sort_keys=True), (
        "results hold something else now, and kept ones do not: raise FORMAT in site_builder/record/kept_results.py"
    )
