"""The zoo's models as the engine's source. The only part of the engine, with the devices, that imports torch."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
from collections.abc import Sequence

import torch

from maquette.engine.devices import choose_device, choose_threads, describe_devices
from maquette.engine.messages import Device, PaintRequest
from maquette.engine.source import SourceSettings
from maquette.models.importing import import_model
from maquette.models.operations import Operation, Progress
from maquette.models.painting.requests import Inpaint, Outpaint, PaintResult
from maquette.models.registry import Model, load_model
from maquette.models.requests import ImportModel, ImportReport
from maquette.store.catalogue import open_catalogue

_SYNTHESIZER_ID = "exemplar"


class Zoo:
    """Loads models of the catalogue onto one device."""

    def __init__(self, settings: SourceSettings) -> None:
        self._threads = choose_threads(settings.threads)
        self._device, self._why = choose_device(settings.device)
        self._catalogue = open_catalogue()

    def devices(self) -> tuple[Device, ...]:
        """Every device with its memory as it is now."""
        return describe_devices(self._device, self._why, self._threads)

    def load(self, model_id: str) -> Operation[Model]:
        """Bring a model of the catalogue into memory."""
        yield Progress("loading the model", 0.0)
        return load_model(self._catalogue.get(model_id), torch.device(self._device))

    def import_model(self, request: ImportModel) -> Operation[ImportReport]:
        """Convert a checkpoint and add it to the catalogue."""
        return import_model(request, self._catalogue)

    def helpers(self, request: PaintRequest) -> tuple[str, ...]:
        """Ids of models that help whichever model paints: coarse fills get their detail from the picture itself."""
        return (_SYNTHESIZER_ID,) if isinstance(request, Inpaint | Outpaint) else ()

    def paint(self, request: PaintRequest, models: Sequence[Model], helpers: Sequence[Model]) -> Operation[PaintResult]:
        """Fill, extend, colour or repair a picture."""
        # The pipeline's libraries are only imported by those who paint.
        from maquette.engine.painting import run_pipeline

        return run_pipeline(request, models, helpers)

    def trim(self) -> None:
        """Give freed memory back to the system."""
        gc.collect()
        _give_back_memory()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _give_back_memory() -> None:
    """What glibc keeps for later (see :mod:`maquette.engine.environment`)."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def open_source(settings: SourceSettings) -> Zoo:
    """The zoo with these settings."""
    return Zoo(settings)
