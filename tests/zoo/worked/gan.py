"""A generator and its critic, each with an optimiser of its own: Gulrajani et al. (2017), algorithm 1."""

from __future__ import annotations

import torch
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.worked import STEPS, Found, Make, begun, drawn, losses, made

BATCH, NOISE, CRITICS = 32, 4, 3


def build() -> Model:
    model = Model("gan")
    generator = model.add("generator", nn.MLP([NOISE, 16, 2], g.relu))
    critic = model.add("critic", nn.MLP([2, 16, 16, 1], lambda x: g.leaky_relu(x, 0.2)))
    generated = model.state("generated", (), dtype="u32")

    @model.program(counts=True)
    def criticise() -> None:
        real = 0.5 + 0.1 * g.normal((BATCH, 2), stream=1)
        fake = generator(g.normal((BATCH, NOISE), stream=2))
        between = fake + g.uniform((BATCH, 1), stream=3) * (real - fake)
        (slopes,) = g.gradients(g.sum(critic(between)), [between])
        penalty = g.mean(g.square(g.norm(slopes, axis=1) - 1))
        loss = g.mean(critic(fake)) - g.mean(critic(real)) + 10 * penalty
        nn.Adam(1e-2, betas=(0.5, 0.9)).minimise(loss, model, only=critic)
        model.record("critic", loss)

    @model.program(counts=generated)
    def generate() -> None:
        loss = -g.mean(critic(generator(g.normal((BATCH, NOISE), stream=4))))
        nn.Adam(1e-2, betas=(0.5, 0.9)).minimise(loss, model, only=generator)
        model.record("generator", loss)

    return model


def train(
    generator: TwinMLP, critic: TwinMLP, draws: list[torch.Tensor], noises: torch.Tensor
) -> tuple[list[float], list[float]]:
    generating = torch.optim.Adam(generator.parameters(), lr=1e-2, betas=(0.5, 0.9))
    criticising = torch.optim.Adam(critic.parameters(), lr=1e-2, betas=(0.5, 0.9))
    criticised, generated = [], []
    for n, (normal, noise, share) in enumerate(zip(*draws, strict=True), 1):
        real, fake = 0.5 + 0.1 * normal, generator(noise).detach()
        between = (fake + share * (real - fake)).requires_grad_()
        (slopes,) = torch.autograd.grad(critic(between).sum(), [between], create_graph=True)
        penalty = torch.mean(torch.square(torch.linalg.norm(slopes, dim=1) - 1))
        loss = torch.mean(critic(fake)) - torch.mean(critic(real)) + 10 * penalty
        criticising.zero_grad()
        loss.backward()
        criticising.step()
        criticised.append(loss.item())
        if n % CRITICS == 0:
            loss = -torch.mean(critic(generator(noises[len(generated)])))
            generating.zero_grad()
            loss.backward()
            generating.step()
            generated.append(loss.item())
    return criticised, generated


OURS = (build,)
TWIN = (train,)


def ours(make: Make) -> Found:
    runner = made(make, build())
    for _ in range(STEPS):
        runner.run("criticise", CRITICS)
        runner.run("generate")
    return {"critic": losses(runner, "critic", CRITICS * STEPS), "generator": losses(runner, "generator")}


def twins() -> Found:
    generator = begun(TwinMLP([NOISE, 16, 2], torch.relu), build(), "generator")
    critic = begun(TwinMLP([2, 16, 16, 1], lambda x: functional.leaky_relu(x, 0.2)), build(), "critic")
    words = (
        lambda: g.normal((BATCH, 2), 1),
        lambda: g.normal((BATCH, NOISE), 2),
        lambda: g.uniform((BATCH, 1), 3),
    )
    draws = [drawn(word, CRITICS * STEPS) for word in words]
    criticised, generated = train(generator, critic, draws, drawn(lambda: g.normal((BATCH, NOISE), 4)))
    return {"critic": criticised, "generator": generated}
