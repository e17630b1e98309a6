"""The recipe "rooms" for BlobGAN, before its pictures: structures learn to tell what each thing covers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from maquette.models.blobgan.ellipse_maps import upper_factor
from maquette.models.blobgan.silhouettes import LARGEST_COORDINATE
from maquette.models.blobgan.training import PictureModel
from maquette.training.blobgan_features import BLOBS, features_of, labels_of, mirrored
from maquette.training.checkpoints import train_for
from maquette.training.rooms.description import describe_room
from maquette.training.rooms.ellipses import EDGE_DISTANCE
from maquette.training.rooms.labels import SHAPES
from maquette.training.rooms.shards import list_shards, read_shard
from maquette.training.rooms.silhouettes import covered_outlines
from maquette.training.rooms.types import KINDS, SHELL, Kind, RoomDescription

Array = NDArray[np.float64]

POINTS = 192
BATCH = 32
LEARNING_RATE = 5e-3
STRUCTURE_LEARNING_RATE = 1e-3
WARM_UP_STEPS = 50
_RADIUS = 2.4
"""Points are taken this far from a blob's middle, in its frame."""
_BESIDE_EDGES = (0.006, 0.02)
"""Half of the points lie about so far from an edge, in the picture's width."""
_BESIDE_PICTURE = 0.02


@dataclass(frozen=True)
class CoveredPoints:
    """N rooms: points in the frames of their K blobs, and whether each is covered by the blob's thing.

    Attributes:
        geometry: (N, 2, K+1, G) of the rooms as they are and in a mirror.
        points: (N, K, P, 2). covered: (N, K, P), 0 or 1. counted: (N, K, P), 0 where nothing is known.
    """

    geometry: Tensor
    points: Tensor
    covered: Tensor
    counted: Tensor

    def batch(self, generator: torch.Generator, size: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Geometry (B, K+1, G), points, covered and counted of random rooms, half of them mirrored."""
        rooms = torch.randint(len(self.points), (size,), generator=generator)
        flips = torch.randint(2, (size,), generator=generator)
        points = self.points[rooms].float()
        points[..., 0] *= (1.0 - 2.0 * flips)[:, None, None]
        return self.geometry[rooms, flips], points, self.covered[rooms].float(), self.counted[rooms].float()


def inside_convex(points: Array, outline: Array) -> NDArray[np.bool_]:
    """Which of the points (N, 2) lie inside a convex outline (M, 2), whichever way round it goes."""
    along = np.roll(outline, -1, axis=0) - outline
    away = points[:, None] - outline
    turns = along[:, 0] * away[..., 1] - along[:, 1] * away[..., 0]
    return (turns >= 0).all(axis=1) | (turns <= 0).all(axis=1)


def _beside_edges(rng: np.random.Generator, outlines: list[Array], count: int) -> Array:
    starts = np.concatenate(outlines)
    ends = np.concatenate([np.roll(outline, -1, axis=0) for outline in outlines])
    lengths = np.linalg.norm(ends - starts, axis=1) + 1e-9
    edges = rng.choice(len(lengths), count, p=lengths / lengths.sum())
    share = rng.random((count, 1))
    on_edges = starts[edges] * (1 - share) + ends[edges] * share
    return on_edges + rng.standard_normal((count, 2)) * rng.choice(_BESIDE_EDGES, (count, 1))


def sample_points(
    rng: np.random.Generator, outlines: list[Array], mean: Array, covariance: Array
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Points around a thing whose silhouette is the union of convex outlines, half of them beside their edges.

    Args:
        rng: draws the points.
        outlines: (M, 2) each, in picture coordinates.
        mean: (2,) of the silhouette's area. covariance: (2, 2).

    Returns:
        The points (P, 2) in the blob's frame and in the picture, and which of them are covered (P).
    """
    frame = upper_factor(covariance) * np.sqrt(EDGE_DISTANCE)
    count = POINTS // 2
    radius, angle = np.sqrt(rng.random(count)) * _RADIUS, rng.random(count) * 2 * np.pi
    around = mean + np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1) @ frame.T
    places = np.concatenate([around, _beside_edges(rng, outlines, POINTS - count)])
    covered = np.stack([inside_convex(places, outline) for outline in outlines]).any(axis=0)
    own = np.asarray(np.linalg.solve(frame, (places - mean).T), np.float64).T
    return own, places, covered


def points_of_room(
    room: RoomDescription, means: Array, covariances: Array, present: NDArray[np.bool_]
) -> tuple[NDArray[np.float16], NDArray[np.bool_], NDArray[np.bool_]]:
    """Points (K, P, 2), covered and counted (K, P) of a room; the rest is of its kinds (15, …), see `label_room`."""
    points = np.zeros((len(BLOBS), POINTS, 2), np.float16)
    covered, counted = np.zeros((2, len(BLOBS), POINTS), np.bool_)
    rng = np.random.default_rng(room.seed)
    for blob, kind in enumerate(BLOBS):
        row, thing = KINDS.index(kind), room.find(kind)
        outlines = covered_outlines(room.camera, thing) if thing is not None and present[row] else []
        if outlines:
            own, places, covered[blob] = sample_points(rng, outlines, means[row], covariances[row])
            within = (np.abs(own) < LARGEST_COORDINATE).all(axis=1)
            counted[blob] = within & _known(kind, places)
            points[blob] = np.clip(own, -LARGEST_COORDINATE, LARGEST_COORDINATE)
    return points, covered, counted


