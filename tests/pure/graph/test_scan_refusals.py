"""What `scan` does not take is one sentence at the author's line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from site_builder import graph as g
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor

X = {"scalar": (), "row": (3,), "five": (5, 3), "six": (6, 3)}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda x: g.scan(lambda c, e: ({"b": c["a"]}, None), {"a": x["row"]}, x["five"]),
            r"the carry is dict of 'a': f32.3., and f gives dict of 'b': f32.3. as the next one",
        ),
        (lambda x: g.scan(lambda c, e: c + e, x["row"], x["five"]), "f gives the next carry and a y, .* found f32.3"),
        (lambda x: g.scan(lambda c, e: (c, c, e), x["row"], x["five"]), "found tuple of f32.3., f32.3., f32.3."),
        (
            lambda x: g.scan(lambda c, e: (x["five"], None), x["row"], x["five"]),
            "the carry is f32.3., and f gives f32.5,3",
        ),
        (
            lambda x: g.scan(lambda c, e: ((c, c), e), x["row"], x["five"]),
            "the carry is f32.3., and f gives tuple of f32.3., f32.3. as the next one",
        ),
        (
            lambda x: g.scan(lambda c, e: (c, "y"), x["row"], x["five"]),
            "what f gives at each time is a tensor.*found str",
        ),
        (lambda x: g.scan(lambda c: (c, c), x["row"], length=3), r"f takes the carry and an x, .* found f\(c\)"),
        (lambda x: g.scan(lambda c, e: (c, e), "c", x["five"]), "the first carry is a tensor.*found str"),
        (lambda x: g.scan(lambda c, e: (c, e), x["row"], x["scalar"]), "xs are .time, …., found f32"),
        (lambda x: g.scan(lambda c, e: (c, None), 0.0, (x["five"], x["six"])), "one number of times, found 5 and 6"),
        (lambda x: g.scan(lambda c, e: (c, None), 0.0, x["five"], length=4), "xs have 5 times, and the length is 4"),
        (lambda x: g.scan(lambda c, e: (c, None), 0.0), "without xs it wants a length"),
        (lambda x: g.scan(lambda c, e: (c, None), 0.0, length=0), "a length is at least 1, found 0"),
        (lambda x: g.scan(lambda c, e: (c, None), 0.0, length=x["count"]), "without xs a length is a number"),
        (lambda x: g.scan(lambda c, e: (c, None), 0.0, x["five"], length=x["row"]), "a number or u32.., found f32.3"),
        (
            lambda x: g.scan(lambda c, e: (x["watch"](c), None), 0.0, x["five"]),
            "watch.'c', …. stands in the function of",
        ),
        (
            lambda x: g.scan(lambda c, e: (x["assign"](c), None), 0.0, x["five"]),
            "becomes of state stands in the function",
        ),
        (
            lambda x: g.scan(lambda c, e: (x["record"](c), None), 0.0, x["five"]),
            "history stands in the function of a scan",
        ),
        (
            lambda x: {"leaked": x["leaked"](x["five"])},
            "what a scan computes at each time is used outside of its function",
        ),
    ],
)
def test_what_it_refuses_is_one_sentence_at_the_authors_line(
    call: Callable[[dict[str, Any]], Any], message: str
) -> None:
    model = Model("refused")
    given: dict[str, Any] = {name: model.input(name, shape) for name, shape in X.items()}
    given["count"], state = model.input("count", (), dtype="u32"), model.state("state", ())

    def leaked(x: Tensor) -> Tensor:
        kept: list[Tensor] = []
        g.scan(lambda c, e: (kept.append(c * 2) or c, None), 0.0, x)
        return kept[0]

    given["watch"] = lambda c: model.watch("c", c)
    given["assign"] = lambda c: model.assign(state, c) or c
    given["record"] = lambda c: model.record("c", c) or c
    given["leaked"] = leaked

    def run() -> Any:
        outputs = call(given)
        return outputs if "outside" in message else None

    with pytest.raises(GraphError, match=message) as refused:
        model.program(run)
    assert Path(str(refused.value.file)).name == Path(__file__).name
