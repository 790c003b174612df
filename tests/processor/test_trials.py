"""The check before trust, of every demo and every model of the zoo: what is expected, and whether it finds faults."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from site_builder.plan import lower
from site_builder.project.author import importing
from tests.processor.engines import Node
from tests.processor.test_demos import DEMOS
from tests.pure.test_house import ROOT
from tests.zoo import ZOO

STORE = re.compile(r"var<storage, read_write>\s+(\w+): array<(.*)>;")
AWAY = "({0}) + 0.01 * abs({0}) + 0.01"  # from every number: not so x · 1.01 + 0.01, which is -1 of -1
WRONG = {"f32": AWAY, "vec4<f32>": AWAY, "u32": "({}) ^ 1u"}
MEMORY = 4 * 2**20  # bytes, of the largest trial here


def plans() -> Iterator[Any]:
    """Every demo with every combination of its options, and every model of the zoo."""
    for name, demo, options in DEMOS:
        yield pytest.param(lambda demo=demo, options=options: demo.build(**options), id=f"{name}{[*options.values()]}")
    for entry in ZOO:
        yield pytest.param(lambda entry=entry: entry.build(watched=True), id=str(entry))


def broken(source: Mapping[str, str]) -> dict[str, str]:
    """A kernel that stores more than it should."""
    text = source["wgsl"]
    for name, kind in STORE.findall(text):
        text, found = re.subn(
            rf"\b({name}\[.*\] = )(.*);", lambda at, kind=kind: f"{at[1]}{WRONG[kind].format(at[2])};", text
        )
        assert found, text
    return {**source, "wgsl": text}


@pytest.mark.parametrize("build", list(plans()))
def test_every_kernel_is_tried_and_its_faults_are_found(node: Node, build: Any) -> None:
    with importing(ROOT):
        plan = json.loads(lower(build()).to_json())
    answer = node.ask("trial", plan=plan)
    assert node.ask("trial", plan=plan) == answer, "always the same"
    programs = answer["trial"]["programs"]
    used = {step["kernel"] for program in plan["programs"].values() for step in program["steps"]}
    assert set(map(int, programs)) == used
    for program, expected in programs.items():
        kernel = plan["kernels"][int(program)]
        assert len(expected) == kernel["access"].count("read_write")
        for numbers in expected.values():
            sure = [number for number in numbers if number is not None]
            assert all(map(math.isfinite, sure))
            assert len(sure) >= len(numbers) / 2, (plan["sources"][kernel["source"]]["file"], numbers)
    assert len(answer["bytes"]) == 1, "all at once"
    assert answer["bytes"][0] <= MEMORY
    sources = {name: broken(source) for name, source in plan["sources"].items()}
    assert node.ask("blind", plan=plan, sources=sources)["blind"] == []
