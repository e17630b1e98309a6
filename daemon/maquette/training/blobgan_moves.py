"""Rooms in which one thing was moved, as BlobGAN sees them: its blob has moved and has kept its looks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from maquette.errors import MaquetteError, Reason
from maquette.training.blobgan_features import BLOBS, RoomFeatures, features_of, labels_of, mirrored
from maquette.training.rooms.labels import SHAPES
from maquette.training.rooms.moves import MOVED_KINDS, moved_path
from maquette.training.rooms.shards import Shard, list_shards, read_shard
from maquette.training.rooms.types import RESTS_ON_BED, Kind


def moved_features(before: RoomFeatures, after: RoomFeatures, kind: Kind) -> RoomFeatures:
    """The rooms with the blob of this kind moved: its ellipse is the true one after the move, its looks are kept.

    Depths are the true ones too: whoever moves a thing in depth changes the drawing order with it.
    """
    moved = [BLOBS.index(each) for each in ((kind, *RESTS_ON_BED) if kind is Kind.BED else (kind,))]
    names = ("positions", "sizes", "aspects", "angles", "depths")
    changed = {name: getattr(before, name).copy() for name in names}
    for name, values in changed.items():
        values[:, moved] = getattr(after, name)[:, moved]
    return replace(before, **changed)


def before_move(rooms: Shard, moved: Shard) -> Shard:
    """The rooms of a shard of moved rooms as they were before.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND where one of them is missing.
    """
    index = {int(seed): place for place, seed in enumerate(rooms["seed"].astype(np.int64))}
    missing = [int(seed) for seed in moved["seed"].astype(np.int64) if int(seed) not in index]
    if missing:
        raise MaquetteError(
            Reason.CONTENT_NOT_FOUND,
            f"The room {missing[0]} was rendered after a move, but not before it.",
            "Render it into the same folder: maquette train render-rooms.",
        )
    picked = np.array([index[int(seed)] for seed in moved["seed"].astype(np.int64)])
    return {name: values[picked] for name, values in rooms.items()}


def read_moves(folder: Path) -> Iterator[tuple[Kind, tuple[NDArray[np.uint8], RoomFeatures, RoomFeatures]]]:
    """Of each shard of moved rooms in a folder: what moved; pictures after that, features, and features in a mirror.

    The rooms before their move are read from the folder's other shards, from as many as are needed.

    Raises:
        MaquetteError: CONTENT_CORRUPT, or CONTENT_NOT_FOUND where a room before its move is missing.
    """
    for kind in MOVED_KINDS:
        path = moved_path(folder, kind)
        if path.exists():
            moved = read_shard(path)
            before, after = labels_of(before_move(_labels_before(folder, moved["seed"]), moved)), labels_of(moved)
            plain = moved_features(features_of(before), features_of(after), kind)
            other = moved_features(features_of(mirrored(before)), features_of(mirrored(after)), kind)
            yield kind, (moved["picture"].astype(np.uint8), plain, other)


def _labels_before(folder: Path, seeds: NDArray[np.generic]) -> Shard:
    shards = [
        read_shard(path, ("seed", *SHAPES))
        for path in list_shards(folder)
        if np.isin(read_shard(path, ("seed",))["seed"], seeds).any()
    ]
    names = ("seed", *SHAPES)
    return {name: np.concatenate([shard[name] for shard in shards] or [np.empty(0)]) for name in names}
