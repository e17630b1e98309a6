"""Many scenes of one model, rendered one after the other at low urgency, so that editing stays quick meanwhile.

async with AnimationRenderer(connection) as renderer:
    for frame, scene in scenes:
        if renderer.is_full:
            write(await renderer.next())
        await renderer.submit(frame, scene)
    while renderer.in_flight:
        write(await renderer.next())
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from maquette_client import content
from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.images import Image
from maquette_client.v1 import common_pb2, scene_pb2
from maquette_client.v1.scene_grpc import SceneServiceStub

if TYPE_CHECKING:
    from grpclib.client import Stream

# The daemon reads this many ahead: more of them could block both sides, each with its own pipe full.
MAXIMUM_IN_FLIGHT = 4

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class AnimationFrame:
    """One picture of an animation.

    Attributes:
        frame: the number it was submitted under.
        total_milliseconds: from the scene's turn to its picture's departure, in the daemon.
    """

    frame: int
    image: Image
    total_milliseconds: float
    provenance: common_pb2.Provenance


class AnimationRenderer:
    """One stream of scenes to the daemon, and their pictures back in the same order. The same scene always gives the
    same picture. Leaving the ``async with`` block ends the stream and cancels what is in flight. After an error the
    renderer is of no more use, and frames in flight are lost with it: make another, and submit them again.

    Args:
        connection: to the daemon.
    """

    def __init__(self, connection: Connection) -> None:
        self._opened = connection.open(SceneServiceStub, "RenderAnimation")
        self._stream: Stream[Any, Any] | None = None
        self._connection = connection
        self._frames: deque[int] = deque()
        self._is_used = False

    @property
    def in_flight(self) -> int:
        """Frames that were submitted and have not come back."""
        return len(self._frames)

    @property
    def is_full(self) -> bool:
        """No more may be submitted before a frame is taken by :meth:`next`."""
        return len(self._frames) >= MAXIMUM_IN_FLIGHT

    async def __aenter__(self) -> AnimationRenderer:
        """Connect.

        Raises:
            ClientError: any failure of the connection.
        """
        self._stream = await self._opened.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the stream."""
        stream, self._stream = self._stream, None
        self._frames.clear()
        if stream is None:
            return
        if self._is_used:
            # A stream that has already ended cannot be ended once more.
            with contextlib.suppress(Exception):
                await stream.cancel()
        await self._opened.__aexit__(None, None, None)

    async def submit(self, frame: int, scene: scene_pb2.Scene) -> None:
        """Send a scene to be rendered; its picture comes by :meth:`next`.

        Args:
            frame: any number of 32 bits; comes back with the picture.
            scene: of the same model as all others.

        Raises:
            ClientError: LIMIT_EXCEEDED while :attr:`is_full`; the daemon's refusal of an earlier scene; any failure
                of the connection.
        """
        if self.is_full:
            raise ClientError(
                "LIMIT_EXCEEDED", "Too many frames are in flight.", "Take a frame before the next is sent."
            )
        self._is_used = True
        request = scene_pb2.RenderAnimationRequest(frame=frame, scene=scene)
        await self._translated(self._open_stream().send_message(request))
        self._frames.append(frame)

    async def next(self) -> AnimationFrame:
        """The picture of the oldest scene in flight.

        Raises:
            ClientError: the daemon's refusal or any failure of the connection.
        """
        if not self._frames:
            raise ClientError("INVALID_ARGUMENT", "No frame is in flight.", "Submit a scene first.")
        message: scene_pb2.RenderAnimationResponse = await self._translated(self._receive(self._open_stream()))
        self._frames.popleft()
        return AnimationFrame(
            message.frame,
            await content.from_message(self._connection, message.image),
            message.timing.total_milliseconds,
            message.provenance,
        )

    async def render(self, frame: int, scene: scene_pb2.Scene) -> AnimationFrame:
        """Submit one scene and wait for its picture; for callers that hold no other frames in flight.

        Raises:
            ClientError: the daemon's refusal or any failure of the connection.
        """
        await self.submit(frame, scene)
        return await self.next()

    def _open_stream(self) -> Stream[Any, Any]:
        if self._stream is None:
            raise ClientError("INVALID_ARGUMENT", "The animation has ended.", "Begin another.")
        return self._stream

    async def _receive(self, stream: Stream[Any, Any]) -> Any:
        message = await stream.recv_message()
        if message is None:
            await stream.end()
            await stream.recv_trailing_metadata()
            raise ClientError(
                "INTERNAL", "The daemon ended the animation early.", "Look into its log: `maquette doctor`."
            )
        return message

    async def _translated(self, call: Awaitable[_Answer]) -> _Answer:
        try:
            return await call
        except Exception as error:
            self._stream = None
            self._frames.clear()
            # The connection's own context says what the failure means, and closes the stream.
            await self._opened.__aexit__(type(error), error, error.__traceback__)
            raise
