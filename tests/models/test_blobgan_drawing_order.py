"""Which blob hides which: read off structures where the weights can tell, by row where they cannot."""

from __future__ import annotations

import pytest
import torch
from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.checkpoint import load
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.drawing_order import DrawingOrder
from maquette.models.blobgan.layers import filtered_each, fir_kernel
from maquette.models.blobgan.network import BlobGan, BlobGanShape
from maquette.models.blobgan.sampling import LayoutSampler
from maquette.models.blobgan.scene_layout import scene_of_layout
from torch.nn import functional

SHAPE = BlobGanShape(3, 6, 8, DecoderShape(4, 5, {8: 6, 16: 4}), ordered=True)


def ordered_network() -> BlobGan:
    torch.manual_seed(0)
    network = BlobGan(SHAPE).eval()
    network.drawing_order.weight.normal_()
    network.drawing_order.bias.copy_(torch.tensor([100.0, 0.0, 0.0]))
    return network


def test_the_farthest_blob_is_drawn_first():
    order = DrawingOrder(3, 2)
    order.weight[:, 0] = 1.0
    structures = torch.tensor([[[9.0, 0.0], [1.0, 0.0], [3.0, 0.0], [2.0, 0.0]]])
    assert order(structures).tolist() == [[1, 2, 0]]


def test_equal_depths_keep_the_order_of_the_rows():
    assert DrawingOrder(4, 2)(torch.randn(1, 5, 2)).tolist() == [[0, 1, 2, 3]]


def test_a_blob_may_follow_another_row():
    order = DrawingOrder(3, 1)
    order.weight[:] = 1.0
    order.row[2], order.bias[2] = 1.0, -0.5
    near_bed = torch.tensor([[[0.0], [2.0], [4.0], [9.0]]])
    assert order(near_bed).tolist() == [[1, 0, 2]]


def test_a_sampled_scene_lists_its_blobs_in_drawing_order():
    network = ordered_network()
    sampler = LayoutSampler(network)
    parts = sampler.parts(5, 0.0)
    order = sampler.order(parts)
    scene = scene_of_layout(parts, model_id="m", model_digest="", names=("a", "b", "c"), id_prefix="5", order=order)
    assert [blob.name for blob in scene.blobs] == [("a", "b", "c")[index] for index in order]
    assert scene.blobs[0].name == "a"
    assert {blob.appearance.row for blob in scene.blobs} == {1, 2, 3}


def test_styles_from_another_seed_change_no_drawing_order():
    sampler = LayoutSampler(ordered_network())
    assert sampler.order(sampler.mixed_parts(5, 6, 7, 0.0)) == sampler.order(sampler.parts(5, 0.0))


def test_weights_without_an_order_sample_in_the_order_of_their_rows():
    network = BlobGan(BlobGanShape(3, 6, 8, SHAPE.decoder)).eval()
    sampler = LayoutSampler(network)
    assert sampler.order(sampler.parts(1, 0.0)) is None


def test_the_order_is_kept_with_the_weights():
    network = ordered_network()
    again = load(network.state_dict(), 8, network.shape.area_normaliser)
    structures = torch.randn(5, 4, 4)
    assert torch.equal(again.drawing_order(structures), network.drawing_order(structures))


def test_a_damaged_order_is_refused():
    tensors = ordered_network().state_dict()
    tensors["drawing_order.row"] = torch.tensor([1.0, 2.0, 9.0])
    with pytest.raises(MaquetteError) as caught:
        load(tensors, 8)
    assert caught.value.reason is Reason.CHECKPOINT_CORRUPT


def test_the_gradient_of_a_filter_is_that_of_a_depthwise_convolution():
    taps = fir_kernel(4.0).repeat(3, 1, 1, 1) * torch.tensor([1.0, -2.0, 0.5])[:, None, None, None]
    features = torch.randn(2, 3, 9, 7, requires_grad=True)
    weights = torch.randn(2, 3, 8, 6)
    ours = filtered_each(features, taps)
    (ours * weights).sum().backward()
    mine, features.grad = features.grad, None
    torchs = functional.conv2d(features, taps, padding=1, groups=3)
    (torchs * weights).sum().backward()
    torch.testing.assert_close(ours, torchs)
    torch.testing.assert_close(mine, features.grad)
