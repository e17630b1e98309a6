from __future__ import annotations

import json
import os
import pickle
import zipfile
from pathlib import Path

import pytest
import torch
from maquette.errors import MaquetteError, Reason
from maquette.models.importing import import_model, model_id_of
from maquette.models.registry import load_model
from maquette.models.requests import ImportModel, RenderScene, SampleScene
from maquette.store.catalogue import Catalogue
from model_helpers import GOLDEN, finished, golden, reports_and_result, small_blobgan
from safetensors.torch import save_file

OFFICIAL = GOLDEN / "blobgan_official_style.ckpt"


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "embedded", tmp_path / "data")


def _refusal(catalogue: Catalogue, request: ImportModel) -> MaquetteError:
    with pytest.raises(MaquetteError) as refusal:
        finished(import_model(request, catalogue))
    assert not list(catalogue.imported_path("x").parent.glob("*"))
    return refusal.value


def test_the_imported_model_is_in_the_catalogue_and_works(catalogue: Catalogue) -> None:
    reports, report = reports_and_result(import_model(ImportModel(str(OFFICIAL), "bedrooms"), catalogue))
    assert [progress.fraction for progress in reports] == sorted(progress.fraction for progress in reports)
    assert catalogue.get("bedrooms").info == report.model
    kept = json.loads(catalogue.report_path("bedrooms").read_text())
    assert kept["digest"] == report.model.digest
    assert kept["unused_keys"] == list(report.unused_keys)
    model = load_model(catalogue.get("bedrooms"), torch.device("cpu"))
    scene = finished(model.verbs[SampleScene](SampleScene("bedrooms", 1))).scenes[0].scene
    picture = finished(model.verbs[RenderScene](RenderScene(scene))).picture
    assert (picture.spec.width, picture.spec.height) == (128, 128)


def test_the_mean_latent_beside_the_checkpoint_is_found(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "bedrooms.ckpt").write_bytes(OFFICIAL.read_bytes())
    (tmp_path / "bedrooms_mean_latent.pt").write_bytes((GOLDEN / "blobgan_mean_latent.pt").read_bytes())
    report = finished(import_model(ImportModel(str(tmp_path / "bedrooms.ckpt")), catalogue))
    assert report.model.id == "bedrooms"
    assert not any("mean latent" in note for note in report.notes)


def test_a_link_beside_the_checkpoint_is_not_followed(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "bedrooms.ckpt").write_bytes(OFFICIAL.read_bytes())
    os.symlink(GOLDEN / "blobgan_mean_latent.pt", tmp_path / "bedrooms_mean_latent.pt")
    report = finished(import_model(ImportModel(str(tmp_path / "bedrooms.ckpt")), catalogue))
    assert any("computed" in note for note in report.notes)


def test_a_missing_mean_latent_is_computed_the_same_each_time(catalogue: Catalogue) -> None:
    def digest(name: str) -> str:
        return finished(import_model(ImportModel(str(OFFICIAL), name), catalogue)).model.digest

    first = digest("one")
    assert any("computed" in note for note in _notes(catalogue, "one"))
    assert digest("one") == first


def _notes(catalogue: Catalogue, model_id: str) -> list[str]:
    return json.loads(catalogue.report_path(model_id).read_text())["notes"]


def test_safetensors_of_the_published_names_are_imported(catalogue: Catalogue, tmp_path: Path) -> None:
    save_file(golden("blobgan_small"), tmp_path / "Conference Rooms.safetensors")
    request = ImportModel(str(tmp_path / "Conference Rooms.safetensors"))
    report = finished(import_model(request, catalogue))
    assert report.model.id == "conference-rooms"
    assert any("size_in" in note for note in report.notes)
    assert any("ab_norm" in note for note in report.notes)


def test_a_companion_of_another_size_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    torch.save(torch.zeros(7), tmp_path / "mean.pt")
    refusal = _refusal(catalogue, ImportModel(str(OFFICIAL), "x", str(tmp_path / "mean.pt")))
    assert refusal.reason is Reason.CHECKPOINT_CORRUPT


