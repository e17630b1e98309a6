"""Rendering the frames of an animation: the finished ones are kept, the others are made while the next is read."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from . import strings_animation as strings
from .client import AnimationRenderer, ClientError, Connection, png_bytes
from .frame_files import FramePattern
from .frame_record import FrameRecord, Maker, scene_digest
from .scene import Scene
from .wire import scene_message


@dataclass(frozen=True)
class Progress:
    """How far an animation is.

    Attributes:
        frame: that was finished last.
        made, kept: frames that were rendered, and that were finished before.
        total: frames in all.
        seconds_left: at most, by how long frames took until now; None = unknown.
    """

    frame: int
    made: int
    kept: int
    total: int
    seconds_left: float | None = None

    def __str__(self) -> str:
        number = strings.FRAME_OF.format(frame=self.frame, number=self.made + self.kept, total=self.total)
        return number if self.seconds_left is None else number + strings.TIME_LEFT.format(left=clock(self.seconds_left))


def clock(seconds: float) -> str:
    """Minutes and seconds, or hours too: 0:07, 12:30, 1:05:00."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@dataclass(frozen=True)
class AnimationRequest:
    """What is to be rendered.

    Attributes:
        frames: their numbers, at least one, in order.
        pattern: where they go.
        again: make also those that are finished.
    """

    frames: Sequence[int]
    pattern: FramePattern
    again: bool = False


async def render_animation(
    connection: Connection,
    request: AnimationRequest,
    scene_at: Callable[[int], Scene],
    on_progress: Callable[[Progress], None],
) -> Progress:
    """Render and write every frame that is missing or shows another scene.

    Args:
        connection: to the daemon.
        request: the frames.
        scene_at: goes to a frame and reads its scene; all of one model.
        on_progress: told after every frame.

    Returns:
        How it ended.

    Raises:
        ClientError: INVALID_ARGUMENT when the model changes on the way, FOLDER_NOT_WRITABLE, whatever ``scene_at``
            raises, the daemon's refusal or any failure of the connection. What was finished by then is kept.
    """
    server = await connection.ready()
    first = scene_at(request.frames[0])
    record = FrameRecord(request.pattern, Maker(first.model_digest, server.version))
    run = _Run(request, record, on_progress)
    async with AsyncExitStack() as stack:
        for frame in request.frames:
            # Blender does not work out where a hidden empty stands, so that must not count as a change.
            scene = scene_at(frame).without_hidden()
            if (scene.model_id, scene.model_digest) != (first.model_id, first.model_digest):
                raise ClientError(
                    "INVALID_ARGUMENT", strings.OTHER_MODEL.format(frame=frame), strings.OTHER_MODEL_ACTION
                )
            digest = scene_digest(scene)
            if not run.keeps(frame, digest):
                if run.renderer is None:
                    run.renderer = await stack.enter_async_context(AnimationRenderer(connection))
                await run.send(run.renderer, frame, scene, digest)
            # Lets the host draw and look for Escape between any two frames.
            await asyncio.sleep(0)
        await run.drain()
    record.tidy()
    return run.progress()


class _Run:
    """What goes on during one call of :func:`render_animation`."""

    def __init__(self, request: AnimationRequest, record: FrameRecord, on_progress: Callable[[Progress], None]) -> None:
        self._request, self._record, self._on_progress = request, record, on_progress
        self._digests: deque[str] = deque()
        self._began: float | None = None
        self._made = self._kept = 0
        self._last = request.frames[0]
        self.renderer: AnimationRenderer | None = None

    def keeps(self, frame: int, digest: str) -> bool:
        """Whether the frame is finished already."""
        if self._request.again or not self._record.has(frame, digest):
            return False
        self._kept += 1
        self._tell(frame)
        return True

    async def send(self, renderer: AnimationRenderer, frame: int, scene: Scene, digest: str) -> None:
        """Send a frame; wait for an older one first when many are on their way."""
        if self._began is None:
            self._began = time.perf_counter()
        if renderer.is_full:
            await self._take(renderer)
        await renderer.submit(frame, scene_message(scene))
        self._digests.append(digest)

    async def drain(self) -> None:
        """Wait for all that is on its way."""
        while self.renderer is not None and self.renderer.in_flight:
            await self._take(self.renderer)

    async def _take(self, renderer: AnimationRenderer) -> None:
        rendered = await renderer.next()
        self._record.add(rendered.frame, self._digests.popleft(), png_bytes(rendered.image))
        self._made += 1
        self._tell(rendered.frame)

    def _tell(self, frame: int) -> None:
        self._last = frame
        self._on_progress(self.progress())

    def progress(self) -> Progress:
        """As of now."""
        total = len(self._request.frames)
        left = total - self._made - self._kept
        if self._began is None or not self._made:
            return Progress(self._last, self._made, self._kept, total)
        each = (time.perf_counter() - self._began) / self._made
        return Progress(self._last, self._made, self._kept, total, each * left)
