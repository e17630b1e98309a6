"""SceneService: scenes as movable blobs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from contextlib import aclosing, contextmanager

from maquette_client.v1 import scene_pb2

from maquette.server.context import Services
from maquette.server.generated.scene_pb2_grpc import SceneServiceServicer
from maquette.server.interceptor import Context
from maquette.server.limits import exceeded
from maquette.server.services.animation import render_animation
from maquette.server.services.edit_stream import edit_scene
from maquette.server.services.inversion import invert_image, transfer_edit
from maquette.server.services.restyle import restyle_scene
from maquette.server.services.scene_rendering import render_scene
from maquette.server.services.scene_sampling import complete_scene, interpolate_scenes, sample_scene
from maquette.server.services.updates import answers


class _Turnstile:
    """Counts who is inside."""

    def __init__(self, what: str, limit: int) -> None:
        self._what, self._limit = what, limit
        self._inside = 0

    @contextmanager
    def passed(self) -> Generator[None]:
        """Be inside for the length of a block.

        Raises:
            MaquetteError: LIMIT_EXCEEDED.
        """
        if self._inside >= self._limit:
            raise exceeded(self._what, self._inside + 1, self._limit)
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1


class SceneService(SceneServiceServicer):
    """Scenes as movable blobs."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._edit_streams = _Turnstile("Scenes edited at the same time", services.limits.edit_streams)
        self._animations = _Turnstile("Animations rendered at the same time", services.limits.animations)

    async def SampleScene(  # noqa: N802
        self, request: scene_pb2.SampleSceneRequest, context: Context
    ) -> AsyncIterator[scene_pb2.SampleSceneResponse]:
        """Sample scenes from seeds."""
        updates = await sample_scene(self._services, request)
        async with aclosing(answers(updates, scene_pb2.SampleSceneResponse)) as responses:
            async for response in responses:
                yield response

    async def RenderScene(  # noqa: N802
        self, request: scene_pb2.RenderSceneRequest, context: Context
    ) -> AsyncIterator[scene_pb2.RenderSceneResponse]:
        """Render one scene."""
        updates = await render_scene(self._services, request)
        async with aclosing(answers(updates, scene_pb2.RenderSceneResponse)) as responses:
            async for response in responses:
                yield response

    async def EditScene(  # noqa: N802
        self, request_iterator: AsyncIterator[scene_pb2.EditSceneRequest], context: Context
    ) -> AsyncIterator[scene_pb2.EditSceneResponse]:
        """Edit a scene and show it."""
        with self._edit_streams.passed():
            async with aclosing(edit_scene(self._services, request_iterator)) as responses:
                async for response in responses:
                    yield response

    async def RestyleScene(  # noqa: N802
        self, request: scene_pb2.RestyleSceneRequest, context: Context
    ) -> AsyncIterator[scene_pb2.RestyleSceneResponse]:
        """Give parts of a scene another look."""
        updates = await restyle_scene(self._services, request)
        async with aclosing(answers(updates, scene_pb2.RestyleSceneResponse)) as responses:
            async for response in responses:
                yield response

    async def CompleteScene(  # noqa: N802
        self, request: scene_pb2.CompleteSceneRequest, context: Context
    ) -> AsyncIterator[scene_pb2.CompleteSceneResponse]:
        """Keep some blobs and sample the others."""
        updates = await complete_scene(self._services, request)
        async with aclosing(answers(updates, scene_pb2.CompleteSceneResponse)) as responses:
            async for response in responses:
                yield response

    async def InvertImage(  # noqa: N802
        self, request: scene_pb2.InvertImageRequest, context: Context
    ) -> AsyncIterator[scene_pb2.InvertImageResponse]:
        """Find the scene of a picture."""
        updates = await invert_image(self._services, request)
        async with aclosing(answers(updates, scene_pb2.InvertImageResponse)) as responses:
            async for response in responses:
                yield response

    async def InterpolateScenes(  # noqa: N802
        self, request: scene_pb2.InterpolateScenesRequest, context: Context
    ) -> AsyncIterator[scene_pb2.InterpolateScenesResponse]:
        """Scenes between two scenes."""
        updates = await interpolate_scenes(self._services, request)
        async with aclosing(answers(updates, scene_pb2.InterpolateScenesResponse)) as responses:
            async for response in responses:
                yield response

    async def TransferEdit(  # noqa: N802
        self, request: scene_pb2.TransferEditRequest, context: Context
    ) -> AsyncIterator[scene_pb2.TransferEditResponse]:
        """Carry an edit onto a picture."""
        updates = await transfer_edit(self._services, request)
        async with aclosing(answers(updates, scene_pb2.TransferEditResponse)) as responses:
            async for response in responses:
                yield response

    async def RenderAnimation(  # noqa: N802
        self, request_iterator: AsyncIterator[scene_pb2.RenderAnimationRequest], context: Context
    ) -> AsyncIterator[scene_pb2.RenderAnimationResponse]:
        """Render scene after scene."""
        with self._animations.passed():
            async with aclosing(render_animation(self._services, request_iterator)) as responses:
                async for response in responses:
                    yield response
