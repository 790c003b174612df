"""Optimisers, made of ops: each takes a loss, differentiates it, and assigns better parameters; or takes gradients.

A rate is a number, an input that the host may change, or a scalar that `schedules` compute from `model.step`; of an
ensemble also one for each model, f32[count], and so are `max_norm` and `weight_decay`. With `max_norm`, the gradients
of all parameters are held to that norm together; of an ensemble's, each model's own.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..graph import Model, Tensor, global_norm, minimum, reshape, sqrt, vmap
from ..graph import gradients as gradients_of
from ..graph.habits import Habits
from ..graph.other_libraries import OF_OPTIMISERS
from ..graph.program import Variable, one_of
from ..graph.ranges import expect_number
from ..graph.tensor import Operand, caller, fail
from .trained import Choice, Given, Only, everything, given_for, trained_by


def clip_by_global_norm(gradients: Sequence[Tensor], max_norm: Operand) -> tuple[list[Tensor], Tensor]:
    """The gradients, all times min(1, max_norm / norm), and their norm before: √ of the sum of all their squares.

    Source: Pascanu, Mikolov and Bengio (2013), algorithm 1; what guards the division is PyTorch's.
    """
    expect_number("clip_by_global_norm: a max_norm", max_norm, 0)
    norm = global_norm(gradients)
    factor = _clipping(norm, max_norm)
    return [factor * gradient for gradient in gradients], norm


def _clipping(norm: Tensor, max_norm: Operand) -> Tensor:
    return minimum(max_norm / (norm + 1e-6), 1.0)


def _norm(trained: Sequence[Variable], found: Sequence[Tensor], clips: bool) -> Tensor:
    """Of all gradients together, f32[]; where all are of as many models at once, of each one's, f32[count]."""
    counts = {1 if v.one is None else v.type.shape[0] for v in trained}
    if all(v.one is not None for v in trained) and len(counts) == 1:
        norms: Tensor = vmap(lambda *each: global_norm(each))(*found)
        return norms
    if clips and any(v.one is not None for v in trained):
        there = " and ".join(map(str, sorted(counts)))
        hint = "Train them by an optimiser each, with only="
        raise fail(f"max_norm is of each model's gradients, and here are parameters of {there} models", caller(), hint)
    return global_norm(found)


def _of_each(what: str, number: Operand, variable: Variable) -> Operand:
    """A number for all models or one for each, f32[count], as it meets a parameter of theirs, f32[count, …]."""
    if variable.one is None or not isinstance(number, Tensor) or not number.shape:
        return number
    axes, counts = len(number.shape), _counts(variable)
    if number.shape != counts[:axes]:
        found = f"for each of its models it is f32{list(counts)}, found {number.type}"
        raise fail(f"{what} of {variable.name}: {found}", caller(), "Or a scalar for all of them")
    return reshape(number, (*number.shape, *[1] * (len(variable.type.shape) - axes)))


def _counts(variable: Variable) -> tuple[int, ...]:
    """How many models hold a parameter: an ensemble of ensembles has several axes of them."""
    return () if variable.one is None else (variable.type.shape[0], *_counts(variable.one))


def _expect_models(what: str, number: Operand | None, trained: Sequence[Variable]) -> None:
    """GraphError where a number for each model of an ensemble would meet parameters that none of them has alone."""
    shared = [v.name for v in trained if v.one is None]
    if isinstance(number, Tensor) and number.shape and shared and len(shared) < len(trained):
        hint = "Train them by an optimiser each, with only="
        raise fail(f"{what} is one for each model, {number.type}, and all share {shared[0]}", caller(), hint)


