"""How well the embedded BlobGAN finds the scene of a picture: by its encoder alone, and after optimisation."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from maquette.imaging.arrays import from_array, to_array
from maquette.models.blobgan.layout_network import LayoutVector, layout_of
from maquette.models.blobgan.network import BlobGan
from maquette.models.blobgan.splatting import reordered
from maquette.models.blobgan.training import decode
from maquette.models.blobgan.verbs import BlobGanModel
from maquette.models.operations import Operation
from maquette.models.requests import RenderScene
from maquette.models.scene import Blob, Scene
from maquette.models.scene_requests import InvertImage, InvertImageResult
from maquette.store.model_info import ModelInfo
from maquette.training.blobgan_data import picture_tensor
from maquette.training.blobgan_features import BLOBS, RoomFeatures, features_of, labels_of
from maquette.training.blobgan_moves import before_move
from maquette.training.metrics import psnr
from maquette.training.rooms.moves import moved_path
from maquette.training.rooms.shards import Shard, read_shard
from maquette.training.rooms.types import KINDS, RESTS_ON_BED, Kind

MOVED = (Kind.BED, *RESTS_ON_BED)
BATCH = 20


@dataclass(frozen=True)
class FoundFigures:
    """How well the encoder alone finds one kind of thing.

    Attributes:
        told: share of the rooms in which it says rightly whether the thing is there.
        distance: of its middle from the true one, a mean over the rooms that have it, as a share of the picture.
    """

    kind: Kind
    told: float
    distance: float


@dataclass(frozen=True)
class InversionFigures:
    """PSNR in dB against Blender's pictures, means over rooms.

    Attributes:
        rooms: how many; encoded: by the encoder alone; found: what it finds.
        fitted_rooms: how many of them were optimised; first, fitted: of those, by the encoder alone and after.
        seconds: of one inversion, encoder and rendering included.
        moved_rooms: in how many the bed's blob was moved after inversion as Blender moved the bed.
        moved: in the changed places, against Blender's picture of the moved room; unmoved: Blender's own picture from
            before the move there; before: the inverted scene there, before the move, against the picture it is of.
    """

    rooms: int
    encoded: float
    found: tuple[FoundFigures, ...]
    fitted_rooms: int = 0
    first: float = float("nan")
    fitted: float = float("nan")
    seconds: float = float("nan")
    moved_rooms: int = 0
    moved: float = float("nan")
    unmoved: float = float("nan")
    before: float = float("nan")


def painted_again(network: BlobGan, encoder: Callable[[Tensor], Tensor], pictures: Tensor) -> Tensor:
    """What encoder and decoder make of pictures (B, 3, R, R) in [−1, 1]."""
    with torch.no_grad():
        return painted(network, encoder(pictures))


@torch.no_grad()
def painted(network: BlobGan, vectors: Tensor) -> Tensor:
    """What the decoder makes of layout vectors (B, O): (B, 3, R, R) in [−1, 1]; the drawing order is the model's."""
    layout = layout_of(network.split(vectors), network.shape.area_normaliser)
    if network.drawing_order is not None:
        layout = reordered(layout, network.drawing_order(layout.structures))
    return decode(network.generator_ema, layout)[-1].clamp(-1, 1)


def scene_model(network: BlobGan) -> BlobGanModel:
    """The network as hosts use it."""
    names = tuple(kind.value for kind in BLOBS)
    side = network.shape.decoder.resolution
    return BlobGanModel(network, ModelInfo("blobgan", "blobgan", "", (), "", side, side, 0, blob_names=names))


def evaluate_inversion(
    network: BlobGan, rooms: Shard, folder: Path, count: int, steps: int | None = None
) -> InversionFigures | None:
    """Figures of a network's encoder; None when it has none.

    Args:
        network: in evaluation mode; its decoder is made ready for inference.
        rooms: unseen.
        folder: which may hold rooms whose bed was moved.
        count: how many rooms are optimised, which is slow: seconds each.
        steps: of optimisation; None = the model's own number.
    """
    if network.inverter is None:
        return None
    pictures = picture_tensor(rooms["picture"].astype(np.uint8))
    lots = [slice(start, start + BATCH) for start in range(0, len(pictures), BATCH)]
    with torch.no_grad():
        vectors = torch.cat([network.inverter(pictures[lot]) for lot in lots])
    seen = torch.cat([painted(network, vectors[lot]) for lot in lots])
    near = float(psnr((seen + 1) / 2, (pictures + 1) / 2).mean())
    found = found_figures(network.split(vectors), features_of(labels_of(rooms)))
    figures = InversionFigures(len(pictures), near, found)
    if count < 1:
        return figures
    inverter = _Inversion(scene_model(network), steps)
    return _after_optimisation(inverter, figures, rooms, folder, count)


