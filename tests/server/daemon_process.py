"""A real daemon in a process of its own, with a small fake model, and a client for it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import psutil
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from maquette.server.generated.content_pb2_grpc import ContentServiceStub
from maquette.server.generated.model_pb2_grpc import ModelServiceStub
from maquette.server.generated.paint_pb2_grpc import PaintServiceStub
from maquette.server.generated.scene_pb2_grpc import SceneServiceStub
from maquette.server.generated.system_pb2_grpc import SystemServiceStub
from maquette_client.runtime_file import RuntimeFile, read_runtime_file

ENGINE_TESTS = str(Path(__file__).parent.parent / "engine")


def start_process(directory: Path, *arguments: str, models: str = "fake_zoo") -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "MAQUETTE_RUNTIME_DIR": str(directory),
        "MAQUETTE_DATA_DIR": str(directory.parent / "data"),
        "PYTHONPATH": ENGINE_TESTS,
    }
    command = [sys.executable, "-m", "maquette.server", *arguments]
    if models:
        command += ["--models", models]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def wait_until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@dataclass
class Daemon:
    directory: Path
    process: subprocess.Popen[str]
    runtime_file: RuntimeFile = field(init=False)
    channel: grpc.Channel = field(init=False)

    def __post_init__(self) -> None:
        wait_until(lambda: self.process.poll() is not None or self._read() is not None)
        found = self._read()
        assert found is not None, self.process.communicate()[1]
        self.runtime_file = found
        self.channel = self.open_channel((("authorization", f"Bearer {found.token}"),))
        self.system = SystemServiceStub(self.channel)
        self.content = ContentServiceStub(self.channel)
        self.model = ModelServiceStub(self.channel)
        self.scene = SceneServiceStub(self.channel)
        self.paint = PaintServiceStub(self.channel)

    def _read(self) -> RuntimeFile | None:
        return read_runtime_file(self.directory)

    def open_channel(self, metadata: tuple[tuple[str, str], ...]) -> grpc.Channel:
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_send_message_length", -1)]
        return grpc.intercept_channel(grpc.insecure_channel(self.runtime_file.address, options), _Metadata(metadata))

    def engine(self) -> psutil.Process:
        children = psutil.Process(self.process.pid).children()
        (engine,) = [child for child in children if "maquette.engine" in child.cmdline()]
        return engine

    @property
    def log(self) -> str:
        return (self.directory / "daemon.log").read_text()

    def stop(self) -> int:
        self.channel.close()
        self.process.terminate()
        self.process.communicate(timeout=60)
        return self.process.returncode


class _Metadata(
    grpc.UnaryUnaryClientInterceptor,
    grpc.UnaryStreamClientInterceptor,
    grpc.StreamUnaryClientInterceptor,
    grpc.StreamStreamClientInterceptor,
):
    def __init__(self, metadata: tuple[tuple[str, str], ...]) -> None:
        self._metadata = metadata

    def _call(self, continuation, details, request):  # type: ignore[no-untyped-def]
        return continuation(details._replace(metadata=self._metadata), request)

    intercept_unary_unary = _call
    intercept_unary_stream = _call
    intercept_stream_unary = _call
    intercept_stream_stream = _call


def reason_of(error: grpc.RpcError) -> str:
    """ErrorInfo.reason of a failed call; the status code's name where it carries none."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            info = ErrorInfo()
            assert Status.FromString(value).details[0].Unpack(info)
            assert info.domain == "maquette"
            return info.reason
    return error.code().name
