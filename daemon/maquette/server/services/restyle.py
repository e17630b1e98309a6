"""RestyleScene: another look for one blob, several, or the background."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

from maquette_client.v1 import scene_pb2

from maquette.models.requests import ModelInfo, RenderScene, RenderSceneResult, ResolveStyles, ResolveStylesResult
from maquette.models.scene import Scene
from maquette.models.scene_restyling import RestyleFromScene, restyled_from
from maquette.server.context import Services
from maquette.server.conversion import image_message, provenance_message
from maquette.server.conversion_scene import scene_message
from maquette.server.conversion_scene_restyle import restyle_parameters, restyle_request
from maquette.server.services.updates import Updates, engine_updates

# The shares of progress: the looks of the other scene, those of the scene itself, and the picture.
_LOOKS, _STYLES, _PICTURE = (0.0, 0.1), (0.1, 0.2), (0.2, 1.0)


async def restyle_scene(services: Services, request: scene_pb2.RestyleSceneRequest) -> Updates:
    """A scene with other looks, and its picture; the result is a RestyledScene."""
    scene, looks = restyle_request(request, services.limits)
    if looks is None:
        info = await services.model_of(scene, "restyle_scene")
    else:
        info = await services.model_of_both(scene, looks.source, "restyle_scene")
    return _Restyling(services, info, scene, restyle_parameters(request)).updates(looks)


class _Restyling:
    """A scene on its way from restyles to plain styles and a picture."""

    def __init__(self, services: Services, info: ModelInfo, scene: Scene, parameters: dict[str, object]) -> None:
        self._services, self._info, self._scene, self._parameters = services, info, scene, parameters

    async def updates(self, looks: RestyleFromScene | None) -> Updates:
        async def take_looks(result: ResolveStylesResult) -> None:
            assert looks is not None
            self._scene = restyled_from(self._scene, replace(looks, source=result.scene))

        services, model_id = self._services, self._info.id
        if looks is not None:
            work = ResolveStyles(looks.source)
            async with aclosing(engine_updates(services, model_id, work, take_looks, share=_LOOKS)) as updates:
                async for update in updates:
                    yield update
        work = ResolveStyles(self._scene)
        async with aclosing(engine_updates(services, model_id, work, self._take_styles, share=_STYLES)) as updates:
            async for update in updates:
                yield update
        work = RenderScene(self._scene)
        async with aclosing(engine_updates(services, model_id, work, self._finished, share=_PICTURE)) as updates:
            async for update in updates:
                yield update

    async def _take_styles(self, result: ResolveStylesResult) -> None:
        self._scene = result.scene

    async def _finished(self, result: RenderSceneResult) -> scene_pb2.RestyledScene:
        return scene_pb2.RestyledScene(
            scene=scene_message(self._scene),
            picture=await image_message(result.picture, self._services.cache, self._services.limits),
            provenance=provenance_message(self._info.id, self._info.digest, self._parameters),
        )
