from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from blobgan_rooms import room_features, untrained_weights, write_rooms
from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.layout_network import LayoutNetwork, layout_of, output_width, split_layout_vector
from maquette.models.blobgan.training_layouts import (
    Standard,
    folded,
    frechet_distance,
    look_slices,
    mean_latent,
    rows_present,
    standard_of,
    start_linear,
)
from maquette.training.blobgan_features import AREA_NORMALISER, BLOBS, features_of, labels_of
from maquette.training.blobgan_layouts import (
    CHECKPOINT,
    LayoutTrainer,
    NoiseRooms,
    described_rooms,
    run_layouts,
    statistics_of,
    steady_shapes,
    vectors_of,
)
from maquette.training.blobgan_recipe import WIDTH, new_model
from maquette.training.blobgan_weights import load_weights
from maquette.training.checkpoints import Stage, load_checkpoint, save_checkpoint
from maquette.training.rooms.noise import NOISE_WIDTH, describe_noise, describe_shards, noise_shard, noise_slots
from maquette.training.rooms.types import Kind


def test_a_layout_vector_reads_back_as_the_layout() -> None:
    rooms = room_features(0, 8)
    looks = new_model().looks
    with torch.no_grad():
        layout = looks(rooms.labelled())
    read = layout_of(split_layout_vector(vectors_of(looks, rooms), WIDTH, WIDTH), AREA_NORMALISER)
    torch.testing.assert_close(read.positions, layout.positions.clamp(0.0025, 0.9975), atol=1e-4, rtol=0)
    torch.testing.assert_close(read.sizes, layout.sizes)
    torch.testing.assert_close(read.covariances, layout.covariances, atol=1e-6, rtol=1e-3)
    torch.testing.assert_close(read.structures, layout.structures, atol=1e-4, rtol=0)
    torch.testing.assert_close(read.styles, layout.styles, atol=1e-4, rtol=0)


def test_folding_moves_the_standard_into_the_last_layer() -> None:
    torch.manual_seed(0)
    standard = Standard(torch.randn(12), torch.rand(12) + 0.1)
    network, noise = LayoutNetwork(4, 8, 12), torch.randn(5, 4)
    torch.testing.assert_close(folded(network, standard)(noise), standard.decode(network(noise)), atol=1e-3, rtol=1e-3)


def test_what_is_absent_means_nothing() -> None:
    vectors = torch.randn(200, output_width(3, 2, 4), generator=torch.Generator().manual_seed(0))
    present = rows_present(vectors, 3, 6)
    assert present.shape == vectors.shape
    assert not present[:, 0].any()
    assert present[:, 1:10].all()
    for blob in range(3):
        rows = present[:, 10 + 12 * blob : 22 + 12 * blob]
        assert torch.equal(rows, (vectors[:, 1 + blob, None] > 0).expand(-1, 12))
    changed = torch.where(present, vectors, 100.0)
    one, other = (standard_of(each, present, 3, (2, 4)) for each in (vectors, changed))
    torch.testing.assert_close(one.mean, other.mean)
    torch.testing.assert_close(one.scale, other.scale)


def test_a_whole_look_counts_as_much_as_a_coordinate() -> None:
    vectors = torch.randn(4000, output_width(2, 8, 4), generator=torch.Generator().manual_seed(0)) * 3 + 1
    vectors[:, :3] = 5.0 + torch.rand(4000, 3)
    standard = standard_of(vectors, rows_present(vectors, 2, 12), 2, (8, 4))
    power = standard.encode(vectors).square().mean(dim=0)
    looks = look_slices(2, (8, 4))
    assert len(looks) == 6
    for look in looks:
        assert float(power[look].sum()) == pytest.approx(1.0, rel=0.1)
    assert float(power[looks[1].stop]) == pytest.approx(1.0, rel=0.1)


def test_the_network_can_begin_as_a_linear_map() -> None:
    torch.manual_seed(0)
    noise = torch.nn.functional.normalize(torch.randn(400, 6), dim=1) * 6**0.5
    targets = noise @ torch.randn(6, 3) + 2
    network = LayoutNetwork(6, 16, 3)
    start_linear(network, noise, targets, disorder=0.0)
    assert (network(noise) - targets).square().mean() < 0.01 * targets.var()


@cache
def described(count: int) -> NoiseRooms:
    shard = noise_shard(range(count), noise_slots())
    vectors = vectors_of(new_model().looks, features_of(labels_of(shard)))
    noise, equal = (torch.from_numpy(shard[name].astype(np.float32)) for name in ("noise", "equal"))
    return NoiseRooms(noise, equal, vectors)


def test_training_brings_layouts_nearer_to_those_of_the_rooms() -> None:
    rooms = described(24)
    # With so little noise no linear map can tell the rooms apart.
    rooms = NoiseRooms(rooms.noise[:, :6], rooms.noise[:, :6, None].expand(-1, -1, 2), rooms.vectors)
    rooms = rooms.part(torch.arange(24).repeat(20))
    trainer = LayoutTrainer(rooms)
    before = trainer.unseen_loss()
    losses = [trainer.step(1.0) for _ in range(30)]
    assert sum(losses[-5:]) < sum(losses[:5])
    assert trainer.unseen_loss() < before
    network = trainer.finished()
    assert network(torch.randn(2, network.noise_width)).shape == (2, rooms.vectors.shape[1])
    assert mean_latent(network, 50).shape == (1, network.mlp[-1].get_parameter("weight").shape[1])


