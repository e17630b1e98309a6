"""Exemplar fill: what it finds again, what it leaves alone, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from maquette.errors import MaquetteError, Reason
from maquette.imaging.picture import Picture
from maquette.models.exemplar.model import ExemplarModel
from maquette.models.painting.fillers import BoolArray, FillOptions, FloatArray
from maquette.store.model_info import ModelInfo
from model_helpers import finished, reports_and_result
from scipy import ndimage

MODEL = ExemplarModel(ModelInfo("exemplar", "exemplar", "Exemplar fill", ("inpaint",), "0" * 64, 0, 0, 0))


def _grid(height: int, width: int) -> tuple[FloatArray, FloatArray]:
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    return rows, columns


def _coloured(values: FloatArray) -> FloatArray:
    """Grey values as a picture of two colours."""
    dark, light = np.float32([0.2, 0.1, 0.3]), np.float32([0.8, 0.9, 0.6])
    return (dark + values[..., None] * (light - dark)).astype(np.float32)


def _stripes(height: int, width: int) -> FloatArray:
    return _coloured((_grid(height, width)[1] // 4 % 2).astype(np.float32))


def _checker(height: int, width: int) -> FloatArray:
    rows, columns = _grid(height, width)
    return _coloured(((rows // 6 + columns // 6) % 2).astype(np.float32))


def _gradient(height: int, width: int) -> FloatArray:
    return _coloured(_grid(height, width)[0] / max(height - 1, 1))


def _noise(height: int, width: int) -> FloatArray:
    return np.random.default_rng(5).random((height, width, 3), dtype=np.float32)


def _disc(height: int, width: int, radius: float) -> BoolArray:
    rows, columns = _grid(height, width)
    return (rows - height / 2) ** 2 + (columns - width / 2) ** 2 <= radius**2


def _spoiled(picture: FloatArray, hole: BoolArray) -> FloatArray:
    return np.where(hole[..., None], np.float32([1.0, 0.0, 1.0]), picture)


def _error_inside(answer: FloatArray, truth: FloatArray, hole: BoolArray) -> float:
    return float(np.abs(answer - truth)[hole].mean())


@pytest.mark.parametrize(
    ("texture", "tolerance"),
    [(_stripes, 0.02), (_checker, 0.05), (_gradient, 0.05)],
    ids=["stripes", "checker", "gradient"],
)
def test_a_known_texture_comes_back(texture: object, tolerance: float) -> None:
    truth = texture(96, 96)  # type: ignore[operator]
    hole = _disc(96, 96, 12)
    (answer,) = finished(MODEL.fill(_spoiled(truth, hole), hole, FillOptions(seed=1)))
    assert _error_inside(answer, truth, hole) <= tolerance


def test_a_texture_without_order_stays_as_rough_as_it_was_in_every_candidate() -> None:
    truth = ndimage.gaussian_filter(_noise(192, 192), (1, 1, 0))
    hole = _disc(192, 192, 36)
    for answer in finished(MODEL.fill(_spoiled(truth, hole), hole, FillOptions(candidates=3))):
        assert answer[hole].std(axis=0).mean() >= 0.88 * truth[hole].std(axis=0).mean()


@pytest.mark.parametrize(
    "size", [(1, 40), (40, 1), (2, 3), (17, 23), (33, 129), (7, 64)], ids=lambda size: f"{size[1]}x{size[0]}"
)
def test_pictures_of_any_size_are_filled_and_kept_outside(size: tuple[int, int]) -> None:
    picture = _noise(*size)
    hole = np.zeros(size, np.bool_)
    hole[size[0] // 3 : size[0] // 3 + max(1, size[0] // 4), size[1] // 3 : size[1] // 3 + max(1, size[1] // 4)] = True
    (answer,) = finished(MODEL.fill(_spoiled(picture, hole), hole, FillOptions()))
    assert answer.shape == picture.shape
    assert answer.dtype == np.float32
    assert np.array_equal(answer[~hole], picture[~hole])
    assert picture.min() <= answer[hole].min()
    assert answer[hole].max() <= picture.max()


def test_what_lies_under_the_hole_has_no_say() -> None:
    picture, hole = _checker(64, 64), _disc(64, 64, 9)
    one, other = picture.copy(), picture.copy()
    one[hole], other[hole] = 0.0, 50.0
    assert np.array_equal(*(finished(MODEL.fill(spoiled, hole, FillOptions()))[0] for spoiled in (one, other)))


def test_one_known_pixel_is_enough() -> None:
    picture, hole = np.zeros((20, 30, 3), np.float32), np.ones((20, 30), np.bool_)
    picture[4, 5], hole[4, 5] = (0.25, 0.5, 0.75), False
    (answer,) = finished(MODEL.fill(picture, hole, FillOptions()))
    assert np.allclose(answer, (0.25, 0.5, 0.75), atol=1e-5)


def test_a_hole_at_the_edges_is_filled() -> None:
    truth = _stripes(80, 80)
    hole = np.zeros((80, 80), np.bool_)
    hole[:, 60:] = True
    (answer,) = finished(MODEL.fill(_spoiled(truth, hole), hole, FillOptions()))
    assert np.array_equal(answer[~hole], truth[~hole])
    assert _error_inside(answer, truth, hole) <= 0.2


def test_values_above_one_are_copied_as_they_are() -> None:
    picture, hole = np.full((48, 48, 3), 6.5, np.float32), _disc(48, 48, 6)
    (answer,) = finished(MODEL.fill(_spoiled(picture, hole), hole, FillOptions()))
    assert np.allclose(answer, 6.5, atol=1e-3)


def test_nothing_known_is_refused_with_a_way_out() -> None:
    hole = np.ones((16, 16), np.bool_)
    with pytest.raises(MaquetteError) as refusal:
        finished(MODEL.fill(_noise(16, 16), hole, FillOptions()))
    assert refusal.value.reason is Reason.INVALID_ARGUMENT
    assert refusal.value.action


def test_the_same_seed_gives_the_same_answer_alone_or_among_others() -> None:
    picture, hole = _noise(60, 60), _disc(60, 60, 12)
    several = finished(MODEL.fill(picture, hole, FillOptions(seed=3, candidates=3)))
    (alone,) = finished(MODEL.fill(picture, hole, FillOptions(seed=3)))
    assert np.array_equal(several[0], alone)
    assert all(map(np.array_equal, several, finished(MODEL.fill(picture, hole, FillOptions(seed=3, candidates=3)))))


def test_candidates_and_seeds_differ_where_there_is_a_choice() -> None:
    picture, hole = ndimage.gaussian_filter(_noise(72, 72), (1, 1, 0)), _disc(72, 72, 12)
    answers = [*finished(MODEL.fill(picture, hole, FillOptions(seed=3, candidates=3)))]
    answers += finished(MODEL.fill(picture, hole, FillOptions(seed=4)))
    for index, one in enumerate(answers):
        for other in answers[:index]:
            assert np.abs(one - other)[hole].mean() > 0.01


def test_progress_grows_previews_come_and_every_step_can_be_the_last() -> None:
    picture, hole = _checker(96, 160), _disc(96, 160, 14)
    reports, _ = reports_and_result(MODEL.fill(picture, hole, FillOptions(candidates=2)))
    fractions = [report.fraction for report in reports]
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0.0
    assert fractions[-1] <= 1.0
    previews = [report.preview for report in reports if isinstance(report.preview, Picture)]
    assert previews
    assert all(max(preview.spec.width, preview.spec.height) <= 256 for preview in previews)
    for steps in range(1, len(reports), max(1, len(reports) // 5)):
        operation = MODEL.fill(picture, hole, FillOptions(candidates=2))
        for _ in range(steps):
            next(operation)
        operation.close()
        with pytest.raises(StopIteration):
            next(operation)


def _two_materials() -> tuple[FloatArray, FloatArray]:
    """Fine stripes on the left, a fine checker of other colours on the right; and the same, blurred."""
    rows, columns = _grid(128, 128)
    checker = _coloured(((rows // 2 + columns // 2) % 2).astype(np.float32))[..., ::-1] * np.float32([0.3, 1.0, 0.5])
    picture = np.where((columns < 64)[..., None], _coloured((rows // 3 % 2).astype(np.float32)), checker)
    picture = picture.astype(np.float32)
    return picture, ndimage.gaussian_filter(picture, (5, 5, 0))


def test_a_structure_is_followed_and_filled_with_detail() -> None:
    truth, structure = _two_materials()
    hole = np.zeros((128, 128), np.bool_)
    hole[36:92, 36:92] = True
    (answer,) = finished(MODEL.synthesize(_spoiled(truth, hole), hole, structure, FillOptions()))
    assert np.array_equal(answer[~hole], truth[~hole])
    blurred = ndimage.gaussian_filter(answer, (5, 5, 0))
    assert np.abs(blurred - structure)[hole].mean() <= 0.04
    roughness = (
        np.abs(np.diff(answer, axis=0))[40:88, 40:88].mean() / np.abs(np.diff(truth, axis=0))[40:88, 40:88].mean()
    )
    assert roughness >= 0.6


def test_a_structure_alone_is_the_answer_where_nothing_is_known() -> None:
    structure, hole = _gradient(24, 32), np.ones((24, 32), np.bool_)
    answers = finished(MODEL.synthesize(_noise(24, 32), hole, structure, FillOptions(candidates=2)))
    assert all(np.array_equal(answer, structure) for answer in answers)


def test_an_extension_keeps_every_height_where_it_was() -> None:
    bands = np.repeat(np.repeat(np.linspace(0.1, 0.9, 8, dtype=np.float32), 12)[:, None, None], 96, axis=1)
    picture = _noise(96, 96) * 0.1 + bands
    hole = np.zeros((96, 96), bool)
    hole[:, :30] = hole[:, 70:] = True
    (answer,) = finished(MODEL.fill(_spoiled(picture, hole), hole, FillOptions()))
    smooth = ndimage.gaussian_filter(np.asarray(answer), (2.0, 2.0, 0.0))
    assert np.abs(smooth - bands - 0.05)[4:-4].mean() < 0.05


def test_an_extension_upwards_keeps_columns_where_they_were() -> None:
    columns = np.repeat(np.repeat(np.linspace(0.1, 0.9, 8, dtype=np.float32), 12)[None, :, None], 96, axis=0)
    picture = np.repeat(columns, 3, axis=2)
    hole = np.zeros((96, 96), bool)
    hole[:36] = True
    (answer,) = finished(MODEL.fill(_spoiled(picture, hole), hole, FillOptions()))
    assert np.abs(answer - picture)[hole].mean() < 0.05
