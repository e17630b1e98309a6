from __future__ import annotations

import asyncio
import io
import math

import pytest
from fake_painter import ENDLESS_SEED, MODEL_ID
from hypothesis import given
from hypothesis import strategies as st
from maquette_client import painting
from maquette_client.context import (
    Context,
    ContextKind,
    Length,
    LengthUnit,
    Rectangle,
    SelectionSettings,
    context_rectangle,
)
from maquette_client.errors import ClientError
from maquette_client.images import AlphaMode, ColourSpace, Image, PixelFormat
from maquette_client.jpeg_quality import jpeg_quality
from maquette_client.painting import BlendMode, PaintSettings
from maquette_client.v1 import paint_pb2
from PIL import Image as PillowImage

PICTURE = Image(4, 3, bytes(4 * 3 * 8), PixelFormat.RGBA_U16, ColourSpace.LINEAR_REC709, AlphaMode.STRAIGHT)
MASK = Image(4, 3, b"\0\0\0\0\0\xff\xff\0\0\xff\xff\0", PixelFormat.GRAY_U8, ColourSpace.DATA)
SETTINGS = PaintSettings(seed=-3, candidates=2, steps=7, preview_side=0, batch=True)


async def test_a_filling_comes_back_where_it_belongs_in_the_pictures_own_format(connection, daemon):
    told, shown = [], []
    outcome = await painting.inpaint(
        connection,
        PICTURE,
        MASK,
        on_progress=lambda *progress: told.append(progress),
        on_preview=shown.append,
    )
    assert (outcome.left, outcome.top, outcome.width, outcome.height) == (1, 1, 4, 3)
    (candidate,) = outcome.candidates
    assert (candidate.width, candidate.height, candidate.pixels) == (2, 2, b"\x09" * 32)
    assert (candidate.pixel_format, candidate.colour_space) == (PICTURE.pixel_format, PICTURE.colour_space)
    assert outcome.coverage.pixels == b"\xff" * 4
    assert (outcome.model_id, outcome.notes) == (MODEL_ID, ("A note.",))
    assert outcome.provenance.parameters["seed"] == "0"
    assert told == [("painting", 0.5)]
    assert [preview.pixels for preview in shown] == [b"\x05" * 12]


async def test_every_setting_of_a_filling_arrives(connection, daemon):
    await painting.inpaint(
        connection,
        PICTURE,
        MASK,
        model_id="exemplar",
        selection=SelectionSettings(Length(2.5), Length(3), Length(10, LengthUnit.PERCENT)),
        context=Context(ContextKind.PIXELS, 40),
        blend_mode=BlendMode.OFF,
        settings=SETTINGS,
    )
    (request,) = daemon.painted
    assert request.model_id == "exemplar"
    assert (request.selection.grow.value, request.selection.feather.value) == (2.5, 3)
    assert request.selection.grow.unit == paint_pb2.LENGTH_UNIT_PIXELS
    assert (request.selection.blend.value, request.selection.blend.unit) == (10, paint_pb2.LENGTH_UNIT_PERCENT)
    assert (request.context.kind, request.context.pixels) == (paint_pb2.CONTEXT_KIND_PIXELS, 40)
    assert request.blend_mode == paint_pb2.BLEND_MODE_OFF
    sent = request.settings
    assert (sent.seed, sent.candidates, sent.steps, sent.preview_side, sent.batch) == (-3, 2, 7, 0, True)


async def test_an_extension_is_larger_than_what_was_sent(connection, daemon):
    outcome = await painting.outpaint(connection, PICTURE, left=2, bottom=1, settings=SETTINGS, blend=Length(3))
    assert (outcome.left, outcome.top, outcome.width, outcome.height) == (0, 0, 6, 4)
    assert [(one.width, one.height) for one in outcome.candidates] == [(6, 4)] * 2
    (request,) = daemon.painted
    assert (request.left, request.right, request.top, request.bottom, request.blend.value) == (2, 0, 0, 1, 3)


async def test_hints_and_quality_are_left_out_unless_they_are_given(connection, daemon):
    hints = Image(4, 3, bytes(48), PixelFormat.RGBA_U8, ColourSpace.SRGB, AlphaMode.STRAIGHT)
    await painting.colorize(connection, PICTURE)
    await painting.colorize(connection, PICTURE, hints=hints, keep_luminance=False)
    await painting.restore_jpeg(connection, PICTURE)
    await painting.restore_jpeg(connection, PICTURE, quality=30)
    plain, hinted, guessed, known = daemon.painted
    assert (plain.HasField("hints"), plain.keep_luminance) == (False, True)
    assert (hinted.hints.inline, hinted.keep_luminance) == (bytes(48), False)
    assert (guessed.quality, known.quality) == (0, 30)


