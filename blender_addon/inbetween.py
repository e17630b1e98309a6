"""From one scene to another: which blob becomes which, and the looks between them.

Places are animated in Blender, on the empties. What Blender cannot animate follows one amount: looks are mixed, and a
blob that is in one scene only grows or vanishes in its place.
"""

from __future__ import annotations

import json
import math
import struct
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, cast

from .client import ClientError
from .documents import read_scene, write_scene
from .scene import Blob, Ellipse, Look, Scene

FORMAT = "maquette-in-between"
SCHEMA = 1

GONE_SIZE = -8.0
"""Opacity logit at which nothing is seen of a blob any more: 0.03 %."""

SMALLEST_SIZE = 0.05
"""Opacity logit from which on an empty shows how large its blob is; below, it stands for one that is hardly seen."""

_EPSILON = 1e-5


@dataclass(frozen=True)
class InBetween:
    """Where a scene leads to.

    Attributes:
        end: without restyles; its blobs have the ids that they have where it begins.
        first, last: frames of the beginning and of the end.
        coming: ids of blobs that are seen at the end only.
        leaving: ids of blobs that are seen at the beginning only.
        new: ids of blobs that the beginning lacks.
        sizes: by id, sizes at the beginning and at the end, where an empty cannot show one of them.
    """

    end: Scene
    first: int
    last: int
    coming: frozenset[str] = frozenset()
    leaving: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()
    sizes: Mapping[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    looks: Mapping[str, Look] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "looks", {blob.id: blob.look for blob in self.end.blobs})


def lead(start: Scene, end: Scene, first: int, last: int) -> InBetween:
    """How one scene becomes another of the same model: blobs of one id belong together, then those of one row.

    Args:
        start: where it begins.
        end: without restyles.
        first, last: frames.

    Raises:
        ClientError: SCENE_MODEL_MISMATCH.
    """
    if (start.model_id, start.model_digest) != (end.model_id, end.model_digest):
        raise ClientError(
            "SCENE_MODEL_MISMATCH", "The two scenes were made by different models.", "Choose a scene of the same model."
        )
    ids = _paired_ids(start.blobs, end.blobs)
    begun = {blob.id: blob for blob in start.blobs}
    renamed = [replace(blob, id=ids[blob.id]) for blob in end.blobs]
    ended = {blob.id: blob for blob in renamed if blob.id in begun or not blob.hidden}
    before = {blob.id for blob in start.blobs if not blob.hidden}
    after = {blob.id for blob in ended.values() if not blob.hidden}
    pairs = {name: (begun[name].ellipse.size, ended[name].ellipse.size) for name in before & after}
    return InBetween(
        replace(end, blobs=tuple(ended.values())),
        first,
        last,
        coming=frozenset(after - before),
        leaving=frozenset(before - after),
        new=frozenset(ended.keys() - begun.keys()),
        sizes={name: sizes for name, sizes in pairs.items() if min(sizes) <= SMALLEST_SIZE},
    )


def _paired_ids(start: Sequence[Blob], end: Sequence[Blob]) -> dict[str, str]:
    """By id at the end, the id at the beginning; a blob that is new keeps its own."""
    own, others = {blob.id for blob in start}, {blob.id for blob in end}
    free: defaultdict[int, list[str]] = defaultdict(list)
    for blob in reversed(start):
        if blob.id not in others:
            free[blob.look.row].append(blob.id)
    return {
        blob.id: free[blob.look.row].pop() if blob.id not in own and free[blob.look.row] else blob.id for blob in end
    }


def mixed(scene: Scene, between: InBetween, amount: float) -> Scene:
    """A scene on its way; places are left as they are.

    Args:
        scene: with places, and with looks of the beginning.
        amount: 0 = the beginning, 1 = the end.

    Raises:
        ClientError: SCENE_FILE_CORRUPT when vectors of looks do not fit each other.
    """
    amount = min(max(amount, 0.0), 1.0)
    return replace(
        scene,
        background=mixed_look(scene.background, between.end.background, amount),
        blobs=tuple(_mixed_blob(blob, between, amount) for blob in scene.blobs),
    )


def _mixed_blob(blob: Blob, between: InBetween, amount: float) -> Blob:
    size = blob.ellipse.size
    if blob.id in between.coming:
        return replace(_sized(blob, _mix(_gone(size), size, amount)), look=between.looks[blob.id])
    if blob.id in between.leaving:
        return _sized(blob, _mix(size, _gone(size), amount))
    if blob.id not in between.looks:
        return blob
    if blob.id in between.sizes:
        blob = _sized(blob, _mix(*between.sizes[blob.id], amount))
    return replace(blob, look=mixed_look(blob.look, between.looks[blob.id], amount))


