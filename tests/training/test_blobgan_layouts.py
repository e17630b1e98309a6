from __future__ import annotations

import math

import pytest
import torch
from blobgan_rooms import room_features
from maquette.models.blobgan.layout_network import LayoutNetwork, layout_of, split_layout_vector
from maquette.models.blobgan.training_layouts import (
    NoiseCode,
    folded,
    frechet_distance,
    mean_latent,
    principal_components,
    start_linear,
)
from maquette.training.blobgan_features import AREA_NORMALISER, BLOBS
from maquette.training.blobgan_layouts import LayoutTrainer, steady_shapes, vectors_of
from maquette.training.blobgan_recipe import WIDTH, new_model
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


def test_folding_moves_the_components_into_the_last_layer() -> None:
    torch.manual_seed(0)
    vectors = torch.randn(50, 12) @ torch.randn(12, 12)
    components = principal_components(vectors, torch.ones(12), 12)
    torch.testing.assert_close(components.decode(components.encode(vectors)), vectors, atol=1e-3, rtol=1e-3)
    network, noise = LayoutNetwork(4, 8, 12), torch.randn(5, 4)
    torch.testing.assert_close(
        folded(network, components)(noise), components.decode(network(noise)), atol=1e-3, rtol=1e-3
    )


def test_the_network_can_begin_as_a_linear_map() -> None:
    torch.manual_seed(0)
    noise = torch.nn.functional.normalize(torch.randn(400, 6), dim=1) * 6**0.5
    targets = noise @ torch.randn(6, 3) + 2
    network = LayoutNetwork(6, 16, 3)
    start_linear(network, noise, targets, disorder=0.0)
    assert (network(noise) - targets).square().mean() < 0.01 * targets.var()


def test_noise_of_rooms_is_normal_and_says_what_is_there() -> None:
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(300, 3, 7, generator=generator).exp()
    present = torch.rand(300, 3, generator=generator) > torch.tensor([0.0, 0.3, 0.6])
    present[:, 0] = True
    code = NoiseCode(rows, present, 11, generator)
    noise = code.noise(torch.arange(300), generator)
    assert noise.shape == (300, 11)
    assert noise.mean(dim=0).abs().max() < 0.3
    assert (torch.cov(noise.T) - torch.eye(11)).abs().max() < 0.4
    fit = torch.linalg.lstsq(noise, present[:, 2:].float() - 0.5).solution
    assert (((noise @ fit) > 0) == present[:, 2:]).float().mean() > 0.85


def test_training_brings_samples_nearer_to_the_rooms() -> None:
    vectors = vectors_of(new_model().looks, room_features(0, 8)).repeat(40, 1)
    vectors = vectors + 0.05 * torch.randn(vectors.shape, generator=torch.Generator().manual_seed(0))
    trainer = LayoutTrainer(vectors)
    losses = [trainer.step(1.0) for _ in range(30)]
    assert sum(losses[-5:]) < sum(losses[:5])
    network = trainer.finished()
    assert network(torch.randn(2, network.noise_width)).shape == (2, vectors.shape[1])
    assert mean_latent(network, 50).shape == (1, network.mlp[-1].get_parameter("weight").shape[1])


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
    assert float((angles[:, lamp] - math.pi / 2).abs().max()) < 0.3
