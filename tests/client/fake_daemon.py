"""A daemon of a few lines that speaks the contract: for the client's tests, in a test's own loop or as a process.

    python fake_daemon.py RUNTIME_DIRECTORY

Its "model" paints the whole picture with the first blob's x: what a frame shows can be read off one pixel.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from fake_painter import Paints
from fake_scenes import MODEL, Scenes
from google.rpc.error_details_pb2 import ErrorInfo
from grpclib.const import Status
from grpclib.exceptions import GRPCError
from grpclib.server import Server
from maquette_client.locations import RUNTIME_FILE_NAME, SOCKET_NAME
from maquette_client.runtime_file import RuntimeFile, remove_runtime_file, write_runtime_file
from maquette_client.status_details import ErrorInfoCodec
from maquette_client.v1 import (
    common_pb2,
    content_grpc,
    content_pb2,
    model_grpc,
    model_pb2,
    scene_pb2,
    system_grpc,
    system_pb2,
)


def refusal(status: Status, reason: str, message: str, action: str) -> GRPCError:
    info = ErrorInfo(reason=reason, domain="maquette", metadata={"action": action, "fact": "1"})
    return GRPCError(status, message, [info])


async def until(done: Callable[[], object]) -> None:
    """Let the loop run until something holds, for as long as the test's own timeout allows."""
    while not done():
        await asyncio.sleep(0.001)


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
        self.asked: list[object] = []
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
        services = [System(self), Content(self), Models(self), Scenes(self, refusal), Paints(self, refusal)]
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
