"""Silhouettes: what a blob covers of its ellipse, and the coordinates that go with it."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.checkpoint import load, shape_of
from maquette.models.blobgan.geometry import covariances
from maquette.models.blobgan.layers import rms_normalised
from maquette.models.blobgan.silhouettes import OpacityMemory, Silhouettes, framed, frames_of
from maquette.models.blobgan.splatting import Layout, composited, composited_scores
from model_helpers import difference, small_blobgan
from torch import Tensor

WIDTH = 12
AREA = 0.002


def silhouettes(seed: int = 0) -> Silhouettes:
    torch.manual_seed(seed)
    return Silhouettes(WIDTH, hidden_width=16, parts=3).requires_grad_(False)


def layout(middles: list[tuple[float, float]], sizes: list[float], aspect: float = 1.7, angle: float = 0.5) -> Layout:
    count = len(middles)
    generator = torch.Generator().manual_seed(7)
    structures = rms_normalised(torch.randn(1, count + 1, WIDTH, generator=generator))
    return Layout(
        torch.tensor([middles]),
        torch.tensor([sizes]),
        covariances(torch.full((1, count), aspect), torch.full((1, count), angle), AREA),
        structures,
        torch.zeros(1, count + 1, 6),
    )


def square(half: float) -> Silhouettes:
    """Whatever the structure, a square of this half width in the blob's frame."""
    made = silhouettes()
    planes = torch.tensor([[1.0, 0, half], [-1, 0, half], [0, 1, half], [0, -1, half], [0, 0, 9], [0, 0, 9]]) * 1000
    last = made.mlp[-1]
    last.weight.zero_()
    last.bias.copy_(planes.repeat(3, 1, 1).flatten())
    return made


places = st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9))


@given(st.lists(places, min_size=1, max_size=4), st.floats(0.3, 3), st.floats(-1.5, 1.5), st.integers(0, 5))
def test_scores_share_every_pixel_out(
    middles: list[tuple[float, float]], aspect: float, angle: float, seed: int
) -> None:
    scores = composited(silhouettes(seed).opacities(layout(middles, [5.0] * len(middles), aspect, angle), 16))
    assert scores.shape == (1, len(middles) + 1, 16, 16)
    assert float(scores.min()) >= 0
    torch.testing.assert_close(scores.sum(dim=1), torch.ones(1, 16, 16))


@given(places, st.floats(0.3, 3), st.floats(-1.5, 1.5), st.floats(0.5, 30))
def test_the_unit_circle_is_the_half_opaque_edge_of_the_ellipse(
    middle: tuple[float, float], aspect: float, angle: float, size: float
) -> None:
    what = layout([middle], [size], aspect, angle)
    x, y = frames_of(what).coordinates(64)
    # The published raster lies half a pixel beside the pixels' middles.
    shifted = Layout(what.positions - 0.5 / 64, what.sizes, what.covariances, what.structures, what.styles)
    opaque = composited_scores(shifted.positions, shifted.sizes, shifted.covariances, 64)[0, 1]
    radius = torch.hypot(x, y)[0, 0]
    assert bool((opaque[radius < 0.999] > 0.499).all())
    assert bool((opaque[radius > 1.001] < 0.501).all())


def test_polygons_are_where_their_half_planes_say() -> None:
    what = layout([(0.5, 0.5)], [20.0], aspect=1.0, angle=0.0)
    x, y = frames_of(what).coordinates(64)
    covered = composited(square(0.7).opacities(what, 64))[0, 1]
    inside = torch.maximum(x.abs(), y.abs())[0, 0]
    assert bool((covered[inside < 0.65] > 0.9).all())
    assert bool((covered[inside > 0.75] < 0.1).all())


def test_logits_at_points_are_those_at_pixels() -> None:
    made, what = silhouettes(), layout([(0.4, 0.6)], [20.0])
    x, y = frames_of(what).coordinates(32)
    points = torch.stack((x, y), dim=-1).flatten(2, 3)
    near = torch.hypot(x, y) < 3
    at = made.at(what.structures[:, 1:], points).reshape(1, 1, 32, 32)
    assert bool(((at > 0) == (made.logits(what, 32) > 0))[near].all())


def test_what_a_blob_covers_goes_with_it() -> None:
    made = silhouettes()
    before, after = (made.logits(layout([(x, 0.25)], [20.0]), 32) for x in (0.25, 0.5))
    assert difference(after[..., 8:], before[..., :-8]) < 1e-3


