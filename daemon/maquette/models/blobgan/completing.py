"""Completing a scene: some blobs are kept to the byte, the others are sampled to fit them (BlobGAN, section 4.2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.conditioning import LayoutFit, WantedRows, shape_vectors
from maquette.models.blobgan.layout_network import LayoutVector, split_layout_vector
from maquette.models.blobgan.proposals import check_count, check_thumbnail_side, check_truncation, with_thumbnail
from maquette.models.blobgan.sampling import seeded_generator
from maquette.models.blobgan.scene_layout import resolved_scene, scene_of_layout
from maquette.models.operations import Operation, Progress
from maquette.models.painting.progress import Stretch, within
from maquette.models.requests import SampledScene, SampleSceneResult
from maquette.models.scene import Blob, Scene
from maquette.models.scene_edits import check_scene
from maquette.models.scene_requests import CompleteScene
from maquette.models.vectors import stacked_vectors

if TYPE_CHECKING:
    from maquette.models.blobgan.verbs import BlobGanModel

STAGE = "finding scenes that fit"
_CANDIDATES = 64
_STARTS = 4
_CENTRE_STARTS = 8
_CENTRE_SEED = 0x43454E5452
_STUCK = 3.0
"""Starts this many times as far from what is wanted as the middle one have gone astray."""
_SEED_BITS = 0xFFFFFFFFFFFFFFFF


def _pinned_blobs(scene: Scene, pinned: Collection[str], blob_count: int) -> tuple[Blob, ...]:
    known = {blob.id for blob in scene.blobs}
    for blob_id in pinned:
        if blob_id not in known:
            message = f"The scene has no blob '{blob_id}'."
            raise MaquetteError(Reason.BLOB_NOT_FOUND, message, "Use an id of the scene's blobs.")
    blobs = tuple(blob for blob in scene.blobs if blob.id in pinned)
    for blob in blobs:
        if not 1 <= blob.appearance.row <= blob_count:
            message = f"The model has no row {blob.appearance.row} for the blob '{blob.name}'."
            raise MaquetteError(
                Reason.INVALID_ARGUMENT, message, f"Use a row from 1 to {blob_count}, or do not pin it."
            )
    return blobs


def _by_row(pinned: Sequence[Blob]) -> dict[int, Blob]:
    """For each row the blob that speaks for it: clones cannot all be the row's, so the largest visible one is."""
    chosen: dict[int, Blob] = {}
    for blob in sorted(pinned, key=lambda blob: (blob.visible, blob.ellipse.size)):
        chosen[blob.appearance.row] = blob
    return chosen


def wanted_rows(
    speakers: Collection[Blob], scene: Scene | None, widths: tuple[int, int], device: torch.device
) -> WantedRows:
    """What pinned blobs ask of a layout.

    Args:
        speakers: one for each row; hidden ones ask for the row's absence.
        scene: whose background is asked for; None = any. Restyles must be resolved here and in ``speakers``.
        widths: F and S.
        device: of the result.
    """
    shown, hidden = ([b for b in speakers if b.visible is visible] for visible in (True, False))
    ellipses = [blob.ellipse for blob in shown]
    values = torch.tensor([(e.x, e.y, e.size, e.aspect, e.angle) for e in ellipses], dtype=torch.float64).reshape(-1, 5)
    looks = [blob.appearance for blob in shown] + ([scene.background] if scene else [])
    structures = stacked_vectors([look.structure for look in looks], widths[0], "structure").to(device)
    styles = stacked_vectors([look.style for look in looks], widths[1], "style").to(device)
    count = len(shown)
    return WantedRows(
        rows=tuple(blob.appearance.row - 1 for blob in shown),
        positions=values[:, :2].float().to(device),
        sizes=values[:, 2].float().to(device),
        shapes=shape_vectors(values[:, 3], values[:, 4]).float().to(device),
        structures=structures[:count],
        styles=styles[:count],
        absent=tuple(blob.appearance.row - 1 for blob in hidden),
        background=(structures[count], styles[count]) if scene else None,
    )


