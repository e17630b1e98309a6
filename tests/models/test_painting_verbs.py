from __future__ import annotations

import itertools
import math
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from maquette.errors import MaquetteError, Reason
from maquette.imaging.arrays import from_array, to_array
from maquette.imaging.colour import difference
from maquette.imaging.picture import AlphaMode, ColourSpace, Picture, PictureSpec, PixelFormat
from maquette.imaging.rectangle import Rectangle, bounds, whole
from maquette.models.operations import Operation
from maquette.models.painting.context import context_rectangle
from maquette.models.painting.inpainting import inpaint
from maquette.models.painting.outpainting import outpaint
from maquette.models.painting.requests import (
    BlendMode,
    Context,
    ContextKind,
    Inpaint,
    Length,
    LengthUnit,
    Outpaint,
    PaintResult,
    PaintSettings,
    SelectionSettings,
)
from model_helpers import finished, reports_and_result
from painting_fakes import FakeFiller, FakeSynthesizer, FlatFiller


def speckled(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(110, 131, (height, width, 3)).astype(np.uint8)


def with_hole(pixels: np.ndarray, **settings: Any) -> Inpaint:
    mask = np.zeros((*pixels.shape[:2], 1), np.uint8)
    height, width = pixels.shape[:2]
    mask[height // 3 : height // 3 * 2, width // 3 : width // 3 * 2] = 255
    return Inpaint(from_array(pixels), from_array(mask, ColourSpace.DATA), **settings)


def painted(request: Inpaint, *fillers: FakeFiller) -> np.ndarray:
    return to_array(finished(inpaint(request, fillers, FakeSynthesizer())).candidates[0].picture)


def test_a_crop_larger_than_the_model_gets_its_structure_small_and_its_detail_at_full_size() -> None:
    filler, synthesizer = FakeFiller(fill_side=64), FakeSynthesizer()
    finished(inpaint(with_hole(speckled(600, 600)), [filler], synthesizer))
    assert filler.calls == [(64, 64, 3)]
    assert synthesizer.calls == [(400, 400, 3)]


def test_without_a_synthesizer_the_result_says_that_it_is_soft() -> None:
    result = finished(inpaint(with_hole(speckled(300, 300)), [FakeFiller(fill_side=64)], None))
    assert any("soft" in note for note in result.notes)


@pytest.mark.parametrize(
    ("context", "size"),
    [
        (Context(ContextKind.WHOLE), (240, 240, 3)),
        (Context(ContextKind.PIXELS, 10), (100, 100, 3)),
        (Context(), (200, 200, 3)),
    ],
)
def test_the_model_sees_the_selection_and_its_context(context: Context, size: tuple[int, int, int]) -> None:
    filler = FakeFiller()
    finished(inpaint(with_hole(speckled(240, 240), context=context), [filler], None))
    assert filler.calls == [size]


@pytest.mark.parametrize(("hole", "side", "seen"), [(20, 64, 64), (42, 64, 64), (43, 64, 139), (200, 64, 400)])
def test_a_model_works_at_full_resolution_where_its_square_is_large_enough(hole: int, side: int, seen: int) -> None:
    place = context_rectangle(Rectangle(300, 300, hole, 5), whole(800, 700), Context(), side)
    assert (place.width, place.height) == (seen, seen)
    assert place.clipped(Rectangle(300, 300, hole, 5)).area == hole * 5


def test_previews_of_the_model_show_only_what_is_sent_back() -> None:
    pixels = np.full((100, 90, 3), 200, np.uint8)
    mask = np.zeros((100, 90, 1), np.uint8)
    mask[80:, 60:] = 255
    filler = FakeFiller(fill_side=128)
    request = Inpaint(from_array(pixels), from_array(mask, ColourSpace.DATA))
    reports, _ = reports_and_result(inpaint(request, [filler], None))
    assert filler.calls == [(104, 96, 3)]
    for report in reports:
        assert report.preview is not None
        assert (report.preview.spec.width, report.preview.spec.height) == (30, 20)
        assert np.abs(to_array(report.preview).astype(int) - 200).max() < 12


def test_percent_are_of_the_selection() -> None:
    mask = np.zeros((200, 200, 1), np.uint8)
    mask[50:150, 50:150] = 255
    request = Inpaint(
        from_array(speckled(200, 200)),
        from_array(mask, ColourSpace.DATA),
        SelectionSettings(blend=Length(10, LengthUnit.PERCENT)),
    )
    result = finished(inpaint(request, [FakeFiller()], None))
    assert (result.left, result.candidates[0].picture.spec.width) == (39, 122)


def test_candidates_differ_and_each_is_the_same_alone_or_in_company() -> None:
    pixels = speckled(90, 90)
    three = finished(inpaint(with_hole(pixels, settings=PaintSettings(5, 3)), [FakeFiller()], None))
    one = finished(inpaint(with_hole(pixels, settings=PaintSettings(5, 1)), [FakeFiller()], None))
    again = finished(inpaint(with_hole(pixels, settings=PaintSettings(5, 3)), [FakeFiller()], None))
    pictures = [candidate.picture.pixels for candidate in three.candidates]
    assert len(set(pictures)) == 3
    assert pictures[0] == one.candidates[0].picture.pixels
    assert three == again


def test_progress_rises_and_the_first_report_shows_a_preview() -> None:
    request = with_hole(speckled(240, 240), settings=PaintSettings(candidates=2, preview_side=128))
    for operation in (
        inpaint(request, [FakeFiller(fill_side=64), FlatFiller("flat")], FakeSynthesizer()),
        outpaint(Outpaint(request.picture, 40, 90, 0, 9), [FakeFiller(fill_side=64)], FakeSynthesizer()),
    ):
        reports, _ = reports_and_result(operation)
        fractions = [report.fraction for report in reports]
        assert fractions == sorted(fractions)
        assert fractions[0] == 0
        assert fractions[-1] <= 1
        assert reports[0].preview is not None
        for report in reports:
            assert report.preview is None or max(report.preview.spec.width, report.preview.spec.height) <= 256


def test_previews_can_be_left_out() -> None:
    request = with_hole(speckled(90, 90), settings=PaintSettings(preview_side=0))
    reports, _ = reports_and_result(inpaint(request, [FakeFiller()], None))
    assert all(report.preview is None for report in reports)


def test_cancelling_closes_the_model_wherever_it_is() -> None:
    request = with_hole(speckled(300, 300), settings=PaintSettings(candidates=2))
    total = len(reports_and_result(inpaint(request, [FakeFiller(), FakeFiller("other")], None))[0])
    for stop in range(1, total + 1):
        fillers = [FakeFiller(), FakeFiller("other")]
        operation = inpaint(request, fillers, None)
        for _ in itertools.islice(operation, stop):
            pass
        operation.close()
        begun = sum(len(filler.calls) for filler in fillers)
        ended = sum(filler.closed for filler in fillers)
        assert ended <= 1
        assert ended == 1 or begun <= 2


def test_the_filling_joins_without_a_step_although_the_model_is_too_bright() -> None:
    pixels = np.full((120, 120, 3), 120, np.uint8)
    biased = FakeFiller(bias=0.06)
    off = painted(with_hole(pixels, blend_mode=BlendMode.OFF), biased)
    gradient = painted(with_hole(pixels, selection=SelectionSettings(blend=Length(6))), biased)
    assert off.mean() - 120 > 12
    assert abs(float(gradient.mean()) - 120) < 1


def test_switching_the_blend_off_leaves_the_band_alone() -> None:
    request = with_hole(speckled(90, 90), selection=SelectionSettings(blend=Length(8)), blend_mode=BlendMode.OFF)
    result = finished(inpaint(request, [FakeFiller()], None))
    assert (result.left, result.top, result.candidates[0].picture.spec.width) == (30, 30, 30)
    assert (to_array(result.coverage) == 255).all()


def test_what_a_model_that_joins_by_itself_paints_ends_where_the_selection_does() -> None:
    request = with_hole(speckled(60, 60), selection=SelectionSettings(blend=Length(6.0)))
    for seamless, side in ((False, 32), (True, 20)):
        result = finished(inpaint(request, [FakeFiller(seamless=seamless)], FakeSynthesizer()))
        covered = to_array(result.coverage)[..., 0] > 0
        assert bounds(covered).width == bounds(covered).height == side


def test_pixels_that_are_not_numbers_are_painted_over_inside_and_left_outside() -> None:
    pixels = np.full((60, 60, 3), 0.5, np.float32)
    pixels[30, 30], pixels[5, 5] = np.nan, np.inf
    result = finished(inpaint(with_hole(pixels), [FakeFiller()], None))
    assert np.isfinite(to_array(result.candidates[0].picture)).all()
    assert any("finite" in note for note in result.notes)


def test_a_transparent_layer_gets_an_opaque_filling() -> None:
    pixels = np.zeros((60, 60, 4), np.uint8)
    pixels[:30] = (200, 100, 50, 255)
    mask = np.zeros((60, 60, 1), np.uint8)
    mask[20:50, 20:40] = 255
    request = Inpaint(from_array(pixels, alpha_mode=AlphaMode.STRAIGHT), from_array(mask, ColourSpace.DATA))
    (candidate,) = finished(inpaint(request, [FakeFiller()], None)).candidates
    filled = to_array(candidate.picture)
    assert (filled[..., 3] == 255).all()
    assert np.abs(filled[..., :3].astype(int) - (200, 100, 50)).max() < 20


def extended(picture: Picture, filler: FakeFiller, **sides: int) -> Picture:
    result: PaintResult = finished(outpaint(Outpaint(picture, **sides), [filler], FakeSynthesizer()))
    grown = np.zeros((result.height, result.width, 3), np.uint8)
    old = to_array(picture)
    left, top = sides.get("left", 0), sides.get("top", 0)
    grown[top : top + old.shape[0], left : left + old.shape[1]] = old
    part = to_array(result.candidates[0].picture)
    grown[result.top : result.top + part.shape[0], result.left : result.left + part.shape[1]] = part
    return from_array(grown)


@pytest.mark.parametrize("fill_side", [None, 64])
def test_ten_extensions_leave_the_first_picture_alone_and_do_not_drift(fill_side: int | None) -> None:
    first = speckled(96, 96)
    picture = from_array(first)
    for _ in range(10):
        picture = extended(picture, FakeFiller(fill_side=fill_side, bias=0.03), right=32)
    pixels = to_array(picture)
    assert pixels[:, :96].tobytes() == first.tobytes()
    means = [pixels[:, 96 + 32 * band : 128 + 32 * band].mean((0, 1)) / 255 for band in range(-1, 10)]
    steps = [float(difference(np.float32(one), np.float32(two))) for one, two in itertools.pairwise(means)]
    assert max(steps) <= 1
    assert float(difference(np.float32(means[0]), np.float32(means[-1]))) <= 3


def test_extending_on_all_sides_at_once_has_no_seams_between_its_pieces() -> None:
    picture = from_array(np.full((200, 200, 3), 120, np.uint8))
    grown = to_array(extended(picture, FakeFiller(fill_side=64, bias=0.05), left=40, right=700, top=30, bottom=50))
    assert grown.shape == (280, 940, 3)
    rows = grown.mean(axis=(1, 2))
    columns = grown.mean(axis=(0, 2))
    assert np.abs(np.diff(rows)).max() < 4
    assert np.abs(np.diff(columns)).max() < 4
    assert abs(float(grown.mean()) - 120) < 4


def test_only_the_new_band_and_the_blend_are_sent_back() -> None:
    result = finished(outpaint(Outpaint(from_array(speckled(50, 60)), top=20, blend=Length(4)), [FakeFiller()], None))
    assert (result.left, result.top, result.width, result.height) == (0, 0, 60, 70)
    assert (result.candidates[0].picture.spec.width, result.candidates[0].picture.spec.height) == (60, 24)


def test_memory_grows_with_the_selection_and_not_with_the_picture() -> None:
    side = 3000
    picture = Picture(PictureSpec(side, side, PixelFormat.RGB_U8), bytes(3 * side * side))
    mask = np.zeros((side, side, 1), np.uint8)
    mask[1000:1100, 2000:2100] = 255
    request = Inpaint(picture, from_array(mask, ColourSpace.DATA), SelectionSettings(blend=Length(8)))
    tracemalloc.start()
    try:
        finished(inpaint(request, [FakeFiller(fill_side=64), FlatFiller("flat")], FakeSynthesizer()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000 < side * side * 3


PICTURE = from_array(speckled(20, 30))
MASK = from_array(np.full((20, 30, 1), 255, np.uint8), ColourSpace.DATA)


def masked(mask: np.ndarray, **settings: Any) -> Callable[[], Operation[PaintResult]]:
    return lambda: inpaint(Inpaint(PICTURE, from_array(mask, ColourSpace.DATA), **settings), [FakeFiller()], None)


def sent(request: Inpaint | Outpaint) -> Callable[[], Operation[PaintResult]]:
    if isinstance(request, Inpaint):
        return lambda: inpaint(request, [FakeFiller()], None)
    return lambda: outpaint(request, [FakeFiller()], None)


NAN_MASK = np.full((20, 30, 1), np.nan, np.float32)
REFUSED: list[tuple[Callable[[], Operation[PaintResult]], Reason]] = [
    (masked(np.full((30, 20, 1), 255, np.uint8)), Reason.INVALID_ARGUMENT),
    (masked(np.zeros((20, 30, 1), np.uint8)), Reason.INVALID_ARGUMENT),
    (masked(np.zeros((20, 30, 3), np.uint8)), Reason.INVALID_ARGUMENT),
    (masked(NAN_MASK), Reason.NOT_A_FINITE_NUMBER),
    (sent(Inpaint(Picture(PICTURE.spec, b"short"), MASK)), Reason.INVALID_ARGUMENT),
    (sent(Inpaint(PICTURE, MASK, SelectionSettings(grow=Length(-1)))), Reason.INVALID_ARGUMENT),
    (sent(Inpaint(PICTURE, MASK, SelectionSettings(blend=Length(math.inf)))), Reason.NOT_A_FINITE_NUMBER),
    (sent(Inpaint(PICTURE, MASK, SelectionSettings(feather=Length(1e6)))), Reason.LIMIT_EXCEEDED),
    (sent(Inpaint(PICTURE, MASK, context=Context(ContextKind.PIXELS, -1))), Reason.INVALID_ARGUMENT),
    (sent(Inpaint(PICTURE, MASK, settings=PaintSettings(candidates=17))), Reason.LIMIT_EXCEEDED),
    (sent(Inpaint(PICTURE, MASK, settings=PaintSettings(steps=0))), Reason.LIMIT_EXCEEDED),
    (sent(Inpaint(PICTURE, MASK, settings=PaintSettings(preview_side=9999))), Reason.LIMIT_EXCEEDED),
    (sent(Outpaint(PICTURE)), Reason.INVALID_ARGUMENT),
    (sent(Outpaint(PICTURE, left=-1, right=5)), Reason.INVALID_ARGUMENT),
    (sent(Outpaint(PICTURE, right=20_000)), Reason.LIMIT_EXCEEDED),
    (sent(Outpaint(PICTURE, right=16_000, bottom=16_000)), Reason.LIMIT_EXCEEDED),
]


@pytest.mark.parametrize(("operation", "reason"), REFUSED)
def test_what_cannot_be_painted_is_refused(operation: Callable[[], Operation[PaintResult]], reason: Reason) -> None:
    with pytest.raises(MaquetteError) as caught:
        finished(operation())
    assert caught.value.reason is reason
    assert caught.value.action


def test_a_model_that_answers_with_no_numbers_is_not_pasted() -> None:
    broken = FlatFiller("broken", colour=(math.nan, 0, 0))
    with pytest.raises(MaquetteError) as caught:
        painted(with_hole(speckled(60, 60)), broken)
    assert caught.value.reason is Reason.NOT_A_FINITE_NUMBER
