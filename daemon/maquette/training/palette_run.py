"""Palette's recipe from folders of pictures to the weights file, and the report on a weights file."""

from pathlib import Path

from maquette.models.palette.sampling import Sampling, check_steps
from maquette.models.palette.training import PaletteTrainer
from maquette.models.palette.verbs import DEFAULTS
from maquette.store.locations import embedded_weights_directory
from maquette.training.blobgan_recipe import keep_freed_memory, print_progress, save_sheet
from maquette.training.checkpoints import begin
from maquette.training.palette_evaluation import PaletteReport, evaluate, render_report
from maquette.training.palette_pictures import PicturePool, Pixels, picture_pools
from maquette.training.palette_recipe import CHECKPOINT, SHEET_COLUMNS, SIDE, new_network, sheet_rows, train
from maquette.training.palette_weights import MODEL_ID, TRAINING_NOTE, describe_weights, load_weights, save_weights

__all__ = ["evaluate_file", "finish", "render_report", "run_recipe", "write_sheet"]


def run_recipe(data: list[Path], checkpoints: Path, budget: float, resumed: bool, out: Path | None = None) -> Path:
    """Train for `budget` seconds in all on the pictures of several folders; returns the path of the weights file.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND without pictures; INVALID_ARGUMENT when there is nothing to resume, or
            something that would be overwritten.
    """
    pools = picture_pools(data)
    keep_freed_memory()
    trainer = PaletteTrainer(new_network())
    spent = begin(checkpoints / CHECKPOINT, trainer, resumed)
    train(pools, trainer, checkpoints, budget, spent, report=print_progress)
    return finish(pools, trainer, budget, out or checkpoints / f"{MODEL_ID}.safetensors")


def finish(pools: list[PicturePool], trainer: PaletteTrainer, seconds: float, out: Path) -> Path:
    """Write the averaged network as a weights file."""
    pictures = sum(len(pool) for pool in pools)
    note = f"Trained for {seconds:.0f} s on {pictures} pictures that this project rendered itself."
    save_weights(out, trainer.average, describe_weights(trainer.average, {TRAINING_NOTE: note}))
    return out


def evaluate_file(
    data: Path, weights: Path | None = None, pictures: int = 200, candidates: int = 8, steps: int | None = None
) -> PaletteReport:
    """All figures of a weights file, on the first pictures of a folder; `steps` network calls each, None = the default.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND without pictures, CHECKPOINT_CORRUPT, or LIMIT_EXCEEDED for the steps.
    """
    if steps is not None:
        check_steps(steps)
    denoiser = load_weights(_weights_path(weights))
    samplings = DEFAULTS if steps is None else dict.fromkeys(DEFAULTS, Sampling(steps))
    return evaluate(denoiser, _unseen(data, pictures), candidates, samplings)


def write_sheet(path: Path, data: Path, weights: Path | None = None) -> None:
    """A contact sheet of what the network makes of a folder's first pictures; see `palette_recipe.sheet_rows`."""
    save_sheet(path, sheet_rows(load_weights(_weights_path(weights)), _unseen(data, SHEET_COLUMNS)))


def _weights_path(weights: Path | None) -> Path:
    return weights or embedded_weights_directory() / f"{MODEL_ID}.safetensors"


def _unseen(data: Path, pictures: int) -> Pixels:
    (pool,) = picture_pools([data])
    return pool.head(pictures, SIDE)
