"""How good the embedded BlobGAN is, on rooms that it was never trained on."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.decoder import Decoder
from maquette.models.blobgan.layout_network import LayoutNetwork, layout_of, split_layout_vector
from maquette.models.blobgan.network import BlobGan
from maquette.models.blobgan.splatting import reordered
from maquette.models.blobgan.training import LooksNetwork, PictureModel, decode
from maquette.training.blobgan_data import picture_tensor
from maquette.training.blobgan_features import RoomFeatures, features_of, labels_of
from maquette.training.blobgan_layouts import frechet_distance, sample_vectors, statistics_of, vectors_of
from maquette.training.blobgan_moves import before_move, moved_features
from maquette.training.blobgan_recipe import WIDTH
from maquette.training.metrics import psnr, ssim
from maquette.training.picture_statistics import statistics_distance
from maquette.training.rooms.description import describe_room
from maquette.training.rooms.labels import SHAPES, label_room
from maquette.training.rooms.moves import MOVED_KINDS, moved_path
from maquette.training.rooms.shards import Shard, list_shards, read_shard
from maquette.training.rooms.types import KINDS, RESTS_ON_BED, Kind

LAYOUT_SEED = 2_000_000
SAMPLE_SEED = 1000
BATCH = 20


@dataclass(frozen=True)
class PictureFigures:
    """True layouts rendered: means over `rooms` pictures.

    `statistics` is the Fréchet distance of patches and gradients to those of Blender's pictures: it tells blur.
    """

    rooms: int
    psnr: float
    ssim: float
    statistics: float


@dataclass(frozen=True)
class EditFigures:
    """One kind moved, against Blender's render of the moved room; PSNR in dB, means over `rooms` pictures.

    `whole` over the picture and `changed` over the old and new places of the thing; `unmoved` is what Blender's own
    picture from before the move reaches in the changed places.
    """

    kind: Kind
    rooms: int
    whole: float
    changed: float
    unmoved: float

    @property
    def gain(self) -> float:
        """How much better than not moving, in dB."""
        return self.changed - self.unmoved


@dataclass(frozen=True)
class LayoutFigures:
    """Fréchet distance of layout statistics: of sampled to true layouts, and between two lots of true ones."""

    sampled: float
    true: float


@dataclass(frozen=True)
class SampleFigures:
    """Sampled rooms: the Fréchet distance of patches and gradients of `rooms` pictures to as many of Blender's."""

    rooms: int
    statistics: float


def load_rooms(folder: Path) -> Shard:
    """All rooms of a folder.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND where there are none.
    """
    paths = list_shards(folder)
    if not paths:
        raise MaquetteError(
            Reason.CONTENT_NOT_FOUND,
            f"There are no rooms in {folder}.",
            "Render some: maquette train render-rooms --first-seed 1000000 --count 200 --moves 40 --out FOLDER.",
        )
    shards = [read_shard(path) for path in paths]
    return {name: np.concatenate([shard[name] for shard in shards]) for name in shards[0]}


@torch.no_grad()
def paint(model: PictureModel, rooms: RoomFeatures) -> Tensor:
    """Pictures (N, 3, R, R) in [0, 1] of rooms, furniture drawn by depth."""
    lots = [rooms.pick(slice(start, start + BATCH)) for start in range(0, len(rooms), BATCH)]
    return torch.cat([(model(lot.labelled()).clamp(-1, 1) + 1) / 2 for lot in lots])


def evaluate_pictures(model: PictureModel, shard: Shard) -> PictureFigures:
    """Render the true layouts of a shard's rooms and compare with Blender's pictures."""
    painted = paint(model, features_of(labels_of(shard)))
    true = (picture_tensor(shard["picture"].astype(np.uint8)) + 1) / 2
    return PictureFigures(
        len(true),
        float(psnr(painted, true).mean()),
        float(ssim(painted, true).mean()),
        _statistics(painted, true),
    )


def _pixels(pictures: Tensor) -> NDArray[np.float32]:
    return cast("NDArray[np.float32]", pictures.permute(0, 2, 3, 1).contiguous().numpy())


