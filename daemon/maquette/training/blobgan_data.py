"""The rooms that BlobGAN is trained on, in memory; grows while the renderer is still at work."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.training import LabelledLayout
from maquette.training.blobgan_features import RoomFeatures, concatenated, features_of, labels_of, mirrored
from maquette.training.blobgan_moves import read_moves
from maquette.training.rooms.labels import SHAPES
from maquette.training.rooms.shards import list_shards, read_shard
from maquette.training.rooms.types import Kind

GEOMETRY_DEPTH = 2
GEOMETRY_CORNERS = slice(7, 23)
DEPTH_JITTER = 0.05
CORNER_JITTER = 0.015
MOVED_WEIGHT, MOVED_WEIGHTS = 2.0, {Kind.CABINET: 5.0}
"""How much likelier a moved room is to be picked than any other; what is hardest to paint elsewhere counts more."""


@dataclass(frozen=True)
class Batch:
    """B rooms: what is known of them and their pictures (B, 3, R, R) in [-1, 1]."""

    labelled: LabelledLayout
    pictures: Tensor


def picture_tensor(pictures: NDArray[np.uint8]) -> Tensor:
    """Pictures (B, R, R, 3) as a tensor (B, 3, R, R) in [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


@dataclass(frozen=True)
class _Lot:
    pictures: NDArray[np.uint8]
    plain: RoomFeatures
    mirrored: RoomFeatures
    moved: Kind | None = None

    @property
    def weight(self) -> float:
        """How likely it is to be picked from."""
        return len(self) * (1.0 if self.moved is None else MOVED_WEIGHTS.get(self.moved, MOVED_WEIGHT))

    def __len__(self) -> int:
        return len(self.pictures)


class RoomData:
    """Rooms of a folder and their mirror images, among them rooms in which the blob of one thing was moved.

    Args:
        folder: of shards; `refresh` looks for new ones.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: set[Path] = set()
        self._lots: list[_Lot] = []
        self.refresh()
        self._lots += [_Lot(*lot, kind) for kind, lot in read_moves(folder)]

    def __len__(self) -> int:
        return sum(len(lot) for lot in self._lots if lot.moved is None)

    def refresh(self) -> None:
        """Load the shards that have been finished since; those of moved rooms are only looked for at the start."""
        for path in list_shards(self._folder):
            if path in self._loaded:
                continue
            shard = read_shard(path, ("picture", *SHAPES))
            labels = labels_of(shard)
            lot = _Lot(shard["picture"].astype(np.uint8), features_of(labels), features_of(mirrored(labels)))
            self._lots.append(lot)
            self._loaded.add(path)

    def all_features(self) -> RoomFeatures:
        """Every room as it was described and, after them, every mirrored room."""
        described = [lot for lot in self._lots if lot.moved is None]
        return concatenated([lot.plain for lot in described] + [lot.mirrored for lot in described])

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        """Random rooms, half of them mirrored, their furniture drawn by depth."""
        pictures: list[NDArray[np.uint8]] = []
        rooms: list[RoomFeatures] = []
        for index in rng.choice(len(self._lots), size, p=self._shares()):
            lot = self._lots[int(index)]
            room = int(rng.integers(len(lot)))
            flip = bool(rng.random() < 0.5)
            pictures.append(lot.pictures[room][:, ::-1] if flip else lot.pictures[room])
            rooms.append((lot.mirrored if flip else lot.plain).pick(slice(room, room + 1)))
        return Batch(jittered(concatenated(rooms).labelled(), rng), picture_tensor(np.stack(pictures)))

    def pictures(self, indices: Iterable[int]) -> Tensor:
        """Pictures (B, 3, R, R) in [-1, 1] of rooms and mirrored rooms, numbered as in `all_features`."""
        chosen: list[NDArray[np.uint8]] = []
        described = [lot.pictures for lot in self._lots if lot.moved is None]
        starts = np.cumsum([0, *(len(pictures) for pictures in described)])
        for index in indices:
            flip, room = divmod(index, len(self))
            lot = int(np.searchsorted(starts, room, side="right")) - 1
            picture = described[lot][room - starts[lot]]
            chosen.append(picture[:, ::-1] if flip else picture)
        return picture_tensor(np.stack(chosen))

    def _shares(self) -> NDArray[np.float64]:
        weights = np.array([lot.weight for lot in self._lots], np.float64)
        return weights / weights.sum()


def rooms_of(folder: Path) -> RoomData:
    """The rooms of a folder that must have some.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND where there are none.
    """
    rooms = RoomData(folder)
    if len(rooms) == 0:
        message = f"There are no rooms in {folder}."
        raise MaquetteError(Reason.CONTENT_NOT_FOUND, message, "Render some: maquette train render-rooms.")
    return rooms


def jittered(labelled: LabelledLayout, rng: np.random.Generator) -> LabelledLayout:
    """Noise on depths and corners: a blob that is dragged keeps its structure, so a stale one must do as well."""
    geometry = labelled.geometry.clone()
    seen = (geometry.abs().sum(dim=-1, keepdim=True) > 0).float()
    noise = torch.from_numpy(rng.standard_normal(geometry.shape).astype(np.float32)) * seen
    geometry[..., GEOMETRY_DEPTH] += DEPTH_JITTER * noise[..., GEOMETRY_DEPTH]
    geometry[..., GEOMETRY_CORNERS] += CORNER_JITTER * noise[..., GEOMETRY_CORNERS]
    return replace(labelled, geometry=geometry)
