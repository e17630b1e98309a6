"""A drag, from the host's side: many small updates in, the newest picture out.

    session = EditSession(connection, pump, scene, on_frame=show)
    session.update([patches.set_ellipse("bed", ellipse)])     # sixty times a second, never waits
    session.settle()                                          # the artist let go: a FINAL follows

What is not sent yet is merged; the daemon merges what is sent; so nothing queues. After a restart of the daemon the
session opens itself again with its own copy of the scene.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.images import Image, inline_image
from maquette_client.patches import merged
from maquette_client.pump import Handle, Pump
from maquette_client.scene_edits import apply_patches
from maquette_client.status_details import CONNECTION_LOST
from maquette_client.v1.scene_grpc import SceneServiceStub
from maquette_client.v1.scene_pb2 import EditSceneRequest, EditSceneResponse, Scene, ScenePatch

if TYPE_CHECKING:
    from grpclib.client import Stream

# After one of these the same scene may be opened again.
_PASSING = frozenset(
    {CONNECTION_LOST, "NOT_RUNNING", "STARTING", "ENGINE_LOST", "ENGINE_UNAVAILABLE", "UNAUTHENTICATED"}
)

_FIRST_DELAY_SECONDS = 0.1
_LONGEST_DELAY_SECONDS = 2.0
_SETTLED_POLL_SECONDS = 0.002
PATIENCE_SECONDS = 20.0

Told = TypeVar("Told")


@dataclass(frozen=True)
class Frame:
    """A picture of the scene.

    Attributes:
        revision: of the newest update that it shows; 0 = the scene as it was opened.
        final: full quality; a preview may be coarser.
        milliseconds: from the newest edit's arrival in the daemon to the frame's departure.
        round_trip_milliseconds: from :meth:`EditSession.update` to here; None when nothing was updated.
    """

    revision: int
    final: bool
    image: Image
    milliseconds: float
    round_trip_milliseconds: float | None
    stage_milliseconds: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class Rejected:
    """An update that the daemon refused; the session's scene is again as if it had not been made."""

    revision: int
    error: ClientError


@dataclass
class _Update:
    """An update on its way: still to be sent, or sent and not yet shown."""

    revision: int
    patches: list[ScenePatch]
    settle: bool
    made_at: float


def _copy(scene: Scene) -> Scene:
    copy = Scene()
    copy.CopyFrom(scene)
    return copy