def test_other_noise_of_a_room_is_the_same_room() -> None:
    rooms = described(24)
    other = rooms.drawn(torch.Generator().manual_seed(1))
    changed = other.noise != rooms.noise
    assert 0.2 < changed.float().mean() < 0.6
    slots = noise_slots()
    for before, after in zip(rooms.noise[:6], other.noise[:6], strict=True):
        assert repr(describe_noise(before.numpy(), slots)) == repr(describe_noise(after.numpy(), slots))


def test_a_resumed_run_does_the_same_steps(tmp_path: Path) -> None:
    first, second = LayoutTrainer(described(24)), LayoutTrainer(described(24), seed=1)
    first.step(1.0)
    save_checkpoint(tmp_path / CHECKPOINT, first, 3.0)
    assert load_checkpoint(tmp_path / CHECKPOINT, second) == 3.0
    assert first.step(0.5) == second.step(0.5)


def test_the_layouts_of_a_weights_file_can_be_trained_again(tmp_path: Path) -> None:
    write_rooms(tmp_path, 0, 6)
    weights = untrained_weights(tmp_path / "before.safetensors", tmp_path)
    list(describe_shards(tmp_path, 0, 8, per_shard=8))
    out = tmp_path / "after.safetensors"
    assert run_layouts(tmp_path, Stage(weights, tmp_path / "kept", 0.5, out=out)) == out
    (before, looks), (after, same_looks) = load_weights(weights), load_weights(out)
    assert after.shape.noise_width == NOISE_WIDTH
    for one, other in ((before.generator_ema, after.generator_ema), (looks, same_looks)):
        for name, value in one.state_dict().items():
            assert torch.equal(value, other.state_dict()[name])
    hidden = after.layout_net_ema.hidden(torch.randn(2000, NOISE_WIDTH)).mean(dim=0)
    torch.testing.assert_close(after.mean_latent.flatten(), hidden, atol=0.3, rtol=0.3)
    with pytest.raises(MaquetteError) as error:
        run_layouts(tmp_path, Stage(weights, tmp_path / "kept", 0.5, out=out))
    assert error.value.reason is Reason.INVALID_ARGUMENT


def test_without_described_rooms_it_says_how_to_get_some(tmp_path: Path) -> None:
    write_rooms(tmp_path, 0, 6)
    weights = untrained_weights(tmp_path / "before.safetensors", tmp_path)
    with pytest.raises(MaquetteError, match=r"no described rooms.*describe-rooms") as error:
        run_layouts(tmp_path, Stage(weights, tmp_path / "kept", 0.5))
    assert error.value.reason is Reason.CONTENT_NOT_FOUND


def test_described_rooms_come_with_their_mirror_images(tmp_path: Path) -> None:
    list(describe_shards(tmp_path, 0, 6, per_shard=6))
    rooms = described_rooms(tmp_path, new_model().looks)
    assert len(rooms.noise) == len(rooms.vectors) == 12
    places = statistics_of(rooms.vectors).reshape(12, len(BLOBS), -1)
    first = BLOBS.index(Kind.WINDOW)
    own, mirrored = places[:6, first:], places[6:, first:]
    seen = own[..., 0] > 0
    assert torch.equal(seen, mirrored[..., 0] > 0)
    # Places are counted in quarters of the picture.
    torch.testing.assert_close(own[seen][:, 1], 4 - mirrored[seen][:, 1], atol=1e-3, rtol=0)


def test_the_frechet_distance_of_normal_distributions_is_the_known_one() -> None:
    generator = torch.Generator().manual_seed(0)
    one = torch.randn(20_000, 2, generator=generator)
    other = torch.randn(20_000, 2, generator=generator) * 2 + torch.tensor([3.0, 0.0])
    assert frechet_distance(one, one) == pytest.approx(0.0, abs=1e-6)
    assert frechet_distance(one, other) == pytest.approx(9 + 2, rel=0.03)


def test_shapes_of_a_kind_are_near_each_other_and_of_the_same_ellipses() -> None:
    rooms = room_features(0, 24)
    aspects, angles = steady_shapes(rooms)
    seen = torch.from_numpy(rooms.sizes > 0)
    before, after = torch.from_numpy(rooms.angles)[seen], angles[seen]
    torch.testing.assert_close(torch.cos(2 * before), torch.cos(2 * after), atol=1e-5, rtol=0)
    torch.testing.assert_close(torch.sin(2 * before), torch.sin(2 * after), atol=1e-5, rtol=0)
    assert torch.equal(aspects[seen], torch.from_numpy(rooms.aspects)[seen])
    lamp = BLOBS.index(Kind.LAMP)
    assert float((angles[:, lamp] - math.pi / 2)[seen[:, lamp]].abs().max()) < 0.3
