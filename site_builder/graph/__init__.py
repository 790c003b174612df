"""Python -> graph: tracing a model, its shapes, its derivative.

In: a model's functions. Out: programs, each a list of assignments `variable <- tensor`.
Knows nothing of kernels, devices or arrays: plain Python without NumPy, so that it also runs in a browser.

    types.py         f32[2,3]
    ops.py           the op table: kind and shape rule of each op
    tensor.py        a node, and the operators that make more of them
    functions.py     the words in which models are written
    model.py         variables and programs
    derivatives.py   the derivative of each op, one page
    autodiff.py      reverse mode over a whole graph
    passes.py        equal nodes become one, arithmetic with 0 and 1 goes; verification
"""

from .autodiff import gradients
from .functions import (
    absolute,
    argmax,
    argmin,
    cast,
    cos,
    cross_entropy,
    equal,
    exp,
    full,
    gather,
    gelu,
    identity,
    iota,
    less,
    less_equal,
    log,
    matmul,
    max,
    maximum,
    mean,
    minimum,
    normal,
    not_equal,
    one_hot,
    random_index,
    relu,
    reshape,
    sigmoid,
    sign,
    sin,
    softmax,
    sqrt,
    square,
    sum,
    tanh,
    transpose,
    uniform,
    update_at,
    where,
)
from .model import Model, parameter, variable_of
from .tensor import Tensor, broadcast, constant
from .types import Type

__all__ = [
    "Model",
    "Tensor",
    "Type",
    "absolute",
    "argmax",
    "argmin",
    "broadcast",
    "cast",
    "constant",
    "cos",
    "cross_entropy",
    "equal",
    "exp",
    "full",
    "gather",
    "gelu",
    "gradients",
    "identity",
    "iota",
    "less",
    "less_equal",
    "log",
    "matmul",
    "max",
    "maximum",
    "mean",
    "minimum",
    "normal",
    "not_equal",
    "one_hot",
    "parameter",
    "random_index",
    "relu",
    "reshape",
    "sigmoid",
    "sign",
    "sin",
    "softmax",
    "sqrt",
    "square",
    "sum",
    "tanh",
    "transpose",
    "uniform",
    "update_at",
    "variable_of",
    "where",
]
