"""Whether the parameters of a run, and the gradients that it keeps, are numbers; and if not, since when.

In: a runner, and what was done to it since it was made. Out: nothing, or a GraphError with the parameter, the step and,
where it can be found, the author's line of what gave no number first. A loss alone does not show it: relu of NaN is 0
on GPUs. To look costs one read of each parameter; the step is found only where there is something to say, by a replay.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from site_builder.errors import GraphError
from site_builder.graph import Model
from site_builder.graph.model import INIT
from site_builder.graph.tensor import AuthorLine
from site_builder.project.imports import relative
from site_builder.project.paths import project
from site_builder.run import Loader, Runner
from site_builder.run.arrays import Array
from site_builder.run.on_numpy import NumPyRunner

LARGEST_LOG = 64 * 2**20  # bytes that were written; of a run that was given more nobody knows the step
GRADIENTS = (":grad", "gradient_norm")  # how the outputs are called that `Model.probe` makes of gradients
Action = tuple[Literal["write", "run"], str, Any]  # a variable and its numbers, or a program and how often it ran
Snapshot = dict[str, Array]


@dataclass
class Log:
    """What was done to a run, in order."""

    actions: list[Action] | None = field(default_factory=list)  # None once it would be too long
    _bytes: int = 0

    def wrote(self, name: str, array: Any) -> None:
        """A variable was written."""
        kept = np.array(array)
        self._bytes += kept.nbytes
        if self._bytes > LARGEST_LOG:
            self.actions = None
        if self.actions is not None:
            self.actions.append(("write", name, kept))

    def ran(self, program: str, times: int) -> None:
        """A program ran so often."""
        if self.actions is None:
            return
        if self.actions and self.actions[-1][:2] == ("run", program):
            times += self.actions.pop()[2]
        self.actions.append(("run", program, times))


@dataclass(frozen=True)
class Divergence:
    """The run of a program that left what is no number under `names`, and the state before it."""

    program: str
    times: int
    names: list[str]
    before: Snapshot


def not_finite(model: Model, runner: Runner) -> list[str]:
    """The parameters, and the gradients that are kept, which hold what is no finite number."""
    watched = [name for name, variable in model.variables.items() if variable.role == "parameter"]
    return [name for name in watched + _gradients(model) if not np.isfinite(runner.read(name)).all()]


def _gradients(model: Model) -> list[str]:
    outputs = [name for name, variable in model.variables.items() if variable.role == "output"]
    return [name for name in outputs if any(part in name for part in GRADIENTS)]


def expect_numbers(model: Model, runner: Runner, log: Log, load: Loader, hint: str) -> None:
    """GraphError where a run has diverged, with what to do about it. The runner is then at another step."""
    names = not_finite(model, runner)
    if not names:
        return
    found = _first(model, runner, log)
    names = names if found is None else found.names
    kind = "NaN" if np.isnan(runner.read(names[0])).any() else "an infinity"
    which = f"{names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''} of model {model.name}"
    if found is None:
        raise GraphError(f"{which} became {kind}, on {runner.adapter}", hint=hint)
    if found.program == INIT:
        raise GraphError(f"{which} held {kind} before any step", hint=hint)
    culprit, line = _culprit(model, runner, found, load)
    cause = f"; what gave no number first was {culprit}" if culprit else ""
    since = f"in run {found.times} of program {found.program}, on {runner.adapter}"
    raise GraphError(f"{which} became {kind} {since}{cause}", *_place(line), hint=hint)


def _first(model: Model, runner: Runner, log: Log) -> Divergence | None:
    """The first run of a program after which a parameter is no number, by a replay; None where that is not known."""
    if log.actions is None:
        return None
    kept = [name for name, variable in model.variables.items() if variable.role in ("parameter", "state")]
    counts: Counter[str] = Counter()
    for name in (*(n for n, variable in model.variables.items() if variable.role == "input"), *_gradients(model)):
        variable = model.variables[name]
        several = isinstance(variable.initial, tuple)
        runner.write(name, (np.reshape if several else np.broadcast_to)(variable.initial or 0, variable.type.shape))
    for verb, name, what in log.actions:
        if verb == "write":
            runner.write(name, what)
            continue
        before = {each: runner.read(each) for each in kept}
        runner.run(name, what)
        if not_finite(model, runner):
            within, before = _halved(model, runner, name, what, before)
            _restore(runner, before)
            runner.run(name)
            return Divergence(name, counts[name] + within, not_finite(model, runner), before)
        counts[name] += what
    return None


def _halved(model: Model, runner: Runner, program: str, high: int, before: Snapshot) -> tuple[int, Snapshot]:
    """After how many of `high` runs there is what is no number, and the state before that run."""
    low = 0
    while high - low > 1:
        _restore(runner, before)
        middle = (low + high) // 2
        runner.run(program, middle - low)
        if not_finite(model, runner):
            high = middle
        else:
            low, before = middle, {name: runner.read(name) for name in before}
    return high, before


def _place(line: AuthorLine | None) -> tuple[str | None, int | None]:
    return (None, None) if line is None else (relative(project(), Path(line.file)), line.number)


def _restore(runner: Runner, state: Snapshot) -> None:
    for name, value in state.items():
        runner.write(name, value)


def _culprit(model: Model, runner: Runner, found: Divergence, load: Loader) -> tuple[str, AuthorLine | None]:
    """What gave no finite number in that run, though all that it is computed from is, and the line that asked for it.

    A derivative is no author's own line: then it is that of what it is taken of. "" where NumPy gives numbers only.
    """
    definition = NumPyRunner(model, "float32", load)
    for name, variable in model.variables.items():
        if variable.role in ("input", "data"):
            definition.write(name, runner.read(name))
    _restore(definition, found.before)
    node = definition.first_not_finite(found.program)
    if node is None:
        return "", None
    parts = [x for x in node.inputs if x.op not in ("constant", "broadcast", "read") and x.line != node.line]
    return (f"{node.op} of {parts[0].op}", parts[0].line) if parts else (node.op, node.line)
