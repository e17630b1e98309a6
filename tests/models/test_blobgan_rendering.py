"""Previews only compute what has changed; what they show is what a whole render shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.geometry import covariances
from maquette.models.blobgan.incremental import TOLERANCES, Tolerances
from maquette.models.blobgan.layers import rms_normalised
from maquette.models.blobgan.network import BlobGan, BlobGanShape
from maquette.models.blobgan.precision import psnr
from maquette.models.blobgan.rendering import Renderer, Stopwatch
from maquette.models.blobgan.splatting import Layout
from model_helpers import difference, finished, randomised
from torch import Tensor

WIDTHS = (8, 16, 32, 64)
EXACT = Tolerances(0.0, 0.0)
STRUCTURE, STYLE = 12, 6
UNLIMITED = 1e9


SHAPED = pytest.mark.parametrize("shaped", [False, True], ids=["ellipses", "silhouettes"])


@cache
def network(shaped: bool = False) -> BlobGan:
    channels = dict(zip(WIDTHS, (12, 10, 8, 6), strict=True))
    decoder = DecoderShape(STRUCTURE, STYLE, channels, *((3, 16) if shaped else ()))
    made = BlobGan(BlobGanShape(4, 8, 16, decoder, 0.002))
    randomised(made)
    with torch.no_grad():
        for name, parameter in made.generator_ema.named_parameters():
            if name.startswith("to_rgb") and "modulation" not in name:
                parameter.mul_(0.1)
    return made


def renderer(tolerances: Tolerances = TOLERANCES, preview_seconds: float = UNLIMITED, shaped: bool = False) -> Renderer:
    return Renderer(network(shaped), torch.float32, preview_seconds, preview_seconds, tolerances)


@dataclass(frozen=True)
class Blob:
    x: float
    y: float
    size: float
    look: int

    def row(self) -> tuple[Tensor, Tensor]:
        generator = torch.Generator().manual_seed(self.look)
        vector = torch.randn(STRUCTURE + STYLE, generator=generator)
        return rms_normalised(vector[:STRUCTURE]), rms_normalised(vector[STRUCTURE:])


def layout(blobs: tuple[Blob, ...], background: int = 99) -> Layout:
    rows = [blob.row() for blob in (Blob(0, 0, 0, background), *blobs)]
    count = len(blobs)
    return Layout(
        torch.tensor([(blob.x, blob.y) for blob in blobs]).reshape(1, count, 2),
        torch.tensor([blob.size for blob in blobs]).reshape(1, count),
        covariances(torch.full((1, count), 1.3), torch.full((1, count), 0.4), 0.002),
        torch.stack([structure for structure, _ in rows])[None],
        torch.stack([style for _, style in rows])[None],
    )


ROOM = (Blob(0.3, 0.3, 3.0, 1), Blob(0.7, 0.6, 4.0, 2), Blob(0.2, 0.8, 2.0, 3))
MOVED = (*ROOM[:2], Blob(0.25, 0.78, 2.0, 3))


def shown(by: Renderer, what: Layout, preview: bool = False, seed: int = 0) -> Tensor:
    return finished(by.render(what, by.noises(seed), Stopwatch(), preview)).rgb


def whole(what: Layout, seed: int = 0, shaped: bool = False) -> Tensor:
    return shown(renderer(shaped=shaped), what, seed=seed)


blobs = st.builds(Blob, st.floats(-0.2, 1.2), st.floats(-0.2, 1.2), st.floats(-6, 8), st.integers(1, 5))
rooms = st.lists(blobs, max_size=4).map(tuple)


@st.composite
def edited_rooms(draw: st.DrawFn) -> list[tuple[Blob, ...]]:
    """A room, and the room again after each of a few edits."""
    steps = [draw(rooms)]
    for _ in range(draw(st.integers(1, 4))):
        room = list(steps[-1])
        edit = draw(st.sampled_from(["move", "grow", "look", "add", "remove", "order"]))
        if edit == "add" or not room:
            room.insert(draw(st.integers(0, len(room))), draw(blobs))
        elif edit == "order":
            room = draw(st.permutations(room))
        else:
            index = draw(st.integers(0, len(room) - 1))
            old, step = room[index], draw(st.floats(-0.3, 0.3))
            changes: dict[str, Any] = {
                "move": {"x": old.x + step, "y": old.y - step / 2},
                "grow": {"size": old.size + 5 * step},
                "look": {"look": draw(st.integers(1, 5))},
                "remove": {},
            }[edit]
            room[index : index + 1] = [replace(old, **changes)] if changes else []
        steps.append(tuple(room))
    return steps


@SHAPED
@settings(max_examples=12)
@given(steps=edited_rooms())
def test_without_tolerances_a_preview_is_the_whole_render(shaped: bool, steps: list[tuple[Blob, ...]]) -> None:
    one = renderer(EXACT, shaped=shaped)
    for room in steps:
        assert difference(shown(one, layout(room), preview=True), whole(layout(room), shaped=shaped)) < 1e-4


@SHAPED
@settings(max_examples=12)
@given(steps=edited_rooms())
def test_with_tolerances_a_preview_is_hardly_different(shaped: bool, steps: list[tuple[Blob, ...]]) -> None:
    one = renderer(shaped=shaped)
    for room in steps:
        assert psnr(shown(one, layout(room), preview=True), whole(layout(room), shaped=shaped)) > 30


@SHAPED
@settings(max_examples=6)
@given(steps=edited_rooms())
def test_a_final_picture_is_the_same_bytes_whatever_came_before(shaped: bool, steps: list[tuple[Blob, ...]]) -> None:
    one = renderer(shaped=shaped)
    for room in steps[:-1]:
        shown(one, layout(room), preview=True)
    assert torch.equal(shown(one, layout(steps[-1])), shown(renderer(shaped=shaped), layout(steps[-1])))


@SHAPED
def test_a_long_drag_does_not_drift(shaped: bool) -> None:
    one = renderer(shaped=shaped)
    shown(one, layout(ROOM))
    for step in range(40):
        moved = (*ROOM[:2], replace(ROOM[2], x=0.2 + 0.01 * step))
        picture = shown(one, layout(moved), preview=True)
    assert psnr(picture, whole(layout(moved), shaped=shaped)) > 40


@SHAPED
def test_what_an_edit_does_not_reach_keeps_its_bytes(shaped: bool) -> None:
    one = renderer(shaped=shaped)
    before = shown(one, layout(ROOM))
    after = shown(one, layout(MOVED), preview=True)
    assert torch.equal(after[..., :20, 44:], before[..., :20, 44:])
    assert difference(after[..., 40:60, 8:24], before[..., 40:60, 8:24]) > 0.01


def test_a_background_of_another_look_changes_everything() -> None:
    one = renderer(EXACT)
    shown(one, layout(ROOM))
    assert difference(shown(one, layout(ROOM, background=98), preview=True), whole(layout(ROOM, background=98))) < 1e-4


def test_another_noise_seed_changes_everything() -> None:
    one = renderer()
    shown(one, layout(ROOM))
    assert torch.equal(shown(one, layout(ROOM), preview=True, seed=5), whole(layout(ROOM), seed=5))


@SHAPED
@pytest.mark.parametrize("steps", range(1, 5))
def test_a_preview_that_is_cancelled_leaves_nothing_wrong(steps: int, shaped: bool) -> None:
    one = renderer(EXACT, shaped=shaped)
    shown(one, layout(ROOM))
    cancelled = one.render(layout(MOVED), one.noises(0), Stopwatch(), preview=True)
    for _ in range(steps):
        next(cancelled)
    cancelled.close()
    for room in (MOVED, ROOM):
        assert difference(shown(one, layout(room), preview=True), whole(layout(room), shaped=shaped)) < 1e-4


@pytest.mark.parametrize("preview", [True, False])
def test_renders_that_take_turns_do_not_disturb_one_another(preview: bool) -> None:
    one, other = renderer(EXACT), layout((Blob(0.5, 0.5, 5.0, 4),), background=97)
    shown(one, layout(ROOM))
    first = one.render(layout(MOVED), one.noises(0), Stopwatch(), preview=True)
    for _ in range(3):
        next(first)
    assert difference(shown(one, other, preview=preview), whole(other)) < 1e-4
    assert difference(finished(first).rgb, whole(layout(MOVED))) < 1e-4
    assert difference(shown(one, other, preview=True), whole(other)) < 1e-4


def test_a_preview_that_would_be_late_is_coarse_only_where_something_changed() -> None:
    hurried = renderer(preview_seconds=0.0)
    before = shown(hurried, layout(ROOM))
    coarse = shown(hurried, layout(MOVED), preview=True)
    assert coarse.shape == before.shape
    assert torch.equal(coarse[..., :12, 52:], before[..., :12, 52:])
    assert difference(coarse, whole(layout(MOVED))) > 0.01


def test_a_first_preview_that_would_be_late_is_small() -> None:
    assert shown(renderer(preview_seconds=0.0), layout(ROOM), preview=True).shape[-1] == WIDTHS[0]


def test_the_last_width_is_left_out_where_it_would_not_be_smooth() -> None:
    hurried = Renderer(network(), preview_seconds=UNLIMITED, smooth_seconds=0.0)
    assert shown(hurried, layout(ROOM), preview=True).shape[-1] == WIDTHS[-2]
    assert shown(hurried, layout(ROOM)).shape[-1] == WIDTHS[-1]


def test_widths_that_were_left_out_are_caught_up_with() -> None:
    one = renderer(EXACT, preview_seconds=0.0)
    shown(one, layout(ROOM))
    shown(one, layout(MOVED), preview=True)
    patient = renderer(EXACT)
    patient._memory = one._memory
    assert difference(shown(patient, layout(MOVED), preview=True), whole(layout(MOVED))) < 1e-4


def test_a_picture_that_is_not_finite_is_not_remembered() -> None:
    one, hopeless = renderer(EXACT), layout(ROOM)
    shown(one, layout(ROOM))
    hopeless = replace(hopeless, structures=hopeless.structures * 1e38)
    with pytest.raises(MaquetteError) as caught:
        shown(one, hopeless, preview=True)
    assert caught.value.reason is Reason.NOT_A_FINITE_NUMBER
    assert difference(shown(one, layout(MOVED), preview=True), whole(layout(MOVED))) < 1e-4


def test_memory_of_a_preview_does_not_grow() -> None:
    one = renderer()
    shown(one, layout(ROOM))
    held = []
    for step in range(30):
        room = tuple(replace(blob, look=blob.look + 3 * step, x=blob.x + 0.01 * step) for blob in ROOM)
        shown(one, layout(room), preview=True)
        held.append(remembered_bytes(one))
    assert len(set(held)) == 1


def remembered_bytes(by: Renderer) -> int:
    memory = by._memory
    assert memory is not None
    layers = (*memory.growing.values(), *memory.keeping.values(), *memory.colouring.values())
    return sum(layer.outputs.untyped_storage().nbytes() for layer in layers if layer.outputs is not None)
