from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from maquette.imaging.arrays import from_array
from maquette.imaging.picture import ColourSpace
from maquette.models.painting.choice import hidden_pixels, prediction_error
from maquette.models.painting.fillers import BoolArray, FloatArray
from maquette.models.painting.inpainting import inpaint
from maquette.models.painting.requests import Inpaint, PaintResult
from model_helpers import finished
from painting_fakes import FakeFiller, FlatFiller


@dataclass
class Knowing(FakeFiller):
    """Knows that the picture is stripes of four rows."""

    def answer(self, picture: FloatArray, hole: BoolArray, seed: int) -> FloatArray:
        return stripes(*picture.shape[:2]).astype(np.float32) / 255


def stripes(height: int, width: int) -> np.ndarray:
    rows = np.where(np.arange(height) % 4 < 2, 60, 180).astype(np.uint8)
    return np.broadcast_to(rows[:, None, None], (height, width, 3))


def hole(height: int, width: int, start: int, stop: int) -> np.ndarray:
    mask = np.zeros((height, width, 1), np.uint8)
    mask[start:stop, start:stop] = 255
    return mask


def chosen_for(pixels: np.ndarray, mask: np.ndarray, *fillers: FakeFiller) -> PaintResult:
    return finished(inpaint(Inpaint(from_array(pixels), from_array(mask, ColourSpace.DATA)), fillers, None))


def test_the_model_that_predicts_the_surroundings_is_chosen_in_any_order_and_says_why() -> None:
    pixels, mask = stripes(100, 100), hole(100, 100, 40, 60)
    fillers = [FakeFiller("blur"), Knowing("stripes"), FlatFiller("flat")]
    for order in (fillers, fillers[::-1]):
        result = chosen_for(pixels, mask, *order)
        assert result.model_id == "stripes"
        assert result.notes[0].startswith("Chose 'stripes'")
        assert "blur" in result.notes[0]


def test_the_same_request_always_chooses_the_same() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (80, 80, 3)).astype(np.uint8)
    mask = hole(80, 80, 30, 50)
    results = [chosen_for(pixels, mask, FakeFiller("one"), FlatFiller("two")) for _ in range(2)]
    assert results[0] == results[1]


def test_where_nothing_is_known_a_model_that_learnt_pictures_is_chosen() -> None:
    everything = np.full((30, 30, 1), 255, np.uint8)
    result = chosen_for(stripes(30, 30), everything, FlatFiller("patches"), FakeFiller("learnt", fill_side=64))
    assert result.model_id == "learnt"
    assert "too little" in result.notes[0]


@pytest.mark.parametrize(("start", "stop"), [(0, 1), (10, 40), (0, 40), (2, 38)])
def test_what_is_hidden_was_known_and_leaves_more_than_it_hides(start: int, stop: int) -> None:
    unknown = hole(40, 40, start, stop)[..., 0] > 0
    hidden = hidden_pixels(unknown)
    assert not (hidden & unknown).any()
    assert hidden.sum() * 2 <= (~unknown).sum()


def test_a_pixel_of_a_hole_in_a_large_picture_can_be_chosen_for() -> None:
    pixels, mask = np.full((900, 900, 3), 128, np.uint8), np.zeros((900, 900, 1), np.uint8)
    mask[450, 450] = 255
    assert chosen_for(pixels, mask, FlatFiller("flat"), FakeFiller("blur")).model_id == "blur"


def test_a_blur_is_worse_than_the_right_texture_in_another_place() -> None:
    random = np.random.default_rng(4)
    true, other = (random.random((64, 64, 3)).astype(np.float32) for _ in range(2))
    everywhere = np.ones((64, 64), np.bool_)
    blur = np.full_like(true, 0.5)
    assert prediction_error(true, true, everywhere) == 0
    assert prediction_error(true, other, everywhere) < prediction_error(true, blur, everywhere)
