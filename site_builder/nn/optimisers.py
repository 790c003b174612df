"""Optimisers, made of ops: each takes a loss, differentiates it, and assigns better parameters."""

from __future__ import annotations

from ..graph import Model, Tensor, gradients, sqrt
from ..graph.model import Variable, topological, variable_of
from ..graph.tensor import Operand, caller, fail


def _trained(loss: Tensor, model: Model) -> list[Variable]:
    """The model's parameters on which `loss` depends."""
    reached = {node.number for node in topological([loss])}
    found = [variable_of(p) for p in model.parameters.values() if p.number in reached]
    if not found:
        raise fail("the loss depends on no parameter of the model", caller(), hint="Was the layer given to model.add?")
    return found


def _slot(model: Model, name: str, like: Variable) -> Tensor:
    """A state of the parameter's shape, 0 at first; the same one when two programs train the parameter."""
    key = f"{like.name}.{name}"
    return model.variables[key].tensor if key in model.variables else model.state(key, like.type.shape)


# region: sgd
class SGD:
    """p <- p - rate v, where v <- momentum v + ∂loss/∂p (without momentum v is the gradient itself)."""

    def __init__(self, rate: Operand, momentum: float = 0.0) -> None:
        self.rate = rate
        self.momentum = momentum

    def minimise(self, loss: Tensor, model: Model) -> None:
        """Assign every parameter on which the loss depends."""
        trained = _trained(loss, model)
        for variable, gradient in zip(trained, gradients(loss, [v.tensor for v in trained]), strict=True):
            velocity = gradient
            if self.momentum:
                slot = _slot(model, "velocity", variable)
                velocity = self.momentum * slot + gradient
                model.assign(slot, velocity)
            model.assign(variable.tensor, variable.tensor - self.rate * velocity)


# endregion


# region: adam
class Adam:
    """p <- p - rate m̂ / (√v̂ + ε), with m and v moving averages of the gradient and of its square.

    The averages start at 0, so that they are too small at first by the factor 1 - βᵗ. That factor is the moving average
    of the number 1: it is carried along in the same way, since 1 - βᵗ computed from a power loses half its digits in
    float32 while t is small. Source: Kingma and Ba, Adam (2015), algorithm 1.
    """

    def __init__(self, rate: Operand, betas: tuple[float, float] = (0.9, 0.999), epsilon: float = 1e-8) -> None:
        self.rate = rate
        self.betas = betas
        self.epsilon = epsilon

    def minimise(self, loss: Tensor, model: Model) -> None:
        """Assign every parameter on which the loss depends, and the averages."""
        trained = _trained(loss, model)
        (beta1, beta2), corrections = self.betas, []
        for name, beta in (("adam.m", beta1), ("adam.v", beta2)):
            known = model.variables.get(f"{name}.correction")
            average = model.state(f"{name}.correction", ()) if known is None else known.tensor
            corrections.append(beta * average + (1 - beta))
            model.assign(average, corrections[-1])
        for variable, gradient in zip(trained, gradients(loss, [v.tensor for v in trained]), strict=True):
            m, v = _slot(model, "m", variable), _slot(model, "v", variable)
            mean = beta1 * m + (1 - beta1) * gradient
            scale = beta2 * v + (1 - beta2) * gradient * gradient
            model.assign(m, mean)
            model.assign(v, scale)
            step = (mean / corrections[0]) / (sqrt(scale / corrections[1]) + self.epsilon)
            model.assign(variable.tensor, variable.tensor - self.rate * step)


# endregion
