from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
import torch
from encoder_helpers import encoding_blobgan, official_encoder, save_official_encoder, straight_line
from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.checkpoint import load
from maquette.models.blobgan.inverter import Inverter, inverter_channels
from maquette.models.blobgan.verbs import BlobGanModel
from maquette.models.importing import import_model
from maquette.models.registry import load_model
from maquette.models.requests import ImportModel, ImportReport
from maquette.store.catalogue import Catalogue
from model_helpers import GOLDEN, finished, small_blobgan

OFFICIAL = GOLDEN / "blobgan_official_style.ckpt"
CHANNELS = (3, 4, 5, 6, 7, 8)
"""From 128 pixels down to 4."""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "embedded", tmp_path / "data")


def _outputs() -> int:
    from maquette.models.torch_archive import TorchArchive, archived_tensors

    with TorchArchive(OFFICIAL) as archive:
        content = archive.content()
        assert isinstance(content, dict)
        return archived_tensors(archive, content["state_dict"])["layout_net_ema.mlp.8.weight"].shape[0]


def _beside(folder: Path, name: str = "bedrooms") -> Path:
    (folder / f"{name}.ckpt").write_bytes(OFFICIAL.read_bytes())
    return folder / f"{name}.ckpt"


def _imported(catalogue: Catalogue, path: Path, companion: str = "") -> tuple[ImportReport, BlobGanModel]:
    report = finished(import_model(ImportModel(str(path), "", companion), catalogue))
    model = load_model(catalogue.get(report.model.id), torch.device("cpu"))
    assert isinstance(model, BlobGanModel)
    return report, model


def _refusal(catalogue: Catalogue, request: ImportModel) -> MaquetteError:
    with pytest.raises(MaquetteError) as refusal:
        finished(import_model(request, catalogue))
    assert not list(catalogue.imported_path("x").parent.glob("*"))
    return refusal.value


def test_the_whole_encoder_written_out() -> None:
    tensors = official_encoder(29, (3, 5, 4, 6))
    own = {name.removeprefix("inverter."): value for name, value in tensors.items() if name.startswith("inverter.")}
    inverter = Inverter(inverter_channels({name: tuple(value.shape) for name, value in own.items()}), 29)
    inverter.load_state_dict({name: value for name, value in own.items() if not name.endswith(".kernel")})
    pictures = torch.rand(2, 3, 32, 32) * 2 - 1
    torch.testing.assert_close(inverter(pictures), straight_line(tensors, pictures), atol=1e-4, rtol=1e-4)


def test_the_encoder_beside_the_checkpoint_is_found(catalogue: Catalogue, tmp_path: Path) -> None:
    tensors = official_encoder(_outputs(), CHANNELS)
    save_official_encoder(tmp_path / "bedrooms_invert.ckpt", tensors)
    report, model = _imported(catalogue, _beside(tmp_path))
    assert any("encoder was added; 2 other tensors" in note for note in report.notes)
    assert not any(key.startswith(("inverter.", "L_LPIPS.")) for key in report.unused_keys)
    pictures = torch.rand(1, 3, 128, 128) * 2 - 1
    assert model.network.inverter is not None
    torch.testing.assert_close(model.network.inverter(pictures), straight_line(tensors, pictures), atol=1e-3, rtol=1e-3)


def test_an_encoder_may_be_named_and_the_mean_latent_is_still_found(catalogue: Catalogue, tmp_path: Path) -> None:
    save_official_encoder(tmp_path / "elsewhere.ckpt", official_encoder(_outputs(), CHANNELS))
    (tmp_path / "bedrooms_mean_latent.pt").write_bytes((GOLDEN / "blobgan_mean_latent.pt").read_bytes())
    report, model = _imported(catalogue, _beside(tmp_path), str(tmp_path / "elsewhere.ckpt"))
    assert model.network.inverter is not None
    assert not any("mean latent" in note for note in report.notes)


def test_without_an_encoder_the_model_has_none(catalogue: Catalogue, tmp_path: Path) -> None:
    _, model = _imported(catalogue, _beside(tmp_path))
    assert model.network.inverter is None


def test_a_link_to_an_encoder_is_not_followed(catalogue: Catalogue, tmp_path: Path) -> None:
    save_official_encoder(tmp_path / "real.ckpt", official_encoder(_outputs(), CHANNELS))
    os.symlink(tmp_path / "real.ckpt", tmp_path / "bedrooms_invert.ckpt")
    _, model = _imported(catalogue, _beside(tmp_path))
    assert model.network.inverter is None


def test_an_encoder_alone_says_what_to_do(catalogue: Catalogue, tmp_path: Path) -> None:
    save_official_encoder(tmp_path / "bedrooms_invert.ckpt", official_encoder(_outputs(), CHANNELS))
    refusal = _refusal(catalogue, ImportModel(str(tmp_path / "bedrooms_invert.ckpt"), "x"))
    assert refusal.reason is Reason.MODEL_UNSUPPORTED
    assert "'bedrooms.ckpt'" in refusal.action


@pytest.mark.parametrize(
    ("outputs", "channels", "key", "tensor"),
    [
        (0, CHANNELS, "inverter.final_linear.1.weight", torch.zeros(7, 8)),
        (0, CHANNELS, "inverter.final_conv.0.weight", torch.zeros(8, 7, 3, 3)),
        (0, CHANNELS, "inverter.final_conv.1.bias", torch.full((8,), float("nan"))),
        (0, CHANNELS, "inverter.convs.2.conv2.1.weight", torch.zeros(5)),
        (0, CHANNELS, "inverter.convs.0.0.weight", None),
        (0, CHANNELS[1:], "inverter.extra", torch.zeros(1)),
        (0, CHANNELS, "inverter.convs.1.conv1.1.bias", torch.zeros(0)),
    ],
)
def test_encoders_that_do_not_fit_are_refused(
    outputs: int,
    channels: tuple[int, ...],
    key: str,
    tensor: torch.Tensor | None,
    catalogue: Catalogue,
    tmp_path: Path,
) -> None:
    tensors = {**official_encoder(_outputs(), channels), key: tensor}
    save_official_encoder(tmp_path / "bedrooms_invert.ckpt", {k: v for k, v in tensors.items() if v is not None})
    refusal = _refusal(catalogue, ImportModel(str(_beside(tmp_path)), "x"))
    assert refusal.reason is Reason.CHECKPOINT_CORRUPT


def test_an_encoder_with_another_filter_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    tensors = {**official_encoder(_outputs(), CHANNELS), "inverter.convs.1.skip.0.kernel": torch.ones(4, 4)}
    save_official_encoder(tmp_path / "bedrooms_invert.ckpt", tensors)
    refusal = _refusal(catalogue, ImportModel(str(_beside(tmp_path)), "x"))
    assert refusal.reason is Reason.MODEL_UNSUPPORTED


def test_a_hostile_encoder_writes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bedrooms_invert.ckpt", "w") as archive:
        archive.writestr("evil/data.pkl", b"cos\nsystem\n(S'touch sentinel'\ntR.")
    refusal = _refusal(catalogue, ImportModel(str(_beside(tmp_path)), "x"))
    assert refusal.reason is Reason.CHECKPOINT_UNSAFE


def test_files_without_an_encoder_load_as_before() -> None:
    network = small_blobgan()
    assert load(network.state_dict(), 8).inverter is None
    encoding = encoding_blobgan()
    again = load(encoding.state_dict(), 8).inverter
    assert again is not None
    assert encoding.inverter is not None
    pictures = torch.rand(1, 3, 32, 32)
    torch.testing.assert_close(again(pictures), encoding.inverter(pictures))
