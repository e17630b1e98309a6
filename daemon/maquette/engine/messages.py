"""What the server and the engine say to each other: frozen dataclasses, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from maquette.errors import MaquetteError
from maquette.models.operations import Progress
from maquette.models.painting.requests import Colorize, Inpaint, Outpaint, RestoreJpeg

PaintRequest = Inpaint | Outpaint | Colorize | RestoreJpeg


class Priority(IntEnum):
    """How urgent an operation is; the smallest value is served first."""

    INTERACTIVE = 0
    PREVIEW = 1
    BATCH = 2


class EngineState(Enum):
    """Where the worker process stands."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"


@dataclass(frozen=True)
class Device:
    """Something that models can run on.

    Attributes:
        name: torch name ("cpu", "cuda:0").
        title: name for a person ("CPU, 2 threads").
        total_bytes: memory in all.
        free_bytes: memory not in use.
        in_use: models run here.
        explanation: why it is, or is not, in use, in one sentence.
    """

    name: str
    title: str
    total_bytes: int
    free_bytes: int
    in_use: bool
    explanation: str


@dataclass(frozen=True)
class LoadModel:
    """Request: bring the model into memory. Answered with its ``ModelInfo``."""


@dataclass(frozen=True)
class UnloadModel:
    """Request: free the model's memory. Answered with None."""


@dataclass(frozen=True)
class DescribeEngine:
    """Request: how the engine is. Answered with an :class:`EngineStatus`."""


@dataclass(frozen=True)
class EngineStatus:
    """How the engine is.

    Attributes:
        devices: every device, the one in use among them.
        loaded: ids of the models in memory, least recently used first.
        operations: how many operations wait or run.
    """

    devices: tuple[Device, ...]
    loaded: tuple[str, ...]
    operations: int


@dataclass(frozen=True)
class Paint:
    """Request: fill, extend, colour or repair a picture. Answered with a ``PaintResult``.

    Attributes:
        request: what to do.
        model_ids: the models to choose from, at least one; every one serves the request.
    """

    request: PaintRequest
    model_ids: tuple[str, ...]


@dataclass(frozen=True)
class Submit:
    """Start an operation.

    Attributes:
        operation: number that names it from now on.
        model_id: model that runs it; empty for what the engine does itself and for what names its models itself.
        request: what to do: one of the engine's own requests, or one that the model has a verb for.
        priority: its class.
    """

    operation: int
    model_id: str
    request: object
    priority: Priority


@dataclass(frozen=True)
class Cancel:
    """End an operation; nothing is answered."""

    operation: int


@dataclass(frozen=True)
class Hold:
    """Keep a model in memory, once loaded, until as many :class:`Release` as Hold have come."""

    model_id: str


@dataclass(frozen=True)
class Release:
    """Take one :class:`Hold` back."""

    model_id: str


ToEngine = Submit | Cancel | Hold | Release


@dataclass(frozen=True)
class Ready:
    """The libraries are loaded and the device is chosen."""

    devices: tuple[Device, ...]


@dataclass(frozen=True)
class Reported:
    """An operation moved on."""

    operation: int
    progress: Progress


@dataclass(frozen=True)
class Done:
    """An operation returned."""

    operation: int
    result: object


@dataclass(frozen=True)
class Failed:
    """An operation raised."""

    operation: int
    error: MaquetteError


@dataclass(frozen=True)
class LoadedModels:
    """The models in memory are now these, least recently used first."""

    model_ids: tuple[str, ...]


FromEngine = Ready | Reported | Done | Failed | LoadedModels
