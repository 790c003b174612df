"""Layers, initialisers and optimisers, made of `graph`'s ops. Knows nothing of kernels or devices.

    module.py         what a layer is
    linear.py         affine maps, and what is made of them alone
    embedding.py      numbers for names
    convolution.py    windows that slide over sequences and images
    normalisation.py  of positions and of batches
    recurrent.py      cells, and networks unrolled along a sequence
    mixing.py         blocks that mix tokens without attention
    composition.py    modules made of modules
"""

from . import schedules
from .composition import Residual, Sequential
from .convolution import Conv1d, Conv2d
from .embedding import Embedding
from .initialisers import glorot, he, lecun, normal, ones, torch_linear, uniform, zeros
from .linear import MLP, FeedForward, Linear
from .mixing import FourierBlock, GatedMLPBlock, MixerBlock, SpatialGatingUnit, fourier_mixing
from .module import Module, evaluating
from .normalisation import BatchNorm, LayerNorm, RMSNorm
from .optimisers import SGD, Adam, AdamW, RMSProp, clip_by_global_norm, everything, matrices
from .recurrent import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell

__all__ = [
    "GRU",
    "LSTM",
    "MLP",
    "RNN",
    "SGD",
    "Adam",
    "AdamW",
    "BatchNorm",
    "Conv1d",
    "Conv2d",
    "Embedding",
    "FeedForward",
    "FourierBlock",
    "GRUCell",
    "GatedMLPBlock",
    "LSTMCell",
    "LayerNorm",
    "Linear",
    "MixerBlock",
    "Module",
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
