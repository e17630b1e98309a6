from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.models.blobgan.geometry import aspects_and_angles, blob_colours, covariance_of, covariances, ellipse_of
from maquette.models.blobgan.splatting import (
    blob_map_scores,
    composited_scores,
    rms_normalised_scores,
    score_pyramid,
    splatted,
    squared_distances,
)
from maquette.models.scene import Ellipse
from model_helpers import difference
from torch import Tensor

aspect = st.floats(0.05, 20.0)
angle = st.floats(-math.pi, math.pi)
normaliser = st.sampled_from([0.0005, 0.002, 0.02])
ellipses = st.builds(Ellipse, st.floats(-0.5, 1.5), st.floats(-0.5, 1.5), st.floats(-8, 12), aspect, angle)


@given(ellipse=ellipses, area_normaliser=normaliser)
def test_an_ellipse_survives_its_covariance(ellipse: Ellipse, area_normaliser: float) -> None:
    covariance = covariance_of(ellipse, area_normaliser)
    back = ellipse_of(ellipse.x, ellipse.y, ellipse.size, covariance)
    again = covariance_of(back, area_normaliser)
    for row, other in zip(covariance, again, strict=True):
        assert row == pytest.approx(other, rel=1e-6, abs=1e-12)


@given(ellipse=ellipses, area_normaliser=normaliser)
def test_the_area_depends_on_the_normaliser_alone(ellipse: Ellipse, area_normaliser: float) -> None:
    (xx, xy), (_, yy) = covariance_of(ellipse, area_normaliser)
    xx, yy = xx - 1e-5, yy - 1e-5
    assert math.sqrt(max(xx * yy - xy * xy, 0.0)) == pytest.approx(area_normaliser, rel=1e-3)


@given(ellipse=ellipses)
def test_half_a_turn_changes_nothing(ellipse: Ellipse) -> None:
    turned = Ellipse(ellipse.x, ellipse.y, ellipse.size, ellipse.aspect, ellipse.angle + math.pi)
    swapped = Ellipse(ellipse.x, ellipse.y, ellipse.size, 1 / ellipse.aspect, ellipse.angle + math.pi / 2)
    for other in (turned, swapped):
        for row, expected in zip(covariance_of(other, 0.02), covariance_of(ellipse, 0.02), strict=True):
            assert row == pytest.approx(expected, abs=1e-9)


def test_the_angle_turns_from_x_towards_y() -> None:
    (xx, xy), (_, yy) = covariance_of(Ellipse(0.5, 0.5, 0, aspect=4.0, angle=math.pi / 4), 0.02)
    assert xy > 0
    assert xx == pytest.approx(yy)


def test_extreme_shape_logits_stay_finite() -> None:
    logits = torch.tensor([[90.0, -90.0, 0.0, 0.0], [-90.0, 90.0, 1e-30, 0.0]])
    aspects, angles = aspects_and_angles(logits)
    assert torch.isfinite(aspects).all()
    assert torch.isfinite(angles).all()
    assert (aspects > 0).all()


def test_colours_of_rows_differ() -> None:
    colours = blob_colours(range(70))
    distances = torch.cdist(colours, colours) + torch.eye(70)
    assert float(distances.min()) > 0.01


def _layout(blobs: list[Ellipse], area_normaliser: float = 0.02) -> tuple[Tensor, Tensor, Tensor]:
    values = torch.tensor([(e.x, e.y, e.size, e.aspect, e.angle) for e in blobs], dtype=torch.float64).reshape(-1, 5)
    shapes = covariances(values[:, 3], values[:, 4], area_normaliser)
    return values[None, :, :2].float(), values[None, :, 2].float(), shapes[None].float()


@settings(max_examples=40, deadline=None)
@given(blobs=st.lists(ellipses, max_size=12), area_normaliser=normaliser)
def test_weights_are_a_partition(blobs: list[Ellipse], area_normaliser: float) -> None:
    for composite in (composited_scores, blob_map_scores):
        scores = composite(*_layout(blobs, area_normaliser), 16)
        assert scores.shape == (1, len(blobs) + 1, 16, 16)
        assert float(scores.min()) >= 0.0
        assert difference(scores.sum(1), torch.ones(1, 16, 16)) < 1e-5


@settings(max_examples=40, deadline=None)
@given(blobs=st.lists(ellipses, min_size=1, max_size=6), index=st.integers(0, 5))
def test_a_blob_of_no_opacity_is_an_absent_blob(blobs: list[Ellipse], index: int) -> None:
    index %= len(blobs)
    positions, sizes, shapes = _layout(blobs)
    sizes[0, index] = -1e6
    absent = [position for position in range(len(blobs)) if position != index]
    rows = [0, *(position + 1 for position in absent)]
    present = composited_scores(positions, sizes, shapes, 16)[:, rows]
    without = composited_scores(positions[:, absent], sizes[:, absent], shapes[:, absent], 16)
    assert difference(present, without) < 1e-6


def test_the_formula_written_out() -> None:
    blobs = [Ellipse(0.3, 0.4, 1.5, 2.0, 0.3), Ellipse(0.6, 0.5, 3.0, 0.5, -1.0), Ellipse(0.5, 0.5, -1.0)]
    positions, sizes, shapes = _layout(blobs)
    scores = composited_scores(positions, sizes, shapes, 8)
    row, column = 3, 5
    point = torch.tensor([column / 8, row / 8])
    remaining, expected = 1.0, []
    for index in (2, 1, 0):
        offset = point - positions[0, index]
        distance = float(offset @ torch.linalg.solve(shapes[0, index], offset))
        opacity = 1 / (1 + math.exp(distance - float(sizes[0, index])))
        expected.insert(0, opacity * remaining)
        remaining *= 1 - opacity
    assert scores[0, :, row, column].tolist() == pytest.approx([remaining, *expected], abs=1e-5)


def test_distances_are_measured_from_pixel_corners() -> None:
    distances = squared_distances(torch.tensor([[[0.25, 0.5]]]), 0.02 * torch.eye(2)[None, None], 4)
    assert float(distances[0, 0, 2, 1]) == 0.0


def test_the_pyramid_halves_by_means() -> None:
    scores = torch.rand(1, 3, 16, 16)
    pyramid = score_pyramid(scores, 4)
    assert sorted(pyramid) == [4, 8, 16]
    assert difference(pyramid[4], scores.unfold(2, 4, 4).unfold(3, 4, 4).mean((-1, -2))) < 1e-6


def test_scores_normalised_by_the_gram_matrix_splat_unit_vectors() -> None:
    scores, rows = torch.rand(2, 5, 6, 7), torch.randn(2, 5, 9)
    direct = splatted(scores, rows)
    direct = direct / torch.sqrt(direct.square().mean(1, keepdim=True) + 1e-8)
    assert difference(splatted(rms_normalised_scores(scores, rows), rows), direct) < 1e-5
