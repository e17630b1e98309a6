"""SceneService: scenes as movable blobs."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import aclosing

from maquette_client.v1 import common_pb2, scene_pb2

from maquette.engine.messages import Priority
from maquette.engine.supervisor import Finished
from maquette.models.operations import Progress
from maquette.models.requests import ModelInfo, RenderScene, RenderSceneResult, SampleScene, SampleSceneResult
from maquette.server.context import Services
from maquette.server.conversion import image_message, progress_message, provenance_message
from maquette.server.conversion_scene import render_request, sample_request, scene_message
from maquette.server.generated.scene_pb2_grpc import SceneServiceServicer
from maquette.server.interceptor import Context
from maquette.server.limits import exceeded
from maquette.server.services.edit_stream import edit_scene
from maquette.server.services.restyle import resolve_and_render, restyle_parameters, restyled_scene


class SceneService(SceneServiceServicer):
    """Scenes as movable blobs."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._edit_streams = 0

    async def SampleScene(  # noqa: N802
        self, request: scene_pb2.SampleSceneRequest, context: Context
    ) -> AsyncIterator[scene_pb2.SampleSceneResponse]:
        """Sample scenes from seeds."""
        services = self._services
        info = await services.resolve(request.model_id, "sample_scene")
        work = sample_request(request, info.id, services.limits)
        async with aclosing(services.supervisor.operate(info.id, work, Priority.PREVIEW)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    yield scene_pb2.SampleSceneResponse(result=await self._sampled(info, work, event.result))
                else:
                    yield scene_pb2.SampleSceneResponse(progress=progress_message(event))

    async def _sampled(self, info: ModelInfo, work: SampleScene, result: SampleSceneResult) -> scene_pb2.SampledScenes:
        message = scene_pb2.SampledScenes()
        for index, sampled in enumerate(result.scenes):
            thumbnail = None
            if sampled.thumbnail is not None:
                thumbnail = await image_message(sampled.thumbnail, self._services.cache, self._services.limits)
            message.scenes.add(
                scene=scene_message(sampled.scene),
                thumbnail=thumbnail,
                provenance=provenance_message(info.id, info.digest, _seeds(work, index)),
            )
        return message

    async def RenderScene(  # noqa: N802
        self, request: scene_pb2.RenderSceneRequest, context: Context
    ) -> AsyncIterator[scene_pb2.RenderSceneResponse]:
        """Render one scene."""
        arrived = time.monotonic()
        work = render_request(request, self._services.limits)
        info = await self._services.model_of(work.scene, "render_scene")
        async with aclosing(self._services.supervisor.operate(info.id, work, Priority.PREVIEW)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    yield scene_pb2.RenderSceneResponse(result=await self._rendered(info, work, event.result, arrived))
                else:
                    yield await self._render_update(event)

    async def _render_update(self, progress: Progress) -> scene_pb2.RenderSceneResponse:
        if progress.preview is None:
            return scene_pb2.RenderSceneResponse(progress=progress_message(progress))
        image = await image_message(progress.preview, self._services.cache, self._services.limits)
        return scene_pb2.RenderSceneResponse(preview=common_pb2.Preview(image=image))

    async def _rendered(
        self, info: ModelInfo, work: RenderScene, result: RenderSceneResult, arrived: float
    ) -> scene_pb2.RenderedScene:
        cache, limits = self._services.cache, self._services.limits
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

    async def EditScene(  # noqa: N802
        self, request_iterator: AsyncIterator[scene_pb2.EditSceneRequest], context: Context
    ) -> AsyncIterator[scene_pb2.EditSceneResponse]:
        """Edit a scene and show it."""
        limit = self._services.limits.edit_streams
        if self._edit_streams >= limit:
            raise exceeded("Scenes edited at the same time", self._edit_streams + 1, limit)
        self._edit_streams += 1
        try:
            async with aclosing(edit_scene(self._services, request_iterator)) as responses:
                async for response in responses:
                    yield response
        finally:
            self._edit_streams -= 1

    async def RestyleScene(  # noqa: N802
        self, request: scene_pb2.RestyleSceneRequest, context: Context
    ) -> AsyncIterator[scene_pb2.RestyleSceneResponse]:
        """Give parts of a scene another look."""
        scene = restyled_scene(request, self._services.limits)
        info = await self._services.model_of(scene, "restyle_scene")
        async with aclosing(resolve_and_render(self._services.supervisor, scene)) as events:
            async for event in events:
                if isinstance(event, Progress):
                    yield scene_pb2.RestyleSceneResponse(progress=progress_message(event))
                    continue
                result = scene_pb2.RestyledScene(
                    scene=scene_message(event.scene),
                    picture=await image_message(event.picture, self._services.cache, self._services.limits),
                    provenance=provenance_message(info.id, info.digest, restyle_parameters(request)),
                )
                yield scene_pb2.RestyleSceneResponse(result=result)


def _seeds(work: SampleScene, index: int) -> dict[str, object]:
    style = work.layout_seed if work.style_seed is None else work.style_seed
    background = work.layout_seed if work.background_seed is None else work.background_seed
    return {
        "layout_seed": work.layout_seed + index,
        "style_seed": style + index,
        "background_seed": background + index,
        "truncation": work.truncation,
    }
