"""The pictures that painting is measured with: rooms and lands never trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from maquette.bench.painting_sheet import Pixels
from maquette.errors import MaquetteError, Reason
from maquette.training.rendering.shards import list_shards, read_shard


def squares(pictures: Pixels, side: int) -> Pixels:
    """Squares (M, side, side, 3) side by side out of pictures (N, H, W, 3), as high as they are.

    The first squares of all pictures come first, then the second ones.
    """
    height, width = pictures.shape[1:3]
    extent = min(height, width)
    cut = [pictures[:, :extent, left : left + extent] for left in range(0, width - extent + 1, extent)]
    found = np.concatenate(cut)
    if extent == side:
        return found
    return np.stack(
        [np.asarray(Image.fromarray(each).resize((side, side), Image.Resampling.LANCZOS)) for each in found]
    )


def read_squares(folder: Path, prefix: str, side: int, count: int) -> Pixels:
    """The first ``count`` squares (M, side, side, 3) of the shards in a folder.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND where there are none, CONTENT_CORRUPT where they cannot be read.
    """
    paths = list_shards(folder, prefix)
    if not paths:
        raise MaquetteError(
            Reason.CONTENT_NOT_FOUND,
            f"There are no {prefix} in {folder}.",
            f"Render some: maquette train render-{prefix} --first-seed 1000000 --count 200 --out FOLDER.",
        )
    pictures = np.concatenate([read_shard(path, ("picture",))["picture"] for path in paths])
    return squares(pictures.astype(np.uint8, copy=False), side)[:count]
