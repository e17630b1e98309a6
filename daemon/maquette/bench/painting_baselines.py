"""What others fill holes with: OpenCV's two methods and PatchMatch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from maquette.errors import MaquetteError, Reason

try:
    import cv2
    import patchmatch
except ModuleNotFoundError as error:
    raise MaquetteError(
        Reason.NOT_INSTALLED,
        f"Comparing with other methods needs '{error.name}', which is not installed.",
        "Install it with: pip install 'maquette[bench]'.",
    ) from error

Pixels = NDArray[np.uint8]
BoolArray = NDArray[np.bool_]
Baseline = Callable[[Pixels, BoolArray], Pixels]

_RADIUS = 3.0
PATCH_RADIUS = 3
"""As in its own examples; on 24 holes of photographs, 5 and 7 took longer and were no nearer to the truth."""


def _opencv(picture: Pixels, hole: BoolArray, method: int) -> Pixels:
    filled = cv2.inpaint(np.ascontiguousarray(picture), hole.astype(np.uint8) * 255, _RADIUS, method)
    return np.asarray(filled, np.uint8)


def telea(picture: Pixels, hole: BoolArray) -> Pixels:
    """Fill a hole (H, W) of a picture (H, W, 3) by fast marching (Telea 2004)."""
    return _opencv(picture, hole, cv2.INPAINT_TELEA)


def navier_stokes(picture: Pixels, hole: BoolArray) -> Pixels:
    """Fill a hole (H, W) of a picture (H, W, 3) by fluid dynamics (Bertalmio et al. 2001)."""
    return _opencv(picture, hole, cv2.INPAINT_NS)


def patch_match(picture: Pixels, hole: BoolArray) -> Pixels:
    """Fill a hole (H, W) of a picture (H, W, 3) with pypatchmatch, always the same way."""
    patchmatch.set_random_seed(0)
    fill = cast("Callable[..., Pixels]", patchmatch.inpaint)
    return fill(np.ascontiguousarray(picture), hole, patch_size=PATCH_RADIUS)


BASELINES: Mapping[str, Baseline] = {"Telea": telea, "Navier–Stokes": navier_stokes, "PatchMatch": patch_match}
