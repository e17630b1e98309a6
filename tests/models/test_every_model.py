"""What every registered system must hold, run with a small model of random weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from maquette.errors import MaquetteError, Reason
from maquette.imaging.arrays import from_array
from maquette.models.registry import SYSTEMS, Model, architecture, load_model
from maquette.models.requests import RenderScene, SampleScene
from maquette.models.scene_edits import SetEllipse, apply_edit
from maquette.models.scene_requests import CompleteScene, InterpolateScenes, TransferEdit
from maquette.models.tensor_files import read_tensors
from maquette.store.catalogue import CatalogueEntry
from model_helpers import SMALL_MODELS, finished, reports_and_result

Requests = dict[type, Callable[[Model], Any]]


def _scene(model: Model, seed: int = 4) -> Any:
    return finished(model.verbs[SampleScene](SampleScene(model.info.id, seed))).scenes[0].scene


EXAMPLES: Requests = {
    SampleScene: lambda model: SampleScene(model.info.id, 7, count=2, thumbnail_side=20),
    RenderScene: lambda model: RenderScene(_scene(model), blob_map=True, alphas=True),
    CompleteScene: lambda model: CompleteScene(_scene(model), (_scene(model).blobs[1].id,), seed=5, thumbnail_side=19),
    InterpolateScenes: lambda model: InterpolateScenes(_scene(model), _scene(model, 5), (0.3, 1.0), thumbnail_side=19),
}


def _transfer(model: Model) -> TransferEdit:
    before = _scene(model)
    pixels = np.random.default_rng(0).integers(0, 256, (33, 47, 3), np.uint8)
    blob = before.blobs[0]
    moved = SetEllipse(blob.id, replace(blob.ellipse, x=0.5, y=0.5))
    return TransferEdit(from_array(pixels), before, apply_edit(before, moved))


EXAMPLES[TransferEdit] = _transfer


@pytest.fixture(params=sorted(SYSTEMS), scope="module")
def entry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CatalogueEntry:
    return SMALL_MODELS[request.param](tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def model(entry: CatalogueEntry) -> Model:
    return load_model(entry, torch.device("cpu"))


def _comparable(result: Any) -> Any:
    return replace(result, milliseconds={}) if hasattr(result, "milliseconds") else result


def test_every_system_has_a_small_model() -> None:
    assert set(SMALL_MODELS) == set(SYSTEMS)


def test_the_architecture_is_the_one_registered(entry: CatalogueEntry) -> None:
    assert architecture(entry.info.system).id == entry.info.system


def test_a_system_recognises_only_its_own(entry: CatalogueEntry) -> None:
    keys = read_tensors(entry.path).keys()
    assert [system for system in SYSTEMS if architecture(system).detect(keys)] == [entry.info.system]
    assert not architecture(entry.info.system).detect({"weight", "bias"})


def test_the_same_request_gives_the_same_result(model: Model) -> None:
    for request, example in EXAMPLES.items():
        if request in model.verbs:
            one, other = (finished(model.verbs[request](example(model))) for _ in range(2))
            assert _comparable(one) == _comparable(other)


def test_a_model_loaded_again_gives_the_same_result(model: Model, entry: CatalogueEntry) -> None:
    again = load_model(entry, torch.device("cpu"))
    for request, example in EXAMPLES.items():
        if request in model.verbs:
            one = finished(model.verbs[request](example(model)))
            assert _comparable(finished(again.verbs[request](example(again)))) == _comparable(one)


def test_progress_never_goes_back(model: Model) -> None:
    for request, example in EXAMPLES.items():
        if request in model.verbs:
            reports, _ = reports_and_result(model.verbs[request](example(model)))
            fractions = [progress.fraction for progress in reports]
            assert fractions
            assert fractions == sorted(fractions)
            assert 0.0 <= fractions[0] <= fractions[-1] <= 1.0
            assert all(progress.stage for progress in reports)


def test_cancelling_anywhere_leaves_the_model_usable(model: Model) -> None:
    for request, example in EXAMPLES.items():
        if request not in model.verbs:
            continue
        expected = _comparable(finished(model.verbs[request](example(model))))
        steps = len(reports_and_result(model.verbs[request](example(model)))[0])
        for step in range(steps):
            operation = model.verbs[request](example(model))
            for _ in range(step + 1):
                next(operation)
            operation.close()
            assert not torch.is_inference_mode_enabled()
        assert _comparable(finished(model.verbs[request](example(model)))) == expected


def test_operations_may_take_turns(model: Model) -> None:
    for request, example in EXAMPLES.items():
        if request not in model.verbs:
            continue
        expected = _comparable(finished(model.verbs[request](example(model))))
        first, second = model.verbs[request](example(model)), model.verbs[request](example(model))
        next(first)
        next(second)
        assert _comparable(finished(first)) == expected
        assert _comparable(finished(second)) == expected


def test_several_samples_are_the_samples_one_by_one(model: Model) -> None:
    if SampleScene not in model.verbs:
        pytest.skip("this system samples no scenes")
    sample = model.verbs[SampleScene]
    together = finished(sample(SampleScene(model.info.id, 11, style_seed=5, count=3, thumbnail_side=20))).scenes
    for index, scene in enumerate(together):
        request = SampleScene(model.info.id, 11 + index, style_seed=5 + index, thumbnail_side=20)
        assert finished(sample(request)).scenes == (scene,)


def _decibels(one: bytes, other: bytes) -> float:
    a, b = (torch.frombuffer(bytearray(pixels), dtype=torch.uint8).float() for pixels in (one, other))
    error = float((a - b).square().mean())
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def test_declared_types_agree_with_float32(model: Model, entry: CatalogueEntry) -> None:
    for name in entry.info.dtypes:
        lower = load_model(entry, torch.device("cpu"), getattr(torch, name))
        if RenderScene in model.verbs:
            request = RenderScene(_scene(model))
            one, other = (finished(each.verbs[RenderScene](request)).picture for each in (model, lower))
            assert _decibels(one.pixels, other.pixels) >= 40


def test_other_types_are_refused(entry: CatalogueEntry) -> None:
    with pytest.raises(MaquetteError) as refusal:
        load_model(entry, torch.device("cpu"), torch.float64)
    assert refusal.value.reason is Reason.INVALID_ARGUMENT


def test_a_damaged_weights_file_is_a_typed_error(entry: CatalogueEntry, tmp_path: Path) -> None:
    content = entry.path.read_bytes()
    for kept in (0, 100, len(content) // 2, len(content) - 1):
        damaged = tmp_path / "damaged.safetensors"
        damaged.write_bytes(content[:kept])
        with pytest.raises(MaquetteError) as refusal:
            load_model(replace(entry, path=damaged), torch.device("cpu"))
        assert refusal.value.reason is Reason.CHECKPOINT_CORRUPT


def test_a_system_of_the_future_is_a_typed_error(entry: CatalogueEntry) -> None:
    future = replace(entry, info=replace(entry.info, system="from-the-future"))
    with pytest.raises(MaquetteError) as refusal:
        load_model(future, torch.device("cpu"))
    assert refusal.value.reason is Reason.MODEL_UNSUPPORTED
