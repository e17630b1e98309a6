"""Colours for a grey layer, and the repair of a JPEG, in real Krita."""

from __future__ import annotations

import io

import numpy
import pytest
from checks import IN_KRITA, check_undo_and_redo
from paintings import as_krita, differing, lawn, with_ball
from PIL import Image

pytestmark = IN_KRITA


# The title of a small model with random weights, at which brightness has to be kept too; None = Maquette's own.
SMALL = "Small"
both_models = pytest.mark.parametrize("model", [SMALL, None], ids=["random", "embedded"])


def brightness(pixels: numpy.ndarray) -> numpy.ndarray:
    """Luminance of 8-bit Krita pixels, 0 to 1, from the linear light of their colours."""
    encoded = pixels[..., 2::-1] / 255
    linear = numpy.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return linear @ numpy.array([0.2126, 0.7152, 0.0722])


def error(one: numpy.ndarray, other: numpy.ndarray) -> float:
    """Root mean square of how the colours differ, in steps of 8 bits."""
    return float(numpy.sqrt(numpy.square(one[..., :3].astype(float) - other[..., :3]).mean()))


@both_models
def test_colorize_gives_a_grey_layer_colours_and_keeps_its_brightness(person, daemon, options, model):
    grey = numpy.repeat(with_ball(lawn()).mean(axis=2, keepdims=True), 3, axis=2)
    before = as_krita(grey)
    person.open(before)
    start = person.fingerprint()
    if model:
        options.choose("model", model)
    person.press("colorize")
    person.wait_for_layers("Background", "Maquette colours")
    after = person.picture()
    assert (after[..., 0] != after[..., 2]).mean() > 0.1
    assert numpy.abs(brightness(after) - brightness(before)).max() <= 1.5 / 255
    check_undo_and_redo(person, start)


@both_models
def test_restore_changes_the_layer_that_jpeg_damaged(person, daemon, options, model):
    picture = numpy.rint(255 * with_ball(lawn())).astype(numpy.uint8)
    stored = io.BytesIO()
    Image.fromarray(picture).save(stored, "JPEG", quality=10)
    damaged = numpy.asarray(Image.open(stored)) / 255
    before = as_krita(damaged)
    person.open(before)
    start = person.fingerprint()
    if model:
        options.choose("model", model)
    person.press("restore")
    person.wait_for_layers("Background", "Maquette restored")
    after = person.picture()
    assert differing(before, after).any()
    if not model:
        assert error(after, as_krita(picture / 255)) < 1.02 * error(before, as_krita(picture / 255))
    check_undo_and_redo(person, start)
