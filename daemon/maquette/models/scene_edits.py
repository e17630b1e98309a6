"""Edits of a scene as values, and the pure function that applies them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from maquette.errors import MaquetteError, Reason
from maquette.models.scene import MAXIMUM_BLOBS, Blob, Ellipse, Restyle, Scene

MINIMUM_ASPECT, MAXIMUM_ASPECT = 1e-3, 1e3
MAXIMUM_COORDINATE = 1e3
MAXIMUM_SIZE = 1e6


@dataclass(frozen=True)
class SetEllipse:
    """Move, resize, reshape and rotate one blob at once."""

    blob_id: str
    ellipse: Ellipse


@dataclass(frozen=True)
class SetVisible:
    """Show or hide one blob."""

    blob_id: str
    visible: bool


@dataclass(frozen=True)
class SetOrder:
    """The order of all blobs, from back to front: every id of the scene exactly once."""

    blob_ids: tuple[str, ...]


@dataclass(frozen=True)
class AddBlob:
    """Insert a blob (from this or another scene of the same model) in front, or just behind ``behind_id``."""

    blob: Blob
    behind_id: str | None = None


@dataclass(frozen=True)
class CloneBlob:
    """Copy a blob, with its look, under a new id, just in front of it."""

    source_id: str
    new_id: str
    ellipse: Ellipse | None = None


@dataclass(frozen=True)
class RemoveBlob:
    """Delete one blob."""

    blob_id: str


@dataclass(frozen=True)
class RestyleBlob:
    """Set, change or (with None) take away the restyle of a blob; ``blob_id`` None means the background."""

    blob_id: str | None
    restyle: Restyle | None


@dataclass(frozen=True)
class RestyleFromBlob:
    """Mix another blob's own style into a blob."""

    blob_id: str
    source_id: str
    amount: float


@dataclass(frozen=True)
class SetNoiseSeed:
    """Choose other noise maps."""

    noise_seed: int


@dataclass(frozen=True)
class ReplaceScene:
    """Start again from a whole scene."""

    scene: Scene


SceneEdit = (
    SetEllipse
    | SetVisible
    | SetOrder
    | AddBlob
    | CloneBlob
    | RemoveBlob
    | RestyleBlob
    | RestyleFromBlob
    | SetNoiseSeed
    | ReplaceScene
)


def _refuse(message: str, action: str, reason: Reason = Reason.INVALID_ARGUMENT) -> MaquetteError:
    return MaquetteError(reason, message, action)


def _index(scene: Scene, blob_id: str) -> int:
    for index, blob in enumerate(scene.blobs):
        if blob.id == blob_id:
            return index
    raise _refuse(f"The scene has no blob '{blob_id}'.", "Use an id of the scene's blobs.", Reason.BLOB_NOT_FOUND)


def check_blob_ids(scene: Scene, blob_ids: Iterable[str]) -> None:
    """Refuse ids that a scene lacks.

    Raises:
        MaquetteError: BLOB_NOT_FOUND.
    """
    for blob_id in blob_ids:
        _index(scene, blob_id)


def _with_blob(scene: Scene, index: int, blob: Blob) -> Scene:
    return replace(scene, blobs=(*scene.blobs[:index], blob, *scene.blobs[index + 1 :]))


def _inserted(scene: Scene, index: int, blob: Blob) -> Scene:
    if len(scene.blobs) >= MAXIMUM_BLOBS:
        raise _refuse(
            f"A scene holds at most {MAXIMUM_BLOBS} blobs.", "Remove a blob before adding one.", Reason.LIMIT_EXCEEDED
        )
    if any(other.id == blob.id for other in scene.blobs):
        raise _refuse(
            f"The scene already has a blob '{blob.id}'.",
            "Give the new blob an id of its own.",
            Reason.BLOB_ALREADY_EXISTS,
        )
    return replace(scene, blobs=(*scene.blobs[:index], blob, *scene.blobs[index:]))


def check_ellipse(ellipse: Ellipse) -> None:
    """Refuse an ellipse that cannot be drawn.

    Raises:
        MaquetteError: NOT_A_FINITE_NUMBER, or INVALID_ARGUMENT for a value out of range.
    """
    values = {"x": ellipse.x, "y": ellipse.y, "size": ellipse.size, "aspect": ellipse.aspect, "angle": ellipse.angle}
    for name, value in values.items():
        if not math.isfinite(value):
            raise _refuse(
                f"The blob's {name} is not a finite number.", "Send a finite number.", Reason.NOT_A_FINITE_NUMBER
            )
    if not MINIMUM_ASPECT <= ellipse.aspect <= MAXIMUM_ASPECT:
        raise _refuse(f"The blob's aspect {ellipse.aspect:g} is out of range.", "Send an aspect from 0.001 to 1000.")
    if max(abs(ellipse.x), abs(ellipse.y)) > MAXIMUM_COORDINATE:
        raise _refuse("The blob lies too far outside the picture.", "Send x and y within ±1000 picture widths.")
    if abs(ellipse.size) > MAXIMUM_SIZE:
        raise _refuse(f"The blob's size {ellipse.size:g} is out of range.", "Send a size within ±1,000,000.")