class _Optimiser(Habits):
    """`minimise`, and what it needs; `_assign` is left to each.

    `gradient_norm`, before it is clipped, and `learning_rate`, where it is a tensor, can be probed.
    """

    HABITS = OF_OPTIMISERS

    def __init__(self, rate: Operand, max_norm: Operand | None) -> None:
        expect_number(f"{type(self).__name__}: a rate", rate, 0)
        expect_number(f"{type(self).__name__}: a max_norm", max_norm, 0)
        self.rate = rate
        self.max_norm = max_norm
        self._slots: dict[tuple[Model, str], Tensor] = {}

    def minimise(self, loss: Tensor, model: Model, only: Only | None = None) -> None:
        """Assign every parameter on which the loss depends, and what the optimiser remembers of it.

        `only` these: modules, parameters, a list of either, or those of which a function of name and tensor says True.
        Gradients go through the others, as through a GAN's critic to its generator. What is frozen stays as it is.
        """
        trained = trained_by(loss, model, only)
        self._descend(model, trained, gradients_of(loss, [v.tensor for v in trained]))

    def apply(self, gradients: Given, model: Model) -> None:
        """The step of `minimise`, by gradients that the author made: added up, unscaled, clipped in a way of their own.

        One for each of `model.parameters`, in their order, but for frozen ones; or a dict, parameter -> gradient.
        """
        pairs = given_for(gradients, model)
        self._descend(model, [variable for variable, _ in pairs], [gradient for _, gradient in pairs])

    def _descend(self, model: Model, trained: list[Variable], found: list[Tensor]) -> None:
        _expect_models("a rate", self.rate, trained)
        norm = model.expose("gradient_norm", _norm(trained, found, self.max_norm is not None))
        if isinstance(self.rate, Tensor):
            model.expose("learning_rate", self.rate)
        factor = 1.0 if self.max_norm is None else _clipping(norm, self.max_norm)
        if isinstance(factor, Tensor) and factor.shape:
            found = [d * reshape(factor, (*factor.shape, *[1] * (len(d.shape) - 1))) for d in found]
            factor = 1.0
        self._assign(model, trained, found, factor)

    def _rate(self, variable: Variable) -> Operand:
        """That of a parameter."""
        return _of_each("a rate", self.rate, variable)

    def _assign(self, model: Model, trained: list[Variable], found: list[Tensor], factor: Operand) -> None:
        """Assign parameters, whose gradients are those found times `factor`."""
        raise NotImplementedError

    def _slot(self, model: Model, name: str, like: Variable, shape: tuple[int, ...] | None = None) -> Tensor:
        """A state of the parameter's shape, 0 at first: `like.name`, and `like.name#1` of the next optimiser.

        It is this optimiser's own: two programs that train a parameter share it where they share the optimiser.
        """
        key = f"{like.name}.{name}"
        if (model, key) not in self._slots:
            others = sum(known.partition("#")[0] == key for known in model.variables)
            known = f"{key}#{others}" if others else key
            self._slots[model, key] = model.state(known, like.type.shape if shape is None else shape)
        return self._slots[model, key]


# region: sgd
class SGD(_Optimiser):
    """p <- p - rate v, where v <- momentum v + ∂loss/∂p (without momentum v is the gradient itself)."""

    def __init__(self, rate: Operand, momentum: float = 0.0, max_norm: Operand | None = None) -> None:
        super().__init__(rate, max_norm)
        expect_number("SGD: a momentum", momentum, 0, below=1)
        self.momentum = momentum

    def _assign(self, model: Model, trained: list[Variable], found: list[Tensor], factor: Operand) -> None:
        for variable, gradient in zip(trained, found, strict=True):
            velocity = gradient * factor
            if self.momentum:
                slot = self._slot(model, "velocity", variable)
                velocity = self.momentum * slot + velocity
                model.assign(slot, velocity)
            model.assign(variable.tensor, variable.tensor - self._rate(variable) * velocity)


# endregion