def test_level_edges_of_a_thing_that_leans_stay_level() -> None:
    covered = square(0.7).logits(layout([(0.5, 0.5)], [20.0], aspect=9.0, angle=1.4), 64)[0, 0] > 0
    rows = covered.any(dim=1).nonzero()
    top, bottom = int(rows[0]), int(rows[-1])
    columns = torch.arange(64.0)
    middles = [float((covered[row] * columns).sum() / covered[row].sum()) for row in (top, bottom)]
    assert bottom - top > 10
    assert int(covered[top].sum()) >= int(covered[(top + bottom) // 2].sum()) - 1
    assert middles[1] - middles[0] > 1


def test_an_edge_is_no_sharper_than_a_pixel_shows() -> None:
    logits = square(0.5).logits(layout([(0.5, 0.5)], [30.0]), 32)
    for axis in (-1, -2):
        assert float(logits.diff(dim=axis).abs().max()) <= 3.01


@pytest.mark.parametrize("size", [-12.0, -6.0])
def test_an_absent_blob_covers_nothing(size: float) -> None:
    scores = composited(square(3.0).opacities(layout([(0.5, 0.5)], [size]), 16))
    assert float(scores[:, 1].max()) < 0.01


def test_a_thin_thing_does_not_hide_what_its_ellipse_would() -> None:
    what = layout([(0.5, 0.5), (0.5, 0.5)], [60.0, 20.0], aspect=1.0, angle=0.0)
    thin = composited(square(0.05).opacities(what, 64))[0]
    ellipses = composited_scores(what.positions, what.sizes, what.covariances, 64)[0]
    assert float(ellipses[2, 26, 32]) > 0.9
    assert float(thin[2, 26, 32]) < 0.1


def test_framed_scores_are_scores_times_coordinates() -> None:
    what = layout([(0.4, 0.6), (0.7, 0.2)], [8.0, 8.0])
    scores = composited(silhouettes().opacities(what, 16))
    maps = framed(scores, what).unflatten(1, (3, 3))
    x, y = frames_of(what).coordinates(16)
    assert difference(maps[:, 0], scores) == 0
    assert difference(maps[:, 1, 1:], scores[:, 1:] * x) < 1e-6
    assert difference(maps[:, 2, 1:], scores[:, 1:] * y) < 1e-6
    assert float(maps[:, 1, 0, :, :8].max()) <= 0


@pytest.mark.parametrize("shaped", [False, True])
def test_a_file_tells_whether_its_blobs_have_silhouettes(shaped: bool) -> None:
    network = small_blobgan(shaped=shaped)
    tensors = {name: value.detach() for name, value in network.state_dict().items()}
    again = load(tensors, size_in=8)
    assert again.shape.decoder == network.shape.decoder
    assert again.shape.decoder.silhouettes == (3 if shaped else 0)
    assert again.shape.decoder.edged_from == (16 if shaped else None)


@pytest.mark.parametrize("outputs", [55, 18 * 11])
def test_silhouettes_of_another_kind_are_refused(outputs: int) -> None:
    shapes: dict[str, tuple[int, ...]] = {
        name: tuple(value.shape) for name, value in small_blobgan(shaped=True).state_dict().items()
    }
    shapes["generator_ema.silhouettes.mlp.2.bias"] = (outputs,)
    with pytest.raises(MaquetteError) as caught:
        shape_of(shapes, size_in=8)
    assert caught.value.reason is Reason.CHECKPOINT_CORRUPT


@pytest.mark.parametrize("shaped", [False, True])
def test_coarse_scores_are_nearly_the_means_of_fine_ones(shaped: bool) -> None:
    decoder = small_blobgan(shaped=shaped, area_normaliser=AREA).generator_ema.requires_grad_(False)
    what = layout([(0.4, 0.6), (0.7, 0.2)], [8.0, 20.0])
    fine, coarse = decoder.scores(what), decoder.scores(what, 16)
    assert sorted(coarse) == [8, 16]
    for width, scores in coarse.items():
        error: Tensor = (scores - fine[width]).square().mean().sqrt()
        assert float(error) < 0.05


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_what_gradients_go_through_is_the_same(dtype: torch.dtype) -> None:
    made, what = silhouettes().to(dtype), layout([(0.4, 0.6), (0.7, 0.2)], [8.0, 20.0])
    places = what.positions.to(dtype).requires_grad_()
    exact = Layout(places, *(part.to(dtype) for part in (what.sizes, what.covariances, what.structures, what.styles)))
    followed = made.logits(exact, 32)
    followed.square().mean().backward()
    with torch.no_grad():
        assert difference(followed, made.logits(exact, 32)) < 1e-5
    assert places.grad is not None
    assert float(places.grad.abs().min()) > 0


def test_remembered_opacities_are_those_of_the_blobs_that_are_there_now() -> None:
    made = silhouettes()
    memory = OpacityMemory(made, 16)
    scenes = [
        [(0.4, 0.6), (0.7, 0.2)],
        [(0.4, 0.6), (0.6, 0.3)],
        [(0.6, 0.3)],
        [],
        [(0.1, 0.1), (0.4, 0.6), (0.6, 0.3)],
    ]
    for middles in scenes:
        what = layout(middles, [8.0] * len(middles)) if middles else layout([(0.5, 0.5)], [8.0])
        assert difference(memory.opacities(what), made.opacities(what, 16)) < 1e-6
