"""Mistakes of an author, through the command line: one sentence with file and line, exit code 2, the old site whole.

What needs no model is tried in tests/pure/site and tests/pure/content. Here a small project with the engine's own
kernels is built once with wgpu, then spoilt.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser.published.site import build, copy_project

POST, FIGURES = "posts/00-a-line/index.md", "posts/00-a-line/figures.py"
KERNEL, DEMO = "shaders/softmax/cross_entropy.wgsl", "demos/digits/model.py"


def content(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, device: Any) -> Path:
    """A post that the generator began, with a demo."""
    project = copy_project(tmp_path_factory.mktemp("small"), warm=False)
    shutil.rmtree(project / "posts")
    for demo in project.glob("demos/*/model.py"):
        if demo.parent.name != "digits":
            shutil.rmtree(demo.parent)
    build(project, "new", "A line")
    post = project / POST
    text = post.read_text(encoding="utf-8").replace("draft: true\n", "")
    post.write_text(text + "\n:::{demo} digits\nDigits.\n:::\n", encoding="utf-8")
    build(project)
    return project


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "project", symlinks=True)
    return tmp_path / "project"


# file, what is replaced there, by what, and what the sentence says
CASES: dict[str, tuple[str, str, str, str]] = {
    "directive": (POST, ":::{claim}", ":::{clam}", f"{POST}:17: "),
    "role": (POST, "{value}`line.steps`", "{valu}`line.steps`", f"{POST}:18: "),
    "value": (POST, "{value}`line.steps`", "{value}`line.step`", f"{POST}:18: "),
    "region": (POST, ":region: model", ":region: modle", f"{POST}:21: "),
    "outside": (POST, "{code} posts/00-a-line/figures.py", "{code} ../../secret.py", f"{POST}:21: "),
    "figure": (
        FIGURES,
        "    fig, ax = canvas",
        '    raise ValueError("no picture")\n    fig, ax = canvas',
        f"{FIGURES}:46: ",
    ),
    "shape": (FIGURES, "nn.Linear(1, 1)", "nn.Linear(2, 1)", "matmul"),
    "shape in a demo": (DEMO, "nn.Linear(PIXELS, CLASSES", "nn.Linear(PIXELS + 1, CLASSES", "matmul"),
    "kernel": (KERNEL, "@compute", "fn wrong() -> f32 { return nothing; }\n@compute", KERNEL),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_a_sentence_and_publishes_nothing(project: Path, case: str) -> None:
    path, before, after, place = CASES[case]
    text = (project / path).read_text(encoding="utf-8")
    assert before in text
    (project / path).write_text(text.replace(before, after, 1), encoding="utf-8")
    old = content(project / "_site")
    command = [sys.executable, "-m", "site_builder.cli"]
    environment = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if not line.endswith(" ...")]
    assert done.returncode == 2, done.stderr
    assert len(said) == 1, done.stderr
    assert place in said[0]
    assert "Traceback" not in done.stderr
    if case.startswith(("shape", "kernel")):
        file, line, _ = said[0].split(":", 2)
        line_said = (project / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert "affine(" in line_said or "nothing" in line_said, said[0]
    assert content(project / "_site") == old
