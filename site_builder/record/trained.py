"""What the build trains for readers to start from: each model of a demo after so many steps.

In: the demos that declare it. Out: for each of them the numbers of every parameter and state, kept in the project or
computed. The processor computes them, so that every machine gets the same bits. It does not know how readers start.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from site_builder.errors import GraphError
from site_builder.project.author import importing, located
from site_builder.project.cache import Cache, digest
from site_builder.project.imports import code_digest, relative, sources_digest
from site_builder.project.paths import RESULTS
from site_builder.project.progress import Notify, Progress
from site_builder.project.saying import about
from site_builder.project.workers import run_all
from site_builder.record.compare import Compare
from site_builder.record.demos import DemoPayload, declared
from site_builder.record.kept_results import KeptResult
from site_builder.record.options import combinations, plan_key
from site_builder.record.provenance import CachedResult, Dependencies, engine, observed
from site_builder.record.records import packed, to_json

States = dict[str, dict[str, Any]]  # by the options' key: name -> what `records.packed` gives


@dataclass(frozen=True)
class TrainingJob:
    """Train the models of one demo. Gives their states as JSON, what they were derived from, and how long it took."""

    root: Path
    file: Path
    sources: str  # the digest of its code, as it was found

    def __call__(self) -> tuple[bytes, Dependencies, float]:
        name = self.file.parent.name
        with (
            importing(self.root),
            located(self.root, self.file, f"training the demo {name}", GraphError),
            observed(self.root, self.file) as reads,
            about(f"training the demo {name}"),
        ):
            started = time.perf_counter()
            states, kernels, runtime = _trained(self.root, self.file)
            changed = reads.changed() if sources_digest(self.root, self.file) == self.sources else ["its code"]
            if changed:
                message = f"{', '.join(changed)} changed while the demo {name} was trained, so its weights are not used"
                raise GraphError(message, relative(self.root, self.file), hint="Build again")
        dependencies = Dependencies(kernels, reads.data, reads.files, runtime)
        return to_json(states).encode(), dependencies, time.perf_counter() - started


def _trained(root: Path, file: Path) -> tuple[States, tuple[str, ...], tuple[str, ...]]:
    """The states, and the files of the kernels and the folders of pages' scripts that took part."""
    from site_builder.record.session import Session

    demo = declared(root, file)
    assert demo.trained is not None
    states: States = {}
    kernels: set[str] = set()
    runtime: set[str] = set()
    for options in combinations(demo.options):
        model = demo.build(**options)
        session = Session(model, "processor", demo.trained.seed, demo.inputs())
        for program in demo.trained.programs:
            session.run(program, demo.trained.steps)
        session.expect_numbers("Readers would start from it: let it train with a smaller rate, or fewer steps")
        kept = [name for name, variable in model.variables.items() if variable.role in ("parameter", "state")]
        states[plan_key(options)] = {name: packed(session.read(name)) for name in kept}
        kernels |= session.kernels.keys()
        runtime |= set(session.runtime)
    return states, tuple(sorted(kernels)), tuple(sorted(runtime))


def with_trained(
    payloads: Mapping[str, DemoPayload],
    root: Path,
    cache: Cache,
    models: Mapping[str, Path],
    notify: Notify,
    compare: Compare | None = None,
) -> dict[str, DemoPayload]:
    """The payloads with the states of those that ask for them: kept in the project, found in the cache, or computed.

    `models`: the model.py of each demo. With `compare` all are computed anew, and it gets them beside what is kept.
    Raises GraphError, KernelError, DataError or PlanError with the author's file and line.
    """
    shared = digest("trained", engine(root), code_digest(Path(__file__)))
    wanted = [_Training.of(root, cache, models[name], shared) for name, each in payloads.items() if each.trained]
    found = {one.name: known for one in wanted if (known := one.find(compare is None)) is not None}
    missing = [one for one in wanted if one.name not in found or compare]
    progress = Progress("Finished", [one.kept.seconds() for one in missing], notify)

    def done(index: int, made: tuple[bytes, Dependencies, float]) -> None:
        one, states = missing[index], json.loads(made[0])
        progress.done(index, one.kept.origin)
        if compare is None:
            one.store(*made)
        else:
            compare(one.kept.origin, found.get(one.name), states)
        found[one.name] = states

    run_all([one.job for one in missing], done, notify)
    return {name: replace(each, states=found.get(name, {})) for name, each in payloads.items()}


@dataclass(frozen=True)
class _Training:
    """The training of one demo, and the two places of what it gives: the project's, and the cache's."""

    name: str
    job: TrainingJob
    kept: KeptResult
    cached: CachedResult

    @classmethod
    def of(cls, root: Path, cache: Cache, file: Path, shared: str) -> _Training:
        """That of a model.py."""
        sources, name = sources_digest(root, file), file.parent.name
        base = digest(shared, relative(root, file), sources)
        origin = f"training the demo {name} ({relative(root, file)})"
        return cls(
            name,
            TrainingJob(root, file, sources),
            KeptResult(root, file.parent / RESULTS / "trained.json", origin, base),
            CachedResult(cache, root, "trained", base),
        )

    def find(self, cached: bool) -> States | None:
        """The states, None where there are none. With `cached` what only the cache has is kept from now on."""
        known: States | None = self.kept.find()
        if known is None and cached and (hit := self.cached.find()) is not None:
            stored = json.loads(hit.result)
            self.kept.store(hit.dependencies, stored["states"], stored["seconds"])
            known = stored["states"]
        return known

    def store(self, result: bytes, dependencies: Dependencies, seconds: float) -> None:
        """Keep what the job gave, in both places."""
        states = json.loads(result)
        self.kept.store(dependencies, states, seconds)
        self.cached.store(dependencies, to_json({"seconds": seconds, "states": states}).encode())


def shipped(states: Mapping[str, Any]) -> tuple[bytes, list[dict[str, Any]]]:
    """One state as the page fetches it: its bytes one after the other, and what they are."""
    numbers = [{"name": name, "dtype": each["dtype"], "shape": each["shape"]} for name, each in states.items()]
    return b"".join(base64.b64decode(each["base64"]) for each in states.values()), numbers
