"""What the reader of a tested page has chosen to compute on.

In: a kind of backend. Out: JavaScript that runs before the page's own.
"""

from __future__ import annotations


def chooses(on: str | None) -> str:
    """JavaScript by which a tab remembers that its reader chose "gpu" or "processor", unless one has chosen there.

    Without it SwiftShader and lavapipe, which the processor plays, would be passed over.
    """
    return f"sessionStorage['compute-on'] ??= '{on}';" if on else ""
