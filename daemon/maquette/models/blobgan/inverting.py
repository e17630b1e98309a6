"""Inversion (BlobGAN, section 4.3): the scene that renders to a picture, by the encoder first and by optimisation
after."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.imaging.arrays import to_array
from maquette.imaging.documents import colours
from maquette.imaging.picture import Picture
from maquette.imaging.rectangle import Rectangle
from maquette.imaging.resizing import resized_known
from maquette.models.blobgan.conditioning import shape_vectors
from maquette.models.blobgan.layout_fitting import (
    FitSettings,
    LayoutFit,
    Values,
    aspects_and_angles_of,
    differentiable_decoder,
    squared_error,
)
from maquette.models.blobgan.layout_network import LayoutVector, split_layout_vector
from maquette.models.blobgan.picture_parts import chosen_part
from maquette.models.blobgan.rendering import Stopwatch, operations_by_width
from maquette.models.blobgan.scene_layout import scene_of_layout, visible_blobs
from maquette.models.operations import Operation, Progress
from maquette.models.painting.progress import Stretch, within
from maquette.models.pictures import check_finite, resized, rgb_picture
from maquette.models.scene import Appearance, Blob, Ellipse, Scene
from maquette.models.scene_edits import MAXIMUM_ASPECT, check_blob_ids
from maquette.models.scene_requests import MAXIMUM_INVERSION_STEPS, InvertImage, InvertImageResult, Part
from maquette.models.vectors import vector_bytes

if TYPE_CHECKING:
    from maquette.models.blobgan.verbs import BlobGanModel

MOST_STEPS = 160
FEWEST_STEPS = 40
STEPS_OPERATIONS = 1e12
"""Arithmetic operations of the optimisation unless steps are asked for: seconds on a CPU for a small model."""
SAMPLED_STARTS = 8
START_TRUNCATION = 0.4
PREVIEW_EVERY = 10
_SEED_BITS = 0xFFFFFFFFFFFFFFFF
_ENCODING = Stretch(0.0, 0.05)
_FITTING = Stretch(0.06, 0.97)
_RENDERING = Stretch(0.97, 1.0)


@dataclass(frozen=True)
class Seen:
    """What the model sees of a picture.

    Attributes:
        rgb: (1, 3, R, R) in [−1, 1]; the mean colour where nothing is known.
        known: (1, 1, R, R), 1 or 0.
    """

    rgb: Tensor
    known: Tensor


def seen_part(picture: Picture, part: Rectangle, resolution: int) -> Seen:
    """A part of a picture as the model sees it, whatever its depth, colour space and size.

    Raises:
        MaquetteError: INVALID_ARGUMENT when the part is all transparent.
    """
    pixels = colours(to_array(picture)[part.slices], picture.spec)
    rgb, known = resized_known(np.clip(pixels.rgb, 0.0, 1.0), pixels.known, resolution, resolution)
    if not known.any():
        message = "The picture has no colour in the part that the model sees."
        raise MaquetteError(Reason.INVALID_ARGUMENT, message, "Choose a part that is not transparent.")
    filled = np.where(known[..., None], rgb, rgb[known].mean(axis=0)).astype(np.float32)
    values = torch.from_numpy(np.ascontiguousarray(filled)).permute(2, 0, 1)[None] * 2 - 1
    return Seen(values.clamp(-1, 1), torch.from_numpy(known.astype(np.float32))[None, None])


def default_steps(model: BlobGanModel) -> int:
    """How many steps are taken unless the request says so: fewer for a larger model."""
    shape = model.network.shape.decoder
    a_step = 2 * operations_by_width(shape)[shape.resolution]
    return int(min(MOST_STEPS, max(FEWEST_STEPS, STEPS_OPERATIONS / a_step)))


def _steps(model: BlobGanModel, request: InvertImage) -> int:
    if request.steps is None:
        return default_steps(model)
    if not 0 <= request.steps <= MAXIMUM_INVERSION_STEPS:
        message = f"{request.steps} steps of optimisation cannot be made."
        raise MaquetteError(Reason.LIMIT_EXCEEDED, message, f"Ask for 0 to {MAXIMUM_INVERSION_STEPS}.")
    return request.steps


def _check_pins(request: InvertImage) -> None:
    if request.scene is None and (request.pinned or request.pin_background):
        message = "Blobs can be pinned only when there is a scene to start from."
        raise MaquetteError(Reason.INVALID_ARGUMENT, message, "Send the scene, or pin nothing.")
    if request.scene is not None:
        check_blob_ids(request.scene, request.pinned)


def _scene_of(model: BlobGanModel, parts: LayoutVector, seed: int) -> Scene:
    return scene_of_layout(
        parts,
        model_id=model.info.id,
        model_digest=model.info.digest,
        names=model.info.blob_names,
        id_prefix=f"{seed & _SEED_BITS:x}",
        order=model.sampler.order(parts),
    )


def _encoded(model: BlobGanModel, seen: Seen) -> LayoutVector | None:
    inverter = model.network.inverter
    if inverter is None:
        return None
    with torch.inference_mode():
        vector = inverter(seen.rgb.to(model.network.mean_latent.device)).float().cpu()
    check_finite(vector, "guess")
    shape = model.network.shape.decoder
    return split_layout_vector(vector, shape.structure_width, shape.style_width)


def _best_sample(model: BlobGanModel, seen: Seen, seed: int) -> Operation[LayoutVector]:
    """Of a few samples the one that looks most like the picture."""
    best: tuple[float, LayoutVector] | None = None
    for index in range(SAMPLED_STARTS):
        yield Progress("looking for a start", index / SAMPLED_STARTS)
        parts = model.sampler.parts(seed + index, START_TRUNCATION)
        rendering = yield from within(
            model.rendering(_scene_of(model, parts, seed), Stopwatch(), preview=True),
            Stretch(index / SAMPLED_STARTS, (index + 1) / SAMPLED_STARTS),
        )
        small = resized(seen.rgb, rendering.rgb.shape[-1])
        error = float((rendering.rgb.cpu() - small).square().mean())
        if best is None or error < best[0]:
            best = error, parts
    assert best is not None
    return best[1]


def _first_guess(model: BlobGanModel, request: InvertImage, seen: Seen) -> Operation[tuple[Scene, bool]]:
    """The scene to start from, and whether the encoder made it."""
    if request.scene is not None:
        return request.scene, False
    yield Progress("encoding", 0.0)
    parts = _encoded(model, seen)
    if parts is not None:
        return _scene_of(model, parts, request.seed), True
    parts = yield from _best_sample(model, seen, request.seed)
    return _scene_of(model, parts, request.seed), False


def _start_values(model: BlobGanModel, scene: Scene) -> Values:
    layout = model.layout(scene)
    ellipses = [blob.ellipse for blob in visible_blobs(scene)]
    axes = torch.tensor([(e.aspect, e.angle) for e in ellipses], dtype=torch.float64).reshape(-1, 2)
    shapes = shape_vectors(axes[:, 0], axes[:, 1]).float()
    values = layout.positions, layout.sizes, shapes[None], layout.structures, layout.styles
    return Values(*(_trainable(value, model) for value in values))


def _trainable(value: Tensor, model: BlobGanModel) -> Tensor:
    """A copy on the model's device that gradients may pass, whatever mode the caller is in."""
    with torch.inference_mode(False):
        return value.to(model.network.mean_latent.device).clone()


