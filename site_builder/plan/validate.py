"""Checks a plan that comes from disk, before anything is allocated: a plan is data, and data may lie.

`schema.json` says which keys and types there are; here stands what it cannot say: that numbers point to something, that
every buffer lies inside its allocation, and that no dispatch reads and writes one allocation.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..errors import PlanError
from ..graph.types import BYTES_PER_ELEMENT

MEMORY = 2**30  # bytes, as `demos/runtime/check.js`
LONGEST = 200  # characters of what the schema's validator says: it may quote the whole plan


def validate(text: str) -> dict[str, Any]:
    """The plan's document. Raises PlanError saying where and what, on the first thing that is wrong."""
    try:
        document = json.loads(text)
        # Python reads as JSON what is none, NaN and halves of characters, which no driver takes.
        json.dumps(document, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise PlanError(f"a plan is JSON, found: {error}") from None
    problem = next(iter(_validator().iter_errors(document)), None)
    if problem is not None:
        raise PlanError(f"plan, {problem.json_path}: {problem.message[:LONGEST]}")
    _check_buffers(document)
    for number, kernel in enumerate(document["kernels"]):
        for source in (kernel["source"], *(variant["source"] for variant in kernel.get("variants", []))):
            if source not in document["sources"]:
                raise PlanError(f"kernel {number}: there is no source {source}")
    names = {buffer["name"] for buffer in document["buffers"]}
    for name, program in document["programs"].items():
        for given in (*program["inputs"], *program["outputs"]):
            if given not in names:
                raise PlanError(f"program {name}: there is no buffer {given!r}")
        for number, step in enumerate(program["steps"]):
            _check_step(document, step, f"program {name}, step {number}")
    return document  # type: ignore[no-any-return]  # the schema has made sure that it is an object


@lru_cache(maxsize=1)
def _validator() -> Any:
    from jsonschema import Draft202012Validator, validators  # slow to import, and only plans from disk need it

    # To JSON Schema 1.0 is an integer; to Python it is no index.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    return validators.extend(Draft202012Validator, type_checker=types)(
        json.loads(Path(__file__).with_name("schema.json").read_text())
    )


def _check_buffers(document: dict[str, Any]) -> None:
    allocations, names = document["allocations"], set()
    if sum(allocations) > MEMORY:
        raise PlanError(f"a plan takes {MEMORY} bytes of memory at most, found {sum(allocations)}")
    for number, buffer in enumerate(document["buffers"]):
        place = f"buffer {number} ({buffer['name']})"
        if buffer["allocation"] >= len(allocations):
            raise PlanError(f"{place} is in allocation {buffer['allocation']}, of which there are {len(allocations)}")
        _, _, end = _range(buffer)
        if end > allocations[buffer["allocation"]]:
            raise PlanError(f"{place} ends at byte {end}, its allocation at {allocations[buffer['allocation']]}")
        initial, bound = buffer["initial"], buffer.get("bound") or 2**32
        if buffer["dtype"] == "u32" and not (initial is None or (0 <= initial < bound and initial == int(initial))):
            raise PlanError(f"{place} holds whole numbers from 0 to {bound - 1}, not {initial} at first")
        if buffer["name"] in names:
            raise PlanError(f"{place}: there are two buffers of this name")
        if buffer["name"] is not None:
            names.add(buffer["name"])


def _check_step(document: dict[str, Any], step: dict[str, Any], place: str) -> None:
    if step["kernel"] >= len(document["kernels"]):
        raise PlanError(f"{place}: there is no kernel {step['kernel']}")
    kernel = document["kernels"][step["kernel"]]
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
    written = sorted(
        _range(document["buffers"][binding])
        for binding, how in zip(step["bindings"], kernel["access"], strict=True)
        if how == "read_write"
    )
    if any(left[:1] == right[:1] and left[2] > right[1] for left, right in pairwise(written)):
        raise PlanError(f"{place} writes twice to one place")


def _range(buffer: dict[str, Any]) -> tuple[int, int, int]:
    """Its allocation, and its first byte and the one past its end there."""
    length = math.prod(buffer["shape"]) * BYTES_PER_ELEMENT
    return buffer["allocation"], buffer["offset"], buffer["offset"] + length
