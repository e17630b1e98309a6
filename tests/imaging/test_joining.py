from __future__ import annotations

import numpy as np
import pytest
from maquette.imaging.documents import Colours
from maquette.imaging.joining import LARGEST_CORRECTION, correction, joined
from maquette.imaging.masks import region
from maquette.imaging.membrane import membrane
from maquette.imaging.smooth_fill import smooth_fill

RANDOM = np.random.default_rng(5)


def hole(size: int, start: int, stop: int) -> np.ndarray:
    values = np.zeros((size, size), np.float32)
    values[start:stop, start:stop] = 1.0
    return values


def opaque(rgb: np.ndarray) -> Colours:
    shape = rgb.shape[:2]
    return Colours(rgb.astype(np.float32), np.ones(shape, np.float32), np.ones(shape, np.bool_))


def slope(size: int) -> np.ndarray:
    ramp = np.linspace(0.3, 0.6, size, dtype=np.float32)
    return np.stack(np.broadcast_arrays(ramp[:, None], ramp[None, :], np.float32(0.4)), axis=-1)


@pytest.mark.parametrize("blend", [0.0, 6.0])
def test_a_constant_error_of_the_filling_is_taken_out_everywhere(blend: float) -> None:
    truth = slope(96)
    painted_region = region(hole(96, 24, 72), blend=blend)
    painted = np.where(painted_region.painted[..., None], truth + np.float32([0.06, -0.05, 0.04]), truth)
    rgb, alpha = joined(opaque(truth), painted.astype(np.float32), painted_region, gradient=True)
    assert np.abs(rgb - truth).max() < 0.006
    assert (alpha == 1).all()


def test_switched_off_the_filling_is_left_as_it_is() -> None:
    truth = slope(32)
    painted_region = region(hole(32, 8, 24))
    painted = np.where(painted_region.painted[..., None], np.float32(0.9), truth)
    rgb, _ = joined(opaque(truth), painted, painted_region, gradient=False)
    np.testing.assert_array_equal(rgb[8:24, 8:24], painted[8:24, 8:24])


def test_no_correction_exceeds_its_bound() -> None:
    truth = np.zeros((40, 40, 3), np.float32)
    painted_region = region(hole(40, 10, 30))
    painted = np.where(painted_region.painted[..., None], np.float32(1.0), truth)
    change = correction(truth, painted, painted_region, np.ones((40, 40), np.bool_))
    assert np.abs(change).max() <= LARGEST_CORRECTION + 1e-6
    assert change[12, 12, 0] == pytest.approx(-LARGEST_CORRECTION, abs=0.02)


def test_a_few_known_pixels_never_colour_a_whole_filling() -> None:
    truth = np.zeros((64, 64, 3), np.float32)
    selection = np.ones((64, 64), np.float32)
    selection[0, 0] = 0.0
    painted_region = region(selection)
    painted = np.where(painted_region.painted[..., None], np.float32(0.5), truth)
    change = correction(truth, painted, painted_region, np.ones((64, 64), np.bool_))
    assert np.abs(change[16:, 16:]).max() < 0.008


def test_a_thing_that_touches_the_edge_does_not_tint_the_filling() -> None:
    truth = np.full((80, 80, 3), 0.8, np.float32)
    painted_region = region(hole(80, 20, 60), blend=4)
    painted = truth.copy()
    painted[16:40, 30:42] = (0.7, 0.1, 0.1)
    rgb, _ = joined(opaque(truth), painted, painted_region, gradient=True)
    assert np.abs(rgb[45:58, 22:58] - 0.8).max() < 0.02


def test_without_anything_known_nothing_is_corrected() -> None:
    painted = RANDOM.random((9, 9, 3)).astype(np.float32)
    everything = region(np.ones((9, 9), np.float32))
    assert not correction(np.zeros_like(painted), painted, everything, np.ones((9, 9), np.bool_)).any()


def test_transparent_pixels_get_the_filling_and_its_weight_as_alpha() -> None:
    below = Colours(np.zeros((1, 9, 3), np.float32), np.zeros((1, 9), np.float32), np.zeros((1, 9), np.bool_))
    selection = np.zeros((1, 9), np.float32)
    selection[0, 3:6] = 1.0
    painted_region = region(selection, blend=2)
    rgb, alpha = joined(below, np.full((1, 9, 3), 0.7, np.float32), painted_region, gradient=True)
    np.testing.assert_allclose(alpha, painted_region.weight)
    np.testing.assert_allclose(rgb[0, 2:7], 0.7, rtol=1e-6)


@pytest.mark.parametrize(("size", "tolerance"), [(32, 0.03), (33, 0.12)])
def test_a_membrane_is_smooth_and_between_what_holds_it(size: int, tolerance: float) -> None:
    values = np.zeros((size, size, 1), np.float32)
    weight = np.zeros((size, size), np.float32)
    weight[:, [0, -1]] = 10.0
    values[:, -1] = 1.0
    field = membrane(values, weight, np.ones((size, size), np.bool_), reach=1e4)[..., 0]
    assert (np.diff(field, axis=1) > -1e-6).all()
    np.testing.assert_allclose(field, np.broadcast_to(np.linspace(0, 1, size), (size, size)), atol=tolerance)


def test_a_membrane_too_large_to_be_solved_pixel_by_pixel_is_nearly_the_same() -> None:
    domain = np.ones((700, 700), np.bool_)
    values = np.full((700, 700, 1), 0.1, np.float32)
    weight = np.where(hole(700, 20, 680) > 0, 0.0, 0.1).astype(np.float32)
    field = membrane(values, weight, domain, reach=1e5)
    assert np.abs(field - 0.1).max() < 2e-3


def test_the_quick_filling_draws_the_surroundings_across() -> None:
    truth = slope(64)
    filled = smooth_fill(np.where(hole(64, 20, 44)[..., None] > 0, np.float32(9.0), truth), hole(64, 20, 44) > 0)
    assert np.abs(filled - truth).max() < 0.08
    lone = np.zeros((5, 7, 3), np.float32)
    lone[2, 3] = 0.25
    unknown = np.ones((5, 7), np.bool_)
    unknown[2, 3] = False
    np.testing.assert_allclose(smooth_fill(lone, unknown), 0.25, atol=1e-6)
    assert (smooth_fill(lone, np.ones((5, 7), np.bool_)) == 0.5).all()
