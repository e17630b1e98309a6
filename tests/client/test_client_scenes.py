from __future__ import annotations

import asyncio

import pytest
from fake_scenes import SIDE, scene_of
from maquette_client.animation import MAXIMUM_IN_FLIGHT, AnimationRenderer
from maquette_client.errors import ClientError
from maquette_client.images import AlphaMode, Image, PixelFormat
from maquette_client.inversion import Part, TransferredEdit, invert_image, transfer_edit, with_edit
from maquette_client.scene_completion import complete_scene, interpolate_scenes
from maquette_client.scenes import restyle_scene
from maquette_client.v1 import common_pb2, scene_pb2

PICTURE = Image(6, 4, bytes(range(6 * 4 * 8)), PixelFormat.RGBA_U16, alpha_mode=AlphaMode.STRAIGHT)
# More than travels inside a message.
LARGE = Image(800, 600, bytes(800 * 600 * 3))


def scene_at(x: float) -> scene_pb2.Scene:
    scene = scene_of(1)
    scene.blobs[0].ellipse.x = x
    return scene


def value_of(image: Image) -> int:
    return image.pixels[0]


async def test_proposals_keep_what_is_pinned(connection, daemon):
    scene, told = scene_of(3), []
    proposals = await complete_scene(
        connection,
        scene,
        ["bed"],
        pin_background=True,
        seed=4,
        truncation=0.25,
        count=2,
        thumbnail_side=32,
        on_progress=lambda *progress: told.append(progress),
    )
    assert [proposal.scene.blobs[0] for proposal in proposals] == [scene.blobs[0]] * 2
    assert [proposal.scene.blobs[1].ellipse.x for proposal in proposals] == pytest.approx([0.4, 0.5])
    assert all(proposal.thumbnail is not None for proposal in proposals)
    (request,) = daemon.asked
    assert (list(request.pinned_ids), request.pin_background, request.seed) == (["bed"], True, 4)
    assert (request.truncation, request.count, request.thumbnail_side) == (0.25, 2, 32)
    assert told == [("sampling", 0.5)]


async def test_a_truncation_that_is_not_asked_for_is_left_to_the_daemon(connection, daemon):
    await complete_scene(connection, scene_of(1), [])
    assert not daemon.asked[0].HasField("truncation")


async def test_scenes_between_two_come_in_the_order_of_their_amounts(connection, daemon):
    between = await interpolate_scenes(connection, scene_at(0.0), scene_at(1.0), [1.0, 0.25])
    assert [one.scene.blobs[0].ellipse.x for one in between] == [1.0, 0.25]
    assert [one.thumbnail for one in between] == [None, None]


async def test_more_scenes_than_fit_into_one_answer_are_asked_for_in_parts(connection, daemon):
    heavy = scene_at(0.0)
    heavy.background.structure = bytes(100_000)
    amounts, told = [index / 99 for index in range(100)], []
    between = await interpolate_scenes(
        connection, heavy, scene_at(1.0), amounts, on_progress=lambda stage, fraction: told.append(fraction)
    )
    assert [one.scene.blobs[0].ellipse.x for one in between] == pytest.approx(amounts)
    assert [len(request.amounts) for request in daemon.asked] == [41, 41, 18]
    assert told == pytest.approx([0.205, 0.615, 0.91])


async def test_scenes_of_no_amounts_are_left_to_the_daemon_to_refuse(connection, daemon):
    await interpolate_scenes(connection, scene_at(0.0), scene_at(1.0), [])
    assert [len(request.amounts) for request in daemon.asked] == [0]


async def test_looks_of_another_scene_are_asked_for(connection, daemon):
    restyled = await restyle_scene(connection, scene_of(1), source=scene_of(9), amount=0.5, blob_ids=["bed"])
    assert restyled.scene.blobs[0].appearance.style == scene_of(9).blobs[0].appearance.style
    assert restyled.scene.blobs[1].appearance.style == scene_of(1).blobs[1].appearance.style
    (request,) = daemon.asked
    assert (request.amount, request.HasField("restyle")) == (0.5, False)


async def test_an_inversion_reports_shows_and_answers(connection, daemon):
    told, shown = [], []
    found = await invert_image(
        connection,
        PICTURE,
        part=Part(1, 0, 3, 4),
        scene=scene_at(0.5),
        pinned_ids=["bed"],
        pin_background=True,
        steps=0,
        seed=7,
        on_progress=lambda *progress: told.append(progress),
        on_preview=shown.append,
    )
    assert (found.part, found.psnr, found.first_psnr, found.encoded) == (Part(1, 0, 3, 4), 27.5, 24.25, True)
    assert found.scene == scene_at(0.5)
    assert (found.picture.width, value_of(found.picture)) == (SIDE, 128)
    assert told == [("encoding", 0.5)]
    assert [value_of(preview) for preview in shown] == [128]
    (request,) = daemon.asked
    assert (list(request.pinned_ids), request.pin_background, request.seed) == (["bed"], True, 7)
    assert request.HasField("steps")
    assert request.image.inline == PICTURE.pixels


async def test_an_inversion_of_a_large_picture_sends_it_ahead_and_leaves_open_what_is_not_given(connection, daemon):
    found = await invert_image(connection, LARGE, model_id="blobgan-fake")
    assert found.part == Part(100, 0, 600, 600)
    (request,) = daemon.asked
    assert request.image.content_id in daemon.contents
    assert not any(request.HasField(name) for name in ("region", "scene", "steps"))


