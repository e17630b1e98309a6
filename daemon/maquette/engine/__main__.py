"""The worker process: frames come on standard input, answers leave on standard output, the log on standard error."""

from __future__ import annotations

import argparse
import logging
import os
import queue
import sys
import threading
from pathlib import Path
from typing import BinaryIO, cast

from maquette.engine.framing import decode, encode, read_frame
from maquette.engine.messages import FromEngine, ToEngine
from maquette.engine.shared_bytes import SharedBytes
from maquette.engine.source import ZOO, SourceSettings, open_source
from maquette.engine.worker import Worker

# A step that is still running this long after the server has gone is not waited for.
_GRACE_SECONDS = 3.0

_log = logging.getLogger("maquette.engine")


class Pipe:
    """The engine's end of the connection to the server.

    One thread does nothing but read, so that a step that takes long never lets the pipe fill up, and so that the
    engine learns of its server's death at once, without asking.
    """

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO, shared: SharedBytes) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._shared = shared
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def start(self) -> None:
        """Begin to read."""
        threading.Thread(target=self._read, name="pipe reader", daemon=True).start()

    def _read(self) -> None:
        while (frame := read_frame(self._incoming)) is not None:
            self._frames.put(frame)
        self._frames.put(None)
        threading.Event().wait(_GRACE_SECONDS)
        self._shared.remove()
        os._exit(1)

    def receive(self, block: bool) -> tuple[bool, ToEngine | None]:
        """Whether the server is still there, and its next message, if there is one or if waiting for one."""
        try:
            frame = self._frames.get(block)
        except queue.Empty:
            return True, None
        if frame is None:
            return False, None
        return True, cast("ToEngine", decode(frame, self._shared))

    def send(self, message: FromEngine) -> None:
        """Pass a message on to the server."""
        self._outgoing.write(encode(message, self._shared))
        self._outgoing.flush()


def take_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """The two ends of the pipe, after making anything that prints go to standard error."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb")


def run(worker: Worker, pipe: Pipe) -> None:
    """Serve until the server closes the pipe."""
    connected = True
    while connected:
        connected, message = pipe.receive(block=not worker.busy)
        while message is not None:
            worker.handle(message)
            connected, message = pipe.receive(block=False)
        if connected:
            worker.step()
    worker.stop()


def parse_arguments() -> argparse.Namespace:
    """The command line, which only the server writes."""
    parser = argparse.ArgumentParser(prog="maquette.engine", description=__doc__)
    parser.add_argument("--shared-folder", type=Path, required=True, help="folder for large byte strings")
    parser.add_argument("--source", default=ZOO, help="module that offers open_source(settings)")
    parser.add_argument("--threads", type=int, default=0, help="threads of one operation; 0 = all cores but one")
    parser.add_argument("--device", default="", help="torch name of the device; empty = chosen")
    parser.add_argument("--capacity-bytes", type=int, required=True, help="weights to keep in memory when not in use")
    return parser.parse_args()


def main() -> None:
    """Run the worker process."""
    arguments = parse_arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s engine %(levelname)s %(name)s: %(message)s")
    incoming, outgoing = take_standard_streams()
    shared = SharedBytes(arguments.shared_folder, "engine")
    pipe = Pipe(incoming, outgoing, shared)
    pipe.start()
    source = open_source(arguments.source, SourceSettings(arguments.threads, arguments.device))
    worker = Worker(source, pipe.send, arguments.capacity_bytes)
    worker.start()
    _log.info("ready")
    try:
        run(worker, pipe)
    except BrokenPipeError:
        _log.info("the server has gone")
    shared.remove()
    sys.stderr.flush()
    # Interpreter shutdown waits for libraries' threads; everything that matters has been released.
    os._exit(0)


if __name__ == "__main__":
    main()
