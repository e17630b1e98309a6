"""A host that drags one blob: what it sends when, and what it is shown."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

from maquette_client import patches
from maquette_client.editing import EditSession, Frame
from maquette_client.errors import ClientError
from maquette_client.v1.scene_pb2 import Ellipse, Scene, ScenePatch

from maquette.bench.private_daemon import PrivateDaemon

_REST_SECONDS = 0.001
_EXCHANGE_SECONDS = 0.005
_PATIENCE_SECONDS = 60.0
_ROUND_SECONDS = 4.0
_SECONDS_OF_ONE = 1.0


class DraggingHost:
    """Drags the blobs of one scene, one after the other, the largest first. All times are in milliseconds.

    Attributes:
        latencies: for every edit, until the first frame that shows it or a later one.
        newest_latencies: the same, only for the newest edit that each frame shows.
        render_times: what the engine needed for each frame.
        steps_back: frames that were older than the one before.
        frames: how many were shown.
    """

    def __init__(self, daemon: PrivateDaemon, scene: Scene) -> None:
        self.latencies: list[float] = []
        self.newest_latencies: list[float] = []
        self.render_times: list[float] = []
        self.steps_back = 0
        self.frames = 0
        self.last: Frame | None = None
        shown = [blob for blob in scene.blobs if not blob.hidden]
        self._blobs = sorted(shown or scene.blobs, key=lambda blob: -blob.ellipse.size)
        self._unseen: deque[tuple[int, float]] = deque()
        self._pump = daemon.pump
        self._session = EditSession(daemon.connection, daemon.pump, scene, on_frame=self._show)
        self.turn_until_final(0)

    @property
    def scene(self) -> Scene:
        """As edited so far."""
        return self._session.scene

    def _show(self, frame: Frame) -> None:
        now = time.perf_counter()
        self.frames += 1
        self.steps_back += self.last is not None and frame.revision < self.last.revision
        self.last = frame
        self.render_times.append(sum(frame.stage_milliseconds.values()))
        newest: float | None = None
        while self._unseen and self._unseen[0][0] <= frame.revision:
            newest = 1e3 * (now - self._unseen.popleft()[1])
            self.latencies.append(newest)
        if newest is not None:
            self.newest_latencies.append(newest)

    def _moved(self, seconds: float) -> ScenePatch:
        angle = 2 * math.pi * seconds / _ROUND_SECONDS
        blob = self._blobs[int(seconds / _SECONDS_OF_ONE) % len(self._blobs)]
        old = blob.ellipse
        place = Ellipse(x=0.5 + 0.3 * math.cos(angle), y=0.6 + 0.2 * math.sin(angle))
        place.size, place.aspect, place.angle = old.size, old.aspect, old.angle
        return patches.set_ellipse(blob.id, place)

    def edit(self, seconds: float) -> int:
        """Move a blob to where it is at a moment of its round; returns the revision."""
        made_at = time.perf_counter()
        revision = self._session.update([self._moved(seconds)])
        self._unseen.append((revision, made_at))
        return revision

    def drag(self, seconds: float, edits_per_second: float) -> None:
        """Edit at a steady rate, whatever comes back; another blob each second."""
        began = time.perf_counter()
        for number in range(round(seconds * edits_per_second)):
            self._turn_until(began + number / edits_per_second)
            self.edit(time.perf_counter() - began)
        self._turn_until(began + seconds)

    def settle(self) -> float:
        """Let go; returns the time until the FINAL frame."""
        began = time.perf_counter()
        self.turn_until_final(self._session.settle())
        return 1e3 * (time.perf_counter() - began)

    def frames_after_stall(self, seconds: float) -> int:
        """Edit, do nothing at all for a while, and count the frames that had piled up meanwhile."""
        self.edit(0.0)
        self._turn_until(time.perf_counter() + _EXCHANGE_SECONDS)
        time.sleep(seconds)
        before = self.frames
        self._turn_until(time.perf_counter() + _EXCHANGE_SECONDS)
        return self.frames - before

    def turn_until_shown(self, revision: int) -> None:
        """Wait for a frame that shows this edit."""
        self._turn_while(lambda: self.last is None or self.last.revision < revision)

    def turn_until_final(self, revision: int) -> None:
        """Wait for a frame of full quality that shows this edit."""
        self._turn_while(lambda: self.last is None or not self.last.final or self.last.revision < revision)

    def close(self) -> None:
        """End the session."""
        self._session.close()
        self._turn_until(time.perf_counter() + 0.05)

    def _turn_until(self, moment: float) -> None:
        while True:
            self._pump.turn()
            left = moment - time.perf_counter()
            if left <= 0:
                return
            time.sleep(min(left, _REST_SECONDS))

    def _turn_while(self, waiting: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while waiting():
            if self._session.failure is not None:
                raise self._session.failure
            if time.monotonic() > deadline:
                raise ClientError("TIMED_OUT", "The daemon sent no frame.", "Run the measurement alone.")
            self._pump.turn()
            time.sleep(_REST_SECONDS)
