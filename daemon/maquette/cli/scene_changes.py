"""The changes that `maquette scene edit` can make: words of the command line to patches of the contract."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maquette_client import patches
from maquette_client.errors import ClientError
from maquette_client.scene_edits import apply_patches
from maquette_client.v1.scene_pb2 import Blob, Ellipse, Scene

BACKGROUND = "background"


@dataclass(frozen=True)
class Look:
    """The look that ``--restyle`` gives: from a seed, and how much of it, 0 to 1."""

    seed: int = 0
    amount: float = 1.0


@dataclass(frozen=True)
class Change:
    """A kind of change.

    Attributes:
        values: what the words after the option are; the first is a blob, the others are numbers.
        help: one line.
        make: changes the scene; called with the scene, the look, the first word and the numbers.
    """

    values: tuple[str, ...]
    help: str
    make: Callable[..., None]


def apply_changes(scene: Scene, words: Sequence[str], look: Look) -> None:
    """Change ``scene`` by options and their values, in the order in which they are given.

    Raises:
        ClientError: INVALID_ARGUMENT for words that are no change, BLOB_NOT_FOUND, or what
            :func:`maquette_client.scene_edits.apply_patches` refuses.
    """
    rest = list(words)
    while rest:
        option = rest.pop(0)
        change = CHANGES.get(option)
        if change is None:
            raise _wrong(f"'{option}' is not a change.", f"The changes are: {', '.join(CHANGES)}.")
        values, rest = rest[: len(change.values)], rest[len(change.values) :]
        usage = f"Write {option} {' '.join(change.values)}."
        if len(values) < len(change.values) or any(value in CHANGES for value in values):
            raise _wrong(f"{option} needs {len(change.values)} values.", usage)
        change.make(scene, look, values[0], *(_number(value, option, usage) for value in values[1:]))


def changes_help() -> str:
    """The table of changes, as help text."""
    usages = {f"{option} {' '.join(change.values)}": change.help for option, change in CHANGES.items()}
    width = max(map(len, usages))
    return "\n".join(f"{usage:<{width}}  {text}" for usage, text in usages.items())


def find_by_name(scene: Scene, name: str) -> Blob:
    """The blob of this id, or else the only one of this name.

    Raises:
        ClientError: BLOB_NOT_FOUND when there is none, INVALID_ARGUMENT when there are several.
    """
    by_id = [blob for blob in scene.blobs if blob.id == name]
    by_name = [blob for blob in scene.blobs if blob.name == name]
    if by_id or len(by_name) == 1:
        return (by_id or by_name)[0]
    if by_name:
        ids = ", ".join(blob.id for blob in by_name)
        raise _wrong(f"Several blobs are called '{name}'.", f"Use one of their ids: {ids}.")
    ids = ", ".join(blob.id for blob in scene.blobs) or "none"
    raise ClientError("BLOB_NOT_FOUND", f"The scene has no blob '{name}'.", f"It has: {ids}.")


def free_id(scene: Scene, name: str) -> str:
    """The first of ``name-2``, ``name-3`` … that the scene does not have."""
    taken, number = {blob.id for blob in scene.blobs}, 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"


def _move(scene: Scene, _: Look, name: str, dx: float, dy: float) -> None:
    ellipse = find_by_name(scene, name).ellipse
    _set_ellipse(scene, name, x=ellipse.x + dx, y=ellipse.y + dy)


def _place(scene: Scene, _: Look, name: str, x: float, y: float) -> None:
    _set_ellipse(scene, name, x=x, y=y)


def _scale(scene: Scene, _: Look, name: str, factor: float) -> None:
    if not factor > 0.0:
        raise _wrong(f"A blob cannot be scaled by {factor:g}.", "Use a factor above 0.")
    # The semi-axes at half opacity grow with the square root of the size.
    size = find_by_name(scene, name).ellipse.size
    _set_ellipse(scene, name, size=size * factor**2 if size > 0.0 else size / factor**2)


def _aspect(scene: Scene, _: Look, name: str, aspect: float) -> None:
    _set_ellipse(scene, name, aspect=aspect)


def _rotate(scene: Scene, _: Look, name: str, degrees: float) -> None:
    _set_ellipse(scene, name, angle=find_by_name(scene, name).ellipse.angle + math.radians(degrees))


def _set_ellipse(scene: Scene, name: str, **fields: float) -> None:
    blob = find_by_name(scene, name)
    ellipse = Ellipse()
    ellipse.CopyFrom(blob.ellipse)
    for field, value in fields.items():
        setattr(ellipse, field, value)
    apply_patches(scene, [patches.set_ellipse(blob.id, ellipse)])


def _to_front(scene: Scene, _: Look, name: str) -> None:
    moved = find_by_name(scene, name).id
    apply_patches(scene, [patches.set_order([*_others(scene, moved), moved])])


def _to_back(scene: Scene, _: Look, name: str) -> None:
    moved = find_by_name(scene, name).id
    apply_patches(scene, [patches.set_order([moved, *_others(scene, moved)])])


def _others(scene: Scene, blob_id: str) -> list[str]:
    return [blob.id for blob in scene.blobs if blob.id != blob_id]


def _hide(scene: Scene, _: Look, name: str) -> None:
    apply_patches(scene, [patches.set_hidden(find_by_name(scene, name).id, True)])


def _show(scene: Scene, _: Look, name: str) -> None:
    apply_patches(scene, [patches.set_hidden(find_by_name(scene, name).id, False)])


def _clone(scene: Scene, _: Look, name: str) -> None:
    source = find_by_name(scene, name)
    apply_patches(scene, [patches.clone_blob(source.id, free_id(scene, name))])


def _remove(scene: Scene, _: Look, name: str) -> None:
    apply_patches(scene, [patches.remove_blob(find_by_name(scene, name).id)])


def _restyle(scene: Scene, look: Look, name: str) -> None:
    blob_id = "" if name == BACKGROUND else find_by_name(scene, name).id
    apply_patches(scene, [patches.restyle_blob(blob_id, patches.seeded_restyle(look.seed, look.amount))])


def _number(word: str, option: str, usage: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise _wrong(f"{option} was given '{word}' for a number.", usage) from None


def _wrong(message: str, action: str) -> ClientError:
    return ClientError("INVALID_ARGUMENT", message, action)


CHANGES: dict[str, Change] = {
    "--move": Change(("BLOB", "DX", "DY"), "Move by a distance in picture sides.", _move),
    "--place": Change(("BLOB", "X", "Y"), "Put the centre there; 0 0 = top left.", _place),
    "--scale": Change(("BLOB", "FACTOR"), "Make larger or smaller.", _scale),
    "--aspect": Change(("BLOB", "RATIO"), "Make wider or narrower: first semi-axis to second.", _aspect),
    "--rotate": Change(("BLOB", "DEGREES"), "Turn clockwise.", _rotate),
    "--front": Change(("BLOB",), "Bring in front of all others.", _to_front),
    "--back": Change(("BLOB",), "Put behind all others.", _to_back),
    "--hide": Change(("BLOB",), "Do not draw it.", _hide),
    "--show": Change(("BLOB",), "Draw it again.", _show),
    "--clone": Change(("BLOB",), "Copy it in place; a copy of lamp is called lamp-2.", _clone),
    "--remove": Change(("BLOB",), "Delete it.", _remove),
    "--restyle": Change(("BLOB",), "Give it the look of --seed; also of: background.", _restyle),
}
