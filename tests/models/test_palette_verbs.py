"""What every Palette must hold when it fills, colours and restores: the published kind of network and ours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from maquette.errors import MaquetteError, Reason
from maquette.imaging.colour import grey_of
from maquette.models.operations import Operation
from maquette.models.painting.fillers import FillOptions, FloatArray
from maquette.models.palette import sampling
from maquette.models.palette.verbs import PaletteModel
from model_helpers import finished, reports_and_result
from palette_helpers import small_model

Answers = tuple[FloatArray, ...]
Ask = Callable[[PaletteModel, FillOptions, tuple[int, int]], Operation[Answers]]
SIZES = [(16, 16), (1, 1), (17, 9), (5, 40)]


def _picture(size: tuple[int, int]) -> FloatArray:
    return np.random.default_rng(3).random((*size, 3), dtype=np.float32)


def _hole(size: tuple[int, int]) -> np.ndarray:
    hole = np.zeros(size, np.bool_)
    hole[: size[0] // 2 + 1, size[1] // 3 :] = True
    return hole


def _hints(size: tuple[int, int]) -> FloatArray:
    hints = np.zeros((*size, 4), np.float32)
    hints[::4, ::3] = (0.9, 0.2, 0.1, 1.0)
    return hints


def _fill(model: PaletteModel, options: FillOptions, size: tuple[int, int]) -> Operation[Answers]:
    return model.fill(_picture(size), _hole(size), options)


def _colorize(model: PaletteModel, options: FillOptions, size: tuple[int, int]) -> Operation[Answers]:
    return model.colorize(_picture(size)[..., 0], _hints(size), options)


def _colorize_freely(model: PaletteModel, options: FillOptions, size: tuple[int, int]) -> Operation[Answers]:
    return model.colorize(_picture(size)[..., 0], None, options)


def _restore(model: PaletteModel, options: FillOptions, size: tuple[int, int]) -> Operation[Answers]:
    return model.restore(_picture(size), 10, options)


@pytest.fixture(params=[True, False], ids=["published", "own"], scope="module")
def model(request: pytest.FixtureRequest) -> PaletteModel:
    return small_model(request.param)


@pytest.fixture(params=[_fill, _colorize, _colorize_freely, _restore], ids=lambda ask: ask.__name__.strip("_"))
def ask(request: pytest.FixtureRequest) -> Ask:
    return request.param


FEW = FillOptions(seed=4, steps=3)


@pytest.mark.parametrize("size", SIZES)
def test_pictures_of_any_size_are_answered_in_their_size(model: PaletteModel, ask: Ask, size: tuple[int, int]) -> None:
    (answer,) = finished(ask(model, FEW, size))
    assert answer.shape == (*size, 3)
    assert answer.dtype == np.float32
    assert np.isfinite(answer).all()
    assert answer.min() >= 0
    assert answer.max() <= 1


def test_the_seed_decides(model: PaletteModel, ask: Ask) -> None:
    first, again, other = (finished(ask(model, FillOptions(seed=seed, steps=2), (16, 12)))[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("steps", [2, 4])
def test_a_candidate_is_the_same_alone_and_among_others(
    model: PaletteModel, ask: Ask, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The published sampler for the one, the fast one for the other.
    monkeypatch.setattr(sampling, "ANCESTRAL_STEPS", 3)
    three = finished(ask(model, FillOptions(9, 3, steps), (8, 8)))
    two = finished(ask(model, FillOptions(9, 2, steps), (8, 8)))
    assert len(three) == 3
    assert all(np.array_equal(one, other) for one, other in zip(two, three, strict=False))
    assert not np.array_equal(three[0], three[1])
    assert not np.array_equal(three[1], three[2])


def test_by_default_there_are_few_calls(model: PaletteModel, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = _counted(model, monkeypatch)
    finished(ask(model, FillOptions(), (8, 8)))
    assert 1 <= len(calls) <= 20


def _counted(model: PaletteModel, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    calls: list[None] = []
    network = model.denoiser.network
    handle = network.register_forward_hook(lambda *_: calls.append(None))
    monkeypatch.setattr(model, "_close", handle.remove, raising=False)
    return calls


def test_cancelling_stops_within_one_call(model: PaletteModel, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = _counted(model, monkeypatch)
    operation = ask(model, FillOptions(candidates=2, steps=5), (8, 8))
    for step in range(9):
        next(operation)
        assert len(calls) == step
    operation.close()
    assert len(calls) == 8
    assert not torch.is_inference_mode_enabled()
    assert torch.is_grad_enabled()


def test_operations_may_take_turns(model: PaletteModel, ask: Ask) -> None:
    expected = finished(ask(model, FEW, (8, 8)))[0]
    first, second = ask(model, FEW, (8, 8)), ask(model, FEW, (8, 8))
    for _ in range(2):
        next(first)
        next(second)
    assert np.array_equal(finished(first)[0], expected)
    assert np.array_equal(finished(second)[0], expected)


def test_progress_rises_to_one_and_shows_the_picture(model: PaletteModel, ask: Ask) -> None:
    reports, _ = reports_and_result(ask(model, FillOptions(candidates=2, steps=6), (24, 16)))
    fractions = [report.fraction for report in reports]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] == 1.0
    previews = [report.preview for report in reports if report.preview is not None]
    assert previews
    assert all((preview.spec.width, preview.spec.height) == (16, 24) for preview in previews)


def test_known_pixels_stay_as_they_are(model: PaletteModel) -> None:
    picture, hole = _picture((17, 20)) * 3 - 1, _hole((17, 20))
    for answer in finished(model.fill(picture, hole, FillOptions(candidates=2, steps=2))):
        assert np.array_equal(answer[~hole], picture[~hole])


def test_what_is_under_the_hole_does_not_matter(model: PaletteModel) -> None:
    hole = _hole((16, 16))
    one = _picture((16, 16))
    other = np.where(hole[..., None], 1 - one, one)
    assert np.array_equal(finished(model.fill(one, hole, FEW))[0], finished(model.fill(other, hole, FEW))[0])


def test_everything_may_be_unknown(model: PaletteModel) -> None:
    (answer,) = finished(model.fill(_picture((16, 16)), np.ones((16, 16), np.bool_), FEW))
    assert np.isfinite(answer).all()


def test_hints_are_taken_over_at_the_brightness_of_the_picture(model: PaletteModel) -> None:
    grey, hints = _picture((16, 16))[..., 0], _hints((16, 16))
    (answer,) = finished(model.colorize(grey, hints, FEW))
    there = hints[..., 3] > 0
    assert np.abs(grey_of(answer)[there] - grey[there]).max() < 2 / 255
    red, green, blue = np.moveaxis(answer[there], -1, 0)
    assert (red >= green).all()
    assert (green >= blue - 1e-4).all()


def test_hints_colour_more_than_their_own_pixels(model: PaletteModel) -> None:
    grey, hints = np.full((16, 16), 0.5, np.float32), np.zeros((16, 16, 4), np.float32)
    hints[4, 4] = (1, 0, 0, 1)
    with_hint = finished(model.colorize(grey, hints, FEW))[0]
    without = finished(model.colorize(grey, None, FEW))[0]
    changed = np.abs(with_hint - without).max(axis=-1) > 1e-6
    assert changed.sum() > 1


def test_the_quality_is_heard() -> None:
    model = small_model(published=False)
    picture = _picture((16, 16))
    low, high = (finished(model.restore(picture, quality, FEW))[0] for quality in (10, 80))
    assert not np.array_equal(low, high)


@pytest.mark.parametrize("steps", [0, -1, 100_000])
def test_steps_that_nobody_can_mean_are_refused(model: PaletteModel, ask: Ask, steps: int) -> None:
    with pytest.raises(MaquetteError) as refusal:
        finished(ask(model, FillOptions(steps=steps), (8, 8)))
    assert refusal.value.reason is Reason.LIMIT_EXCEEDED


@pytest.mark.parametrize("published", [True, False])
def test_bfloat16_agrees_with_float32(published: bool, ask: Ask) -> None:
    one, other = (
        finished(ask(small_model(published, dtype), FillOptions(steps=5), (16, 16)))[0]
        for dtype in (torch.float32, torch.bfloat16)
    )
    error = float(np.square(one - other).mean())
    assert 10 * np.log10(1 / max(error, 1e-12)) >= 30
