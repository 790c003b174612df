"""Plans from their JSON: what a reader of the format must find in it, and refuse.

In: a plan's JSON. Out: the plan, so that what runs is what was written. Nothing in the generator reads plans, since the
cache keeps them with a checksum; the page has a reader of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, validators

from site_builder.errors import PlanError
from site_builder.plan import Buffer, Plan, PlanKernel, PlanProgram, ShaderSource, Step
from site_builder.plan.limits import MEMORY
from site_builder.plan.plan import PlanVariant
from site_builder.plan.validate import validate
from tests.pure.test_house import ROOT

LONGEST = 200  # characters of what the schema's validator says: it may quote the whole plan


def read(text: str) -> Plan:
    """Raises PlanError saying where and what, on the first thing that is wrong."""
    try:
        document = json.loads(text)
        # Python reads as JSON what is none, NaN and halves of characters, which no driver takes.
        json.dumps(document, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise PlanError(f"a plan is JSON, found: {error}") from None
    problem = next(iter(schema().iter_errors(document)), None)
    if problem is not None:
        raise PlanError(f"plan, {problem.json_path}: {problem.message[:LONGEST]}")
    if sum(document["allocations"]) > MEMORY:
        raise PlanError(f"a plan takes {MEMORY} bytes of memory at most, found {sum(document['allocations'])}")
    plan = Plan(
        name=document["name"],
        sources={key: ShaderSource(s["file"], s["wgsl"], s["hash"]) for key, s in document["sources"].items()},
        kernels=tuple(_kernel(kernel) for kernel in document["kernels"]),
        allocations=tuple(document["allocations"]),
        buffers=tuple(map(_buffer, document["buffers"])),
        programs={name: _program(program) for name, program in document["programs"].items()},
    )
    validate(plan)
    return plan


@cache
def schema() -> Any:
    """Of plans. To JSON Schema 1.0 is an integer; to Python it is no index."""
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    text = (ROOT / "site_builder" / "plan" / "schema.json").read_text(encoding="utf-8")
    return validators.extend(Draft202012Validator, type_checker=types)(json.loads(text))


def _buffer(document: Mapping[str, Any]) -> Buffer:
    initial = document["initial"]
    first = tuple(initial) if isinstance(initial, list) else initial
    return Buffer(**{**document, "shape": tuple(document["shape"]), "initial": first})


def _kernel(document: Mapping[str, Any]) -> PlanKernel:
    variants = tuple(PlanVariant(**variant) for variant in document.get("variants", ()))
    access, params = tuple(document["access"]), tuple(document.get("params", ()))
    return PlanKernel(document["source"], document["entry"], document["constants"], access, params, variants)


def _program(document: Mapping[str, Any]) -> PlanProgram:
    return PlanProgram(tuple(document["inputs"]), tuple(document["outputs"]), tuple(map(_step, document["steps"])))


def _step(document: Mapping[str, Any]) -> Step:
    params, variants = tuple(document.get("params", ())), tuple(map(tuple, document.get("variants", ())))
    return Step(document["kernel"], tuple(document["bindings"]), tuple(document["workgroups"]), params, variants)
