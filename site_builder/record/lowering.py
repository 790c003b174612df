"""Lowers a model, and says so where that takes long, so that no build is silent about what it waits for.

In: a model. Out: its plan; on the way a sentence with the sizes of its programs.
"""

from __future__ import annotations

from site_builder.graph import Model
from site_builder.graph.program import topological
from site_builder.plan import Plan, lower
from site_builder.project.saying import said_if_long


def lowered(model: Model) -> Plan:
    """The model's plan."""
    with said_if_long(lambda: f"Lowering {_sized(model)}"):
        return lower(model)


def _sized(model: Model) -> str:
    """ "model heat: step (1,602 nodes), init (3 nodes)"."""
    sizes = {name: len(topological(a.value for a in program.assignments)) for name, program in model.programs.items()}
    largest = sorted(sizes.items(), key=lambda item: -item[1])
    told = (f"{name} ({count:,} node{'s' if count != 1 else ''})" for name, count in largest)
    return f"model {model.name}: {', '.join(told)}"
