"""What a BlobGAN does for the hosts: sample scenes, render them, tell styles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.imaging.picture import Picture
from maquette.models.blobgan.completing import complete_scene
from maquette.models.blobgan.interpolating import interpolate_scenes
from maquette.models.blobgan.inverting import invert_image
from maquette.models.blobgan.network import BlobGan
from maquette.models.blobgan.proposals import check_count, check_thumbnail_side, check_truncation, with_thumbnail
from maquette.models.blobgan.rendering import Renderer, Rendering, Stopwatch, blob_map, row_colours
from maquette.models.blobgan.sampling import LayoutSampler
from maquette.models.blobgan.scene_layout import layout_of_scene, resolved_scene, scene_of_layout, visible_blobs
from maquette.models.blobgan.splatting import Layout
from maquette.models.blobgan.transferring import transfer_edit
from maquette.models.blobgan.uncovering import DetailMemory
from maquette.models.operations import Operation, Progress
from maquette.models.painting.progress import Stretch, within
from maquette.models.pictures import grey_picture, resized, rgb_picture
from maquette.models.requests import (
    RenderScene,
    RenderSceneResult,
    ResolveStyles,
    ResolveStylesResult,
    SampledScene,
    SampleScene,
    SampleSceneResult,
)
from maquette.models.scene import Scene
from maquette.models.scene_edits import check_scene
from maquette.models.scene_requests import CompleteScene, InterpolateScenes, InvertImage, TransferEdit
from maquette.store.model_info import ModelInfo
from maquette.store.system_tasks import BLOBGAN_TASKS

TASKS = BLOBGAN_TASKS
_SEED_BITS = 0xFFFFFFFFFFFFFFFF


def _check_sample(request: SampleScene) -> None:
    check_truncation(request.truncation)
    check_count(request.count)
    check_thumbnail_side(request.thumbnail_side)


def _plus(seed: int | None, offset: int) -> int | None:
    return None if seed is None else seed + offset


class BlobGanModel:
    """A BlobGAN in memory.

    Args:
        network: on the device that is to run it.
        info: what the catalogue says of it.
        dtype: what the decoder computes in.
    """

    def __init__(self, network: BlobGan, info: ModelInfo, dtype: torch.dtype = torch.float32) -> None:
        self._info = info
        self.network = network
        self.renderer = Renderer(network, dtype)
        self.sampler = LayoutSampler(network)
        self.details = DetailMemory()

    @property
    def info(self) -> ModelInfo:
        """What the catalogue says of it."""
        return self._info

    @property
    def verbs(self) -> Mapping[type, Callable[[Any], Operation[Any]]]:
        """By type of request, what the model does with it."""
        return {
            SampleScene: self.sample_scene,
            RenderScene: self.render_scene,
            ResolveStyles: self.resolve_styles,
            CompleteScene: partial(complete_scene, self),
            InterpolateScenes: partial(interpolate_scenes, self),
            TransferEdit: partial(transfer_edit, self),
            InvertImage: partial(invert_image, self),
        }

    def sample_scene(self, request: SampleScene) -> Operation[SampleSceneResult]:
        """Sample scenes from seeds; the same request gives the same scenes on every device.

        Places, shapes and structures come from the layout seed, the blobs' styles from the style seed, and the
        background's style and structure from the background seed.

        Raises:
            MaquetteError: LIMIT_EXCEEDED, INVALID_ARGUMENT or NOT_A_FINITE_NUMBER.
        """
        _check_sample(request)
        scenes: list[SampledScene] = []
        for index in range(request.count):
            yield Progress("sampling", index / request.count)
            scene = self._sampled(request, index)
            part = Stretch(index / request.count, (index + 1) / request.count)
            scenes.append((yield from within(with_thumbnail(self, scene, request.thumbnail_side), part)))
        return SampleSceneResult(tuple(scenes))

    def _sampled(self, request: SampleScene, index: int) -> Scene:
        seed = request.layout_seed + index
        parts = self.sampler.mixed_parts(
            seed, _plus(request.style_seed, index), _plus(request.background_seed, index), request.truncation
        )
        return scene_of_layout(
            parts,
            model_id=self._info.id,
            model_digest=self._info.digest,
            names=self._info.blob_names,
            id_prefix=f"{seed & _SEED_BITS:x}",
            order=self.sampler.order(parts),
        )

    def layout(self, scene: Scene) -> Layout:
        """The layout that draws a scene.

        Raises:
            MaquetteError: SCENE_MODEL_MISMATCH, or what is wrong with the scene.
        """
        if scene.model_digest and scene.model_digest != self._info.digest:
            raise MaquetteError(
                Reason.SCENE_MODEL_MISMATCH,
                f"The scene was made by other weights than those of '{self._info.id}'.",
                f"Install the model '{scene.model_id}' that made it, or sample a new scene.",
                {"scene_model_digest": scene.model_digest, "model_digest": self._info.digest},
            )
        check_scene(scene)
        return layout_of_scene(scene, self.network.shape, self.sampler.styles)

    def rendering(self, scene: Scene, stopwatch: Stopwatch, preview: bool = False) -> Operation[Rendering]:
        """RGB and scores of a scene (batch of 1)."""
        with stopwatch.measured("layout"):
            layout, noises = self.layout(scene), self.renderer.noises(scene.noise_seed)
        return (yield from self.renderer.render(layout, noises, stopwatch, preview))

    def render_scene(self, request: RenderScene) -> Operation[RenderSceneResult]:
        """Render a scene.

        Raises:
            MaquetteError: SCENE_MODEL_MISMATCH, INVALID_ARGUMENT, NOT_A_FINITE_NUMBER, LIMIT_EXCEEDED or
                BLOB_ALREADY_EXISTS.
        """
        stopwatch = Stopwatch()
        rendering = yield from self.rendering(request.scene, stopwatch, request.preview)
        with stopwatch.measured("picture"):
            picture = rgb_picture(resized(rendering.rgb, self.renderer.resolution)[0])
        return RenderSceneResult(
            picture=picture,
            blob_map=self._blob_map(request.scene) if request.blob_map else None,
            alphas=self._alphas(request.scene, rendering.scores) if request.alphas else {},
            milliseconds=stopwatch.milliseconds,
        )

    def _blob_map(self, scene: Scene) -> Picture:
        rows = [blob.appearance.row for blob in visible_blobs(scene)]
        colours = row_colours(rows, self.network.shape.blob_count + 1)
        picture = blob_map(self.layout(scene), self.renderer.resolution, colours)
        return rgb_picture(picture[0] * 2 - 1)

    def _alphas(self, scene: Scene, scores: Tensor) -> dict[str, Picture]:
        return {
            blob.id: grey_picture(weights) for blob, weights in zip(visible_blobs(scene), scores[0, 1:], strict=True)
        }

    def resolve_styles(self, request: ResolveStyles) -> Operation[ResolveStylesResult]:
        """The scene with every restyle mixed into the style it belongs to.

        Raises:
            MaquetteError: INVALID_ARGUMENT, NOT_A_FINITE_NUMBER, LIMIT_EXCEEDED or BLOB_ALREADY_EXISTS.
        """
        check_scene(request.scene)
        yield Progress("mixing styles", 0.0)
        width = self.network.shape.decoder.style_width
        return ResolveStylesResult(resolved_scene(request.scene, width, self.sampler.styles))
