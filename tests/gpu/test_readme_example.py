"""The post with a demo that README shows is built as it stands there, with the imports that it leaves out."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from tests.browser.published.site import ROOT, build, copy_project

IMPORTS = """\
from typing import Any

from site_builder import graph as g
from site_builder import nn
from site_builder.figures import Lab, canvas, experiment, figure
from site_builder.graph import Model
from site_builder.run import Demo, Recording
"""


def blocks(language: str) -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_example_builds(tmp_path: Path, device: Any) -> None:
    project = copy_project(tmp_path, warm=False)
    shutil.rmtree(project / "posts")
    for model in project.glob("demos/*/model.py"):
        shutil.rmtree(model.parent)
    (index,), (model_py, figures_py), (demo_js,) = blocks("md"), blocks("python"), blocks("js")
    written = {
        "posts/03-a-line/index.md": index,
        "posts/03-a-line/figures.py": f"{IMPORTS}from demos.line.model import build\n{figures_py}",
        "demos/line/model.py": IMPORTS + model_py,
        "demos/line/demo.js": f'import {{ define, line, plot }} from "../runtime/index.js";\n{demo_js}',
    }
    for path, text in written.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
    build(project)
    page = (project / "_site" / "a-line" / "index.html").read_text(encoding="utf-8")
    assert '<live-demo name="line"' in page
    assert re.search(r"After (<[^>]*>)*200(<[^>]*>)* steps the loss is", page)
