from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from blobgan_rooms import flat_shard, room_features
from hypothesis import given
from hypothesis import strategies as st
from maquette.models.blobgan.geometry import covariances
from maquette.training.blobgan_features import (
    ABSENT_SIZE,
    AREA_NORMALISER,
    BLOBS,
    FIRST_FURNITURE,
    LARGEST_ASPECT,
    depth_order,
    drawing_order,
    ellipse_parameters,
    features_of,
    labels_of,
    mirrored,
)
from maquette.training.rooms.ellipses import EDGE_DISTANCE
from maquette.training.rooms.types import FURNITURE, KINDS, RESTS_ON_BED, Kind

STANDING = set(FURNITURE) - set(RESTS_ON_BED)


@given(
    st.floats(0.01, 0.4),
    st.floats(1.0, LARGEST_ASPECT * 0.99),
    st.floats(-1.5, 1.5),
)
def test_a_blob_is_half_opaque_where_the_ellipse_ends(radius: float, aspect: float, angle: float) -> None:
    axes = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    covariance = axes @ np.diag([radius**2, (radius / aspect) ** 2]) @ axes.T
    sizes, aspects, angles = ellipse_parameters(covariance[None, None].astype(np.float32), np.array([[True]]))

    drawn = covariances(torch.tensor(aspects).double(), torch.tensor(angles).double(), AREA_NORMALISER)[0, 0].numpy()
    for direction in axes.T:
        edge = direction * np.sqrt(EDGE_DISTANCE / (direction @ np.linalg.inv(covariance) @ direction))
        assert edge @ np.linalg.inv(drawn) @ edge == pytest.approx(sizes[0, 0], rel=2e-3)


def test_what_a_room_lacks_has_a_size_that_hides_it() -> None:
    labels = labels_of(flat_shard(0, 8))
    features = features_of(labels)
    chair = KINDS.index(Kind.CHAIR)
    absent = labels["present"][:, chair] == 0
    assert absent.any()
    assert not absent.all()
    assert (features.sizes[absent, BLOBS.index(Kind.CHAIR)] == ABSENT_SIZE).all()
    assert (features.sizes[~absent, BLOBS.index(Kind.CHAIR)] > 0).all()


def test_the_shell_is_drawn_first_and_what_lies_on_the_bed_follows_it() -> None:
    rooms = room_features(0, 8)
    order = depth_order(rooms.depths[rooms.sizes[:, BLOBS.index(Kind.BED)] > 0])
    assert (order[:, :FIRST_FURNITURE] == np.arange(FIRST_FURNITURE)).all()
    for row in order:
        drawn = [BLOBS[index] for index in row]
        bed = drawn.index(Kind.BED)
        assert drawn[bed : bed + 3] == [Kind.BED, Kind.BLANKET, Kind.PILLOWS]


def test_nearer_furniture_is_drawn_over_farther_furniture() -> None:
    depths = np.zeros((1, len(BLOBS)), np.float32)
    depths[0, BLOBS.index(Kind.LAMP)], depths[0, BLOBS.index(Kind.CHAIR)] = 2.0, 4.0
    drawn = list(depth_order(depths)[0])
    assert drawn.index(BLOBS.index(Kind.CHAIR)) < drawn.index(BLOBS.index(Kind.LAMP))


def test_the_drawing_order_of_depths_can_be_read_off_structures_that_tell_them() -> None:
    rooms = room_features(0, 60)
    structures = torch.randn(60, len(BLOBS) + 1, 8, generator=torch.Generator().manual_seed(0))
    structures[:, 1:, 0] = torch.from_numpy(rooms.depths) * 3 - 5
    read, true = drawing_order(rooms, structures)(structures).numpy(), depth_order(rooms.depths)
    for room, seen in enumerate(rooms.sizes > 0):
        # Two things at almost one depth may change places; they are seen side by side.
        depths = [rooms.depths[room, blob] for blob in read[room] if seen[blob] and BLOBS[blob] in STANDING]
        assert all(near <= far + 0.15 for far, near in pairwise(depths))
        assert (read[room][:FIRST_FURNITURE] == true[room][:FIRST_FURNITURE]).all()
        drawn = [BLOBS[blob] for blob in read[room]]
        assert drawn.index(Kind.BED) < drawn.index(Kind.BLANKET) < drawn.index(Kind.PILLOWS)


def test_a_mirror_image_of_a_mirror_image_is_the_room() -> None:
    labels = labels_of(flat_shard(0, 8))
    again = mirrored(mirrored(labels))
    for name, values in labels.items():
        np.testing.assert_allclose(again[name], values, atol=1e-5, err_msg=name)


def test_a_mirror_exchanges_left_and_right() -> None:
    labels = labels_of(flat_shard(0, 8))
    plain, flipped = features_of(labels), features_of(mirrored(labels))
    left, right = BLOBS.index(Kind.LEFT_WALL), BLOBS.index(Kind.RIGHT_WALL)
    np.testing.assert_allclose(flipped.positions[:, left, 0], 1 - plain.positions[:, right, 0], atol=1e-5)
    np.testing.assert_allclose(flipped.sizes[:, left], plain.sizes[:, right], rtol=1e-4)
