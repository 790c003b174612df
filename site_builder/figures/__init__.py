"""Figures of runs: what the author's figures.py imports, and nothing that a build without changes would have to load.

`experiment` and `figure` only mark functions. Everything that draws comes from `theme` and brings matplotlib with it,
so those names are looked up when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_builder.figures.declare import experiment, figure

if TYPE_CHECKING:
    from site_builder.figures.lab import Lab, Run
    from site_builder.figures.shapes import class_points, ink, mosaic, network, on_phone
    from site_builder.figures.theme import (
        canvas,
        colour,
        colour_key,
        colour_map,
        direct_label,
        heatmap,
        image_grid,
        panel_label,
        plane,
    )

__all__ = [
    "Lab",
    "Run",
    "canvas",
    "class_points",
    "colour",
    "colour_key",
    "colour_map",
    "direct_label",
    "experiment",
    "figure",
    "heatmap",
    "image_grid",
    "ink",
    "mosaic",
    "network",
    "on_phone",
    "panel_label",
    "plane",
]
HOMES = {  # of the names that are not theme's
    **dict.fromkeys(("Lab", "Run"), "lab"),
    **dict.fromkeys(("class_points", "ink", "mosaic", "network", "on_phone"), "shapes"),
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{HOMES.get(name, 'theme')}"), name)
