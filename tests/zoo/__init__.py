"""Small models of every kind, each with a PyTorch twin that has the same parameters under the same names."""

from __future__ import annotations

from tests.zoo import (
    alignment,
    convolutional,
    experts,
    gaussian_processes,
    generative,
    graphs,
    local,
    mixing,
    of_gradients,
    perceptrons,
    recurrent,
    relative,
    selective,
    self_taught,
    transformers,
    vision,
)
from tests.zoo.entry import Entry

ZOO: tuple[Entry, ...] = (
    *perceptrons.ENTRIES,
    *convolutional.ENTRIES,
    *recurrent.ENTRIES,
    *transformers.ENTRIES,
    *relative.ENTRIES,
    *local.ENTRIES,
    *vision.ENTRIES,
    *mixing.ENTRIES,
    *self_taught.ENTRIES,
    *gaussian_processes.ENTRIES,
    *of_gradients.ENTRIES,
    *generative.ENTRIES,
    *selective.ENTRIES,
    *alignment.ENTRIES,
    *graphs.ENTRIES,
    *experts.ENTRIES,
)

# Ten whose plans hold every kernel but those of half precision and very large products, and the kernels of a scan, for
# browsers, which are slow.
EVERY_KERNEL = (
    "inception",
    "resnet",
    "lstm",
    "transformer",
    "gpt",
    "bert",
    "t5",
    "discrete-autoencoder",
    "mobilenet",
    "deep-kernel",
)
