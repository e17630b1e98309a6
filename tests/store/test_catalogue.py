from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from maquette.errors import MaquetteError, Reason
from maquette.models.exemplar.version import ALGORITHM_VERSION
from maquette.store.built_in import BUILT_IN
from maquette.store.catalogue import Catalogue, check_model_id, open_catalogue
from maquette.store.locations import data_directory
from maquette.store.system_tasks import BLOBGAN_TASKS
from maquette.store.weights_file import StoredTensor, WeightsDescription, write_weights_file

DESCRIPTION = WeightsDescription(
    "rooms", "blobgan", "Rooms", ("sample_scene",), 128, 128, "Apache-2.0", "rooms", 0.0005, ("bed",)
)


def _write(folder: Path, model_id: str, task: str = "sample_scene", value: int = 0) -> Path:
    path = folder / f"{model_id}.safetensors"
    tensors = {"a": StoredTensor("U8", (1,), bytes([value]))}
    system = DESCRIPTION.system if task == "sample_scene" else "palette"
    write_weights_file(path, tensors, replace(DESCRIPTION, id=model_id, system=system, tasks=(task,)))
    return path


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    _write(tmp_path / "embedded", "rooms")
    _write(tmp_path / "data" / "models", "bedrooms")
    _write(tmp_path / "data" / "models", "a-painter", "inpaint")
    return Catalogue(tmp_path / "embedded", tmp_path / "data")


def _reason(function: object, *arguments: object) -> Reason:
    assert callable(function)
    with pytest.raises(MaquetteError) as refusal:
        function(*arguments)
    assert refusal.value.action
    return refusal.value.reason


def test_models_are_listed_by_id(catalogue: Catalogue) -> None:
    assert [entry.info.id for entry in catalogue.list()] == ["a-painter", "bedrooms", "rooms"]
    assert [entry.info.id for entry in catalogue.list("sample_scene")] == ["bedrooms", "rooms"]
    assert [entry.info.embedded for entry in catalogue.list()] == [False, False, True]


def test_an_entry_says_what_the_file_says(catalogue: Catalogue) -> None:
    entry = catalogue.get("rooms")
    assert entry.path is not None
    assert entry.info.digest == hashlib.sha256(entry.path.read_bytes()).hexdigest()
    assert entry.info.file_bytes == entry.path.stat().st_size
    assert (entry.info.width, entry.info.blob_names, entry.info.area_normaliser) == (128, ("bed",), 0.0005)


def test_a_model_serves_all_that_its_system_does_or_else_what_its_file_lists(catalogue: Catalogue) -> None:
    assert catalogue.get("rooms").info.tasks == BLOBGAN_TASKS
    assert catalogue.resolve("bedrooms", "render_animation").info.id == "bedrooms"
    assert catalogue.get("a-painter").info.tasks == ("inpaint",)


def test_a_changed_file_has_another_digest(catalogue: Catalogue, tmp_path: Path) -> None:
    before = catalogue.get("bedrooms").info.digest
    path = _write(tmp_path / "data" / "models", "bedrooms", value=1)
    os.utime(path, ns=(1, 1))
    assert catalogue.get("bedrooms").info.digest != before


def test_digests_are_kept(catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = [entry.info.digest for entry in catalogue.list()]

    def fail(*_: object) -> None:
        raise AssertionError("a file was read again")

    monkeypatch.setattr("maquette.store.digests.file_digest", fail)
    again = Catalogue(tmp_path / "embedded", tmp_path / "data")
    assert [entry.info.digest for entry in again.list()] == known


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 3}'])
def test_a_damaged_digest_cache_costs_only_time(catalogue: Catalogue, tmp_path: Path, content: str) -> None:
    known = [entry.info.digest for entry in catalogue.list()]
    (tmp_path / "data" / "digests.json").write_text(content)
    assert [entry.info.digest for entry in Catalogue(tmp_path / "embedded", tmp_path / "data").list()] == known


def test_unknown_models_are_not_found(catalogue: Catalogue) -> None:
    for model_id in ("nothing", "", "../embedded/rooms", "ROOMS", "a" * 1000, "\0"):
        assert _reason(catalogue.get, model_id) is Reason.MODEL_NOT_FOUND


def test_the_default_model_is_an_embedded_one(catalogue: Catalogue) -> None:
    assert catalogue.resolve("", "sample_scene").info.id == "rooms"
    assert catalogue.resolve("", "inpaint").info.id == "a-painter"
    assert catalogue.resolve("bedrooms", "sample_scene").info.id == "bedrooms"
    assert _reason(catalogue.resolve, "", "translate") is Reason.MODEL_NOT_FOUND
    assert _reason(catalogue.resolve, "bedrooms", "inpaint") is Reason.MODEL_UNSUPPORTED