async def test_an_edit_changes_only_its_own_part_of_a_picture(connection, daemon):
    edit = await transfer_edit(connection, PICTURE, scene_at(0.0), scene_at(1.0), part=Part(2, 1, 3, 3), blend=2.5)
    assert edit.changed == Part(2, 1, 3, 1)
    edited = with_edit(PICTURE, edit)
    start = (1 * 6 + 2) * 8
    assert edited.pixels == PICTURE.pixels[:start] + b"\x09" * 24 + PICTURE.pixels[start + 24 :]
    assert (edited.pixel_format, edited.alpha_mode) == (PICTURE.pixel_format, PICTURE.alpha_mode)
    assert daemon.asked[0].blend == 2.5


async def test_an_edit_that_changes_nothing_leaves_the_picture(connection, daemon):
    edit = await transfer_edit(connection, PICTURE, scene_at(0.0), scene_at(0.0))
    assert (edit.changed, edit.patch) == (None, None)
    assert with_edit(PICTURE, edit) is PICTURE
    assert [daemon.asked[0].HasField(name) for name in ("region", "blend")] == [False, False]


@pytest.mark.parametrize(
    ("part", "patch"),
    [
        (Part(5, 0, 2, 1), Image(2, 1, bytes(16), PixelFormat.RGBA_U16)),
        (Part(0, 4, 1, 1), Image(1, 1, bytes(8), PixelFormat.RGBA_U16)),
        (Part(0, 0, 1, 1), Image(1, 1, bytes(3))),
        (Part(0, 0, 2, 1), Image(1, 1, bytes(8), PixelFormat.RGBA_U16)),
    ],
)
def test_an_edit_of_another_picture_is_refused(part, patch):
    with pytest.raises(ClientError) as refused:
        with_edit(PICTURE, TransferredEdit(part, patch, common_pb2.Provenance()))
    assert refused.value.reason == "IMAGE_CORRUPT"


@pytest.mark.parametrize("part", [Part(-1, 0, 2, 2), Part(0, -1, 2, 2), Part(0, 0, 0, 2), Part(0, 0, 2, -2)])
async def test_a_part_that_no_picture_has_is_refused(connection, daemon, part):
    with pytest.raises(ClientError) as refused:
        await invert_image(connection, PICTURE, part=part)
    assert refused.value.reason == "INVALID_ARGUMENT"
    assert daemon.asked == []


async def test_frames_come_back_in_the_order_in_which_they_were_sent(connection, daemon):
    async with AnimationRenderer(connection) as renderer:
        for frame, x in ((-5, 0.0), (10, 1.0), (3, 0.2)):
            await renderer.submit(frame, scene_at(x))
        assert renderer.in_flight == 3
        frames = [await renderer.next() for _ in range(3)]
        assert (await renderer.render(11, scene_at(0.2))).image == frames[2].image
    assert [(frame.frame, value_of(frame.image)) for frame in frames] == [(-5, 0), (10, 255), (3, 51)]
    assert frames[0].total_milliseconds == 2.0


async def test_no_more_frames_are_in_flight_than_both_sides_can_hold(connection, daemon):
    async with AnimationRenderer(connection) as renderer:
        for frame in range(MAXIMUM_IN_FLIGHT):
            assert not renderer.is_full
            await renderer.submit(frame, scene_at(0.0))
        assert renderer.is_full
        with pytest.raises(ClientError) as refused:
            await renderer.submit(99, scene_at(0.0))
        assert refused.value.reason == "LIMIT_EXCEEDED"
        assert [(await renderer.next()).frame for _ in range(MAXIMUM_IN_FLIGHT)] == [0, 1, 2, 3]


async def test_a_refused_frame_says_why_and_ends_the_animation(connection, daemon):
    async with AnimationRenderer(connection) as renderer:
        assert (await renderer.render(1, scene_at(0.0))).frame == 1
        with pytest.raises(ClientError) as refused:
            await renderer.render(2, scene_pb2.Scene())
        assert (refused.value.reason, refused.value.message) == ("INVALID_ARGUMENT", "There is nothing to draw.")
        with pytest.raises(ClientError) as ended:
            await renderer.submit(3, scene_at(0.0))
    assert ended.value.message == "The animation has ended."


async def test_the_first_frame_may_be_refused_too(connection, daemon):
    with pytest.raises(ClientError) as refused:
        async with AnimationRenderer(connection) as renderer:
            await renderer.render(1, scene_pb2.Scene())
    assert refused.value.reason == "INVALID_ARGUMENT"


async def test_an_animation_may_be_left_before_it_began_and_with_frames_in_flight(connection, daemon):
    async with AnimationRenderer(connection):
        pass
    async with AnimationRenderer(connection) as renderer:
        await renderer.submit(1, scene_at(0.0))
    assert renderer.in_flight == 0
    async with AnimationRenderer(connection) as renderer:
        assert (await renderer.render(2, scene_at(0.0))).frame == 2


async def test_a_daemon_that_is_lost_ends_the_animation_with_a_typed_error(connection, daemon):
    async with AnimationRenderer(connection) as renderer:
        await renderer.render(1, scene_at(0.0))
        connection.close()
        await asyncio.sleep(0)
        with pytest.raises(ClientError) as lost:
            await renderer.render(2, scene_at(0.0))
    assert lost.value.reason == "CONNECTION_LOST"


async def test_a_frame_that_nobody_sent_cannot_be_waited_for(connection, daemon):
    async with AnimationRenderer(connection) as renderer:
        with pytest.raises(ClientError) as refused:
            await renderer.next()
    assert refused.value.reason == "INVALID_ARGUMENT"
