from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maquette.imaging.picture import PictureSpec, PixelFormat
from maquette.models.blobgan.picture_parts import largest_part

from blender_addon import inverting
from blender_addon.client import Image, inversion
from blender_addon.inverting import InversionRequest, part_at

sides = st.integers(1, 5000)


@given(sides, sides, st.sampled_from([(128, 128), (256, 256), (320, 200)]))
def test_in_the_middle_it_is_the_part_that_the_daemon_takes(width: int, height: int, shape: tuple[int, int]) -> None:
    theirs = largest_part(PictureSpec(width, height, PixelFormat.RGB_U8), *shape)
    ours = part_at(width, height, *shape, 0.5)
    assert (ours.width, ours.height) == (theirs.width, theirs.height)
    assert abs(ours.left - theirs.left) + abs(ours.top - theirs.top) <= 1


@given(sides, sides, st.floats(0, 1))
def test_the_part_lies_within_the_picture_and_reaches_both_ends(width: int, height: int, place: float) -> None:
    part = part_at(width, height, 128, 128, place)
    assert part.left >= 0
    assert part.top >= 0
    assert part.left + part.width <= width
    assert part.top + part.height <= height
    first, last = (part_at(width, height, 128, 128, end) for end in (0.0, 1.0))
    assert (first.left, first.top) == (0, 0)
    assert (last.left + last.width, last.top + last.height) == (width, height)


class AskedError(Exception):
    """Ends the request where it would have been sent."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the daemon is asked, of two models that can find scenes: the second ships with Maquette."""
    sent: dict[str, object] = {}

    async def list_models(connection: object, task: str) -> list[SimpleNamespace]:
        assert task == "invert_image"
        return [
            SimpleNamespace(id="a-large", embedded=False, width=256, height=128),
            SimpleNamespace(id="b-small", embedded=True, width=128, height=128),
        ]

    async def invert_image(connection: object, image: Image, **wish: object) -> None:
        sent.update(wish)
        raise AskedError

    monkeypatch.setattr(inverting, "models", SimpleNamespace(list_models=list_models))
    monkeypatch.setattr(
        inverting, "inversion", SimpleNamespace(invert_image=invert_image, Part=inversion.Part, TransferredEdit=None)
    )
    return sent


def _ask(**wish: object) -> None:
    request = InversionRequest(SimpleNamespace(width=300, height=100), **wish)  # type: ignore[arg-type]
    with pytest.raises(AskedError):
        asyncio.run(inverting.invert(None, request))  # type: ignore[arg-type]


def test_the_middle_is_left_to_the_daemon(asked: dict[str, object]) -> None:
    _ask()
    assert (asked["model_id"], asked["part"]) == ("", None)


def test_another_place_is_asked_for_in_the_shape_of_the_model_that_the_daemon_would_take(
    asked: dict[str, object],
) -> None:
    _ask(place=1.0)
    assert (asked["model_id"], asked["part"]) == ("b-small", inversion.Part(200, 0, 100, 100))


def test_a_part_that_was_found_before_is_kept(asked: dict[str, object]) -> None:
    part = inversion.Part(1, 2, 3, 3)
    _ask(part=part, place=1.0)
    assert asked["part"] == part
