"""Demos: what an author declares in demos/NAME/model.py, and what the page needs of it.

In: a `Demo`, which names a function that builds the model. Out: a `DemoPayload`, plain data: one plan for each
combination of options, the default experiment's inputs, and a recorded run for readers without WebGPU. It does not know
URLs or HTML. When nothing has changed, the author's module is not imported.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from itertools import count, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_builder.cache import Cache, digest
from site_builder.errors import GraphError
from site_builder.run.author import importing, load_module, located
from site_builder.run.imports import relative, sources_digest
from site_builder.run.provenance import Derived, Read, engine, machine, things_read, versions
from site_builder.run.records import packed, rounded_list, to_json
from site_builder.run.workers import run_all

if TYPE_CHECKING:
    from site_builder.graph import Model
    from site_builder.run.session import Session

Option = str | int | float | bool
LARGEST_OPTION = 2**53  # beyond it JavaScript has not every whole number


@dataclass(frozen=True)
class Recording:
    """A run to be shown without WebGPU: after each of `at` runs of `program`, those of `then`, then `read` is kept.

    `then` must not change what `program` goes on with.
    """

    program: str
    at: Sequence[int]
    then: Sequence[str] = ()
    read: Sequence[str] = ()
    seed: int = 1

    def __post_init__(self) -> None:
        if not self.at or min(self.at) < 0 or list(self.at) != sorted(set(self.at)):
            raise GraphError(f"a recording's `at` counts runs from 0 upwards, each once; found {list(self.at)}")


@dataclass(frozen=True)
class Demo:
    """A model that the reader can run. `build(**options)` gives the Model; every option's first value is the default.

    `inputs()` gives the default experiment: name -> numbers, written before `init`; data that has no source among them.
    """

    title: str
    build: Callable[..., Model]
    recording: Recording
    options: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    inputs: Callable[[], Mapping[str, Any]] = dict


@dataclass(frozen=True)
class DemoPayload:
    """A demo as data for the page."""

    name: str
    title: str
    options: Mapping[str, Sequence[Option]]
    plans: Mapping[str, str]  # "activation=relu,width=8" -> plan as JSON; "" where there are no options
    data: Sequence[str]  # names of data sets
    written: Mapping[str, Mapping[str, Any]]  # data that came with the inputs: name -> what `records.packed` gives
    inputs: Mapping[str, Mapping[str, Any]]  # name -> {"shape": [...], "values": [...]}
    recording: str  # JSON
    snapshots: int


@dataclass(frozen=True)
class DemoJob:
    """Trace and lower every combination of options, and record the default one. The result is a payload as JSON."""

    root: Path
    file: Path
    runner: str

    def __call__(self) -> tuple[bytes, Read]:
        name = self.file.parent.name
        with (
            importing(self.root),
            located(self.root, self.file, f"the demo {name}", GraphError),
            things_read(self.root) as read,
        ):
            demo = getattr(load_module(self.root, self.file), "DEMO", None)
            if not isinstance(demo, Demo):
                hint = "Add DEMO = Demo(title=..., build=..., recording=...)"
                raise GraphError(f"the demo {name} declares no DEMO", relative(self.root, self.file), hint=hint)
            payload, kernels = _payload(name, demo, self.runner)
        return to_json(asdict(payload)).encode(), Read(kernels, *read)


def make_demos(
    root: Path,
    cache: Cache,
    files: Iterable[Path],
    runner: str = "best",
    executor: Executor | None = None,
    notify: Callable[[str], None] = lambda message: None,
) -> dict[str, DemoPayload]:
    """The payload of each demo by name, from the cache where everything that it was derived from is unchanged.

    Raises GraphError, KernelError or PlanError with the author's file and line.
    """
    shared = digest("demo", engine(), json.dumps(versions()), machine(runner))
    places = {file: Derived(cache, root, "demo", digest(shared, sources_digest(root, file))) for file in files}
    found = {file: hit[1] for file, place in places.items() if (hit := place.find())}
    missing = [file for file in places if file not in found]

    done = count(1)

    def keep(index: int, made: tuple[bytes, Read]) -> None:
        file = missing[index]
        found[file] = made[0]
        places[file].store(made[1], made[0])
        notify(f"Recorded the demo {file.parent.name}, {next(done)} of {len(missing)}")

    run_all([DemoJob(root, file, runner) for file in missing], executor, keep)
    names = [each.name for each in fields(DemoPayload)]
    loaded = {file.parent.name: json.loads(found[file]) for file in places}
    return {name: DemoPayload(**{key: found[key] for key in names}) for name, found in loaded.items()}


def combinations(options: Mapping[str, Sequence[Option]]) -> list[dict[str, Option]]:
    """Every choice of one value for each option, the default one first."""
    return [dict(zip(options, values, strict=True)) for values in product(*options.values())]


def plan_key(choice: Mapping[str, Option]) -> str:
    """A combination's name: "activation=relu,width=8". The page asks for it in JavaScript, which writes 1.0 as 1."""
    return ",".join(f"{name}={_option_text(name, value)}" for name, value in choice.items())