def _mix(start: float, end: float, amount: float) -> float:
    return end if amount >= 1.0 else start + (end - start) * amount


def _gone(size: float) -> float:
    return min(GONE_SIZE, size)


def _sized(blob: Blob, size: float) -> Blob:
    return replace(blob, ellipse=replace(blob.ellipse, size=size))


def mixed_look(start: Look, end: Look, amount: float) -> Look:
    """The look between two; a restyle of the first fades out.

    Raises:
        ClientError: SCENE_FILE_CORRUPT for vectors of different lengths.
    """
    if amount <= 0.0 or amount >= 1.0:
        return end if amount > 0.0 else start
    restyle = start.restyle
    return Look(
        structure=_mixed_vector(start.structure, end.structure, amount),
        style=_mixed_vector(start.style, end.style, amount),
        # A restyle from a seed takes its style from this row.
        row=start.row,
        restyle=None if restyle is None else replace(restyle, amount=restyle.amount * (1.0 - amount)),
    )


def _mixed_vector(start: bytes, end: bytes, amount: float) -> bytes:
    if start == end:
        return start
    if len(start) != len(end) or len(start) % 4:
        raise ClientError("SCENE_FILE_CORRUPT", "Two looks cannot be mixed.", "Undo, or make the keyframes again.")
    layout = f"<{len(start) // 4}f"
    pairs = zip(struct.unpack(layout, start), struct.unpack(layout, end), strict=True)
    values = [own + (other - own) * amount for own, other in pairs]
    # Mixing shortens vectors that differ; the model only knows vectors of unit rms.
    scale = 1.0 / math.sqrt(math.fsum(value * value for value in values) / len(values) + _EPSILON)
    return struct.pack(layout, *(value * scale for value in values))


def nearest_shape(ellipse: Ellipse, start: Ellipse) -> Ellipse:
    """The same ellipse, with its axes named and its angle counted so that it turns least on the way from ``start``."""
    quarters = round((start.angle - ellipse.angle) / (math.pi / 2))
    candidates = [_turned(ellipse, quarter) for quarter in range(quarters - 1, quarters + 2)]
    return min(candidates, key=lambda each: _turning(start, each))


def _turned(ellipse: Ellipse, quarters: int) -> Ellipse:
    aspect = 1.0 / ellipse.aspect if quarters % 2 else ellipse.aspect
    return replace(ellipse, aspect=aspect, angle=ellipse.angle + quarters * math.pi / 2)


def _turning(start: Ellipse, end: Ellipse) -> float:
    return abs(end.angle - start.angle) + abs(math.log(end.aspect / start.aspect))


def write_in_between(between: InBetween) -> str:
    """As text, for the plane."""
    content = {
        "format": FORMAT,
        "schema": SCHEMA,
        "end": write_scene(between.end),
        "frames": [between.first, between.last],
        "coming": sorted(between.coming),
        "leaving": sorted(between.leaving),
        "new": sorted(between.new),
        "sizes": between.sizes,
    }
    return json.dumps(content)


@lru_cache(maxsize=8)
def read_in_between(text: str) -> InBetween:
    """What :func:`write_in_between` wrote.

    Raises:
        ClientError: SCENE_FILE_CORRUPT or SCENE_FILE_UNKNOWN.
    """
    try:
        content = cast("dict[str, Any]", json.loads(text))
        if (content["format"], content["schema"]) != (FORMAT, SCHEMA):
            raise ValueError("another schema")
        first, last = map(int, content["frames"])
        coming, leaving, new = map(_ids, (content["coming"], content["leaving"], content["new"]))
        sizes = {str(name): (float(start), float(end)) for name, (start, end) in content["sizes"].items()}
        between = InBetween(read_scene(str(content["end"])), first, last, coming, leaving, new, sizes)
        if not (coming | new) <= set(between.looks):
            raise ValueError("a blob is missing")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ClientError(
            "SCENE_FILE_CORRUPT",
            "What Maquette wrote on this plane about its keyframes cannot be read.",
            "Undo, or make a new scene.",
        ) from error
    return between


def _ids(listed: object) -> frozenset[str]:
    if not isinstance(listed, list):
        raise TypeError("ids are not a list")
    return frozenset(map(str, cast("list[object]", listed)))
