"""The compiler's page: its example runs, and it knows all rooms."""

from __future__ import annotations

import json
import subprocess

from site_builder.project.node import executable
from tests.examples import example
from tests.processor.texts import elementwise
from tests.pure.test_house import ROOT

COMPILER = ROOT / "demos" / "runtime" / "compiler"


def test_the_example_runs() -> None:
    plan = json.loads(elementwise("y[i] = exp2(x[i]);", 4).to_json())
    functions = (ROOT / "shaders" / "processor" / "functions.wgsl").read_text(encoding="utf-8")
    script = f"""
    const [plan, functions] = {json.dumps([plan, functions])};
    {example("demos/runtime/compiler/README.md", "js")}
    console.log([...new Float32Array(memory.buffer, addresses[2], 4)].join(" "));
    """
    command = [executable(), "--input-type=module", "--eval", script]
    done = subprocess.run(command, cwd=COMPILER, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "2 4 8 16", done.stderr


def test_all_rooms_are_named() -> None:
    page = (COMPILER / "README.md").read_text(encoding="utf-8")
    rooms = {each.name for each in COMPILER.glob("*.js")} - {"errors.js"}
    assert {name for name in rooms if f"`{name}`" not in page} == set()
