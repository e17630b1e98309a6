from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from blobgan_rooms import write_moved_bed, write_rooms
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.layout_network import output_width, split_layout_vector
from maquette.models.blobgan.network import BlobGan, BlobGanShape
from maquette.models.blobgan.segmenting_encoder import SegmentingEncoder
from maquette.models.blobgan.training_inversion import (
    InverterTrainer,
    begin_coarse,
    layout_loss,
    row_values_of,
    scales_of,
    standardise,
)
from maquette.store.weights_file import read_metadata
from maquette.training.blobgan_data import RoomData
from maquette.training.blobgan_encoder import PHASES, known_rooms, phase_at, run_encoder_recipe
from maquette.training.blobgan_features import BLOBS
from maquette.training.blobgan_inversion import found_figures
from maquette.training.blobgan_layouts import vectors_of
from maquette.training.blobgan_recipe import WIDTH, new_model
from maquette.training.blobgan_run import evaluate_file, render_report
from maquette.training.blobgan_weights import load_weights
from maquette.training.checkpoints import Stage


def _tiny() -> tuple[BlobGan, torch.Tensor, torch.Tensor]:
    """A network of three blobs, four true layout vectors, and pictures that tell them apart."""
    torch.manual_seed(0)
    network = BlobGan(BlobGanShape(3, 4, 8, DecoderShape(5, 4, {8: 8, 16: 8, 32: 8}))).requires_grad_(False)
    vectors = torch.randn(4, output_width(3, 5, 4)) + 1
    vectors[:, :4] = vectors[:, :4].abs()
    pictures = torch.rand(4, 3, 1, 1).expand(4, 3, 32, 32) * 2 - 1
    return network, vectors, pictures.contiguous()


def _trainer(network: BlobGan, vectors: torch.Tensor) -> InverterTrainer:
    torch.manual_seed(1)
    encoder = SegmentingEncoder({32: 4, 16: 6, 8: 8, 4: 16}, 3, 9)
    standardise(encoder, row_values_of(vectors, 3, 9))
    return InverterTrainer(encoder, network, scales_of(network.split(vectors)), learning_rate=1e-2)


ORDER = torch.arange(3).expand(4, 3)


@pytest.mark.parametrize("width", [None, 16, 32])
def test_training_lowers_the_loss(width: int | None) -> None:
    network, vectors, pictures = _tiny()
    trainer = _trainer(network, vectors)
    losses = [trainer.step(pictures, vectors, ORDER, 1.0, width) for _ in range(12)]
    assert np.mean(losses[-3:]) < 0.9 * losses[0]


def test_only_the_encoder_is_trained() -> None:
    network, vectors, pictures = _tiny()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    _trainer(network, vectors).step(pictures, vectors, ORDER, 1.0, 32)
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_a_resumed_encoder_does_the_same_steps() -> None:
    network, vectors, pictures = _tiny()
    first, second = _trainer(network, vectors), _trainer(network, vectors)
    first.step(pictures, vectors, ORDER, 1.0)
    second.load_state_dict(first.state_dict())
    assert first.step(pictures, vectors, ORDER, 0.5, 16) == second.step(pictures, vectors, ORDER, 0.5, 16)


def test_rows_hold_what_a_layout_says_of_them() -> None:
    network, vectors, _ = _tiny()
    rows, parts = row_values_of(vectors, 3, 9), network.split(vectors)
    assert torch.equal(rows[:, 1:, 0], parts.sizes)
    assert torch.equal(rows[:, 1:, 1:3], parts.position_logits)
    assert torch.equal(rows[:, 1:, 3:7], parts.shape_logits)
    assert torch.equal(rows[..., 7:], torch.cat((parts.structures, parts.styles), dim=-1))


def test_fine_features_are_not_missed_at_the_beginning() -> None:
    torch.manual_seed(2)
    encoder = SegmentingEncoder({64: 4, 32: 6, 16: 6, 8: 8, 4: 16}, 3, 9)
    begin_coarse(encoder)
    pictures = torch.rand(2, 3, 64, 64)
    every, coarse = encoder.features(pictures), encoder.features(pictures, 32)
    for width in (32, 16, 8, 4):
        torch.testing.assert_close(every[width], coarse[width])


