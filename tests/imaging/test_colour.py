from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.imaging.colour import decoded, difference, encoded, grey_of, lab, with_luminance


def test_the_transfer_curve_of_srgb() -> None:
    assert encoded(np.float32([0.0, 0.0031308, 0.2140411, 1.0])).tolist() == pytest.approx(
        [0, 0.04045, 0.5, 1], abs=1e-4
    )
    assert encoded(np.float32([-0.2140411])).tolist() == pytest.approx([-0.5], abs=1e-4)


@given(st.floats(-4, 4, width=32))
@settings(max_examples=50)
def test_decoding_undoes_encoding(value: float) -> None:
    assert float(decoded(encoded(np.float32([value])))[0]) == pytest.approx(value, abs=1e-5, rel=1e-5)


def test_known_colours_in_lab() -> None:
    white, red = lab(np.float32([[1, 1, 1], [1, 0, 0]]))
    assert white.tolist() == pytest.approx([100, 0, 0], abs=0.01)
    assert red.tolist() == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    assert float(difference(np.float32([1, 1, 1]), np.float32([0, 0, 0]))) == pytest.approx(100, abs=0.01)


@given(st.tuples(*[st.floats(0, 1, width=32)] * 3), st.floats(0, 1, width=32))
@settings(max_examples=100)
def test_a_colour_made_as_bright_as_a_grey_stays_in_gamut_and_keeps_eight_bit_luminance(
    colour: tuple[float, float, float], grey: float
) -> None:
    bright = with_luminance(np.float32([[colour]]), np.float32([[grey]]))
    assert bright.min() >= -1e-6
    assert bright.max() <= 1 + 1e-5
    rounded = (np.rint(bright * 255) / 255).astype(np.float32)
    assert abs(float(grey_of(rounded)[0, 0]) - grey) <= 1 / 255


def test_hue_stays_when_luminance_changes() -> None:
    orange = np.float32([[[0.8, 0.5, 0.2]]])
    darker = with_luminance(orange, np.float32([[0.3]]))
    linear = decoded(darker)[0, 0]
    assert (linear / linear[0]).tolist() == pytest.approx(
        (decoded(orange)[0, 0] / decoded(orange)[0, 0, 0]).tolist(), rel=1e-3
    )
