"""A diffusion model of points in the plane, and its sampler: Ho, Jain and Abbeel (2020), algorithms 1 and 2."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn as tnn

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.worked import STEPS, Found, Make, begun, drawn, losses, made

POINTS, BATCH, SAMPLES, TIMES = 200, 64, 30, 40
BETAS = np.linspace(1e-3, 0.2, TIMES)
KEPT = np.cumprod(1 - BETAS)  # of the signal's variance, up to each time


class Denoiser(nn.Module):
    """x [points, 2], t u32[points] -> the noise in x."""

    def __init__(self) -> None:
        self.times = nn.Embedding(TIMES, 8)
        self.net = nn.MLP([2 + 8, 32, 32, 2], g.silu)

    def __call__(self, x: g.Tensor, t: g.Tensor) -> g.Tensor:
        return self.net(g.concatenate([x, self.times(t)], axis=-1))


def build() -> Model:
    model = Model("diffusion")
    points = model.data("points", (POINTS, 2))
    denoiser = model.add("denoiser", Denoiser())

    @model.program(counts=True)
    def step() -> None:
        x = points[g.random_index((BATCH,), POINTS, stream=1)]
        t = g.random_index((BATCH,), TIMES, stream=2)
        noise = g.normal(x.shape, stream=3)
        kept = g.constant(KEPT)[t][:, None]
        noisy = g.sqrt(kept) * x + g.sqrt(1 - kept) * noise
        loss = g.mean(g.square(denoiser(noisy, t) - noise))
        nn.Adam(1e-2).minimise(loss, model)
        model.record("loss", loss)

    @model.program
    def sample() -> dict[str, g.Tensor]:
        def denoise(x: g.Tensor, now: tuple[g.Tensor, ...]) -> tuple[g.Tensor, g.Tensor]:
            t, beta, kept = now
            noise = denoiser(x, g.broadcast(t, (SAMPLES,)))
            mean = (x - beta / g.sqrt(1 - kept) * noise) / g.sqrt(1 - beta)
            x = mean + g.where(t > 0, g.sqrt(beta), 0) * g.normal(x.shape, stream=5)
            return x, x

        x = g.normal((SAMPLES, 2), stream=4)
        x, path = g.scan(denoise, x, (g.arange(TIMES), BETAS, KEPT), reverse=True)
        return {"samples": x, "path": path}

    return model


class TwinDenoiser(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.times = tnn.Embedding(TIMES, 8)
        self.net = TwinMLP([2 + 8, 32, 32, 2], tnn.functional.silu)

    def forward(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return self.net(torch.cat([x, self.times(t)], dim=-1))


def train(denoiser: TwinDenoiser, points: torch.Tensor, draws: list[torch.Tensor]) -> list[float]:
    optimiser, found = torch.optim.Adam(denoiser.parameters(), lr=1e-2), []
    for rows, t, noise in zip(*draws, strict=True):
        x, t = points[rows.long()], t.long()
        kept = torch.tensor(KEPT)[t][:, None]
        noisy = torch.sqrt(kept) * x + torch.sqrt(1 - kept) * noise
        loss = torch.mean(torch.square(denoiser(noisy, t) - noise))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        found.append(loss.item())
    return found


@torch.no_grad()
def sample(denoiser: TwinDenoiser, x: torch.Tensor, noises: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    path = torch.zeros(TIMES, SAMPLES, 2, dtype=x.dtype)
    betas, kept = torch.tensor(BETAS), torch.tensor(KEPT)
    for t in reversed(range(TIMES)):
        noise = denoiser(x, torch.full((SAMPLES,), t))
        x = (x - betas[t] / torch.sqrt(1 - kept[t]) * noise) / torch.sqrt(1 - betas[t])
        if t > 0:
            x = x + torch.sqrt(betas[t]) * noises[t]
        path[t] = x
    return x, path


OURS = (Denoiser, build)
TWIN = (TwinDenoiser, train, sample)


def spiral() -> np.ndarray:
    angle = np.sqrt(np.random.default_rng(3).uniform(0, 1, POINTS)) * 9
    return (angle / 5 * np.array([np.cos(angle), np.sin(angle)])).T.astype(np.float32)


def ours(make: Make) -> Found:
    runner = made(make, build(), {"points": spiral()})
    runner.run("step", STEPS)
    runner.run("sample")
    return {"losses": losses(runner), **{name: runner.read(name) for name in ("samples", "path")}}


def twins() -> Found:
    denoiser = begun(TwinDenoiser(), build(), "denoiser")
    rows = drawn(lambda: g.random_index((BATCH,), POINTS, 1))
    times, noises = drawn(lambda: g.random_index((BATCH,), TIMES, 2)), drawn(lambda: g.normal((BATCH, 2), 3))
    found = train(denoiser, torch.tensor(spiral()).double(), [rows, times, noises])
    first = drawn(lambda: g.normal((SAMPLES, 2), 4), STEPS + 1)[-1]
    samples, path = sample(denoiser, first, drawn(lambda: g.normal((TIMES, SAMPLES, 2), 5), STEPS + 1)[-1])
    return {"losses": found, "samples": samples, "path": path}
