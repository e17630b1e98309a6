"""The recipe "rooms" for BlobGAN, second part: the layout network learns where things are and how they look."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from maquette.models.blobgan.layout_network import LayoutNetwork
from maquette.models.blobgan.training import LooksNetwork
from maquette.models.blobgan.training_layouts import (
    Components,
    NoiseCode,
    folded,
    frechet_distance,
    layout_statistics,
    layout_vectors,
    loss_weights,
    principal_components,
    row_values,
    start_linear,
)
from maquette.training.blobgan_features import BLOBS, RoomFeatures
from maquette.training.blobgan_recipe import WIDTH

NOISE_WIDTH = 152
HIDDEN_WIDTH = 304
COMPONENT_COUNT = 152
AVERAGE_DECAY = 0.995
BATCH = 128
LEARNING_RATE = 0.2
"""For weights stored a hundred times as large as they are used."""


@dataclass(frozen=True)
class LayoutProgress:
    """Seconds, the last loss, and the Fréchet distance of sampled to true layouts."""

    seconds: float
    loss: float
    distance: float


@torch.no_grad()
def vectors_of(looks: LooksNetwork, rooms: RoomFeatures) -> Tensor:
    """Layout vectors (N, O) of rooms, in the order of the blobs' indices."""
    layout = looks(rooms.labelled())
    return layout_vectors(layout, torch.from_numpy(rooms.aspects), torch.from_numpy(rooms.angles))


@torch.no_grad()
def steady_vectors_of(looks: LooksNetwork, rooms: RoomFeatures) -> Tensor:
    """Layout vectors (N, O) of the same ellipses, for regression: see :func:`steady_shapes`."""
    return layout_vectors(looks(rooms.labelled()), *steady_shapes(rooms))


def steady_shapes(rooms: RoomFeatures) -> tuple[Tensor, Tensor]:
    """Aspects and angles (N, K) that are near each other for each kind of thing, so that regression loses no lean.

    Half a turn changes no ellipse: what mostly stands has angles from 0 to π, all else from −π/2 to π/2. What is absent
    has the mean shape of its kind.
    """
    seen = torch.from_numpy(rooms.sizes > 0)
    count = seen.sum(dim=0).clamp(min=1)
    aspects, angles = torch.from_numpy(rooms.aspects), torch.from_numpy(rooms.angles)
    stands = ((torch.sin(angles).abs() > torch.cos(angles).abs()) & seen).sum(dim=0) > count / 2
    angles = torch.where(stands & (angles < 0), angles + math.pi, angles)
    mean_aspect = ((aspects.log() * seen).sum(dim=0) / count).exp()
    mean_angle = (angles * seen).sum(dim=0) / count
    return torch.where(seen, aspects, mean_aspect), torch.where(seen, angles, mean_angle)


def statistics_of(vectors: Tensor) -> Tensor:
    """The statistics (N, D) that layouts of rooms are compared by."""
    return layout_statistics(vectors, len(BLOBS), WIDTH, WIDTH)


@torch.no_grad()
def sample_vectors(network: LayoutNetwork, count: int, seed: int = 1) -> Tensor:
    """Layout vectors (count, O) of random noise."""
    return network(torch.randn(count, network.noise_width, generator=torch.Generator().manual_seed(seed)))


class LayoutTrainer:
    """Trains a layout network to go from each room's noise to its layout vector (N, O)."""

    def __init__(self, vectors: Tensor, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.generator = torch.Generator().manual_seed(seed)
        weights = loss_weights(len(BLOBS), WIDTH, WIDTH)
        self.components: Components = principal_components(vectors, weights, COMPONENT_COUNT)
        self.truth = statistics_of(vectors)
        self.targets = self.components.encode(vectors)
        present = torch.cat((torch.ones(len(vectors), 1), (vectors[:, 1 : len(BLOBS) + 1] > 0).float()), dim=1) > 0
        rows = row_values(vectors, weights, len(BLOBS))
        self.code = NoiseCode(rows, present, NOISE_WIDTH, self.generator)
        self.network = LayoutNetwork(NOISE_WIDTH, HIDDEN_WIDTH, COMPONENT_COUNT)
        everyone = torch.arange(len(vectors)).repeat(2)
        start_linear(self.network, self.code.noise(everyone, self.generator), self.targets[everyone])
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.optimiser = torch.optim.Adam(self.network.parameters(), betas=(0.9, 0.99))

    def step(self, rate: float) -> float:
        """One step at `rate` times the learning rate; returns the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = LEARNING_RATE * rate
        rooms = torch.randint(len(self.targets), (BATCH,), generator=self.generator)
        made = self.network(self.code.noise(rooms, self.generator))
        loss = (made - self.targets[rooms]).square().sum(dim=-1).mean()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        self._follow()
        return float(loss.detach())

    @torch.no_grad()
    def _follow(self) -> None:
        for averaged, own in zip(self.average.parameters(), self.network.parameters(), strict=True):
            averaged.lerp_(own, 1 - AVERAGE_DECAY)

    def distance(self, count: int = 4000) -> float:
        """Fréchet distance of sampled to true layout statistics."""
        return frechet_distance(statistics_of(self.components.decode(sample_vectors(self.average, count))), self.truth)

    def finished(self) -> LayoutNetwork:
        """The averaged layout network, putting out layout vectors."""
        return folded(self.average, self.components).eval().requires_grad_(False)


def train_layouts(
    trainer: LayoutTrainer, budget: float, report: Callable[[LayoutProgress], None], report_every: float = 20.0
) -> None:
    """Train for `budget` seconds, the learning rate falling linearly to zero."""
    begin = reported = time.monotonic()
    loss = 0.0
    while (seconds := time.monotonic() - begin) < budget:
        loss = trainer.step(max(0.0, 1 - seconds / budget))
        if time.monotonic() - reported > report_every:
            reported = time.monotonic()
            report(LayoutProgress(seconds, loss, trainer.distance()))
    report(LayoutProgress(budget, loss, trainer.distance()))