def evaluate_edit(model: PictureModel, rooms: Shard, moved: Shard, kind: Kind) -> EditFigures:
    """Move the blob of this kind as the thing was moved, and compare with Blender's picture of the moved room."""
    before = before_move(rooms, moved)
    edited = moved_features(features_of(labels_of(before)), features_of(labels_of(moved)), kind)
    painted = paint(model, edited)
    true, unmoved = ((picture_tensor(shard["picture"].astype(np.uint8)) + 1) / 2 for shard in (moved, before))
    where = torch.from_numpy(_shown(before, kind) | _shown(moved, kind))
    return EditFigures(
        kind,
        len(true),
        float(psnr(painted, true).mean()),
        float(psnr(painted, true, where).mean()),
        float(psnr(unmoved, true, where).mean()),
    )


def _shown(shard: Shard, kind: Kind) -> NDArray[np.bool_]:
    kinds = (kind, *RESTS_ON_BED) if kind is Kind.BED else (kind,)
    return np.isin(shard["mask"], [KINDS.index(each) + 1 for each in kinds])


def evaluate_edits(model: PictureModel, rooms: Shard, folder: Path) -> list[EditFigures]:
    """Figures for every kind whose moved rooms are in the folder."""
    return [
        evaluate_edit(model, rooms, read_shard(path), kind)
        for kind in MOVED_KINDS
        if (path := moved_path(folder, kind)).exists()
    ]


def evaluate_layouts(network: LayoutNetwork, looks: LooksNetwork, count: int = 1000) -> LayoutFigures:
    """Compare `count` sampled layouts with `count` true ones, and these with as many others."""
    one, other = (_true_statistics(looks, LAYOUT_SEED + lot * count, count) for lot in range(2))
    sampled = statistics_of(sample_vectors(network, count))
    return LayoutFigures(frechet_distance(sampled, one), frechet_distance(one, other))


@torch.no_grad()
def sample_pictures(network: BlobGan, count: int, truncation: float, seed: int = 3) -> Tensor:
    """Pictures (count, 3, R, R) in [-1, 1] of sampled rooms."""
    noise = torch.randn(count, network.shape.noise_width, generator=torch.Generator().manual_seed(seed))
    vectors = network.layout_net_ema(noise, network.mean_latent, truncation)
    layout = layout_of(split_layout_vector(vectors, WIDTH, WIDTH), network.shape.area_normaliser)
    if network.drawing_order is not None:
        layout = reordered(layout, network.drawing_order(layout.structures))
    return decode(network.generator_ema, layout)[-1]


def evaluate_samples(network: BlobGan, shard: Shard) -> SampleFigures:
    """Sample as many rooms as a shard holds, and compare their pictures with Blender's."""
    true = (picture_tensor(shard["picture"].astype(np.uint8)) + 1) / 2
    counts = [len(lot) for lot in torch.split(true, BATCH)]
    sampled = torch.cat([sample_pictures(network, count, 0.0, SAMPLE_SEED + lot) for lot, count in enumerate(counts)])
    painted = (sampled.clamp(-1, 1) + 1) / 2
    return SampleFigures(len(true), _statistics(painted, true))


def _statistics(pictures: Tensor, true: Tensor) -> float:
    everywhere = np.ones(true.shape[2:], np.bool_)
    return statistics_distance(_pixels(pictures), _pixels(true), [everywhere] * len(true))


def _true_statistics(looks: LooksNetwork, first_seed: int, count: int) -> Tensor:
    rooms = [label_room(describe_room(seed)) for seed in range(first_seed, first_seed + count)]
    labels = {name: np.stack([room[name] for room in rooms]) for name in SHAPES}
    return statistics_of(vectors_of(looks, features_of(labels)))


def picture_model(looks: LooksNetwork, decoder: Decoder) -> PictureModel:
    """Looks network and decoder as one model, for evaluation."""
    return PictureModel(looks, decoder).eval().requires_grad_(False)
