from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from blobgan_rooms import room_features, tiny_batch, tiny_model, write_moved_bed, write_rooms
from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.training import PictureTrainer, picture_loss
from maquette.training.blobgan_data import RoomData
from maquette.training.blobgan_features import BLOBS
from maquette.training.blobgan_recipe import CHECKPOINT, learning_rate_share, load_average, new_model
from maquette.training.blobgan_run import run_recipe
from maquette.training.checkpoints import load_checkpoint, save_checkpoint
from maquette.training.rooms.noise import describe_shards
from maquette.training.rooms.types import Kind


def test_training_lowers_the_loss() -> None:
    labelled, pictures = tiny_batch()
    trainer = PictureTrainer(tiny_model())
    losses = [trainer.step(labelled, pictures, 1.0) for _ in range(40)]
    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:5])


def test_a_resumed_run_does_the_same_steps(tmp_path: Path) -> None:
    labelled, pictures = tiny_batch()
    first, second = PictureTrainer(tiny_model()), PictureTrainer(tiny_model(seed=1))
    first.step(labelled, pictures, 1.0)
    save_checkpoint(tmp_path / CHECKPOINT, first, 12.5)
    assert load_checkpoint(tmp_path / CHECKPOINT, second) == 12.5
    assert first.step(labelled, pictures, 0.5) == second.step(labelled, pictures, 0.5)
    for one, other in zip(first.average.parameters(), second.average.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_coarse_step_leaves_the_finest_layers_alone() -> None:
    labelled, pictures = tiny_batch()
    model = new_model()
    before = [weight.clone() for weight in model.decoder.to_rgbs[-1].parameters()]
    PictureTrainer(model).step(labelled, pictures, 1.0, resolution=32)
    for weight, old in zip(model.decoder.to_rgbs[-1].parameters(), before, strict=True):
        assert torch.equal(weight, old)


def test_equal_pictures_have_no_loss() -> None:
    pictures = torch.rand(2, 3, 32, 32)
    assert picture_loss(pictures, pictures) == 0
    assert picture_loss(pictures, pictures + 0.1) > 0


def test_the_learning_rate_ends_with_the_time() -> None:
    assert learning_rate_share(1000, 0.0, 60.0) == 1.0
    assert learning_rate_share(1000, 45.0, 60.0) == pytest.approx(0.25)
    assert learning_rate_share(1000, 61.0, 60.0) == 0.0


def test_rooms_that_are_finished_later_join(tmp_path: Path) -> None:
    write_rooms(tmp_path, 0, 8)
    data = RoomData(tmp_path)
    write_rooms(tmp_path, 100, 4)
    data.refresh()
    assert len(data) == 12
    assert len(data.all_features()) == 24


def test_batches_follow_from_the_seed(tmp_path: Path) -> None:
    write_rooms(tmp_path, 0, 8)
    one, other = (RoomData(tmp_path).batch(np.random.default_rng(5), 6) for _ in range(2))
    assert torch.equal(one.pictures, other.pictures)
    assert torch.equal(one.labelled.geometry, other.labelled.geometry)


def test_rooms_with_a_moved_thing_are_learned_from_but_their_layouts_are_not(tmp_path: Path) -> None:
    write_rooms(tmp_path, 0, 8)
    described = RoomData(tmp_path)
    write_moved_bed(tmp_path, 0, 8)
    data = RoomData(tmp_path)
    assert len(data) == len(described)
    assert np.array_equal(data.all_features().positions, described.all_features().positions)
    bed = data.all_features().positions[:, BLOBS.index(Kind.BED)]
    drawn = data.batch(np.random.default_rng(0), 64).labelled.positions[:, BLOBS.index(Kind.BED)].numpy()
    assert any(not (np.abs(bed - place).max(axis=1) < 1e-6).any() for place in drawn)


def test_a_moved_room_without_its_room_is_refused(tmp_path: Path) -> None:
    write_rooms(tmp_path, 100, 4)
    write_moved_bed(tmp_path, 0, 8)
    with pytest.raises(MaquetteError) as caught:
        RoomData(tmp_path)
    assert caught.value.reason is Reason.CONTENT_NOT_FOUND


def test_what_is_absent_stays_without_geometry_in_a_batch(tmp_path: Path) -> None:
    write_rooms(tmp_path, 0, 8)
    batch = RoomData(tmp_path).batch(np.random.default_rng(0), 16)
    absent = batch.labelled.sizes < 0
    assert absent.any()
    assert (batch.labelled.geometry[:, 1:][absent] == 0).all()


def test_a_run_needs_rooms(tmp_path: Path) -> None:
    with pytest.raises(MaquetteError) as caught:
        run_recipe(tmp_path / "rooms", tmp_path / "run", 1.0, resumed=False)
    assert caught.value.reason is Reason.CONTENT_NOT_FOUND


def test_a_run_needs_described_rooms_before_it_begins(tmp_path: Path) -> None:
    write_rooms(tmp_path / "rooms", 0, 8)
    with pytest.raises(MaquetteError, match="no described rooms"):
        run_recipe(tmp_path / "rooms", tmp_path / "run", 1.0, resumed=False)
    assert not (tmp_path / "run").exists()


def test_a_run_neither_overwrites_nor_invents_a_checkpoint(tmp_path: Path) -> None:
    write_rooms(tmp_path / "rooms", 0, 8)
    list(describe_shards(tmp_path / "rooms", 0, 4))
    with pytest.raises(MaquetteError, match="no checkpoint"):
        run_recipe(tmp_path / "rooms", tmp_path / "run", 1.0, resumed=True)
    save_checkpoint(tmp_path / "run" / CHECKPOINT, PictureTrainer(new_model()), 0.0)
    with pytest.raises(MaquetteError, match="another run"):
        run_recipe(tmp_path / "rooms", tmp_path / "run", 1.0, resumed=False)
    assert load_average(tmp_path / "run")(room_features(0, 8).pick(slice(0, 1)).labelled()).shape == (1, 3, 128, 128)
