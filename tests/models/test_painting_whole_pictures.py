from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
import pytest
from maquette.errors import MaquetteError, Reason
from maquette.imaging.arrays import from_array, to_array
from maquette.imaging.colour import grey_of
from maquette.imaging.documents import colours
from maquette.imaging.jpeg_blocks import consistent
from maquette.imaging.picture import AlphaMode, ColourSpace, Picture, PixelFormat
from maquette.models.operations import Operation, Progress
from maquette.models.painting.colorizing import colorize
from maquette.models.painting.fillers import FillOptions, FloatArray
from maquette.models.painting.requests import Colorize, PaintSettings, RestoreJpeg
from maquette.models.painting.restoring import restore, tiles
from maquette.store.model_info import ModelInfo
from model_helpers import finished, reports_and_result
from painting_fakes import info
from PIL import Image


@dataclass
class Painter:
    """Tints a grey picture, or takes a picture's noise away; remembers what it was asked."""

    fill_side: int | None = 64
    tint: tuple[float, float, float] = (1.2, 1.0, 0.6)
    asked: list[tuple[tuple[int, ...], object]] = field(default_factory=list)
    options: list[FillOptions] = field(default_factory=list)
    closed: int = 0

    @property
    def info(self) -> ModelInfo:
        return info("painter")

    def colorize(
        self, grey: FloatArray, hints: FloatArray | None, options: FillOptions
    ) -> Operation[tuple[FloatArray, ...]]:
        self.asked.append((grey.shape, hints))
        yield Progress("colouring", 0.5)
        return tuple((grey[..., None] * np.float32(self.tint)).astype(np.float32) for _ in range(options.candidates))

    def restore(self, picture: FloatArray, quality: int, options: FillOptions) -> Operation[tuple[FloatArray, ...]]:
        self.asked.append((picture.shape, quality))
        self.options.append(options)
        try:
            yield Progress("restoring", 0.5)
        except GeneratorExit:
            self.closed += 1
            raise
        return tuple(picture * np.float32(0.5) + np.float32(0.25) for _ in range(options.candidates))


def photograph(height: int, width: int) -> np.ndarray:
    rows, columns = np.mgrid[:height, :width] / 17
    values = (
        0.5 + 0.3 * np.sin(rows + columns)[..., None] + np.random.default_rng(0).normal(0, 0.05, (height, width, 3))
    )
    return (np.clip(values, 0, 1) * 255).astype(np.uint8)


@pytest.mark.parametrize("size", [(50, 70), (150, 130), (1, 9)])
def test_colouring_keeps_the_luminance_of_every_pixel(size: tuple[int, int]) -> None:
    grey = photograph(*size)[..., :1]
    (candidate,) = finished(colorize(Colorize(from_array(grey)), [Painter()])).candidates
    coloured = to_array(candidate.picture).astype(np.float32) / 255
    assert candidate.picture.spec.pixel_format is PixelFormat.RGB_U8
    assert np.abs(grey_of(coloured) - grey[..., 0] / np.float32(255)).max() <= 1 / 255
    assert (coloured[..., 0] >= coloured[..., 2]).all()
    assert (coloured[..., 0] - coloured[..., 2]).mean() > 0.1


def test_colouring_without_keeping_luminance_is_what_the_model_painted() -> None:
    grey = np.full((40, 40, 1), 100, np.uint8)
    (candidate,) = finished(colorize(Colorize(from_array(grey), keep_luminance=False), [Painter()])).candidates
    assert to_array(candidate.picture)[20, 20].tolist() == [120, 100, 60]


def test_enlarged_colours_stop_at_the_edges_of_the_picture() -> None:
    grey = np.full((256, 256, 1), 40, np.uint8)
    grey[:, 130:] = 200
    request = Colorize(from_array(grey), keep_luminance=False)
    coloured = to_array(finished(colorize(request, [Painter()])).candidates[0].picture).astype(int)
    assert np.abs(coloured[100, 110, 0] - 48) < 12
    assert np.abs(coloured[100, 140, 0] - 240) < 20


def test_alpha_and_pixels_without_colour_stay() -> None:
    pixels = np.random.default_rng(1).random((30, 20, 4)).astype(np.float16)
    pixels[3, 4, 0], pixels[9, 9, 3] = np.nan, 0
    request = Colorize(from_array(pixels, ColourSpace.LINEAR_REC709, AlphaMode.STRAIGHT))
    result = finished(colorize(request, [Painter()]))
    after = to_array(result.candidates[0].picture)
    assert after[..., 3].tobytes() == pixels[..., 3].tobytes()
    for place in ((3, 4), (9, 9)):
        assert after[place].tobytes() == pixels[place].tobytes()
        assert to_array(result.coverage)[place] == 0
    spec = request.picture.spec
    known = colours(pixels, spec).known
    before_grey, after_grey = (grey_of(colours(values, spec).rgb)[known] for values in (pixels, after))
    np.testing.assert_allclose(after_grey, before_grey, atol=2e-3)


