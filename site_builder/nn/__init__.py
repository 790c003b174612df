"""Layers, initialisers and optimisers, made of `graph`'s ops. Knows nothing of kernels or devices.

Parameters have the names that PyTorch gives them; features stand last, also of sequences and images.

    module.py         what a layer is
    linear.py         affine maps, and what is made of them alone
    embedding.py      numbers for names
    convolution.py    windows that slide over sequences and images
    normalisation.py  of positions and of batches
    recurrent.py      cells, and networks that walk along a sequence
    attention.py      positions that look at each other
    cache.py          keys and values that they remember
    transformer.py    the blocks of encoders and decoders
    mixing.py         blocks that mix tokens without attention
    dropout.py        noise while training
    composition.py    modules made of modules
    initialisers.py   how parameters start
    optimisers.py     how they learn
    schedules.py      how fast
"""

from ..graph.arguments import guard as _guard
from . import schedules
from .attention import AdditiveAttention, MultiHeadAttention
from .composition import Residual, Sequential
from .convolution import Conv1d, Conv2d
from .dropout import Dropout
from .embedding import Embedding
from .initialisers import glorot, he, lecun, normal, ones, torch_linear, uniform, zeros
from .linear import MLP, FeedForward, Linear
from .mixing import FourierBlock, GatedMLPBlock, MixerBlock, SpatialGatingUnit, fourier_mixing
from .module import Module, evaluating
from .normalisation import BatchNorm, LayerNorm, RMSNorm
from .optimisers import SGD, Adam, AdamW, RMSProp, clip_by_global_norm, everything, matrices
from .recurrent import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell
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
    "DecoderBlock",
    "Dropout",
    "Embedding",
    "EncoderBlock",
    "FeedForward",
    "FourierBlock",
    "GRUCell",
    "GatedMLPBlock",
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
    "clip_by_global_norm",
    "evaluating",
    "everything",
    "fourier_mixing",
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

_guard(vars(schedules))
_guard(globals(), *(each for each in map(globals().get, __all__) if isinstance(each, type)))