def test_only_imported_models_can_be_deleted(catalogue: Catalogue) -> None:
    catalogue.report_path("bedrooms").write_text("{}")
    catalogue.delete("bedrooms")
    assert _reason(catalogue.get, "bedrooms") is Reason.MODEL_NOT_FOUND
    assert not catalogue.report_path("bedrooms").exists()
    assert _reason(catalogue.delete, "bedrooms") is Reason.MODEL_NOT_FOUND
    assert _reason(catalogue.delete, "rooms") is Reason.INVALID_ARGUMENT
    assert _reason(catalogue.delete, "../embedded/rooms") is Reason.INVALID_ARGUMENT
    assert catalogue.get("rooms").info.id == "rooms"


def test_damaged_files_are_told_and_do_not_hide_the_others(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "data" / "models" / "bad.safetensors").write_bytes(b"no header")
    entries, problems = catalogue.scan()
    assert len(entries) == 3
    assert [problem.reason for problem in problems] == [Reason.CHECKPOINT_CORRUPT]
    assert _reason(catalogue.get, "bad") is Reason.CHECKPOINT_CORRUPT


def test_a_file_must_bear_its_model_s_name(catalogue: Catalogue, tmp_path: Path) -> None:
    path = _write(tmp_path / "data" / "models", "bedrooms")
    path.rename(path.with_name("other.safetensors"))
    assert _reason(catalogue.get, "other") is Reason.CHECKPOINT_CORRUPT


def test_an_imported_file_cannot_stand_in_for_an_embedded_model(catalogue: Catalogue, tmp_path: Path) -> None:
    _write(tmp_path / "data" / "models", "rooms", value=9)
    assert catalogue.get("rooms").info.embedded
    assert [entry.info.embedded for entry in catalogue.list() if entry.info.id == "rooms"] == [True]


def test_a_built_in_algorithm_has_no_file_and_cannot_be_deleted_or_replaced(tmp_path: Path) -> None:
    _write(tmp_path / "data" / "models", "exemplar", "inpaint")
    catalogue = Catalogue(tmp_path / "embedded", tmp_path / "data", BUILT_IN)
    entry = catalogue.get("exemplar")
    assert (entry.path, entry.info.embedded, entry.info.file_bytes) == (None, True, 0)
    assert entry.info.digest == hashlib.sha256(ALGORITHM_VERSION.encode()).hexdigest()
    assert [entry.info.system for entry in catalogue.list("inpaint")] == ["exemplar"]
    assert _reason(catalogue.delete, "exemplar") is Reason.INVALID_ARGUMENT


def test_what_auto_chooses_from_are_the_models_that_ship_with_maquette(catalogue: Catalogue, tmp_path: Path) -> None:
    def candidates(catalogue: Catalogue, model_id: str, task: str = "inpaint") -> list[str]:
        return [entry.info.id for entry in catalogue.candidates(model_id, task)]

    with_built_in = Catalogue(tmp_path / "embedded", tmp_path / "data", BUILT_IN)
    assert candidates(with_built_in, "auto") == candidates(with_built_in, "") == ["exemplar"]
    assert candidates(with_built_in, "a-painter") == ["a-painter"]
    assert candidates(catalogue, "auto") == ["a-painter"]
    assert _reason(catalogue.candidates, "auto", "translate") is Reason.MODEL_NOT_FOUND
    assert _reason(catalogue.candidates, "rooms", "inpaint") is Reason.MODEL_UNSUPPORTED
    assert _reason(catalogue.candidates, "nothing", "inpaint") is Reason.MODEL_NOT_FOUND


def test_every_installation_can_fill_and_extend_without_weights() -> None:
    catalogue = open_catalogue()
    assert all("exemplar" in [entry.info.id for entry in catalogue.list(task)] for task in ("inpaint", "outpaint"))


@pytest.mark.parametrize("model_id", ["", "auto", "-a", "a-", "A", "a b", "a" * 65])
def test_what_cannot_name_a_model(model_id: str) -> None:
    assert _reason(check_model_id, model_id) is Reason.INVALID_ARGUMENT


def test_missing_folders_are_empty(tmp_path: Path) -> None:
    assert Catalogue(tmp_path / "no", tmp_path / "nothing").scan() == ((), ())


@pytest.mark.parametrize("model_id", ["a", "blobgan-rooms", "0" * 64])
def test_names(model_id: str) -> None:
    assert check_model_id(model_id) == model_id


def test_the_data_directory_can_be_chosen(tmp_path: Path) -> None:
    assert data_directory({"MAQUETTE_DATA_DIR": str(tmp_path)}) == tmp_path
    assert data_directory({}).name.lower() == "maquette"


def test_listing_needs_neither_torch_nor_numpy() -> None:
    program = (
        "import sys, maquette.store.catalogue as c, maquette.store.allowed_folders, maquette.models.requests;"
        "import maquette.models.registry, maquette.models.scene_edits;"
        "c.open_catalogue().scan();"
        "sys.exit(any(name in sys.modules for name in ('torch', 'numpy', 'safetensors')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