def _free_rows(request: InvertImage, scene: Scene) -> list[bool]:
    pinned = set(request.pinned)
    return [not request.pin_background, *(blob.id not in pinned for blob in visible_blobs(scene))]


def _fitted_blob(blob: Blob, values: Values, index: int) -> Blob:
    aspect, angle = aspects_and_angles_of(values.shapes[0, index].double())
    x, y = (float(value) for value in values.positions[0, index])
    ellipse = Ellipse(x, y, float(values.sizes[0, index]), min(float(aspect), MAXIMUM_ASPECT), float(angle))
    return replace(blob, ellipse=ellipse, appearance=_fitted_look(blob.appearance, values, index + 1))


def _fitted_look(look: Appearance, values: Values, row: int) -> Appearance:
    return Appearance(vector_bytes(values.structures[0, row]), vector_bytes(values.styles[0, row]), look.row)


def _fitted_scene(scene: Scene, values: Values, free: Sequence[bool]) -> Scene:
    """The scene with fitted values in the free rows; everything else is the very same."""
    numbers = iter(range(len(free)))
    blobs: list[Blob] = []
    for blob in scene.blobs:
        index = next(numbers) if blob.visible else None
        blobs.append(blob if index is None or not free[index + 1] else _fitted_blob(blob, values, index))
    background = _fitted_look(scene.background, values, 0) if free[0] else scene.background
    return replace(scene, background=background, blobs=tuple(blobs))


