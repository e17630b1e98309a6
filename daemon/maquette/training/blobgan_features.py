"""From a room's labels to what BlobGAN is trained on: ellipses, drawing order, geometry and appearance."""

from dataclasses import dataclass, fields
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from maquette.models.blobgan.drawing_order import DrawingOrder
from maquette.models.blobgan.ellipse_maps import upper_factor
from maquette.models.blobgan.geometry import COVARIANCE_EPSILON, covariances
from maquette.models.blobgan.training import LabelledLayout
from maquette.training.rooms.ellipses import EDGE_DISTANCE
from maquette.training.rooms.labels import SHAPES
from maquette.training.rooms.shards import Shard
from maquette.training.rooms.types import KINDS, SHELL, Kind

Floats = NDArray[np.float32]

BACKGROUND = Kind.BACK_WALL
BLOBS: tuple[Kind, ...] = (
    Kind.FLOOR,
    Kind.CEILING,
    Kind.LEFT_WALL,
    Kind.RIGHT_WALL,
    Kind.WINDOW,
    Kind.PICTURE,
    Kind.RUG,
    Kind.CABINET,
    Kind.BED,
    Kind.BLANKET,
    Kind.PILLOWS,
    Kind.LAMP,
    Kind.PLANT,
    Kind.CHAIR,
)
ROWS: tuple[Kind, ...] = (BACKGROUND, *BLOBS)
AREA_NORMALISER = 0.0012
ABSENT_SIZE = -12.0
LARGEST_ASPECT = 12.0
BEHIND_ALL = 1000.0
"""A depth in metres that no furniture has."""
ON_TOP = 0.05
"""How much nearer than the bed, in metres, what lies on it counts as."""
RIDGE = 0.01
FIRST_FURNITURE = BLOBS.index(Kind.CABINET)
_KIND_ROWS = np.array([KINDS.index(kind) for kind in ROWS])
_BED_GROUP = (BLOBS.index(Kind.BED), BLOBS.index(Kind.BLANKET), BLOBS.index(Kind.PILLOWS))
_SHELL_ROWS = np.array([index for index, kind in enumerate(ROWS) if kind in SHELL])

_CAMERA_MEAN = np.array([0.0, -0.9, 1.6, 0.0, 0.157, 1.08], np.float32)
_CAMERA_SPREAD = np.array([0.47, 0.23, 0.144, 0.14, 0.04, 0.06], np.float32)
_EXTENT_MEAN = np.array([4.05, 3.9, 2.575], np.float32)
_EXTENT_SPREAD = np.array([0.43, 0.4, 0.13], np.float32)
_LIGHT_MEAN = np.array([75, 0.44, 0.0, 0.5, 40, 7, 0.45], np.float32)
_LIGHT_SPREAD = np.array([32, 0.15, 0.3, 0.29, 20, 7, 0.09], np.float32)


@dataclass(frozen=True)
class RoomFeatures:
    """N rooms; K blobs, K+1 rows with the background first.

    Attributes:
        positions: (N, K, 2). sizes: (N, K). aspects, angles: (N, K), the ellipses' axes.
        geometry: (N, K+1, G). appearance: (N, K+1, A).
        depths: (N, K) metres, by which furniture is ordered.
    """

    positions: Floats
    sizes: Floats
    aspects: Floats
    angles: Floats
    geometry: Floats
    appearance: Floats
    depths: Floats

    def __len__(self) -> int:
        return len(self.sizes)

    def pick(self, indices: NDArray[np.int64] | slice) -> "RoomFeatures":
        """Some of the rooms."""
        return RoomFeatures(*(getattr(self, field.name)[indices] for field in fields(self)))

    def labelled(self) -> LabelledLayout:
        """As tensors, in drawing order by depth."""
        return LabelledLayout(
            positions=_tensor(self.positions),
            sizes=_tensor(self.sizes),
            covariances=covariances(_tensor(self.aspects), _tensor(self.angles), AREA_NORMALISER),
            geometry=_tensor(self.geometry),
            appearance=_tensor(self.appearance),
            order=torch.from_numpy(depth_order(self.depths)),
        )


def _tensor(values: Floats) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))


def concatenated(parts: list[RoomFeatures]) -> RoomFeatures:
    """All rooms of several lots."""
    return RoomFeatures(
        *(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(RoomFeatures))
    )


