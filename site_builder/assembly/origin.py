"""How figures were made, in words: what they ran on, with what, from which files.

In: figures' records. Out: what a page says of them at its foot, and a line for the console.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .. import pages
from ..figures.results import FigureRecord


def provenance(records: Sequence[FigureRecord], files: Sequence[str]) -> pages.Provenance | None:
    """What a page says of its figures; None where it has none. `files`: what they were made from."""
    if not records:
        return None
    return pages.Provenance(
        adapter=_joined(_spoken(adapter) for record in records for adapter in record.adapters) or "NumPy",
        system=_joined(record.system for record in records),
        versions=sorted({pair for record in records for pair in record.versions.items()}),
        kernels=sorted({file for record in records for file in record.kernels}),
        sources=files,
    )


def adapters(records: Iterable[FigureRecord]) -> list[str]:
    """What figures ran on, in a sentence; none where nothing was run."""
    names = sorted({_spoken(adapter) for record in records for adapter in record.adapters})
    return [f"Figures ran on {', '.join(names)}."] if names else []


def _spoken(adapter: str) -> str:
    """What a record calls its adapter, as a sentence or a list names it."""
    return "the processor" if adapter == "processor" else adapter


def _joined(texts: Iterable[str]) -> str:
    """Different texts, each once, in order."""
    return ", ".join(dict.fromkeys(text for text in texts if text))
