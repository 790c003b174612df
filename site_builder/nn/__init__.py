"""Layers, initialisers and optimisers, made of `graph`'s ops. Knows nothing of kernels or devices."""

from .initialisers import glorot, he, torch_linear, uniform, zeros
from .modules import MLP, Linear, Module, Sequential
from .optimisers import SGD, Adam

__all__ = ["MLP", "SGD", "Adam", "Linear", "Module", "Sequential", "glorot", "he", "torch_linear", "uniform", "zeros"]
