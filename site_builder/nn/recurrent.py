"""Recurrent networks: a cell makes one state of the one before, and its network walks along a sequence with `scan`.

Sequences are [batch, time, features]. Parameters are named and gates ordered as in PyTorch, whose weights are the
transposes of these.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

from ..graph import Tensor, full, parameter, scan, sigmoid, split, swapaxes, tanh
from ..graph.tensor import caller, expect_axes, fail
from .initialisers import uniform
from .module import Module

State = tuple[Tensor, ...]  # [batch, hidden] each

DEEPEST = 1000  # layers; each is a cell of its own, made when the network is


class Cell(Module):
    """What cells share: weight_ih [inputs, gates · hidden], weight_hh [hidden, gates · hidden], and a bias with each.

    All start uniform in ±1/√hidden. Exposes `h`, the state that it gives.
    """

    gates: ClassVar[int] = 1
    states: ClassVar[int] = 1

    def __init__(self, inputs: int, hidden: int) -> None:
        def drawn(shape: tuple[int, ...], stream: int) -> Tensor:
            return uniform(1 / math.sqrt(hidden))(shape, stream)

        self.hidden = hidden
        width = self.gates * hidden
        self.weight_ih = parameter((inputs, width), drawn)
        self.weight_hh = parameter((hidden, width), drawn)
        self.bias_ih = parameter((width,), drawn)
        self.bias_hh = parameter((width,), drawn)

    def start(self, batch: int) -> State:
        """The state before the first input: zeros."""
        return (full((batch, self.hidden), 0.0),) * self.states

    def input_gates(self, x: Tensor) -> Tensor:
        """The input's share of the gates, for one time or for all at once: [..., inputs] -> [..., gates · hidden]."""
        return x @ self.weight_ih + self.bias_ih

    def state_gates(self, h: Tensor) -> Tensor:
        """The state's share: [batch, hidden] -> [batch, gates · hidden]."""
        return h @ self.weight_hh + self.bias_hh

    def checked(self, state: State) -> State:
        """The state, if it is one of such a cell."""
        if len(state) != self.states:
            raise fail(f"{type(self).__name__}: a state is {self.states} tensors, found {len(state)}", caller())
        return state

    def advance(self, from_input: Tensor, state: State) -> State:
        """The next state, from the input's share of the gates; its first tensor is what the cell gives."""
        raise NotImplementedError


class RNNCell(Cell):
    """h <- tanh(x W_ih + b_ih + h W_hh + b_hh): x [batch, inputs], h [batch, hidden]. Source: Elman (1990)."""

    def advance(self, from_input: Tensor, state: State) -> State:
        (h,) = self.checked(state)
        return (self.expose("h", tanh(from_input + self.state_gates(h))),)

    def __call__(self, x: Tensor, h: Tensor) -> Tensor:
        return self.advance(self.input_gates(x), (h,))[0]


class LSTMCell(Cell):
    """Long short-term memory: c <- f c + i g, h <- o tanh(c), with gates i, f, o and a proposal g, in the order ifgo.

    x [batch, inputs], h and c [batch, hidden]; gives (h, c). Exposes `gates` [batch, 4 hidden] before their
    non-linearities, and `c`. Source: Hochreiter and Schmidhuber (1997), with Gers et al.'s forget gate (2000).
    """

    gates = 4
    states = 2

    def advance(self, from_input: Tensor, state: State) -> State:
        h, c = self.checked(state)
        i, f, g, o = split(self.expose("gates", from_input + self.state_gates(h)), 4)
        c = self.expose("c", sigmoid(f) * c + sigmoid(i) * tanh(g))
        return self.expose("h", sigmoid(o) * tanh(c)), c

    def __call__(self, x: Tensor, h: Tensor, c: Tensor) -> State:
        return self.advance(self.input_gates(x), (h, c))


class GRUCell(Cell):
    """Gated recurrent unit: h <- (1 - z) n + z h, with n = tanh(x W_n + b_n + r (h U_n + c_n)) and gates r, z, n.

    x [batch, inputs], h [batch, hidden]. Exposes the gates `r` and `z` and the proposal `n`.
    Source: Cho et al. (2014), with the reset gate after the product, as in PyTorch and cuDNN.
    """

    gates = 3

    def advance(self, from_input: Tensor, state: State) -> State:
        (h,) = self.checked(state)
        (r, z, n), (r_h, z_h, n_h) = split(from_input, 3), split(self.state_gates(h), 3)
        r, z = self.expose("r", sigmoid(r + r_h)), self.expose("z", sigmoid(z + z_h))
        n = self.expose("n", tanh(n + r * n_h))
        return (self.expose("h", (1 - z) * n + z * h),)

    def __call__(self, x: Tensor, h: Tensor) -> Tensor:
        return self.advance(self.input_gates(x), (h,))[0]


def _walk(cell: Cell, state: State, from_input: Tensor) -> tuple[State, Tensor]:
    """One time of a cell: the next state, and what it gives."""
    state = cell.advance(from_input, state)
    return state, state[0]


class Recurrent(Module):
    """Cells of one kind that walk along the sequence; each layer reads what the one below gives.

    Parameters are named `weight_ih_l0`, … as in PyTorch. What a layer gives can be probed under `layers.0`, what its
    cell exposes at all times under `cells.0.…`, [time, batch, …]. Only `cells.0.h:grad` has the part of a state's
    gradient that comes through the states after it: `layers.0:grad` is by what the reader of all states gets.
    """

    kind: ClassVar[type[Cell]]

    def __init__(self, inputs: int, hidden: int, layers: int = 1) -> None:
        if not 1 <= layers <= DEEPEST:
            raise fail(f"{type(self).__name__}: expected 1 to {DEEPEST} layers, found {layers}", caller())
        self.cells = [self.kind(hidden if n else inputs, hidden) for n in range(layers)]

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """(name, parameter): `weight_ih_l0`, …"""
        for n, cell in enumerate(self.cells):
            yield from ((f"{name}_l{n}", p) for name, p in cell.named_parameters())

    def unroll(self, x: Tensor, states: Sequence[State] | None = None) -> tuple[Tensor, list[State]]:
        """x [batch, time, inputs] -> what the last layer gives [batch, time, hidden], and every layer's last state."""
        expect_axes(type(self).__name__, "batch,time,features", x)
        if states and len(states) != len(self.cells):
            raise fail(
                f"{type(self).__name__}: a state for each of {len(self.cells)} layers, found {len(states)}", caller()
            )
        rows, last = swapaxes(x, 0, 1), []  # [time, batch, …]
        for n, cell in enumerate(self.cells):
            first = cell.checked(tuple(states[n])) if states else cell.start(x.shape[0])
            state, rows = scan(partial(_walk, cell), first, cell.input_gates(rows))
            self.expose(f"layers.{n}", swapaxes(rows, 0, 1))
            last.append(state)
        return swapaxes(rows, 0, 1), last

    def __call__(self, x: Tensor) -> Tensor:
        return self.unroll(x)[0]


class RNN(Recurrent):
    """Elman's network, of `RNNCell`s: [batch, time, inputs] -> [batch, time, hidden]."""

    kind = RNNCell


class LSTM(Recurrent):
    """Of `LSTMCell`s: [batch, time, inputs] -> [batch, time, hidden]."""

    kind = LSTMCell


class GRU(Recurrent):
    """Of `GRUCell`s: [batch, time, inputs] -> [batch, time, hidden]."""

    kind = GRUCell
