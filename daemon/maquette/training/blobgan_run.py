"""The recipe "rooms" for BlobGAN from rooms to weights file, and the report on a weights file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from maquette.models.blobgan.training import PictureTrainer
from maquette.store.locations import embedded_weights_directory
from maquette.training.blobgan_data import RoomData, picture_tensor, rooms_of
from maquette.training.blobgan_evaluation import (
    EditFigures,
    LayoutFigures,
    PictureFigures,
    SampleFigures,
    evaluate_edits,
    evaluate_layouts,
    evaluate_pictures,
    evaluate_samples,
    load_rooms,
    paint,
    picture_model,
    sample_pictures,
)
from maquette.training.blobgan_features import drawing_order, features_of, labels_of
from maquette.training.blobgan_inversion import InversionFigures, evaluate_inversion
from maquette.training.blobgan_layouts import LayoutTrainer, check_described, described_rooms, train_layouts
from maquette.training.blobgan_moves import before_move, moved_features
from maquette.training.blobgan_recipe import (
    CHECKPOINT,
    keep_freed_memory,
    load_average,
    new_model,
    print_progress,
    save_sheet,
    train_pictures,
)
from maquette.training.blobgan_silhouettes import (
    SilhouetteTrainer,
    read_points,
    settle_silhouettes,
    train_silhouettes,
)
from maquette.training.blobgan_weights import MODEL_ID, describe_weights, load_weights, save_weights
from maquette.training.checkpoints import begin
from maquette.training.rooms.moves import moved_path
from maquette.training.rooms.shards import Shard, read_shard
from maquette.training.rooms.types import SHELL, Kind

SHEET_COLUMNS = 8
SILHOUETTES_SHARE = 0.03
PICTURES_SHARE = 0.94
"""Shares of the time budget that are over when silhouettes and when pictures are learned; the rest goes to layouts."""


@dataclass(frozen=True)
class Report:
    """All figures of a weights file."""

    pictures: PictureFigures
    edits: list[EditFigures]
    layouts: LayoutFigures
    samples: SampleFigures
    inversion: InversionFigures | None = None

    def to_json(self) -> str:
        """The figures as JSON."""
        return json.dumps(asdict(self), indent=2)


def run_recipe(data: Path, checkpoints: Path, budget: float, resumed: bool, out: Path | None = None) -> Path:
    """Train silhouettes, pictures, then layouts, for `budget` seconds in all; returns the path of the weights file.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND without rooms; INVALID_ARGUMENT when there is nothing to resume, or something
            that would be overwritten.
    """
    rooms = rooms_of(data)
    check_described(data)
    keep_freed_memory()
    model = new_model()
    settle_silhouettes(model)
    trainer = PictureTrainer(model)
    spent = begin(checkpoints / CHECKPOINT, trainer, resumed)
    if not resumed:
        spent = budget * SILHOUETTES_SHARE
        train_silhouettes(read_points(data), SilhouetteTrainer(model), spent, print_progress)
        trainer.average.load_state_dict(model.state_dict())
    sample = rooms.batch(np.random.default_rng(0), 8)
    train_pictures(rooms, trainer, checkpoints, budget * PICTURES_SHARE, spent, report=print_progress, sheet=sample)
    return finish(data, checkpoints, budget * (1 - PICTURES_SHARE), budget, out)


def finish(data: Path, checkpoints: Path, layout_budget: float, seconds: float, out: Path | None = None) -> Path:
    """Train the layout network on the newest checkpoint's looks, and write the weights file."""
    rooms, model = RoomData(data), load_average(checkpoints)
    features = rooms.all_features()
    layouts = LayoutTrainer(described_rooms(data, model.looks))
    train_layouts(layouts, checkpoints, layout_budget, report=print_progress)
    path = out or checkpoints / f"{MODEL_ID}.safetensors"
    order = drawing_order(features, model.looks(features.labelled()).structures)
    save_weights(path, model, layouts.finished(), order, describe_weights(seconds, len(rooms)))
    return path


def _weights_path(weights: Path | None) -> Path:
    return weights or embedded_weights_directory() / f"{MODEL_ID}.safetensors"


