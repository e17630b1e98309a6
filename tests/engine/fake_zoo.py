"""A source of one small scene model without torch, for tests of the two processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from maquette.engine.messages import Device, PaintRequest
from maquette.engine.source import SourceSettings
from maquette.errors import MaquetteError, Reason
from maquette.imaging.picture import AlphaMode, ColourSpace, Picture, PictureSpec, PixelFormat
from maquette.models.operations import Operation, Progress
from maquette.models.painting.requests import Inpaint, Outpaint, PaintedCandidate, PaintResult
from maquette.models.requests import (
    ImportModel,
    ModelInfo,
    RenderScene,
    RenderSceneResult,
    ResolveStyles,
    ResolveStylesResult,
    SampledScene,
    SampleScene,
    SampleSceneResult,
)
from maquette.models.scene import Appearance, Blob, Ellipse, Scene
from maquette.models.scene_requests import (
    CompleteScene,
    InterpolateScenes,
    InvertImage,
    InvertImageResult,
    Part,
    TransferEdit,
    TransferEditResult,
)

SIDE = 64
# Steps of what is only there to be cancelled: no test waits for the last one.
ENDLESS = 10**6
INFO = ModelInfo(
    id="fake-rooms",
    system="fake",
    title="Fake rooms",
    tasks=(
        "sample_scene",
        "render_scene",
        "edit_scene",
        "restyle_scene",
        "complete_scene",
        "invert_image",
        "interpolate_scenes",
        "transfer_edit",
        "render_animation",
    ),
    digest="ab" * 32,
    width=SIDE,
    height=SIDE,
    file_bytes=1000,
    blob_names=("bed", "lamp"),
    area_normaliser=0.04,
    embedded=True,
    licence="test",
)
LARGE = replace(INFO, id="fake-large", width=1024, height=1024)
SLOW = replace(INFO, id="fake-slow", embedded=False)
# Its pictures show how many it has rendered.
COUNTING = replace(INFO, id="fake-counting", tasks=("render_animation",), embedded=False)
PAINTER = replace(
    INFO, id="fake-painter", tasks=("inpaint", "outpaint", "colorize", "restore_jpeg"), width=0, height=0, blob_names=()
)
FILLER = replace(PAINTER, id="fake-filler", tasks=("inpaint", "outpaint"))
SLOW_PAINTER = replace(PAINTER, id="fake-slow-painter", embedded=False)
INFOS = {info.id: info for info in (INFO, LARGE, SLOW, COUNTING, PAINTER, FILLER, SLOW_PAINTER)}


def picture(width: int, height: int, value: int) -> Picture:
    spec = PictureSpec(width, height, PixelFormat.RGB_U8, ColourSpace.SRGB, AlphaMode.OPAQUE)
    return Picture(spec, bytes([value % 256]) * spec.byte_size)


def scene_of(model_id: str, seed: int, blobs: int = 2) -> Scene:
    look = Appearance(bytes(16), seed.to_bytes(8, "little", signed=True) * 2, 0)
    return Scene(
        model_id,
        INFO.digest,
        look,
        tuple(
            Blob(f"b{i}", INFO.blob_names[i % 2], Ellipse(0.1 * i, 0.5, 1.0), replace(look, row=i + 1))
            for i in range(blobs)
        ),
        seed,
    )


@dataclass
class FakeModel:
    info: ModelInfo
    step_seconds: float = 0.0
    steps: int = 3
    rendered: int = 0
    verbs: Mapping[type, Callable[[Any], Operation[Any]]] = field(init=False)

    def __post_init__(self) -> None:
        self.verbs = {
            SampleScene: self.sample,
            RenderScene: self.render,
            ResolveStyles: self.resolve,
            CompleteScene: self.complete,
            InterpolateScenes: self.interpolate,
            InvertImage: self.invert,
            TransferEdit: self.transfer,
        }

    def sample(self, request: SampleScene) -> Operation[SampleSceneResult]:
        yield Progress("sampling", 0.0)
        thumbnail = None
        if request.thumbnail_side:
            thumbnail = picture(request.thumbnail_side, request.thumbnail_side, request.layout_seed)
        return SampleSceneResult(
            tuple(
                SampledScene(scene_of(self.info.id, request.layout_seed + i), thumbnail) for i in range(request.count)
            )
        )

    def render(self, request: RenderScene) -> Operation[RenderSceneResult]:
        if request.scene.noise_seed == 666:
            raise ValueError("a fault of the model")
        if request.scene.noise_seed == 667:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 800 bytes.")
        for step in range(self.steps):
            yield Progress("rendering", step / self.steps)
            if self.step_seconds:
                time.sleep(self.step_seconds)
        self.rendered += 1
        value = self.rendered if self.info is COUNTING else len(request.scene.blobs)
        shown = picture(self.info.width, self.info.height, value)
        alphas = {blob.id: replace_format(shown) for blob in request.scene.blobs} if request.alphas else {}
        return RenderSceneResult(shown, shown if request.blob_map else None, alphas, {"decode": 1.0})

    def resolve(self, request: ResolveStyles) -> Operation[ResolveStylesResult]:
        yield Progress("mixing", 0.0)
        return ResolveStylesResult(
            replace(
                request.scene,
                background=self._resolved(request.scene.background),
                blobs=tuple(replace(b, appearance=self._resolved(b.appearance)) for b in request.scene.blobs),
            )
        )

    def complete(self, request: CompleteScene) -> Operation[SampleSceneResult]:
        """Blobs that are not pinned stand where the seed says."""
        yield from self._pausing("completing")
        seeds = range(request.seed, request.seed + request.count)
        scenes = [
            replace(
                request.scene,
                blobs=tuple(
                    blob if blob.id in request.pinned else moved(blob, 0.01 * seed) for blob in request.scene.blobs
                ),
            )
            for seed in seeds
        ]
        return self._shown(scenes, request.thumbnail_side)

    def interpolate(self, request: InterpolateScenes) -> Operation[SampleSceneResult]:
        """Every blob stands at the amount."""
        yield from self._pausing("mixing")
        start = request.start
        scenes = [
            replace(start, blobs=tuple(moved(blob, amount) for blob in start.blobs)) for amount in request.amounts
        ]
        return self._shown(scenes, request.thumbnail_side)

    def _shown(self, scenes: Sequence[Scene], side: int) -> SampleSceneResult:
        thumbnail = picture(side, side, 1) if side else None
        return SampleSceneResult(tuple(SampledScene(scene, thumbnail) for scene in scenes))

    def invert(self, request: InvertImage) -> Operation[InvertImageResult]:
        """Tells in the first figure how many steps were asked for."""
        yield from self._pausing("inverting", picture(8, 8, 3))
        spec = request.picture.spec
        side = min(spec.width, spec.height)
        return InvertImageResult(
            scene=request.scene or scene_of(self.info.id, request.seed),
            picture=picture(self.info.width, self.info.height, request.picture.pixels[0]),
            part=request.part or Part((spec.width - side) // 2, (spec.height - side) // 2, side, side),
            psnr=30.5,
            first_psnr=-1.0 if request.steps is None else float(request.steps),
            encoded=request.scene is None,
        )

    def transfer(self, request: TransferEdit) -> Operation[TransferEditResult]:
        """Every byte of the part becomes the blend, rounded."""
        yield from self._pausing("carrying over")
        if request.before == request.after:
            return TransferEditResult()
        part = request.part or Part(0, 0, 1, 1)
        spec = replace(request.picture.spec, width=part.width, height=part.height)
        return TransferEditResult(part, Picture(spec, bytes([round(request.blend or 0.0)]) * spec.byte_size))

    def _pausing(self, stage: str, preview: Picture | None = None) -> Operation[None]:
        for step in range(self.steps):
            yield Progress(stage, step / self.steps, preview)
            if self.step_seconds:
                time.sleep(self.step_seconds)

    def _resolved(self, look: Appearance) -> Appearance:
        if look.restyle is None:
            return look
        if look.restyle.style is not None:
            return replace(look, style=look.restyle.style, restyle=None)
        seed = look.restyle.seed or 0
        return replace(look, style=scene_of(self.info.id, seed).background.style, restyle=None)


def moved(blob: Blob, x: float) -> Blob:
    return replace(blob, ellipse=replace(blob.ellipse, x=x))


def replace_format(shown: Picture) -> Picture:
    spec = replace(shown.spec, pixel_format=PixelFormat.GRAY_U8, colour_space=ColourSpace.DATA)
    return Picture(spec, shown.pixels[: spec.byte_size])


class FakeSource:
    def devices(self) -> tuple[Device, ...]:
        return (Device("cpu", "CPU, 1 thread", 1000, 500, True, "No GPU was found."),)

    def load(self, model_id: str) -> Operation[FakeModel]:
        if model_id not in INFOS:
            raise MaquetteError(Reason.MODEL_NOT_FOUND, f"There is no model '{model_id}'.", "List the models.")
        yield Progress("loading", 0.0)
        yield Progress("loading", 0.5)
        slow = model_id in (SLOW.id, SLOW_PAINTER.id)
        return FakeModel(INFOS[model_id], 0.2 if slow else 0.0, ENDLESS if slow else 3)

    def import_model(self, request: ImportModel) -> Operation[object]:
        yield Progress("reading", 0.0)
        raise MaquetteError(Reason.CHECKPOINT_UNSAFE, "The file is not safe.", "Use another file.")

    def helpers(self, request: PaintRequest) -> tuple[str, ...]:
        return (FILLER.id,) if isinstance(request, Inpaint) else ()

    def paint(
        self, request: PaintRequest, models: Sequence[FakeModel], helpers: Sequence[FakeModel]
    ) -> Operation[PaintResult]:
        """Candidate i of the whole picture is the picture with i added to every byte."""
        if request.settings.seed == 666:
            raise ValueError("a fault of the model")
        model = models[-1]
        for step in range(model.steps):
            yield Progress("painting", step / model.steps, picture(8, 8, step) if step % 2 else None)
            if model.step_seconds:
                time.sleep(model.step_seconds)
        spec = grown(request)
        pixels = request.picture.pixels[:1] * spec.byte_size
        candidates = [
            PaintedCandidate(Picture(spec, bytes((byte + index) % 256 for byte in pixels[:1]) * spec.byte_size))
            for index in range(request.settings.candidates)
        ]
        coverage = replace(spec, pixel_format=PixelFormat.GRAY_U8, colour_space=ColourSpace.DATA)
        return PaintResult(
            left=0,
            top=0,
            width=spec.width,
            height=spec.height,
            coverage=Picture(coverage, b"\xff" * coverage.byte_size),
            candidates=tuple(candidates),
            model_id=model.info.id,
            notes=tuple(f"{one.info.id} was there." for one in (*models, *helpers)),
        )

    def trim(self) -> None:
        pass


def grown(request: PaintRequest) -> PictureSpec:
    spec = request.picture.spec
    if isinstance(request, Outpaint):
        width, height = spec.width + request.left + request.right, spec.height + request.top + request.bottom
        return replace(spec, width=width, height=height)
    return spec


def open_source(settings: SourceSettings) -> FakeSource:
    if os.environ.get("FAKE_ZOO_FAILS"):
        raise RuntimeError("the fake zoo was told to fail")
    return FakeSource()


@dataclass(frozen=True)
class Entry:
    info: ModelInfo


class FakeCatalogue:
    """What the server asks of the catalogue."""

    def __init__(self) -> None:
        self.infos = dict(INFOS)

    def list(self, task: str = "") -> tuple[Entry, ...]:
        return tuple(Entry(info) for info in self.infos.values() if not task or task in info.tasks)

    def get(self, model_id: str) -> Entry:
        if model_id not in self.infos:
            raise MaquetteError(Reason.MODEL_NOT_FOUND, f"There is no model '{model_id}'.", "List the models.")
        return Entry(self.infos[model_id])

    def resolve(self, model_id: str, task: str) -> Entry:
        entry = self.get(model_id or INFO.id)
        if task not in entry.info.tasks:
            raise MaquetteError(Reason.MODEL_UNSUPPORTED, "It cannot do this.", "Choose another model.")
        return entry

    def candidates(self, model_id: str, task: str) -> tuple[Entry, ...]:
        if model_id not in ("", "auto"):
            return (self.resolve(model_id, task),)
        return tuple(entry for entry in self.list(task) if entry.info.embedded)

    def delete(self, model_id: str) -> None:
        del self.infos[self.get(model_id).info.id]


def open_catalogue() -> FakeCatalogue:
    return FakeCatalogue()
