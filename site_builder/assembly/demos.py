"""What the page's runtime fetches: plans, modules, trials and data, and what names them: manifests, replay records.

In: demo payloads and records, as `record` and `figures` made them. Out: assets, and the URL of each manifest and
record. A file that has not changed keeps its name, and so stays in readers' caches. It does not know pages.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..content.html import slugify
from ..data import datasets
from ..errors import KernelError
from ..figures.build import Replay
from ..modules import Modules
from ..project.cache import Cache, digest
from ..record.demos import DemoPayload
from ..record.provenance import CachedResult, Dependencies, observed
from ..record.records import to_json
from ..record.trained import shipped
from .output import Output


@dataclass(frozen=True)
class ModelAssets:
    """Everything of models that the page fetches, put into the output."""

    output: Output
    cache: Cache
    project: Path

    def manifest(self, demo: DemoPayload) -> str:
        """The URL of a demo's manifest, with everything that it names."""
        where = {key: f", with {key}," if key else "" for key in demo.plans}
        plans = {
            key: self._files(plan, f"The demo {demo.name}{where[key]}")
            | {"counts": demo.counts.get(key, {})}
            | {"formulas": self.output.asset(f"{demo.name}-formulas.json", to_json(demo.formulas[key]))}
            | self._trained(demo, demo.states.get(key))
            for key, plan in demo.plans.items()
        }
        manifest = {
            "name": demo.name,
            "title": demo.title,
            "options": demo.options,
            "plans": plans,
            "data": self._data(demo.data, demo.written),
            "inputs": demo.inputs,
        }
        # The keys' order says which option comes first, so they are not sorted.
        text = json.dumps(manifest, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return self.output.asset(f"{demo.name}.json", text)

    def record(self, name: str, replay: Replay, places: Mapping[str, Any]) -> str:
        """The URL of a figure's record, with the plan that repeats it, and where the figure shows its curve."""
        record, files = replay.record, self._files(replay.plan, f"The figure {name}")
        content = {
            "plan": files["url"],
            "module": files["module"],
            "trial": files["trial"],
            "data": self._data(record.data, record.written),
            "inputs": record.inputs,
            "seed": record.seed,
            "program": record.program,
            "times": record.times,
            "series": record.series,
            "tolerance": record.tolerance,
            "adapter": record.adapter,
            "runner": record.runner,
            "kernels": record.kernels,
            "versions": record.versions,
            "places": places,
        }
        return self.output.asset(f"{name}-record.json", to_json(content))

    def _files(self, plan: str, user: str) -> dict[str, Any]:
        """A plan's entry in a manifest, by the model's name: a demo and the figures of the same model share the files.

        Raises KernelError that also names the `user` of a kernel that is refused.
        """
        try:
            made = self._modules.of(plan)
        except KernelError as error:
            raise KernelError(error.message, error.file, error.line, f"{user} uses it. {error.hint}") from error
        name, add = slugify(json.loads(plan)["name"]), self.output.asset
        return {
            "url": add(f"{name}-plan.json", plan),
            "module": add(f"{name}.wasm", made.wasm),
            "trial": add(f"{name}-trial.json", made.trial),
        }

    def _trained(self, demo: DemoPayload, states: Mapping[str, Any] | None) -> dict[str, Any]:
        """A plan's entry of what was trained, and its bytes in a file of their own; empty where nothing was."""
        if states is None or demo.trained is None:
            return {}
        data, numbers = shipped(states)
        url = self.output.asset(f"{demo.name}-trained.bin", data)
        return {"trained": {"url": url, **demo.trained, "numbers": numbers}}

    @cached_property
    def _modules(self) -> Modules:
        return Modules(self.project, self.cache)

    def _data(self, names: Iterable[str], written: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Data sets by their names, and data that came with a run by the buffer's: equal numbers share a file."""
        sets = {name: self._dataset(name) for name in names}
        return sets | {name: self._written(name, numbers) for name, numbers in written.items()}

    def _written(self, name: str, numbers: Mapping[str, Any]) -> dict[str, Any]:
        url = self.output.asset(f"{slugify(name)}.bin", base64.b64decode(numbers["base64"]))
        return {"url": url, "dtype": numbers["dtype"], "scale": 1.0, "shape": numbers["shape"]}

    def _dataset(self, name: str) -> dict[str, Any]:
        """A data set's entry in a manifest. Its numbers are cached, so that NumPy is not imported for them."""
        base = digest("dataset", name, datasets.fingerprint(self.project, name))
        place = CachedResult(self.cache, self.project, "dataset", base)
        found = place.find()
        stored = self._made(place, name) if found is None else found.result
        text, _, data = stored.partition(b"\n")
        url = self.output.asset(f"{name.replace('/', '-')}.bin", data)
        return {"url": url, **json.loads(text)}

    def _made(self, place: CachedResult, name: str) -> bytes:
        """A data set as it is cached: what there is to say about its numbers, a line feed, the numbers."""
        with observed(self.project) as reads:
            made = datasets.asset(self.project, name)
        head = {"dtype": made.dtype, "scale": made.scale, "shape": made.shape}
        stored = json.dumps(head).encode() + b"\n" + made.data
        place.store(Dependencies((), reads.data, reads.files), stored)
        return stored
