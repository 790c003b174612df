"""Models whose losses hold gradients: a critic with a penalty on its slope, and weights from which to learn fast."""

from __future__ import annotations

import math

import torch
from torch import nn as tnn
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.entry import ADAM, Entry, Input, Objective
from tests.zoo.objectives import REGRESS

BATCH, TASKS, SHOTS, RATE, OMEGA = 6, 3, 5, 0.1, 30


class Critic(nn.Module):
    """Gulrajani et al. (2017): the slope of a critic is to be 1 halfway between what is real and what is made.

    real and fake [batch, 9, 9, 1], share [batch, 1, 1, 1] -> the scores of both and the slopes, [batch] each.
    """

    def __init__(self) -> None:
        self.conv1, self.conv2 = nn.Conv2d(1, 4, 3), nn.Conv2d(4, 6, 3)
        self.norm, self.head = nn.LayerNorm(4), nn.Linear(6, 1)

    def score(self, x: g.Tensor) -> g.Tensor:
        x = g.max_pool(g.leaky_relu(self.norm(self.conv1(x)), 0.2), 2)
        return g.reshape(self.head(g.gelu(self.conv2(x))), (BATCH,))

    def __call__(self, real: g.Tensor, fake: g.Tensor, share: g.Tensor) -> tuple[g.Tensor, ...]:
        between = share * real + (1 - share) * fake
        (slope,) = g.gradients(g.sum(self.score(between)), [between])
        return self.score(real), self.score(fake), g.sqrt(g.sum(g.square(slope), (1, 2, 3)))


class TwinCritic(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = tnn.Conv2d(1, 4, 3), tnn.Conv2d(4, 6, 3)
        self.norm, self.head = tnn.LayerNorm(4), tnn.Linear(6, 1)

    def score(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm(self.conv1(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        x = functional.max_pool2d(functional.leaky_relu(x, 0.2), 2)
        return self.head(functional.gelu(self.conv2(x), approximate="tanh").flatten(1))[:, 0]

    def forward(self, real: torch.Tensor, fake: torch.Tensor, share: torch.Tensor) -> tuple[torch.Tensor, ...]:
        between = (share * real + (1 - share) * fake).requires_grad_()
        (slope,) = torch.autograd.grad(self.score(between).sum(), between, create_graph=True)
        return self.score(real), self.score(fake), slope.flatten(1).norm(dim=1)


CRITICISE = Objective(
    lambda real, fake, slopes: g.mean(fake) - g.mean(real) + 10 * g.mean(g.square(slopes - 1)),
    lambda real, fake, slopes: fake.mean() - real.mean() + 10 * (slopes - 1).square().mean(),
)


def hidden(shape: tuple[int, ...], stream: int) -> g.Tensor:
    """What keeps the sines' arguments normal, however deep: section 3.2."""
    return nn.uniform(math.sqrt(6 / shape[0]) / OMEGA)(shape, stream)


class Siren(nn.Module):
    """Sitzmann et al. (2020): an image as a function of the place, learnt from its slopes alone, as in section 4.1.

    x [places, 2] -> the slopes there, [places, 2].
    """

    def __init__(self) -> None:
        self.first = nn.Linear(2, 16, initialiser=nn.uniform(1 / 2))
        self.second, self.last = nn.Linear(16, 16, initialiser=hidden), nn.Linear(16, 1, initialiser=hidden)

    def brightness(self, x: g.Tensor) -> g.Tensor:
        return self.last(g.sin(OMEGA * self.second(g.sin(OMEGA * self.first(x)))))

    def __call__(self, x: g.Tensor) -> g.Tensor:
        (slopes,) = g.gradients(g.sum(self.brightness(x)), [x])
        return slopes


class TwinSiren(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = tnn.Linear(2, 16)
        self.second, self.last = tnn.Linear(16, 16), tnn.Linear(16, 1)

    def brightness(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(torch.sin(OMEGA * self.second(torch.sin(OMEGA * self.first(x)))))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.requires_grad_()
        (slopes,) = torch.autograd.grad(self.brightness(x).sum(), [x], create_graph=True)
        return slopes


class FastLearner(nn.Module):
    """Finn, Abbeel and Levine (2017): weights from which one step of gradient descent learns a task of a few examples.

    known, answers and asked [tasks, shots, 1] -> what each task's own weights answer, after that step.
    """

    def __init__(self) -> None:
        self.net = nn.MLP([1, 8, 8, 1], g.tanh)

    def __call__(self, known: g.Tensor, answers: g.Tensor, asked: g.Tensor) -> g.Tensor:
        weights = dict(self.net.named_parameters())
        found = []
        for task in range(TASKS):
            loss = g.mean(g.square(self.net(known[task]) - answers[task]))
            slopes = g.gradients(loss, [*weights.values()])
            own = {name: w - RATE * d for (name, w), d in zip(weights.items(), slopes, strict=True)}
            found.append(nn.functional_call(self.net, own, asked[task]))
        return g.stack(found)


class TwinFastLearner(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = TwinMLP([1, 8, 8, 1], torch.tanh)

    def forward(self, known: torch.Tensor, answers: torch.Tensor, asked: torch.Tensor) -> torch.Tensor:
        weights = dict(self.net.named_parameters())
        found = []
        for task in range(TASKS):
            loss = functional.mse_loss(torch.func.functional_call(self.net, weights, known[task]), answers[task])
            slopes = torch.autograd.grad(loss, [*weights.values()], create_graph=True)
            own = {name: w - RATE * d for (name, w), d in zip(weights.items(), slopes, strict=True)}
            found.append(torch.func.functional_call(self.net, own, asked[task]))
        return torch.stack(found)


ANSWER = Objective(
    lambda found, right: g.mean(g.square(found - right)),
    functional.mse_loss,
)
IMAGES, EXAMPLES = Input((BATCH, 9, 9, 1)), Input((TASKS, SHOTS, 1))

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "wgan-gp",
        Critic,
        TwinCritic,
        CRITICISE,
        {"real": IMAGES, "fake": IMAGES, "share": Input((BATCH, 1, 1, 1), 0, 1)},
        takes=3,
        rate=0.01,
        optimiser=ADAM,
    ),
    Entry(
        "siren",
        Siren,
        TwinSiren,
        REGRESS,
        {"x": Input((48, 2)), "slopes": Input((48, 2))},
        rate=1e-4,
        optimiser=ADAM,
    ),
    Entry(
        "maml",
        FastLearner,
        TwinFastLearner,
        ANSWER,
        {"known": EXAMPLES, "answers": EXAMPLES, "asked": EXAMPLES, "right": EXAMPLES},
        takes=3,
    ),
)
