"""WebGPU's limits stand in one file, and nobody writes its numbers again."""

from __future__ import annotations

import json
import re
from pathlib import Path

from site_builder.plan.limits import PROMISED

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = "site_builder/plan/schema.json"
# 8 and 256 stand for much else, too; these are long enough to be told.
LONG = [n for n in PROMISED.values() if n > 1_000]


def test_they_are_what_the_specification_promises() -> None:
    """W3C, WebGPU (Candidate Recommendation), section 3.6.2: the column of defaults."""
    assert PROMISED == {
        "maxStorageBuffersPerShaderStage": 8,
        "maxComputeWorkgroupStorageSize": 2**14,
        "maxComputeInvocationsPerWorkgroup": 2**8,
        "maxComputeWorkgroupsPerDimension": 2**16 - 1,
        "maxStorageBufferBindingSize": 2**27,
        "maxBufferSize": 2**28,
        "minStorageBufferOffsetAlignment": 2**8,
        "minUniformBufferOffsetAlignment": 2**8,
    }


def test_the_schema_of_plans_has_them() -> None:
    counts = json.loads((ROOT / SCHEMA).read_text())["$defs"]["workgroups"]["items"]
    assert counts["maximum"] == PROMISED["maxComputeWorkgroupsPerDimension"]


def test_nobody_writes_them_again() -> None:
    forms = [
        form for n in LONG for form in (f"{n}", f"{n:_}", *([f"2 ?\\*\\* ?{n.bit_length() - 1}"] if n % 2 == 0 else []))
    ]
    written = re.compile(rf"(?<![\w.])({'|'.join(forms)})(?![\w.])")
    files = [*(ROOT / "site_builder").rglob("*.py"), *(ROOT / "demos" / "runtime").rglob("*.js")]
    found = [f"{file.relative_to(ROOT)}: {m[0]}" for file in files for m in written.finditer(file.read_text("utf-8"))]
    assert found == []


def test_graph_and_layers_know_none_of_them() -> None:
    files = [file for part in ("graph", "nn") for file in (ROOT / "site_builder" / part).rglob("*.py")]
    said = re.compile(r"WebGPU|\bbuffers?\b", re.IGNORECASE)
    found = [
        f"{file.relative_to(ROOT)}: {line}"
        for file in files
        for line in file.read_text("utf-8").splitlines()
        if said.search(line)
    ]
    assert found == []
