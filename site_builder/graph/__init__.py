"""Python -> graph: tracing a model, its shapes, its derivative.

In: a model's functions. Out: programs, each a list of assignments `variable <- tensor`.
Knows nothing of kernels, devices or arrays: plain Python without NumPy, so that it also runs in a browser.

    types.py         f32[2,3]
    ops/             the op table: kind and shape rule of each op, and the words for plain elementwise ones
    tensor.py        a node, and the operators that make more of them
    operands.py      operands of one element type
    methods.py       what else a tensor does by a dot, or by Python's own functions
    protocols.py     what NumPy and PyTorch ask it
    arrays.py        NumPy's arrays and lists as constants
    lines.py         the author's line, and errors that name it
    habits.py        what is said to those who write what another library has
    other_libraries.py  names of theirs, and what is written here
    functions/       the other words in which models are written
    program.py       variables, and programs that assign them
    freezing.py      parameters that stay as they are
    arguments.py     refusing what a word does not take
    ranges.py        refusing numbers that cannot be right
    model.py         a model: tracing programs, naming what can be probed
    probes.py        what is asked for by such a name
    derivatives.py   the derivative of each op, one page
    second_derivatives.py  that of the ops of which first derivatives are made
    convolutions.py  of convolutions and their gradients, which are each other's
    totals.py        what arrives at a tensor from all that read it, added up
    scans.py         what is repeated over time: a body, and what it captures
    scan_derivative.py  the derivative of a repetition: one that goes back through time
    scan_lift.py     what a body computes at one time, computed for all times at once
    scan_sums.py     sums over all times, as one product
    autodiff.py      reverse mode over a whole graph
    batching_rules.py  each op for many at once, one page
    batching.py      a whole graph for many, and what scans repeat
    mapping.py       functions traced for one, and had for many
    passes.py        equal nodes become one, arithmetic with 0 and 1 goes, slices go to the parts; verification
"""

from typing import TYPE_CHECKING

from .arguments import guard as _guard
from .autodiff import gradients as gradients
from .functions.activations import *
from .functions.attention import *
from .functions.convolution import *
from .functions.cumulative import *
from .functions.einsum import *
from .functions.elementwise import *
from .functions.filled import *
from .functions.index import *
from .functions.layout import *
from .functions.linear_algebra import *
from .functions.matrix import *
from .functions.normalisation import *
from .functions.order import *
from .functions.padding import *
from .functions.reduce import *
from .functions.resampling import *
from .functions.sampling import *
from .functions.scan import *
from .functions.softmax import *
from .functions.sources import *
from .functions.transcendental import *
from .functions.views import *
from .functions.vmap import *
from .habits import missing as _missing
from .methods import attach as _attach
from .model import Model as Model
from .ops.elementwise import *
from .other_libraries import OF_WORDS as _OF_WORDS
from .program import parameter as parameter
from .program import variable_of as variable_of
from .tensor import Tensor as Tensor
from .tensor import broadcast as broadcast
from .tensor import constant as constant
from .types import Type as Type

_guard(globals(), Model)
_attach(globals())
del globals()["tensor"]  # the module, which imports find without: to authors the word is `constant`

if not TYPE_CHECKING:  # to type checkers a misspelt word is an error

    def __getattr__(name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        words = [each for each, value in globals().items() if callable(value)]  # and no modules
        raise _missing("site_builder.graph", name, _OF_WORDS, words, True)
