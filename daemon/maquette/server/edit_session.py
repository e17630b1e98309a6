"""The rules of an edit stream, without input or output: what came in goes to a method, what to do comes back.

One slot, latest wins. An edit changes the scene at once; a frame of the newest scene is rendered when nothing is being
rendered and the frame before it was acknowledged. So revisions never go back and nothing queues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maquette.errors import MaquetteError, Reason
from maquette.models.scene import Scene
from maquette.models.scene_edits import SceneEdit, apply_edits
from maquette.server.appearance_rules import check_vectors


@dataclass(frozen=True)
class Render:
    """To do: render the scene; answer with :meth:`EditSession.rendered`.

    Attributes:
        scene: newest state.
        revision: of the newest edit in it.
        final: at full quality.
        since: when that edit arrived, in seconds.
    """

    scene: Scene
    revision: int
    final: bool
    since: float


@dataclass(frozen=True)
class CancelRender:
    """To do: give up the render in progress; it is not answered."""


@dataclass(frozen=True)
class SendFrame:
    """To do: send the picture that this render made."""

    render: Render


@dataclass(frozen=True)
class Reject:
    """To do: tell that an edit was refused."""

    revision: int
    error: MaquetteError


Action = Render | CancelRender | SendFrame | Reject


class EditSession:
    """State of one edit stream.

    Args:
        scene: state at revision 0, which is rendered as FINAL first.
        now: seconds, of any clock that never goes back.
    """

    def __init__(self, scene: Scene, now: float) -> None:
        self._scene = scene
        self._seen = 0
        self._newest = 0
        self._since = now
        self._shown = -1
        self._settled: int | None = 0
        self._rendering: Render | None = None
        self._unacknowledged: int | None = None

    @property
    def scene(self) -> Scene:
        """Newest state."""
        return self._scene

    def open(self) -> list[Action]:
        """What to do at the start."""
        return self._next()

    def edit(
        self, revision: int, changes: Sequence[SceneEdit] | MaquetteError, settle: bool, now: float
    ) -> list[Action]:
        """An edit arrived; ``changes`` is the error where it could not be understood."""
        if revision <= self._seen:
            return [Reject(revision, _not_newer(revision, self._seen))]
        self._seen = revision
        actions: list[Action] = []
        try:
            if isinstance(changes, MaquetteError):
                raise changes
            self._scene = self._changed(changes)
            self._newest, self._since = revision, now
        except MaquetteError as error:
            actions.append(Reject(revision, error))
        if settle:
            actions += self._settle()
        return actions + self._next()

    def acknowledge(self, revision: int) -> list[Action]:
        """The frame of this revision was received; any other is ignored."""
        if revision != self._unacknowledged:
            return []
        self._unacknowledged = None
        return self._next()

    def rendered(self) -> list[Action]:
        """The render that was asked for last is ready."""
        render, self._rendering = self._rendering, None
        if render is None:
            return []
        self._shown = self._unacknowledged = render.revision
        if render.final and self._settled is not None and self._settled <= render.revision:
            self._settled = None
        return [SendFrame(render)]

    def _changed(self, changes: Sequence[SceneEdit]) -> Scene:
        scene = apply_edits(self._scene, changes)
        if scene.model_id != self._scene.model_id or _differ(scene.model_digest, self._scene.model_digest):
            raise MaquetteError(
                Reason.SCENE_MODEL_MISMATCH,
                f"The scene is of the model '{scene.model_id}' and not of '{self._scene.model_id}'.",
                "Open it in an edit stream of its own.",
            )
        check_vectors(scene, self._scene)
        return scene

    def _settle(self) -> list[Action]:
        self._settled = self._newest
        if self._rendering is None or self._rendering.final:
            return []
        self._rendering = None
        return [CancelRender()]

    def _next(self) -> list[Action]:
        if self._rendering is not None or self._unacknowledged is not None:
            return []
        if self._settled is None and self._shown == self._newest:
            return []
        self._rendering = Render(self._scene, self._newest, self._settled is not None, self._since)
        return [self._rendering]


def _differ(digest: str, other: str) -> bool:
    return bool(digest and other) and digest != other


def _not_newer(revision: int, seen: int) -> MaquetteError:
    return MaquetteError(
        Reason.INVALID_ARGUMENT,
        f"The revision {revision} does not come after {seen}.",
        "Give every edit a greater revision than the one before.",
    )