def _decibels(error: float) -> float:
    """PSNR of a mean squared error on a scale from −1 to 1."""
    return -10 * math.log10(max(error / 4, 1e-10))


def _fit(
    model: BlobGanModel, scene: Scene, seen: Seen, free: Sequence[bool], steps: int, settings: FitSettings | None
) -> Operation[Values]:
    decoder = differentiable_decoder(model.network.generator_ema)
    noises = model.renderer.noises(scene.noise_seed)
    target, known, rows = (_trainable(value, model) for value in (seen.rgb, seen.known, torch.tensor(free)))
    start = _start_values(model, scene)
    fit = LayoutFit(decoder, model.network.shape, start, rows, target, known, noises, steps, settings)
    side = model.renderer.resolution
    for step in range(steps):
        painted = fit.step()
        shown = step % PREVIEW_EVERY == 0
        yield Progress("fitting", step / steps, rgb_picture(resized(painted, side)[0]) if shown else None)
    with torch.inference_mode(False), torch.no_grad():
        values = fit.values()
    for value in values.all:
        check_finite(value, "scene")
    return values


def _shown(model: BlobGanModel, scene: Scene, seen: Seen) -> Operation[tuple[Picture, float]]:
    """The scene rendered, and its PSNR against what the model saw."""
    rendering = yield from model.rendering(scene, Stopwatch())
    picture = rgb_picture(resized(rendering.rgb, model.renderer.resolution)[0])
    rendered = torch.from_numpy(to_array(picture).astype(np.float32)).permute(2, 0, 1)[None] / 127.5 - 1
    return picture, _decibels(float(squared_error(rendered, seen.rgb, seen.known)))


def invert_image(
    model: BlobGanModel, request: InvertImage, settings: FitSettings | None = None
) -> Operation[InvertImageResult]:
    """The scene that renders to a part of a picture; the same request gives the same scene on as many threads.

    Pinned blobs stay as they are, to the byte; so do hidden ones. Where optimisation finds nothing better, the first
    guess is the answer.

    Raises:
        MaquetteError: SCENE_MODEL_MISMATCH, BLOB_NOT_FOUND, INVALID_ARGUMENT, NOT_A_FINITE_NUMBER, LIMIT_EXCEEDED or
            BLOB_ALREADY_EXISTS.
    """
    steps = _steps(model, request)
    _check_pins(request)
    side = model.renderer.resolution
    part = chosen_part(request.picture.spec, request.part, side, side)
    seen = seen_part(request.picture, part, side)
    scene, encoded = yield from within(_first_guess(model, request, seen), _ENCODING)
    picture, first = yield from within(_shown(model, scene, seen), Stretch(0.05, 0.06))
    yield Progress("fitting", 0.06, picture)
    psnr, free = first, _free_rows(request, scene)
    if steps and any(free):
        fitting = within(_fit(model, scene, seen, free, steps, settings), _FITTING, lambda preview: preview)
        fitted = _fitted_scene(scene, (yield from fitting), free)
        shown, reached = yield from within(_shown(model, fitted, seen), _RENDERING)
        if reached > first:
            scene, picture, psnr = fitted, shown, reached
    place = Part(part.left, part.top, part.width, part.height)
    return InvertImageResult(scene, picture, place, psnr, first, encoded)
