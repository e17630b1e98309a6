"""A source of one small scene model without torch, for tests of the two processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from maquette.engine.messages import Device
from maquette.engine.source import SourceSettings
from maquette.errors import MaquetteError, Reason
from maquette.imaging.picture import AlphaMode, ColourSpace, Picture, PictureSpec, PixelFormat
from maquette.models.operations import Operation, Progress
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

SIDE = 64
# Steps of what is only there to be cancelled: no test waits for the last one.
ENDLESS = 10**6
INFO = ModelInfo(
    id="fake-rooms",
    system="fake",
    title="Fake rooms",
    tasks=("sample_scene", "render_scene", "edit_scene", "restyle_scene"),
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
INFOS = {info.id: info for info in (INFO, LARGE, SLOW)}


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
    verbs: Mapping[type, Callable[[Any], Operation[Any]]] = field(init=False)

    def __post_init__(self) -> None:
        self.verbs = {SampleScene: self.sample, RenderScene: self.render, ResolveStyles: self.resolve}

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
        shown = picture(self.info.width, self.info.height, len(request.scene.blobs))
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

    def _resolved(self, look: Appearance) -> Appearance:
        if look.restyle is None:
            return look
        seed = look.restyle.seed or 0
        return replace(look, style=scene_of(self.info.id, seed).background.style, restyle=None)


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
        return FakeModel(
            INFOS[model_id], 0.2 if model_id == "fake-slow" else 0.0, ENDLESS if model_id == "fake-slow" else 3
        )

    def import_model(self, request: ImportModel) -> Operation[object]:
        yield Progress("reading", 0.0)
        raise MaquetteError(Reason.CHECKPOINT_UNSAFE, "The file is not safe.", "Use another file.")

    def trim(self) -> None:
        pass


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

    def delete(self, model_id: str) -> None:
        del self.infos[self.get(model_id).info.id]


def open_catalogue() -> FakeCatalogue:
    return FakeCatalogue()
