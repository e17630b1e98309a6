"""Carrying what an edit changes in the renders onto the artist's own picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.imaging.arrays import from_array, to_array
from maquette.imaging.carrying import CarriedEdit, Edit, Thing
from maquette.imaging.documents import BoolArray, Colours, NativeArray, colours, native
from maquette.imaging.joining import mixed
from maquette.imaging.picture import PictureSpec
from maquette.imaging.rectangle import Rectangle, bounds
from maquette.models.blobgan.ellipse_maps import Matrix, affine_between, frames_between
from maquette.models.blobgan.picture_parts import chosen_part
from maquette.models.blobgan.rendering import Stopwatch
from maquette.models.blobgan.scene_layout import resolved_scene, visible_blobs
from maquette.models.blobgan.uncovering import add_detail
from maquette.models.operations import Operation, Progress
from maquette.models.painting.checks import check_picture, check_result_size
from maquette.models.painting.progress import Stretch, within
from maquette.models.scene import Appearance, Blob, Ellipse, Scene
from maquette.models.scene_requests import Part, TransferEdit, TransferEditResult

if TYPE_CHECKING:
    from maquette.models.blobgan.verbs import BlobGanModel

STAGE = "carrying the edit"
BLEND_SHARE = 0.02
MAXIMUM_BLEND = 4096.0
_GENEROUS, _GENEROUS_SILHOUETTES = 1.6, 1.3
"""How much larger a blob is taken for what lies about its edges: ellipses have no corners, and things have shadows.

