"""The rooms that BlobGAN is trained on, in memory; grows while the renderer is still at work."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from maquette.models.blobgan.training import LabelledLayout
from maquette.training.blobgan_features import RoomFeatures, concatenated, features_of, mirrored
from maquette.training.rooms.labels import SHAPES
from maquette.training.rooms.shards import Shard, list_shards, read_shard

GEOMETRY_DEPTH = 2
GEOMETRY_CORNERS = slice(7, 23)
DEPTH_JITTER = 0.05
CORNER_JITTER = 0.015


@dataclass(frozen=True)
class Batch:
    """B rooms: what is known of them and their pictures (B, 3, R, R) in [-1, 1]."""

    labelled: LabelledLayout
    pictures: Tensor


def labels_of(shard: Shard) -> dict[str, NDArray[np.float32]]:
    """The labels among a shard's arrays."""
    return {name: shard[name].astype(np.float32) for name in SHAPES}


def picture_tensor(pictures: NDArray[np.uint8]) -> Tensor:
    """Pictures (B, R, R, 3) as a tensor (B, 3, R, R) in [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


class RoomData:
    """Rooms of a folder and their mirror images.

    Args:
        folder: of shards; `refresh` looks for new ones.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: set[Path] = set()
        self._pictures: list[NDArray[np.uint8]] = []
        self._plain: list[RoomFeatures] = []
        self._mirrored: list[RoomFeatures] = []
        self.refresh()

    def __len__(self) -> int:
        return sum(len(pictures) for pictures in self._pictures)

    def refresh(self) -> None:
        """Load the shards that have been finished since."""
        for path in list_shards(self._folder):
            if path in self._loaded:
                continue
            shard = read_shard(path, ("picture", *SHAPES))
            self._pictures.append(shard["picture"].astype(np.uint8))
            labels = labels_of(shard)
            self._plain.append(features_of(labels))
            self._mirrored.append(features_of(mirrored(labels)))
            self._loaded.add(path)

    def all_features(self) -> RoomFeatures:
        """Every room and, after them, every mirrored room."""
        return concatenated(self._plain + self._mirrored)

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        """Random rooms, half of them mirrored, their furniture drawn by depth."""
        lots = [int(lot) for lot in rng.choice(len(self._pictures), size, p=self._shares())]
        pictures: list[NDArray[np.uint8]] = []
        rooms: list[RoomFeatures] = []
        for lot in lots:
            room = int(rng.integers(len(self._pictures[lot])))
            flip = bool(rng.random() < 0.5)
            picture = self._pictures[lot][room]
            pictures.append(picture[:, ::-1] if flip else picture)
            rooms.append((self._mirrored if flip else self._plain)[lot].pick(slice(room, room + 1)))
        return Batch(jittered(concatenated(rooms).labelled(), rng), picture_tensor(np.stack(pictures)))

    def _shares(self) -> NDArray[np.float64]:
        counts = np.array([len(pictures) for pictures in self._pictures], np.float64)
        return counts / counts.sum()


def jittered(labelled: LabelledLayout, rng: np.random.Generator) -> LabelledLayout:
    """Noise on depths and corners: a blob that is dragged keeps its structure, so a stale one must do as well."""
    geometry = labelled.geometry.clone()
    seen = (geometry.abs().sum(dim=-1, keepdim=True) > 0).float()
    noise = torch.from_numpy(rng.standard_normal(geometry.shape).astype(np.float32)) * seen
    geometry[..., GEOMETRY_DEPTH] += DEPTH_JITTER * noise[..., GEOMETRY_DEPTH]
    geometry[..., GEOMETRY_CORNERS] += CORNER_JITTER * noise[..., GEOMETRY_CORNERS]
    return replace(labelled, geometry=geometry)
