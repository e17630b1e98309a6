"""The recipe "rooms" for BlobGAN, second part: the layout network learns where things are and how they look."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.models.adversary import set_rate
from maquette.models.blobgan.layout_network import LayoutNetwork
from maquette.models.blobgan.training import LooksNetwork, follow
from maquette.models.blobgan.training_layouts import (
    Standard,
    folded,
    frechet_distance,
    layout_statistics,
    layout_vectors,
    rows_present,
    standard_of,
    start_linear,
)
from maquette.training.blobgan_features import BLOBS, RoomFeatures, concatenated, features_of, labels_of, mirrored
from maquette.training.blobgan_recipe import WIDTH, keep_freed_memory, print_progress
from maquette.training.blobgan_weights import load_weights, replace_layouts
from maquette.training.checkpoints import Stage, save_checkpoint, train_for
from maquette.training.rooms.noise import Noise, list_noise_shards, mirrored_noise, noise_slots
from maquette.training.rooms.shards import read_shard

HIDDEN_WIDTH = 304
AVERAGE_DECAY = 0.995
BATCH = 128
LINEAR_ROOMS = 20_000
"""Enough to begin with the best linear map."""
TRUE_ROOMS = 4000
LEARNING_RATE = 0.2
"""For weights stored a hundred times as large as they are used."""


CHECKPOINT = "layouts.pt"
UNSEEN_SHARE = 0.02
"""Of the rooms, the last ones, which are never trained on."""


@dataclass(frozen=True)
class LayoutProgress:
    """Where training stands: steps, seconds, the last losses' mean, that of unseen rooms, and how samples compare.

    ``distance`` is the Fréchet distance of the statistics of sampled to true layouts.
    """

    steps: int
    seconds: float
    loss: float
    unseen: float
    distance: float


@dataclass(frozen=True)
class NoiseRooms:
    """N rooms and the noise that they follow from.

    Attributes:
        noise: (N, Z).
        equal: (N, Z, 2), between which shares of normal noise each number means the same.
        vectors: (N, O), layout vectors.
    """

    noise: Tensor
    equal: Tensor
    vectors: Tensor

    def part(self, which: slice | Tensor) -> "NoiseRooms":
        """Some of the rooms."""
        return NoiseRooms(self.noise[which], self.equal[which], self.vectors[which])

    def drawn(self, generator: torch.Generator) -> "NoiseRooms":
        """The same rooms of other noise: a number that decides one of two things may be any that decides it so."""
        low, high = self.equal.unbind(dim=-1)
        share = low + (high - low) * torch.rand(low.shape, generator=generator)
        other = cast("Tensor", torch.special.ndtri(share.clamp(1e-6, 1 - 1e-6)))
        return replace(self, noise=torch.where(high > low, other, self.noise))


def described_rooms(folder: Path, looks: LooksNetwork) -> NoiseRooms:
    """The rooms of a folder that were described from noise, each with its mirror image, and the looks they are given.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND where there are none.
    """
    check_described(folder)
    slots = noise_slots()
    noise: list[Noise] = []
    features: list[RoomFeatures] = []
    for path in list_noise_shards(folder):
        shard = read_shard(path)
        labels, own = labels_of(shard), Noise(shard["noise"].astype(np.float32), shard["equal"].astype(np.float32))
        noise += [own, mirrored_noise(own, labels["yaw"], slots)]
        features += [features_of(labels), features_of(mirrored(labels))]
    values, equal = (np.concatenate([getattr(each, name) for each in noise]) for name in ("values", "equal"))
    vectors = steady_vectors_of(looks, concatenated(features))
    return NoiseRooms(torch.from_numpy(values), torch.from_numpy(equal), vectors)


def check_described(folder: Path) -> None:
    """Raise a MaquetteError, CONTENT_NOT_FOUND, where a folder has no rooms that were described from noise."""
    if not list_noise_shards(folder):
        message = f"There are no described rooms in {folder}."
        raise MaquetteError(Reason.CONTENT_NOT_FOUND, message, "Describe some: maquette train describe-rooms.")


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

    Half a turn changes no ellipse: what mostly stands has angles from 0 to π, all else from −π/2 to π/2.
    """
    seen = torch.from_numpy(rooms.sizes > 0)
    aspects, angles = torch.from_numpy(rooms.aspects), torch.from_numpy(rooms.angles)
    stands = ((torch.sin(angles).abs() > torch.cos(angles).abs()) & seen).sum(dim=0) > seen.sum(dim=0) / 2
    return aspects, torch.where(stands & (angles < 0), angles + math.pi, angles)


def statistics_of(vectors: Tensor) -> Tensor:
    """The statistics (N, D) that layouts of rooms are compared by."""
    return layout_statistics(vectors, len(BLOBS), WIDTH, WIDTH)


@torch.no_grad()
def sample_vectors(network: LayoutNetwork, count: int, seed: int = 1) -> Tensor:
    """Layout vectors (count, O) of random noise."""
    return network(torch.randn(count, network.noise_width, generator=torch.Generator().manual_seed(seed)))


