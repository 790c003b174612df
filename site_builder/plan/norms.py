"""The norm of many tensors becomes the norm of the arenas in which they lie.

In: dispatches, and arenas as `merge` has made them. Out: fewer dispatches. One dispatch takes the norm of a few
buffers, so that the norm of many tensors is a tree: norms, and the norm of these. But an optimiser's gradients lie one
after the other in an arena, and an arena is one buffer, of which one dispatch takes the norm.

The gaps between an arena's members hold 0 and add nothing: WebGPU fills new buffers with zeros, and nothing else ever
lies in an arena's allocation. Some dispatches write an arena as a whole, with its gaps; such arenas are not used here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .anchors import fits
from .anchors.reduce import norm_passes
from .dispatch import Dispatch, Key
from .fuse import Body, fuse
from .merge import Arena

_FILE = "shaders/reduce/global_norm.wgsl"


def norms_of_arenas(programs: Mapping[str, list[Dispatch]], arenas: Sequence[Arena]) -> dict[str, list[Dispatch]]:
    """The same programs, in which one norm of arenas replaces each tree of norms, where that is possible."""
    written = {key for dispatches in programs.values() for d in dispatches for key in d.writes}
    home = {member: arena for arena in arenas if arena.key not in written for member in arena.members}
    return {name: _in_program(dispatches, home) for name, dispatches in programs.items()}


def _in_program(dispatches: Sequence[Dispatch], home: Mapping[Key, Arena]) -> list[Dispatch]:
    result = list(dispatches)
    norms = [d for d in dispatches if d.kernel.file == _FILE]
    parts = {key: d for d in norms for key in d.writes if _is_part(d, key, dispatches)}
    for root in norms:
        tree = _tree(root, parts)
        leaves = [key for d in tree for key in _normed(d) if key not in parts]
        wanted = [*dict.fromkeys(home[key].key if key in home else key for key in leaves)]
        alone = root in parts.values() or len(tree) == 1
        long = not fits(norm_passes({key.name: key.type.size for key in wanted}))
        repeated = len(set(leaves)) < len(leaves)  # a tensor that is given twice counts twice
        divided = any(member not in leaves for key in leaves if key in home for member in home[key].members)
        if alone or long or repeated or divided or len(wanted) > len(_normed(root)):
            continue
        if not any(_overwritten(d, root, dispatches) for d in tree):
            result[result.index(root)] = _norm_of(wanted, root)
            result = [d for d in result if d not in tree[1:]]
    return result


def _normed(norm: Dispatch) -> list[Key]:
    """The buffers of which a dispatch takes the norm."""
    return [k for k, b in zip(norm.keys, norm.kernel.bindings, strict=True) if f"load_{b.name}" in norm.kernel.ports]


def _is_part(norm: Dispatch, result: Key, dispatches: Sequence[Dispatch]) -> bool:
    """Whether the norm's result is read by one other norm, and the dispatch gives nothing else."""
    readers = [d for d in dispatches if result in d.reads]
    alone = norm.writes == {result} and "store_y" in norm.kernel.ports and result.program is not None
    return alone and len(readers) == 1 and result in _normed(readers[0])


def _tree(root: Dispatch, parts: Mapping[Key, Dispatch]) -> list[Dispatch]:
    """The norm, and the norms whose results it reads, directly or through others."""
    return [root, *(d for key in _normed(root) if key in parts for d in _tree(parts[key], parts))]


def _overwritten(norm: Dispatch, root: Dispatch, dispatches: Sequence[Dispatch]) -> bool:
    """Whether another dispatch overwrites what the norm reads before the root of its tree runs."""
    between = dispatches[dispatches.index(norm) + 1 : dispatches.index(root)]
    return any(d.writes.intersection(_normed(norm)) for d in between)


def _norm_of(wanted: Sequence[Key], root: Dispatch) -> Dispatch:
    """The root of a tree of norms, changed to read the buffers `wanted`."""
    unread = [f"load_x{n}" for n in range(len(wanted), len(_normed(root)))]
    kernel = fuse(root.kernel, {port: Body(("return 0.0;",)) for port in unread})
    bound = {b.name: key for b, key in zip(root.kernel.bindings, root.keys, strict=True)}
    bound |= {f"x{n}": key for n, key in enumerate(wanted)}
    sizes = {name: 0 for name, _ in root.constants} | {f"COUNT{n}": key.type.size for n, key in enumerate(wanted)}
    keys = tuple(bound[b.name] for b in kernel.bindings)
    return replace(root, kernel=kernel, constants=tuple(sorted(sizes.items())), keys=keys)
