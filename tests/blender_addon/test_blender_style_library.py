from __future__ import annotations

import json

import pytest
from blender_values import blob, look, scene
from hypothesis import given
from hypothesis import strategies as st
from maquette_client.errors import ClientError
from maquette_client.images import Image

from blender_addon.documents import BlobDocument
from blender_addon.placement import Frame
from blender_addon.scene import Ellipse
from blender_addon.style_crop import crop_around
from blender_addon.style_library import (
    KeptStyle,
    StyleLibrary,
    library_from_json,
    library_to_json,
    load_library,
    save_library,
    set_aside,
)

pictures = st.builds(
    lambda width, height, value: Image(width, height, bytes([value]) * (3 * width * height)),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(0, 255),
)
styles = st.builds(
    KeptStyle,
    name=st.text(max_size=20),
    kind=st.sampled_from(["", "bed", "lamp"]),
    row=st.integers(0, 9),
    model_id=st.text(max_size=10),
    model_digest=st.sampled_from(["d" * 64, "e" * 64]),
    style=st.binary(max_size=16),
    thumbnail=st.none() | pictures,
)


def library(*names: str) -> StyleLibrary:
    made = StyleLibrary()
    for name in names:
        made = made.with_style(KeptStyle(name, "bed", 1, "blobgan-rooms", "d" * 64, b"\1\2\3\4"))
    return made


def names(made: StyleLibrary) -> list[str]:
    return [style.name for style in made.styles]


@given(st.lists(styles, max_size=6))
def test_a_library_survives_the_file(kept):
    made = StyleLibrary()
    for style in kept:
        made = made.with_style(style)
    assert len(set(names(made))) == len(kept)
    assert library_from_json(library_to_json(made)) == made


def test_names_stay_unique():
    made = library("Oak", "Oak", "Oak", "  ", "Pine")
    assert names(made) == ["Oak", "Oak 2", "Oak 3", "Style", "Pine"]
    assert names(made.renamed("Pine", "Oak")) == ["Oak", "Oak 2", "Oak 3", "Style", "Oak 4"]
    assert names(made.renamed("Oak", "Oak")) == names(made)
    assert names(made.without("Oak 2")) == ["Oak", "Oak 3", "Style", "Pine"]


def test_a_name_that_is_not_there_is_refused():
    for change in (
        lambda: library().named("Oak"),
        lambda: library().without("Oak"),
        lambda: library().renamed("a", "b"),
    ):
        with pytest.raises(ClientError) as refusal:
            change()
        assert refusal.value.reason == "STYLE_NOT_FOUND"


def test_a_missing_file_is_an_empty_library(tmp_path):
    assert load_library(tmp_path / "styles.json") == StyleLibrary()


def test_a_saved_library_is_read_again(tmp_path):
    path = tmp_path / "deeper" / "styles.json"
    save_library(path, library("Oak"))
    save_library(path, library("Oak", "Pine"))
    assert load_library(path) == library("Oak", "Pine")
    assert [each.name for each in path.parent.iterdir()] == ["styles.json"]


@given(st.data())
def test_a_damaged_file_is_refused_whatever_is_missing(data):
    text = library_to_json(library("Oak", "Pine"))
    cut = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(ClientError) as refusal:
        library_from_json(text[:cut])
    assert refusal.value.reason == "STYLE_LIBRARY_CORRUPT"


@pytest.mark.parametrize("key", ["name", "kind", "row", "model", "style"])
@pytest.mark.parametrize("value", [None, True, [], {}, 1.5])
def test_wrong_fields_are_refused(key, value):
    content = json.loads(library_to_json(library("Oak")))
    content["styles"][0][key] = value
    with pytest.raises(ClientError) as refusal:
        library_from_json(json.dumps(content))
    assert refusal.value.reason == "STYLE_LIBRARY_CORRUPT"


