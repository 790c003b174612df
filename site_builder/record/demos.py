"""What the page needs of the demos that authors declare in demos/NAME/model.py.

In: a `Demo`, which names a function that builds the model. Out: a `DemoPayload`, plain data: one plan for each
combination of options, and the default experiment's inputs, which are known to fit all of them. Nothing is run. It does
not know URLs or HTML. When nothing has changed, the author's module is not imported.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_builder.errors import GraphError, PlanError
from site_builder.project.author import importing, load_module, located
from site_builder.project.cache import Cache, digest
from site_builder.project.imports import code_digest, relative, sources_digest
from site_builder.project.progress import Notify
from site_builder.project.saying import about, said_if_long
from site_builder.project.workers import run_all
from site_builder.record.options import combinations, plan_key, refuse_doubles
from site_builder.record.provenance import CachedResult, Dependencies, engine, observed
from site_builder.record.records import packed
from site_builder.run.declarations import Demo, Option

if TYPE_CHECKING:
    from site_builder.graph import Model
    from site_builder.plan import Plan


HERE = Path(__file__).parent


@dataclass(frozen=True)
class DemoPayload:
    """A demo as data for the page."""

    name: str
    title: str
    options: Mapping[str, Sequence[Option]]
    plans: Mapping[str, str]  # "activation=relu,width=8" -> plan as JSON; "" where there are no options
    formulas: Mapping[str, Mapping[str, Any]]  # for each plan what `formulas` gives
    data: Sequence[str]  # names of data sets
    written: Mapping[str, Mapping[str, Any]]  # data that came with the inputs: name -> what `records.packed` gives
    inputs: Mapping[str, Mapping[str, Any]]  # name -> {"shape": [...], "values": [...]}
    counts: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)  # of a plan's programs, by key
    trained: Mapping[str, Any] | None = None  # what `Trained` says, where readers may start from what the build trains
    states: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # and that, by key, as `trained.py` finds it


@dataclass(frozen=True)
class DemoJob:
    """Build and lower the models of one demo. Gives its payload as JSON, and what it was derived from."""

    root: Path
    file: Path
    sources: str  # the digest of its code, as it was found

    def __call__(self) -> tuple[bytes, Dependencies]:
        name = self.file.parent.name
        with (
            importing(self.root),
            located(self.root, self.file, f"the demo {name}", GraphError),
            observed(self.root, self.file) as reads,
            about(f"the demo {name}"),
        ):
            before = sources_digest(self.root, self.file)
            payload, kernels = _payload(name, declared(self.root, self.file))
            same = sources_digest(self.root, self.file) == before == self.sources
            changed = reads.changed() if same else ["its code"]
            if changed:
                message = f"{', '.join(changed)} changed while the demo {name} was lowered, so its plans are not used"
                raise GraphError(message, relative(self.root, self.file), hint="Build again")
        # In the author's order, by which options name their plans: `to_json` would sort them.
        text = json.dumps(asdict(payload), ensure_ascii=False, allow_nan=False)
        return text.encode(), Dependencies(kernels, reads.data, reads.files)


def declared(root: Path, file: Path) -> Demo:
    """What a model.py declares. Raises GraphError where that is no demo."""
    demo = getattr(load_module(root, file), "DEMO", None)
    if not isinstance(demo, Demo):
        hint = "Add DEMO = Demo(title=..., build=...)"
        raise GraphError(f"the demo {file.parent.name} declares no DEMO", relative(root, file), hint=hint)
    return demo


def demo_payloads(
    root: Path, cache: Cache, files: Iterable[Path], notify: Notify = lambda message: None
) -> dict[str, DemoPayload]:
    """The payload of each demo by name, from the cache where all that it was derived from is unchanged.

    The others are made in processes of their own. Raises GraphError, KernelError, DataError or PlanError with the
    author's file and line.
    """
    sources = {file: sources_digest(root, file) for file in files}
    shared = digest("demo", engine(root), *(code_digest(HERE / name) for name in ("demos.py", "formulas.py")))
    places = {file: CachedResult(cache, root, "demo", digest(shared, each)) for file, each in sources.items()}
    found = {file: hit.result for file, place in places.items() if (hit := place.find()) is not None}
    missing = [file for file in places if file not in found]

    def done(index: int, made: tuple[bytes, Dependencies]) -> None:
        file = missing[index]
        found[file], dependencies = made
        places[file].store(dependencies, found[file])

    run_all([DemoJob(root, file, sources[file]) for file in missing], done, notify)
    return {file.parent.name: DemoPayload(**json.loads(found[file])) for file in places}


def _payload(name: str, demo: Demo) -> tuple[DemoPayload, tuple[str, ...]]:
    """The payload, and the files of the kernels that it uses."""
    from site_builder.plan import counts
    from site_builder.record.formulas import formulas
    from site_builder.record.lowering import lowered
    from site_builder.record.session import input_values, kernel_hashes, refuse_wrong_data, written_data
    from site_builder.run import expect_compilable

    choices = combinations(demo.options)
    keys = [plan_key(choice) for choice in choices]
    refuse_doubles(keys, choices)
    with said_if_long(lambda: "Tracing the model"):
        models = {key: demo.build(**choice) for key, choice in zip(keys, choices, strict=True)}
    made = {key: lowered(model) for key, model in models.items()}
    inputs = dict(demo.inputs())
    _expect_known(models, inputs)
    for key, model in models.items():
        refuse_wrong_data(model)
        _expect_fitting(model, inputs, "" if key == keys[0] else f", with {key}")
    for plan in made.values():
        expect_compilable(plan)
        _expect_programs(demo, plan)
    plans = {key: plan.to_json() for key, plan in made.items()}
    variables = [variable for model in models.values() for variable in model.variables.values()]
    written = {each: value for model in models.values() for each, value in written_data(model, inputs).items()}
    payload = DemoPayload(
        name=name,
        title=demo.title,
        options={option: list(values) for option, values in demo.options.items()},
        plans=plans,
        formulas={key: formulas(model) for key, model in models.items()},
        data=sorted({each.source for each in variables if each.source is not None}),
        written={key: packed(value) for key, value in written.items()},
        inputs={key: input_values(value) for key, value in inputs.items() if key not in written},
        counts={key: counts(plan) for key, plan in made.items()},
        trained=None if demo.trained is None else asdict(demo.trained),
    )
    return payload, tuple(sorted({file for plan in plans.values() for file in kernel_hashes(plan)}))


def _expect_programs(demo: Demo, plan: Plan) -> None:
    """GraphError where what is to be trained is no program."""
    for program in () if demo.trained is None else demo.trained.programs:
        if program not in plan.programs:
            raise GraphError(
                f"the demo's trained start runs {program!r}, which is no program of its model",
                hint=f"Its programs are {', '.join(plan.programs)}",
            )


def _expect_known(models: Mapping[str, Model], inputs: Mapping[str, Any]) -> None:
    """GraphError where the inputs give what no model has."""
    declared = (variable for model in models.values() for variable in model.variables.values())
    known = dict.fromkeys(each.name for each in declared if each.role == "input" and each.name != "seed")
    for name in inputs:
        if not any(name in model.variables for model in models.values()):
            raise GraphError(
                f"the demo's inputs give {name!r}, which its model does not declare",
                hint=f"Its inputs are {', '.join(known)}" if known else "It has no inputs",
            )


def _expect_fitting(model: Model, inputs: Mapping[str, Any], where: str) -> None:
    """GraphError where a model cannot begin with the inputs; `where` says with which options it was built."""
    import numpy as np

    from site_builder.record.session import refuse_what_init_sets
    from site_builder.run.bounds import checked

    for name, variable in model.variables.items():
        if variable.role == "data" and variable.source is None and name not in inputs:
            raise GraphError(
                f"nothing says what the data {name!r} is",
                hint="Name a data set as its source, or give its numbers in the demo's inputs",
            )
        if name not in inputs:
            continue
        refuse_what_init_sets(model, name)
        try:
            numbers = checked(name, inputs[name], variable.type.shape, variable.type.dtype, variable.bound)
            with np.errstate(over="ignore"):  # 1e39 is finite, and infinite in f32
                odd = numbers[~np.isfinite(numbers.astype(np.float32))]
            if variable.role == "input" and odd.size:
                raise PlanError(f"{name} holds finite numbers of f32 at first, cannot be written with {odd[0]}")
        except PlanError as error:
            raise GraphError(f"{error.message}{where}", hint="The demo's inputs give it these numbers") from error
