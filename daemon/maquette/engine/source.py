"""Where the engine gets its models from, as an interface: the zoo in service, a small fake in tests."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from maquette.engine.messages import Device, PaintRequest
from maquette.models.operations import Operation
from maquette.models.painting.requests import PaintResult
from maquette.models.registry import Model
from maquette.models.requests import ImportModel, ImportReport

ZOO = "maquette.engine.zoo"


class ModelSource(Protocol):
    """Finds, loads and imports models."""

    def devices(self) -> tuple[Device, ...]:
        """Every device with its memory as it is now; exactly one is in use."""
        ...

    def load(self, model_id: str) -> Operation[Model]:
        """Bring a model into memory.

        Raises:
            MaquetteError: MODEL_NOT_FOUND, or whatever is wrong with its file.
        """
        ...

    def import_model(self, request: ImportModel) -> Operation[ImportReport]:
        """Convert a checkpoint and add it to the catalogue; returns the report."""
        ...

    def helpers(self, request: PaintRequest) -> tuple[str, ...]:
        """Ids of models that help whichever model paints, without being chosen for it."""
        ...

    def paint(self, request: PaintRequest, models: Sequence[Model], helpers: Sequence[Model]) -> Operation[PaintResult]:
        """Fill, extend, colour or repair a picture with one of ``models``, which are in memory, as are ``helpers``.

        Raises:
            MaquetteError: whatever is wrong with the request.
        """
        ...

    def trim(self) -> None:
        """Give memory that models have freed back to the system."""
        ...


@dataclass(frozen=True)
class SourceSettings:
    """How models are to run.

    Attributes:
        threads: threads of one operation on the CPU; 0 = one for each physical core but one.
        device: torch name of the device; empty = chosen.
    """

    threads: int = 0
    device: str = ""


def open_source(module: str, settings: SourceSettings) -> ModelSource:
    """The source that ``module`` offers as its function ``open_source(settings)``."""
    open_one = cast("Callable[[SourceSettings], ModelSource]", vars(importlib.import_module(module))["open_source"])
    return open_one(settings)
