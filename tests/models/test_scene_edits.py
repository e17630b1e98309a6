from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.models.scene import MAXIMUM_BLOBS, Appearance, Blob, Ellipse, Restyle, Scene
from maquette.models.scene_edits import (
    AddBlob,
    CloneBlob,
    RemoveBlob,
    ReplaceScene,
    RestyleBlob,
    RestyleFromBlob,
    SceneEdit,
    SetEllipse,
    SetNoiseSeed,
    SetOrder,
    SetVisible,
    apply_edit,
    apply_edits,
    check_scene,
)
from scene_strategies import edits, scenes

LOOK = Appearance(b"", b"", 1)
NOT_NUMBERS = [float("nan"), float("inf"), float("-inf")]


def _scene(*ids: str) -> Scene:
    blobs = tuple(Blob(identifier, identifier, Ellipse(0.5, 0.5, 1.0), LOOK) for identifier in ids)
    return Scene("m", "", Appearance(b"", b"", 0), blobs)


def _reason(scene: Scene, *several: SceneEdit) -> Reason:
    with pytest.raises(MaquetteError) as refusal:
        apply_edits(scene, several)
    assert refusal.value.action
    return refusal.value.reason


def _inverse(scene: Scene, edit: SceneEdit) -> list[SceneEdit]:
    """Edits that undo ``edit`` on ``scene``, written with the other edits wherever there is one."""
    blobs = {blob.id: blob for blob in scene.blobs}
    if isinstance(edit, SetEllipse):
        return [SetEllipse(edit.blob_id, blobs[edit.blob_id].ellipse)]
    if isinstance(edit, SetVisible):
        return [SetVisible(edit.blob_id, blobs[edit.blob_id].visible)]
    if isinstance(edit, SetOrder):
        return [SetOrder(tuple(blob.id for blob in scene.blobs))]
    if isinstance(edit, AddBlob):
        return [RemoveBlob(edit.blob.id)]
    if isinstance(edit, CloneBlob):
        return [RemoveBlob(edit.new_id)]
    if isinstance(edit, RemoveBlob):
        order = [blob.id for blob in scene.blobs]
        following = order[order.index(edit.blob_id) + 1 :]
        return [AddBlob(blobs[edit.blob_id], following[0] if following else None)]
    if isinstance(edit, RestyleBlob | RestyleFromBlob):
        look = scene.background if edit.blob_id is None else blobs[edit.blob_id].appearance
        return [RestyleBlob(edit.blob_id, look.restyle)]
    if isinstance(edit, SetNoiseSeed):
        return [SetNoiseSeed(scene.noise_seed)]
    return [ReplaceScene(scene)]


@given(scene=scenes, edit=edits)
def test_every_edit_has_an_inverse(scene: Scene, edit: SceneEdit) -> None:
    try:
        edited = apply_edit(scene, edit)
    except MaquetteError:
        return
    assert apply_edits(edited, _inverse(scene, edit)) == scene


@given(scene=scenes, several=st.lists(edits, max_size=6))
def test_whatever_is_accepted_is_a_sound_scene(scene: Scene, several: list[SceneEdit]) -> None:
    before = copy.deepcopy(scene)
    try:
        edited = apply_edits(scene, several)
    except MaquetteError:
        edited = scene
    check_scene(edited)
    assert scene == before


@given(scene=scenes, several=st.lists(edits, min_size=1, max_size=4))
def test_edits_together_are_the_edits_one_by_one(scene: Scene, several: list[SceneEdit]) -> None:
    expected, reason = scene, None
    try:
        for edit in several:
            expected = apply_edit(expected, edit)
    except MaquetteError as error:
        reason = error.reason
    if reason is None:
        assert apply_edits(scene, several) == expected
    else:
        assert _reason(scene, *several) is reason


def test_one_refused_edit_refuses_them_all() -> None:
    scene = _scene("a")
    assert _reason(scene, SetVisible("a", visible=False), RemoveBlob("nobody")) is Reason.BLOB_NOT_FOUND
    assert scene == _scene("a")


