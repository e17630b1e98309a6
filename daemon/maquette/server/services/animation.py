"""RenderAnimation: scene after scene, with less urgency than anything that an artist waits for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from maquette_client.v1 import scene_pb2

from maquette.engine.messages import Priority
from maquette.models.requests import ModelInfo, RenderScene, RenderSceneResult
from maquette.models.scene import Scene
from maquette.server.context import Services, check_made_by
from maquette.server.conversion import check_finite, image_message, invalid, provenance_message
from maquette.server.conversion_scene import scene_from


@dataclass(frozen=True)
class _Wanted:
    frame: int
    scene: Scene


# What was read: a scene, what is wrong with it, or the end.
_Read = _Wanted | Exception | None


async def render_animation(
    services: Services, requests: AsyncIterator[scene_pb2.RenderAnimationRequest]
) -> AsyncGenerator[scene_pb2.RenderAnimationResponse, None]:
    """The pictures of scenes in their order. Scenes are read ahead, at most ``frames_ahead`` of them; each is rendered
    when the one before has been answered. When the caller has no more, what it sent is rendered to the end.

    Raises:
        MaquetteError: what is wrong with the scene whose turn it is, or what its render raised.
    """
    waiting: asyncio.Queue[_Read] = asyncio.Queue(services.limits.frames_ahead)
    reading = asyncio.create_task(_read(services, requests, waiting))
    try:
        async with aclosing(_render(services, waiting)) as responses:
            async for response in responses:
                yield response
    finally:
        reading.cancel()


async def _read(
    services: Services, requests: AsyncIterator[scene_pb2.RenderAnimationRequest], waiting: asyncio.Queue[_Read]
) -> None:
    try:
        async for request in requests:
            check_finite(request)
            if not request.HasField("scene"):
                raise invalid(f"The frame {request.frame} has no scene.", "Send the scene to render.")
            await waiting.put(_Wanted(request.frame, scene_from(request.scene, services.limits)))
    except Exception as error:
        await waiting.put(error)
    else:
        await waiting.put(None)


async def _next(waiting: asyncio.Queue[_Read]) -> _Wanted | None:
    wanted = await waiting.get()
    if isinstance(wanted, Exception):
        raise wanted
    return wanted


async def _render(
    services: Services, waiting: asyncio.Queue[_Read]
) -> AsyncGenerator[scene_pb2.RenderAnimationResponse, None]:
    wanted = await _next(waiting)
    if wanted is None:
        raise invalid("The animation has no frames.", "Send at least one scene.")
    info = await services.model_of(wanted.scene, "render_animation")
    services.supervisor.hold(info.id)
    shown: tuple[Scene, RenderSceneResult] | None = None
    try:
        while wanted is not None:
            since = time.monotonic()
            check_made_by(wanted.scene, info)
            if shown is None or shown[0] != wanted.scene:
                work = RenderScene(wanted.scene)
                result = await services.supervisor.result(info.id, work, RenderSceneResult, Priority.BATCH)
                shown = wanted.scene, result
            yield await _response(services, info, wanted, shown[1], since)
            wanted = await _next(waiting)
    finally:
        services.supervisor.release(info.id)


async def _response(
    services: Services, info: ModelInfo, wanted: _Wanted, result: RenderSceneResult, since: float
) -> scene_pb2.RenderAnimationResponse:
    return scene_pb2.RenderAnimationResponse(
        frame=wanted.frame,
        image=await image_message(result.picture, services.cache, services.limits),
        timing=scene_pb2.Timing(
            total_milliseconds=1000 * (time.monotonic() - since), stage_milliseconds=result.milliseconds
        ),
        provenance=provenance_message(info.id, info.digest, {"noise_seed": wanted.scene.noise_seed}),
    )
