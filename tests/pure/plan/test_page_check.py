"""The page's check of a plan (demos/runtime/common/check.js) and the builder's (schema.json, validate.py) agree.

A good plan is spoilt in one place after the other, by every kind of value that does not belong there. A check that is
generated from the schema (by Ajv) takes 5.6 KB where the page's own takes 2, and names no buffer: so this is what holds
the two together.
"""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from site_builder import nn
from site_builder.errors import PlanError
from site_builder.plan import lower
from site_builder.plan.limits import MEMORY
from site_builder.project.node import executable
from tests.plans import read

from .test_lowering import classifier, with_variant, written_twice

RUNTIME = Path(__file__).resolve().parents[3] / "demos" / "runtime"
ASK = """
import { readFileSync } from "node:fs";
const each = await import(process.argv[1]);
const given = JSON.parse(readFileSync(0, "utf8"));
const judge = (plan) => { try { each.checkPlan(plan); return ""; } catch (error) { return error.message; } };
console.log(JSON.stringify(%s));
"""
FILLED = (
    "(await each.initialNumbers(given, () => null)).map(([name, held]) => [name, held.constructor.name, [...held]])"
)
VALUES: list[Any] = [None, True, "", "x", "read", [], [1], {}, {"x": 1}, -1, 0, 1, 2, 0.5, 2**32, 2**40]
Place = tuple[str | int, ...]


def good() -> Any:
    """With parameters, a variant, data, constants and a bound."""
    plan = json.loads(lower(classifier([64, 10], nn.SGD)).to_json())
    with_variant(plan)
    numbers = {"name": "constant.3", "shape": [3], "dtype": "u32", "role": "constant", "initial": [1, 0, 2], "bound": 3}
    plan["buffers"].append({**numbers, "allocation": len(plan["allocations"]), "offset": 0, "source": None})
    plan["allocations"].append(16)
    for source in plan["sources"].values():
        source["wgsl"] = "// nobody reads it here"
    return plan


def places(part: Any, here: Place = ()) -> Iterator[Place]:
    """Every place in a plan; of a list the first two entries and the last."""
    yield here
    if isinstance(part, dict):
        keys: list[Any] = list(part)[:3] if here == ("sources",) else list(part)
    elif isinstance(part, list):
        keys = sorted({*range(len(part))[:2], *range(len(part))[-1:]})
    else:
        return
    for key in keys:
        yield from places(part[key], (*here, key))


def spoilt() -> Iterator[tuple[str, Any]]:
    whole = good()
    for place in places(whole):
        if not place:
            continue
        for value in (*VALUES, ...):
            plan = copy.deepcopy(whole)
            inner = plan
            for key in place[:-1]:
                inner = inner[key]
            if value is ...:
                del inner[place[-1]]
            else:
                inner[place[-1]] = value
            yield f"{'.'.join(map(str, place))} = {'nothing' if value is ... else json.dumps(value)}", plan


def asked(module: str, expression: str, given: Any = None) -> Any:
    """The value of JavaScript in which `each` is a module of the runtime."""
    command = [str(executable()), "--input-type=module", "-e", ASK % expression, str(RUNTIME / module)]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def judged_by_the_page(plans: list[Any]) -> list[str]:
    """What it says of each, "" where it would run it."""
    said: list[str] = asked("common/check.js", "given.map(judge)", plans)
    return said


def judged_by_the_builder(plan: Any) -> str:
    try:
        read(json.dumps(plan))
    except PlanError as error:
        return str(error)
    return ""


def test_what_one_refuses_the_other_refuses() -> None:
    """The page takes no notice of keys that it does not know, and of how long a name is; all else is the same."""
    named = [("as it is", good()), *spoilt()]
    written_twice(twice := good())
    named.append(("written twice", twice))
    page = judged_by_the_page([plan for _, plan in named])
    builder = [judged_by_the_builder(plan) for _, plan in named]
    assert (page[0], builder[0]) == ("", "")
    assert [(name, a, b) for (name, _), a, b in zip(named, page, builder, strict=True) if bool(a) != bool(b)] == []
    assert sum(map(bool, page)) > 2000
    assert all(said.startswith("The plan of this demo cannot be run: ") for said in page if said)


def test_the_page_gives_as_much_memory() -> None:
    within, beyond = good(), good()
    within["allocations"] += [MEMORY // 4] * 3
    beyond["allocations"] += [MEMORY // 4] * 4
    assert judged_by_the_page([within, beyond])[0] == judged_by_the_builder(within) == ""
    assert "memory" in judged_by_the_page([beyond])[0]
    assert "memory" in judged_by_the_builder(beyond)


def test_the_page_fills_what_holds_numbers_at_first() -> None:
    """One number everywhere, all of an array, and nothing where the device's zeros are right."""
    buffers = [
        {"name": "rate", "shape": [2], "dtype": "f32", "role": "input", "initial": 0.5},
        {"name": "constant.1", "shape": [2, 2], "dtype": "f32", "role": "constant", "initial": [0.1, 2, 3, -4]},
        {"name": "rows", "shape": [3], "dtype": "u32", "role": "input", "initial": [2, 0, 4294967295]},
        {"name": "loss", "shape": [], "dtype": "f32", "role": "output", "initial": None},
    ]
    found = asked("common/datasets.js", FILLED, {"buffers": buffers})
    assert found == [
        ["rate", "Float32Array", [0.5, 0.5]],
        ["constant.1", "Float32Array", [0.10000000149011612, 2, 3, -4]],
        ["rows", "Uint32Array", [2, 0, 4294967295]],
    ]