def test_a_companion_that_is_no_tensor_is_refused(catalogue: Catalogue) -> None:
    refusal = _refusal(catalogue, ImportModel(str(OFFICIAL), "x", str(OFFICIAL)))
    assert refusal.reason is Reason.CHECKPOINT_CORRUPT


def test_unknown_systems_are_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    torch.save({"state_dict": {"weight": torch.zeros(2)}}, tmp_path / "other.ckpt")
    refusal = _refusal(catalogue, ImportModel(str(tmp_path / "other.ckpt"), "x"))
    assert refusal.reason is Reason.MODEL_UNSUPPORTED


def test_a_hostile_checkpoint_writes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "evil.ckpt", "w") as archive:
        archive.writestr("evil/data.pkl", b"cos\nsystem\n(S'touch sentinel'\ntR.")
    refusal = _refusal(catalogue, ImportModel(str(tmp_path / "evil.ckpt"), "x"))
    assert refusal.reason is Reason.CHECKPOINT_UNSAFE


@pytest.mark.parametrize(
    ("key", "tensor"),
    [
        ("generator_ema.convs.1.conv.weight", None),
        ("generator_ema.convs.1.conv.weight", torch.zeros(1, 3, 3, 3, 3)),
        ("generator_ema.conv1.conv.weight", torch.zeros(4)),
        ("layout_net_ema.mlp.8.weight", torch.zeros(7, 16)),
        ("layout_net_ema.mlp.1.bias", torch.full((16,), float("nan"))),
        ("generator_ema.conv1.noise.weight", torch.zeros(0)),
    ],
)
def test_tensors_that_do_not_fit_are_refused(
    key: str, tensor: torch.Tensor | None, catalogue: Catalogue, tmp_path: Path
) -> None:
    tensors = {**small_blobgan().state_dict(), key: tensor}
    torch.save({name: value for name, value in tensors.items() if value is not None}, tmp_path / "bad.ckpt")
    assert _refusal(catalogue, ImportModel(str(tmp_path / "bad.ckpt"), "x")).reason is Reason.CHECKPOINT_CORRUPT


def test_another_resampling_filter_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    tensors = {**small_blobgan().state_dict(), "generator_ema.convs.0.conv.blur.kernel": torch.ones(4, 4)}
    torch.save(tensors, tmp_path / "bad.ckpt")
    assert _refusal(catalogue, ImportModel(str(tmp_path / "bad.ckpt"), "x")).reason is Reason.MODEL_UNSUPPORTED


@pytest.mark.parametrize("model_id", ["../escape", "UPPER", "a/b", "-a", "a" * 65, "ä"])
def test_names_that_are_no_names_are_refused(model_id: str, catalogue: Catalogue) -> None:
    assert _refusal(catalogue, ImportModel(str(OFFICIAL), model_id)).reason is Reason.INVALID_ARGUMENT


def test_a_missing_file_is_an_error(catalogue: Catalogue, tmp_path: Path) -> None:
    assert _refusal(catalogue, ImportModel(str(tmp_path / "no.ckpt"), "x")).reason is Reason.CHECKPOINT_CORRUPT


def test_cancelling_leaves_nothing_behind(catalogue: Catalogue) -> None:
    operation = import_model(ImportModel(str(OFFICIAL), "x"), catalogue)
    while next(operation).stage != "writing":
        pass
    operation.close()
    assert not list(catalogue.imported_path("x").parent.glob("*"))


def test_names_are_made_from_file_names() -> None:
    assert model_id_of(Path("/a/Kitchen_living.dining v2.ckpt")) == "kitchen-living-dining-v2"
    assert model_id_of(Path("/a/日本.ckpt")) == "imported"


def test_pickle_protocols_of_newer_pythons_are_read(catalogue: Catalogue, tmp_path: Path) -> None:
    torch.save(small_blobgan().state_dict(), tmp_path / "new.ckpt", pickle_protocol=pickle.HIGHEST_PROTOCOL)
    assert finished(import_model(ImportModel(str(tmp_path / "new.ckpt")), catalogue)).model.width == 64
