"""From things that stand before a camera to a scene that has them where they are seen, and the rest to fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from .camera import Body, View
from .client import ClientError, Connection, models, scene_completion, scenes
from .composition import SHELL
from .documents import PlaneDocument
from .identity import fresh_id
from .kinds import FLAT, ON_BED, wall_of
from .linear import Vector3, cross, dot, scaled
from .outlines import Box, ellipse_of
from .placement import Frame, semi_axes
from .sampling import NewScene
from .scene import Blob, Ellipse, Scene
from .wire import scene_from_message, scene_message

ROOM = "room"
"""What a box is that holds the scene: its sides become the floor, the ceiling and the walls."""
WALL = "wall"
"""What a wall is whose side is to be told by where it is seen."""

CANDIDATES = 32
"""Sampled scenes from which those are taken that have things most like the given ones."""

_THINNEST = 0.02
_ROOM = 0.5
_ON_TOP = 0.02
_SOLID = (4 / 3) ** 0.5
"""Semi-axes, in halves of a box's sides, of an ellipsoid that from straight ahead looks like the ellipse of the box."""


@dataclass(frozen=True)
class Thing:
    """Something in the Blender scene.

    Attributes:
        name: of the object that it is, or follows.
        kind: of blob, or ROOM or WALL.
        boxes: that it is made of.
    """

    name: str
    kind: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Placed:
    """A thing as the camera sees it.

    Attributes:
        name: of the object.
        kind: of blob.
        ellipse: in the picture.
        distance: of its middle in front of the camera.
        body: about as large as it, in the world.
        box: of a part of the room: what is seen of it follows from the box, wherever the camera looks.
    """

    name: str
    kind: str
    ellipse: Ellipse
    distance: float
    body: Body
    box: Box | None = None


@dataclass(frozen=True)
class BlockoutRequest:
    """What the artist asks for.

    Attributes:
        things: in the Blender scene.
        view: of the camera. window: what it renders (see :meth:`.View.fitted`).
        model_id: catalogue name; empty = the default scene model.
        seed: decides looks and all that is not given.
        truncation: 0 = varied, 1 = the most typical looks.
        furnish: let the model add furniture that was not given.
        keep_absent: keep what was not given as hidden blobs; else it is left out.
    """

    things: tuple[Thing, ...]
    view: View
    window: tuple[float, float, float, float]
    model_id: str
    seed: int
    truncation: float
    furnish: bool = False
    keep_absent: bool = True


@dataclass(frozen=True)
class Blockout:
    """A scene made from things: ready to be put on a plane, and by blob id the thing that it is."""

    new: NewScene
    placed: dict[str, Placed]


def placed_things(things: Sequence[Thing], view: View, frame: Frame, known: Sequence[str]) -> list[Placed]:
    """The things that the camera sees, one by one, from back to front.

    Args:
        known: kinds that the model knows; others are left out.
    """
    found: list[Placed] = []
    for thing in things:
        for kind, boxes in _parts(thing, view):
            ellipse = ellipse_of(boxes, view, frame, within_picture=kind in SHELL or kind == WALL)
            if ellipse is None:
                continue
            kind = wall_of(ellipse.x, known) if kind == WALL else kind
            if kind in known:
                body, box = _body(boxes), boxes[0] if kind in SHELL and len(boxes) == 1 else None
                found.append(Placed(thing.name, kind, ellipse, view.seen(body.centre)[2], body, box))
    return sorted(found, key=lambda placed: drawing_key(placed.kind, placed.distance, _bed_distance(found)))


def drawing_key(kind: str, distance: float, bed_distance: float | None) -> tuple[int, float, float]:
    """Sorts from back to front: the room, what lies flat on it, then the rest by distance, the bed's with the bed."""
    if kind in SHELL:
        return 0, 0.0, -distance
    if kind in FLAT:
        return 1, float(FLAT.index(kind)), -distance
    if kind in ON_BED and bed_distance is not None:
        return 2, -bed_distance, 1.0 + ON_BED.index(kind)
    return 2, -distance, 0.0


