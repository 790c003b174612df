"""A variational autoencoder: Kingma and Welling (2014), with what it makes of codes that nobody encoded."""

from __future__ import annotations

import torch
from torch import nn as tnn
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.worked import STEPS, Found, Make, begun, drawn, losses, made

BATCH, PIXELS, CODE = 16, 20, 2


class VAE(nn.Module):
    """x [batch, pixels] -> logits of the pixels, and mean and log variance of the code."""

    def __init__(self) -> None:
        self.encoder = nn.MLP([PIXELS, 12, 2 * CODE], g.relu)
        self.decoder = nn.MLP([CODE, 12, PIXELS], g.relu)

    def __call__(self, x: g.Tensor) -> tuple[g.Tensor, g.Tensor, g.Tensor]:
        mean, log_var = g.split(self.encoder(x), 2, axis=-1)
        noise = g.normal(mean.shape, stream=1)
        return self.decoder(mean + g.exp(0.5 * log_var) * noise), mean, log_var


def build() -> Model:
    model = Model("vae")
    vae = model.add("vae", VAE())

    @model.program(counts=True)
    def step() -> None:
        x = g.bernoulli((BATCH, PIXELS), 0.3, stream=2)
        logits, mean, log_var = vae(x)
        seen = g.sum(g.binary_cross_entropy(logits, x)) / BATCH
        apart = -0.5 * g.sum(1 + log_var - mean**2 - g.exp(log_var)) / BATCH
        nn.Adam(1e-2).minimise(seen + apart, model)
        model.record("loss", seen + apart)

    @model.program
    def dream() -> dict[str, g.Tensor]:
        return {"dreams": g.sigmoid(vae.decoder(g.normal((4, CODE), stream=3)))}

    return model


class TwinVAE(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = TwinMLP([PIXELS, 12, 2 * CODE], torch.relu)
        self.decoder = TwinMLP([CODE, 12, PIXELS], torch.relu)

    def forward(self, x: torch.Tensor, noise: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        mean, log_var = self.encoder(x).chunk(2, -1)
        return self.decoder(mean + torch.exp(0.5 * log_var) * noise), mean, log_var


def train(vae: TwinVAE, images: torch.Tensor, noises: torch.Tensor) -> list[float]:
    optimiser, found = torch.optim.Adam(vae.parameters(), lr=1e-2), []
    for x, noise in zip(images, noises, strict=True):
        logits, mean, log_var = vae(x, noise)
        seen = functional.binary_cross_entropy_with_logits(logits, x, reduction="sum") / BATCH
        apart = -0.5 * torch.sum(1 + log_var - mean**2 - log_var.exp()) / BATCH
        optimiser.zero_grad()
        (seen + apart).backward()
        optimiser.step()
        found.append((seen + apart).item())
    return found


def dream(vae: TwinVAE, codes: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return torch.sigmoid(vae.decoder(codes))


OURS = (VAE, build)
TWIN = (TwinVAE, train, dream)


def ours(make: Make) -> Found:
    runner = made(make, build())
    runner.run("step", STEPS)
    runner.run("dream")
    return {"losses": losses(runner), "dreams": runner.read("dreams")}


def twins() -> Found:
    vae = begun(TwinVAE(), build(), "vae")
    images, noises = drawn(lambda: g.bernoulli((BATCH, PIXELS), 0.3, 2)), drawn(lambda: g.normal((BATCH, CODE), 1))
    found = train(vae, images, noises)
    codes = drawn(lambda: g.normal((4, CODE), 3), STEPS + 1)[-1]
    return {"losses": found, "dreams": dream(vae, codes)}
