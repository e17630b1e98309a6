"""Training for a time: the frame of every recipe's loop, and its checkpoints, written whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

from maquette.errors import MaquetteError, Reason


class Resumable(Protocol):
    """A trainer whose state can be kept."""

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on."""
        ...

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Go on from a state of `state_dict`."""
        ...


def save_checkpoint(path: Path, trainer: Resumable, seconds: float) -> None:
    """Write a trainer's state and the seconds spent in all its runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.partial")
    torch.save({"trainer": trainer.state_dict(), "seconds": seconds}, unfinished)
    unfinished.replace(path)


def load_checkpoint(path: Path, trainer: Resumable) -> float:
    """Go on from a checkpoint; returns the seconds spent before."""
    state: dict[str, Any] = torch.load(path, weights_only=True)
    trainer.load_state_dict(state["trainer"])
    return float(state["seconds"])


def begin(path: Path, trainer: Resumable, resumed: bool) -> float:
    """Begin a run, or go on with it from its checkpoint; returns the seconds spent before.

    Raises:
        MaquetteError: INVALID_ARGUMENT when there is nothing to resume, or something that would be overwritten.
    """
    if resumed and path.exists():
        return load_checkpoint(path, trainer)
    if resumed:
        raise MaquetteError(Reason.INVALID_ARGUMENT, f"There is no checkpoint in {path.parent}.", "Leave --resume out.")
    if path.exists():
        raise MaquetteError(
            Reason.INVALID_ARGUMENT,
            f"{path.parent} holds the checkpoint of another run.",
            "Go on from it with --resume, or choose another folder.",
        )
    return 0.0


@dataclass(frozen=True)
class Stage:
    """A part of a recipe, which trains something of a weights file and writes the file again.

    Attributes:
        weights: the file.
        checkpoints: folder for what training keeps.
        budget: seconds, those of earlier runs included.
        resumed: go on from the newest checkpoint.
        out: the file to write; None = ``weights`` itself, which is replaced whole or not at all.
    """

    weights: Path
    checkpoints: Path
    budget: float
    resumed: bool = False
    out: Path | None = None

    @property
    def written(self) -> Path:
        """The file that is written in the end."""
        return self.out or self.weights

    def begin(self, name: str, trainer: Resumable) -> float:
        """Begin, or go on from the checkpoint of this name; returns the seconds spent before.

        Raises:
            MaquetteError: see :func:`begin`.
        """
        return begin(self.checkpoints / name, trainer, self.resumed)


def train_for(
    budget: float,
    step: Callable[[float], None],
    keep: Callable[[float], None],
    spent: float = 0.0,
    save_every: float = 240.0,
) -> float:
    """Train until a time is over.

    Args:
        budget: seconds, those of earlier runs included.
        step: one step of training; is told the seconds spent.
        keep: writes the checkpoint and reports; every ``save_every`` seconds and at the end. Is told the seconds spent.
        spent: seconds of earlier runs.
        save_every: seconds.

    Returns:
        The seconds spent in all.
    """
    begin = time.monotonic() - spent
    saved = spent
    while (seconds := time.monotonic() - begin) < budget:
        step(seconds)
        if seconds - saved >= save_every:
            saved = seconds
            keep(seconds)
    keep(seconds)
    return seconds
