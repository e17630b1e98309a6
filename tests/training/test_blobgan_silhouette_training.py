"""What structures learn of silhouettes, from points that are or are not covered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from blobgan_rooms import write_rooms
from hypothesis import given
from hypothesis import strategies as st
from maquette.training.blobgan_features import BLOBS, ROWS
from maquette.training.blobgan_recipe import GEOMETRY_WIDTH, new_model
from maquette.training.blobgan_silhouettes import (
    POINTS,
    SilhouetteTrainer,
    inside_convex,
    read_points,
    sample_points,
    settle_silhouettes,
    train_silhouettes,
)
from maquette.training.rooms.description import describe_room
from maquette.training.rooms.silhouettes import covered_outlines
from maquette.training.rooms.types import SHELL

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


@given(st.floats(-1, 2), st.floats(-1, 2))
def test_a_point_is_inside_a_square_whichever_way_round_it_goes(x: float, y: float) -> None:
    point = np.array([[x, y]])
    expected = 0 <= x <= 1 and 0 <= y <= 1
    assert inside_convex(point, SQUARE)[0] == expected
    assert inside_convex(point, SQUARE[::-1])[0] == expected


def test_points_are_given_in_the_frame_of_the_ellipse() -> None:
    mean, covariance = np.array([0.5, 0.5]), np.array([[1 / 12, 0.0], [0.0, 1 / 12]])
    own, places, covered = sample_points(np.random.default_rng(0), [SQUARE], mean, covariance)
    assert own.shape == places.shape == (POINTS, 2)
    np.testing.assert_allclose(own * np.sqrt(4 / 12) + mean, places, atol=1e-9)
    np.testing.assert_array_equal(covered, inside_convex(places, SQUARE))
    assert 0.2 < covered.mean() < 0.8


def test_all_of_the_shell_is_in_front_of_the_camera() -> None:
    room = describe_room(3)
    for kind in SHELL:
        thing = room.find(kind)
        assert thing is not None
        for outline in covered_outlines(room.camera, thing):
            assert np.isfinite(outline).all()


def test_points_of_a_folder_are_the_same_every_time_and_absent_things_have_none(tmp_path: Path) -> None:
    write_rooms(tmp_path, 0, 8)
    first, second = read_points(tmp_path), read_points(tmp_path)
    assert first.points.shape == (8, len(BLOBS), POINTS, 2)
    assert first.geometry.shape == (8, 2, len(ROWS), GEOMETRY_WIDTH)
    assert torch.equal(first.points, second.points)
    missing = first.geometry[:, 0, 1:].abs().sum(dim=-1) == 0
    assert bool(missing.any())
    assert not bool(first.counted[missing].any())


def test_silhouettes_are_learned_and_then_settled(tmp_path: Path) -> None:
    write_rooms(tmp_path, 0, 8)
    torch.manual_seed(0)
    model, data = new_model(), read_points(tmp_path)
    trainer = SilhouetteTrainer(model)
    losses = [trainer.step(data, 1.0) for _ in range(60)]
    assert np.mean(losses[-5:]) < 0.6 * np.mean(losses[:5])
    train_silhouettes(data, trainer, 0.0)
    settle_silhouettes(model)
    assert not any(parameter.requires_grad for parameter in trainer.silhouettes.parameters())
    assert not any(parameter.requires_grad for parameter in trainer.structure.parameters())
    assert any(parameter.requires_grad for parameter in model.looks.style.parameters())


def test_mirrored_rooms_have_mirrored_points(tmp_path: Path) -> None:
    write_rooms(tmp_path, 0, 8)
    data = read_points(tmp_path)
    _, points, _, _ = data.batch(torch.Generator().manual_seed(1), 16)
    stored = data.points.float()
    for drawn in points:
        plain, flipped = stored, stored * torch.tensor([-1.0, 1.0])
        assert any(torch.equal(drawn, room) for room in (*plain, *flipped))
