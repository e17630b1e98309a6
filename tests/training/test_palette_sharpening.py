from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from maquette.errors import MaquetteError, Reason
from maquette.store.weights_file import read_metadata
from maquette.training import palette_sharpening
from maquette.training.checkpoints import Stage
from maquette.training.palette_recipe import new_network
from maquette.training.palette_sharpening import run_sharpening
from maquette.training.palette_weights import TRAINING_NOTE, describe_weights, load_weights, save_weights
from palette_samples import TINY


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(palette_sharpening, "SIDE", 32)
    monkeypatch.setattr(palette_sharpening, "ALONE_STEPS", 0)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3)).astype(np.uint8)
    np.savez_compressed(folder / "rooms-0.npz", picture=pixels)
    return folder


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "palette.safetensors"
    network = new_network(shape=TINY)
    save_weights(path, network, describe_weights(network, {TRAINING_NOTE: "Trained for 5 s."}))
    return path


def test_the_file_says_how_it_was_trained_and_sharpened(pictures: Path, weights: Path, tmp_path: Path) -> None:
    out = run_sharpening([pictures], Stage(weights, tmp_path / "run", 1.5, out=tmp_path / "out.safetensors"))
    before, after = load_weights(weights), load_weights(out)
    assert not before.has_grain
    assert after.has_grain
    assert not torch.equal(before.network.out[-1].weight, after.network.out[-1].weight)
    metadata = read_metadata(out)
    assert metadata[TRAINING_NOTE] == "Trained for 5 s."
    assert "discriminator" in metadata["sharpening_note"]
    assert metadata["tasks"] == read_metadata(weights)["tasks"]
    assert (tmp_path / "run" / "sharpened.png").exists()


def test_without_strength_nothing_changes_but_the_channel(pictures: Path, weights: Path, tmp_path: Path) -> None:
    run_sharpening([pictures], Stage(weights, tmp_path / "run", 0.5, False, tmp_path / "out.safetensors"), strength=0.0)
    before, after = load_weights(weights).network, load_weights(tmp_path / "out.safetensors").network
    for name, value in before.state_dict().items():
        assert torch.equal(
            value,
            after.state_dict()[name][: value.shape[0], : value.shape[1]]
            if value.ndim == 4
            else after.state_dict()[name],
        )


def test_a_run_is_resumed_only_where_there_is_one_and_never_overwritten(
    pictures: Path, weights: Path, tmp_path: Path
) -> None:
    with pytest.raises(MaquetteError) as nothing:
        run_sharpening([pictures], Stage(weights, tmp_path / "run", 0.001, resumed=True))
    assert nothing.value.reason is Reason.INVALID_ARGUMENT
    run_sharpening([pictures], Stage(weights, tmp_path / "run", 0.001))
    with pytest.raises(MaquetteError) as another:
        run_sharpening([pictures], Stage(weights, tmp_path / "run", 0.001))
    assert another.value.reason is Reason.INVALID_ARGUMENT
    assert run_sharpening([pictures], Stage(weights, tmp_path / "run", 0.002, resumed=True)) == weights
    with pytest.raises(MaquetteError) as empty:
        run_sharpening([tmp_path / "none"], Stage(weights, tmp_path / "other", 0.001))
    assert empty.value.reason is Reason.CONTENT_NOT_FOUND
