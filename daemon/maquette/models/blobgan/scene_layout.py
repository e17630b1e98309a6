"""Between scenes (plain values, from back to front) and layouts (tensors)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.geometry import aspects_and_angles, covariances
from maquette.models.blobgan.layers import rms_normalised
from maquette.models.blobgan.layout_network import LayoutVector
from maquette.models.blobgan.network import BlobGanShape
from maquette.models.blobgan.splatting import Layout
from maquette.models.scene import Appearance, Blob, Ellipse, Restyle, Scene
from maquette.models.scene_edits import MAXIMUM_ASPECT, MINIMUM_ASPECT
from maquette.models.vectors import stacked_vectors, vector_bytes

UNUSED_SIZE = -5.0
SHOWN_SIZE = 1.0

SeededStyles = Callable[[int, float], Tensor]
"""Style rows (K+1, S) of the scene that a seed samples at a truncation."""


def visible_blobs(scene: Scene) -> tuple[Blob, ...]:
    """The blobs that are drawn, from back to front."""
    return tuple(blob for blob in scene.blobs if blob.visible)


def _second_style(restyle: Restyle, row: int, seeded_styles: SeededStyles, width: int) -> Tensor:
    if restyle.style is not None:
        return stacked_vectors((restyle.style,), width, "style")[0]
    rows = seeded_styles(restyle.seed or 0, restyle.truncation)
    if not 0 <= row < len(rows):
        raise MaquetteError(
            Reason.INVALID_ARGUMENT,
            f"The model has no row {row} to take a style from.",
            f"Use a row from 0 to {len(rows) - 1}, or send the style itself.",
        )
    return rows[row].to("cpu", torch.float32)


def _restyled(own: Tensor, appearance: Appearance, seeded_styles: SeededStyles) -> Tensor:
    restyle = appearance.restyle
    if restyle is None or restyle.amount == 0.0:
        return own
    second = _second_style(restyle, appearance.row, seeded_styles, len(own))
    if restyle.amount == 1.0:
        return second
    # Mixing shortens vectors that differ; the decoder only knows styles of unit rms.
    return rms_normalised(torch.lerp(own, second, restyle.amount))


def _styles(appearances: Sequence[Appearance], width: int, seeded_styles: SeededStyles) -> Tensor:
    own = stacked_vectors([appearance.style for appearance in appearances], width, "style")
    if all(appearance.restyle is None for appearance in appearances):
        return own
    return torch.stack([_restyled(row, look, seeded_styles) for row, look in zip(own, appearances, strict=True)])


def _resolved(appearance: Appearance, width: int, seeded_styles: SeededStyles) -> Appearance:
    style = _styles([appearance], width, seeded_styles)[0]
    return replace(appearance, style=vector_bytes(style), restyle=None)


def resolved_scene(scene: Scene, style_width: int, seeded_styles: SeededStyles) -> Scene:
    """The scene with every restyle mixed into the style it belongs to; hidden blobs too.

    Raises:
        MaquetteError: INVALID_ARGUMENT or NOT_A_FINITE_NUMBER for vectors that do not fit the model.
    """
    return replace(
        scene,
        background=_resolved(scene.background, style_width, seeded_styles),
        blobs=tuple(
            replace(blob, appearance=_resolved(blob.appearance, style_width, seeded_styles)) for blob in scene.blobs
        ),
    )


def layout_of_scene(scene: Scene, shape: BlobGanShape, seeded_styles: SeededStyles) -> Layout:
    """The layout (batch of 1, float32, CPU) that draws a scene; hidden blobs are left out as if they were absent.

    Raises:
        MaquetteError: INVALID_ARGUMENT or NOT_A_FINITE_NUMBER for vectors that do not fit the model.
    """
    blobs = visible_blobs(scene)
    looks = [scene.background, *(blob.appearance for blob in blobs)]
    ellipses = [blob.ellipse for blob in blobs]
    # Aspects of a thousand need double precision until the covariance is made.
    values = torch.tensor([(e.x, e.y, e.size, e.aspect, e.angle) for e in ellipses], dtype=torch.float64).reshape(-1, 5)
    structures = stacked_vectors([look.structure for look in looks], shape.decoder.structure_width, "structure")
    return Layout(
        positions=values[None, :, :2].float(),
        sizes=values[None, :, 2].float(),
        covariances=covariances(values[:, 3], values[:, 4], shape.area_normaliser)[None].float(),
        structures=structures[None],
        styles=_styles(looks, shape.decoder.style_width, seeded_styles)[None],
    )


def _ellipses(layout: LayoutVector) -> list[Ellipse]:
    aspects, angles = aspects_and_angles(layout.shape_logits[0].double())
    aspects = aspects.clamp(MINIMUM_ASPECT, MAXIMUM_ASPECT)
    places = torch.sigmoid(layout.position_logits[0].double())
    columns = (places[:, 0], places[:, 1], layout.sizes[0].double(), aspects, angles)
    return [Ellipse(*(float(value) for value in row)) for row in torch.stack(columns, dim=1)]


def _shown(ellipse: Ellipse) -> Ellipse:
    return Ellipse(ellipse.x, ellipse.y, SHOWN_SIZE, ellipse.aspect, ellipse.angle)


def scene_of_layout(
    parts: LayoutVector,
    *,
    model_id: str,
    model_digest: str,
    names: Sequence[str],
    id_prefix: str,
    noise_seed: int = 0,
    order: Sequence[int] | None = None,
) -> Scene:
    """The scene of one layout vector.

    Blobs that the network leaves unused (size below ``UNUSED_SIZE``) are kept, hidden, at a size that can be seen
    once they are shown.

    Args:
        parts: of a batch of 1.
        model_id: catalogue name.
        model_digest: of the model's weights.
        names: kind of each blob; "blob 1" … where there are none.
        id_prefix: makes blob ids unique among scenes.
        noise_seed: of the scene.
        order: blob indices from back to front; None = the order of the rows.
    """
    structures, styles = rms_normalised(parts.structures[0].float()), rms_normalised(parts.styles[0].float())
    looks = [
        Appearance(vector_bytes(structure), vector_bytes(style), row)
        for row, (structure, style) in enumerate(zip(structures, styles, strict=True))
    ]
    blobs = tuple(
        Blob(
            id=f"{id_prefix}-{row}",
            name=names[row - 1] if row <= len(names) else f"blob {row}",
            ellipse=ellipse if ellipse.size >= UNUSED_SIZE else _shown(ellipse),
            appearance=looks[row],
            visible=ellipse.size >= UNUSED_SIZE,
        )
        for row, ellipse in enumerate(_ellipses(parts), start=1)
    )
    drawn = blobs if order is None else tuple(blobs[index] for index in order)
    return Scene(model_id, model_digest, looks[0], drawn, noise_seed)
