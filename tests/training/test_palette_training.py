"""The recipe of the embedded Palette, on a handful of tiny pictures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from maquette.errors import MaquetteError, Reason
from maquette.imaging.colour import grey_of
from maquette.models.palette.conditioning import SPREADS, Task, task_vector
from maquette.models.palette.denoiser import Condition, Prediction, estimate
from maquette.models.palette.schedule import MOST_NOISE
from maquette.models.palette.training import (
    PaletteTrainer,
    masked_error,
    noise_levels,
    noisy_pictures,
)
from maquette.training import palette_recipe as recipe
from maquette.training import palette_run as run
from maquette.training.checkpoints import load_checkpoint, save_checkpoint
from maquette.training.palette_evaluation import evaluate, measured_hints
from maquette.training.palette_holes import KINDS, measured_hole, random_hole
from maquette.training.palette_pictures import PicturePool, random_crops
from maquette.training.palette_tasks import (
    colouring,
    compressed,
    filling,
    luminance,
    random_example,
    random_quality,
    restoring,
    tensor_of,
)
from maquette.training.palette_weights import describe_weights, load_weights, save_weights
from palette_samples import TINY


def _pixels(count: int, side: int = 16) -> np.ndarray:
    """Flat colours with a brighter square, so that there is something to learn."""
    rng = np.random.default_rng(5)
    pixels = np.broadcast_to(rng.integers(40, 160, (count, 1, 1, 3)), (count, side, side, 3)).astype(np.uint8)
    pixels[:, side // 4 : side // 2, side // 4 :] += 60
    return pixels


def _write(folder: Path, name: str, pixels: np.ndarray) -> None:
    folder.mkdir(exist_ok=True)
    np.savez_compressed(folder / name, picture=pixels)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "SHAPE", TINY)
    monkeypatch.setattr(recipe.new_network, "__defaults__", (0, TINY))
    for name, value in {"SIDE": 32, "COARSE_SIDE": 16, "BATCH": 2, "COARSE_BATCH": 4}.items():
        monkeypatch.setattr(recipe, name, value)
    monkeypatch.setattr(run, "SIDE", 32)


def _trainer(seed: int = 0) -> PaletteTrainer:
    return PaletteTrainer(recipe.new_network(seed, TINY), 4e-3, seed)


def test_holes_are_never_empty_nor_everything() -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        hole = random_hole(32, rng)
        assert hole.shape == (32, 32)
        assert 0 < hole.sum() < hole.size


@pytest.mark.parametrize("kind", KINDS)
def test_measured_holes_are_the_same_each_time(kind: str) -> None:
    for index in range(4):
        assert np.array_equal(measured_hole(kind, 24, index), measured_hole(kind, 24, index))
    assert measured_hole("centre", 24, 0).sum() == 12 * 12
    assert measured_hole("half", 24, 3).sum() == 24 * 12


def test_halves_lie_on_all_four_sides() -> None:
    halves = [measured_hole("half", 8, index) for index in range(4)]
    corners = [(bool(half[0, 0]), bool(half[0, -1]), bool(half[-1, 0])) for half in halves]
    assert corners == [(True, False, True), (False, True, False), (True, True, False), (False, False, True)]


def test_the_condition_of_a_filling_knows_nothing_of_the_hole() -> None:
    pixels = _pixels(3)
    changed = pixels.copy()
    holes = [measured_hole("centre", 16, index) for index in range(3)]
    changed[np.stack(holes)] = 255
    one, other = filling(pixels, holes).condition, filling(changed, holes).condition
    assert torch.equal(one.picture, other.picture)
    assert torch.equal(one.mask, other.mask)


def test_the_condition_of_a_colouring_is_grey_but_for_the_hints() -> None:
    pixels = _pixels(2)
    hints = [measured_hints(16, index) for index in range(2)]
    example = colouring(pixels, hints)
    picture = example.given
    grey = example.condition.mask[:, 0] > 0
    assert np.array_equal(grey.numpy(), ~np.stack(hints))
    assert float((picture[:, 0] - picture[:, 2])[grey].abs().max()) == 0.0
    there = ~grey
    assert torch.equal(picture[:, 1][there], example.pictures[:, 1][there])


def test_training_and_the_verbs_mean_the_same_brightness() -> None:
    colours = np.random.default_rng(2).random((1, 5, 5, 3)).astype(np.float32)
    trained = luminance(torch.from_numpy(colours).permute(0, 3, 1, 2) * 2 - 1)
    assert np.abs((trained[0, 0].numpy() + 1) / 2 - grey_of(colours[0])).max() < 1e-5


def test_the_condition_of_a_restoration_is_the_jpeg_and_its_quality() -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (1, 16, 16, 3), np.uint8)
    example = restoring(pixels, [12])
    assert torch.equal(example.given, tensor_of(compressed(pixels[0], 12)[None]))
    task = example.condition.task
    assert task is not None
    assert float(task[0, -1]) == pytest.approx(0.12)


def test_qualities_are_those_of_jpegs() -> None:
    rng = np.random.default_rng(0)
    qualities = [random_quality(rng) for _ in range(500)]
    assert 5 <= min(qualities) < max(qualities) <= 90


def test_an_example_holds_every_picture_once() -> None:
    example = random_example(_pixels(9), np.random.default_rng(0))
    assert example.pictures.shape == (9, 3, 16, 16)
    assert example.blind.shape == (9,)
    assert example.condition.task is not None
    assert (example.condition.task[:, : len(Task)].sum(dim=1) == 1).all()


def test_noise_levels_are_spread_and_some_are_blind() -> None:
    generator = torch.Generator().manual_seed(0)
    spread = noise_levels(torch.zeros(64), generator).sort().values
    assert spread[0] >= MOST_NOISE
    assert spread[3] < 0.05
    assert spread[-4] > 0.95
    assert torch.equal(noise_levels(torch.ones(5), generator), torch.full((5,), MOST_NOISE))


def test_noise_and_error_are_in_the_hole_only() -> None:
    pictures, noise = torch.rand(4, 3, 8, 8), torch.randn(4, 3, 8, 8)
    mask = torch.zeros(4, 1, 8, 8)
    mask[..., :2] = 1
    noisy = noisy_pictures(pictures, mask, torch.full((4,), 0.25), noise)
    assert torch.equal(noisy[..., 2:], pictures[..., 2:])
    torch.testing.assert_close(noisy[..., :2], (0.5 * pictures + 0.75**0.5 * noise)[..., :2])
    torch.testing.assert_close(masked_error(pictures + mask, pictures, mask), torch.ones(4))
    assert float(masked_error(pictures + (1 - mask), pictures, mask).max()) < 1e-6


def test_a_fresh_network_weighs_what_it_is_given() -> None:
    example = random_example(_pixels(4), np.random.default_rng(0))
    denoiser, condition = _trainer().denoiser, example.condition
    noise = torch.randn(example.pictures.shape)

    def seen(gamma: float) -> torch.Tensor:
        level = torch.full((4,), gamma)
        return denoiser.picture(condition, noisy_pictures(example.pictures, condition.mask, level, noise), level)

    assert float((seen(MOST_NOISE) - condition.picture).abs().max()) < 0.01
    assert float((seen(1 - 1e-6) - example.pictures).abs().max()) < 0.01
    assert torch.equal(torch.where(condition.mask > 0, 0, seen(0.5) - condition.picture), torch.zeros_like(noise))


def test_the_guess_is_the_best_that_single_pixels_allow() -> None:
    generator = torch.Generator().manual_seed(0)
    spread = SPREADS[Task.FILL]
    condition = Condition(torch.full((1, 3, 64, 64), 0.1), torch.ones(1, 1, 64, 64), task_vector([Task.FILL], [0.0]))
    true = condition.picture + spread * torch.randn(1, 3, 64, 64, generator=generator)
    for gamma in (0.3, 0.9, 0.99):
        level = torch.tensor([gamma])
        noisy = noisy_pictures(true, condition.mask, level, torch.randn(true.shape, generator=generator))
        first = estimate(condition, noisy, level)
        error = float((first.guess - true).square().mean())
        assert error == pytest.approx(float(first.uncertainty.square()), rel=0.1)
        other = condition.picture + 1.2 * (first.guess - condition.picture)
        assert error < float((other - true).square().mean())
        torch.testing.assert_close(condition.picture + spread * first.evidence, first.guess)


def test_training_learns() -> None:
    trainer = _trainer()
    example = filling(_pixels(4), [measured_hole("half", 16, index) for index in range(4)])
    errors = [float(trainer.step(example.condition, example.pictures, torch.ones(4), 1.0).mean()) for _ in range(25)]
    assert errors[-1] < 0.7 * errors[0]


def test_a_resumed_trainer_goes_on_exactly(tmp_path: Path) -> None:
    example = random_example(_pixels(4), np.random.default_rng(0))

    def step(trainer: PaletteTrainer) -> float:
        errors = trainer.step(example.condition, example.pictures, example.blind, 1.0)
        return float(errors.sum())

    trainer = _trainer()
    step(trainer)
    save_checkpoint(tmp_path / recipe.CHECKPOINT, trainer, 12.5)
    again = _trainer(seed=3)
    assert load_checkpoint(tmp_path / recipe.CHECKPOINT, again) == 12.5
    assert again.steps == 1
    assert step(again) == step(trainer)
    for one, other in zip(trainer.average.parameters(), again.average.parameters(), strict=True):
        assert torch.equal(one, other)


def test_pictures_are_taken_from_all_folders_as_they_come(tmp_path: Path) -> None:
    _write(tmp_path / "rooms", "rooms-00000000.npz", np.full((3, 16, 16, 3), 10, np.uint8))
    _write(tmp_path / "rooms", "moved-bed.npz", np.full((3, 16, 16, 3), 99, np.uint8))
    pools = [PicturePool(tmp_path / "rooms"), PicturePool(tmp_path / "lands")]
    rng = np.random.default_rng(0)
    assert {int(value) for value in np.unique(random_crops(pools, rng, 20, 8, 0.5))} == {10}
    _write(tmp_path / "lands", "lands-00000000.npz", np.full((1, 16, 64, 3), 200, np.uint8))
    for pool in pools:
        pool.refresh()
    crops = random_crops(pools, rng, 200, 8, 0.5)
    assert crops.shape == (200, 8, 8, 3)
    assert 60 < (crops[:, 0, 0, 0] == 200).sum() < 140
    assert len(pools[0]) == 3


def test_a_crop_is_a_piece_of_its_picture(tmp_path: Path) -> None:
    columns = np.broadcast_to(np.arange(64, dtype=np.uint8)[None, None, :, None], (1, 16, 64, 3))
    _write(tmp_path, "lands-00000000.npz", columns)
    pool, rng = PicturePool(tmp_path), np.random.default_rng(0)
    for _ in range(20):
        steps = np.diff(pool.crop(rng, 16, 1.0)[0, :, 0].astype(int))
        assert set(steps) in ({1}, {-1})
    assert pool.head(5, 8).shape == (1, 8, 8, 3)


def test_the_rate_ends_when_the_time_does() -> None:
    assert recipe.learning_rate_share(0, 0.0, 100.0) == 1 / recipe.WARM_UP_STEPS
    assert recipe.learning_rate_share(1000, 50.0, 100.0) == 0.5
    assert recipe.learning_rate_share(1000, 100.0, 100.0) == 0.0


@pytest.mark.usefixtures("small")
def test_the_recipe_from_pictures_to_figures(tmp_path: Path) -> None:
    _write(tmp_path / "rooms", "rooms-00000000.npz", _pixels(6, 32))
    _write(tmp_path / "lands", "lands-00000000.npz", _pixels(2, 32).repeat(3, axis=2))
    folders = [tmp_path / "rooms", tmp_path / "lands"]
    path = run.run_recipe(folders, tmp_path / "kept", budget=1.0, resumed=False)
    assert path == tmp_path / "kept" / "palette-rooms-lands.safetensors"
    assert (tmp_path / "kept" / "sheet.png").exists()
    denoiser = load_weights(path)
    assert denoiser.network.shape == replace(TINY)
    assert denoiser.prediction is Prediction.CORRECTION
    report = run.evaluate_file(tmp_path / "rooms", path, pictures=3, candidates=2)
    assert report.pictures == 3
    assert [fill.kind for fill in report.fill] == list(KINDS)
    assert json.loads(report.to_json())["colour"]["grey"] == report.colour.grey
    assert "free-form" in run.render_report(report)
    several = run.evaluate_file(tmp_path / "rooms", path, pictures=3, candidates=1, steps=3)
    assert several.fill[0].one != report.fill[0].one
    with pytest.raises(MaquetteError) as refusal:
        run.evaluate_file(tmp_path / "rooms", path, steps=0)
    assert refusal.value.reason is Reason.LIMIT_EXCEEDED
    run.write_sheet(tmp_path / "sheet.png", tmp_path / "rooms", path)
    assert (tmp_path / "sheet.png").stat().st_size > 0
    spent = run.run_recipe(folders, tmp_path / "kept", budget=0.5, resumed=True)
    assert spent == path


@pytest.mark.usefixtures("small")
def test_another_run_is_not_overwritten(tmp_path: Path) -> None:
    _write(tmp_path / "rooms", "rooms-00000000.npz", _pixels(2, 32))
    save_checkpoint(tmp_path / "kept" / recipe.CHECKPOINT, _trainer(), 1.0)
    with pytest.raises(MaquetteError, match="--resume"):
        run.run_recipe([tmp_path / "rooms"], tmp_path / "kept", 1.0, resumed=False)
    with pytest.raises(MaquetteError) as refusal:
        run.run_recipe([tmp_path / "rooms"], tmp_path / "nowhere", 1.0, resumed=True)
    assert refusal.value.reason is Reason.INVALID_ARGUMENT


def test_without_pictures_there_is_nothing_to_do(tmp_path: Path) -> None:
    with pytest.raises(MaquetteError) as refusal:
        run.run_recipe([tmp_path], tmp_path / "kept", 1.0, resumed=False)
    assert refusal.value.reason is Reason.CONTENT_NOT_FOUND
    save_weights(tmp_path / "tiny.safetensors", recipe.new_network(0, TINY), describe_weights(_trainer().average, {}))
    with pytest.raises(MaquetteError) as refusal:
        run.evaluate_file(tmp_path, tmp_path / "tiny.safetensors")
    assert refusal.value.reason is Reason.CONTENT_NOT_FOUND


def test_a_perfect_network_would_be_measured_as_one() -> None:
    class Perfect(type(_trainer().denoiser)):  # type: ignore[misc]
        def picture(self, condition, noisy, noise_level):  # type: ignore[no-untyped-def]
            return torch.full_like(noisy, 0.25)

    pixels = np.full((2, 16, 16, 3), round((0.25 + 1) * 127.5), np.uint8)
    trainer = _trainer()
    report = evaluate(Perfect(trainer.average, Prediction.CORRECTION), pixels, candidates=2)
    assert all(fill.one > 45 and fill.several > 45 for fill in report.fill)
    assert all(one.after > 45 for one in report.restore)