async def test_a_large_picture_is_sent_ahead(connection, daemon):
    picture = Image(700, 600, bytes(700 * 600 * 3))
    mask = Image(700, 600, b"\xff" * (700 * 600), PixelFormat.GRAY_U8, ColourSpace.DATA)
    await painting.inpaint(connection, picture, mask)
    assert daemon.painted[0].picture.WhichOneof("data") == "content_id"
    assert daemon.painted[0].mask.WhichOneof("data") == "inline"


async def test_cancelling_a_call_cancels_the_daemons_work(connection, daemon):
    call = painting.inpaint(connection, PICTURE, MASK, settings=PaintSettings(seed=ENDLESS_SEED))
    task = asyncio.ensure_future(call)
    await daemon.asked_to_wait.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await daemon.cancelled.wait()


async def test_a_refusal_is_raised(connection, daemon):
    with pytest.raises(ClientError) as caught:
        await painting.colorize(connection, PICTURE, model_id="nobody")
    assert caught.value.reason == "MODEL_NOT_FOUND"


SIDES = st.integers(1, 3000)
RECTANGLES = st.builds(Rectangle, st.integers(-500, 3000), st.integers(-500, 3000), SIDES, SIDES)
CONTEXTS = st.builds(Context, st.sampled_from(ContextKind), st.integers(0, 1000))


@given(RECTANGLES, SIDES, SIDES, CONTEXTS, st.integers(0, 100))
def test_what_is_sent_lies_in_the_canvas_and_holds_all_that_may_change(bounds, width, height, context, reach):
    canvas = Rectangle(0, 0, width, height)
    selected = bounds.within(canvas)
    if not (selected.width and selected.height):
        with pytest.raises(ClientError) as caught:
            context_rectangle(bounds, (width, height), context, reach)
        assert caught.value.reason == "NOTHING_SELECTED"
        return
    sent = context_rectangle(bounds, (width, height), context, reach)
    assert sent.within(canvas) == sent
    region = selected.grown(reach).within(canvas)
    assert region.within(sent) == region


@pytest.mark.parametrize(
    ("bounds", "context", "sent"),
    [
        (Rectangle(900, 800, 200, 100), Context(), Rectangle(700, 550, 600, 600)),
        (Rectangle(1000, 1000, 10, 10), Context(), Rectangle(877, 877, 256, 256)),
        (Rectangle(0, 1900, 200, 100), Context(), Rectangle(0, 1400, 600, 600)),
        (Rectangle(900, 800, 200, 100), Context(ContextKind.PIXELS, 30), Rectangle(870, 770, 260, 160)),
        (Rectangle(-50, -50, 60, 60), Context(ContextKind.PIXELS, 5), Rectangle(0, 0, 15, 15)),
        (Rectangle(900, 800, 200, 100), Context(ContextKind.WHOLE), Rectangle(0, 0, 2000, 2000)),
    ],
)
def test_how_much_is_sent(bounds, context, sent):
    assert context_rectangle(bounds, (2000, 2000), context) == sent


def test_per_cent_are_of_the_disc_with_the_selections_area():
    area = math.pi * 50**2
    assert Length(10, LengthUnit.PERCENT).pixels(area) == pytest.approx(10)
    selection = SelectionSettings(grow=Length(3.2), feather=Length(90), blend=Length(10, LengthUnit.PERCENT))
    assert selection.reach(area) == 4 + 10


@pytest.mark.parametrize("quality", [1, 2, 10, 30, 49, 50, 51, 75, 90, 95, 100])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_the_quality_of_a_jpeg_file_is_read_from_its_tables(quality, mode):
    file = io.BytesIO()
    PillowImage.new(mode, (16, 16), 100).save(file, "JPEG", quality=quality)
    assert jpeg_quality(file.getvalue()) == quality


def test_tables_of_two_bytes_and_in_any_segment_are_read():
    wide = b"\xff\xdb" + (2 + 129).to_bytes(2, "big") + b"\x10" + (8).to_bytes(2, "big") * 64
    second = b"\xff\xdb" + (2 + 65).to_bytes(2, "big") + b"\x01" + b"\x63" * 64
    comment = b"\xff\xfe" + (2 + 5).to_bytes(2, "big") + b"hello"
    assert jpeg_quality(b"\xff\xd8" + comment + second + b"\xff" + wide) == jpeg_quality(b"\xff\xd8" + wide) is not None


@given(st.binary(max_size=300), st.booleans())
def test_anything_else_has_no_quality(data, with_start):
    quality = jpeg_quality((b"\xff\xd8" if with_start else b"") + data)
    assert quality is None or 1 <= quality <= 100


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xdb", b"\xff\xd8\xff\xdb\x00\x00", b"\x89PNG"])
def test_a_file_without_tables_has_no_quality(data):
    assert jpeg_quality(data) is None
