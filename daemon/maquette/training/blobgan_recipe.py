"""The recipe "rooms" for BlobGAN, first part: looks network and decoder learn to paint known layouts."""

import ctypes
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from maquette.models.blobgan.decoder import Decoder, DecoderShape
from maquette.models.blobgan.silhouettes import PARTS
from maquette.models.blobgan.training import LooksNetwork, PictureModel, PictureTrainer
from maquette.training.blobgan_data import Batch, RoomData
from maquette.training.blobgan_features import ROWS
from maquette.training.checkpoints import save_checkpoint, train_for

CHANNELS = {8: 192, 16: 160, 32: 96, 64: 48, 128: 24}
RESOLUTION = max(CHANNELS)
EDGED_FROM = 32
WIDTH = 64
GEOMETRY_WIDTH = 32
APPEARANCE_WIDTH = 18
BATCH = 8
WARM_UP_STEPS = 50
COARSE_SHARE = 0.65
"""The share of the time budget spent on pictures of half the size, which cost half as much."""
CHECKPOINT = "pictures.pt"
_MALLOC_TRIM_THRESHOLD, _MALLOC_MMAP_THRESHOLD = -1, -3


@dataclass(frozen=True)
class Progress:
    """Where training stands: steps, seconds spent in all runs, rooms at hand, the mean of the last losses."""

    steps: int
    seconds: float
    rooms: int
    loss: float


def keep_freed_memory() -> None:
    """Let the C library keep what training frees, since every step asks for the same again.

    Otherwise each large tensor is new memory that the system clears page by page: half of a step's time.
    """
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    for parameter in (_MALLOC_TRIM_THRESHOLD, _MALLOC_MMAP_THRESHOLD):
        library.mallopt(parameter, 2**31 - 1)


def new_model(seed: int = 0) -> PictureModel:
    """An untrained model of the recipe's sizes."""
    torch.manual_seed(seed)
    looks = LooksNetwork(len(ROWS), GEOMETRY_WIDTH, APPEARANCE_WIDTH, WIDTH, WIDTH)
    return PictureModel(looks, Decoder(DecoderShape(WIDTH, WIDTH, CHANNELS, PARTS, EDGED_FROM)))


def load_average(checkpoints: Path) -> PictureModel:
    """The averaged model of the newest checkpoint."""
    state = torch.load(checkpoints / CHECKPOINT, weights_only=True)
    model = new_model()
    model.load_state_dict(state["trainer"]["average"])
    return model.eval().requires_grad_(False)


def learning_rate_share(steps: int, seconds: float, budget: float) -> float:
    """A short warm-up by steps, then linear to zero over the time budget."""
    return min(1.0, (steps + 1) / WARM_UP_STEPS) * max(0.0, 1 - seconds / budget)


def train_pictures(
    data: RoomData,
    trainer: PictureTrainer,
    checkpoints: Path,
    budget: float,
    spent: float = 0.0,
    save_every: float = 150.0,
    report: Callable[[Progress], None] = lambda progress: None,
    sheet: Batch | None = None,
    coarse_share: float = COARSE_SHARE,
) -> float:
    """Train until `budget` seconds are spent, those of earlier runs included; returns the seconds spent in all.

    The order of the rooms follows from the number of steps, so that a resumed run draws other rooms than its start.
    `coarse_share` of the time goes to pictures of half the size.
    """
    rng = np.random.default_rng(trainer.steps)
    losses: list[float] = []

    def step(seconds: float) -> None:
        batch = data.batch(rng, BATCH)
        share = learning_rate_share(trainer.steps, seconds, budget)
        resolution = RESOLUTION // 2 if seconds < coarse_share * budget else RESOLUTION
        losses.append(trainer.step(batch.labelled, batch.pictures, share, resolution))

    def keep(seconds: float) -> None:
        _keep(checkpoints, trainer, seconds, sheet)
        mean = float(np.mean(losses[-200:])) if losses else float("nan")
        report(Progress(trainer.steps, seconds, len(data), mean))
        data.refresh()

    return train_for(budget, step, keep, spent, save_every)


def _keep(checkpoints: Path, trainer: PictureTrainer, seconds: float, sheet: Batch | None) -> None:
    save_checkpoint(checkpoints / CHECKPOINT, trainer, seconds)
    if sheet is not None:
        with torch.no_grad():
            *_, coarse, fine = trainer.average.stages(sheet.labelled)
        rows = [sheet.pictures, functional.interpolate(coarse, scale_factor=2.0), fine]
        save_sheet(checkpoints / "sheet.png", rows)


def save_sheet(path: Path, rows: list[Tensor], columns: int = 8) -> None:
    """A contact sheet of rows of pictures (B, 3, R, R) in [-1, 1], of each row the first few."""
    columns = min(columns, *(len(row) for row in rows))
    strips = [torch.cat(row[:columns].unbind(0), dim=2) for row in rows]
    grid = ((torch.cat(strips, dim=1).clamp(-1, 1) + 1) * 127.5).round().byte()
    unfinished = path.with_suffix(f".{os.getpid()}.png")
    pixels = cast("NDArray[np.uint8]", grid.permute(1, 2, 0).contiguous().numpy())
    Image.fromarray(pixels).save(unfinished)
    unfinished.replace(path)


def log_line(progress: Any) -> str:
    """A dataclass of numbers as one line of JSON."""
    return json.dumps({name: round(value, 4) for name, value in asdict(progress).items()})


def print_progress(progress: Any) -> None:
    """Print a line for a log; `progress` is a dataclass of numbers."""
    print(log_line(progress), flush=True)  # noqa: T201
