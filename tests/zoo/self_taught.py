"""Models that learn codes: an autoencoder with discrete ones, contrastive predictive coding of sound, and triplets."""

from __future__ import annotations

import torch
from torch import nn as tnn
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.entry import Entry, Input, Objective

INPUTS, CODES, WIDTH = 10, 6, 4
FEATURES, AHEAD = 8, 2
KINDS, MARGIN = 5, 0.5


class DiscreteAutoencoder(nn.Module):
    """van den Oord, Vinyals and Kavukcuoglu (2017): the nearest row of a code book is what the decoder sees.

    Gives how far the reconstruction is off, what the encoder said, and the code.
    """

    def __init__(self) -> None:
        self.encoder = nn.MLP([INPUTS, 12, WIDTH], g.relu)
        self.codes = nn.Embedding(CODES, WIDTH)
        self.decoder = nn.MLP([WIDTH, 12, INPUTS], g.relu)

    def __call__(self, x: g.Tensor) -> tuple[g.Tensor, g.Tensor, g.Tensor]:
        z = self.encoder(x)
        apart = g.sum(g.square(z[:, None] - self.codes.weight), -1)
        code = self.codes(g.argmin(apart))
        return self.decoder(g.straight_through(z, code)) - x, z, code


class TwinDiscreteAutoencoder(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = TwinMLP([INPUTS, 12, WIDTH], torch.relu)
        self.codes = tnn.Embedding(CODES, WIDTH)
        self.decoder = TwinMLP([WIDTH, 12, INPUTS], torch.relu)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        z = self.encoder(x)
        code = self.codes(torch.cdist(z, self.codes.weight).argmin(-1))
        return self.decoder(z + (code - z).detach()) - x, z, code


def our_codes_loss(error: g.Tensor, z: g.Tensor, code: g.Tensor) -> g.Tensor:
    """The reconstruction's error, and how far the encoder and its codes are from each other: equation 3."""
    learns = g.mean(g.square(g.stop_gradient(z) - code))
    commits = g.mean(g.square(z - g.stop_gradient(code)))
    return g.mean(g.square(error)) + learns + 0.25 * commits


def twins_codes_loss(error: torch.Tensor, z: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
    learns, commits = functional.mse_loss(code, z.detach()), functional.mse_loss(z, code.detach())
    return error.square().mean() + learns + 0.25 * commits


class Listener(nn.Module):
    """van den Oord, Li and Vinyals (2018): sound becomes features, and a context of them foretells the later ones.

    For each of the next `AHEAD` times there is a matrix W, and c W foretells from a context c what comes then.
    wave [batch, time, 1] -> what is foretold and what came, [AHEAD, batch · times, features] each. Only the encoder of
    sounds is another than theirs: smaller, with GELU and a norm.
    """

    def __init__(self) -> None:
        self.conv1 = nn.Conv1d(1, FEATURES, 5, stride=3)
        self.norm = nn.LayerNorm(FEATURES)
        self.conv2 = nn.Conv1d(FEATURES, FEATURES, 4, stride=2)
        self.context = nn.GRU(FEATURES, FEATURES)
        self.foretelling = [nn.Linear(FEATURES, FEATURES, bias=False) for _ in range(AHEAD)]

    def __call__(self, wave: g.Tensor) -> tuple[g.Tensor, g.Tensor]:
        heard = g.gelu(self.conv2(g.gelu(self.norm(self.conv1(wave)))))
        context = self.context(heard[:, :-AHEAD])
        times = context.shape[1]
        rows = (AHEAD, context.shape[0] * times, FEATURES)
        foretold = g.stack([linear(context) for linear in self.foretelling])
        came = g.stack([heard[:, later : later + times] for later in range(1, AHEAD + 1)])
        return g.reshape(foretold, rows), g.reshape(came, rows)


class TwinListener(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = tnn.Conv1d(1, FEATURES, 5, stride=3)
        self.norm = tnn.LayerNorm(FEATURES)
        self.conv2 = tnn.Conv1d(FEATURES, FEATURES, 4, stride=2)
        self.context = tnn.GRU(FEATURES, FEATURES, batch_first=True)
        self.foretelling = tnn.ModuleList(tnn.Linear(FEATURES, FEATURES, bias=False) for _ in range(AHEAD))
        self.activation = tnn.GELU(approximate="tanh")

    def forward(self, wave: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        heard = self.activation(self.norm(self.conv1(wave.mT).mT))
        heard = self.activation(self.conv2(heard.mT).mT)
        context, _ = self.context(heard[:, :-AHEAD])
        foretold = torch.stack([linear(context) for linear in self.foretelling])
        came = heard.unfold(1, context.shape[1], 1)[:, 1:].permute(1, 0, 3, 2)
        return foretold.flatten(1, 2), came.flatten(1, 2)


def hardest(z: g.Tensor, labels: g.Tensor) -> g.Tensor:
    """Hermans, Beyer and Leibe (2017), equation 5: the furthest of the same label, the nearest of another, by a margin.

    The distance of each from itself is 0, and so is its gradient.
    """
    apart = g.norm(z[:, None] - z, axis=-1)
    same = labels[:, None] == labels
    furthest = g.where(same, apart, 0).max(1)
    nearest = g.where(same, 1e9, apart).min(1)
    return g.mean(g.relu(MARGIN + furthest - nearest))


def twins_hardest(z: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    apart = torch.linalg.norm(z[:, None] - z, dim=-1)
    same = labels[:, None] == labels
    furthest = torch.where(same, apart, 0).amax(1)
    nearest = torch.where(same, 1e9, apart).amin(1)
    return torch.mean(torch.relu(MARGIN + furthest - nearest))


def tell_apart(foretold: g.Tensor, came: g.Tensor) -> g.Tensor:
    """Each context finds the future that it foretells among all futures of the batch: equations 3 and 4."""
    return g.info_nce(g.matmul(foretold, came, "nt"))


def twins_tell_apart(foretold: torch.Tensor, came: torch.Tensor) -> torch.Tensor:
    """By its definition: f of the pair over the sum of f of the context and every future, with f the exponential."""
    ratios = torch.exp(torch.einsum("krd,kjd->krj", foretold, came))
    return -torch.log(torch.diagonal(ratios, dim1=1, dim2=2) / ratios.sum(-1)).mean()


ENTRIES = (
    Entry(
        "discrete-autoencoder",
        DiscreteAutoencoder,
        TwinDiscreteAutoencoder,
        Objective(
            our_codes_loss,
            twins_codes_loss,
            {
                "worst": (
                    lambda error, z, code: g.max(g.absolute(error)),
                    lambda error, z, code: error.abs().max(),
                )
            },
        ),
        {"x": Input((128, INPUTS))},
    ),
    Entry(
        "contrastive-speech",
        Listener,
        TwinListener,
        Objective(tell_apart, twins_tell_apart),
        {"wave": Input((3, 41, 1))},
        rate=0.03,
    ),
    Entry(
        "triplet",
        lambda: nn.MLP([INPUTS, 12, 3], g.tanh),
        lambda: TwinMLP([INPUTS, 12, 3], torch.tanh),
        Objective(hardest, twins_hardest),
        {"x": Input((16, INPUTS)), "labels": Input((16,), below=KINDS)},
        rate=0.02,
    ),
)