# region: adam
class Adam(_Optimiser):
    """p <- p - rate m̂ / (√v̂ + ε), with m and v moving averages of the gradient and of its square.

    The averages start at 0, so that they are too small at first by the factor 1 - βᵗ. That factor is the moving average
    of the number 1: it is carried along in the same way, since 1 - βᵗ computed from a power loses half its digits in
    float32 while t is small. Source: Kingma and Ba, Adam (2015), algorithm 1.
    """

    def __init__(
        self,
        rate: Operand,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        max_norm: Operand | None = None,
    ) -> None:
        super().__init__(rate, max_norm)
        for name, beta in zip(("beta1", "beta2"), betas, strict=True):
            expect_number(f"{type(self).__name__}: {name}", beta, 0, below=1)
        expect_number(f"{type(self).__name__}: an epsilon", epsilon, 0)
        self.betas = betas
        self.epsilon = epsilon

    def _assign(self, model: Model, trained: list[Variable], found: list[Tensor], factor: Operand) -> None:
        (beta1, beta2), corrections = self.betas, []
        for name, beta in (("m.correction", beta1), ("v.correction", beta2)):
            average = self._slot(model, name, trained[0], ())
            corrections.append(beta * average + (1 - beta))
            model.assign(average, corrections[-1])
        for variable, gradient in zip(trained, found, strict=True):
            m, v = self._slot(model, "m", variable), self._slot(model, "v", variable)
            gradient = gradient * factor
            mean = beta1 * m + (1 - beta1) * gradient
            scale = beta2 * v + (1 - beta2) * gradient * gradient
            model.assign(m, mean)
            model.assign(v, scale)
            step = (mean / corrections[0]) / (sqrt(scale / corrections[1]) + self.epsilon)
            model.assign(variable.tensor, variable.tensor * self._decay(variable) - self._rate(variable) * step)

    def _decay(self, variable: Variable) -> Operand:
        """What decay leaves of a parameter in one step."""
        return 1.0


# endregion


# region: adamw
class AdamW(Adam):
    """Adam, after p <- (1 - rate · weight_decay) p: decay that does not pass through the moving averages.

    `decays` says of a parameter, by its name and tensor, whether it decays: all do, or `matrices` alone, as in GPT-2.
    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2.
    """

    def __init__(
        self,
        rate: Operand,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: Operand = 0.01,
        decays: Choice = everything,
        max_norm: Operand | None = None,
    ) -> None:
        super().__init__(rate, betas, epsilon, max_norm)
        expect_number("AdamW: a weight_decay", weight_decay, 0)
        self.weight_decay = weight_decay
        self.decays = decays

    def _assign(self, model: Model, trained: list[Variable], found: list[Tensor], factor: Operand) -> None:
        _expect_models("a weight_decay", self.weight_decay, trained)
        super()._assign(model, trained, found, factor)

    def _decay(self, variable: Variable) -> Operand:
        if not self.decays(variable.name, one_of(variable).tensor):
            return 1.0
        return 1 - self._rate(variable) * _of_each("a weight_decay", self.weight_decay, variable)


# endregion


# region: rmsprop
class RMSProp(_Optimiser):
    """p <- p - rate ∂loss/∂p / (√v + ε), with v a moving average of the gradient's square.

    Source: Tieleman and Hinton, lecture 6.5 (2012); the defaults are PyTorch's.
    """

    def __init__(
        self, rate: Operand, decay: float = 0.99, epsilon: float = 1e-8, max_norm: Operand | None = None
    ) -> None:
        super().__init__(rate, max_norm)
        expect_number("RMSProp: a decay", decay, 0, below=1)
        expect_number("RMSProp: an epsilon", epsilon, 0)
        self.decay = decay
        self.epsilon = epsilon

    def _assign(self, model: Model, trained: list[Variable], found: list[Tensor], factor: Operand) -> None:
        for variable, gradient in zip(trained, found, strict=True):
            slot = self._slot(model, "v", variable)
            gradient = gradient * factor
            scale = self.decay * slot + (1 - self.decay) * gradient * gradient
            model.assign(slot, scale)
            step = self._rate(variable) * gradient / (sqrt(scale) + self.epsilon)
            model.assign(variable.tensor, variable.tensor - step)


# endregion
