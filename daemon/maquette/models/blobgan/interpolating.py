"""Scenes between two scenes: pure functions of scenes, and the verb."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.layers import rms_normalised
from maquette.models.blobgan.proposals import check_count, check_thumbnail_side, with_thumbnail
from maquette.models.blobgan.scene_layout import resolved_scene
from maquette.models.operations import Operation, Progress
from maquette.models.painting.progress import Stretch, within
from maquette.models.requests import SampledScene, SampleSceneResult
from maquette.models.scene import MAXIMUM_BLOBS, Appearance, Blob, Ellipse, Scene
from maquette.models.scene_requests import MAXIMUM_AMOUNTS, InterpolateScenes
from maquette.models.vectors import FLOAT_BYTES, stacked_vectors, vector_bytes

if TYPE_CHECKING:
    from maquette.models.blobgan.verbs import BlobGanModel

GONE_SIZE = -8.0
"""Opacity logit at which nothing is seen of a blob any more: 0.03 %."""


@dataclass(frozen=True)
class Pair:
    """A blob in both scenes, or in one of them, with its rank from 0 (back) to 1 (front) in each."""

    start: Blob | None
    end: Blob | None
    ranks: tuple[float, float]


def _mixed(start: float, end: float, amount: float) -> float:
    return start + (end - start) * amount


def _elongation(ellipse: Ellipse) -> tuple[float, float]:
    """How much longer the longer axis is (logarithm, ≥ 0), and that axis' direction."""
    log_aspect = math.log(ellipse.aspect)
    return abs(log_aspect), ellipse.angle if log_aspect >= 0 else ellipse.angle + math.pi / 2


def _half_turn(angle: float) -> float:
    """The same axis direction in [−π/2, π/2]."""
    return math.remainder(angle, math.pi)


def _mixed_shape(start: Ellipse, end: Ellipse, amount: float) -> tuple[float, float]:
    """Aspect and angle between two ellipses: it turns the shorter way, and while it is round rather than long.

    An ellipse has no direction where it is round; turning by its elongation's share keeps a nearly round one from
    swinging about as it grows long. The axes are named as ``start`` names them.
    """
    (own, direction), (other, other_direction) = _elongation(start), _elongation(end)
    elongation = _mixed(own, other, amount)
    share = amount * other / elongation if elongation > 0 else amount
    turned = _half_turn(other_direction - direction) * share
    flipped = start.aspect < 1
    return math.exp(-elongation if flipped else elongation), start.angle + turned


def mixed_ellipse(start: Ellipse, end: Ellipse, amount: float) -> Ellipse:
    """The ellipse between two, 0 = start, 1 = end: equal ones stay as they are."""
    if start == end:
        return start
    aspect, angle = _mixed_shape(start, end, amount)
    x, y, size = (
        _mixed(one, other, amount) for one, other in ((start.x, end.x), (start.y, end.y), (start.size, end.size))
    )
    return Ellipse(x, y, size, aspect, angle)


