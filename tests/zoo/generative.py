"""Convolutions of other kinds: in groups, dilated, transposed, with other padding; and networks that make images."""

from __future__ import annotations

import torch
from torch import nn as tnn
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from tests.zoo.entry import Entry, Input
from tests.zoo.objectives import CLASSIFY, REGRESS

BATCH, CLASSES, WORDS = 3, 5, 11


class MobileNet(nn.Module):
    """Howard et al. (2017), table 1: each channel for itself, then all channels of a pixel."""

    def __init__(self) -> None:
        self.layers = nn.Sequential(
            *(nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False), nn.BatchNorm(8), g.relu),
            *(nn.Conv2d(8, 8, 3, padding=1, bias=False, groups=8), nn.BatchNorm(8), g.relu),
            *(nn.Conv2d(8, 12, 1, bias=False), nn.BatchNorm(12), g.relu),
            *(nn.Conv2d(12, 12, 3, padding=2, dilation=2, groups=4), nn.BatchNorm(12), g.relu),
            *(nn.Conv2d(12, 24, 3, stride=2, padding=1, groups=12), nn.BatchNorm(24), g.relu),
        )
        self.head = nn.Linear(24, CLASSES)

    def __call__(self, x: g.Tensor) -> g.Tensor:
        return self.head(g.adaptive_average_pool(self.layers(x), 1)[:, 0, 0])


