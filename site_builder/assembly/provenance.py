"""How a page was made: what its figures ran on, with which versions and kernels, and from which files.

In: a post and its figures' records. Out: what its page says of that, and a note for the console. It computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from .. import pages
from ..figures.build import PostFigures
from .sources import Source


def provenance(source: Source, figures: PostFigures, demos: Iterable[str]) -> pages.Provenance | None:
    """Of a post's page; None when it shows no figures."""
    records = [drawing.record for drawing in figures.figures.values()]
    if not records:
        return None
    own = f"{source.post.folder}/{source.figures.place}"
    files = [source.post.file, own, *(f"demos/{name}/model.py" for name in demos)]
    return pages.Provenance(
        adapter=_joined(_spoken(adapter) for record in records for adapter in record.adapters) or "NumPy",
        system=_joined(record.system for record in records),
        versions=sorted({pair for record in records for pair in record.versions.items()}),
        kernels=sorted({file for record in records for file in record.kernels}),
        sources=files,
    )


def adapters(figures: Iterable[PostFigures]) -> list[str]:
    """What figures ran on, for the console."""
    records = [drawing.record for each in figures for drawing in each.figures.values()]
    found = sorted({_spoken(adapter) for record in records for adapter in record.adapters})
    return [f"Figures ran on {', '.join(found)}."] if found else []


def _spoken(adapter: str) -> str:
    """What a record calls its adapter, as a sentence or a list names it."""
    return "the processor" if adapter == "processor" else adapter


def _joined(texts: Iterable[str]) -> str:
    """Different texts, each once, in order."""
    return ", ".join(dict.fromkeys(text for text in texts if text))
