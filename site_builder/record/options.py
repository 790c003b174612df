"""The options of a demo: every choice of them, and the name that a choice has in Python and in the page.

In: what an author declares, name -> values. Out: choices and their names. It knows neither models nor plans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product

from site_builder.errors import GraphError
from site_builder.run.declarations import Option, expect_option


def combinations(options: Mapping[str, Sequence[Option]]) -> list[dict[str, Option]]:
    """Every choice of one value for each option, the default one first."""
    return [dict(zip(options, values, strict=True)) for values in product(*options.values())]


def plan_key(choice: Mapping[str, Option]) -> str:
    """A combination's name: "activation=relu,width=8". The page asks for it in JavaScript, which writes 1.0 as 1."""
    return ",".join(f"{name}={option_text(name, value)}" for name, value in choice.items())


def option_text(name: str, value: Option) -> str:
    """What JavaScript makes of an option that came as JSON: texts as they are, whole floats without a point."""
    expect_option(name, value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value == int(value):
        return str(int(value))
    # Both languages write the fewest digits that are read back as the same number, but set the point differently.
    sign, digits, power = Decimal(repr(value)).as_tuple()
    assert isinstance(power, int)
    figures, point = "".join(map(str, digits)), len(digits) + power
    if point > 0:
        text = f"{figures[:point]}.{figures[point:]}"
    elif point > -6:
        text = f"0.{'0' * -point}{figures}"
    else:
        text = f"{figures[0]}{'.' if figures[1:] else ''}{figures[1:]}e{point - 1}"
    return "-" * sign + text


def refuse_doubles(keys: Sequence[str], choices: Sequence[Mapping[str, Option]]) -> None:
    """GraphError where two choices have one name: the page could not tell them apart."""
    for key, choice in zip(keys, choices, strict=True):
        if keys.count(key) > 1:
            raise GraphError(
                f"two choices of the options are one to the page, {key!r}; one of them is {choice}",
                hint="Give each option values that differ as text",
            )
