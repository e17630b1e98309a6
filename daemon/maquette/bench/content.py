"""A large picture through `GetContent`, beside a plain chunked stream of as many bytes in the same run."""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

from maquette_client import content
from maquette_client.images import AlphaMode, ColourSpace, Image, PixelFormat

from maquette.bench import plain_stream
from maquette.bench.measurement import Bar, Measurement, Statistic
from maquette.bench.other_work import OtherWork
from maquette.bench.private_daemon import PrivateDaemon, end_process, private_folder

_START_SECONDS = 30.0


@contextlib.contextmanager
def _plain_server(size: int) -> Generator[str]:
    with private_folder() as folder:
        socket = folder / "plain.sock"
        command = [sys.executable, "-m", "maquette.bench.plain_stream", str(socket), str(size)]
        process = subprocess.Popen(command)
        try:
            _wait_for(socket)
            yield str(socket)
        finally:
            end_process(process)


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not path.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} has not appeared")
        time.sleep(0.01)


def _picture(side: int) -> Image:
    pixels = os.urandom(4 * side * side)
    return Image(side, side, pixels, PixelFormat.RGBA_U8, ColourSpace.SRGB, AlphaMode.STRAIGHT)


def _seconds_of_maquette(daemon: PrivateDaemon, content_id: str, picture: Image) -> float:
    began = time.perf_counter()
    received = daemon.pump.run(content.download(daemon.connection, content_id))
    passed = time.perf_counter() - began
    if received != picture:
        raise AssertionError("GetContent returned another picture")
    return passed


def _seconds_of_plain(socket: str, size: int) -> float:
    began = time.perf_counter()
    received = asyncio.run(plain_stream.receive(socket))
    passed = time.perf_counter() - began
    if received != size:
        raise AssertionError("the plain stream was cut short")
    return passed


def measure_content(daemon: PrivateDaemon, side: int = 4096, rounds: int = 7) -> list[Measurement]:
    """Fetch an RGBA picture of ``side`` pixels both ways in turn; ours is checked by its SHA-256, as in every host."""
    picture = _picture(side)
    size = len(picture.pixels)
    content_id = daemon.pump.run(content.upload(daemon.connection, picture))
    ours: list[float] = []
    plain: list[float] = []
    with _plain_server(size) as socket:
        others = OtherWork()
        for _ in range(rounds):
            ours.append(size / 1e6 / _seconds_of_maquette(daemon, content_id, picture))
            plain.append(size / 1e6 / _seconds_of_plain(socket, size))
        cores = others.cores()
    name = f"{side}² RGBA8"
    ratio = 100 * statistics.median(ours) / statistics.median(plain)
    at_least = Bar(Statistic.MEDIAN, 60.0, at_least=True)
    return [
        Measurement(f"{name}: GetContent", "MB/s", ours, None, cores),
        Measurement(f"{name}: plain stream", "MB/s", plain, None, cores),
        Measurement(f"{name}: GetContent / plain stream", "%", [ratio], at_least, cores),
    ]
