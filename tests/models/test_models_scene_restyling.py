from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.models.scene import Appearance, Blob, Ellipse, Restyle, Scene
from maquette.models.scene_restyling import RestyleFromScene, partners, restyled_from


def scene_with(*blobs: tuple[str, int], style: bytes = b"own.") -> Scene:
    """A scene of blobs of these ids and rows; each look is told by its id."""
    look = Appearance(bytes(4), style, 0)
    return Scene(
        "rooms",
        "",
        look,
        tuple(
            Blob(name, name, Ellipse(0.5, 0.5, 1.0), Appearance(bytes(4), style + name.encode(), row))
            for name, row in blobs
        ),
    )


def styles(scene: Scene) -> list[bytes | None]:
    """What is mixed into each blob."""
    looks = [blob.appearance.restyle for blob in scene.blobs]
    return [None if look is None else look.style for look in looks]


def test_a_look_comes_from_the_same_id_before_the_same_row() -> None:
    scene = scene_with(("a", 1), ("b", 2), ("c", 3))
    source = scene_with(("x", 1), ("y", 2), ("b", 9), ("z", 1), style=b"new.")
    assert {name: blob.id for name, blob in partners(scene, source).items()} == {"a": "x", "b": "b"}


def test_only_what_is_asked_for_is_restyled() -> None:
    scene, source = scene_with(("a", 1), ("b", 2)), scene_with(("a", 1), ("b", 2), style=b"new.")
    assert styles(restyled_from(scene, RestyleFromScene(source, ("b",)))) == [None, b"new.b"]
    both = restyled_from(scene, RestyleFromScene(source, (), background=True, amount=0.25))
    assert styles(both) == [None, None]
    assert both.background.restyle == Restyle(0.25, style=b"new.")


@pytest.mark.parametrize(
    ("blob_ids", "amount", "reason"),
    [(("nobody",), 1.0, Reason.BLOB_NOT_FOUND), (("a",), 1.5, Reason.INVALID_ARGUMENT)],
)
def test_what_cannot_be_restyled_is_refused(blob_ids: tuple[str, ...], amount: float, reason: Reason) -> None:
    scene = scene_with(("a", 1))
    with pytest.raises(MaquetteError) as refused:
        restyled_from(scene, RestyleFromScene(scene, blob_ids, amount=amount))
    assert refused.value.reason is reason


blobs = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 4)), max_size=6, unique_by=lambda blob: blob[0])


@given(blobs, blobs)
def test_nothing_but_looks_changes_and_a_blob_without_a_partner_keeps_its_own(own, other) -> None:
    scene, source = scene_with(*own), scene_with(*other, style=b"new.")
    restyled = restyled_from(scene, RestyleFromScene(source, tuple(name for name, _ in own)))
    for before, after in zip(scene.blobs, restyled.blobs, strict=True):
        known = any(before.id == name or before.appearance.row == row for name, row in other)
        assert (after.appearance.restyle is None) is not known
        assert (before.id, before.ellipse, before.appearance.style) == (after.id, after.ellipse, after.appearance.style)
    assert restyled.background == scene.background