def _option_text(name: str, value: Option) -> str:
    """What JavaScript makes of an option that came as JSON: texts as they are, whole floats without a point."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if not math.isfinite(value) or abs(value) > LARGEST_OPTION:
        raise GraphError(
            f"an option's numbers are finite and at most 2^53, found {name} = {value}",
            hint="Give the option a text instead",
        )
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


def _payload(name: str, demo: Demo, runner: str) -> tuple[DemoPayload, tuple[str, ...]]:
    from site_builder.plan import lower
    from site_builder.run.session import Session, input_values, kernel_hashes

    choices = combinations(demo.options)
    keys = [plan_key(choice) for choice in choices]
    for key, choice in zip(keys, choices, strict=True):
        if keys.count(key) > 1:
            raise GraphError(
                f"two choices of the options are one to the page, {key!r}; one of them is {choice}",
                hint="Give each option values that differ as text",
            )
    models = {key: demo.build(**choice) for key, choice in zip(keys, choices, strict=True)}
    plans = {key: lower(model).to_json() for key, model in models.items()}
    inputs = dict(demo.inputs())
    for variable in (v for model in models.values() for v in model.variables.values()):
        if variable.role == "data" and variable.source is None and variable.name not in inputs:
            raise GraphError(
                f"nothing says what the data {variable.name!r} is",
                hint="Name a data set as its source, or give its numbers in the demo's inputs",
            )
    session = Session(models[plan_key(choices[0])], runner, demo.recording.seed, inputs)
    kernels = sorted({file for plan in plans.values() for file in kernel_hashes(plan)})
    data = sorted({v.source for model in models.values() for v in model.variables.values() if v.source is not None})
    payload = DemoPayload(
        name=name,
        title=demo.title,
        options={option: list(values) for option, values in demo.options.items()},
        plans=plans,
        data=data,
        written={key: packed(value) for key, value in session.written.items()},
        inputs={key: input_values(value) for key, value in inputs.items() if key not in session.written},
        recording=to_json(_record(session, demo.recording)),
        snapshots=len(demo.recording.at),
    )
    return payload, tuple(kernels)


def _record(session: Session, recording: Recording) -> dict[str, Any]:
    """Run the default experiment and keep its snapshots."""
    outputs: dict[str, dict[str, Any]] = {}
    done = 0
    for times in recording.at:
        session.run(recording.program, times - done)
        done = times
        for program in recording.then:
            session.run(program)
        for name in recording.read:
            value = session.read(name)
            dtype = "u32" if value.dtype.kind in "ui" else "f32"
            output = outputs.setdefault(name, {"shape": list(value.shape), "dtype": dtype, "frames": []})
            numbers = value.ravel()[:done] if name.endswith(".history") else value.ravel()
            output["frames"].append(rounded_list(numbers.tolist()))
    return {
        "seed": recording.seed,
        "program": recording.program,
        "at": list(recording.at),
        "adapter": session.adapter,
        "kernels": session.kernels,
        "versions": versions(),
        "outputs": outputs,
    }