class LayoutTrainer:
    """Trains a layout network to go from noise to the layout vectors of the rooms that follow from it.

    Args:
        rooms: the last ones are only looked at to see how well it does.
        seed: of the order of the rooms, and of the network.
    """

    def __init__(self, rooms: NoiseRooms, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.generator = torch.Generator().manual_seed(seed)
        self.steps = 0
        unseen = max(1, round(UNSEEN_SHARE * len(rooms.noise)))
        self.rooms, self.unseen = rooms.part(slice(-unseen)), rooms.part(slice(-unseen, None))
        present = self._present(self.rooms.vectors)
        self.standard: Standard = standard_of(self.rooms.vectors, present, len(BLOBS), (WIDTH, WIDTH))
        self.truth = statistics_of(self.rooms.vectors[:TRUE_ROOMS])
        self.network = LayoutNetwork(rooms.noise.shape[1], HIDDEN_WIDTH, rooms.vectors.shape[1])
        first = slice(LINEAR_ROOMS)
        # What is absent counts as the mean of its kind.
        targets = self.standard.encode(self.rooms.vectors[first]) * present[first]
        start_linear(self.network, self.rooms.noise[first], targets)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.optimiser = torch.optim.Adam(self.network.parameters(), betas=(0.9, 0.99))

    def step(self, rate: float) -> float:
        """One step at `rate` times the learning rate; returns the loss."""
        set_rate(self.optimiser, LEARNING_RATE * rate)
        chosen = torch.randint(len(self.rooms.noise), (BATCH,), generator=self.generator)
        loss = self._loss(self.network, self.rooms.part(chosen).drawn(self.generator))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        self.steps += 1
        follow(self.average, self.network, AVERAGE_DECAY)
        return float(loss.detach())

    def _loss(self, network: LayoutNetwork, rooms: NoiseRooms) -> Tensor:
        wrong = network(rooms.noise) - self.standard.encode(rooms.vectors)
        return (wrong * self._present(rooms.vectors)).square().sum(dim=1).mean()

    @staticmethod
    def _present(vectors: Tensor) -> Tensor:
        return rows_present(vectors, len(BLOBS), 2 * WIDTH)

    @torch.no_grad()
    def unseen_loss(self) -> float:
        """The averaged network's loss on rooms that it was never trained on."""
        return float(self._loss(self.average, self.unseen))

    def distance(self, count: int = 4000) -> float:
        """Fréchet distance of sampled to true layout statistics."""
        return frechet_distance(statistics_of(sample_vectors(self.finished(), count)), self.truth)

    def finished(self) -> LayoutNetwork:
        """The averaged layout network, putting out layout vectors."""
        return folded(self.average, self.standard).eval().requires_grad_(False)

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on with the same rooms."""
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "generator": self.generator.get_state(),
            "standard": [self.standard.mean, self.standard.scale],
            "steps": self.steps,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state of :meth:`state_dict`."""
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.generator.set_state(state["generator"])
        self.standard = Standard(*state["standard"])
        self.steps = int(state["steps"])


def train_layouts(
    trainer: LayoutTrainer,
    checkpoints: Path,
    budget: float,
    spent: float = 0.0,
    save_every: float = 60.0,
    report: Callable[[LayoutProgress], None] = lambda progress: None,
) -> float:
    """Train until ``budget`` seconds are spent, the learning rate falling linearly to zero; returns the seconds."""
    losses: list[float] = []

    def step(seconds: float) -> None:
        losses.append(trainer.step(max(0.0, 1 - seconds / budget)))

    def keep(seconds: float) -> None:
        save_checkpoint(checkpoints / CHECKPOINT, trainer, seconds)
        loss = float(np.mean(losses[-500:])) if losses else math.nan
        report(LayoutProgress(trainer.steps, seconds, loss, trainer.unseen_loss(), trainer.distance()))

    return train_for(budget, step, keep, spent, save_every)


def run_layouts(data: Path, stage: Stage) -> Path:
    """Train the layout network of a weights file; returns the file that has it.

    Args:
        data: folder of described rooms.
        stage: of a weights file of the recipe "rooms".

    Raises:
        MaquetteError: CONTENT_NOT_FOUND without rooms; INVALID_ARGUMENT when there is nothing to resume, or something
            that would be overwritten; see also `load_weights`.
    """
    _, looks = load_weights(stage.weights)
    rooms = described_rooms(data, looks)
    keep_freed_memory()
    trainer = LayoutTrainer(rooms)
    spent = stage.begin(CHECKPOINT, trainer)
    train_layouts(trainer, stage.checkpoints, stage.budget, spent, report=print_progress)
    note = f"Trained for {stage.budget:.0f} s, {trainer.steps} steps of {BATCH} of {len(rooms.noise)} described rooms."
    replace_layouts(stage.weights, stage.written, trainer.finished(), note)
    return stage.written