def mirrored(labels: dict[str, Floats]) -> dict[str, Floats]:
    """The labels of the rooms seen in a mirror: left and right exchanged."""
    swap = np.arange(len(KINDS))
    left, right = KINDS.index(Kind.LEFT_WALL), KINDS.index(Kind.RIGHT_WALL)
    swap[[left, right]] = (right, left)
    flipped = {
        name: (values[:, swap] if name not in ("camera", "light", "extent") else values).copy()
        for name, values in labels.items()
    }
    flipped["mean"][..., 0] = 1 - flipped["mean"][..., 0]
    flipped["corners"][..., 0] = 1 - flipped["corners"][..., 0]
    # Mirrored boxes list their corners from the other side (the highest bit of the corner's index is x).
    flipped["corners"] = np.roll(flipped["corners"], 4, axis=2)
    flipped["covariance"][..., 0, 1] *= -1
    flipped["covariance"][..., 1, 0] *= -1
    flipped["position"][..., 0] *= -1
    flipped["yaw"] *= -1
    flipped["camera"][:, [0, 3]] *= -1
    flipped["light"][:, 2] *= -1
    return flipped


def labels_of(shard: Shard) -> dict[str, NDArray[np.float32]]:
    """The labels among a shard's arrays."""
    return {name: shard[name].astype(np.float32) for name in SHAPES}


def features_of(labels: dict[str, Floats]) -> RoomFeatures:
    """The features of N rooms from their stacked labels (see `rooms.labels.SHAPES`)."""
    per_row = {name: values[:, _KIND_ROWS] for name, values in labels.items() if values.shape[1:2] == (len(KINDS),)}
    present = per_row["present"] > 0
    sizes, aspects, angles = ellipse_parameters(per_row["covariance"][:, 1:], present[:, 1:])
    positions = np.where(present[:, 1:, None], per_row["mean"][:, 1:], 0.5).astype(np.float32)
    return RoomFeatures(
        positions=positions,
        sizes=sizes,
        aspects=aspects,
        angles=angles,
        geometry=_geometry(per_row, labels),
        appearance=_appearance(per_row, labels),
        depths=per_row["depth"][:, 1:].astype(np.float32),
    )


