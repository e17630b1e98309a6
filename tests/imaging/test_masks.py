from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.imaging import masks
from maquette.imaging.masks import equal_area_diameter, region, selection_values, transparency
from maquette.imaging.picture import AlphaMode, PictureSpec, PixelFormat
from scipy import ndimage


def square(size: int, start: int, stop: int) -> np.ndarray:
    values = np.zeros((size, size), np.float32)
    values[start:stop, start:stop] = 1.0
    return values


def test_growing_and_blending_a_row_of_pixels() -> None:
    values = np.zeros((1, 11), np.float32)
    values[0, 5] = 1.0
    found = region(values, grow=1, feather=0, blend=2)
    assert found.selected[0].tolist() == [False] * 4 + [True] * 3 + [False] * 4
    assert found.weight[0].tolist() == pytest.approx([0, 0, 0.25, 0.75, 1, 1, 1, 0.75, 0.25, 0, 0])


def test_feathering_fades_inside_the_selection_and_nowhere_else() -> None:
    found = region(square(9, 2, 7), feather=2)
    assert found.weight[4].tolist() == pytest.approx([0, 0, 0.25, 0.75, 1, 0.75, 0.25, 0, 0])
    assert (found.painted == (square(9, 2, 7) > 0)).all()


def test_feather_and_blend_are_one_ramp_across_the_edge() -> None:
    found = region(square(12, 4, 8), feather=1, blend=1)
    assert found.weight[5, 2:7].tolist() == pytest.approx([0, 0.25, 0.75, 1, 1])


def test_a_corner_is_grown_as_a_disc() -> None:
    found = region(square(7, 0, 1), grow=2)
    assert found.selected[:4, :4].astype(int).tolist() == [[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]


def test_a_selection_does_not_fade_at_the_edge_of_the_picture() -> None:
    found = region(np.ones((5, 6), np.float32), grow=3, feather=4, blend=5)
    assert (found.weight == 1).all()


def test_an_antialiased_edge_counts_as_selected_and_a_soft_one_stays_soft() -> None:
    antialiased = np.array([[0, 0, 0.3, 1, 1, 1, 0.6, 0, 0]], np.float32)
    assert region(antialiased).weight[0].tolist() == [0, 0, 1, 1, 1, 1, 1, 0, 0]
    soft = np.linspace(0, 1, 21, dtype=np.float32)[None]
    weight = region(soft, blend=3).weight[0]
    assert weight[4] == pytest.approx(0.25)
    assert (np.diff(weight) >= 0).all()


def test_nothing_selected_is_an_empty_region() -> None:
    assert not region(np.zeros((4, 3), np.float32), 2, 1, 2).painted.any()


def test_a_large_selection_is_measured_in_strips_as_it_is_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    values = (np.random.default_rng(3).random((150, 40)) > 0.995).astype(np.float32)
    at_once = region(values, 3.5, 2.0, 4.0)
    monkeypatch.setattr(masks, "_STRIP_PIXELS", 1600)
    in_strips = region(values, 3.5, 2.0, 4.0)
    np.testing.assert_array_equal(in_strips.selected, at_once.selected)
    np.testing.assert_array_equal(in_strips.weight, at_once.weight)


@given(
    st.integers(1, 17),
    st.integers(1, 17),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 0.4, 1.0, 2.5, 6.0]),
    st.sampled_from([0.0, 1.0, 3.0]),
    st.sampled_from([0.0, 0.7, 2.0, 5.0]),
)
@settings(max_examples=60)
def test_nothing_is_painted_beyond_the_selection_and_its_three_lengths(
    height: int, width: int, seed: int, grow: float, feather: float, blend: float
) -> None:
    random = np.random.default_rng(seed)
    values = np.where(random.random((height, width)) > random.random(), random.random((height, width)), 0.0)
    values = values.astype(np.float32)
    found = region(values, grow, feather, blend)
    if not values.any():
        assert not found.painted.any()
        return
    distance = ndimage.distance_transform_edt(values == 0)
    assert (distance[found.painted] <= grow + blend + 1e-5).all()
    assert found.painted[values > 0].all()
    assert found.painted[found.selected].all()
    assert found.weight.max() <= 1


def test_percent_are_of_the_disc_with_the_same_area() -> None:
    rows, columns = np.mgrid[:101, :101]
    disc = ((rows - 50) ** 2 + (columns - 50) ** 2 <= 40**2).astype(np.float32)
    assert equal_area_diameter(disc) == pytest.approx(80, abs=1)
    assert equal_area_diameter(disc * 0.25) == pytest.approx(40, abs=0.5)


def test_a_mask_layer_of_any_depth_says_the_same() -> None:
    for kind, full in (("uint8", 255), ("uint16", 65535), ("float16", 1), ("float32", 1)):
        samples = np.array([[[0], [full]]], kind)
        assert selection_values(samples).tolist() == [[0.0, 1.0]]


def test_what_a_layer_leaves_transparent_can_be_selected() -> None:
    pixels = np.zeros((1, 3, 4), np.uint8)
    pixels[0, :, 3] = (0, 51, 255)
    spec = PictureSpec(3, 1, PixelFormat.RGBA_U8, alpha_mode=AlphaMode.STRAIGHT)
    assert transparency(pixels, spec)[0].tolist() == pytest.approx([1, 0.8, 0])
    opaque = PictureSpec(3, 1, PixelFormat.RGBA_U8)
    assert not transparency(pixels, opaque).any()