def test_a_dot_of_a_hint_reaches_the_model_although_it_is_smaller_than_a_pixel_there() -> None:
    dots = np.zeros((256, 256, 4), np.uint8)
    dots[101:104, 201:204] = (255, 0, 0, 255)
    painter = Painter()
    hints = from_array(dots, alpha_mode=AlphaMode.STRAIGHT)
    finished(colorize(Colorize(from_array(photograph(256, 256)), hints), [painter]))
    ((_, seen),) = painter.asked
    assert isinstance(seen, np.ndarray)
    assert seen.shape == (64, 64, 4)
    assert seen[25, 50].tolist() == pytest.approx([1, 0, 0, 1], abs=0.01)
    assert (seen[..., 3] > 0).sum() == 1


def test_a_restored_picture_is_worked_at_its_own_size_on_the_grid_of_its_blocks() -> None:
    painter, pixels = Painter(), photograph(100, 150)
    request = RestoreJpeg(from_array(pixels), 20, PaintSettings(candidates=2, preview_side=64))
    reports, result = reports_and_result(restore(request, [painter]))
    assert all(max(shape) <= 64 and quality == 20 for shape, quality in painter.asked)
    expected = np.rint(pixels * 0.5 + 63.75)
    for candidate in result.candidates:
        assert np.abs(to_array(candidate.picture) - expected).max() <= 1
    fractions = [report.fraction for report in reports]
    assert fractions == sorted(fractions)
    assert reports[-1].preview is not None


@pytest.mark.parametrize("size", [(1, 1), (64, 64), (65, 200), (37, 501)])
def test_tiles_cover_the_picture_and_begin_where_blocks_do(size: tuple[int, int]) -> None:
    height, width = size
    covered = np.zeros(size, np.int32)
    for tile in tiles(width, height, 64):
        assert tile.left % 8 == tile.top % 8 == 0
        assert 0 < tile.width <= 64
        assert 0 < tile.height <= 64
        covered[tile.slices] += 1
    assert covered.min() >= 1


def test_tiles_share_one_seed_and_lie_where_they_are() -> None:
    painter = Painter()
    settings = PaintSettings(seed=5)
    finished(restore(RestoreJpeg(from_array(photograph(100, 150)), 30, settings=settings), [painter]))
    assert [options.seed for options in painter.options] == [5] * len(painter.options)
    assert [options.origin for options in painter.options] == [(tile.left, tile.top) for tile in tiles(150, 100, 64)]


def test_the_quality_is_estimated_where_nobody_knows_it() -> None:
    target = io.BytesIO()
    Image.fromarray(photograph(160, 160)).save(target, "JPEG", quality=8)
    pixels = np.asarray(Image.open(target))
    painter = Painter(fill_side=None)
    result = finished(restore(RestoreJpeg(from_array(pixels)), [painter]))
    ((_, quality),) = painter.asked
    assert isinstance(quality, int)
    assert quality < 25
    assert str(quality) in result.notes[0]
    small = finished(restore(RestoreJpeg(from_array(pixels[:9, :9])), [Painter()]))
    assert "assumed" in small.notes[0]


def test_a_decoded_jpeg_keeps_its_colours_whatever_the_model_paints() -> None:
    stream = io.BytesIO()
    Image.fromarray(photograph(600, 90)).save(stream, "JPEG", quality=20)
    damaged = np.asarray(Image.open(stream))
    reports, result = reports_and_result(restore(RestoreJpeg(from_array(damaged)), [Painter(fill_side=None)]))
    assert result.notes == ("Quality 20 read off the picture's blocks.",)
    given = damaged.astype(np.float32) / 255
    expected = consistent(given * np.float32(0.5) + np.float32(0.25), given, 20)
    (candidate,) = result.candidates
    assert np.abs(to_array(candidate.picture) - expected * 255).max() <= 0.51
    assert sum(report.stage == "restoring" for report in reports) >= 3
    fractions = [report.fraction for report in reports]
    assert fractions == sorted(fractions)


def test_a_restoration_that_is_cancelled_closes_the_model() -> None:
    painter = Painter()
    operation = restore(RestoreJpeg(from_array(photograph(200, 200)), 30), [painter])
    for _ in range(4):
        next(operation)
    operation.close()
    assert painter.closed == 1


@pytest.mark.parametrize(
    ("picture", "quality"),
    [
        (from_array(photograph(9, 9)), 0),
        (from_array(photograph(9, 9)), 101),
        (Picture(from_array(photograph(9, 9)).spec, b""), 30),
    ],
)
def test_what_cannot_be_restored_is_refused(picture: Picture, quality: int) -> None:
    with pytest.raises(MaquetteError) as caught:
        finished(restore(RestoreJpeg(picture, quality), [Painter()]))
    assert caught.value.reason is Reason.INVALID_ARGUMENT


def test_hints_must_have_the_size_of_the_picture_and_an_alpha() -> None:
    picture = from_array(photograph(20, 20))
    for hints in (from_array(np.zeros((20, 21, 4), np.uint8), alpha_mode=AlphaMode.STRAIGHT), picture):
        with pytest.raises(MaquetteError) as caught:
            finished(colorize(Colorize(picture, hints), [Painter()]))
        assert caught.value.reason is Reason.INVALID_ARGUMENT