def check_restyle(restyle: Restyle) -> None:
    """Refuse a restyle that cannot be mixed.

    Raises:
        MaquetteError: NOT_A_FINITE_NUMBER or INVALID_ARGUMENT.
    """
    if not (math.isfinite(restyle.amount) and math.isfinite(restyle.truncation)):
        raise _refuse("The restyle's amount is not a finite number.", "Send 0 to 1.", Reason.NOT_A_FINITE_NUMBER)
    if not (0.0 <= restyle.amount <= 1.0 and 0.0 <= restyle.truncation <= 1.0):
        raise _refuse("The restyle's amount or truncation is out of range.", "Send values from 0 to 1.")
    if (restyle.seed is None) == (restyle.style is None):
        raise _refuse("A restyle needs a seed or a style.", "Send exactly one of them.")


def check_scene(scene: Scene) -> None:
    """Refuse a scene that cannot be rendered whatever the model.

    Raises:
        MaquetteError: for too many blobs, doubled ids, and every ellipse or restyle that its own check refuses.
    """
    if len(scene.blobs) > MAXIMUM_BLOBS:
        raise _refuse(f"A scene holds at most {MAXIMUM_BLOBS} blobs.", "Send fewer blobs.", Reason.LIMIT_EXCEEDED)
    if len({blob.id for blob in scene.blobs}) != len(scene.blobs):
        raise _refuse("Two blobs have the same id.", "Give every blob an id of its own.", Reason.BLOB_ALREADY_EXISTS)
    for blob in scene.blobs:
        check_ellipse(blob.ellipse)
    for appearance in (scene.background, *(blob.appearance for blob in scene.blobs)):
        if appearance.restyle is not None:
            check_restyle(appearance.restyle)


def _reordered(scene: Scene, blob_ids: tuple[str, ...]) -> Scene:
    blobs = {blob.id: blob for blob in scene.blobs}
    for blob_id in blob_ids:
        _index(scene, blob_id)
    if len(blob_ids) != len(blobs) or len(set(blob_ids)) != len(blobs):
        raise _refuse("The order does not name every blob exactly once.", "Send all ids, from back to front.")
    return replace(scene, blobs=tuple(blobs[blob_id] for blob_id in blob_ids))


def _restyled(scene: Scene, blob_id: str | None, restyle: Restyle | None) -> Scene:
    if restyle is not None:
        check_restyle(restyle)
    if blob_id is None:
        return replace(scene, background=replace(scene.background, restyle=restyle))
    index = _index(scene, blob_id)
    blob = scene.blobs[index]
    return _with_blob(scene, index, replace(blob, appearance=replace(blob.appearance, restyle=restyle)))


def _cloned(scene: Scene, edit: CloneBlob) -> Scene:
    index = _index(scene, edit.source_id)
    source = scene.blobs[index]
    if edit.ellipse is not None:
        check_ellipse(edit.ellipse)
    return _inserted(scene, index + 1, replace(source, id=edit.new_id, ellipse=edit.ellipse or source.ellipse))


def _added(scene: Scene, edit: AddBlob) -> Scene:
    check_ellipse(edit.blob.ellipse)
    if edit.blob.appearance.restyle is not None:
        check_restyle(edit.blob.appearance.restyle)
    index = len(scene.blobs) if edit.behind_id is None else _index(scene, edit.behind_id)
    return _inserted(scene, index, edit.blob)


def _with_ellipse(scene: Scene, edit: SetEllipse) -> Scene:
    check_ellipse(edit.ellipse)
    index = _index(scene, edit.blob_id)
    return _with_blob(scene, index, replace(scene.blobs[index], ellipse=edit.ellipse))


def _without(scene: Scene, blob_id: str) -> Scene:
    index = _index(scene, blob_id)
    return replace(scene, blobs=(*scene.blobs[:index], *scene.blobs[index + 1 :]))


def _replaced(edit: ReplaceScene) -> Scene:
    check_scene(edit.scene)
    return edit.scene


def apply_edit(scene: Scene, edit: SceneEdit) -> Scene:
    """The scene after one edit; the given scene is left as it is.

    Raises:
        MaquetteError: BLOB_NOT_FOUND, BLOB_ALREADY_EXISTS, LIMIT_EXCEEDED, NOT_A_FINITE_NUMBER or INVALID_ARGUMENT.
    """
    if isinstance(edit, SetEllipse):
        return _with_ellipse(scene, edit)
    if isinstance(edit, SetVisible):
        index = _index(scene, edit.blob_id)
        return _with_blob(scene, index, replace(scene.blobs[index], visible=edit.visible))
    if isinstance(edit, SetOrder):
        return _reordered(scene, edit.blob_ids)
    if isinstance(edit, AddBlob):
        return _added(scene, edit)
    if isinstance(edit, CloneBlob):
        return _cloned(scene, edit)
    if isinstance(edit, RemoveBlob):
        return _without(scene, edit.blob_id)
    if isinstance(edit, RestyleBlob):
        return _restyled(scene, edit.blob_id, edit.restyle)
    if isinstance(edit, RestyleFromBlob):
        style = scene.blobs[_index(scene, edit.source_id)].appearance.style
        return _restyled(scene, edit.blob_id, Restyle(edit.amount, style=style))
    if isinstance(edit, SetNoiseSeed):
        return replace(scene, noise_seed=edit.noise_seed)
    return _replaced(edit)


def apply_edits(scene: Scene, edits: Iterable[SceneEdit]) -> Scene:
    """The scene after several edits in order: all of them, or none when one is refused (see :func:`apply_edit`)."""
    for edit in edits:
        scene = apply_edit(scene, edit)
    return scene
