"""Python -> graph: tracing a model, its shapes, its derivative.

In: a model's functions. Out: programs, each a list of assignments `variable <- tensor`.
Knows nothing of kernels, devices or arrays: plain Python without NumPy, so that it also runs in a browser.

    types.py         f32[2,3]
    ops/             the op table: kind and shape rule of each op, and the words for plain elementwise ones
    tensor.py        a node, and the operators that make more of them
    functions/       the other words in which models are written
    program.py       variables, and programs that assign them
    arguments.py     refusing what a word does not take
    ranges.py        refusing numbers that cannot be right
    model.py         a model: tracing programs, naming what can be probed
    probes.py        what is asked for by such a name
    derivatives.py   the derivative of each op, one page
    totals.py        what arrives at a tensor from all that read it, added up
    scans.py         what is repeated over time: a body, and what it captures
    scan_derivative.py  the derivative of a repetition: one that goes back through time
    scan_lift.py     what a body computes at one time, computed for all times at once
    scan_sums.py     sums over all times, as one product
    autodiff.py      reverse mode over a whole graph
    passes.py        equal nodes become one, arithmetic with 0 and 1 goes, slices go to the parts; verification
"""

from .arguments import guard as _guard
from .autodiff import gradients as gradients
from .functions.attention import *
from .functions.convolution import *
from .functions.elementwise import *
from .functions.index import *
from .functions.matrix import *
from .functions.normalisation import *
from .functions.reduce import *
from .functions.sampling import *
from .functions.scan import *
from .functions.softmax import *
from .functions.sources import *
from .functions.views import *
from .model import Model as Model
from .ops.elementwise import *
from .program import parameter as parameter
from .program import variable_of as variable_of
from .tensor import Tensor as Tensor
from .tensor import broadcast as broadcast
from .tensor import constant as constant
from .types import Type as Type

_guard(globals(), Model)
