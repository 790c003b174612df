"""Models that learn without labels: an autoencoder with discrete codes, and contrastive predictive coding of sound."""

from __future__ import annotations

import torch
from torch import nn as tnn
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.entry import Entry, Input, Objective

INPUTS, CODES, WIDTH = 10, 6, 4
FEATURES, AHEAD, TEMPERATURE = 8, 2, 0.2


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

    wave [batch, time, 1] -> what is foretold and what came, [batch · times, features] each.
    """

    def __init__(self) -> None:
        self.conv1 = nn.Conv1d(1, FEATURES, 5, stride=3)
        self.norm = nn.LayerNorm(FEATURES)
        self.conv2 = nn.Conv1d(FEATURES, FEATURES, 4, stride=2)
        self.context = nn.GRU(FEATURES, FEATURES)
        self.foretelling = nn.Linear(FEATURES, FEATURES)

    def __call__(self, wave: g.Tensor) -> tuple[g.Tensor, g.Tensor]:
        heard = g.gelu(self.conv2(g.gelu(self.norm(self.conv1(wave)))))
        context = self.context(heard[:, :-AHEAD])
        rows = (context.shape[0] * context.shape[1], FEATURES)
        return g.reshape(self.foretelling(context), rows), g.reshape(heard[:, AHEAD:], rows)


class TwinListener(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = tnn.Conv1d(1, FEATURES, 5, stride=3)
        self.norm = tnn.LayerNorm(FEATURES)
        self.conv2 = tnn.Conv1d(FEATURES, FEATURES, 4, stride=2)
        self.context = tnn.GRU(FEATURES, FEATURES, batch_first=True)
        self.foretelling = tnn.Linear(FEATURES, FEATURES)
        self.activation = tnn.GELU(approximate="tanh")

    def forward(self, wave: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        heard = self.activation(self.norm(self.conv1(wave.mT).mT))
        heard = self.activation(self.conv2(heard.mT).mT)
        context, _ = self.context(heard[:, :-AHEAD])
        return self.foretelling(context).flatten(0, 1), heard[:, AHEAD:].flatten(0, 1)


def twins_info_nce(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    logits = functional.normalize(a, dim=-1) @ functional.normalize(b, dim=-1).T / TEMPERATURE
    rows = torch.arange(len(a))
    return (functional.cross_entropy(logits, rows) + functional.cross_entropy(logits.T, rows)) / 2


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
        Objective(lambda a, b: g.info_nce(a, b, TEMPERATURE), twins_info_nce),
        {"wave": Input((3, 41, 1))},
        rate=0.03,
    ),
)