class Completer:
    """Layouts that have the wanted rows.

    Args:
        model: whose layouts they are.
        wanted: on the model's device.
    """

    def __init__(self, model: BlobGanModel, wanted: WantedRows) -> None:
        self._network = model.network
        self._shape = model.network.shape
        self._device = model.network.mean_latent.device
        self._wanted = wanted
        decoder = self._shape.decoder
        self._fit = LayoutFit(
            model.network.layout_net_ema, wanted, decoder.structure_width, decoder.style_width, self._shape.blob_count
        )
        self._centre = model.network.mean_latent

    def find_centre(self) -> Operation[None]:
        """Find the mean scene among those that fit: truncation pulls towards it."""
        if not self._wanted.anything:
            return
        half = torch.randn(_CENTRE_STARTS // 2, self._shape.noise_width, generator=seeded_generator(_CENTRE_SEED))
        # Opposite starts cancel in what is not decided by the wanted rows, as far as the network is linear.
        start = torch.cat((half, -half)).to(self._device)
        noise, objective = yield from self._fit.fitted(start, STAGE)
        with torch.inference_mode():
            hidden = self._network.layout_net_ema.hidden(noise[objective <= _STUCK * objective.median()])
            self._centre = hidden.mean(dim=0, keepdim=True)

    def parts(self, seed: int, truncation: float) -> Operation[LayoutVector]:
        """The layout vector (batch of 1, on the CPU) of a proposal; without wanted rows, the seed's own."""
        generator = seeded_generator(seed)
        count = _CANDIDATES if self._wanted.anything else 1
        candidates = torch.cat([torch.randn(1, self._shape.noise_width, generator=generator) for _ in range(count)])
        noise = candidates.to(self._device)
        if self._wanted.anything:
            noise = yield from self._best(noise)
        with torch.inference_mode():
            vector = self._network.layout_net_ema(noise, self._centre, truncation).float().cpu()
        return split_layout_vector(vector, self._shape.decoder.structure_width, self._shape.decoder.style_width)

    def _best(self, candidates: Tensor) -> Operation[Tensor]:
        with torch.no_grad():
            nearest = self._fit.mismatch(candidates).topk(_STARTS, largest=False).indices
        noise, objective = yield from self._fit.fitted(candidates[nearest], STAGE)
        best = int(objective.argmin())
        return noise[best : best + 1]


def _fresh_id(wanted: str, taken: Collection[str]) -> str:
    identifier, number = wanted, 2
    while identifier in taken:
        identifier, number = f"{wanted}-{number}", number + 1
    return identifier


def merged(scene: Scene, pinned: Sequence[Blob], sampled: Scene) -> tuple[Blob, ...]:
    """The pinned blobs as they are, and of the other rows the sampled ones, which keep the ids and names of the scene.

    Args:
        scene: where unpinned blobs have their ids and names; further blobs of the same row are dropped.
        pinned: in their order.
        sampled: a blob for each row of the model, from back to front.
    """
    fixed = {blob.id for blob in pinned}
    kept = {blob.appearance.row: blob for blob in reversed(scene.blobs) if blob.id not in fixed}
    taken = fixed | {blob.id for blob in kept.values()}
    blobs: list[Blob] = []
    for blob in sampled.blobs:
        row = blob.appearance.row
        own = [other for other in pinned if other.appearance.row == row]
        if not own:
            known = kept.get(row)
            fresh = blob.name, _fresh_id(blob.id, taken)
            name, identifier = (known.name, known.id) if known else fresh
            own = [replace(blob, id=identifier, name=name)]
        blobs += own
    order = iter(pinned)
    return tuple(next(order) if blob.id in fixed else blob for blob in blobs)


def _with_pinned_structures(parts: LayoutVector, speakers: Collection[Blob]) -> LayoutVector:
    structures = parts.structures.clone()
    for blob in speakers:
        look = blob.appearance
        structures[0, look.row] = stacked_vectors((look.structure,), structures.shape[-1], "structure")[0]
    return replace(parts, structures=structures)


def _proposal(
    model: BlobGanModel, request: CompleteScene, pinned: Sequence[Blob], parts: LayoutVector, seed: int
) -> Scene:
    scene = request.scene
    sampled = scene_of_layout(
        parts,
        model_id=scene.model_id,
        model_digest=scene.model_digest,
        names=model.info.blob_names,
        id_prefix=f"{seed & _SEED_BITS:x}",
        order=model.sampler.order(_with_pinned_structures(parts, _by_row(pinned).values())),
    )
    background = scene.background if request.pin_background else sampled.background
    completed = replace(scene, background=background, blobs=merged(scene, pinned, sampled))
    check_scene(completed)
    return completed


def _check(request: CompleteScene) -> None:
    check_truncation(request.truncation)
    check_count(request.count)
    check_thumbnail_side(request.thumbnail_side)


def complete_scene(model: BlobGanModel, request: CompleteScene) -> Operation[SampleSceneResult]:
    """Scenes with the pinned blobs of a scene, byte for byte, and others that fit; the same request gives the same.

    A hidden pinned blob stays hidden, and the others are sampled as if its thing were not there. Without pinned blobs,
    proposals are the scenes that their seeds sample.

    Raises:
        MaquetteError: BLOB_NOT_FOUND, SCENE_MODEL_MISMATCH, LIMIT_EXCEEDED, INVALID_ARGUMENT, NOT_A_FINITE_NUMBER or
            BLOB_ALREADY_EXISTS.
    """
    _check(request)
    model.layout(request.scene)
    shape = model.network.shape
    widths = (shape.decoder.structure_width, shape.decoder.style_width)
    pinned = _pinned_blobs(request.scene, set(request.pinned), shape.blob_count)
    resolved = resolved_scene(request.scene, widths[1], model.sampler.styles)
    speakers = _by_row([blob for blob in resolved.blobs if blob.id in request.pinned]).values()
    wanted = wanted_rows(
        speakers, resolved if request.pin_background else None, widths, model.network.mean_latent.device
    )
    completer = Completer(model, wanted)
    return (yield from _proposals(model, request, pinned, completer))


def _proposals(
    model: BlobGanModel, request: CompleteScene, pinned: Sequence[Blob], completer: Completer
) -> Operation[SampleSceneResult]:
    yield Progress(STAGE, 0.0)
    parts = [
        Stretch().part(index / (request.count + 1), (index + 1) / (request.count + 1))
        for index in range(request.count + 1)
    ]
    yield from within(completer.find_centre(), parts[0])
    scenes: list[SampledScene] = []
    for index, part in enumerate(parts[1:]):
        fitting = within(completer.parts(request.seed + index, request.truncation), part.part(0.0, 0.9))
        scene = _proposal(model, request, pinned, (yield from fitting), request.seed + index)
        showing = with_thumbnail(model, scene, request.thumbnail_side)
        scenes.append((yield from within(showing, part.part(0.9, 1.0))))
    return SampleSceneResult(tuple(scenes))