async def build(
    connection: Connection, request: BlockoutRequest, on_progress: Callable[[str, float], None] | None = None
) -> Blockout:
    """Make the scene: looks from the sampled scenes that are most like it, the rest completed so that it fits.

    Raises:
        ClientError: NOTHING_SEEN; the daemon's refusal or any failure of the connection.
    """
    sampled = await scenes.sample_scenes(
        connection,
        request.seed * CANDIDATES,
        model_id=request.model_id,
        truncation=request.truncation,
        count=CANDIDATES,
    )
    model = await models.get_model(connection, sampled[0].scene.model_id)
    frame = Frame.of_picture(model.width, model.height, model.area_normaliser)
    known = [name.lower() for name in model.blob_names if name]
    placed = placed_things(request.things, request.view.fitted(request.window, frame), frame, known)
    if not placed:
        raise ClientError(
            "NOTHING_SEEN",
            "The camera sees nothing that the model knows.",
            "Turn the camera to the objects, or choose what they are.",
        )
    candidates = [scene_from_message(each.scene) for each in sampled]
    start, given = with_things(most_alike(candidates, placed, frame), candidates, placed, frame)
    pinned = [*given, *([] if request.furnish else absent_ids(start, given))]
    [completed] = await scene_completion.complete_scene(
        connection,
        scene_message(start),
        pinned,
        seed=request.seed,
        truncation=request.truncation,
        on_progress=on_progress,
    )
    scene = in_order(scene_from_message(completed.scene), given, request.keep_absent)
    return Blockout(NewScene(PlaneDocument(scene.without_blobs(), scene, frame), model.width, model.height), given)


def most_alike(candidates: Sequence[Scene], placed: Sequence[Placed], frame: Frame) -> Scene:
    """The scene whose blobs of the given kinds are nearest to where the things are, in place and size."""

    def mismatch(scene: Scene) -> float:
        blobs = {blob.name.lower(): blob for blob in scene.blobs}
        known = [(blobs[each.kind], each.ellipse) for each in placed if each.kind in blobs]
        return sum(_unlike(blob.ellipse, ellipse, frame) for blob, ellipse in known)

    return min(candidates, key=mismatch)


def with_things(
    template: Scene, candidates: Sequence[Scene], placed: Sequence[Placed], frame: Frame
) -> tuple[Scene, dict[str, Placed]]:
    """The scene with its blobs of the given kinds where the things are, copies where there are several, and the rest
    that is not the room itself hidden.

    Styles stay the scene's own, so that things go together. A structure, which tells how a thing is turned and cut, is
    that of the candidate that has such a thing most nearly in this place.

    Args:
        placed: of kinds that the scenes have.
    """
    blobs = {blob.name.lower(): blob for blob in template.blobs}
    given: dict[str, Placed] = {}
    made: list[Blob] = []
    for each in placed:
        blob = blobs[each.kind]
        blob_id = blob.id if blob.id not in given else fresh_id(blob.id, given)
        given[blob_id] = each
        nearest = min(
            (other for candidate in candidates for other in candidate.blobs if other.name == blob.name),
            key=lambda other, ellipse=each.ellipse: _unlike(other.ellipse, ellipse, frame),
        )
        look = replace(blob.look, structure=nearest.look.structure)
        made.append(replace(blob, id=blob_id, ellipse=each.ellipse, look=look, hidden=False))
    kinds = {each.kind for each in placed}
    rest = [
        blob if _is_room(blob) else replace(blob, hidden=True)
        for blob in template.blobs
        if blob.name.lower() not in kinds
    ]
    return replace(template, blobs=(*rest, *made)), given


def absent_ids(scene: Scene, given: dict[str, Placed]) -> list[str]:
    """Ids of the blobs that shall stay away: neither given nor of the room itself."""
    return [blob.id for blob in scene.blobs if blob.id not in given and not _is_room(blob)]


