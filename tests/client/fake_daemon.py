"""A daemon of a few lines that speaks the contract: for the client's tests, in a test's own loop or as a process.

    python fake_daemon.py RUNTIME_DIRECTORY

Its "model" paints the whole picture with the first blob's x: what a frame shows can be read off one pixel.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import struct
import sys
from collections.abc import Callable
from pathlib import Path

from fake_painter import Paints
from google.rpc.error_details_pb2 import ErrorInfo
from grpclib.const import Status
from grpclib.exceptions import GRPCError
from grpclib.server import Server
from maquette_client.errors import ClientError
from maquette_client.locations import RUNTIME_FILE_NAME, SOCKET_NAME
from maquette_client.runtime_file import RuntimeFile, remove_runtime_file, write_runtime_file
from maquette_client.scene_edits import apply_patches
from maquette_client.status_details import ErrorInfoCodec
from maquette_client.v1 import (
    common_pb2,
    content_grpc,
    content_pb2,
    model_grpc,
    model_pb2,
    scene_grpc,
    scene_pb2,
    system_grpc,
    system_pb2,
)

SIDE = 4
MODEL = model_pb2.Model(
    id="blobgan-fake",
    system="blobgan",
    title="Fake rooms",
    tasks=["sample_scene"],
    digest="0" * 64,
    width=SIDE,
    height=SIDE,
    blob_names=["bed", "lamp", "rug"],
    area_normaliser=0.02,
    embedded=True,
)


def refusal(status: Status, reason: str, message: str, action: str) -> GRPCError:
    info = ErrorInfo(reason=reason, domain="maquette", metadata={"action": action, "fact": "1"})
    return GRPCError(status, message, [info])


async def until(done: Callable[[], object]) -> None:
    """Let the loop run until something holds, for as long as the test's own timeout allows."""
    while not done():
        await asyncio.sleep(0.001)


def scene_of(seed: int) -> scene_pb2.Scene:
    vector = struct.pack("<2f", seed, 0.5)
    appearance = scene_pb2.Appearance(structure=vector, style=vector)
    blobs = [
        scene_pb2.Blob(
            id=name,
            name=name,
            appearance=scene_pb2.Appearance(structure=vector, style=vector, row=row + 1),
            ellipse=scene_pb2.Ellipse(x=0.1 * row, y=0.5, size=2.0, aspect=1.5, angle=0.1),
        )
        for row, name in enumerate(MODEL.blob_names)
    ]
    return scene_pb2.Scene(model_id=MODEL.id, model_digest=MODEL.digest, background=appearance, blobs=blobs)


def picture_of(scene: scene_pb2.Scene) -> common_pb2.Image:
    spec = common_pb2.ImageSpec(
        width=SIDE,
        height=SIDE,
        pixel_format=common_pb2.PIXEL_FORMAT_RGB_U8,
        colour_space=common_pb2.COLOUR_SPACE_SRGB,
        alpha_mode=common_pb2.ALPHA_MODE_OPAQUE,
    )
    value = max(0, min(255, round(scene.blobs[0].ellipse.x * 255))) if scene.blobs else 0
    return common_pb2.Image(spec=spec, inline=bytes([value]) * (3 * SIDE * SIDE))


class FakeDaemon:
    """Call :meth:`start` in a running loop."""

    def __init__(self, directory: Path, *, protocol: tuple[int, int] = (1, 1), frame_seconds: float = 0.0) -> None:
        self.directory = directory
        self.protocol = protocol
        self.frame_seconds = frame_seconds
        self.token = secrets.token_hex(32)
        self.instance_id = secrets.token_hex(16)
        self.contents: dict[str, tuple[common_pb2.ImageSpec, bytes]] = {}
        self.edits: list[scene_pb2.EditSceneRequest.Edit] = []
        self.opened: list[scene_pb2.Scene] = []
        self.painted: list[object] = []
        self.reject_next = False
        self.corrupt_content = False
        self.asked_to_wait = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.may_paint = asyncio.Event()
        self.may_paint.set()
        self.open_streams = 0
        self.server: Server | None = None
        self.stopped = asyncio.Event()

    async def start(self) -> None:
        self.directory.mkdir(mode=0o700, exist_ok=True, parents=True)
        services = [System(self), Content(self), Models(self), Scenes(self), Paints(self, refusal)]
        self.server = Server(services, status_details_codec=ErrorInfoCodec())
        path = self.directory / SOCKET_NAME
        path.unlink(missing_ok=True)
        await self.server.start(path=str(path))
        write_runtime_file(
            self.directory,
            RuntimeFile(os.getpid(), self.instance_id, f"unix:{path}", self.token, *self.protocol, "0.1.0"),
        )

    async def stop(self, *, leave_file: bool = False) -> None:
        assert self.server is not None
        if not leave_file:
            remove_runtime_file(self.directory, self.instance_id)
        self.server.close()
        await self.server.wait_closed()

    def check(self, stream) -> None:
        if stream.metadata.get("authorization") != f"Bearer {self.token}":
            raise refusal(Status.UNAUTHENTICATED, "UNAUTHENTICATED", "The token is wrong.", "Connect again.")


