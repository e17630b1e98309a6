"""What the services share: one object, made once, handed to each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from maquette.engine.messages import EngineState
from maquette.engine.supervisor import Supervisor
from maquette.errors import MaquetteError, Reason
from maquette.models.requests import ModelInfo
from maquette.models.scene import Scene
from maquette.server.content_cache import ContentCache
from maquette.server.events import Events
from maquette.server.health import Health
from maquette.server.limits import Limits


class Entry(Protocol):
    """A model of the catalogue."""

    @property
    def info(self) -> ModelInfo:
        """What hosts see."""
        ...


class Catalogue(Protocol):
    """What the server asks of the models at hand."""

    def list(self, task: str = "") -> Sequence[Entry]:
        """Models that serve ``task`` (all when empty), by id."""
        ...

    def get(self, model_id: str) -> Entry:
        """One model, or MODEL_NOT_FOUND."""
        ...

    def resolve(self, model_id: str, task: str) -> Entry:
        """One model that serves ``task``, or MODEL_NOT_FOUND or MODEL_UNSUPPORTED; the default for an empty id."""
        ...

    def candidates(self, model_id: str, task: str) -> Sequence[Entry]:
        """The models among which ``task`` is chosen, at least one; for "" or "auto" several."""
        ...

    def delete(self, model_id: str) -> None:
        """Delete an imported model from the disk."""
        ...


class AllowedFolders(Protocol):
    """What the server asks of the folders that files may be imported from."""

    def check_import_path(self, path: str) -> Path:
        """The real file behind ``path``, or IMPORT_NOT_ALLOWED."""
        ...


@dataclass(frozen=True)
class Services:
    """What the services share.

    Attributes:
        instance_id: random name of this run of the daemon.
        limits: bounds on requests.
        catalogue: the models at hand.
        allowed_folders: where files may be imported from.
        cache: images of more than the inline limit.
        supervisor: the engine.
        events: what watchers are told.
        health: what health checks are told.
        shutdown: set to end the daemon.
        started: time of the start, by ``time.monotonic``.
    """

    instance_id: str
    limits: Limits
    catalogue: Catalogue
    allowed_folders: AllowedFolders
    cache: ContentCache
    supervisor: Supervisor
    events: Events
    health: Health
    shutdown: asyncio.Event = field(default_factory=asyncio.Event)
    started: float = field(default_factory=time.monotonic)

    @property
    def engine_state(self) -> EngineState:
        """Where the engine stands."""
        return self.supervisor.state

    async def resolve(self, model_id: str, task: str) -> ModelInfo:
        """The model that serves ``task``; reads the disk aside.

        Raises:
            MaquetteError: MODEL_NOT_FOUND or MODEL_UNSUPPORTED.
        """
        return (await asyncio.to_thread(self.catalogue.resolve, model_id, task)).info

    async def candidates(self, model_id: str, task: str) -> dict[str, ModelInfo]:
        """By id, the models among which ``task`` is chosen; reads the disk aside.

        Raises:
            MaquetteError: MODEL_NOT_FOUND or MODEL_UNSUPPORTED.
        """
        entries = await asyncio.to_thread(self.catalogue.candidates, model_id, task)
        return {entry.info.id: entry.info for entry in entries}

    async def model_of(self, scene: Scene, task: str) -> ModelInfo:
        """The model of a scene, which must be the one that made it.

        Raises:
            MaquetteError: INVALID_ARGUMENT, MODEL_NOT_FOUND, MODEL_UNSUPPORTED or SCENE_MODEL_MISMATCH.
        """
        if not scene.model_id:
            raise MaquetteError(Reason.INVALID_ARGUMENT, "The scene names no model.", "Send the scene as it came.")
        info = await self.resolve(scene.model_id, task)
        check_made_by(scene, info)
        return info

    async def model_of_both(self, first: Scene, second: Scene, task: str) -> ModelInfo:
        """The model of two scenes, which must have made them both.

        Raises:
            MaquetteError: as :meth:`model_of`.
        """
        info = await self.model_of(first, task)
        check_made_by(second, info)
        return info


def check_made_by(scene: Scene, info: ModelInfo) -> None:
    """Refuse a scene that another model has made.

    Raises:
        MaquetteError: SCENE_MODEL_MISMATCH.
    """
    details = {"model_id": info.id, "model_digest": info.digest}
    if scene.model_id != info.id:
        raise MaquetteError(
            Reason.SCENE_MODEL_MISMATCH,
            f"The scene was not made by the model '{info.id}'.",
            "Use scenes of one model together.",
            details,
        )
    if scene.model_digest and scene.model_digest != info.digest:
        raise MaquetteError(
            Reason.SCENE_MODEL_MISMATCH,
            f"The scene was made by other weights of the model '{info.id}'.",
            "Sample it again, or bring the weights back that made it.",
            details,
        )