def ellipse_parameters(covariance: Floats, present: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Sizes, aspects and angles (N, K) of ellipses with these covariances (N, K, 2, 2).

    The model's covariances have a fixed area and 1e-5 on their diagonal; aspects are solved so that the ratio of the
    axes is exact in spite of it, and sizes so that the blob's half-opaque edge is the ellipse's edge.
    """
    safe = np.where(present[..., None, None], covariance, np.eye(2) * 0.01).astype(np.float64)
    values, vectors = np.linalg.eigh(safe)
    ratio = np.clip(values[..., 1] / np.maximum(values[..., 0], 1e-12), 1.0, LARGEST_ASPECT**2)
    area, epsilon = AREA_NORMALISER, COVARIANCE_EPSILON
    # (A + ε) / (area² / A + ε) = ratio, solved for the longer axis A.
    slack = epsilon * (ratio - 1)
    longer = (slack + np.sqrt(slack**2 + 4 * ratio * area**2)) / 2
    shrink = np.sqrt((longer + epsilon) * (area**2 / longer + epsilon) / np.linalg.det(safe))
    angles = np.arctan2(vectors[..., 1, 1], vectors[..., 0, 1])
    angles = np.where(angles <= -np.pi / 2, angles + np.pi, np.where(angles > np.pi / 2, angles - np.pi, angles))
    sizes = np.where(present, EDGE_DISTANCE / shrink, ABSENT_SIZE)
    aspects = np.where(present, longer / area, 1.0)
    return sizes.astype(np.float32), aspects.astype(np.float32), np.where(present, angles, 0.0).astype(np.float32)


def depth_order(depths: Floats) -> NDArray[np.int64]:
    """Blob indices (N, K) from back to front: shell and flat things first, then furniture, the farthest first.

    What lies on the bed follows the bed.
    """
    keys = -depths.astype(np.float64)
    keys[:, :FIRST_FURNITURE] = -1e6 + np.arange(FIRST_FURNITURE)
    bed = keys[:, _BED_GROUP[0]]
    for place, blob in enumerate(_BED_GROUP[1:], start=1):
        keys[:, blob] = bed + 1e-6 * place
    return np.argsort(keys, axis=1, kind="stable")


def drawing_order(rooms: RoomFeatures, structures: Tensor) -> DrawingOrder:
    """What :func:`depth_order` decides, read off structures (N, K+1, F) instead of depths: a ridge regression."""
    order = DrawingOrder(len(BLOBS), structures.shape[-1])
    order.bias[:FIRST_FURNITURE] = BEHIND_ALL - torch.arange(FIRST_FURNITURE)
    for blob in range(FIRST_FURNITURE, len(BLOBS)):
        seen = torch.from_numpy(rooms.sizes[:, blob] > 0)
        looks = functional.pad(structures[seen, blob + 1].double(), (0, 1), value=1.0)
        depths = torch.from_numpy(rooms.depths[:, blob])[seen].double()
        gram = looks.T @ looks + RIDGE * torch.eye(looks.shape[1], dtype=torch.float64)
        solution = cast("Tensor", torch.linalg.solve(gram, looks.T @ depths))
        order.weight[blob], order.bias[blob] = solution[:-1].float(), solution[-1].float()
    bed = _BED_GROUP[0]
    for place, blob in enumerate(_BED_GROUP[1:], start=1):
        order.weight[blob], order.row[blob] = order.weight[bed], bed + 1
        order.bias[blob] = order.bias[bed] - ON_TOP * place
    return order


def _shared(values: Floats, rows: int) -> Floats:
    return np.repeat(values[:, None], rows, axis=1)


def _geometry(per_row: dict[str, Floats], labels: dict[str, Floats]) -> Floats:
    corners = _whitened_corners(per_row)
    sine, cosine = np.sin(per_row["yaw"]), np.cos(per_row["yaw"])
    depth, parts = (per_row["depth"] - 3.5) / 1.5, per_row["parts"] / 8
    own = np.stack([sine, cosine, depth, parts], axis=-1)
    own[:, _SHELL_ROWS] = 0
    size = per_row["size"].copy()
    size[:, _SHELL_ROWS] = 0
    rows = len(ROWS)
    camera = _shared((labels["camera"] - _CAMERA_MEAN) / _CAMERA_SPREAD, rows)
    extent = _shared((labels["extent"] - _EXTENT_MEAN) / _EXTENT_SPREAD, rows)
    together = np.concatenate([own, size, corners, camera, extent], axis=-1).astype(np.float32)
    return together * per_row["present"][..., None]


def _whitened_corners(per_row: dict[str, Floats]) -> Floats:
    """Corners relative to the ellipse, so that they go with a blob that is moved; the back wall's own in full."""
    present = per_row["present"] > 0
    safe = np.where(present[..., None, None], per_row["covariance"], np.eye(2)).astype(np.float64)
    relative = per_row["corners"] - per_row["mean"][:, :, None]
    white = np.linalg.solve(upper_factor(safe), relative.transpose(0, 1, 3, 2).astype(np.float64))
    corners = np.clip(white.transpose(0, 1, 3, 2), -4, 4) / 2
    corners[:, _SHELL_ROWS] = 0
    corners[:, 0] = np.clip(per_row["corners"][:, 0] - 0.5, -1, 1) * 2
    return corners.reshape(*present.shape, 16).astype(np.float32)


def _appearance(per_row: dict[str, Floats], labels: dict[str, Floats]) -> Floats:
    colours = np.sqrt(np.maximum(per_row["colours"], 0)) * 2 - 1
    light = (labels["light"] - _LIGHT_MEAN) / _LIGHT_SPREAD
    window = ROWS.index(Kind.WINDOW)
    seen = per_row["present"][:, window, None]
    place = (per_row["mean"][:, window] - 0.5) * 3 * seen
    lit = per_row["present"][:, ROWS.index(Kind.LAMP), None] * labels["light"][:, 5:6] / 15
    shared = np.concatenate([light, seen * 2 - 1, place, seen * light[:, :1], lit], axis=-1)
    together = np.concatenate([colours, _shared(shared, len(ROWS))], axis=-1).astype(np.float32)
    return together * per_row["present"][..., None]
