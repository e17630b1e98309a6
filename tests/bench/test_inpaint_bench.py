"""The painting benchmarks on tiny pictures, with fillers whose answers can be foretold."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2")
pytest.importorskip("patchmatch")

from bench_fillers import Knowing, Smooth
from maquette.bench.inpaint import PALETTE, Fills, SheetRows, fill_all, measure_fills
from maquette.bench.inpaint_pictures import read_squares, squares
from maquette.bench.inpaint_tasks import (
    HINTS,
    colour_all,
    compressed,
    greyed,
    hint_dots,
    luminance_error,
    measure_calls,
    measure_colouring,
    measure_restoring,
)
from maquette.bench.painting_baselines import BASELINES
from maquette.bench.painting_photographs import (
    PHOTOGRAPHS,
    fill_photographs,
    object_hole,
    photograph,
    photograph_rows,
    photograph_sheet,
)
from maquette.bench.painting_sheet import sheet
from maquette.bench.painting_table import Row, print_rows, write_rows
from maquette.cli.main import build_app
from maquette.errors import MaquetteError, Reason
from rich.console import Console
from typer.testing import CliRunner

SIDE = 64
ROUGHNESS = 20


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    """Two pictures with a wall, a floor and a stripe, all of them rough."""
    pictures = np.full((2, SIDE, SIDE, 3), (200, 180, 160), np.uint8)
    pictures[:, SIDE // 2 :] = (90, 60, 40)
    pictures[1, :, 20:44] = (30, 90, 160)
    return pictures + np.random.default_rng(0).integers(0, ROUGHNESS, pictures.shape, np.uint8)


@pytest.mark.parametrize("method", list(BASELINES))
def test_the_other_methods_fill_the_hole_and_nothing_else(method: str, pixels: np.ndarray) -> None:
    hole = np.zeros((SIDE, SIDE), np.bool_)
    hole[4:12, 4:12] = True
    hidden = np.where(hole[..., None], np.uint8(0), pixels[0])
    answer = BASELINES[method](hidden, hole)
    assert (answer == hidden)[~hole].all()
    assert np.abs(answer.astype(int) - pixels[0])[hole].max() <= ROUGHNESS + 3


def test_a_filler_that_knows_the_truth_meets_every_bar_and_a_smooth_one_does_not(pixels: np.ndarray) -> None:
    shown = SheetRows()
    rows = measure_fills("walls", pixels, {PALETTE: Knowing(pixels)}, 1, shown)
    assert all(row.met for row in rows if row.bar is not None)
    assert {len(lot) for lot in shown.rows.values()} == {3, 6}
    smooth = measure_fills("walls", pixels, {PALETTE: Smooth()}, 0)
    judged = {row.what: row.met for row in smooth}
    assert judged["walls, centre: PSNR (dB)"] is False
    assert judged["walls: bytes changed outside the hole"] is True


def test_bytes_changed_outside_the_hole_are_counted(pixels: np.ndarray) -> None:
    fills = Fills()
    hole = np.zeros((SIDE, SIDE), np.bool_)
    hole[20:30, 20:30] = True
    fills.add(pixels[0], hole, {PALETTE: Knowing(pixels)}, 0, 1)
    assert fills.changed == 0
    fills.add(pixels[0], hole, {PALETTE: Knowing(pixels)}, 0, 4)
    assert len(fills.means) == 1


def test_holes_are_the_same_for_every_method_and_run(pixels: np.ndarray) -> None:
    one, other = (fill_all(pixels, "free-form", {PALETTE: Smooth()}, 0) for _ in range(2))
    assert all((first == second).all() for first, second in zip(one.holes, other.holes, strict=True))
    assert (one.answers["Telea"][1] == other.answers["Telea"][1]).all()
    assert not (one.holes[0] == one.holes[1]).all()


def test_restoring_and_colouring_are_judged_by_what_was_given(pixels: np.ndarray) -> None:
    knowing = Knowing(pixels)
    for row in measure_restoring("walls", list(pixels), knowing, 1.0):
        assert row.met
    coloured = colour_all(list(pixels), knowing)
    error, hinted, distance = measure_colouring("walls", list(pixels), coloured)
    assert (error.met, hinted.met, distance.met) == (True, True, True)
    assert error.figures["Palette"] <= 1
    grey = Smooth()
    _, hinted, distance = measure_colouring("walls", list(pixels), colour_all(list(pixels), grey))
    assert hinted.met is False
    assert all(not row.met for row in measure_restoring("walls", list(pixels), grey, 1.0))


def test_calls_are_compared_with_a_thousand(pixels: np.ndarray) -> None:
    knowing = Knowing(pixels)
    row = measure_calls("walls", pixels[:1], knowing)
    assert knowing.steps == [None, 20, 1000]
    assert row.met


def test_a_jpeg_is_worse_the_lower_its_quality(pixels: np.ndarray) -> None:
    noisy = np.random.default_rng(0).integers(0, 255, (32, 32, 3), np.uint8)
    ten, ninety = (np.abs(compressed(noisy, quality).astype(int) - noisy).mean() for quality in (10, 90))
    assert ten > ninety > 0


def test_hints_are_dots_of_the_picture(pixels: np.ndarray) -> None:
    hints = hint_dots(pixels[1], 3)
    given = hints[..., 3] == 255
    assert 9 < given.sum() <= HINTS * 9
    assert (hints[..., :3][given] == pixels[1][given]).all()


def test_grey_is_as_bright_as_the_picture(pixels: np.ndarray) -> None:
    grey = np.repeat(greyed(pixels[0])[..., None], 3, axis=2)
    assert luminance_error(grey, pixels[0]) <= 0.51


def test_squares_come_first_from_every_picture() -> None:
    wide = np.arange(2 * 4 * 8 * 3, dtype=np.uint8).reshape(2, 4, 8, 3)
    found = squares(wide, 4)
    assert found.shape == (4, 4, 4, 3)
    assert (found[1] == wide[1, :, :4]).all()
    assert (found[2] == wide[0, :, 4:]).all()
    assert squares(wide, 2).shape == (4, 2, 2, 3)


def test_a_folder_without_pictures_says_how_to_make_some(tmp_path: Path) -> None:
    with pytest.raises(MaquetteError) as caught:
        read_squares(tmp_path, "lands", 64, 10)
    assert caught.value.reason is Reason.CONTENT_NOT_FOUND
    assert "render-lands" in caught.value.action


@pytest.fixture
def small_photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maquette.bench.painting_photographs.SIDE", SIDE)
    monkeypatch.setattr("maquette.bench.painting_photographs.photograph", lambda name: photograph(name, SIDE))


@pytest.mark.usefixtures("small_photographs")
def test_photographs_are_filled_by_everyone_and_changed_nowhere_else() -> None:
    smooth = Smooth()
    fills = fill_photographs(["chelsea.png"], [smooth], smooth, smooth, lambda stage: None)
    assert set(fills.answers) == {*BASELINES, "exemplar", "auto"}
    assert fills.changed == 0
    assert fills.chosen == ["smooth", "smooth"]
    rows = {row.what: row for row in photograph_rows(fills)}
    assert rows["photographs: bytes changed outside the blend band"].met
    assert set(rows["the same by exemplar: seconds"].figures) == {"PatchMatch", "exemplar"}
    assert {len(lot) for lot in photograph_sheet(fills).values()} == {2}


@pytest.mark.parametrize("name", list(PHOTOGRAPHS))
def test_every_photograph_ships_with_scikit_image(name: str) -> None:
    assert photograph(name, 16).shape == (16, 16, 3)


@pytest.mark.parametrize("seed", range(8))
def test_holes_in_photographs_are_as_large_as_things(seed: int) -> None:
    hole = object_hole(128, seed)
    assert (hole == object_hole(128, seed)).all()
    assert 0.01 < hole.mean() < 0.15
    assert not hole[[0, -1]].any()
    assert not hole[:, [0, -1]].any()


def test_a_row_is_judged_by_the_best_of_the_others() -> None:
    figures = {"ours": 21.0, "one": 19.0, "two": 20.0}
    assert Row("x", figures, "ours", ("one", "two"), 1.0).met is True
    assert Row("x", figures, "ours", ("one", "two"), 1.5).met is False
    assert Row("x", figures, "ours", ("one", "two"), higher_is_better=False).met is False
    assert Row("x", figures, "ours", limit=21.0, higher_is_better=False).met is True
    assert Row("x", figures).met is None


def test_the_table_and_the_file_say_which_bar_is_missed(tmp_path: Path) -> None:
    rows = [Row("sharpness", {"ours": 1.0, "theirs": 2.0}, "ours", ("theirs",)), Row("note", {"ours": 3.0})]
    out = io.StringIO()
    print_rows(rows, Console(file=out))
    (line,) = [line for line in out.getvalue().splitlines() if "sharpness" in line]
    assert "missed" in line
    assert "≥ 2" in line
    write_rows(tmp_path / "rows.json", rows, {"weights": "abc"})
    content = json.loads((tmp_path / "rows.json").read_text(encoding="utf-8"))
    assert [row["met"] for row in content["rows"]] == [False, None]
    assert content["weights"] == "abc"


def test_without_pictures_nothing_is_measured() -> None:
    result = CliRunner().invoke(build_app("bench"), ["bench", "inpaint"])
    assert isinstance(result.exception, MaquetteError)
    assert "--rooms" in result.exception.action


def test_a_sheet_has_a_row_for_each_method(pixels: np.ndarray) -> None:
    image = sheet({"truth": list(pixels), "Telea": list(pixels[:1])})
    assert image.height >= 2 * SIDE
    assert image.getpixel((110 + SIDE + 4, 0)) == tuple(pixels[1, 0, 0])