class System(system_grpc.SystemServiceBase):
    def __init__(self, daemon: FakeDaemon) -> None:
        self.daemon = daemon

    async def GetServerInfo(self, stream):  # noqa: N802
        self.daemon.check(stream)
        request = await stream.recv_message()
        if request.protocol_max < self.daemon.protocol[0]:
            raise refusal(Status.FAILED_PRECONDITION, "PROTOCOL_MISMATCH", "No common version.", "Update.")
        answer = system_pb2.GetServerInfoResponse(version="0.1.0", instance_id=self.daemon.instance_id)
        await stream.send_message(answer)

    async def ListDevices(self, stream):  # noqa: N802
        self.daemon.check(stream)
        await stream.recv_message()
        device = system_pb2.Device(name="cpu", title="CPU", in_use=True, explanation="It is the only device.")
        await stream.send_message(system_pb2.ListDevicesResponse(devices=[device]))

    async def WatchEvents(self, stream):  # noqa: N802
        self.daemon.check(stream)
        await stream.recv_message()
        await stream.send_message(system_pb2.WatchEventsResponse(models_changed=True))

    async def Shutdown(self, stream):  # noqa: N802
        self.daemon.check(stream)
        await stream.recv_message()
        await stream.send_message(system_pb2.ShutdownResponse())
        self.daemon.stopped.set()


class Content(content_grpc.ContentServiceBase):
    def __init__(self, daemon: FakeDaemon) -> None:
        self.daemon = daemon

    async def PutContent(self, stream):  # noqa: N802
        self.daemon.check(stream)
        first = await stream.recv_message()
        pixels = b"".join([message.chunk async for message in stream])
        content_id = hashlib.sha256(pixels).hexdigest()
        self.daemon.contents[content_id] = (first.spec, pixels)
        await stream.send_message(content_pb2.PutContentResponse(content_id=content_id))

    async def GetContent(self, stream):  # noqa: N802
        self.daemon.check(stream)
        request = await stream.recv_message()
        if request.content_id not in self.daemon.contents:
            raise refusal(Status.NOT_FOUND, "CONTENT_NOT_FOUND", "There is no such image.", "Send it again.")
        spec, pixels = self.daemon.contents[request.content_id]
        if self.daemon.corrupt_content:
            pixels = b"\xff" + pixels[1:]
        await stream.send_message(content_pb2.GetContentResponse(spec=spec))
        for start in range(0, len(pixels), 1 << 20):
            await stream.send_message(content_pb2.GetContentResponse(chunk=pixels[start : start + (1 << 20)]))


class Models(model_grpc.ModelServiceBase):
    def __init__(self, daemon: FakeDaemon) -> None:
        self.daemon = daemon

    async def ListModels(self, stream):  # noqa: N802
        self.daemon.check(stream)
        request = await stream.recv_message()
        second = model_pb2.Model(id="blobgan-second", system="blobgan", title="Second")
        answers = {"": ([MODEL], "2"), "2": ([second], "")}
        models, token = answers[request.page_token]
        await stream.send_message(model_pb2.ListModelsResponse(models=models, next_page_token=token))

    async def GetModel(self, stream):  # noqa: N802
        self.daemon.check(stream)
        request = await stream.recv_message()
        if request.model_id != MODEL.id:
            raise refusal(Status.NOT_FOUND, "MODEL_NOT_FOUND", f"There is no model '{request.model_id}'.", "List them.")
        await stream.send_message(model_pb2.GetModelResponse(model=MODEL))

    async def LoadModel(self, stream):  # noqa: N802
        self.daemon.check(stream)
        await stream.recv_message()
        progress = common_pb2.Progress(stage="loading", fraction=0.5)
        await stream.send_message(model_pb2.LoadModelResponse(progress=progress))
        await stream.send_message(model_pb2.LoadModelResponse(result=MODEL))

    async def UnloadModel(self, stream):  # noqa: N802
        self.daemon.check(stream)
        await stream.recv_message()
        await stream.send_message(model_pb2.UnloadModelResponse())

    async def ImportModel(self, stream):  # noqa: N802
        self.daemon.check(stream)
        request = await stream.recv_message()
        if "/allowed/" not in request.path:
            raise refusal(
                Status.FAILED_PRECONDITION,
                "IMPORT_NOT_ALLOWED",
                "That folder is not allowed.",
                "Allow it with `maquette models allow`.",
            )
        report = model_pb2.ImportReport(model=MODEL, unused_keys=["a.b"], notes=["A note."])
        await stream.send_message(model_pb2.ImportModelResponse(result=report))

    async def DeleteModel(self, stream):  # noqa: N802
        self.daemon.check(stream)
        await stream.recv_message()
        await stream.send_message(model_pb2.DeleteModelResponse())


