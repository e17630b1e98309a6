"""Sampling, rendering and restyling of scenes. A scene is the contract's own message, kept and sent back as it came."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from maquette_client import content
from maquette_client.connection import Connection, StubClass
from maquette_client.errors import ClientError
from maquette_client.images import Image, inline_image
from maquette_client.v1 import common_pb2, scene_pb2
from maquette_client.v1.scene_grpc import SceneServiceStub

# Told the stage, in words for a person, and the fraction done, 0 to 1.
OnProgress = Callable[[str, float], None]
# Told each intermediate picture.
OnPreview = Callable[[Image], None]


@dataclass(frozen=True)
class SampledScene:
    """One sampled scene; the thumbnail is None unless it was asked for."""

    scene: scene_pb2.Scene
    thumbnail: Image | None
    provenance: common_pb2.Provenance


@dataclass(frozen=True)
class RenderedScene:
    """A rendered scene.

    Attributes:
        alphas: by blob id: grey, how much of each pixel the blob holds.
        total_milliseconds: of the whole call, in the daemon.
        stage_milliseconds: inside the model.
    """

    picture: Image
    provenance: common_pb2.Provenance
    blob_map: Image | None = None
    alphas: Mapping[str, Image] = field(default_factory=dict[str, Image])
    total_milliseconds: float = 0.0
    stage_milliseconds: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class RestyledScene:
    """A scene whose restyles are resolved into plain styles, and its picture."""

    scene: scene_pb2.Scene
    picture: Image
    provenance: common_pb2.Provenance


async def sample_scenes(
    connection: Connection,
    layout_seed: int,
    *,
    model_id: str = "",
    style_seed: int | None = None,
    background_seed: int | None = None,
    truncation: float | None = None,
    count: int = 1,
    thumbnail_side: int = 0,
    on_progress: OnProgress | None = None,
) -> list[SampledScene]:
    """Sample scenes from seeds (see ``SampleSceneRequest`` for ranges and defaults).

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    request = scene_pb2.SampleSceneRequest(
        model_id=model_id,
        layout_seed=layout_seed,
        style_seed=style_seed,
        background_seed=background_seed,
        truncation=truncation,
        count=count,
        thumbnail_side=thumbnail_side,
    )
    result = await last_result(connection, SceneServiceStub, "SampleScene", request, on_progress)
    return await sampled_scenes(connection, result)


async def render_scene(
    connection: Connection,
    scene: scene_pb2.Scene,
    *,
    with_blob_map: bool = False,
    with_alphas: bool = False,
    on_progress: OnProgress | None = None,
) -> RenderedScene:
    """Render one scene at full quality.

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    request = scene_pb2.RenderSceneRequest(scene=scene, with_blob_map=with_blob_map, with_alphas=with_alphas)
    result = await last_result(connection, SceneServiceStub, "RenderScene", request, on_progress)
    return RenderedScene(
        picture=await content.from_message(connection, result.picture),
        provenance=result.provenance,
        blob_map=await content.from_message(connection, result.blob_map) if result.HasField("blob_map") else None,
        alphas={blob_id: await content.from_message(connection, alpha) for blob_id, alpha in result.alphas.items()},
        total_milliseconds=result.timing.total_milliseconds,
        stage_milliseconds=dict(result.timing.stage_milliseconds),
    )


async def restyle_scene(
    connection: Connection,
    scene: scene_pb2.Scene,
    restyle: scene_pb2.Restyle | None = None,
    *,
    source: scene_pb2.Scene | None = None,
    amount: float | None = None,
    blob_ids: Sequence[str] = (),
    background: bool = False,
    on_progress: OnProgress | None = None,
) -> RestyledScene:
    """Give blobs (none named = every blob), the background, or both another look: one of ``restyle`` and ``source``.

    Args:
        connection: to the daemon.
        scene: to restyle.
        restyle: mixed into each.
        source: scene of the same model whose looks are mixed in, by ``amount`` (None = 1): each blob takes from the
            blob with its id, else from the one of its row, else keeps its look.
        amount: 0 to 1, with ``source``.
        blob_ids: to restyle; empty = all.
        background: restyle the background too.
        on_progress: told how far it is.

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    request = scene_pb2.RestyleSceneRequest(
        scene=scene, blob_ids=blob_ids, background=background, restyle=restyle, source=source, amount=amount
    )
    result = await last_result(connection, SceneServiceStub, "RestyleScene", request, on_progress)
    return RestyledScene(result.scene, await content.from_message(connection, result.picture), result.provenance)


async def sampled_scenes(connection: Connection, result: scene_pb2.SampledScenes) -> list[SampledScene]:
    """The scenes of a result, in its order.

    Raises:
        ClientError: a picture is damaged or gone, or any failure of the connection.
    """
    return [await _sampled(connection, scene) for scene in result.scenes]


async def last_result(
    connection: Connection,
    stub: StubClass,
    method: str,
    request: Any,
    on_progress: OnProgress | None = None,
    on_preview: OnPreview | None = None,
) -> Any:
    """The ``result`` that ends a stream of ``oneof update {progress, preview, result}``.

    Raises:
        ClientError: IMAGE_CORRUPT for a preview that is damaged; INTERNAL when the stream ends without a result; the
            daemon's refusal or any failure of the connection.
    """
    result: Any = None
    updates = connection.stream(stub, method, request)
    async with contextlib.aclosing(updates):
        async for update in updates:
            kind = update.WhichOneof("update")
            if kind == "result":
                result = update.result
            elif kind == "progress" and on_progress is not None:
                on_progress(update.progress.stage, update.progress.fraction)
            elif kind == "preview" and on_preview is not None:
                on_preview(inline_image(update.preview.image))
    if result is None:
        raise ClientError("INTERNAL", "The daemon gave no result.", "Look into its log: `maquette doctor`.")
    return result


async def _sampled(connection: Connection, sampled: scene_pb2.SampledScene) -> SampledScene:
    thumbnail = await content.from_message(connection, sampled.thumbnail) if sampled.HasField("thumbnail") else None
    return SampledScene(sampled.scene, thumbnail, sampled.provenance)
