"""The data sets a model may name as the source of its read-only data.

In: a name such as "digits/train-images". Out: a NumPy array for the runners, or the same numbers as bytes for the page.
It downloads nothing: the digits come with scikit-learn, the point sets are generated, MNIST is read from files that the
author has, and what else there is the project makes itself. It does not know models. NumPy is imported only when
numbers are asked for, so that names and fingerprints cost a warm build nothing.

    digits/images         f32[1797, 64]   8x8 handwritten digits, intensities 0..1 in steps of 1/16
    digits/labels         u32[1797]       0..9
    digits/train-images   f32[1437, 64]   the same, split by `digits.test_rows`
    digits/train-labels   u32[1437]
    digits/test-images    f32[360, 64]
    digits/test-labels    u32[360]
    NAME/points           f32[n, 2]       NAME: spiral, xor, moons; about -1..1
    NAME/labels           u32[n]          0 or 1
    mnist/train-images    f32[60000, 784] and train-labels, test-images, test-labels, where the author has the IDX files
    demos/NAME/FUNCTION   what FUNCTION() of demos/NAME/data.py returns, as it is; posts/NAME/FUNCTION likewise
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from site_builder.data import digits, mnist, own_data, points
from site_builder.errors import DataError
from site_builder.project.cache import digest
from site_builder.project.imports import relative, sources_digest
from site_builder.project.paths import project

if TYPE_CHECKING:
    from site_builder.run.arrays import Array

KINDS = {"uint8": "u8", "uint32": "u32", "float32": "f32"}

used: set[str] = set()  # names of the data sets that were read since `forget`


@dataclass(frozen=True)
class Asset:
    """A data set as the page gets it: little-endian bytes, each number of which is multiplied by `scale`."""

    data: bytes
    dtype: str  # u8, u32 or f32
    scale: float
    shape: tuple[int, ...]


def names(root: Path) -> tuple[str, ...]:
    """Every data set there is, MNIST included whether or not its files are here; the project's own come last."""
    sets = [f"digits/{part}" for part in digits.PARTS]
    sets += [f"{name}/{part}" for name in points.SETS for part in ("points", "labels")]
    return (*sets, *(f"mnist/{part}" for part in mnist.FILES), *own_data.names(root))


def load(name: str) -> Array:
    """The data set as runners read it: f32, u32 or u8 (of the project's own alone), read-only.

    Raises DataError if it is unknown or cannot be made, ConfigError if MNIST is not where it is said to be.
    """
    import numpy as np

    stored, scale = _stored(project(), name)
    array = stored.copy() if scale == 1 else (stored * np.float32(scale)).astype(np.float32)
    array.flags.writeable = False
    return array


def load_data(source: str, name: str, shape: tuple[int, ...], dtype: str, bound: int | None) -> Array:
    """The data set as the data `name` of a model; whole numbers may fill f32.

    Raises what `load` does, DataError where shape or dtype are others, PlanError where a number is not below `bound`.
    """
    from site_builder.run.bounds import checked

    array = load(source)
    if array.shape != shape or (dtype != "f32" and array.dtype.kind == "f"):
        found = f"{KINDS[str(array.dtype)]}{list(array.shape)}"
        known = own_data.place(project(), source) if own_data.is_own(source) else None
        where = f" ({relative(project(), known[0])}:{known[1]})" if known else ""
        raise DataError(f"the data {name!r} is declared as {dtype}{list(shape)}, and {source}{where} is {found}")
    return checked(name, array, shape, dtype, bound)


def asset(root: Path, name: str) -> Asset:
    """The data set as the page reads it: bytes, and how to make f32 or u32 of them."""
    stored, scale = _stored(root, name)
    kind = KINDS[str(stored.dtype)]
    return Asset(stored.astype(stored.dtype.newbyteorder("<")).tobytes(), kind, scale, tuple(stored.shape))


def fingerprint(root: Path, name: str) -> str:
    """A hash of what the data set derives from: code, a file's bytes, or the points themselves.

    Which files the project's own functions open is known when they have run: see `record.provenance`.
    """
    if own_data.is_own(name):
        return sources_digest(root, _own_file(root, name)[0])
    family, part = _split(root, name)
    if family == "mnist":
        return mnist.fingerprint(part)
    return digits.fingerprint() if family == "digits" else digest(repr(points.SETS[family]()))


def forget() -> None:
    """Note anew which data sets are read, and make those of the project anew: its files may be others by now."""
    used.clear()
    _own.cache_clear()


def _unknown(root: Path, name: str) -> DataError:
    hint = f"Known: {', '.join(names(root))}"
    folder, _, function = name.rpartition("/")
    if own_data.is_own(name) and folder.count("/") == 1:
        hint = f"{folder}/data.py needs a function {function}() without arguments. {hint}"
    return DataError(f'there is no data set "{name}"', hint=hint)


def _split(root: Path, name: str) -> tuple[str, str]:
    if name not in names(root):
        raise _unknown(root, name)
    family, _, part = name.partition("/")
    return family, part


def _own_file(root: Path, name: str) -> tuple[Path, int]:
    found = own_data.place(root, name)
    if found is None:
        raise _unknown(root, name)
    return found


def _stored(root: Path, name: str) -> tuple[Array, float]:
    """The numbers as they are kept, u8, u32 or f32, and the factor that makes f32 of u8."""
    used.add(name)
    if own_data.is_own(name):
        return _own(root, name), 1.0
    return _made(root, name)


@lru_cache(maxsize=16)
def _own(root: Path, name: str) -> Array:
    return own_data.make(root, *_own_file(root, name), name)


@lru_cache(maxsize=16)
def _made(root: Path, name: str) -> tuple[Array, float]:
    import numpy as np

    family, part = _split(root, name)
    if family == "digits":
        return digits.make(part)
    if family == "mnist":
        return mnist.make(part)
    coordinates, labels = points.SETS[family]()
    if part == "labels":
        return np.asarray(labels, np.uint32), 1.0
    return np.asarray(coordinates, np.float32), 1.0
