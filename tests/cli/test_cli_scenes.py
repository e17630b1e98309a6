from __future__ import annotations

import json

import numpy as np
import pytest
from fake_painter import FIRST_VALUE
from maquette.cli.pictures.files import read_document
from maquette.cli.scene_animation import Course, Place
from maquette.cli.scene_proposals import evenly
from maquette_client.scene_json import scene_from_json
from picture_files import PROFILE, samples, write_png, write_tiff
from PIL import Image


@pytest.fixture
def rooms(run, fake_daemon, home):
    """Two scenes: room.json, and moved.json with its bed at the right edge."""
    assert run("scene", "sample", "--seed", "1", "--json", "room.json").returncode == 0
    assert run("scene", "edit", "room.json", "--place", "bed", "1", "0.5", "--json", "moved.json").returncode == 0
    return home


def scene(home, name: str):
    return scene_from_json((home / name).read_bytes())


def shade(path) -> int:
    with Image.open(path) as picture:
        return picture.getpixel((0, 0))[0]


def test_a_completion_keeps_what_is_pinned_and_numbers_its_proposals(run, rooms):
    finished = run(
        "scene", "complete", "moved.json", "--pin", "bed", "--seed", "3", "--count", "2", "-o", "new.png", "--json",
        "new.json",
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    assert sorted(path.name for path in rooms.glob("new*")) == [
        "new-1.json", "new-1.png", "new-2.json", "new-2.png",
    ]  # fmt: skip
    for number, x in ((1, 0.3), (2, 0.4)):
        proposal = scene(rooms, f"new-{number}.json")
        assert proposal.blobs[0] == scene(rooms, "moved.json").blobs[0]
        assert proposal.blobs[1].ellipse.x == pytest.approx(x)
        assert shade(rooms / f"new-{number}.png") == 255


def test_an_interpolation_goes_evenly_from_first_to_last_or_where_it_is_told(run, rooms):
    run("scene", "interpolate", "room.json", "moved.json", "--count", "3", "--json", "between.json")
    assert [scene(rooms, f"between-{n}.json").blobs[0].ellipse.x for n in (1, 2, 3)] == [0.0, 0.5, 1.0]
    run("scene", "interpolate", "room.json", "moved.json", "--amount", "0.25", "-o", "one.png", "--json", "one.json")
    assert scene(rooms, "one.json").blobs[0].ellipse.x == 0.25
    assert shade(rooms / "one.png") == 64


def test_of_one_scene_between_two_the_middle_is_taken():
    assert evenly(1) == [0.5]
    assert evenly(2) == [0.0, 1.0]


def test_looks_come_from_another_scene(run, rooms):
    run("scene", "sample", "--seed", "9", "--json", "other.json")
    finished = run("scene", "restyle", "room.json", "--from", "other.json", "--blob", "bed", "--json", "new.json")
    assert finished.returncode == 0, finished.stderr
    room, other, new = (scene(rooms, f"{name}.json") for name in ("room", "other", "new"))
    assert new.blobs[0].appearance.style == other.blobs[0].appearance.style
    assert new.blobs[0].ellipse == room.blobs[0].ellipse
    assert new.blobs[1] == room.blobs[1]


def test_looks_come_from_a_seed(run, rooms):
    assert run("scene", "restyle", "room.json", "--seed", "5", "-o", "new.png", "--json", "new.json").returncode == 0
    room, new = scene(rooms, "room.json"), scene(rooms, "new.json")
    assert all(one.appearance.style != other.appearance.style for one, other in zip(room.blobs, new.blobs, strict=True))
    assert (rooms / "new.png").exists()


def test_the_background_alone_may_be_restyled(run, rooms):
    assert (
        run("scene", "restyle", "room.json", "--seed", "5", "--blob", "background", "--json", "new.json").returncode
        == 0
    )
    assert list(scene(rooms, "new.json").blobs) == list(scene(rooms, "room.json").blobs)


def test_a_picture_becomes_a_scene(run, rooms):
    write_png(rooms / "in.png", samples((12, 16, 3), "uint16"))
    finished = run("scene", "invert", "in.png", "-o", "found.png", "--json", "found.json", "--seed", "4")
    assert finished.returncode == 0, finished.stderr
    assert "27.5 dB (the encoder's guess: 24.2 dB), of --box 2,0,12,12" in finished.stdout
    assert len(scene(rooms, "found.json").blobs) == 3
    assert (rooms / "found.png").exists()


def test_an_inversion_may_begin_with_a_scene_and_keep_some_of_it(run, rooms):
    write_png(rooms / "in.png", samples((12, 16, 3), "uint8"))
    finished = run(
        "scene", "invert", "in.png", "--scene", "moved.json", "--pin", "bed", "--box", "1,2,8,9", "--json", "found.json"
    )
    assert finished.returncode == 0, finished.stderr
    assert scene(rooms, "found.json") == scene(rooms, "moved.json")
    assert "of --box 1,2,8,9" in finished.stdout


@pytest.mark.parametrize("sample_type", ["uint8", "uint16"])
def test_an_edit_goes_onto_the_picture_and_leaves_the_rest_of_the_file_as_it_is(run, rooms, sample_type):
    pixels = samples((12, 16, 3), sample_type)
    write_png(rooms / "in.png", pixels)
    finished = run(
        "scene", "transfer", "in.png", "out.png", "--before", "room.json", "--after", "moved.json", "--box", "3,2,8,9"
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "Wrote out.png (8 × 1 pixels at 3, 2 changed).\n"
    document = read_document(rooms / "out.png")
    assert document.pixels.dtype == np.dtype(sample_type)
    assert document.metadata.icc_profile == PROFILE
    assert (document.pixels[2, 3:11] == np.frombuffer(bytes([FIRST_VALUE]) * 2, sample_type)[0]).all()
    expected = pixels.copy()
    expected[2, 3:11] = document.pixels[2, 3:11]
    assert (document.pixels == expected).all()


def test_an_edit_goes_onto_pictures_of_light_too(run, rooms):
    pixels = samples((12, 16, 4), "float32")
    write_tiff(rooms / "in.tif", pixels)
    files = ["--before", "room.json", "--after", "room.json"]
    finished = run("scene", "transfer", "in.tif", "out.tif", *files)
    assert finished.stdout == "Wrote out.tif (nothing changed).\n"
    assert read_document(rooms / "out.tif").pixels.tobytes() == pixels.tobytes()


def frames(folder) -> list[str]:
    return sorted(path.name for path in folder.glob("*.png"))


def test_an_animation_goes_from_scene_to_scene_and_back(run, rooms):
    finished = run("scene", "animate", "room.json", "moved.json", "room.json", "--step", "2", "-o", "film")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "5 frames rendered, 0 kept: film\n"
    assert frames(rooms / "film") == [f"frame-000{number}.png" for number in range(1, 6)]
    assert [shade(path) for path in sorted((rooms / "film").glob("*.png"))] == [0, 128, 255, 128, 0]


def test_an_interrupted_animation_goes_on_with_what_is_missing(run, rooms):
    arguments = ("scene", "animate", "room.json", "moved.json", "--step", "20", "-o", "film")
    run(*arguments)
    whole = {path.name: path.read_bytes() for path in (rooms / "film").glob("*.png")}
    assert len(whole) == 21
    kept = rooms / "film" / "frame-0001.png"
    kept.write_bytes(b"kept")
    for number in (2, 5, 18, 19, 20, 21):
        (rooms / "film" / f"frame-{number:04d}.png").unlink()
    assert run(*arguments).stdout == "6 frames rendered, 15 kept: film\n"
    assert kept.read_bytes() == b"kept"
    assert {path.name: path.read_bytes() for path in (rooms / "film").glob("*.png")} == {**whole, kept.name: b"kept"}
    assert run(*arguments, "--overwrite").stdout == "21 frames rendered, 0 kept: film\n"
    assert {path.name: path.read_bytes() for path in (rooms / "film").glob("*.png")} == whole


def test_frames_of_another_animation_are_not_taken_for_ones_own(run, rooms):
    arguments = ("scene", "animate", "room.json", "moved.json", "-o", "film")
    assert run(*arguments, "--step", "4").returncode == 0
    refused = run(*arguments, "--step", "2")
    assert refused.returncode == 1
    assert "holds frames of another animation" in refused.stderr
    assert len(frames(rooms / "film")) == 5
    assert run(*arguments, "--step", "2", "--overwrite").returncode == 0
    assert len(frames(rooms / "film")) == 3


@pytest.mark.parametrize(
    ("course", "scenes", "expected"),
    [
        (Course(2), 1, [Place(1, 0, 0.0)]),
        (Course(1), 3, [Place(1, 0, 0.0), Place(2, 1, 0.0), Place(3, 1, 1.0)]),
        (Course(2, loop=True), 2, [Place(1, 0, 0.0), Place(2, 0, 0.5), Place(3, 1, 0.0), Place(4, 1, 0.5)]),
        (Course(2, loop=True), 1, [Place(1, 0, 0.0)]),
        (Course(4, ease=True), 2, [Place(n + 1, 0, a) for n, a in enumerate((0.0, 0.15625, 0.5, 0.84375, 1.0))]),
    ],
)
def test_a_course_meets_every_scene(course, scenes, expected):
    assert course.places(scenes) == expected


WRONG = {
    "complete room.json --pin wardrobe": "It has: bed, lamp, rug.",
    "restyle room.json": "Whose looks shall it have?",
    "restyle room.json --from moved.json --seed 1": "Whose looks shall it have?",
    "restyle room.json --seed 1 --blob wardrobe": "It has: bed, lamp, rug.",
    "interpolate room.json missing.json": "cannot be read",
    "invert in.png --pin bed": "Nothing can be pinned without a scene.",
    "invert in.png --box 0,0,17,4": "reaches out of the picture, which is 16 × 12 pixels.",
    "invert in.png --box -1,0,4,4": "reaches out of the picture",
    "invert in.png --box here": "is not a box",
    "invert room.json": "is not a PNG, JPEG, TIFF or WebP file",
    "transfer in.png out.bmp --before room.json --after moved.json": "does not end like a picture file",
    "transfer in.png no/way/ --before room.json --after moved.json": "does not end like a picture file",
    "animate broken.json -o film": "it is not JSON",
}


def test_a_wrong_request_is_told_in_a_sentence(run, rooms):
    write_png(rooms / "in.png", samples((12, 16, 3), "uint8"))
    (rooms / "broken.json").write_text("{")
    for arguments, told in WRONG.items():
        finished = run("scene", *arguments.split())
        assert finished.returncode == 1, arguments
        assert told in finished.stderr
        assert "Traceback" not in finished.stderr


def test_an_animation_of_a_record_that_is_damaged_is_another_one(run, rooms):
    run("scene", "animate", "room.json", "-o", "film")
    (rooms / "film" / "animation.json").write_text("{")
    assert "another animation" in run("scene", "animate", "room.json", "-o", "film").stderr
    (rooms / "film" / "frame-0001.png").unlink()
    assert run("scene", "animate", "room.json", "-o", "film").returncode == 0
    assert json.loads((rooms / "film" / "animation.json").read_text())["step"] == 24
