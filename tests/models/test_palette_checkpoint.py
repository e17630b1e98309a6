"""Importing public Palettes, and refusing what only looks like one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import torch
from maquette.errors import MaquetteError, Reason
from maquette.models.importing import import_model
from maquette.models.palette.checkpoint import PREFIX, Extras, extras_of, load
from maquette.models.palette.denoiser import Prediction
from maquette.models.palette.verbs import PaletteModel
from maquette.models.registry import load_model
from maquette.models.requests import ImportModel
from maquette.store.catalogue import Catalogue
from model_helpers import GOLDEN, finished
from palette_helpers import NOISE_SHAPE, OWN_EXTRAS, OWN_SHAPE, random_network, small_palette_entry
from torch import Tensor

NETWORK = GOLDEN / "palette_200_Network.pth"


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "embedded", tmp_path / "data")


def _tensors() -> dict[str, Tensor]:
    return {PREFIX + name: tensor for name, tensor in random_network(OWN_SHAPE).state_dict().items()}


def _refusal(catalogue: Catalogue, path: Path) -> MaquetteError:
    with pytest.raises(MaquetteError) as refusal:
        finished(import_model(ImportModel(str(path), "x"), catalogue))
    assert not list(catalogue.imported_path("x").parent.glob("*"))
    return refusal.value


@pytest.mark.parametrize("average", [False, True])
def test_public_files_are_imported_with_and_without_the_schedule(
    average: bool, catalogue: Catalogue, tmp_path: Path
) -> None:
    published = torch.load(NETWORK, weights_only=True)
    path = NETWORK
    if average:
        path = tmp_path / "200_Network_ema.pth"
        torch.save({name: tensor for name, tensor in published.items() if name.startswith(PREFIX)}, path)
    report = finished(import_model(ImportModel(str(path), "faces"), catalogue))
    assert report.unused_keys == ()
    assert report.model.system == "palette"
    assert report.model.tasks == ("inpaint", "outpaint")
    assert (report.model.width, report.model.height) == (256, 256)
    model = load_model(catalogue.get("faces"), torch.device("cpu"))
    assert isinstance(model, PaletteModel)
    assert model.fill_side == 256
    for name, tensor in model.denoiser.network.state_dict().items():
        assert torch.equal(tensor, published[PREFIX + name])


def test_tasks_are_offered_by_the_name(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "colorization_mirflickr25k.pth"
    path.write_bytes(NETWORK.read_bytes())
    report = finished(import_model(ImportModel(str(path)), catalogue))
    assert report.model.tasks == ("colorize",)
    assert any("colorize" in note for note in report.notes)


def test_the_optimiser_s_state_is_no_network(catalogue: Catalogue, tmp_path: Path) -> None:
    state = {"epoch": 200, "iter": 1000, "schedulers": [], "optimizers": [{"state": {}, "param_groups": []}]}
    torch.save(state, tmp_path / "200.state")
    assert _refusal(catalogue, tmp_path / "200.state").reason is Reason.MODEL_UNSUPPORTED


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("cond_embed.0.weight", torch.zeros(4)),
        ("input_blocks.0.0.weight", torch.zeros(16, 5, 3, 3)),
        ("input_blocks.1.0.out_layers.3.weight", None),
        ("input_blocks.1.0.out_layers.3.weight", torch.zeros(12, 16, 3, 3)),
        ("middle_block.1.qkv.weight", torch.zeros(96, 31, 1)),
        ("middle_block.0.in_layers.2.bias", torch.full((32,), float("nan"))),
        ("output_blocks.1.1.in_layers.0.weight", None),
        ("output_blocks.3.0.in_layers.0.weight", None),
        ("out.2.weight", torch.zeros(4, 16, 3, 3)),
        ("out.2.weight", torch.zeros(0, 16, 3, 3)),
        ("extra.weight", torch.zeros(2)),
    ],
)
def test_tensors_that_do_not_fit_are_refused(
    name: str, tensor: Tensor | None, catalogue: Catalogue, tmp_path: Path
) -> None:
    network = random_network(NOISE_SHAPE)
    tensors = {PREFIX + key: value for key, value in network.state_dict().items()} | {PREFIX + name: tensor}
    torch.save({key: value for key, value in tensors.items() if value is not None}, tmp_path / "bad.pth")
    assert _refusal(catalogue, tmp_path / "bad.pth").reason is Reason.CHECKPOINT_CORRUPT


def test_a_file_that_claims_a_huge_network_is_refused_without_building_it() -> None:
    tensors = _tensors() | {f"{PREFIX}input_blocks.1.0.out_layers.3.weight": torch.zeros(1).expand(4096, 1, 1, 1)}
    with pytest.raises(MaquetteError) as refusal:
        load(tensors, OWN_EXTRAS)
    assert refusal.value.reason is Reason.CHECKPOINT_CORRUPT


def test_code_in_a_checkpoint_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "200_Network.pth", "w") as archive:
        archive.writestr("200_Network/data.pkl", b"cos\nsystem\n(S'touch sentinel'\ntR.")
    assert _refusal(catalogue, tmp_path / "200_Network.pth").reason is Reason.CHECKPOINT_UNSAFE


def test_half_a_file_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    content = NETWORK.read_bytes()
    (tmp_path / "half.pth").write_bytes(content[: len(content) // 2])
    assert _refusal(catalogue, tmp_path / "half.pth").reason is Reason.CHECKPOINT_CORRUPT


@pytest.mark.parametrize(
    ("name", "value"),
    [("prediction", "mood"), ("fold", "two"), ("fold", "0"), ("fold", "-1"), ("side", "1000000"), ("groups", "0")],
)
def test_headers_that_make_no_sense_are_refused(name: str, value: str) -> None:
    with pytest.raises(MaquetteError) as refusal:
        extras_of({**OWN_EXTRAS.metadata(), name: value})
    assert refusal.value.reason is Reason.CHECKPOINT_CORRUPT


@pytest.mark.parametrize("change", [{"groups": 5}, {"head_channels": 24}, {"fold": 3}, {"fold": 1}])
def test_headers_that_do_not_fit_the_tensors_are_refused(change: dict[str, int]) -> None:
    extras = extras_of({**OWN_EXTRAS.metadata(), **{name: str(value) for name, value in change.items()}})
    with pytest.raises(MaquetteError) as refusal:
        load(_tensors(), extras)
    assert refusal.value.reason is Reason.CHECKPOINT_CORRUPT


def test_what_a_header_does_not_say_is_as_published() -> None:
    assert extras_of({}) == Extras(Prediction.NOISE, 32, 32, 1, 256)
    assert extras_of(OWN_EXTRAS.metadata()) == OWN_EXTRAS


def test_own_weights_are_loaded_as_their_header_says(tmp_path: Path) -> None:
    model = load_model(small_palette_entry(tmp_path), torch.device("cpu"))
    assert isinstance(model, PaletteModel)
    assert model.fill_side == 16
    assert model.denoiser.prediction is Prediction.CORRECTION
    assert model.denoiser.has_mask
