"""Palette as the registry knows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import torch
from torch import Tensor

from maquette.models.checkpoints import Checkpoint, Conversion
from maquette.models.palette import checkpoint as palette_checkpoint
from maquette.models.palette.checkpoint import PREFIX, SCHEDULE_BUFFERS, Extras, extras_of
from maquette.models.palette.verbs import PaletteModel
from maquette.store.catalogue import CatalogueEntry
from maquette.store.weights_file import WeightsDescription

IMPORTED_LICENCE = "As the checkpoint's publisher says"
_TASKS_BY_NAME = {"color": ("colorize",), "colour": ("colorize",), "jpeg": ("restore_jpeg",)}
_FILLING = ("inpaint", "outpaint")


def tasks_of(name: str) -> tuple[str, ...]:
    """What a public checkpoint of this name serves: no tensor tells, and filling is what was ever published."""
    found = [tasks for word, tasks in _TASKS_BY_NAME.items() if word in name.lower()]
    return found[0] if found else _FILLING


class PaletteArchitecture:
    """Recognises, converts and loads Palettes."""

    @property
    def id(self) -> str:
        """Name of the system."""
        return "palette"

    def detect(self, keys: Collection[str]) -> bool:
        """Whether a state dict with these keys is a Palette's."""
        return palette_checkpoint.detect(keys)

    def companion_names(self, name: str) -> tuple[str, ...]:
        """A Palette has no companion file."""
        return ()

    def convert(self, checkpoint: Checkpoint) -> Conversion:
        """Keep the network; the buffers of the training schedule are left out.

        Raises:
            MaquetteError: CHECKPOINT_CORRUPT.
        """
        used = {key: source.read().float() for key, source in checkpoint.tensors.items() if key.startswith(PREFIX)}
        palette_checkpoint.load(used)
        tasks = tasks_of(checkpoint.name)
        unused = tuple(sorted(key for key in checkpoint.tensors if key not in used and key not in SCHEDULE_BUFFERS))
        note = (
            f"The file does not say what it was trained for; by its name, it is offered for: {', '.join(tasks)}. "
            "The published size of 256 pixels and 32 channels a head are used."
        )
        return Conversion(used, self._description(checkpoint, tasks), unused, (note,))

    def _description(self, checkpoint: Checkpoint, tasks: tuple[str, ...]) -> WeightsDescription:
        extras = Extras()
        return WeightsDescription(
            id=checkpoint.model_id,
            system=self.id,
            title=checkpoint.name.replace("_", " "),
            tasks=tasks,
            width=extras.side,
            height=extras.side,
            licence=IMPORTED_LICENCE,
            recipe="imported",
            dtypes=("float32", "bfloat16"),
            extra=extras.metadata(),
        )

    def load(
        self, tensors: Mapping[str, Tensor], entry: CatalogueEntry, device: torch.device, dtype: torch.dtype | None
    ) -> PaletteModel:
        """The model of a weights file.

        Raises:
            MaquetteError: CHECKPOINT_CORRUPT.
        """
        extras = extras_of(entry.extra)
        denoiser = palette_checkpoint.load(tensors, extras)
        denoiser.network.to(device, dtype or torch.float32)
        return PaletteModel(denoiser, entry.info, extras.side)


ARCHITECTURE = PaletteArchitecture()