class Scenes(scene_grpc.SceneServiceBase):
    def __init__(self, daemon: FakeDaemon) -> None:
        self.daemon = daemon

    async def SampleScene(self, stream):  # noqa: N802
        self.daemon.check(stream)
        request = await stream.recv_message()
        if request.truncation == 0.99:
            self.daemon.asked_to_wait.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.daemon.cancelled.set()
                raise
        progress = common_pb2.Progress(stage="sampling", fraction=0.5)
        await stream.send_message(scene_pb2.SampleSceneResponse(progress=progress))
        scenes = []
        for index in range(request.count or 1):
            scene = scene_of(request.layout_seed + index)
            sampled = scene_pb2.SampledScene(scene=scene)
            if request.thumbnail_side:
                sampled.thumbnail.CopyFrom(picture_of(scene))
            scenes.append(sampled)
        await stream.send_message(scene_pb2.SampleSceneResponse(result=scene_pb2.SampledScenes(scenes=scenes)))

    async def RenderScene(self, stream):  # noqa: N802
        self.daemon.check(stream)
        request = await stream.recv_message()
        result = scene_pb2.RenderedScene(picture=picture_of(request.scene))
        result.timing.total_milliseconds = 3.0
        if request.with_blob_map:
            result.blob_map.CopyFrom(picture_of(request.scene))
        await stream.send_message(scene_pb2.RenderSceneResponse(result=result))

    async def RestyleScene(self, stream):  # noqa: N802
        self.daemon.check(stream)
        request = await stream.recv_message()
        scene = request.scene
        for blob in scene.blobs:
            if not request.blob_ids or blob.id in request.blob_ids:
                blob.appearance.style = struct.pack("<2f", request.restyle.seeded.seed, 0.0)
        result = scene_pb2.RestyledScene(scene=scene, picture=picture_of(scene))
        await stream.send_message(scene_pb2.RestyleSceneResponse(result=result))

    async def EditScene(self, stream):  # noqa: N802
        self.daemon.check(stream)
        first = await stream.recv_message()
        self.daemon.open_streams += 1
        try:
            await EditConversation(self.daemon, stream, first.open.scene).run()
        finally:
            self.daemon.open_streams -= 1


class EditConversation:
    def __init__(self, daemon: FakeDaemon, stream, scene: scene_pb2.Scene) -> None:
        self.daemon, self.stream, self.scene = daemon, stream, scene
        daemon.opened.append(scene)
        self.revision, self.final = 0, True
        self.changed, self.acknowledged = asyncio.Event(), asyncio.Event()
        self.acknowledged.set()
        self.changed.set()

    async def run(self) -> None:
        painter = asyncio.ensure_future(self.paint())
        try:
            async for message in self.stream:
                if message.WhichOneof("message") == "acknowledge":
                    self.acknowledged.set()
                else:
                    await self.edit(message.edit)
        finally:
            painter.cancel()

    async def edit(self, edit) -> None:
        self.daemon.edits.append(edit)
        backup = scene_pb2.Scene()
        backup.CopyFrom(self.scene)
        try:
            if self.daemon.reject_next and edit.patches:
                self.daemon.reject_next = False
                raise ClientError("LIMIT_EXCEEDED", "That is too much.", "Do less.")
            apply_patches(self.scene, edit.patches)
        except ClientError as error:
            self.scene = backup
            rejected = scene_pb2.EditSceneResponse.Rejected(
                revision=edit.revision, reason=error.reason, message=error.message, action=error.action
            )
            await self.stream.send_message(scene_pb2.EditSceneResponse(rejected=rejected))
        else:
            self.revision = edit.revision
            self.changed.set()
        if edit.settle:
            self.final = True
            self.changed.set()

    async def paint(self) -> None:
        while True:
            await self.changed.wait()
            await self.acknowledged.wait()
            await self.daemon.may_paint.wait()
            self.changed.clear()
            revision, final, picture = self.revision, self.final, picture_of(self.scene)
            self.final = False
            await asyncio.sleep(self.daemon.frame_seconds)
            self.acknowledged.clear()
            quality = (
                scene_pb2.EditSceneResponse.QUALITY_FINAL if final else scene_pb2.EditSceneResponse.QUALITY_PREVIEW
            )
            frame = scene_pb2.EditSceneResponse.Frame(revision=revision, quality=quality, image=picture)
            await self.stream.send_message(scene_pb2.EditSceneResponse(frame=frame))


async def serve(directory: Path) -> None:
    daemon = FakeDaemon(directory, frame_seconds=float(os.environ.get("FAKE_FRAME_SECONDS", "0")))
    await daemon.start()
    await daemon.stopped.wait()
    await asyncio.sleep(0.05)
    await daemon.stop()


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "serve"]
    asyncio.run(serve(Path(arguments[0] if arguments else os.environ["MAQUETTE_RUNTIME_DIR"])))
    assert RUNTIME_FILE_NAME