def evaluate_file(
    data: Path,
    weights: Path | None = None,
    layouts: int = 1000,
    inversions: int = 0,
    inversion_steps: int | None = None,
) -> Report:
    """All figures of a weights file, on the rooms of a folder that holds moved rooms too, and on sampled layouts.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND without rooms; see also `load_weights`.
    """
    rooms = load_rooms(data)
    network, looks = load_weights(_weights_path(weights))
    model = picture_model(looks, network.generator_ema)
    return Report(
        evaluate_pictures(model, rooms),
        evaluate_edits(model, rooms, data),
        evaluate_layouts(network.layout_net_ema, looks, layouts),
        evaluate_samples(network, rooms),
        evaluate_inversion(network, rooms, data, inversions, inversion_steps),
    )


def render_report(report: Report) -> str:
    """The figures as a table for people."""
    pictures, layouts = report.pictures, report.layouts
    lines = [
        f"a) true layouts, {pictures.rooms} unseen rooms: PSNR {pictures.psnr:.1f} dB, SSIM {pictures.ssim:.3f}, "
        f"Fréchet distance of patches {pictures.statistics:.2f}",
        "b) one thing moved (PSNR in dB against Blender's picture of the moved room)",
        "   thing      rooms  picture  changed places  not moving it   gain",
    ]
    for edit in report.edits:
        figures = f"{edit.whole:7.1f}  {edit.changed:14.1f}  {edit.unmoved:13.1f}  {edit.gain:5.1f}"
        lines.append(f"   {edit.kind.value:9}  {edit.rooms:5d}  {figures}")
    lines.append(f"c) Fréchet distance of layouts: sampled {layouts.sampled:.2f}, true against true {layouts.true:.2f}")
    samples = report.samples
    lines.append(f"   {samples.rooms} sampled pictures: Fréchet distance of patches {samples.statistics:.2f}")
    return "\n".join(lines + _inversion_lines(report.inversion))


def _inversion_lines(figures: InversionFigures | None) -> list[str]:
    if figures is None:
        return ["d) inversion: the weights have no encoder"]
    lines = [f"d) inversion, {figures.rooms} unseen rooms: PSNR {figures.encoded:.1f} dB by the encoder alone"]
    shown = [figure for figure in figures.found if figure.kind not in SHELL]
    names = ", ".join(f"{one.kind.value} {100 * one.told:.0f} % ({100 * one.distance:.1f})" for one in shown)
    lines.append(f"   told whether it is there (and how far its middle is off, % of the picture): {names}")
    if figures.fitted_rooms:
        fitted = f"{figures.first:.1f} dB before and {figures.fitted:.1f} dB after optimisation"
        lines.append(f"   {figures.fitted_rooms} of them: {fitted}, {figures.seconds:.1f} s each")
    if figures.moved_rooms:
        moved = f"{figures.moved:.1f} dB in the changed places, {figures.unmoved:.1f} dB not moving it"
        lines.append(f"   bed moved after inversion, {figures.moved_rooms} rooms: {moved}")
    return lines


def write_sheet(path: Path, data: Path, weights: Path | None = None) -> None:
    """A contact sheet of nine rows.

    Blender's pictures and the same layouts painted; rooms with the bed moved, by Blender and as a blob; sixteen rooms
    that Blender rendered beside sixteen that were sampled without truncation; sampled rooms with a truncation of 0.4.
    """
    network, looks = load_weights(_weights_path(weights))
    model = picture_model(looks, network.generator_ema)
    rooms = load_rooms(data)
    first: Shard = {name: values[:SHEET_COLUMNS] for name, values in rooms.items()}
    rows = [_pictures_of(first), paint(model, features_of(labels_of(first))) * 2 - 1]
    moved = moved_path(data, Kind.BED)
    if moved.exists():
        after: Shard = {name: values[:SHEET_COLUMNS] for name, values in read_shard(moved).items()}
        edited = moved_features(
            features_of(labels_of(before_move(rooms, after))), features_of(labels_of(after)), Kind.BED
        )
        rows += [_pictures_of(after), paint(model, edited) * 2 - 1]
    rendered, sampled = _pictures_of(_last(rooms, 2 * SHEET_COLUMNS)), sample_pictures(network, 2 * SHEET_COLUMNS, 0.0)
    rows += [part for pictures in (rendered, sampled) for part in torch.split(pictures, SHEET_COLUMNS)]
    rows.append(sample_pictures(network, SHEET_COLUMNS, 0.4, seed=4))
    save_sheet(path, rows)


def _last(shard: Shard, count: int) -> Shard:
    return {name: values[-count:] for name, values in shard.items()}


def _pictures_of(shard: Shard) -> Tensor:
    return picture_tensor(shard["picture"].astype(np.uint8))