@pytest.mark.parametrize(
    "thumbnail", [{}, {"width": 2, "height": 2, "pixels": "AAAA"}, {"width": 10**9, "height": 1, "pixels": ""}, 7]
)
def test_wrong_pictures_are_refused(thumbnail):
    content = json.loads(library_to_json(library("Oak")))
    content["styles"][0]["thumbnail"] = thumbnail
    with pytest.raises(ClientError) as refusal:
        library_from_json(json.dumps(content))
    assert refusal.value.reason == "STYLE_LIBRARY_CORRUPT"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"format": "maquette-styles", "schema": 2, "styles": []}, "STYLE_LIBRARY_UNKNOWN"),
        ({"format": "maquette-scene", "schema": 1}, "STYLE_LIBRARY_UNKNOWN"),
        ([], "STYLE_LIBRARY_UNKNOWN"),
        ({"format": "maquette-styles", "schema": 1}, "STYLE_LIBRARY_CORRUPT"),
    ],
)
def test_other_files_are_refused(content, reason):
    with pytest.raises(ClientError) as refusal:
        library_from_json(json.dumps(content))
    assert refusal.value.reason == reason


def test_a_library_with_two_styles_of_one_name_is_refused():
    content = json.loads(library_to_json(library("Oak")))
    content["styles"] *= 2
    with pytest.raises(ClientError):
        library_from_json(json.dumps(content))


def test_a_damaged_file_is_set_aside_whole(tmp_path):
    path = tmp_path / "styles.json"
    for number, text in enumerate(("{damaged", "[worse"), start=1):
        path.write_text(text)
        with pytest.raises(ClientError):
            load_library(path)
        aside = set_aside(path)
        assert aside.name == f"styles-damaged-{number}.json"
        assert aside.read_text() == text
        assert load_library(path) == StyleLibrary()
    assert (tmp_path / "styles-damaged-1.json").read_text() == "{damaged"


def test_a_library_that_cannot_be_written_is_left_as_it_was(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ClientError) as refusal:
        save_library(tmp_path / "file" / "styles.json", library("Oak"))
    assert refusal.value.reason == "STYLE_LIBRARY_NOT_WRITTEN"
    assert (tmp_path / "file").read_text() == "in the way"
    with pytest.raises(ClientError) as refusal:
        load_library(tmp_path)
    assert refusal.value.reason == "STYLE_LIBRARY_NOT_READ"


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({}, ""),
        ({"model_digest": "e" * 64}, "other weights of blobgan-rooms"),
        ({"model_digest": "e" * 64, "model_id": "other"}, "made with other"),
        ({"kind": "lamp"}, "of the kind “lamp”"),
        ({"kind": ""}, "of the kind “1”"),
    ],
)
def test_a_style_says_why_it_does_not_fit(changes, obstacle):
    style = KeptStyle(**{**library("Oak").styles[0].__dict__, **changes})
    said = style.obstacle(BlobDocument.of(scene(), blob("bed")))
    assert obstacle in said
    assert bool(said) is bool(obstacle)


def test_where_kinds_have_no_names_the_row_decides():
    style = KeptStyle("Blob", "", 4, "blobgan-rooms", "d" * 64, b"")
    nameless = blob("blob-4", name="")
    assert style.fits(BlobDocument.of(scene(), blob("blob-4", name="", look=look(4))))
    assert not style.fits(BlobDocument.of(scene(), nameless))


@given(st.floats(-1, 2), st.floats(-1, 2), st.floats(0.2, 40), st.floats(0.1, 10), st.floats(-3, 3))
def test_a_crop_lies_in_the_picture(x, y, size, aspect, angle):
    box = crop_around(Ellipse(x, y, size, aspect, angle), Frame(1.0, 0.75, 0.02), 128, 96)
    if box is not None:
        left, top, right, bottom = box
        assert 0 <= left < right <= 128
        assert 0 <= top < bottom <= 96


def test_a_crop_holds_the_blob_and_little_more():
    left, top, right, bottom = crop_around(Ellipse(0.5, 0.5, 1.0, 1.0, 0.0), Frame(1.0, 1.0, 0.01), 200, 200)
    assert (left, top, right, bottom) == (77, 77, 123, 123)
    assert crop_around(Ellipse(3.0, 0.5, 1.0), Frame(1.0, 1.0, 0.01), 200, 200) is None