def _known(kind: Kind, places: Array) -> NDArray[np.bool_]:
    """What the shell covers beside the picture is nobody's concern: its ellipses end there."""
    if kind not in SHELL:
        return np.ones(len(places), np.bool_)
    return (np.abs(places - 0.5) < 0.5 + _BESIDE_PICTURE).all(axis=1)


def read_points(folder: Path) -> CoveredPoints:
    """The points of all rooms of a folder of shards, the same in every run."""
    lots = list(_lots(folder))
    geometry, points, covered, counted = (torch.cat(parts) for parts in zip(*lots, strict=True))
    return CoveredPoints(geometry, points, covered, counted)


def _lots(folder: Path) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    for path in list_shards(folder):
        shard = read_shard(path, ("seed", *SHAPES))
        labels = labels_of(shard)
        views = (features_of(labels).geometry, features_of(mirrored(labels)).geometry)
        rooms = [
            points_of_room(
                describe_room(int(seed)),
                labels["mean"][index].astype(np.float64),
                labels["covariance"][index].astype(np.float64),
                labels["present"][index] > 0,
            )
            for index, seed in enumerate(shard["seed"].astype(np.int64))
        ]
        parts = (np.stack(views, axis=1), *(np.stack(part) for part in zip(*rooms, strict=True)))
        points = tuple(torch.from_numpy(part) for part in parts)
        yield points[0], points[1], points[2], points[3]


def settle_silhouettes(model: PictureModel) -> None:
    """From now on pictures take structures and what they tell of silhouettes as they are."""
    model.looks.structure.requires_grad_(False)
    if model.decoder.silhouettes is not None:
        model.decoder.silhouettes.requires_grad_(False)


class SilhouetteTrainer:
    """Adam on what tells structures from geometry and silhouettes from structures.

    Args:
        model: whose blobs have silhouettes; nothing else of it is trained.
        seed: of the order of the rooms.
    """

    def __init__(self, model: PictureModel, seed: int = 0) -> None:
        assert model.decoder.silhouettes is not None, "the model's blobs have silhouettes"
        self.model = model
        self.structure, self.silhouettes = model.looks.structure, model.decoder.silhouettes
        self.generator = torch.Generator().manual_seed(seed)
        self.steps = 0
        self._rates = (LEARNING_RATE, STRUCTURE_LEARNING_RATE)
        modules = (self.silhouettes, self.structure)
        groups = [{"params": list(module.requires_grad_().parameters())} for module in modules]
        self.optimiser = torch.optim.Adam(groups, LEARNING_RATE, betas=(0.9, 0.99))

    def loss(self, geometry: Tensor, points: Tensor, covered: Tensor, counted: Tensor) -> Tensor:
        """Cross-entropy of what is covered; see :class:`CoveredPoints`."""
        logits = self.silhouettes.at(self.structure(geometry)[:, 1:], points)
        losses = functional.binary_cross_entropy_with_logits(logits, covered, reduction="none")
        return (losses * counted).sum() / counted.sum().clamp(min=1)

    def step(self, data: CoveredPoints, rate: float) -> float:
        """One step at ``rate`` times the learning rates; returns the loss."""
        warm = min(1.0, (self.steps + 1) / WARM_UP_STEPS)
        for group, own in zip(self.optimiser.param_groups, self._rates, strict=True):
            group["lr"] = own * rate * warm
        loss = self.loss(*data.batch(self.generator, BATCH))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        self.steps += 1
        return float(loss.detach())


@dataclass(frozen=True)
class SilhouetteProgress:
    """Steps, seconds, and the mean of the last losses."""

    steps: int
    seconds: float
    loss: float


def train_silhouettes(
    data: CoveredPoints,
    trainer: SilhouetteTrainer,
    budget: float,
    report: Callable[[SilhouetteProgress], None] = lambda progress: None,
) -> None:
    """Train for ``budget`` seconds, the learning rates falling linearly to zero; then structures are settled."""
    losses: list[float] = []

    def step(seconds: float) -> None:
        losses.append(trainer.step(data, max(0.0, 1 - seconds / budget)))

    def keep(seconds: float) -> None:
        mean = float(np.mean(losses[-200:])) if losses else float("nan")
        report(SilhouetteProgress(trainer.steps, seconds, mean))

    train_for(budget, step, keep, save_every=30.0)
    settle_silhouettes(trainer.model)
