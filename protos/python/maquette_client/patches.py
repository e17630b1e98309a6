"""Short names for the patches that hosts send, and the merging of patches that overwrite each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maquette_client.v1.scene_pb2 import Blob, Ellipse, Restyle, Scene, ScenePatch, SeededStyle

# Patches that another one may build upon: nothing is dropped across them.
_STRUCTURAL = frozenset({"add_blob", "clone_blob", "remove_blob", "restyle_from_blob"})


def set_ellipse(blob_id: str, ellipse: Ellipse) -> ScenePatch:
    """Move, resize, reshape and rotate one blob at once."""
    return ScenePatch(set_ellipse=ScenePatch.SetEllipse(blob_id=blob_id, ellipse=ellipse))


def set_hidden(blob_id: str, hidden: bool) -> ScenePatch:
    """Hide or show one blob."""
    return ScenePatch(set_hidden=ScenePatch.SetHidden(blob_id=blob_id, hidden=hidden))


def set_order(blob_ids: Sequence[str]) -> ScenePatch:
    """The order of all blobs, from back to front."""
    return ScenePatch(set_order=ScenePatch.SetOrder(blob_ids=blob_ids))


def add_blob(blob: Blob, behind_id: str = "") -> ScenePatch:
    """Insert a blob of this or another scene of the same model, in front of all or just behind ``behind_id``."""
    return ScenePatch(add_blob=ScenePatch.AddBlob(blob=blob, behind_id=behind_id))


def clone_blob(source_id: str, new_id: str, ellipse: Ellipse | None = None) -> ScenePatch:
    """Copy a blob, with its look, just in front of it."""
    return ScenePatch(clone_blob=ScenePatch.CloneBlob(source_id=source_id, new_id=new_id, ellipse=ellipse))


def remove_blob(blob_id: str) -> ScenePatch:
    """Delete one blob."""
    return ScenePatch(remove_blob=ScenePatch.RemoveBlob(blob_id=blob_id))


def restyle_blob(blob_id: str, restyle: Restyle | None) -> ScenePatch:
    """Set a blob's restyle, or (None) take it away; an empty id is the background."""
    return ScenePatch(restyle_blob=ScenePatch.RestyleBlob(blob_id=blob_id, restyle=restyle))


def restyle_from_blob(blob_id: str, source_id: str, amount: float) -> ScenePatch:
    """Mix another blob's own style into a blob; ``amount`` is 0 to 1."""
    change = ScenePatch.RestyleFromBlob(blob_id=blob_id, source_id=source_id, amount=amount)
    return ScenePatch(restyle_from_blob=change)


def set_noise_seed(noise_seed: int) -> ScenePatch:
    """Choose other noise maps."""
    return ScenePatch(set_noise_seed=ScenePatch.SetNoiseSeed(noise_seed=noise_seed))


def replace_scene(scene: Scene) -> ScenePatch:
    """Start again from a whole scene of the same model."""
    return ScenePatch(replace_scene=ScenePatch.ReplaceScene(scene=scene))


def seeded_restyle(seed: int, amount: float = 1.0, truncation: float = 0.0) -> Restyle:
    """A restyle from a seed."""
    return Restyle(amount=amount, seeded=SeededStyle(seed=seed, truncation=truncation))


def merged(patches: Iterable[ScenePatch]) -> list[ScenePatch]:
    """Fewer patches with the same outcome: of several that set the same thing, only the last is kept."""
    kept: list[ScenePatch] = []
    overwritten: set[tuple[str, str]] = set()
    for patch in reversed(list(patches)):
        kind = patch.WhichOneof("change") or ""
        if kind in _STRUCTURAL:
            overwritten.clear()
        elif (key := (kind, getattr(getattr(patch, kind), "blob_id", ""))) in overwritten:
            continue
        else:
            overwritten.add(key)
        kept.append(patch)
        if kind == "replace_scene":
            break
    return kept[::-1]
