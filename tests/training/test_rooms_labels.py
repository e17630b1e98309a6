"""What is known of a room, as arrays with one row per kind."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from maquette.training.rooms.description import describe_room, move_object
from maquette.training.rooms.ellipses import project_object
from maquette.training.rooms.labels import SHAPES, label_room
from maquette.training.rooms.silhouettes import silhouette_moments
from maquette.training.rooms.types import FURNITURE, KINDS, Kind, RoomDescription
from rooms_samples import lamp_at, seeds

ROWS = ("mean", "covariance", "depth", "corners", "position", "size", "yaw", "colours", "parts")


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_labels_have_their_declared_shapes_and_are_finite(seed):
    labels = label_room(describe_room(seed))
    assert {name: array.shape for name, array in labels.items()} == SHAPES
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in labels.values())


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_each_row_belongs_to_the_thing_of_its_kind(seed):
    room = describe_room(seed)
    labels = label_room(room)
    for row, kind in enumerate(KINDS):
        thing = room.find(kind)
        view = None if thing is None else project_object(room.camera, thing)
        assert labels["present"][row] == (view is not None)
        if view is None:
            assert not any(labels[name][row].any() for name in ROWS)
            continue
        box = view.mean, view.covariance
        mean, covariance = silhouette_moments(room.camera, thing) if kind in FURNITURE else box
        np.testing.assert_allclose(labels["mean"][row], mean, atol=1e-6)
        np.testing.assert_allclose(labels["covariance"][row], covariance, atol=1e-6)
        np.testing.assert_allclose(labels["position"][row], thing.position, atol=1e-6)
        np.testing.assert_allclose(labels["colours"][row].reshape(2, 3), thing.colours, atol=1e-6)
        assert labels["parts"][row] == len(thing.parts)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_labels_tell_camera_light_and_extent(seed):
    room = describe_room(seed)
    labels = label_room(room)
    camera, light = room.camera, room.light
    np.testing.assert_allclose(labels["camera"], [*camera.position, camera.yaw, camera.pitch, camera.fov], rtol=1e-6)
    np.testing.assert_allclose(labels["light"], list(vars(light).values()), rtol=1e-6)
    np.testing.assert_allclose(labels["extent"], room.extent, rtol=1e-6)


def test_a_thing_out_of_sight_counts_as_absent():
    room = describe_room(0)
    alone = RoomDescription(0, room.extent, room.camera, room.light, (lamp_at(0, -30),))
    assert not label_room(alone)["present"].any()


def test_moving_a_thing_changes_no_row_but_its_own():
    room = next(room for room in map(describe_room, range(50)) if room.find(Kind.LAMP))
    before, after = label_room(room), label_room(move_object(room, Kind.LAMP, (0.1, 0.0, 0.0)))
    changed = {row for name in ROWS for row in range(len(KINDS)) if (before[name][row] != after[name][row]).any()}
    assert changed == {KINDS.index(Kind.LAMP)}
    assert after["mean"][KINDS.index(Kind.LAMP), 0] > before["mean"][KINDS.index(Kind.LAMP), 0]
