"""What the page needs of the demos that authors declare in demos/NAME/model.py.

In: a `Demo`, which names a function that builds the model. Out: a `DemoPayload`, plain data: one plan for each
combination of options, the default experiment's inputs, and a recorded run for readers without WebGPU. It does not know
URLs or HTML. When nothing has changed, the author's module is not imported.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from site_builder.errors import GraphError
from site_builder.project.author import importing, load_module, located
from site_builder.project.cache import Cache, digest
from site_builder.project.imports import code_digest, relative, sources_digest
from site_builder.project.machine import system, versions
from site_builder.project.paths import RECORDING
from site_builder.project.progress import Notify, Progress
from site_builder.project.workers import run_all
from site_builder.record.compare import Compare
from site_builder.record.kept_results import LIMIT, KeptResult
from site_builder.record.options import combinations, plan_key, refuse_doubles
from site_builder.record.provenance import CachedResult, Dependencies, Hit, engine, observed
from site_builder.record.records import packed, rounded_list, to_json
from site_builder.run.declarations import Demo, Option, Recording

if TYPE_CHECKING:
    from site_builder.graph import Model

MACHINE = ("adapter", "kernels", "versions", "system")  # what a recording says of who computed it


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


class JobResult(NamedTuple):
    """What a job made: the payload as JSON, what it read, and the recording with the seconds that it took.

    The seconds are None where the recording was kept.
    """

    payload: bytes
    dependencies: Dependencies
    recording: Any
    seconds: float | None


@dataclass(frozen=True)
class DemoJob:
    """Trace and lower every combination of options, and record the default one unless a recording is kept."""

    root: Path
    file: Path
    sources: str  # the digest of its code, as it was found
    runner: str
    kept: str | None  # the recording as JSON

    def __call__(self) -> JobResult:
        name = self.file.parent.name
        with (
            importing(self.root),
            located(self.root, self.file, f"the demo {name}", GraphError),
            observed(self.root, self.file) as reads,
        ):
            before = sources_digest(self.root, self.file)
            demo = getattr(load_module(self.root, self.file), "DEMO", None)
            if not isinstance(demo, Demo):
                hint = "Add DEMO = Demo(title=..., build=..., recording=...)"
                raise GraphError(f"the demo {name} declares no DEMO", relative(self.root, self.file), hint=hint)
            payload, kernels, seconds = _payload(name, demo, self.runner, self.kept)
            same = sources_digest(self.root, self.file) == before == self.sources
            changed = reads.changed() if same else ["its code"]
            if changed:
                message = f"{', '.join(changed)} changed while the demo {name} was recorded, so that is not used"
                raise GraphError(message, relative(self.root, self.file), hint="Build again")
        made = to_json(asdict(payload)).encode()
        dependencies = Dependencies(kernels, reads.data, reads.files)
        return JobResult(made, dependencies, json.loads(payload.recording), seconds)


@dataclass(frozen=True)
class Demos:
    """Where and how demos are recorded, in processes of their own: `runner` is "best" or "numpy".

    With `compare` all are recorded anew, and the recordings are not kept: `compare` gets them, beside what is.
    """

    root: Path
    cache: Cache
    runner: str = "best"
    notify: Notify = lambda message: None
    compare: Compare | None = None

    def payloads(self, files: Iterable[Path]) -> dict[str, DemoPayload]:
        """The payload of each demo by name, from the cache where all that it was derived from is unchanged.

        The recording, which takes longest, is kept beside model.py. Raises GraphError, KernelError or PlanError with
        the author's file and line.
        """
        sources = {file: sources_digest(self.root, file) for file in files}
        bases = {file: digest("demo", engine(self.root), each) for file, each in sources.items()}
        form = code_digest(Path(__file__))
        cached = {file: CachedResult(self.cache, self.root, "demo", digest(base, form)) for file, base in bases.items()}
        kept = {file: self._kept(file, base) for file, base in bases.items()}
        hits = {file: hit for file, place in cached.items() if (hit := place.find()) is not None}
        found = {file: json.loads(hit.result) for file, hit in hits.items()}
        known = {file: recording for file, place in kept.items() if (recording := place.find()) is not None}
        for file, hit in hits.items():
            if file in known:
                found[file]["recording"] = to_json(known[file].result)
            elif self.compare is None:
                kept[file].store(hit.dependencies, json.loads(found[file]["recording"]), kept[file].seconds())
        missing = [file for file in bases if file not in found or self.compare]
        progress = Progress("Recorded", [self._expected(kept[file], file in known) for file in missing], self.notify)

        def done(index: int, made: JobResult) -> None:
            file = missing[index]
            progress.done(index, f"the demo {file.parent.name}")
            found[file] = json.loads(made.payload)
            if self.compare is not None:
                before = _measured(known[file].result) if file in known else None
                self.compare(kept[file].origin, before, _measured(made.recording))
            elif file in known:  # which is a part of the payload, and derives from what its own run read
                cached[file].store(made.dependencies.joined(known[file].dependencies), made.payload)
            else:
                cached[file].store(made.dependencies, made.payload)
                kept[file].store(made.dependencies, made.recording, made.seconds)

        run_all([self._job(file, sources[file], known.get(file)) for file in missing], done)
        names = [each.name for each in fields(DemoPayload)]
        return {file.parent.name: DemoPayload(**{key: found[file][key] for key in names}) for file in bases}

    def _kept(self, file: Path, base: str) -> KeptResult:
        return KeptResult(self.root, file.parent / RECORDING, f"the demo {file.parent.name}", base)

    def _job(self, file: Path, sources: str, recording: Hit[Any] | None) -> DemoJob:
        known = None if recording is None or self.compare else to_json(recording.result)
        return DemoJob(self.root, file, sources, self.runner, known)

    def _expected(self, kept: KeptResult, is_known: bool) -> float | None:
        """Seconds that it takes to record a demo; lowering alone, where its recording is known, takes few."""
        return None if is_known and self.compare is None else kept.seconds()


def unkept_recordings(root: Path, files: Iterable[Path]) -> list[str]:
    """A warning for each demo, by its model.py, whose recording is too large to be kept."""
    return [
        f"{relative(root, file)}: the recording takes more than {LIMIT:,} bytes, so every clone of the project will "
        "record it. Read fewer buffers, or at fewer steps."
        for file in files
        if not (file.parent / RECORDING).exists()
    ]


def _measured(recording: Any) -> Any:
    """Of a recording what does not depend on the machine that made it."""
    return {name: each for name, each in recording.items() if name not in MACHINE}


def _payload(name: str, demo: Demo, runner: str, kept: str | None) -> tuple[DemoPayload, tuple[str, ...], float | None]:
    """The payload, the kernels that it uses, and how long it took to record where no recording was kept."""
    from site_builder.plan import lower
    from site_builder.record.session import input_values, kernel_hashes, written_data

    choices = combinations(demo.options)
    keys = [plan_key(choice) for choice in choices]
    refuse_doubles(keys, choices)
    models = {key: demo.build(**choice) for key, choice in zip(keys, choices, strict=True)}
    plans = {key: lower(model).to_json() for key, model in models.items()}
    inputs = dict(demo.inputs())
    for variable in (v for model in models.values() for v in model.variables.values()):
        if variable.role == "data" and variable.source is None and variable.name not in inputs:
            raise GraphError(
                f"nothing says what the data {variable.name!r} is",
                hint="Name a data set as its source, or give its numbers in the demo's inputs",
            )
    first, seconds = models[keys[0]], None
    if kept is None:
        started = time.perf_counter()
        kept = to_json(_record(first, demo.recording, runner, inputs))
        seconds = time.perf_counter() - started
    written = written_data(first, inputs)
    data = sorted({v.source for model in models.values() for v in model.variables.values() if v.source is not None})
    payload = DemoPayload(
        name=name,
        title=demo.title,
        options={option: list(values) for option, values in demo.options.items()},
        plans=plans,
        data=data,
        written={key: packed(value) for key, value in written.items()},
        inputs={key: input_values(value) for key, value in inputs.items() if key not in written},
        recording=kept,
        snapshots=len(demo.recording.at),
    )
    kernels = sorted({file for plan in plans.values() for file in kernel_hashes(plan)})
    return payload, tuple(kernels), seconds


def _record(model: Model, recording: Recording, runner: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Run the default experiment and keep its snapshots."""
    from site_builder.record.session import Session

    session = Session(model, runner, recording.seed, inputs)
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
        "system": system(),
        "outputs": outputs,
    }
