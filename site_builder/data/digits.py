"""The 8x8 handwritten digits that come with scikit-learn, and how they are split.

In: a part, such as "train-images". Out: its numbers as they are kept. What they derive from is found without importing
scikit-learn, which takes a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from site_builder.project.cache import digest
from site_builder.project.imports import code_digest, file_digest

if TYPE_CHECKING:
    from site_builder.run.arrays import Array

PARTS = ("images", "labels", "train-images", "train-labels", "test-images", "test-labels")
TEST_EVERY = 5
FILE = "datasets/data/digits.csv.gz"  # in scikit-learn's folder


def fingerprint() -> str:
    """The hash of the file of digits and of what is done with it here."""
    found = find_spec("sklearn")
    place = Path(found.origin).parent / FILE if found and found.origin else Path("absent")
    return digest(file_digest(place), code_digest(Path(__file__)))


def make(part: str) -> tuple[Array, float]:
    """Images u8[n, 64] of intensities 0 to 16 with the factor 1/16, or labels u32[n] with the factor 1."""
    import numpy as np
    from sklearn.datasets import load_digits

    bunch = load_digits()
    which, _, kind = part.rpartition("-")
    array = bunch.data.astype(np.uint8) if kind == "images" else bunch.target.astype(np.uint32)
    if which:
        held_out = np.zeros(len(array), bool)
        held_out[test_rows(bunch.target.tolist())] = True
        array = array[held_out if which == "test" else ~held_out]
    return array, 1 / 16 if kind == "images" else 1.0


def test_rows(labels: Sequence[int]) -> list[int]:
    """The rows of the digits that are held out, 360 in all: of each class, in file order, every fifth from the first.

    Taking every fifth of a class keeps the classes' shares (stratified), and since the file goes writer by writer, it
    takes a little of each writer. A class of n rows gives ceil(n / 5); the rows beyond 360 are given back, the last
    of the file first.
    """
    seen: dict[int, int] = {}
    rows = []
    for row, label in enumerate(labels):
        if seen.get(label, 0) % TEST_EVERY == 0:
            rows.append(row)
        seen[label] = seen.get(label, 0) + 1
    return rows[: -(-len(labels) // TEST_EVERY)]
