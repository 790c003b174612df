"""Kernels with words left out, doubled, exchanged or put in give a valid module, or a sentence that says where."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import wasmtime

from site_builder.plan import lower
from site_builder.run.on_processor import engine
from site_builder.selfcheck.cases import CASES, model_of
from tests.processor.engines import Node, Refusal

WORD = re.compile(r"[A-Za-z_]\w*|[\d.]+(?:e-?\d+)?[uf]?|->|&&|\|\||[-+*/%&|^<>=!]=|\+\+|<<|>>|\S")
STRANGE = [
    *("toString", "constructor", "__proto__", "hasOwnProperty", "workgroupBarrier();", "continue;", "break;", "return"),
    *(
        "0u",
        "1.0",
        "1e39",
        "4294967295u",
        "true",
        "bool",
        "vec4<f32>",
        "vec2<f32>",
        "vec3<u32>",
        "mat4x4<f32>",
        "x",
        "i",
    ),
    *("array<f32, 4>", "{", "}", "(", ")", "[", "]", ";", "=", "==", "-", "+", "*", "%", "<<", "&&", "!", "~"),
    *("min", "select", "if", "let", "var", "fn", "struct"),
]
SENTENCE = re.compile(r"shaders/\w+/\w+\.wgsl:\d+: .*(is|are) expected.*\.", re.DOTALL)
BATCH, BATCHES = 100, 8


def plans() -> Iterator[dict[str, Any]]:
    """A plan for each kernel file."""
    seen: set[str] = set()
    for case in CASES:
        document = json.loads(lower(model_of(case)).to_json())
        files = {source["file"] for source in document["sources"].values()}
        if not files <= seen:
            seen |= files
            yield document


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    return [*plans()]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_is_damaged_is_refused_or_valid(node: Node, documents: list[dict[str, Any]], batch: int) -> None:
    said = [outcome(node, damaged(Random(seed), documents)) for seed in range(batch * BATCH, (batch + 1) * BATCH)]
    refusals = [each for each in said if each]
    assert [each for each in refusals if not SENTENCE.fullmatch(each)] == []
    assert 0.5 * BATCH < len(refusals) < BATCH


def outcome(node: Node, plan: dict[str, Any]) -> str:
    """The sentence; nothing where a module came of it, which is valid."""
    try:
        module = node.ask("compile", plan=plan)["module"]
    except Refusal as refusal:
        return str(refusal)
    wasmtime.Module.validate(engine(), bytearray(base64.b64decode(module)))
    return ""


def damaged(draw: Random, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """A plan one of whose texts has up to three mistakes."""
    plan: dict[str, Any] = json.loads(json.dumps(draw.choice(documents)))
    source = plan["sources"][draw.choice([*plan["sources"]])]
    words = WORD.findall(source["wgsl"])
    for _ in range(draw.randrange(1, 4)):
        at = draw.randrange(len(words))
        words[at : at + draw.randrange(2)] = draw.choice(
            [[], [draw.choice(STRANGE)], [draw.choice(words)], [words[at], words[at]]]
        )
    source["wgsl"] = " ".join(words)
    return plan
