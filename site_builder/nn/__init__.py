"""Layers, initialisers and optimisers, made of `graph`'s ops. Knows nothing of kernels or devices.

Parameters have the names that PyTorch gives them; features stand last, also of sequences and images.

    module.py         what a layer is
    attributes.py     what is held in a layer's attributes, and which it does not have
    linear.py         affine maps, and what is made of them alone
    embedding.py      numbers for names
    convolution.py    windows that slide over sequences and images
    resampling.py     images of other sizes
    normalisation.py  of positions, of batches, and of groups of features
    recurrent.py      cells, and networks that walk along a sequence
    attention.py      positions that look at each other
    cache.py          keys and values that they remember
    transformer.py    the blocks of encoders and decoders
    mixing.py         blocks that mix tokens without attention
    dropout.py        noise while training
    ensemble.py       many models at once
    composition.py    modules made of modules
    substitution.py   modules called with other parameters than their own
    initialisers.py   how parameters start
    optimisers.py     how they learn
    trained.py        which of them learn from a loss
    schedules.py      how fast
"""

from types import ModuleType as _ModuleType
from typing import TYPE_CHECKING

from ..graph.arguments import guard as _guard
from ..graph.habits import missing as _missing
from ..graph.other_libraries import OF_LAYERS as _OF_LAYERS
from . import schedules
from .attention import AdditiveAttention, MultiHeadAttention
from .composition import Residual, Sequential
from .convolution import Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d
from .dropout import Dropout
from .embedding import Embedding
from .ensemble import Ensemble
from .initialisers import glorot, he, lecun, normal, ones, torch_linear, uniform, zeros
from .linear import MLP, FeedForward, Linear
from .mixing import FourierBlock, GatedMLPBlock, MixerBlock, SpatialGatingUnit, fourier_mixing
from .module import Module, evaluating
from .normalisation import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, RMSNorm
from .optimisers import SGD, Adam, AdamW, RMSProp, clip_by_global_norm
from .recurrent import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell
from .resampling import Upsample
from .substitution import functional_call
from .trained import everything, matrices
from .transformer import DecoderBlock, EncoderBlock

__all__ = [
    "GRU",
    "LSTM",
    "MLP",
    "RNN",
    "SGD",
    "Adam",
    "AdamW",
    "AdditiveAttention",
    "BatchNorm",
    "Conv1d",
    "Conv2d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "DecoderBlock",
    "Dropout",
    "Embedding",
    "EncoderBlock",
    "Ensemble",
    "FeedForward",
    "FourierBlock",
    "GRUCell",
    "GatedMLPBlock",
    "GroupNorm",
    "InstanceNorm",
    "LSTMCell",
    "LayerNorm",
    "Linear",
    "MixerBlock",
    "Module",
    "MultiHeadAttention",
    "RMSNorm",
    "RMSProp",
    "RNNCell",
    "Residual",
    "Sequential",
    "SpatialGatingUnit",
    "Upsample",
    "clip_by_global_norm",
    "evaluating",
    "everything",
    "fourier_mixing",
    "functional_call",
    "glorot",
    "he",
    "lecun",
    "matrices",
    "normal",
    "ones",
    "schedules",
    "torch_linear",
    "uniform",
    "zeros",
]

if not TYPE_CHECKING:  # to type checkers a misspelt word is an error

    def __getattr__(name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        raise _missing("site_builder.nn", name, _OF_LAYERS, __all__, True)


for _name, _value in list(globals().items()):
    if isinstance(_value, _ModuleType) and _name not in __all__:  # which imports find without: no words for authors
        del globals()[_name]
_guard(vars(schedules))
_guard(globals(), *(each for each in map(globals().get, __all__) if isinstance(each, type)))
