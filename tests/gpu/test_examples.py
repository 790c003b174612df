"""What the manuals show is built as it stands there, with what it leaves out: the imports."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from site_builder.plan import kernels
from tests.browser.published.site import build, copy_project
from tests.examples import example

from .conftest import Dispatch, Job

IMPORTS = """\
from typing import Any

import numpy as np

from site_builder import graph as g
from site_builder import nn
from site_builder.figures import Lab, canvas, experiment, figure
from site_builder.graph import Model
from site_builder.run import Demo
"""
# Around the data of a demo's own: a grammar, and a model of which word follows which.
SENTENCE = """
def sentence(chance):
    return chance.integers(0, 12, 6)


"""
STORIES = """
from .data import VOCABULARY


def build() -> Model:
    model = Model("stories")
    {}
    table = model.add("table", nn.Embedding(VOCABULARY, VOCABULARY))

    @model.program(counts=True)
    def step() -> None:
        rows = g.random_index((64,), 20_000 - 1, stream=1)
        loss = g.mean(g.cross_entropy(table(tokens[rows]), tokens[rows + 1]))
        nn.SGD(2.0).minimise(loss, model)
        model.record("loss", loss)

    return model


DEMO = Demo("Stories", build)
"""
POST = """\
---
title: A post
summary: It shows a demo with data of its own.
date: 2026-01-31
---
The last word has the number {value}`seen.last`.

:::{demo} stories
Which word follows which.
:::
"""
SEEN = """
@experiment
def seen(lab: Lab) -> dict[str, int]:
    return {"last": int(lab.dataset("demos/stories/tokens").max())}


@figure(seen, alt="Nothing yet.")
def demo_stories(result: dict[str, int]) -> Any:
    return canvas(width="text", height=2.0)[0]
"""
RUNTIME = 'import { define } from "../runtime/index.js";'


@pytest.fixture
def project(tmp_path: Path, device: Any) -> Path:
    """The theme, the kernels and the runtime, without posts and demos."""
    project = copy_project(tmp_path, warm=False)
    shutil.rmtree(project / "posts")
    for model in project.glob("demos/*/model.py"):
        shutil.rmtree(model.parent)
    return project


def write(project: Path, texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")


def test_the_post_of_the_readme_builds(project: Path) -> None:
    index, demo_js = example("README.md", "md"), example("README.md", "js")
    model_py, figures_py = example("README.md", "python", 0), example("README.md", "python", 1)
    written = {
        "posts/03-a-line/index.md": index,
        "posts/03-a-line/figures.py": f"{IMPORTS}from demos.line.model import build\n{figures_py}",
        "demos/line/model.py": IMPORTS + model_py,
        "demos/line/demo.js": f'import {{ define, line, plot }} from "../runtime/index.js";\n{demo_js}',
    }
    write(project, written)
    build(project)
    page = (project / "_site" / "a-line" / "index.html").read_text(encoding="utf-8")
    assert '<live-demo name="line"' in page
    assert re.search(r"After (<[^>]*>)*200(<[^>]*>)* steps the loss is", page)


def test_a_demo_has_data_of_its_own(project: Path) -> None:
    data, source = example("demos/README.md", "python", 1), example("demos/README.md", "python", 0)
    written = {
        "posts/01-a-post/index.md": POST,
        "posts/01-a-post/figures.py": IMPORTS + SEEN,
        "demos/stories/model.py": IMPORTS + STORIES.format(source.strip()),
        "demos/stories/data.py": f"import numpy as np\n\nVOCABULARY = 12\n\n{SENTENCE}{data}",
        "demos/stories/demo.js": f'{RUNTIME}\ndefine("stories", {{ program: "step", views: () => [] }});\n',
    }
    write(project, written)
    build(project)
    (sent,) = (project / "_site" / "assets").glob("*.bin")
    assert len(sent.read_bytes()) == 20_000, "a byte a token"
    assert set(sent.read_bytes()) == set(range(12))


def test_the_kernel_of_the_manual_doubles(dispatch: Dispatch) -> None:
    lines = enumerate(example("shaders/README.md", "wgsl").splitlines(), 1)
    kernel = kernels.reflect("double.wgsl", tuple(kernels.Line(text, "double.wgsl", n) for n, text in lines))
    assert kernel.ports.keys() == {"load_x", "store_y"}
    x = np.arange(77, dtype=np.float32)
    given = Job(kernel, {"x": x}, {"y": np.zeros_like(x)}, (2, 1, 1), {"COUNT": 77})
    np.testing.assert_array_equal(dispatch(given)["y"], 2 * x)
