from __future__ import annotations

from typing import Any

import grpc
import maquette
import pytest
from daemon_process import Daemon, reason_of, wait_until
from fake_zoo import FILLER, PAINTER
from maquette_client.v1 import common_pb2, content_pb2, model_pb2, paint_pb2
from painting import colorize, image, inpaint, mask, outpaint, pixels, restore, settings

METHODS = [("Inpaint", inpaint), ("Outpaint", outpaint), ("Colorize", colorize), ("RestoreJpeg", restore)]


def painted(daemon: Daemon, method: str, request: Any) -> paint_pb2.PaintResult:
    *updates, last = getattr(daemon.paint, method)(request, timeout=60)
    assert all(update.WhichOneof("update") in ("progress", "preview") for update in updates)
    return last.result


@pytest.mark.parametrize(("method", "request_of"), METHODS)
def test_a_result_says_where_it_belongs_and_how_to_get_it_again(daemon: Daemon, method: str, request_of: Any) -> None:
    request = request_of(model_id=PAINTER.id, settings=settings(seed=-5, candidates=3, steps=9))
    result = painted(daemon, method, request)
    width = 5 if method == "Outpaint" else 4
    assert (result.left, result.top, result.width, result.height) == (0, 0, width, 4)
    assert [candidate.inline[0] for candidate in result.candidates] == [7, 8, 9]
    assert all(candidate.spec.pixel_format == common_pb2.PIXEL_FORMAT_RGB_U8 for candidate in result.candidates)
    assert result.coverage.inline == b"\xff" * (width * 4)
    provenance = result.provenance
    assert (provenance.model_id, provenance.model_digest) == (PAINTER.id, PAINTER.digest)
    assert provenance.maquette_version == maquette.__version__
    assert {"seed": "-5", "candidates": "3", "steps": "9"}.items() <= dict(provenance.parameters).items()


def test_the_parameters_of_a_filling_are_all_told(daemon: Daemon) -> None:
    selection = paint_pb2.SelectionSettings(
        grow=pixels(2.5), blend=paint_pb2.Length(value=10, unit="LENGTH_UNIT_PERCENT")
    )
    context = paint_pb2.Context(kind="CONTEXT_KIND_PIXELS", pixels=30)
    result = painted(daemon, "Inpaint", inpaint(selection=selection, context=context))
    assert dict(result.provenance.parameters) == {
        "grow": "2.5 pixels",
        "feather": "0 pixels",
        "blend": "10 percent",
        "context": "pixels 30",
        "blend_mode": "gradient",
        "seed": "0",
        "candidates": "1",
        "preview_side": "256",
    }


@pytest.mark.parametrize("model_id", ["", "auto"])
def test_auto_is_chosen_from_every_model_that_ships_with_maquette_and_is_told(daemon: Daemon, model_id: str) -> None:
    result = painted(daemon, "Inpaint", inpaint(model_id=model_id))
    assert list(result.notes) == [f"{one.id} was there." for one in (PAINTER, FILLER, FILLER)]
    assert result.provenance.model_id == FILLER.id
    assert list(painted(daemon, "Colorize", colorize(model_id=model_id)).notes) == [f"{PAINTER.id} was there."]


def test_progress_and_previews_come_while_it_paints(daemon: Daemon) -> None:
    updates = daemon.paint.Inpaint(inpaint(model_id="fake-slow-painter"), timeout=60)
    fractions: list[float] = []
    for update in updates:
        if update.HasField("preview"):
            break
        fractions.append(update.progress.fraction)
    assert (update.preview.image.spec.width, len(update.preview.image.inline)) == (8, 8 * 8 * 3)
    assert fractions == sorted(fractions)
    updates.cancel()


def test_large_pictures_travel_by_name_in_both_directions(daemon: Daemon) -> None:
    def sent(content: common_pb2.Image) -> common_pb2.Image:
        chunks = [content.inline[start : start + 2**20] for start in range(0, len(content.inline), 2**20)]
        parts = [content_pb2.PutContentRequest(spec=content.spec)]
        parts += [content_pb2.PutContentRequest(chunk=chunk) for chunk in chunks]
        name = daemon.content.PutContent(iter(parts), timeout=60).content_id
        return common_pb2.Image(spec=content.spec, content_id=name)

    picture = sent(image(1100, 1000, "RGBA_U16", value=3))
    result = painted(daemon, "Inpaint", inpaint(picture=picture, mask=sent(mask(1100, 1000))))
    (candidate,) = result.candidates
    assert candidate.spec == picture.spec
    _, *chunks = daemon.content.GetContent(content_pb2.GetContentRequest(content_id=candidate.content_id))
    assert b"".join(one.chunk for one in chunks) == b"\x03" * (1100 * 1000 * 8)


@pytest.mark.parametrize("batch", [False, True])
def test_dropping_the_stream_cancels_the_work(own_daemon: Daemon, batch: bool) -> None:
    slow = own_daemon.paint.Inpaint(inpaint(model_id="fake-slow-painter", settings=settings(batch=batch)), timeout=60)
    while not next(slow).HasField("preview"):
        pass
    slow.cancel()
    # A model in use cannot be unloaded: that it can be says that the work has ended.
    request = model_pb2.UnloadModelRequest(model_id="fake-slow-painter")

    def unloaded() -> bool:
        try:
            own_daemon.model.UnloadModel(request, timeout=60)
        except grpc.RpcError as error:
            if reason_of(error) != "MODEL_IN_USE":
                raise
            return False
        return True

    wait_until(unloaded)


def test_a_batch_gives_way_to_what_somebody_waits_for(own_daemon: Daemon) -> None:
    request = inpaint(model_id="fake-slow-painter", settings=settings(batch=True))
    slow = own_daemon.paint.Inpaint(request, timeout=60)
    next(slow)
    assert painted(own_daemon, "Inpaint", inpaint()).candidates
    assert slow.is_active()
    slow.cancel()


def test_a_killed_engine_fails_the_call_and_the_next_one_succeeds(own_daemon: Daemon) -> None:
    slow = own_daemon.paint.Inpaint(inpaint(model_id="fake-slow-painter"), timeout=60)
    next(slow)
    own_daemon.engine().kill()
    with pytest.raises(grpc.RpcError) as caught:
        list(slow)
    assert reason_of(caught.value) == "ENGINE_LOST"
    assert painted(own_daemon, "Inpaint", inpaint()).candidates
