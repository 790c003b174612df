"""What is refused long after an author's line has run, while `init` is traced or a model lowered, names that line."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence

import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import BuildError
from site_builder.graph import Model, Tensor
from site_builder.graph.passes import simplify
from site_builder.graph.program import topological
from site_builder.plan import lower
from site_builder.plan.emit import STORAGE_BUFFERS


def line() -> int:
    """The caller's."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def initialised(initialiser: Callable[[tuple[int, ...], int], Tensor]) -> tuple[Model, int]:
    model = Model("m")
    layer, at = nn.Linear(2, 3, initialiser=initialiser), line()
    model.add("layer", layer)
    return model, at


def too_large() -> tuple[Model, int]:
    return initialised(lambda shape, stream: nn.zeros(shape, stream) + 1e39)[0], line()


def of_another_shape() -> tuple[Model, int]:
    return initialised(lambda shape, stream: g.full((5,), 0.0))


def reads_too_much() -> tuple[Model, int]:
    """Gathers of as many tables as no dispatch can bind, none of which is worth a buffer."""
    model = Model("m")
    tables = [model.input(f"x{n}", (16,), dtype="u32") for n in range(2 * STORAGE_BUFFERS)]

    @model.program
    def run() -> dict[str, Tensor]:
        nested = g.iota(16)
        for table in tables:
            nested = table[nested]
        return {"y": nested}

    return model, inspect.getsourcelines(run)[1] + 4


@pytest.mark.parametrize("make", [too_large, of_another_shape, reads_too_much])
def test_a_refusal_names_the_authors_line(make: Callable[[], tuple[Model, int]]) -> None:
    model, at = make()
    with pytest.raises(BuildError) as error:
        lower(model)
    assert str(error.value.file).endswith("tests/pure/graph/test_places.py")
    assert error.value.line == at


def test_every_node_of_a_simplified_program_has_a_line_of_its_author() -> None:
    model = Model("m")
    cache, layer = model.state("cache", (4, 2)), model.add("layer", nn.Linear(2, 2))

    @model.program(counts=True)
    def step() -> dict[str, Tensor]:
        y = layer(g.update_at(cache + (g.constant(2.0) * 3), model.step, cache[0]))  # folded, and chosen anew
        loss = g.sum(g.log_softmax(y))
        nn.Adam(0.1).minimise(loss, model)
        return {"cut": g.pad(y, [(1, 1), (0, 0)])[:2]}

    programs, last = model.programs.values(), line()
    for program in programs:
        found = topological(a.value for a in simplify(program.assignments))
        lines = [node.line for node in found if node.line is not None]
        assert len(lines) == len(found)
        assert {line.file for line in lines} == {__file__}
        assert max(line.number for line in lines) < last


def values(model: Model) -> Sequence[Tensor]:
    return [a.value for program in model.programs.values() for a in simplify(program.assignments)]


def test_what_overflows_is_not_folded() -> None:
    model = Model("m")
    model.program(lambda: {"y": g.constant(1e30) * 1e30, "z": g.constant(1e30) * 1e8 * 1e-8})
    y, z = (v for v in values(model) if v.dtype == "f32")
    assert y.op == "multiply"
    assert z.op == "constant"
    assert math.isclose(z.attributes["value"], 1e30)
