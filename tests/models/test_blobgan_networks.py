from __future__ import annotations

import math

import pytest
import torch
from maquette.models.blobgan.architecture import mean_latent_of
from maquette.models.blobgan.inverter import Inverter
from maquette.models.blobgan.layers import doubled, fir_kernel
from maquette.models.blobgan.layout_network import (
    LayoutNetwork,
    blob_count_of,
    layout_of,
    output_width,
    split_layout_vector,
)
from maquette.models.blobgan.splatting import Layout
from model_helpers import difference, randomised, small_blobgan
from torch.nn import functional


def _layout(batch: int, seed: int = 0) -> Layout:
    generator = torch.Generator().manual_seed(seed)
    vector = small_blobgan().layout_net_ema(torch.randn(batch, 8, generator=generator)).detach()
    return layout_of(split_layout_vector(vector, 12, 6), 0.02)


def _leaves(layout: Layout) -> list[torch.Tensor]:
    return [layout.positions, layout.sizes, layout.covariances, layout.structures, layout.styles]


SHAPED = pytest.mark.parametrize("shaped", [False, True], ids=["ellipses", "silhouettes"])


@SHAPED
def test_a_batch_is_its_samples_one_by_one(shaped: bool) -> None:
    network, layout = small_blobgan(shaped=shaped), _layout(3)
    together = network.decode(layout)
    for index in range(3):
        one = Layout(*(tensor[index : index + 1] for tensor in _leaves(layout)))
        assert difference(network.decode(one), together[index : index + 1]) < 1e-4


@SHAPED
def test_folding_changes_nothing(shaped: bool) -> None:
    network, layout = small_blobgan(shaped=shaped), _layout(1)
    trained = network.decode(layout).detach()
    network.generator_ema.fold()
    assert difference(network.decode(layout).detach(), trained) < 1e-5


@SHAPED
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_every_parameter_and_every_part_of_the_layout_is_trained(dtype: torch.dtype, shaped: bool) -> None:
    network = small_blobgan(shaped=shaped)
    layout = Layout(*(tensor.clone().requires_grad_() for tensor in _leaves(_layout(2))))
    noises = [torch.randn(2, 1, size, size) for size in network.generator_ema.noise_sizes]
    network.decode(layout, noises, dtype).square().mean().backward()
    trained = {**dict(network.generator_ema.named_parameters()), **dict(enumerate(_leaves(layout)))}
    for name, parameter in trained.items():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert float(parameter.grad.abs().max()) > 0, name


@SHAPED
def test_gradients_are_those_of_finite_differences(shaped: bool) -> None:
    network, layout = small_blobgan(shaped=shaped).double(), _layout(1)
    doubles = [tensor.double() for tensor in _leaves(layout)]
    positions = doubles[0].clone().requires_grad_()

    def loss(places: torch.Tensor) -> torch.Tensor:
        picture = network.decode(Layout(places, *doubles[1:]), dtype=torch.float64)
        return picture.double().square().mean()

    loss(positions).backward()
    assert positions.grad is not None
    step = torch.zeros_like(positions)
    step[0, 1, 0] = 1e-4
    with torch.no_grad():
        slope = float((loss(positions + step) - loss(positions - step)) / 2e-4)
    assert float(positions.grad[0, 1, 0]) == pytest.approx(slope, rel=2e-2)


def test_upsampling_is_zero_insertion_and_the_fir_filter() -> None:
    picture = torch.randn(1, 3, 5, 6)
    inserted = torch.zeros(1, 3, 10, 12)
    inserted[..., ::2, ::2] = picture
    kernel = fir_kernel(4.0).repeat(3, 1, 1, 1)
    expected = functional.conv2d(functional.pad(inserted, (2, 1, 2, 1)), kernel, groups=3)
    assert difference(doubled(picture), expected) < 1e-6


@pytest.mark.parametrize("blob_count", [0, 1, 10, 68])
def test_the_number_of_blobs_is_read_off_the_vector_s_length(blob_count: int) -> None:
    outputs = output_width(blob_count, 768, 512)
    assert blob_count_of(outputs, 768, 512) == blob_count
    assert blob_count_of(outputs + 1, 768, 512) is None
    assert output_width(10, 768, 512) == 14151


def test_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="fits no number of blobs"):
        split_layout_vector(torch.zeros(1, 100), 12, 6)


def test_truncation_goes_to_the_mean() -> None:
    network = LayoutNetwork(8, 16, 30)
    randomised(network)
    noise, mean = torch.randn(4, 8), torch.randn(1, 16)
    assert torch.equal(network(noise, mean, 0.0), network(noise))
    assert difference(network(noise, mean, 1.0), network.output(mean).expand(4, -1)) < 1e-4
    half = network.output((network.hidden(noise) + mean) / 2)
    assert difference(network(noise, mean, 0.5), half) < 1e-4


def test_the_mean_latent_is_the_mean() -> None:
    network = small_blobgan()
    with torch.no_grad():
        other = network.layout_net_ema.hidden(torch.randn(20_000, 8)).mean(0, keepdim=True)
        spread = network.layout_net_ema.hidden(torch.randn(1000, 8)).std(0).max()
    assert difference(mean_latent_of(network), other) < 0.1 * float(spread)


def test_the_inverter_has_the_published_names_and_puts_out_a_layout_vector() -> None:
    inverter = Inverter({4: 8, 8: 6, 16: 4}, outputs=29)
    shapes = {name: tuple(tensor.shape) for name, tensor in inverter.state_dict().items()}
    assert shapes["convs.0.0.weight"] == (4, 3, 1, 1)
    assert shapes["convs.1.conv1.0.weight"] == (4, 4, 3, 3)
    assert shapes["convs.1.conv2.1.weight"] == (6, 4, 3, 3)
    assert shapes["convs.1.conv2.2.bias"] == (6,)
    assert shapes["convs.2.skip.1.weight"] == (8, 6, 1, 1)
    assert shapes["final_conv.0.weight"] == (8, 8, 3, 3)
    assert shapes["final_linear.0.weight"] == (8, 8 * 16)
    assert shapes["final_linear.1.weight"] == (29, 8)
    assert inverter(torch.zeros(2, 3, 16, 16)).shape == (2, 29)


def test_an_inverter_block_written_out() -> None:
    block = Inverter({4: 2, 8: 3}, outputs=1).convs[1]
    features = torch.randn(1, 3, 8, 8)
    weights = dict(block.named_parameters())

    def activated(values: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        return functional.leaky_relu(values + bias[:, None, None], 0.2) * math.sqrt(2)

    def blurred(values: torch.Tensor, padding: int) -> torch.Tensor:
        return functional.conv2d(values, fir_kernel().repeat(3, 1, 1, 1), padding=padding, groups=3)

    main = functional.conv2d(features, weights["conv1.0.weight"] / math.sqrt(27), padding=1)
    main = activated(main, weights["conv1.1.bias"])
    main = functional.conv2d(blurred(main, 2), weights["conv2.1.weight"] / math.sqrt(27), stride=2)
    main = activated(main, weights["conv2.2.bias"])
    skip = functional.conv2d(blurred(features, 1), weights["skip.1.weight"] / math.sqrt(3), stride=2)
    assert difference(block(features), (main + skip) / math.sqrt(2)) < 1e-5