def _mixed_vector(start: bytes, end: bytes, amount: float, what: str) -> bytes:
    if start == end:
        return start
    rows = stacked_vectors((start, end), len(start) // FLOAT_BYTES, what)
    # Mixing shortens vectors that differ; the decoder only knows vectors of unit rms.
    return vector_bytes(rms_normalised(torch.lerp(rows[0], rows[1], amount)))


def mixed_appearance(start: Appearance, end: Appearance, amount: float) -> Appearance:
    """The look between two without restyles; the row is that of the nearer one.

    Raises:
        MaquetteError: INVALID_ARGUMENT for vectors of different models, NOT_A_FINITE_NUMBER.
    """
    return Appearance(
        structure=_mixed_vector(start.structure, end.structure, amount, "structure"),
        style=_mixed_vector(start.style, end.style, amount, "style"),
        row=start.row if amount < 0.5 else end.row,
    )


def _fading(blob: Blob, share: float) -> Blob:
    """The blob with ``share`` of its size: 0 = it cannot be seen."""
    size = _mixed(min(GONE_SIZE, blob.ellipse.size), blob.ellipse.size, share)
    return replace(blob, ellipse=replace(blob.ellipse, size=size))


def mixed_blob(pair: Pair, amount: float) -> Blob:
    """The blob between two; where one is missing or hidden, the other grows or vanishes in its place."""
    start, end = pair.start, pair.end
    if start is None or end is None:
        lone = start or end
        assert lone is not None
        return _fading(lone, amount if start is None else 1 - amount)
    named = replace(start if amount < 0.5 else end, id=start.id)
    if start.visible is not end.visible:
        seen, share = (start, 1 - amount) if start.visible else (end, amount)
        return replace(_fading(seen, share), id=start.id, name=named.name)
    ellipse = mixed_ellipse(start.ellipse, end.ellipse, amount)
    return replace(named, ellipse=ellipse, appearance=mixed_appearance(start.appearance, end.appearance, amount))


def _ranks(scene: Scene) -> dict[str, float]:
    return {blob.id: (index + 0.5) / len(scene.blobs) for index, blob in enumerate(scene.blobs)}


def _partners(start: Scene, end: Scene) -> dict[str, Blob]:
    """For ids of ``start`` the blob of ``end`` that it becomes: that of its id, otherwise the next of its row."""
    partners = {blob.id: blob for blob in end.blobs}
    own = {blob.id for blob in start.blobs}
    of_row: defaultdict[int, list[Blob]] = defaultdict(list)
    for blob in reversed(end.blobs):
        if blob.id not in own:
            of_row[blob.appearance.row].append(blob)
    pairs = {blob_id: blob for blob_id, blob in partners.items() if blob_id in own}
    for blob in start.blobs:
        if blob.id not in pairs and of_row[blob.appearance.row]:
            pairs[blob.id] = of_row[blob.appearance.row].pop()
    return pairs


def paired(start: Scene, end: Scene) -> tuple[Pair, ...]:
    """Every blob of two scenes once: pairs of the same id, then of the same row, then those without a partner.

    Raises:
        MaquetteError: LIMIT_EXCEEDED when there are more than a scene may hold.
    """
    partners = _partners(start, end)
    first, second = _ranks(start), _ranks(end)
    found = {blob.id for blob in partners.values()}
    pairs: list[Pair] = []
    for blob in start.blobs:
        partner, rank = partners.get(blob.id), first[blob.id]
        pairs.append(Pair(blob, partner, (rank, second[partner.id] if partner else rank)))
    pairs += [Pair(None, blob, (second[blob.id], second[blob.id])) for blob in end.blobs if blob.id not in found]
    if len(pairs) > MAXIMUM_BLOBS:
        message = f"The scenes hold {len(pairs)} blobs together, and a scene at most {MAXIMUM_BLOBS}."
        raise MaquetteError(Reason.LIMIT_EXCEEDED, message, "Remove blobs from one of them.")
    return tuple(pairs)


def mixed_scene(start: Scene, end: Scene, amount: float) -> Scene:
    """The scene between two of the same model without restyles; ``start`` itself at 0 and ``end`` itself at 1.

    Places, sizes and aspects change evenly, ellipses turn the shorter way, looks keep the length that the decoder
    knows, and blobs pass each other in depth when their ranks do. What cannot be mixed (names, rows, the noise seed)
    changes half-way. A pair keeps the id that it has in ``start``.

    Raises:
        MaquetteError: LIMIT_EXCEEDED, INVALID_ARGUMENT or NOT_A_FINITE_NUMBER.
    """
    if amount in (0.0, 1.0):
        return end if amount else start
    pairs = sorted(paired(start, end), key=lambda pair: _mixed(*pair.ranks, amount))
    return replace(
        start if amount < 0.5 else end,
        background=mixed_appearance(start.background, end.background, amount),
        blobs=tuple(mixed_blob(pair, amount) for pair in pairs),
    )


def _check_amounts(amounts: Sequence[float]) -> None:
    check_count(len(amounts), MAXIMUM_AMOUNTS)
    for amount in amounts:
        if not math.isfinite(amount):
            message = "An amount is not a finite number."
            raise MaquetteError(Reason.NOT_A_FINITE_NUMBER, message, "Send values from 0 to 1.")
        if not 0.0 <= amount <= 1.0:
            message = f"The amount {amount:g} is out of range."
            raise MaquetteError(Reason.INVALID_ARGUMENT, message, "Send values from 0 to 1.")


def interpolate_scenes(model: BlobGanModel, request: InterpolateScenes) -> Operation[SampleSceneResult]:
    """A scene for each amount between two scenes; ``start`` and ``end`` themselves, to the byte, at 0 and 1.

    Raises:
        MaquetteError: SCENE_MODEL_MISMATCH, LIMIT_EXCEEDED, INVALID_ARGUMENT, NOT_A_FINITE_NUMBER or
            BLOB_ALREADY_EXISTS.
    """
    _check_amounts(request.amounts)
    check_thumbnail_side(request.thumbnail_side)
    ends = {0.0: request.start, 1.0: request.end}
    for scene in ends.values():
        model.layout(scene)
    width = model.network.shape.decoder.style_width
    start, end = (resolved_scene(scene, width, model.sampler.styles) for scene in ends.values())
    scenes: list[SampledScene] = []
    for index, amount in enumerate(request.amounts):
        part = Stretch(index / len(request.amounts), (index + 1) / len(request.amounts))
        yield Progress("mixing scenes", part.start)
        scene = ends.get(amount) or mixed_scene(start, end, amount)
        scenes.append((yield from within(with_thumbnail(model, scene, request.thumbnail_side), part)))
    return SampleSceneResult(tuple(scenes))