class EditSession:
    """One scene being edited. All callbacks come from inside the pump's turns.

    Args:
        connection: to the daemon.
        pump: turned by the host while :attr:`busy`.
        scene: where the editing starts; the session keeps a copy.
        on_frame: shows a picture; the daemon sends the next one only after it has returned.
        on_rejected: told of refused updates, so that the host can put its empties back by :attr:`scene`.
        on_failed: told that the session cannot go on for now; a later update tries again.
    """

    def __init__(
        self,
        connection: Connection,
        pump: Pump,
        scene: Scene,
        *,
        on_frame: Callable[[Frame], None],
        on_rejected: Callable[[Rejected], None] | None = None,
        on_failed: Callable[[ClientError], None] | None = None,
    ) -> None:
        self._connection, self._pump = connection, pump
        self._on_frame, self._on_rejected, self._on_failed = on_frame, on_rejected, on_failed
        self._shown = _copy(scene)
        self._newest = _copy(scene)
        self._revision = 0
        self._opened_at = 0
        self._waiting: list[_Update] = []
        self._sent: list[_Update] = []
        self._acknowledgements: list[int] = []
        self._awaits_final = True
        self._last_final = -1
        self._failure: ClientError | None = None
        self._changed: asyncio.Event | None = None
        self._task: Handle[None] | None = None
        pump.add_source(self._is_busy)
        self._run_if_needed()

    @property
    def scene(self) -> Scene:
        """A copy of the scene with every update applied."""
        return _copy(self._newest)

    @property
    def revision(self) -> int:
        """Of the newest update."""
        return self._revision

    @property
    def busy(self) -> bool:
        """Something is still to be sent or a frame is still to come."""
        return self._is_busy()

    @property
    def failure(self) -> ClientError | None:
        """Why the session rests; None while all is well."""
        return self._failure

    def update(self, patches: Iterable[ScenePatch], *, settle: bool = False) -> int:
        """Change the scene and have it shown soon; returns the revision of this state.

        Raises:
            ClientError: the patches do not fit the scene (see :func:`scene_edits.apply_patches`); nothing has changed.
        """
        patches = list(patches)
        try:
            apply_patches(self._newest, patches)
        except ClientError:
            self._rebuild()
            raise
        self._revision += 1
        self._failure = None
        self._awaits_final = self._awaits_final or settle
        self._waiting.append(_Update(self._revision, patches, settle, time.perf_counter()))
        self._run_if_needed()
        if self._changed is not None:
            self._changed.set()
        self._pump.wake()
        return self._revision

    def settle(self) -> int:
        """The artist let go: ask for a FINAL frame of the newest state; returns its revision."""
        return self.update((), settle=True)

    async def settled(self) -> None:
        """Wait, after :meth:`settle`, until the newest state has been shown in full quality.

        Raises:
            ClientError: the session failed.
        """
        while self._is_busy():
            await asyncio.sleep(_SETTLED_POLL_SECONDS)
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """End the session; the daemon drops its work."""
        self._pump.remove_source(self._is_busy)
        if self._task is not None:
            self._task.cancel()
            self._pump.submit(self._task.wait())

    def _is_busy(self) -> bool:
        if self._failure is not None:
            return False
        return bool(self._waiting or self._sent or self._acknowledgements or self._awaits_final)

    def _run_if_needed(self) -> None:
        if self._task is None or self._task.done:
            self._task = self._pump.submit(self._run(), background=True)
        self._pump.wake()

    async def _run(self) -> None:
        delay, lost_at = 0.0, time.monotonic()
        while True:
            final_before = self._last_final
            error = await self._converse_until_lost()
            if self._last_final != final_before:
                delay, lost_at = 0.0, time.monotonic()
            wanted = bool(self._waiting or self._sent or self._awaits_final)
            self._take_back()
            if error.reason not in _PASSING or time.monotonic() - lost_at > PATIENCE_SECONDS:
                self._fail(error)
                return
            if not wanted:
                # Nobody waits for a picture: the next update opens the session again.
                self._awaits_final = False
                return
            await asyncio.sleep(delay)
            delay = min(max(2 * delay, _FIRST_DELAY_SECONDS), _LONGEST_DELAY_SECONDS)

    async def _converse_until_lost(self) -> ClientError:
        self._changed = asyncio.Event()
        try:
            await self._converse()
        except ClientError as error:
            return error
        return ClientError(CONNECTION_LOST, "The daemon ended the edit session.", "Move something to go on.")

    async def _converse(self) -> None:
        async with self._connection.open(SceneServiceStub, "EditScene") as stream:
            self._opened_at = self._revision
            self._waiting.clear()
            self._shown = _copy(self._newest)
            self._awaits_final = True
            await stream.send_message(EditSceneRequest(open=EditSceneRequest.Open(scene=self._shown)))
            sides = [asyncio.ensure_future(self._send(stream)), asyncio.ensure_future(self._read(stream))]
            try:
                await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for side in sides:
                    side.cancel()
                outcomes = await asyncio.gather(*sides, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, Exception):
                    raise outcome

    async def _read(self, stream: Stream[Any, Any]) -> None:
        async for message in stream:
            self._receive(message)

    async def _send(self, stream: Stream[Any, Any]) -> None:
        changed = self._changed
        assert changed is not None
        while True:
            await changed.wait()
            changed.clear()
            while self._acknowledgements:
                acknowledge = EditSceneRequest.Acknowledge(revision=self._acknowledgements.pop(0))
                await stream.send_message(EditSceneRequest(acknowledge=acknowledge))
            if self._waiting:
                update = self._merge_waiting()
                self._sent.append(update)
                edit = EditSceneRequest.Edit(revision=update.revision, patches=update.patches, settle=update.settle)
                await stream.send_message(EditSceneRequest(edit=edit))

    def _merge_waiting(self) -> _Update:
        updates, self._waiting = self._waiting, []
        return _Update(
            revision=updates[-1].revision,
            patches=merged(patch for update in updates for patch in update.patches),
            settle=any(update.settle for update in updates),
            made_at=updates[-1].made_at,
        )

    def _receive(self, message: EditSceneResponse) -> None:
        if message.WhichOneof("message") == "frame":
            self._receive_frame(message.frame)
        elif message.WhichOneof("message") == "rejected":
            self._receive_rejected(message.rejected)

    def _receive_frame(self, message: EditSceneResponse.Frame) -> None:
        revision = message.revision or self._opened_at
        made_at: float | None = None
        while self._sent and self._sent[0].revision <= revision:
            update = self._sent.pop(0)
            apply_patches(self._shown, update.patches)
            made_at = update.made_at
        final = message.quality == EditSceneResponse.QUALITY_FINAL
        if final:
            self._last_final = revision
            self._awaits_final = any(update.settle for update in (*self._sent, *self._waiting))
        frame = Frame(
            revision=revision,
            final=final,
            image=inline_image(message.image),
            milliseconds=message.timing.total_milliseconds,
            round_trip_milliseconds=None if made_at is None else 1000 * (time.perf_counter() - made_at),
            stage_milliseconds=dict(message.timing.stage_milliseconds),
        )
        self._tell(self._on_frame, frame)
        self._acknowledgements.append(message.revision)
        if self._changed is not None:
            self._changed.set()

    def _receive_rejected(self, message: EditSceneResponse.Rejected) -> None:
        refused = [update for update in self._sent if update.revision == message.revision]
        self._sent = [update for update in self._sent if update.revision != message.revision]
        self._rebuild()
        if refused and self._on_rejected is not None:
            error = ClientError(message.reason, message.message, message.action)
            self._tell(self._on_rejected, Rejected(message.revision, error))

    def _tell(self, callback: Callable[[Told], None], what: Told) -> None:
        try:
            callback(what)
        except Exception as error:
            # A host's own mistake is reported where it sees it and does not end the session.
            context = {"message": "A callback of the edit session failed.", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)

    def _rebuild(self) -> None:
        """Make the newest scene again from the one last shown and the updates on their way."""
        self._newest = _copy(self._shown)
        for update in (*self._sent, *self._waiting):
            # An update that built upon a refused one is refused by the daemon too.
            with contextlib.suppress(ClientError):
                apply_patches(self._newest, update.patches)

    def _take_back(self) -> None:
        """The stream is gone: what was on its way is part of the scene that the next one opens with."""
        self._sent.clear()
        self._waiting.clear()
        self._acknowledgements.clear()
        self._shown = _copy(self._newest)
        self._awaits_final = True

    def _fail(self, error: ClientError) -> None:
        self._failure = error
        if self._on_failed is not None:
            self._tell(self._on_failed, error)
