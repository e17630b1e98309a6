from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from maquette.imaging.arrays import from_array, to_array
from maquette.imaging.picture import AlphaMode, ColourSpace, Picture, PixelFormat
from maquette.models.painting.inpainting import inpaint
from maquette.models.painting.outpainting import outpaint
from maquette.models.painting.requests import (
    BlendMode,
    Inpaint,
    Length,
    Outpaint,
    PaintResult,
    PaintSettings,
    SelectionSettings,
)
from model_helpers import finished
from painting_fakes import FakeFiller, FakeSynthesizer
from scipy import ndimage

MASKS = ("one pixel", "whole", "hole", "edges", "scattered", "soft", "row")
LENGTHS = st.sampled_from([0.0, 1.0, 2.5, 5.0])


def document(pixel_format: PixelFormat, height: int, width: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    shape = (height, width, pixel_format.channels)
    if pixel_format.sample_type.startswith("u"):
        return random.integers(0, np.iinfo(pixel_format.sample_type).max + 1, shape).astype(pixel_format.sample_type)
    pixels = random.uniform(-0.2, 8.0, shape).astype(pixel_format.sample_type)
    pixels[random.random((height, width)) < 0.03, 0] = random.choice([np.nan, np.inf, -np.inf])
    return pixels


def selection(kind: str, height: int, width: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    mask = np.zeros((height, width, 1), np.uint8)
    row, column = random.integers(height), random.integers(width)
    if kind == "one pixel":
        mask[row, column] = 255
    elif kind == "whole":
        mask[:] = 255
    elif kind == "hole":
        mask[height // 5 : height - height // 5, width // 5 : width - width // 5] = 255
        mask[height // 2, width // 2] = 0
    elif kind == "edges":
        mask[0], mask[:, -1] = 255, 255
    elif kind == "scattered":
        mask[random.random((height, width)) < 0.1] = 255
    elif kind == "soft":
        mask[..., 0] = np.linspace(0, 255, width).astype(np.uint8)
    else:
        mask[row] = 200
    if not mask.any():
        mask[row, column] = 1
    return mask


def pasted(original: np.ndarray, result: PaintResult, candidate: Picture) -> np.ndarray:
    whole = original.copy()
    part = to_array(candidate)
    whole[result.top : result.top + part.shape[0], result.left : result.left + part.shape[1]] = part
    return whole


def assert_same_bytes_outside(original: np.ndarray, result: PaintResult, may_change: np.ndarray) -> None:
    coverage = np.zeros(may_change.shape, np.bool_)
    part = to_array(result.coverage)[..., 0]
    coverage[result.top : result.top + part.shape[0], result.left : result.left + part.shape[1]] = part > 0
    assert not (coverage & ~may_change).any()
    for candidate in result.candidates:
        whole = pasted(original, result, candidate.picture)
        assert whole.dtype == original.dtype
        assert whole[~coverage].tobytes() == original[~coverage].tobytes()


@given(
    st.sampled_from(list(PixelFormat)),
    st.sampled_from(list(ColourSpace)),
    st.sampled_from(list(AlphaMode)),
    st.sampled_from(MASKS),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.tuples(LENGTHS, LENGTHS, LENGTHS),
    st.sampled_from(list(BlendMode)),
    st.sampled_from([None, 16]),
    st.integers(0, 2**16),
)
@example(
    PixelFormat.RGBA_F16,
    ColourSpace.LINEAR_REC709,
    AlphaMode.PREMULTIPLIED,
    "scattered",
    (1, 37),
    (1.0, 1.0, 2.5),
    BlendMode.GRADIENT,
    16,
    7,
)
@settings(max_examples=120)
def test_outside_selection_and_blend_every_byte_stays(
    pixel_format: PixelFormat,
    space: ColourSpace,
    alpha: AlphaMode,
    kind: str,
    size: tuple[int, int],
    lengths: tuple[float, float, float],
    mode: BlendMode,
    side: int | None,
    seed: int,
) -> None:
    original, mask = document(pixel_format, *size, seed), selection(kind, *size, seed)
    alpha = alpha if pixel_format.channels == 4 else AlphaMode.OPAQUE
    grow, feather, blend = lengths
    request = Inpaint(
        from_array(original, space, alpha),
        from_array(mask, ColourSpace.DATA),
        SelectionSettings(Length(grow), Length(feather), Length(blend)),
        blend_mode=mode,
        settings=PaintSettings(seed=seed, candidates=1 + seed % 2, preview_side=32 * (seed % 3)),
    )
    filler = FakeFiller(fill_side=side, seamless=seed % 4 == 0, steps=1)
    result = finished(inpaint(request, [filler], FakeSynthesizer()))
    distance = ndimage.distance_transform_edt(mask[..., 0] == 0)
    reach = grow + (0.0 if mode is BlendMode.OFF or filler.seamless else blend)
    assert_same_bytes_outside(original, result, distance <= reach + 1e-5)
    assert (result.width, result.height) == (size[1], size[0])
    for candidate in result.candidates:
        assert candidate.picture.spec.pixel_format is pixel_format
        assert (candidate.picture.spec.colour_space, candidate.picture.spec.alpha_mode) == (space, alpha)
        inside = to_array(candidate.picture)[to_array(result.coverage)[..., 0] > 0]
        assert np.isfinite(inside.astype(np.float64)).all()


@given(
    st.sampled_from(list(PixelFormat)),
    st.sampled_from(list(ColourSpace)),
    st.tuples(st.integers(1, 24), st.integers(1, 24)),
    st.tuples(*[st.sampled_from([0, 0, 1, 7, 40])] * 4).filter(any),
    st.sampled_from([0.0, 1.0, 6.0]),
    st.integers(0, 2**16),
)
@settings(max_examples=60)
def test_an_extension_changes_the_old_picture_no_deeper_than_its_blend(
    pixel_format: PixelFormat,
    space: ColourSpace,
    size: tuple[int, int],
    sides: tuple[int, int, int, int],
    blend: float,
    seed: int,
) -> None:
    original = document(pixel_format, *size, seed)
    left, right, top, bottom = sides
    alpha = AlphaMode.STRAIGHT if pixel_format.channels == 4 else AlphaMode.OPAQUE
    request = Outpaint(from_array(original, space, alpha), left, right, top, bottom, Length(blend))
    result = finished(outpaint(request, [FakeFiller(fill_side=32, steps=1)], FakeSynthesizer()))
    grown = np.zeros((size[0] + top + bottom, size[1] + left + right, pixel_format.channels), original.dtype)
    new = np.ones(grown.shape[:2], np.bool_)
    old = slice(top, top + size[0]), slice(left, left + size[1])
    grown[old], new[old] = original, False
    assert (result.width, result.height) == (grown.shape[1], grown.shape[0])
    assert_same_bytes_outside(grown, result, ndimage.distance_transform_edt(~new) <= blend)
    whole = pasted(grown, result, result.candidates[0].picture)
    assert np.isfinite(whole[new].astype(np.float64)).all()
    if pixel_format.channels == 4:
        assert (whole[new][:, 3] == (1 if original.dtype.kind == "f" else np.iinfo(original.dtype).max)).all()


@pytest.mark.parametrize("blend", [0.0, 12.0])
def test_places_far_apart_and_long_ones_are_painted_piece_by_piece(blend: float) -> None:
    random = np.random.default_rng(2)
    original = random.integers(90, 120, (300, 1500, 3)).astype(np.uint8)
    mask = np.zeros((300, 1500, 1), np.uint8)
    mask[20:30, 10:1400] = mask[250:260, 200:210] = 255
    request = Inpaint(
        from_array(original),
        from_array(mask, ColourSpace.DATA),
        SelectionSettings(blend=Length(blend)),
        settings=PaintSettings(candidates=2),
    )
    filler = FakeFiller(fill_side=64, steps=1)
    result = finished(inpaint(request, [filler], FakeSynthesizer()))
    assert len(filler.calls) > 4
    distance = ndimage.distance_transform_edt(mask[..., 0] == 0)
    assert_same_bytes_outside(original, result, distance <= blend)
    first, second = (pasted(original, result, candidate.picture) for candidate in result.candidates)
    assert (first != second).any()
    assert abs(first[mask[..., 0] > 0].mean() - 105) < 3
