"""Three rooms rendered by Blender in a process of its own, and whether the pixels agree with the labels."""

from __future__ import annotations

import importlib.util
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from maquette.training.rooms.ellipses import box_corners as corners_of
from maquette.training.rooms.ellipses import camera_axes, convex_hull, project_object, to_camera
from maquette.training.rooms.labels import label_room
from maquette.training.rooms.types import KINDS, SHELL, Kind, RoomDescription, RoomObject
from render_three_rooms import RESOLUTION, SEEDS, rooms

pytestmark = [pytest.mark.host, pytest.mark.xdist_group("blender")]

NAMES = [*map(str, SEEDS), "moved"]
ROOMS = rooms()
MARGIN = 2 / RESOLUTION
"""How far a pixel may lie outside its thing's box: sills and folds stand out, and samples spread over a pixel."""

Renders = dict[str, dict[str, np.ndarray]]


@pytest.fixture(scope="module")
def renders(tmp_path_factory) -> Renders:
    """What Blender rendered, by name."""
    if importlib.util.find_spec("bpy") is None:
        reason = f"Blender was left out: {sys.executable} cannot import bpy (pip install bpy)"
        (pytest.fail if os.environ.get("MAQUETTE_REQUIRE_HOSTS") == "1" else pytest.skip)(reason)
    folder = tmp_path_factory.mktemp("rooms")
    script = Path(__file__).with_name("render_three_rooms.py")
    command = [sys.executable, str(script), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, f"Blender ended with code {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return {name: dict(np.load(folder / f"{name}.npz")) for name in ROOMS}


def pixels_of(render: dict[str, np.ndarray], kind: Kind) -> np.ndarray:
    """Whether each pixel (R, R) shows a kind."""
    return render["mask"] == KINDS.index(kind) + 1


def centres(shown: np.ndarray) -> np.ndarray:
    """Picture coordinates (N, 2) of the centres of chosen pixels."""
    rows, columns = np.nonzero(shown)
    return (np.column_stack([columns, rows]) + 0.5) / RESOLUTION


def furniture(room: RoomDescription) -> list[RoomObject]:
    return [thing for thing in room.objects if thing.kind not in SHELL]


def ellipse_of(room: RoomDescription, thing: RoomObject) -> tuple[np.ndarray, np.ndarray]:
    """Mean (2,) and covariance (2, 2) that the labels give a thing."""
    labels, row = label_room(room), KINDS.index(thing.kind)
    return labels["mean"][row], labels["covariance"][row]


def visible_share(room: RoomDescription, thing: RoomObject, shown: np.ndarray) -> float:
    """How much of a thing's ellipse its pixels cover."""
    area = 4 * math.pi * math.sqrt(np.linalg.det(ellipse_of(room, thing)[1]))
    return float(shown.sum() / RESOLUTION**2 / area)


def test_renders_are_pictures_with_depth_normals_and_masks(renders):
    square = (RESOLUTION, RESOLUTION)
    shapes = {"picture": ((*square, 3), "uint8"), "depth": (square, "float16")}
    shapes |= {"normals": ((*square, 3), "int8"), "mask": (square, "uint8")}
    for render in renders.values():
        assert {name: (array.shape, str(array.dtype)) for name, array in render.items()} == shapes
        assert render["picture"].std() > 10
        assert render["mask"].min() >= 1
        assert np.isfinite(render["depth"]).all()


def test_different_rooms_give_different_pictures(renders):
    pictures = [renders[name]["picture"].astype(float) for name in NAMES]
    for index, picture in enumerate(pictures):
        assert all(np.abs(picture - other).mean() > 2 for other in pictures[index + 1 :])


def test_a_room_renders_the_same_whatever_was_rendered_before(renders):
    for name, array in renders["0"].items():
        np.testing.assert_array_equal(renders["again"][name], array)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_shows_what_the_room_holds_and_nothing_else(renders, name):
    shown = {KINDS[index - 1] for index in np.unique(renders[name]["mask"])}
    assert shown <= {thing.kind for thing in ROOMS[name].objects}
    assert shown >= {thing.kind for thing in furniture(ROOMS[name])}


@pytest.mark.parametrize("name", NAMES)
def test_every_pixel_of_a_thing_lies_in_the_outline_of_its_box(renders, name):
    room = ROOMS[name]
    for thing in furniture(room):
        hull = convex_hull(project_object(room.camera, thing).corners)
        edges = np.roll(hull, -1, axis=0) - hull
        inwards = np.column_stack([-edges[:, 1], edges[:, 0]]) / np.linalg.norm(edges, axis=1, keepdims=True)
        points = centres(pixels_of(renders[name], thing.kind))
        assert ((points[:, None] - hull) * inwards).sum(axis=2).min() > -MARGIN, thing.kind


def test_what_nothing_hides_has_its_ellipse_where_its_pixels_are(renders):
    compared: set[Kind] = set()
    for name in NAMES:
        for thing in furniture(ROOMS[name]):
            shown = pixels_of(renders[name], thing.kind)
            mean, covariance = ellipse_of(ROOMS[name], thing)
            reach = 2 * np.sqrt(np.diag(covariance))
            whole = (mean - reach > 0).all() and (mean + reach < 1).all()
            if whole and visible_share(ROOMS[name], thing, shown) > 0.75:
                compared.add(thing.kind)
                np.testing.assert_allclose(centres(shown).mean(axis=0), mean, atol=0.03)
    assert len(compared) >= 4


@pytest.mark.parametrize("name", NAMES)
def test_the_depth_of_a_thing_is_within_that_of_its_box(renders, name):
    room = ROOMS[name]
    for thing in furniture(room):
        depths = renders[name]["depth"][pixels_of(renders[name], thing.kind)]
        reach = to_camera(room.camera, corners_of(thing))[:, 2]
        assert reach.min() - 0.1 < np.median(depths) < reach.max() + 0.1, thing.kind


@pytest.mark.parametrize("name", NAMES)
def test_the_depth_of_the_floor_is_where_the_rays_meet_it(renders, name):
    camera, shown = ROOMS[name].camera, pixels_of(renders[name], Kind.FLOOR)
    across = (2 * centres(shown) - 1) * [1, -1] * math.tan(camera.fov / 2)
    rays = np.column_stack([across, np.ones(len(across))]) @ camera_axes(camera)
    assert len(rays) > 100
    expected = -camera.position[2] / rays[:, 2]
    assert np.median(np.abs(renders[name]["depth"][shown] / expected - 1)) < 0.003


@pytest.mark.parametrize(
    ("kind", "normal"),
    [(Kind.FLOOR, (0, 0, 1)), (Kind.CEILING, (0, 0, -1)), (Kind.LEFT_WALL, (1, 0, 0)), (Kind.BACK_WALL, (0, -1, 0))],
)
def test_the_shell_faces_into_the_room(renders, kind, normal):
    for name in NAMES:
        normals = renders[name]["normals"][pixels_of(renders[name], kind)] / 127
        np.testing.assert_allclose(np.median(normals, axis=0), normal, atol=0.02)


def test_a_moved_bed_moves_in_the_picture_as_its_ellipse_does_and_takes_its_pillows_along(renders):
    for kind in (Kind.BED, Kind.PILLOWS):
        means = [project_object(ROOMS[name].camera, ROOMS[name].find(kind)).mean for name in ("0", "moved")]
        seen = [centres(pixels_of(renders[name], kind)).mean(axis=0) for name in ("0", "moved")]
        assert np.linalg.norm(means[1] - means[0]) > 0.05
        np.testing.assert_allclose(seen[1] - seen[0], means[1] - means[0], atol=0.03)


def test_what_a_moved_bed_does_not_touch_stays_in_place(renders):
    for kind in (Kind.WINDOW, Kind.CABINET, Kind.CEILING):
        np.testing.assert_array_equal(pixels_of(renders["0"], kind), pixels_of(renders["moved"], kind))