def in_order(scene: Scene, given: dict[str, Placed], keep_absent: bool) -> Scene:
    """The blobs from back to front: the room, what lies flat on it, what is hidden, then the things by distance."""
    nearest_bed = _bed_distance(list(given.values()))
    farthest = max((each.distance for each in given.values()), default=0.0) + 1.0

    def key(blob: Blob) -> tuple[int, float, float]:
        placed = given.get(blob.id)
        return drawing_key(blob.name.lower(), placed.distance if placed else farthest, nearest_bed if placed else None)

    kept = [blob for blob in scene.blobs if keep_absent or not blob.hidden]
    return replace(scene, blobs=tuple(sorted(kept, key=key)))


def standing_apart(given: Mapping[str, Placed]) -> dict[str, float]:
    """By blob id, how much farther a thing must count as standing that is not drawn by its distance: the room and what
    lies flat on it behind everything else, and what lies on the bed just in front of it.

    Args:
        given: from back to front.
    """
    bed = _bed_distance(list(given.values()))
    farthest = max((each.distance for each in given.values()), default=0.0)
    behind = [blob_id for blob_id, each in given.items() if each.kind in SHELL or each.kind in FLAT]
    pushed = {blob_id: farthest + _ROOM * (len(behind) - rank) for rank, blob_id in enumerate(behind)}
    if bed is not None:
        pushed |= {
            blob_id: bed - _ON_TOP * (1 + ON_BED.index(each.kind))
            for blob_id, each in given.items()
            if each.kind in ON_BED
        }
    return {blob_id: distance - given[blob_id].distance for blob_id, distance in pushed.items()}


def _parts(thing: Thing, view: View) -> list[tuple[str, tuple[Box, ...]]]:
    if thing.kind != ROOM:
        return [(thing.kind, thing.boxes)]
    room = thing.boxes[0]
    sides = {
        "floor": (0.0, 0.0, -1.0),
        "ceiling": (0.0, 0.0, 1.0),
        "left wall": scaled(view.right, -1.0),
        "right wall": view.right,
        "back wall": scaled(view.backward, -1.0),
    }
    return [(kind, (room.side(direction),)) for kind, direction in sides.items()]


def _body(boxes: Sequence[Box]) -> Body:
    """An ellipsoid about as large as a thing; what is flat is given some thickness, so that its empty can be turned."""
    box = boxes[0] if len(boxes) == 1 else Box.around(corner for each in boxes for corner in each.corners)
    first, second, third = (scaled(half, _SOLID) for half in box.halves)
    longest = max(dot(half, half) for half in (first, second, third)) ** 0.5
    return Body(
        box.centre,
        (
            _thick(first, cross(second, third), longest),
            _thick(second, cross(third, first), longest),
            _thick(third, cross(first, second), longest),
        ),
    )


def _thick(half: Vector3, across: Vector3, longest: float) -> Vector3:
    """A semi-axis of at least a small share of the longest."""
    length = dot(half, half) ** 0.5
    if length >= _THINNEST * longest:
        return half
    direction = half if length > 0.0 else across
    return scaled(direction, _THINNEST * longest / (dot(direction, direction) ** 0.5 or 1.0))


def _bed_distance(placed: Sequence[Placed]) -> float | None:
    return min((each.distance for each in placed if each.kind == "bed"), default=None)


def _is_room(blob: Blob) -> bool:
    return blob.name.lower() in SHELL


def _unlike(first: Ellipse, second: Ellipse, frame: Frame) -> float:
    """Squared distance of two ellipses: centres in widths of the picture, axes as they are seen."""
    across = (first.x - second.x) * frame.width, (first.y - second.y) * frame.height
    shapes = [sorted(semi_axes(ellipse, frame)) for ellipse in (first, second)]
    sizes = shapes[0][0] - shapes[1][0], shapes[0][1] - shapes[1][1]
    return sum(part * part for part in (*across, *sizes))
