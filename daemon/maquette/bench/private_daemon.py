"""A daemon for one measurement: real in everything, with directories of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import psutil
from maquette_client import models, scenes
from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.locations import LOG_NAME, RUNTIME_FILE_NAME
from maquette_client.pump import Pump
from maquette_client.v1.scene_pb2 import Scene

from maquette.errors import MaquetteError, Reason
from maquette.store.locations import embedded_weights_directory
from maquette.store.weights_file import read_metadata

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_POLL_SECONDS = 0.002


@contextlib.contextmanager
def private_folder() -> Generator[Path]:
    """A folder that is gone afterwards; its path is short enough for a unix socket."""
    with tempfile.TemporaryDirectory(prefix="mq") as folder:
        yield Path(folder)


@contextlib.contextmanager
def weights_to_measure(chosen: Path | None) -> Generator[Path]:
    """The weights file to measure with: the chosen one, else the embedded scene model, else random weights."""
    embedded = sorted(path for path in embedded_weights_directory().glob("*.safetensors") if _edits_scenes(path))
    if chosen is not None or embedded:
        yield chosen or embedded[0]
        return
    with private_folder() as folder:
        path = folder / "random-rooms.safetensors"
        # In a process of its own, so that the measuring one stays as light as a host's client.
        subprocess.run([sys.executable, "-m", "maquette.bench.random_model", str(path)], check=True)
        yield path


def _edits_scenes(path: Path) -> bool:
    return "edit_scene" in read_metadata(path).get("tasks", "")


def serve_process(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Execute `maquette serve` with its directories below ``folder``."""
    own = {"MAQUETTE_RUNTIME_DIR": str(folder / "run"), "MAQUETTE_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-m", "maquette", "serve", *arguments]
    return subprocess.Popen(
        command, env={**os.environ, **own}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    )


def end_process(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and see that it does."""
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def connect(folder: Path, process: subprocess.Popen[bytes], pump: Pump, connection: Connection) -> None:
    """Return as soon as `GetServerInfo` has been answered.

    Raises:
        MaquetteError: ENGINE_UNAVAILABLE, the daemon ended or did not answer.
    """
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if (folder / "run" / RUNTIME_FILE_NAME).exists():
            with contextlib.suppress(ClientError):
                pump.run(connection.ready())
                return
        time.sleep(_POLL_SECONDS)
    log = folder / "run" / LOG_NAME
    said = log.read_text(encoding="utf-8", errors="replace")[-500:] if log.exists() else "nothing"
    raise MaquetteError(Reason.ENGINE_UNAVAILABLE, f"The daemon does not answer; it said: {said}", "Run it alone.")


@dataclass(frozen=True)
class PrivateDaemon:
    """A daemon that runs, a client that is connected, the model to measure with, and the folder of all its files."""

    process: subprocess.Popen[bytes]
    pump: Pump
    connection: Connection
    model_id: str
    folder: Path

    def server(self) -> psutil.Process:
        """The server's process."""
        return psutil.Process(self.process.pid)

    def engine(self) -> psutil.Process:
        """The engine's process as it is now."""
        return next(child for child in self.server().children() if "maquette.engine" in child.cmdline())

    def sampled_scene(self, seed: int = 7) -> Scene:
        """A scene of the model, rendered once so that everything is warm."""
        self.pump.run(models.load_model(self.connection, self.model_id))
        scene = self.pump.run(scenes.sample_scenes(self.connection, seed, model_id=self.model_id))[0].scene
        self.pump.run(scenes.render_scene(self.connection, scene))
        return scene


@contextlib.contextmanager
def private_daemon(weights: Path, threads: int = 0) -> Generator[PrivateDaemon]:
    """A daemon with one imported model; ``threads`` as `maquette serve` takes it."""
    model_id = read_metadata(weights)["id"]
    with private_folder() as folder, contextlib.closing(Pump()) as pump:
        installed = folder / "data" / "models" / f"{model_id}.safetensors"
        installed.parent.mkdir(parents=True)
        shutil.copyfile(weights, installed)
        process = serve_process(folder, "--threads", str(threads))
        with contextlib.closing(Connection(directories=[folder / "run"])) as connection:
            try:
                connect(folder, process, pump, connection)
                yield PrivateDaemon(process, pump, connection, model_id, folder)
            finally:
                end_process(process)