With silhouettes less goes along with a thing than is cleared where it was: remnants are seen.
"""
_CHANGED_SHARE = 0.05
_STRIP_PIXELS = 125_000

Floats = NDArray[np.float32]
EllipseMap = Callable[[Ellipse, Ellipse, float], Matrix]


@dataclass(frozen=True)
class _View:
    """A scene as it is rendered: RGB (R, R, 3) in [0, 1], and by id how much of each pixel (R, R) each blob holds.

    The background's id is empty. ``generous`` is the same for larger blobs, since things have corners.
    """

    rgb: Floats
    held: Mapping[str, Floats]
    generous: Mapping[str, Floats]


def _by_id(scene: Scene, scores: Tensor) -> dict[str, Floats]:
    ids = ["", *(blob.id for blob in visible_blobs(scene))]
    maps = cast("Floats", scores[0].cpu().numpy())
    return dict(zip(ids, maps, strict=True))


def _view(model: BlobGanModel, scene: Scene, share: float) -> Operation[_View]:
    rendering = yield from model.rendering(scene, Stopwatch())
    layout = model.layout(scene).to(rendering.scores.device)
    decoder = model.network.generator_ema
    larger = replace(layout, sizes=torch.where(layout.sizes > 0, layout.sizes * share, layout.sizes))
    with torch.inference_mode():
        generous = decoder.scores(larger)[decoder.shape.resolution]
    rgb = rendering.rgb[0].float().add(1.0).mul(0.5).clamp(0.0, 1.0).permute(1, 2, 0).cpu()
    return _View(cast("Floats", rgb.numpy()), _by_id(scene, rendering.scores), _by_id(scene, generous))


def _look(appearance: Appearance) -> tuple[bytes, bytes]:
    return appearance.structure, appearance.style


def moved_ids(before: Scene, after: Scene) -> frozenset[str]:
    """Ids of the visible blobs that are elsewhere, otherwise shaped, or in one of the scenes alone."""
    first, second = ({blob.id: blob.ellipse for blob in visible_blobs(scene)} for scene in (before, after))
    return frozenset(blob_id for blob_id in first.keys() | second.keys() if first.get(blob_id) != second.get(blob_id))


def _without(scene: Scene, ids: Collection[str]) -> Scene:
    return replace(scene, blobs=tuple(blob for blob in scene.blobs if blob.id not in ids))


def _source(blob: Blob, before: Sequence[Blob]) -> Blob | None:
    """The blob whose pixels a blob takes along: itself, or what it is a copy of."""
    own = next((other for other in before if other.id == blob.id), None)
    return own or next((other for other in before if other.appearance.structure == blob.appearance.structure), None)


def _things(before: Scene, after: Scene, moved: Collection[str], view: _View, between: EllipseMap) -> list[Thing]:
    things: list[Thing] = []
    offset = 0.5 / view.rgb.shape[0]
    for blob in visible_blobs(after):
        if blob.id in moved:
            source = _source(blob, visible_blobs(before))
            back = between(blob.ellipse, source.ellipse, offset) if source else None
            restyled = source is not None and _look(source.appearance) != _look(blob.appearance)
            things.append(Thing(view.generous[blob.id], back, restyled))
    return things


def _restyled_ids(before: Scene, after: Scene) -> set[str]:
    first, second = (
        {"": _look(scene.background)} | {blob.id: _look(blob.appearance) for blob in visible_blobs(scene)}
        for scene in (before, after)
    )
    return {blob_id for blob_id in first.keys() & second.keys() if first[blob_id] != second[blob_id]}


def _in_place(before: Scene, after: Scene, views: tuple[_View, _View]) -> BoolArray:
    """Where (R, R) what stays in its place looks otherwise, in scenes without what moves."""
    first, second = (view.held for view in views)
    changed = np.zeros(views[0].rgb.shape[:2], np.bool_)
    if before.noise_seed != after.noise_seed:
        return changed | (views[0].rgb != views[1].rgb).any()
    for blob_id in _restyled_ids(before, after):
        changed |= np.maximum(first[blob_id], second[blob_id]) > _CHANGED_SHARE
    for blob_id in first:
        changed |= np.abs(first[blob_id] - second[blob_id]) > _CHANGED_SHARE
    return changed


def _edit(model: BlobGanModel, before: Scene, after: Scene) -> Operation[Edit]:
    """The edit as the model renders it. Restyles must be resolved."""
    moved = moved_ids(before, after)
    plates = (_without(before, moved), _without(after, moved))
    views: dict[Scene, _View] = {}
    shaped = model.network.generator_ema.silhouettes is not None
    between, taken = (frames_between, _GENEROUS_SILHOUETTES) if shaped else (affine_between, _GENEROUS)
    for index, scene in enumerate((before, after, *plates)):
        if scene not in views:
            share = taken if scene == after else _GENEROUS
            views[scene] = yield from within(_view(model, scene, share), Stretch(index / 4, (index + 1) / 4))
    first = views[before].generous
    held = sum((first[blob_id] for blob_id in moved & first.keys()), np.zeros(views[before].rgb.shape[:2], np.float32))
    return Edit(
        before=views[before].rgb,
        after=views[after].rgb,
        plate_before=views[plates[0]].rgb,
        plate_after=views[plates[1]].rgb,
        things=_things(before, after, moved, views[after], between),
        held_before=held,
        in_place=_in_place(*plates, (views[plates[0]], views[plates[1]])),
    )


def _blend(blend: float | None, part: Rectangle) -> float:
    if blend is None:
        return BLEND_SHARE * max(part.width, part.height)
    if not math.isfinite(blend):
        message = "The width to blend over is not a finite number."
        raise MaquetteError(Reason.NOT_A_FINITE_NUMBER, message, "Send 0 or more pixels.")
    if not 0.0 <= blend <= MAXIMUM_BLEND:
        message = f"The width to blend over is {blend:g} pixels."
        raise MaquetteError(Reason.INVALID_ARGUMENT, message, f"Send 0 to {MAXIMUM_BLEND:.0f} pixels.")
    return blend


def _composed(document: NativeArray, spec: PictureSpec, carried: CarriedEdit) -> Operation[TransferEditResult]:
    place = carried.changed
    weight = carried.weight(place) if place.area else np.zeros((0, 0), np.float32)
    inner = bounds(weight)
    if not inner.area:
        return TransferEditResult()
    place, weight = inner.moved(place.left, place.top), weight[inner.slices]
    patch = document[place.slices].copy()
    rows = max(1, _STRIP_PIXELS // place.width)
    for top in range(0, place.height, rows):
        yield Progress(STAGE, top / place.height)
        share = weight[top : top + rows]
        strip = Rectangle(place.left, place.top + top, place.width, len(share))
        rgb, alpha = mixed(colours(document[strip.slices], spec), carried.colours(strip), share)
        patch[top : top + rows] = np.where((share > 0)[..., None], native(rgb, alpha, spec), patch[top : top + rows])
    changed = Part(place.left, place.top, place.width, place.height)
    return TransferEditResult(changed, from_array(patch, spec.colour_space, spec.alpha_mode))


def transfer_edit(model: BlobGanModel, request: TransferEdit) -> Operation[TransferEditResult]:
    """Carry what differs between two scenes onto a picture; where they do not differ it stays, to the byte.

    What moved takes its own pixels of the picture along; what it uncovers shows the render, fitted to the picture, with
    detail of the picture around.

    Raises:
        MaquetteError: SCENE_MODEL_MISMATCH, INVALID_ARGUMENT, NOT_A_FINITE_NUMBER, LIMIT_EXCEEDED or
            BLOB_ALREADY_EXISTS.
    """
    spec = request.picture.spec
    check_picture(request.picture)
    check_result_size(spec, 1)
    part = chosen_part(spec, request.part, 1, 1)
    blend = _blend(request.blend, part)
    for scene in (request.before, request.after):
        model.layout(scene)
    width = model.network.shape.decoder.style_width
    before, after = (resolved_scene(scene, width, model.sampler.styles) for scene in (request.before, request.after))
    document = to_array(request.picture)

    def read(place: Rectangle) -> Colours:
        return colours(document[place.slices], spec)

    edit = yield from within(_edit(model, before, after), Stretch(0.0, 0.4))
    yield Progress(STAGE, 0.4)
    carried = CarriedEdit(read, part, edit, blend)
    yield from within(add_detail(carried, read, part, model.renderer.resolution, model.details), Stretch(0.45, 0.9))
    return (yield from within(_composed(document, spec, carried), Stretch(0.9, 1.0)))
