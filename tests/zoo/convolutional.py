"""Convolutional networks of images [batch, height, width, channels]; PyTorch's have the channels first."""

from __future__ import annotations

import torch
from torch import nn as tnn
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from tests.twins.mlp import MLP
from tests.zoo.entry import Entry, Input
from tests.zoo.objectives import CLASSIFY

CLASSES = 5


class Classifier(nn.Module):
    """A body of convolutions, whose pixels are all read by a head."""

    def __init__(self, body: nn.Module, head: nn.Module) -> None:
        self.layers, self.head = body, head

    def __call__(self, x: g.Tensor) -> g.Tensor:
        features = self.layers(x)
        return self.head(g.reshape(features, (features.shape[0], features.size // features.shape[0])))


class TwinClassifier(tnn.Module):
    def __init__(self, body: list[tnn.Module], head: tnn.Module) -> None:
        super().__init__()
        self.layers, self.head = tnn.Sequential(*body), head

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        features = self.layers(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return self.head(features.flatten(1))


def lenet() -> Classifier:
    """LeCun et al. (1998): means of neighbours, tanh, two hidden layers."""
    body = nn.Sequential(
        *(nn.Conv2d(1, 4, 5), g.tanh, lambda x: g.average_pool(x, 2)),
        *(nn.Conv2d(4, 6, 3), g.tanh, lambda x: g.average_pool(x, 2)),
    )
    return Classifier(body, nn.MLP([24, 16, 12, CLASSES], g.tanh))


def twin_lenet() -> TwinClassifier:
    body = [
        *(tnn.Conv2d(1, 4, 5), tnn.Tanh(), tnn.AvgPool2d(2)),
        *(tnn.Conv2d(4, 6, 3), tnn.Tanh(), tnn.AvgPool2d(2)),
    ]
    return TwinClassifier(body, MLP([24, 16, 12, CLASSES], torch.tanh))


def vgg() -> Classifier:
    """Simonyan and Zisserman (2015): pairs of 3×3 convolutions, then the largest of neighbours."""
    body = nn.Sequential(
        *(nn.Conv2d(3, 8, 3, padding="same"), g.relu, nn.Conv2d(8, 8, 3, padding="same"), g.relu, halved),
        *(nn.Conv2d(8, 16, 3, padding="same"), g.relu, nn.Conv2d(16, 16, 3, padding="same"), g.relu, halved),
    )
    return Classifier(body, nn.Linear(64, CLASSES))


def halved(x: g.Tensor) -> g.Tensor:
    """The largest of every four pixels."""
    return g.max_pool(x, 2)


def twin_vgg() -> TwinClassifier:
    body = [
        *(tnn.Conv2d(3, 8, 3, padding=1), tnn.ReLU(), tnn.Conv2d(8, 8, 3, padding=1), tnn.ReLU(), tnn.MaxPool2d(2)),
        *(tnn.Conv2d(8, 16, 3, padding=1), tnn.ReLU(), tnn.Conv2d(16, 16, 3, padding=1), tnn.ReLU(), tnn.MaxPool2d(2)),
    ]
    return TwinClassifier(body, tnn.Linear(64, CLASSES))


class Inception(nn.Module):
    """Windows of several sizes side by side: Szegedy et al., Going deeper with convolutions (2015), figure 2 (b)."""

    def __init__(self, inputs: int, narrow: int, outputs: int) -> None:
        self.pixel = nn.Conv2d(inputs, outputs, 1)
        self.small = nn.Sequential(nn.Conv2d(inputs, narrow, 1), g.relu, nn.Conv2d(narrow, outputs, 3, padding="same"))
        self.large = nn.Sequential(nn.Conv2d(inputs, narrow, 1), g.relu, nn.Conv2d(narrow, outputs, 5, padding="same"))
        self.pooled = nn.Conv2d(inputs, outputs, 1)

    def __call__(self, x: g.Tensor) -> g.Tensor:
        pooled = self.pooled(g.max_pool(x, 3, stride=1, padding="same"))
        return g.relu(g.concatenate([self.pixel(x), self.small(x), self.large(x), pooled], axis=-1))


class TwinInception(tnn.Module):
    def __init__(self, inputs: int, narrow: int, outputs: int) -> None:
        super().__init__()
        self.pixel = tnn.Conv2d(inputs, outputs, 1)
        self.small = tnn.Sequential(
            tnn.Conv2d(inputs, narrow, 1), tnn.ReLU(), tnn.Conv2d(narrow, outputs, 3, padding=1)
        )
        self.large = tnn.Sequential(
            tnn.Conv2d(inputs, narrow, 1), tnn.ReLU(), tnn.Conv2d(narrow, outputs, 5, padding=2)
        )
        self.pooled = tnn.Conv2d(inputs, outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pooled = self.pooled(functional.max_pool2d(x, 3, stride=1, padding=1))
        return torch.relu(torch.cat([self.pixel(x), self.small(x), self.large(x), pooled], dim=1))


class ResidualBlock(nn.Module):
    """Two convolutions that add to what they read: He et al., Deep residual learning (2016), figure 2.

    Where the size changes, x goes through a 1×1 convolution.
    """

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, ((1, 1), (1, 1)), bias=False)
        self.bn1 = nn.BatchNorm(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding="same", bias=False)
        self.bn2 = nn.BatchNorm(outputs)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride) if stride > 1 else None

    def __call__(self, x: g.Tensor) -> g.Tensor:
        change = self.bn2(self.conv2(g.relu(self.bn1(self.conv1(x)))))
        return g.relu(change + (self.shortcut(x) if self.shortcut else x))


class TwinResidualBlock(tnn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = tnn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = tnn.BatchNorm2d(outputs)
        self.conv2 = tnn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = tnn.BatchNorm2d(outputs)
        self.shortcut = tnn.Conv2d(inputs, outputs, 1, stride) if stride > 1 else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        change = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(change + (self.shortcut(x) if self.shortcut else x))


def average(x: g.Tensor) -> g.Tensor:
    """The mean of all pixels."""
    return g.mean(x, (1, 2))


def largest(x: g.Tensor) -> g.Tensor:
    """The largest of all pixels, channel by channel."""
    return g.max(x, (1, 2))


class TwinLargest(tnn.Module):
    """Equal pixels share the gradient, which AdaptiveMaxPool2d gives to the first."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.amax((2, 3), keepdim=True)


def images(size: int, channels: int, batch: int = 4) -> dict[str, Input]:
    return {"x": Input((batch, size, size, channels)), "labels": Input((batch,), below=CLASSES)}


ENTRIES = (
    Entry("lenet", lenet, twin_lenet, CLASSIFY, images(16, 1)),
    Entry("vgg", vgg, twin_vgg, CLASSIFY, images(8, 3)),
    Entry(
        "inception",
        lambda: Classifier(
            nn.Sequential(Inception(3, 4, 4), lambda x: g.average_pool(x, 2), Inception(16, 4, 4), largest),
            nn.Linear(16, CLASSES),
        ),
        lambda: TwinClassifier(
            [TwinInception(3, 4, 4), tnn.AvgPool2d(2), TwinInception(16, 4, 4), TwinLargest()], tnn.Linear(16, CLASSES)
        ),
        CLASSIFY,
        images(8, 3),
    ),
    Entry(
        "resnet",
        lambda: Classifier(
            nn.Sequential(
                nn.Conv2d(3, 16, 3, padding="same"), ResidualBlock(16, 16, 1), ResidualBlock(16, 8, 2), average
            ),
            nn.Linear(8, CLASSES),
        ),
        lambda: TwinClassifier(
            [
                *(tnn.Conv2d(3, 16, 3, padding=1), TwinResidualBlock(16, 16, 1), TwinResidualBlock(16, 8, 2)),
                tnn.AdaptiveAvgPool2d(1),
            ],
            tnn.Linear(8, CLASSES),
        ),
        CLASSIFY,
        images(8, 3, batch=8),
    ),
)
