"""The published BlobGAN's outputs, reproduced through scenes, edits and the verbs' own rendering."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from maquette.models.blobgan.checkpoint import load
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.layout_network import layout_of, split_layout_vector
from maquette.models.blobgan.network import BlobGan, BlobGanShape
from maquette.models.blobgan.rendering import Renderer, Stopwatch, blob_map
from maquette.models.blobgan.scene_layout import scene_of_layout
from maquette.models.blobgan.splatting import composited_scores, score_pyramid, splatted
from maquette.models.blobgan.verbs import TASKS, BlobGanModel
from maquette.models.importing import import_model
from maquette.models.registry import load_model
from maquette.models.requests import ImportModel
from maquette.models.scene import Scene
from maquette.models.scene_edits import (
    CloneBlob,
    RemoveBlob,
    RestyleFromBlob,
    SceneEdit,
    SetEllipse,
    SetOrder,
    SetVisible,
    apply_edits,
)
from maquette.store.catalogue import Catalogue
from maquette.store.model_info import ModelInfo
from model_helpers import (
    GOLDEN,
    assert_pictures_agree,
    difference,
    filled_by_name,
    finished,
    golden,
    input_by_name,
)
from torch import Tensor

INFO = ModelInfo("golden", "blobgan", "Golden", TASKS, "", 128, 128, 0, area_normaliser=0.02)


@pytest.fixture(scope="module")
def io() -> dict[str, Tensor]:
    return {**golden("blobgan_small_io_min"), **golden("blobgan_small_io_edits")}


def _network(io: dict[str, Tensor]) -> BlobGan:
    return load({**golden("blobgan_small"), "mean_latent": io["in.mean_latent"]})


@pytest.fixture(scope="module")
def network(io: dict[str, Tensor]) -> BlobGan:
    return _network(io).requires_grad_(False)


@pytest.fixture(scope="module")
def model(io: dict[str, Tensor]) -> BlobGanModel:
    """Without noise, as the reference edits were rendered."""
    network = _network(io)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if name.endswith(".noise.weight"):
                parameter.zero_()
    return BlobGanModel(network, INFO)


def _scene(network: BlobGan, noise: Tensor, truncation: float = 0.0) -> Scene:
    vector = network.layout_net_ema(noise, network.mean_latent, truncation)
    parts = split_layout_vector(vector, network.shape.decoder.structure_width, network.shape.decoder.style_width)
    return scene_of_layout(parts, model_id="golden", model_digest="", names=(), id_prefix="z")


@pytest.fixture(scope="module")
def scene(network: BlobGan, io: dict[str, Tensor]) -> Scene:
    return _scene(network, io["in.z"])


def _picture(model: BlobGanModel, scene: Scene) -> Tensor:
    return finished(model.rendering(scene, Stopwatch())).rgb


def test_sizes_are_read_off_the_tensors(network: BlobGan) -> None:
    shape = network.shape
    assert (shape.blob_count, shape.noise_width, shape.hidden_width) == (5, 24, 48)
    assert shape.decoder == DecoderShape(32, 20, {16: 32, 32: 32, 64: 32, 128: 16})


def test_layout_network(network: BlobGan, io: dict[str, Tensor]) -> None:
    hidden = network.layout_net_ema.hidden(io["in.z"])
    assert difference(hidden, io["mlp.penultimate"]) < 1e-5
    parts = split_layout_vector(network.layout_net_ema.output(hidden), 32, 20)
    # Published sizes have a background entry first; it is never used.
    assert difference(parts.sizes, io["layout_net.sizes"][:, 1:]) < 1e-5
    assert difference(parts.shape_logits, io["layout_net.covs"]) < 1e-5
    places = torch.sigmoid(parts.position_logits)
    assert difference(places[..., 0], io["layout_net.xs"]) < 1e-5
    assert difference(places[..., 1], io["layout_net.ys"]) < 1e-5
    layout = layout_of(parts, 0.02)
    assert difference(layout.structures, io["layout_net.features"]) < 1e-5
    assert difference(layout.styles, io["layout_net.spatial_style"]) < 1e-5
    assert difference(layout.covariances, io["splat.covs"]) < 1e-5


def test_splatting(network: BlobGan, io: dict[str, Tensor]) -> None:
    layout = layout_of(split_layout_vector(network.layout_net_ema(io["in.z"]), 32, 20), 0.02)
    scores = composited_scores(layout.positions, layout.sizes, layout.covariances, 128)
    pyramid = score_pyramid(scores, 16)
    for width in (16, 32):
        assert difference(pyramid[width], io[f"splat.scores_{width}"]) < 1e-5
    assert difference(splatted(pyramid[16], layout.structures), io["splat.feature_grid"]) < 1e-5


def test_first_layer(network: BlobGan, io: dict[str, Tensor]) -> None:
    decoder, styles = network.generator_ema, io["layout_net.spatial_style"]
    scores, bias = io["splat.scores_16"], torch.zeros(32)
    convolved = decoder.conv1.conv(io["splat.feature_grid"], scores, styles, bias)
    # The activation's gain is part of the kernel.
    assert difference(convolved / math.sqrt(2), io["act.conv1.conv_only"]) < 1e-4
    features = decoder.conv1(io["splat.feature_grid"], scores, styles, None)
    assert difference(features, io["act.conv1"]) < 1e-4
    assert difference(decoder.to_rgb1(features, scores, styles, None), io["act.to_rgb1"]) < 1e-4


def test_picture_through_a_scene(model: BlobGanModel, scene: Scene, io: dict[str, Tensor]) -> None:
    picture = _picture(model, scene)
    assert_pictures_agree(picture, io["out.image"])
    assert_pictures_agree(picture, io["edit.identity.image"])


def test_picture_with_given_noise(network: BlobGan, scene: Scene, io: dict[str, Tensor]) -> None:
    noisy = BlobGanModel(_network(io), INFO)
    noises = [io[f"in.noise.{index}"] for index in range(7)]
    rendering = finished(noisy.renderer.render(noisy.layout(scene), noises, Stopwatch()))
    assert_pictures_agree(rendering.rgb, io["out.image_with_noise"])


@pytest.mark.parametrize("truncation", [0.4, 1.0])
def test_truncation(model: BlobGanModel, io: dict[str, Tensor], truncation: float) -> None:
    truncated = _scene(model.network, io["in.z"], truncation)
    assert_pictures_agree(_picture(model, truncated), io[f"out.image_truncate_{truncation:.1f}"])


def _resized(scene: Scene, index: int, size: float) -> SceneEdit:
    blob = scene.blobs[index]
    return SetEllipse(blob.id, replace(blob.ellipse, size=size))


def _edits(name: str, scene: Scene, io: dict[str, Tensor]) -> tuple[SceneEdit, ...]:
    first, second = scene.blobs[:2]
    sizes = io.get(f"edit.{name}.layout.sizes")
    xs, ys = io.get(f"edit.{name}.layout.xs"), io.get(f"edit.{name}.layout.ys")
    if name == "move":
        assert xs is not None
        assert ys is not None
        return (SetEllipse(first.id, replace(first.ellipse, x=float(xs[0, 0]), y=float(ys[0, 0]))),)
    if name in ("resize_up", "resize_down", "remove"):
        assert sizes is not None
        return (_resized(scene, 0, float(sizes[0, 1])),)
    if name == "rotate_0.7rad":
        return (SetEllipse(first.id, replace(first.ellipse, angle=first.ellipse.angle + 0.7)),)
    if name == "swap_style":
        return (RestyleFromBlob(first.id, second.id, 1.0), RestyleFromBlob(second.id, first.id, 1.0))
    if name == "reverse_depth_order":
        return (SetOrder(tuple(blob.id for blob in reversed(scene.blobs))),)
    assert name == "clone_append"
    assert xs is not None
    assert ys is not None
    ellipse = replace(first.ellipse, x=float(xs[0, -1]), y=float(ys[0, -1]))
    order = (*(blob.id for blob in scene.blobs), "clone")
    return (CloneBlob(first.id, "clone", ellipse), SetOrder(order))


@pytest.mark.parametrize(
    "name",
    [
        "move",
        "resize_up",
        "resize_down",
        "remove",
        "rotate_0.7rad",
        "swap_style",
        "clone_append",
        "reverse_depth_order",
    ],
)
def test_edit(name: str, model: BlobGanModel, scene: Scene, io: dict[str, Tensor]) -> None:
    edited = apply_edits(scene, _edits(name, scene, io))
    layout = model.layout(edited)
    expected = {
        key.removeprefix(f"edit.{name}.layout."): tensor
        for key, tensor in io.items()
        if key.startswith(f"edit.{name}.layout.")
    }
    ours = {
        "xs": layout.positions[..., 0],
        "ys": layout.positions[..., 1],
        "covs": layout.covariances,
        "features": layout.structures,
        "spatial_style": layout.styles,
    }
    for key, tensor in expected.items():
        if key != "sizes":
            assert difference(ours[key], tensor) < 1e-5
    rendering = finished(model.rendering(edited, Stopwatch()))
    coarse = score_pyramid(rendering.scores, 16)[16]
    assert difference(coarse, io[f"edit.{name}.scores_16"]) < 1e-5
    assert_pictures_agree(rendering.rgb, io[f"edit.{name}.image"])


def test_removing_and_hiding_look_like_the_published_removal(
    model: BlobGanModel, scene: Scene, io: dict[str, Tensor]
) -> None:
    blob_id = scene.blobs[0].id
    for edit in (RemoveBlob(blob_id), SetVisible(blob_id, visible=False)):
        assert_pictures_agree(_picture(model, apply_edits(scene, [edit])), io["edit.remove.image"])


def test_blob_maps(model: BlobGanModel, scene: Scene, io: dict[str, Tensor]) -> None:
    layout, colours = model.layout(scene), io["in.viz_colors"]
    assert difference(blob_map(layout, 128, colours), io["viz.blob_map_scorefn"]) < 1e-5
    scores = finished(model.rendering(scene, Stopwatch())).scores
    plain = torch.einsum("bkhw,kc->bchw", scores, colours)
    assert difference(plain, io["viz.blob_map_plain"]) < 1e-5


def test_official_style_checkpoint_imports_whole(tmp_path_factory: pytest.TempPathFactory) -> None:
    catalogue = Catalogue(tmp_path_factory.mktemp("embedded"), tmp_path_factory.mktemp("data"))
    request = ImportModel(
        str(GOLDEN / "blobgan_official_style.ckpt"), "official", str(GOLDEN / "blobgan_mean_latent.pt")
    )
    report = finished(import_model(request, catalogue))
    assert report.model.area_normaliser == pytest.approx(0.02)
    assert any(key.startswith("discriminator.") for key in report.unused_keys)
    assert not any(key.startswith("generator_ema.conv") for key in report.unused_keys)
    imported = load_model(catalogue.get("official"), torch.device("cpu"))
    assert isinstance(imported, BlobGanModel)
    expected = load(golden("blobgan_small")).state_dict()
    mean_latent = golden("blobgan_small_io_min")["in.mean_latent"]
    for name, tensor in imported.network.state_dict().items():
        assert torch.equal(tensor, mean_latent.reshape(1, -1) if name == "mean_latent" else expected[name])


def test_published_size() -> None:
    io = golden("blobgan_full_dev")
    channels = {16: 768, 32: 768, 64: 768, 128: 384, 256: 192}
    network = BlobGan(BlobGanShape(10, 512, 1024, DecoderShape(768, 512, channels)))
    filled_by_name(network)
    noise = input_by_name("z", (1, 512))
    assert torch.equal(noise, io["z"])
    renderer = Renderer(network)
    layout = layout_of(split_layout_vector(network.layout_net_ema(noise), 768, 512), 0.02)
    assert difference(layout.covariances, io["covs"]) < 1e-5
    assert difference(layout.positions, torch.stack((io["xs"], io["ys"]), -1)) < 1e-5
    noises = [
        input_by_name(f"noise.{index}", (1, 1, size, size))
        for index, size in enumerate(network.generator_ema.noise_sizes)
    ]
    for given, name in ((None, "image_zero_noise"), (noises, "image_noise")):
        rendering = finished(renderer.render(layout, given, Stopwatch()))
        assert_pictures_agree(rendering.rgb, io[name])
    assert difference(rendering.scores, io["scores_256"]) < 1e-5
    pyramid = score_pyramid(rendering.scores, 16)
    assert difference(pyramid[16], io["scores_16"]) < 1e-5
    assert difference(splatted(pyramid[16], layout.structures), io["feature_grid"]) < 1e-5
