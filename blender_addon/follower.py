"""Keeps the daemon's scene equal to the artist's while things move: latest wins, and a FINAL when they rest."""

from __future__ import annotations

from collections.abc import Callable

from .client import ClientError, Connection, EditSession, Frame, Pump
from .reconcile import difference, same_model
from .scene import Scene
from .wire import scene_from_message, scene_message

REST_SECONDS = 0.15
"""How long nothing must change until the artist is taken to have let go."""


class Follower:
    """One scene that is shown by the daemon.

    Args:
        connection: to the daemon.
        pump: turned by the host while something is in flight.
        on_frame: shows a picture of the scene.
        on_problem: told what failed; None once it works again.
    """

    def __init__(
        self,
        connection: Connection,
        pump: Pump,
        on_frame: Callable[[Frame], None],
        on_problem: Callable[[ClientError | None], None],
    ) -> None:
        self._connection, self._pump = connection, pump
        self._on_frame, self._on_problem = on_frame, on_problem
        self._session: EditSession | None = None
        self._known: Scene | None = None
        self._changed_at: float | None = None
        self._refused_now = False

    @property
    def scene(self) -> Scene | None:
        """The scene that the daemon was last told."""
        return self._known

    @property
    def busy(self) -> bool:
        """A change has not come to rest, or a picture is still to come."""
        return self._changed_at is not None or (self._session is not None and self._session.busy)

    def follow(self, wanted: Scene, now: float) -> None:
        """Have this scene shown.

        Args:
            wanted: as the artist has it now.
            now: seconds on a steady clock.
        """
        session, known = self._session, self._known
        if session is None or known is None or not same_model(known, wanted):
            self._open(wanted)
            return
        changes = difference(known, wanted)
        if not changes:
            return
        try:
            session.update(changes)
        except ClientError as error:
            self._on_problem(error)
            return
        self._known, self._changed_at, self._refused_now = wanted, now, False

    def turn(self, now: float) -> None:
        """Ask for full quality once the artist let go."""
        if self._session is None or self._changed_at is None or now - self._changed_at < REST_SECONDS:
            return
        self._changed_at = None
        self._session.settle()

    def refresh(self) -> None:
        """Ask for the picture again, for example because the daemon has come back."""
        if self._session is not None:
            self._session.settle()

    async def settled(self) -> None:
        """Wait for the picture of the newest state in full quality, for a host without a window.

        Raises:
            ClientError: the daemon cannot make it.
        """
        if self._session is not None:
            self._changed_at = None
            self._session.settle()
            await self._session.settled()

    def close(self) -> None:
        """Forget the scene; the daemon drops its work."""
        if self._session is not None:
            self._session.close()
        self._session = self._known = self._changed_at = None

    def _open(self, wanted: Scene) -> None:
        self.close()
        self._known = wanted
        self._session = EditSession(
            self._connection,
            self._pump,
            scene_message(wanted),
            on_frame=self._frame,
            on_rejected=lambda rejected: self._refused(rejected.error),
            on_failed=self._on_problem,
        )

    def _frame(self, frame: Frame) -> None:
        # The frame after a refusal shows the scene without the change: that must not take the sentence away.
        if not self._refused_now:
            self._on_problem(None)
        self._on_frame(frame)

    def _refused(self, error: ClientError) -> None:
        if self._session is not None:
            self._known = scene_from_message(self._session.scene)
        self._refused_now = True
        self._on_problem(error)
