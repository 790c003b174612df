"""The panels of the demos that posts place, checked together with the links that lead to them.

In: posts, demos' plans, scripts. Out: panels by the demos' names; or all errors of all demos and links at once. It does
not know how a panel is laid out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..bundle.node import NodePackages
from ..content.faults import raise_all
from ..errors import BuildError, ContentError
from ..panels import Panel, panels, plan_names, wrong_names, wrong_settings
from ..panels.checks import Options, PlanNames
from ..project.cache import Cache
from ..record.demos import DemoPayload
from ..record.options import option_text
from .sources import Source


def checked_panels(
    project: Path, cache: Cache, node: NodePackages, sources: Sequence[Source], demos: Mapping[str, DemoPayload]
) -> dict[str, Panel]:
    """By the demos' names. Raises every error of every demo.js, and of every link that sets what a demo cannot take."""
    errors: list[BuildError] = []
    made = panels(project, cache, node, _ids(sources), errors)
    names = {name: plan_names(demos[name].plans) for name in made}
    options = {name: _options(demos[name]) for name in made}
    for name, panel in made.items():
        errors += wrong_names(panel.definition, options[name], names[name])
    for source in sources:
        errors += _wrong_links(source, made, options, names)
    raise_all(errors)
    return made


def _ids(sources: Sequence[Source]) -> dict[str, set[str]]:
    """The ids of each demo's elements in all posts."""
    found: dict[str, set[str]] = {}
    for source in sources:
        for anchor, label in source.post.labels.items():
            if label.kind == "demo":
                found.setdefault(label.name, set()).add(anchor)
    return found


def _options(demo: DemoPayload) -> Options:
    return {name: [option_text(name, value) for value in values] for name, values in demo.options.items()}


def _wrong_links(
    source: Source,
    made: Mapping[str, Panel],
    options: Mapping[str, Options],
    names: Mapping[str, Sequence[PlanNames]],
) -> list[BuildError]:
    errors: list[BuildError] = []
    for use in source.post.needs.demo_links:
        name, _, state = use.name.partition("?")
        if name in made:
            for wrong, hint in wrong_settings(state, made[name].definition, options[name], names[name]):
                errors.append(ContentError(f"the link to the demo `{name}`: {wrong}", source.post.file, use.line, hint))
    return errors
