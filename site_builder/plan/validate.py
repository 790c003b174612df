"""Checks a plan that comes from disk, before anything is allocated: a plan is data, and data may lie.

`schema.json` says which keys and types there are; here stands what it cannot say: that numbers point to something, that
every buffer lies inside its allocation, and that no dispatch reads and writes one allocation.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import PlanError
from ..graph.types import BYTES_PER_ELEMENT


def validate(text: str) -> dict[str, Any]:
    """The plan's document. Raises PlanError saying where and what, on the first thing that is wrong."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise PlanError(f"a plan is JSON, found: {error}") from None
    problem = next(iter(_validator().iter_errors(document)), None)
    if problem is not None:
        raise PlanError(f"plan, {problem.json_path}: {problem.message}")
    _check_buffers(document)
    for name, program in document["programs"].items():
        for number, step in enumerate(program["steps"]):
            _check_step(document, step, f"program {name}, step {number}")
    return document  # type: ignore[no-any-return]  # the schema has made sure that it is an object


@lru_cache(maxsize=1)
def _validator() -> Any:
    from jsonschema import Draft202012Validator  # slow to import, and only plans from disk need it

    return Draft202012Validator(json.loads(Path(__file__).with_name("schema.json").read_text()))


def _check_buffers(document: dict[str, Any]) -> None:
    allocations, names = document["allocations"], set()
    for number, buffer in enumerate(document["buffers"]):
        place = f"buffer {number} ({buffer['name']})"
        if buffer["allocation"] >= len(allocations):
            raise PlanError(f"{place} is in allocation {buffer['allocation']}, of which there are {len(allocations)}")
        end = buffer["offset"] + math.prod(buffer["shape"]) * BYTES_PER_ELEMENT
        if end > allocations[buffer["allocation"]]:
            raise PlanError(f"{place} ends at byte {end}, its allocation at {allocations[buffer['allocation']]}")
        if buffer["name"] in names:
            raise PlanError(f"{place}: there are two buffers of this name")
        if buffer["name"] is not None:
            names.add(buffer["name"])


def _check_step(document: dict[str, Any], step: dict[str, Any], place: str) -> None:
    if step["kernel"] >= len(document["kernels"]):
        raise PlanError(f"{place}: there is no kernel {step['kernel']}")
    kernel = document["kernels"][step["kernel"]]
    for source in (kernel["source"], *(variant["source"] for variant in kernel.get("variants", []))):
        if source not in document["sources"]:
            raise PlanError(f"{place}: there is no source {source}")
    if len(step["bindings"]) != len(kernel["access"]):
        raise PlanError(f"{place} binds {len(step['bindings'])} buffers, its kernel wants {len(kernel['access'])}")
    given, wanted = step.get("variants", []), kernel.get("variants", [])
    if len(given) != len(wanted):
        raise PlanError(f"{place} has workgroups for {len(given)} variants, its kernel has {len(wanted)}")
    given, wanted = step.get("params", []), kernel.get("params", [])
    if len(given) != len(wanted):
        raise PlanError(f"{place} brings {len(given)} parameters, its kernel wants {len(wanted)}")
    access: dict[int, set[str]] = {}
    for binding, how in zip(step["bindings"], kernel["access"], strict=True):
        if binding >= len(document["buffers"]):
            raise PlanError(f"{place}: there is no buffer {binding}")
        access.setdefault(document["buffers"][binding]["allocation"], set()).add(how)
    if any(len(hows) > 1 for hows in access.values()):
        raise PlanError(f"{place} reads and writes one allocation")
    written = [b for b, how in zip(step["bindings"], kernel["access"], strict=True) if how == "read_write"]
    if len(set(written)) < len(written):
        raise PlanError(f"{place} binds one buffer twice to write it")
