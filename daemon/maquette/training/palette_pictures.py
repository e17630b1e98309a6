"""The pictures that Palette is trained on, in memory: crops of rooms and lands; grows while they are being rendered."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from maquette.errors import MaquetteError, Reason
from maquette.training.rendering.shards import read_shard

Pixels = NDArray[np.uint8]
SHARDS = "[rl][oa][on][md]s-*.npz"
"""Shards of rooms and of lands, but not of moved rooms."""


class PicturePool:
    """The pictures of one folder of shards.

    Args:
        folder: holds .npz files with an array "picture" (N, H, W, 3); `refresh` looks for new ones.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: set[Path] = set()
        self._pictures: list[Pixels] = []
        self.refresh()

    def __len__(self) -> int:
        return len(self._pictures)

    def refresh(self) -> None:
        """Load the shards that have been finished since."""
        for path in sorted(self._folder.glob(SHARDS)):
            if path not in self._loaded:
                self._pictures.extend(read_shard(path, ("picture",))["picture"].astype(np.uint8, copy=False))
                self._loaded.add(path)

    def crop(self, rng: np.random.Generator, side: int, whole_share: float) -> Pixels:
        """A random square of a random picture, mirrored half the time, scaled to (side, side, 3).

        Args:
            rng: decides which.
            side: of the result.
            whole_share: how often the square is as high as the picture; else it is anything down to ``side`` pixels.
        """
        picture = self._pictures[int(rng.integers(len(self._pictures)))]
        largest = min(picture.shape[:2])
        smallest = min(side, largest)
        extent = largest if rng.random() < whole_share else int(rng.integers(smallest, largest + 1))
        top, left = (int(rng.integers(length - extent + 1)) for length in picture.shape[:2])
        square = picture[top : top + extent, left : left + extent]
        square = square[:, ::-1] if rng.random() < 0.5 else square
        return scaled(square, side)

    def head(self, count: int, side: int) -> Pixels:
        """Squares of the first pictures, from their middle and as high as they are: (count, side, side, 3)."""
        return np.stack([scaled(_middle(picture), side) for picture in self._pictures[:count]])


def picture_pools(folders: list[Path]) -> list[PicturePool]:
    """The pictures of several folders.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND when there are none in any of them.
    """
    pools = [PicturePool(folder) for folder in folders]
    if not any(len(pool) for pool in pools):
        raise MaquetteError(
            Reason.CONTENT_NOT_FOUND,
            f"There are no pictures in {', '.join(str(folder) for folder in folders)}.",
            "Render some: maquette train render-rooms, or render-lands.",
        )
    return pools


def _middle(picture: Pixels) -> Pixels:
    extent = min(picture.shape[:2])
    top, left = ((length - extent) // 2 for length in picture.shape[:2])
    return picture[top : top + extent, left : left + extent]


def scaled(square: Pixels, side: int) -> Pixels:
    """A square picture at another side, smoothed when it shrinks."""
    if square.shape[0] == side:
        return np.ascontiguousarray(square)
    return np.asarray(
        Image.fromarray(square).resize(
            (side, side), Image.Resampling.BOX if square.shape[0] % side == 0 else Image.Resampling.BILINEAR
        )
    )


def random_crops(
    pools: list[PicturePool], rng: np.random.Generator, count: int, side: int, whole_share: float
) -> Pixels:
    """Crops (count, side, side, 3), from every pool that has pictures equally often."""
    filled = [pool for pool in pools if len(pool)]
    return np.stack([filled[int(rng.integers(len(filled)))].crop(rng, side, whole_share) for _ in range(count)])
