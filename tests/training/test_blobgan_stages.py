"""The stages that go on with a weights file: its decoder on more rooms and against a discriminator, its encoder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from maquette.errors import MaquetteError, Reason
from maquette.store.weights_file import read_metadata
from maquette.training import blobgan_sharpening
from maquette.training.blobgan_decoder import run_decoder
from maquette.training.blobgan_encoder import run_encoder_recipe
from maquette.training.blobgan_sharpening import run_sharpening
from maquette.training.blobgan_weights import DECODER_PREFIX, load_weights
from maquette.training.checkpoints import Stage

stages = pytest.mark.parametrize(
    ("run", "note", "words", "sheet"),
    [
        (run_sharpening, "sharpening_note", "discriminator", "sharpened.png"),
        (run_decoder, "decoder_note", "further", "sheet.png"),
    ],
)


@stages
def test_only_the_decoder_of_the_weights_file_changes(
    run: Callable[[Path, Stage], Path],
    note: str,
    words: str,
    sheet: str,
    rooms: Path,
    weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blobgan_sharpening, "ALONE_STEPS", 0)
    out = run(rooms, Stage(weights, tmp_path / "run", 2.0, out=tmp_path / "out.safetensors"))
    before, after = load_weights(weights), load_weights(out)
    changed = {
        name for name, value in before[0].state_dict().items() if not torch.equal(value, after[0].state_dict()[name])
    }
    assert changed
    assert all(name.startswith(DECODER_PREFIX) for name in changed)
    assert not any("silhouettes" in name for name in changed)
    assert all(map(torch.equal, before[1].state_dict().values(), after[1].state_dict().values()))
    old, new = read_metadata(weights), read_metadata(out)
    assert {name: new[name] for name in old} == old
    assert words in new[note]
    assert (tmp_path / "run" / sheet).exists()


@pytest.mark.parametrize("run", [run_sharpening, run_decoder, run_encoder_recipe])
def test_a_run_is_resumed_only_where_there_is_one_and_never_overwritten(
    run: Callable[[Path, Stage], Path], rooms: Path, weights: Path, tmp_path: Path
) -> None:
    with pytest.raises(MaquetteError) as nothing:
        run(rooms, Stage(weights, tmp_path / "run", 0.001, resumed=True))
    assert nothing.value.reason is Reason.INVALID_ARGUMENT
    run(rooms, Stage(weights, tmp_path / "run", 0.001))
    with pytest.raises(MaquetteError) as another:
        run(rooms, Stage(weights, tmp_path / "run", 0.001))
    assert another.value.reason is Reason.INVALID_ARGUMENT
    assert run(rooms, Stage(weights, tmp_path / "run", 0.002, resumed=True)) == weights
    with pytest.raises(MaquetteError) as empty:
        run(tmp_path / "none", Stage(weights, tmp_path / "other", 0.001))
    assert empty.value.reason is Reason.CONTENT_NOT_FOUND
