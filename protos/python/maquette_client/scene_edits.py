"""Patches applied to the client's own copy of a scene, by the daemon's rules, in pure Python."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from maquette_client.errors import ClientError
from maquette_client.v1.scene_pb2 import Blob, Ellipse, Restyle, Scene, ScenePatch

MAXIMUM_BLOBS = 256
MAXIMUM_ID_LENGTH = 64
MINIMUM_ASPECT, MAXIMUM_ASPECT = 1e-3, 1e3
MAXIMUM_COORDINATE = 1e3
MAXIMUM_SIZE = 1e6


def find_blob(scene: Scene, blob_id: str) -> Blob:
    """The scene's blob of this id, itself and not a copy.

    Raises:
        ClientError: BLOB_NOT_FOUND.
    """
    return scene.blobs[_index(scene, blob_id)]


def apply_patches(scene: Scene, patches: Iterable[ScenePatch]) -> None:
    """Change ``scene`` by the patches in order. When one is refused, those before it stay applied.

    Raises:
        ClientError: BLOB_NOT_FOUND, BLOB_ALREADY_EXISTS, LIMIT_EXCEEDED, NOT_A_FINITE_NUMBER, SCENE_MODEL_MISMATCH or
            INVALID_ARGUMENT.
    """
    for patch in patches:
        kind = patch.WhichOneof("change")
        if kind is None:
            raise _refused("A patch changes nothing.", "Set exactly one of its changes.")
        _CHANGES[kind](scene, getattr(patch, kind))


def _refused(message: str, action: str, reason: str = "INVALID_ARGUMENT") -> ClientError:
    return ClientError(reason, message, action)


def _index(scene: Scene, blob_id: str) -> int:
    for index, blob in enumerate(scene.blobs):
        if blob.id == blob_id:
            return index
    raise _refused(f"The scene has no blob '{blob_id}'.", "Use an id of the scene's blobs.", "BLOB_NOT_FOUND")


def _check_ellipse(ellipse: Ellipse) -> None:
    for name in ("x", "y", "size", "aspect", "angle"):
        if not math.isfinite(getattr(ellipse, name)):
            raise _refused(f"The blob's {name} is not a finite number.", "Send a finite number.", "NOT_A_FINITE_NUMBER")
    if not MINIMUM_ASPECT <= ellipse.aspect <= MAXIMUM_ASPECT:
        raise _refused(f"The blob's aspect {ellipse.aspect:g} is out of range.", "Send an aspect from 0.001 to 1000.")
    if max(abs(ellipse.x), abs(ellipse.y)) > MAXIMUM_COORDINATE:
        raise _refused("The blob lies too far outside the picture.", "Send x and y within ±1000 picture widths.")
    if abs(ellipse.size) > MAXIMUM_SIZE:
        raise _refused(f"The blob's size {ellipse.size:g} is out of range.", "Send a size within ±1,000,000.")


def _check_amount(amount: float, name: str) -> None:
    if not math.isfinite(amount):
        raise _refused(f"The restyle's {name} is not a finite number.", "Send 0 to 1.", "NOT_A_FINITE_NUMBER")
    if not 0.0 <= amount <= 1.0:
        raise _refused(f"The restyle's {name} is out of range.", "Send 0 to 1.")


def _check_restyle(restyle: Restyle) -> None:
    _check_amount(restyle.amount, "amount")
    source = restyle.WhichOneof("source")
    if source is None:
        raise _refused("A restyle needs a seed or a style.", "Send exactly one of them.")
    if source == "seeded":
        _check_amount(restyle.seeded.truncation, "truncation")


def _check_new_id(scene: Scene, blob_id: str) -> None:
    if not 1 <= len(blob_id) <= MAXIMUM_ID_LENGTH:
        raise _refused("A blob's id must have 1 to 64 characters.", "Give the blob another id.")
    if len(scene.blobs) >= MAXIMUM_BLOBS:
        raise _refused(
            f"A scene holds at most {MAXIMUM_BLOBS} blobs.", "Remove a blob before adding one.", "LIMIT_EXCEEDED"
        )
    if any(blob.id == blob_id for blob in scene.blobs):
        raise _refused(
            f"The scene already has a blob '{blob_id}'.", "Give the new blob an id of its own.", "BLOB_ALREADY_EXISTS"
        )


def _insert(scene: Scene, index: int, blob: Blob) -> None:
    scene.blobs.insert(index, blob)


def _set_ellipse(scene: Scene, change: ScenePatch.SetEllipse) -> None:
    _check_ellipse(change.ellipse)
    find_blob(scene, change.blob_id).ellipse.CopyFrom(change.ellipse)


def _set_hidden(scene: Scene, change: ScenePatch.SetHidden) -> None:
    find_blob(scene, change.blob_id).hidden = change.hidden


def _set_order(scene: Scene, change: ScenePatch.SetOrder) -> None:
    wanted = list(change.blob_ids)
    for blob_id in wanted:
        _index(scene, blob_id)
    if len(wanted) != len(scene.blobs) or len(set(wanted)) != len(wanted):
        raise _refused("The order does not name every blob exactly once.", "Send all ids, from back to front.")
    rank = {blob_id: position for position, blob_id in enumerate(wanted)}
    scene.blobs.sort(key=lambda blob: rank[blob.id])


def _add_blob(scene: Scene, change: ScenePatch.AddBlob) -> None:
    _check_ellipse(change.blob.ellipse)
    if change.blob.appearance.HasField("restyle"):
        _check_restyle(change.blob.appearance.restyle)
    index = _index(scene, change.behind_id) if change.behind_id else len(scene.blobs)
    _check_new_id(scene, change.blob.id)
    _insert(scene, index, change.blob)


def _clone_blob(scene: Scene, change: ScenePatch.CloneBlob) -> None:
    index = _index(scene, change.source_id)
    _check_new_id(scene, change.new_id)
    copy = Blob()
    copy.CopyFrom(scene.blobs[index])
    copy.id = change.new_id
    if change.HasField("ellipse"):
        _check_ellipse(change.ellipse)
        copy.ellipse.CopyFrom(change.ellipse)
    _insert(scene, index + 1, copy)


def _remove_blob(scene: Scene, change: ScenePatch.RemoveBlob) -> None:
    del scene.blobs[_index(scene, change.blob_id)]


def _restyle(scene: Scene, blob_id: str, restyle: Restyle | None) -> None:
    appearance = find_blob(scene, blob_id).appearance if blob_id else scene.background
    if restyle is None:
        appearance.ClearField("restyle")
        return
    _check_restyle(restyle)
    appearance.restyle.CopyFrom(restyle)


def _restyle_blob(scene: Scene, change: ScenePatch.RestyleBlob) -> None:
    _restyle(scene, change.blob_id, change.restyle if change.HasField("restyle") else None)


def _restyle_from_blob(scene: Scene, change: ScenePatch.RestyleFromBlob) -> None:
    style = find_blob(scene, change.source_id).appearance.style
    _restyle(scene, change.blob_id, Restyle(amount=change.amount, style=style))


def _set_noise_seed(scene: Scene, change: ScenePatch.SetNoiseSeed) -> None:
    scene.noise_seed = change.noise_seed


def _replace_scene(scene: Scene, change: ScenePatch.ReplaceScene) -> None:
    if change.scene.model_id != scene.model_id:
        raise _refused(
            f"The scene is of model '{change.scene.model_id}' and not of '{scene.model_id}'.",
            "Open it in an edit session of its own.",
            "SCENE_MODEL_MISMATCH",
        )
    for blob in change.scene.blobs:
        _check_ellipse(blob.ellipse)
    scene.CopyFrom(change.scene)


_CHANGES: dict[str, Callable[[Scene, Any], None]] = {
    "set_ellipse": _set_ellipse,
    "set_hidden": _set_hidden,
    "set_order": _set_order,
    "add_blob": _add_blob,
    "clone_blob": _clone_blob,
    "remove_blob": _remove_blob,
    "restyle_blob": _restyle_blob,
    "restyle_from_blob": _restyle_from_blob,
    "set_noise_seed": _set_noise_seed,
    "replace_scene": _replace_scene,
}