@pytest.mark.parametrize("field", ["x", "y", "size", "aspect", "angle"])
@pytest.mark.parametrize("value", NOT_NUMBERS)
def test_values_that_are_no_numbers_are_refused_in_every_ellipse(field: str, value: float) -> None:
    scene, ellipse = _scene("a"), replace(Ellipse(0.5, 0.5, 1.0), **{field: value})
    blob = Blob("b", "b", ellipse, LOOK)
    assert _reason(scene, SetEllipse("a", ellipse)) is Reason.NOT_A_FINITE_NUMBER
    assert _reason(scene, CloneBlob("a", "b", ellipse)) is Reason.NOT_A_FINITE_NUMBER
    assert _reason(scene, AddBlob(blob)) is Reason.NOT_A_FINITE_NUMBER
    assert _reason(scene, ReplaceScene(replace(scene, blobs=(blob,)))) is Reason.NOT_A_FINITE_NUMBER


@pytest.mark.parametrize("value", NOT_NUMBERS)
def test_values_that_are_no_numbers_are_refused_in_every_restyle(value: float) -> None:
    scene = _scene("a", "b")
    for restyle in (Restyle(value, seed=1), Restyle(0.5, seed=1, truncation=value)):
        look = replace(LOOK, restyle=restyle)
        assert _reason(scene, RestyleBlob("a", restyle)) is Reason.NOT_A_FINITE_NUMBER
        assert _reason(scene, RestyleBlob(None, restyle)) is Reason.NOT_A_FINITE_NUMBER
        assert _reason(scene, AddBlob(replace(scene.blobs[0], id="c", appearance=look))) is Reason.NOT_A_FINITE_NUMBER
        assert _reason(scene, ReplaceScene(replace(scene, background=look))) is Reason.NOT_A_FINITE_NUMBER
    assert _reason(scene, RestyleFromBlob("a", "b", value)) is Reason.NOT_A_FINITE_NUMBER


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (SetEllipse("a", Ellipse(0, 0, 0, aspect=0.0)), Reason.INVALID_ARGUMENT),
        (SetEllipse("a", Ellipse(0, 0, 0, aspect=-1.0)), Reason.INVALID_ARGUMENT),
        (SetEllipse("a", Ellipse(1e4, 0, 0)), Reason.INVALID_ARGUMENT),
        (SetEllipse("a", Ellipse(0, 0, 1e7)), Reason.INVALID_ARGUMENT),
        (SetEllipse("nobody", Ellipse(0, 0, 0)), Reason.BLOB_NOT_FOUND),
        (SetOrder(("a",)), Reason.INVALID_ARGUMENT),
        (SetOrder(("a", "a")), Reason.INVALID_ARGUMENT),
        (SetOrder(("a", "b", "nobody")), Reason.BLOB_NOT_FOUND),
        (CloneBlob("a", "b"), Reason.BLOB_ALREADY_EXISTS),
        (CloneBlob("nobody", "c"), Reason.BLOB_NOT_FOUND),
        (RestyleBlob("a", Restyle(2.0, seed=1)), Reason.INVALID_ARGUMENT),
        (RestyleBlob("a", Restyle(0.5)), Reason.INVALID_ARGUMENT),
        (RestyleBlob("a", Restyle(0.5, seed=1, style=b"")), Reason.INVALID_ARGUMENT),
        (RestyleFromBlob("a", "nobody", 0.5), Reason.BLOB_NOT_FOUND),
    ],
)
def test_edits_that_make_no_sense_are_refused(edit: SceneEdit, reason: Reason) -> None:
    assert _reason(_scene("a", "b"), edit) is reason


def test_a_scene_has_a_largest_number_of_blobs() -> None:
    full = _scene(*(str(number) for number in range(MAXIMUM_BLOBS)))
    assert _reason(full, CloneBlob("0", "more")) is Reason.LIMIT_EXCEEDED
    more = replace(full, blobs=(*full.blobs, replace(full.blobs[0], id="more")))
    assert _reason(full, ReplaceScene(more)) is Reason.LIMIT_EXCEEDED


def test_a_clone_lies_just_in_front_of_its_source() -> None:
    clone = apply_edit(_scene("a", "b"), CloneBlob("a", "c"))
    assert [blob.id for blob in clone.blobs] == ["a", "c", "b"]
    assert clone.blobs[1].appearance == clone.blobs[0].appearance