def found_figures(parts: LayoutVector, true: RoomFeatures) -> tuple[FoundFigures, ...]:
    """How well layouts (N rooms) name what is there, and where it is."""
    there = torch.from_numpy(true.sizes) > 0
    told = ((parts.sizes > 0) == there).float().mean(dim=0)
    # A layout cannot say that a middle lies beyond the picture.
    middles = torch.from_numpy(true.positions).clamp(0, 1)
    distances = (torch.sigmoid(parts.position_logits) - middles).square().sum(dim=-1).sqrt()
    means = (distances * there).sum(dim=0) / there.sum(dim=0).clamp(min=1)
    return tuple(
        FoundFigures(kind, float(right), float(distance))
        for kind, right, distance in zip(BLOBS, told, means, strict=True)
    )


@dataclass(frozen=True)
class _Inversion:
    model: BlobGanModel
    steps: int | None

    def of(self, picture: NDArray[Any]) -> InvertImageResult:
        request = InvertImage(from_array(picture.astype(np.uint8)), steps=self.steps)
        return _result(self.model.verbs[InvertImage](request))


def _after_optimisation(
    inversion: _Inversion, figures: InversionFigures, rooms: Shard, folder: Path, count: int
) -> InversionFigures:
    begin = time.monotonic()
    results = [inversion.of(picture) for picture in rooms["picture"][:count]]
    seconds = (time.monotonic() - begin) / len(results)
    figures = replace(
        figures,
        fitted_rooms=len(results),
        first=float(np.mean([result.first_psnr for result in results])),
        fitted=float(np.mean([result.psnr for result in results])),
        seconds=seconds,
    )
    path = moved_path(folder, Kind.BED)
    return _after_moving(inversion, figures, rooms, read_shard(path), count) if path.exists() else figures


def _result(operation: Operation[InvertImageResult]) -> InvertImageResult:
    while True:
        try:
            next(operation)
        except StopIteration as finished:
            return finished.value


def _after_moving(
    inversion: _Inversion, figures: InversionFigures, rooms: Shard, all_moved: Shard, count: int
) -> InversionFigures:
    moved: Shard = {name: values[:count] for name, values in all_moved.items()}
    before = before_move(rooms, moved)
    old, new = features_of(labels_of(before)), features_of(labels_of(moved))
    true, unmoved = (picture_tensor(shard["picture"].astype(np.uint8)) for shard in (moved, before))
    kinds = [KINDS.index(kind) + 1 for kind in MOVED]
    where = torch.from_numpy(np.isin(before["mask"], kinds) | np.isin(moved["mask"], kinds))
    scenes = [inversion.of(picture).scene for picture in before["picture"]]
    edited = [with_moved_bed(scene, old, new, room) for room, scene in enumerate(scenes)]
    edit, still = (torch.stack([_rendered(inversion.model, scene) for scene in lot]) for lot in (edited, scenes))

    def mean(one: Tensor, other: Tensor) -> float:
        return float(psnr((one + 1) / 2, (other + 1) / 2, where).mean())

    return replace(
        figures,
        moved_rooms=len(true),
        moved=mean(edit, true),
        unmoved=mean(unmoved, true),
        before=mean(still, unmoved),
    )


def with_moved_bed(scene: Scene, old: RoomFeatures, new: RoomFeatures, room: int) -> Scene:
    """The scene with bed, blanket and pillows moved and resized as they were in the room."""
    blobs = [_moved(blob, old, new, room) if blob.name in MOVED else blob for blob in scene.blobs]
    return replace(scene, blobs=tuple(blobs))


def _moved(blob: Blob, old: RoomFeatures, new: RoomFeatures, room: int) -> Blob:
    index = BLOBS.index(Kind(blob.name))
    if old.sizes[room, index] <= 0 or new.sizes[room, index] <= 0:
        return blob
    right, down = new.positions[room, index] - old.positions[room, index]
    grown = new.sizes[room, index] / old.sizes[room, index]
    ellipse = blob.ellipse
    place = replace(ellipse, x=ellipse.x + float(right), y=ellipse.y + float(down), size=ellipse.size * float(grown))
    return replace(blob, ellipse=place)


def _rendered(model: BlobGanModel, scene: Scene) -> Tensor:
    operation = model.render_scene(RenderScene(scene))
    while True:
        try:
            next(operation)
        except StopIteration as finished:
            return picture_tensor(to_array(finished.value.picture)[None].copy())[0]
