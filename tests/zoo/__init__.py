"""Small models of every kind, each with a PyTorch twin that has the same parameters under the same names."""

from __future__ import annotations

from tests.zoo import perceptrons
from tests.zoo.entry import Entry

ZOO: tuple[Entry, ...] = (*perceptrons.ENTRIES,)