def test_true_layouts_have_no_loss_and_absent_blobs_no_place() -> None:
    network, vectors, _ = _tiny()
    vectors = vectors.clone()
    vectors[:, 1] = -12.0
    true = network.split(vectors)
    assert layout_loss(true, true, scales_of(true)) == 0
    elsewhere = vectors.clone()
    elsewhere[:, 4 + 9 : 4 + 9 + 15] += 3.0
    assert layout_loss(network.split(elsewhere), true, scales_of(true)) == 0
    shown = vectors.clone()
    shown[:, 1] = 2.0
    assert layout_loss(network.split(shown), true, scales_of(true)) > 0.1


def test_phases_follow_each_other() -> None:
    assert phase_at(0.0) is PHASES[0]
    assert phase_at(0.0).width is None
    assert phase_at(2.0) is PHASES[-1]
    assert [phase.until for phase in PHASES] == sorted(phase.until for phase in PHASES)


def test_pictures_are_numbered_as_features_are(rooms: Path) -> None:
    write_rooms(rooms, 100, 2)
    data = RoomData(rooms)
    plain, mirrored = data.pictures([7]), data.pictures([15])
    assert torch.equal(plain, mirrored.flip(-1))
    known = known_rooms(rooms, new_model().looks.eval())
    assert known.vectors.shape == (16, output_width(len(BLOBS), WIDTH, WIDTH))
    features = data.all_features().pick(slice(7, 8))
    torch.testing.assert_close(known.vectors[7:8], vectors_of(new_model().looks, features))


def test_the_weights_file_gets_the_encoder(rooms: Path, weights: Path, tmp_path: Path) -> None:
    before, metadata = load_weights(weights)[0], read_metadata(weights)
    out = run_encoder_recipe(rooms, Stage(weights, tmp_path / "run", 0.001, out=tmp_path / "out.safetensors"))
    after = load_weights(out)[0]
    assert before.inverter is None
    assert after.inverter is not None
    for name, value in before.state_dict().items():
        assert torch.equal(after.state_dict()[name], value)
    kept = read_metadata(out)
    assert {name: kept[name] for name in metadata} == metadata
    assert "steps" in kept["encoder_note"]
    assert (tmp_path / "run" / "encoder.png").exists()
    assert out.stat().st_size < 10e6
    again = run_encoder_recipe(rooms, Stage(out, tmp_path / "run", 0.002, resumed=True))
    assert again == out
    assert load_weights(out)[0].inverter is not None


def test_inversion_is_reported(rooms: Path, weights: Path, tmp_path: Path) -> None:
    report = evaluate_file(rooms, weights, layouts=30)
    assert report.inversion is None
    assert "no encoder" in render_report(report)
    run_encoder_recipe(rooms, Stage(weights, tmp_path / "run", 0.001))
    write_moved_bed(rooms, 0, 6)
    report = evaluate_file(rooms, weights, layouts=30, inversions=1, inversion_steps=3)
    figures = report.inversion
    assert figures is not None
    assert (figures.rooms, figures.fitted_rooms, figures.moved_rooms) == (6, 1, 1)
    assert figures.fitted > figures.first
    assert [found.kind for found in figures.found] == list(BLOBS)
    assert all(0 <= found.told <= 1 and found.distance >= 0 for found in figures.found)
    text = render_report(report)
    assert "after optimisation" in text
    assert "lamp " in text


def test_what_is_found_is_told_thing_by_thing(rooms: Path) -> None:
    features = RoomData(rooms).all_features()
    vectors = vectors_of(new_model().looks, features)
    right = found_figures(split_layout_vector(vectors, WIDTH, WIDTH), features)
    assert all(one.told == 1 and one.distance < 0.02 for one in right)
    vectors[:, 1 : len(BLOBS) + 1] *= -1
    assert all(one.told == 0 for one in found_figures(split_layout_vector(vectors, WIDTH, WIDTH), features))
