"""RenderScene: one scene, with what shows how it is made."""

from __future__ import annotations

import time
from functools import partial

from maquette_client.v1 import scene_pb2

from maquette.models.requests import ModelInfo, RenderScene, RenderSceneResult
from maquette.server.context import Services
from maquette.server.conversion import image_message, provenance_message
from maquette.server.conversion_scene import render_request
from maquette.server.services.updates import Updates, engine_updates


async def render_scene(services: Services, request: scene_pb2.RenderSceneRequest) -> Updates:
    """One scene; the result is a RenderedScene."""
    arrived = time.monotonic()
    work = render_request(request, services.limits)
    info = await services.model_of(work.scene, "render_scene")
    return engine_updates(services, info.id, work, partial(_rendered, services, info, work, arrived))


async def _rendered(
    services: Services, info: ModelInfo, work: RenderScene, arrived: float, result: RenderSceneResult
) -> scene_pb2.RenderedScene:
    cache, limits = services.cache, services.limits
    alphas = {name: await image_message(alpha, cache, limits) for name, alpha in result.alphas.items()}
    return scene_pb2.RenderedScene(
        picture=await image_message(result.picture, cache, limits),
        blob_map=None if result.blob_map is None else await image_message(result.blob_map, cache, limits),
        alphas=alphas,
        timing=scene_pb2.Timing(
            total_milliseconds=1000 * (time.monotonic() - arrived), stage_milliseconds=result.milliseconds
        ),
        provenance=provenance_message(info.id, info.digest, {"noise_seed": work.scene.noise_seed}),
    )
