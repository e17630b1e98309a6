"""One edit stream: carries out what :class:`EditSession` says, between a caller and the engine."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass

from maquette_client.v1 import scene_pb2

from maquette.engine.messages import Priority
from maquette.errors import MaquetteError
from maquette.models.requests import RenderScene, RenderSceneResult
from maquette.models.scene_edits import SceneEdit
from maquette.server.context import Services
from maquette.server.conversion import check_finite, image_message, invalid
from maquette.server.conversion_scene import edit_from, scene_from
from maquette.server.edit_session import Action, CancelRender, EditSession, Reject, Render, SendFrame
from maquette.server.limits import exceeded

_log = logging.getLogger(__name__)

MAXIMUM_CHANGES = 1024


@dataclass(frozen=True)
class _Shown:
    render: Render
    result: RenderSceneResult


def _changes_from(edit: scene_pb2.EditSceneRequest.Edit, services: Services) -> Sequence[SceneEdit] | MaquetteError:
    try:
        check_finite(edit)
        if len(edit.patches) > MAXIMUM_CHANGES:
            raise exceeded("Changes of one edit", len(edit.patches), MAXIMUM_CHANGES)
        return [edit_from(patch, services.limits) for patch in edit.patches]
    except MaquetteError as error:
        return error


def _rejected(action: Reject) -> scene_pb2.EditSceneResponse:
    error = action.error
    rejected = scene_pb2.EditSceneResponse.Rejected(
        revision=action.revision, reason=error.reason.value, message=error.message, action=error.action
    )
    return scene_pb2.EditSceneResponse(rejected=rejected)


class _Stream:
    def __init__(self, services: Services, model_id: str, session: EditSession) -> None:
        self._services = services
        self.model_id = model_id
        self._session = session
        self._rendering: asyncio.Task[None] | None = None
        self._result: RenderSceneResult | None = None
        # Frames wait for acknowledgements, so only refusals can fill it; then reading waits.
        self.outbox: asyncio.Queue[_Shown | Reject | Exception | None] = asyncio.Queue(64)

    async def perform(self, actions: Sequence[Action]) -> None:
        for action in actions:
            if isinstance(action, Render):
                self._rendering = asyncio.create_task(self._render(action))
            elif isinstance(action, CancelRender):
                self.cancel_render()
            elif isinstance(action, SendFrame):
                assert self._result is not None
                await self.outbox.put(_Shown(action.render, self._result))
                self._result = None
            else:
                await self.outbox.put(action)

    def cancel_render(self) -> None:
        if self._rendering is not None:
            self._rendering.cancel()
            self._rendering = None

    async def _render(self, action: Render) -> None:
        try:
            work = RenderScene(action.scene, preview=not action.final)
            self._result = await self._services.supervisor.result(
                self.model_id, work, RenderSceneResult, Priority.INTERACTIVE
            )
        except Exception as error:
            await self.outbox.put(error)
        else:
            await self.perform(self._session.rendered())

    async def read(self, requests: AsyncIterator[scene_pb2.EditSceneRequest]) -> None:
        try:
            await self.perform(self._session.open())
            async for request in requests:
                await self.perform(self._actions(request))
        except Exception as error:
            await self.outbox.put(error)
        else:
            await self.outbox.put(None)

    def _actions(self, request: scene_pb2.EditSceneRequest) -> list[Action]:
        now = time.monotonic()
        which = request.WhichOneof("message")
        if which == "edit":
            edit = request.edit
            return self._session.edit(edit.revision, _changes_from(edit, self._services), edit.settle, now)
        if which == "acknowledge":
            return self._session.acknowledge(request.acknowledge.revision)
        raise invalid("The stream was opened twice, or a message says nothing.", "Send edits and acknowledgements.")

    async def frame(self, shown: _Shown) -> scene_pb2.EditSceneResponse:
        image = await image_message(shown.result.picture, self._services.cache, self._services.limits)
        frame = scene_pb2.EditSceneResponse.Frame(
            revision=shown.render.revision,
            quality="QUALITY_FINAL" if shown.render.final else "QUALITY_PREVIEW",
            image=image,
            timing=scene_pb2.Timing(
                total_milliseconds=1000 * (time.monotonic() - shown.render.since),
                stage_milliseconds=shown.result.milliseconds,
            ),
        )
        return scene_pb2.EditSceneResponse(frame=frame)


async def _opened(services: Services, requests: AsyncIterator[scene_pb2.EditSceneRequest]) -> _Stream:
    async for request in requests:
        arrived = time.monotonic()
        check_finite(request)
        if request.WhichOneof("message") != "open" or not request.open.HasField("scene"):
            break
        scene = scene_from(request.open.scene, services.limits)
        info = await services.model_of(scene, "edit_scene")
        return _Stream(services, info.id, EditSession(scene, arrived))
    raise invalid("The edit stream was not opened with a scene.", "Send `open` with a scene first.")


async def edit_scene(
    services: Services, requests: AsyncIterator[scene_pb2.EditSceneRequest]
) -> AsyncGenerator[scene_pb2.EditSceneResponse, None]:
    """Frames and refusals for one caller, until it leaves.

    Raises:
        MaquetteError: what is wrong with the opening scene, or what a render raised; the caller still has the scene.
    """
    stream = await _opened(services, requests)
    services.supervisor.hold(stream.model_id)
    reading = asyncio.create_task(stream.read(requests))
    try:
        while (item := await stream.outbox.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield _rejected(item) if isinstance(item, Reject) else await stream.frame(item)
    finally:
        stream.cancel_render()
        reading.cancel()
        services.supervisor.release(stream.model_id)
