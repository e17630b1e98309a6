"""The systems of the zoo, one line each, and how a model of the catalogue is brought into memory. Does not import torch
until a model is loaded."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from maquette.errors import MaquetteError, Reason
from maquette.models.operations import Operation
from maquette.store.catalogue import CatalogueEntry
from maquette.store.model_info import ModelInfo

if TYPE_CHECKING:
    import torch

    from maquette.models.checkpoints import Checkpoint, Conversion

SYSTEMS: Mapping[str, str] = {
    "blobgan": "maquette.models.blobgan.architecture",
    "palette": "maquette.models.palette.architecture",
}
"""By system: the module that offers its :class:`Architecture` as ``ARCHITECTURE``."""

ALGORITHMS: Mapping[str, tuple[str, str]] = {
    "exemplar": ("maquette.models.exemplar.model", "ExemplarModel"),
}
"""By system without weights: the module and the class that is made from what the catalogue says of the model."""


class Model(Protocol):
    """A model in memory."""

    @property
    def info(self) -> ModelInfo:
        """What the catalogue says of it."""
        ...

    @property
    def verbs(self) -> Mapping[type, Callable[[Any], Operation[Any]]]:
        """By type of request, what the model does with it."""
        ...


class Architecture(Protocol):
    """A system of the zoo: recognises its checkpoints, converts them, and loads what was converted."""

    @property
    def id(self) -> str:
        """Name of the system, and of its folder."""
        ...

    def detect(self, keys: Collection[str]) -> bool:
        """Whether a state dict with these keys is one of this system's."""
        ...

    def companion_names(self, name: str) -> tuple[str, ...]:
        """Public names of the companion files that lie beside the checkpoint ``name``."""
        ...

    def convert(self, checkpoint: Checkpoint) -> Conversion:
        """What to write to a weights file for a public checkpoint.

        Raises:
            MaquetteError: CHECKPOINT_CORRUPT or MODEL_UNSUPPORTED.
        """
        ...

    def load(
        self,
        tensors: Mapping[str, torch.Tensor],
        entry: CatalogueEntry,
        device: torch.device,
        dtype: torch.dtype | None,
    ) -> Model:
        """The model of a weights file; ``dtype`` None = the quickest that is safe.

        Raises:
            MaquetteError: CHECKPOINT_CORRUPT.
        """
        ...


def architecture(system: str) -> Architecture:
    """The architecture of a system.

    Raises:
        MaquetteError: MODEL_UNSUPPORTED.
    """
    module = SYSTEMS.get(system)
    if module is None:
        raise MaquetteError(
            Reason.MODEL_UNSUPPORTED,
            f"This version of Maquette cannot run '{system}' models.",
            "Install a newer version, or choose another model.",
        )
    return cast("Architecture", vars(importlib.import_module(module))["ARCHITECTURE"])


def load_model(entry: CatalogueEntry, device: torch.device, dtype: torch.dtype | None = None) -> Model:
    """Bring a model into memory.

    Args:
        entry: of the catalogue.
        device: that it shall run on.
        dtype: what it computes in; None = the quickest that is safe.

    Raises:
        MaquetteError: MODEL_UNSUPPORTED, INVALID_ARGUMENT for a type that the model is not safe in, or
            CHECKPOINT_CORRUPT.
    """
    from maquette.models.tensor_files import read_tensors

    if entry.path is None:
        module, name = ALGORITHMS[entry.info.system]
        return cast("Callable[[ModelInfo], Model]", vars(importlib.import_module(module))[name])(entry.info)
    system = architecture(entry.info.system)
    if dtype is not None and str(dtype).removeprefix("torch.") not in entry.info.dtypes:
        message = f"The model '{entry.info.id}' is not safe in {dtype}."
        raise MaquetteError(Reason.INVALID_ARGUMENT, message, f"Choose one of: {', '.join(entry.info.dtypes)}.")
    return system.load(read_tensors(entry.path), entry, device, dtype)
