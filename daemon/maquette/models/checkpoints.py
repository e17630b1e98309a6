"""What an importer is given and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from torch import Tensor

from maquette.store.weights_file import WeightsDescription


class TensorSource(Protocol):
    """A tensor that is read from its file only when needed."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sizes."""
        ...

    def read(self) -> Tensor:
        """The tensor itself.

        Raises:
            MaquetteError: CHECKPOINT_CORRUPT.
        """
        ...


@dataclass(frozen=True)
class Checkpoint:
    """A public checkpoint, opened.

    Attributes:
        name: the file's name without its ending.
        model_id: catalogue name that the model shall have.
        tensors: the state dict.
        settings: hyper-parameters by ``name`` or ``section.name``; empty when the file says nothing.
        companion: the tensor of the companion file that holds nothing else, if there is one.
        further: the state dict of the companion file that holds one; empty when there is none.
    """

    name: str
    model_id: str
    tensors: Mapping[str, TensorSource]
    settings: Mapping[str, bool | int | float | str] = field(default_factory=dict[str, bool | int | float | str])
    companion: Tensor | None = None
    further: Mapping[str, TensorSource] = field(default_factory=dict[str, TensorSource])


@dataclass(frozen=True)
class Conversion:
    """What to write to a weights file.

    Attributes:
        tensors: by name.
        description: of the model.
        unused_keys: keys of the checkpoint that the network does not use.
        notes: things worth knowing, one sentence each.
    """

    tensors: Mapping[str, Tensor]
    description: WeightsDescription
    unused_keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
