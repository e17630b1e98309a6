"""What has to be told to the daemon so that its scene becomes the artist's. A pure function on values."""

from __future__ import annotations

from dataclasses import replace

from .client import ScenePatch, patches
from .scene import Blob, Scene
from .wire import blob_message, ellipse_message, restyle_message, scene_message


def difference(known: Scene, wanted: Scene) -> list[ScenePatch]:
    """The patches that turn ``known`` into ``wanted``, in the order in which to apply them; empty when equal.

    Raises:
        ValueError: the scenes are of different models, which needs a new edit session.
    """
    if not same_model(known, wanted):
        raise ValueError("The scenes are of different models.")
    if known == wanted:
        return []
    if not _patchable(known, wanted):
        return [patches.replace_scene(scene_message(wanted))]
    present = {blob.id: blob for blob in known.blobs}
    names = {blob.id for blob in wanted.blobs}
    changes: list[ScenePatch] = [patches.remove_blob(blob.id) for blob in known.blobs if blob.id not in names]
    changes += _additions(present, wanted)
    for blob in wanted.blobs:
        if blob.id in present:
            changes += _changes(present[blob.id], blob)
    if known.background.restyle != wanted.background.restyle:
        changes.append(patches.restyle_blob("", restyle_message(wanted.background.restyle)))
    if known.noise_seed != wanted.noise_seed:
        changes.append(patches.set_noise_seed(wanted.noise_seed))
    return changes + _reordering(known, wanted)


def same_model(first: Scene, second: Scene) -> bool:
    """Whether one edit session can serve both."""
    return (first.model_id, first.model_digest) == (second.model_id, second.model_digest)


def _patchable(known: Scene, wanted: Scene) -> bool:
    """Whether the two differ only in what patches can say."""
    if replace(known.background, restyle=None) != replace(wanted.background, restyle=None):
        return False
    present = {blob.id: blob for blob in known.blobs}
    return all(_same_thing(present[blob.id], blob) for blob in wanted.blobs if blob.id in present)


def _same_thing(first: Blob, second: Blob) -> bool:
    return first.name == second.name and replace(first.look, restyle=None) == replace(second.look, restyle=None)


def _additions(present: dict[str, Blob], wanted: Scene) -> list[ScenePatch]:
    """From front to back, so that the blob that each is put behind is there already."""
    changes: list[ScenePatch] = []
    in_front = ""
    for blob in reversed(wanted.blobs):
        if blob.id not in present:
            changes.append(patches.add_blob(blob_message(blob), in_front))
        in_front = blob.id
    return changes


def _changes(known: Blob, wanted: Blob) -> list[ScenePatch]:
    changes: list[ScenePatch] = []
    if known.ellipse != wanted.ellipse:
        changes.append(patches.set_ellipse(wanted.id, ellipse_message(wanted.ellipse)))
    if known.hidden != wanted.hidden:
        changes.append(patches.set_hidden(wanted.id, wanted.hidden))
    if known.look.restyle != wanted.look.restyle:
        changes.append(patches.restyle_blob(wanted.id, restyle_message(wanted.look.restyle)))
    return changes


def _reordering(known: Scene, wanted: Scene) -> list[ScenePatch]:
    """A new order, unless the kept blobs stand in the wanted one already: additions put themselves in place."""
    names = [blob.id for blob in wanted.blobs]
    kept = [blob.id for blob in known.blobs if blob.id in set(names)]
    if kept == [name for name in names if name in set(kept)]:
        return []
    return [patches.set_order(names)]