class TwinMobileNet(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = tnn.Sequential(
            *(tnn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False), tnn.BatchNorm2d(8), tnn.ReLU()),
            *(tnn.Conv2d(8, 8, 3, padding=1, bias=False, groups=8), tnn.BatchNorm2d(8), tnn.ReLU()),
            *(tnn.Conv2d(8, 12, 1, bias=False), tnn.BatchNorm2d(12), tnn.ReLU()),
            *(tnn.Conv2d(12, 12, 3, padding=2, dilation=2, groups=4), tnn.BatchNorm2d(12), tnn.ReLU()),
            *(tnn.Conv2d(12, 24, 3, stride=2, padding=1, groups=12), tnn.BatchNorm2d(24), tnn.ReLU()),
        )
        self.head = tnn.Linear(24, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(functional.adaptive_avg_pool2d(self.layers(x.permute(0, 3, 1, 2)), 1).flatten(1))


class WaveNet(nn.Module):
    """van den Oord et al. (2016), figures 3 and 4: causal windows whose taps lie further and further apart."""

    def __init__(self) -> None:
        self.words = nn.Embedding(WORDS, 8)
        self.filters, self.gates = (
            [nn.Conv1d(8, 8, 2, padding=(n, 0), dilation=n) for n in (1, 2, 4)] for _ in range(2)
        )
        self.back = [nn.Conv1d(8, 8, 1) for _ in range(3)]
        self.head = nn.Linear(8, WORDS)

    def __call__(self, words: g.Tensor) -> g.Tensor:
        x = self.words(words)
        skipped = []
        for shape, gate, back in zip(self.filters, self.gates, self.back, strict=True):
            found = back(g.tanh(shape(x)) * g.sigmoid(gate(x)))
            skipped.append(found)
            x = x + found
        return self.head(g.relu(skipped[0] + skipped[1] + skipped[2]))


class TwinWaveNet(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = tnn.Embedding(WORDS, 8)
        self.filters, self.gates = (
            tnn.ModuleList([tnn.Conv1d(8, 8, 2, dilation=n) for n in (1, 2, 4)]) for _ in range(2)
        )
        self.back = tnn.ModuleList([tnn.Conv1d(8, 8, 1) for _ in range(3)])
        self.head = tnn.Linear(8, WORDS)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = self.words(words).mT
        skipped = []
        for shape, gate, back in zip(self.filters, self.gates, self.back, strict=True):
            before = functional.pad(x, (shape.dilation[0], 0))
            skipped.append(back(torch.tanh(shape(before)) * torch.sigmoid(gate(before))))
            x = x + skipped[-1]
        return self.head(torch.relu(torch.stack(skipped).sum(0)).mT)


class UNet(nn.Module):
    """Ronneberger, Fischer and Brox (2015), figure 1, one step down and up, as the denoisers of Ho et al. (2020)."""

    def __init__(self) -> None:
        self.enter = nn.Conv2d(2, 8, 3, padding="same", padding_mode="reflect")
        self.norm1 = nn.GroupNorm(2, 8)
        self.down = nn.Conv2d(8, 16, 3, padding="same", padding_mode="circular")
        self.norm2 = nn.GroupNorm(4, 16)
        self.up = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.last = nn.Conv2d(16, 2, 3, padding="same", padding_mode="replicate")

    def __call__(self, x: g.Tensor) -> g.Tensor:
        fine = g.silu(self.norm1(self.enter(x)))
        coarse = g.silu(self.norm2(self.down(g.max_pool(fine, 2))))
        return self.last(g.concatenate([self.up(coarse), fine], -1))


class TwinUNet(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.enter = tnn.Conv2d(2, 8, 3, padding="same", padding_mode="reflect")
        self.norm1 = tnn.GroupNorm(2, 8)
        self.down = tnn.Conv2d(8, 16, 3, padding="same", padding_mode="circular")
        self.norm2 = tnn.GroupNorm(4, 16)
        self.up = tnn.ConvTranspose2d(16, 8, 2, stride=2)
        self.last = tnn.Conv2d(16, 2, 3, padding="same", padding_mode="replicate")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        fine = functional.silu(self.norm1(self.enter(x.permute(0, 3, 1, 2))))
        coarse = functional.silu(self.norm2(self.down(functional.max_pool2d(fine, 2))))
        return self.last(torch.cat([self.up(coarse), fine], 1)).permute(0, 2, 3, 1)


class Generator(nn.Module):
    """An image from a few numbers: Radford, Metz and Chintala (2016), figure 1, and three more ways to enlarge one."""

    def __init__(self) -> None:
        self.enter = nn.Linear(6, 3 * 3 * 8)
        self.larger = nn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, output_padding=1)
        self.norm = nn.InstanceNorm(6, affine=True)
        self.wider = nn.Upsample(scale_factor=2, mode="bilinear")
        self.paint = nn.Conv2d(6, 8, 3, padding="same")

    def __call__(self, z: g.Tensor) -> g.Tensor:
        x = g.reshape(self.enter(z), (BATCH, 3, 3, 8))
        x = self.wider(g.relu(self.norm(self.larger(x))))
        return g.tanh(g.pixel_shuffle(self.paint(x), 2))


class TwinGenerator(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.enter = tnn.Linear(6, 3 * 3 * 8)
        self.larger = tnn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, output_padding=1)
        self.norm = tnn.InstanceNorm2d(6, affine=True)
        self.wider = tnn.Upsample(scale_factor=2, mode="bilinear")
        self.paint = tnn.Conv2d(6, 8, 3, padding="same")

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.enter(z).unflatten(1, (3, 3, 8)).permute(0, 3, 1, 2)
        x = self.wider(torch.relu(self.norm(self.larger(x))))
        return torch.tanh(functional.pixel_shuffle(self.paint(x), 2)).permute(0, 2, 3, 1)


_IMAGES = {"x": Input((BATCH, 8, 8, 3)), "labels": Input((BATCH,), below=CLASSES)}
_TEXT = {"words": Input((BATCH, 13), below=WORDS), "labels": Input((BATCH, 13), below=WORDS)}
ENTRIES = (
    Entry("mobilenet", MobileNet, TwinMobileNet, CLASSIFY, _IMAGES),
    Entry("wavenet", WaveNet, TwinWaveNet, CLASSIFY, _TEXT),
    Entry("unet", UNet, TwinUNet, REGRESS, {"x": Input((BATCH, 6, 8, 2)), "target": Input((BATCH, 6, 8, 2))}),
    Entry("generator", Generator, TwinGenerator, REGRESS, {"z": Input((BATCH, 6)), "y": Input((BATCH, 24, 24, 2))}),
)
