"""The fake daemon's scenes: a picture is painted with the first blob's x, so that one pixel says what it shows."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

from fake_painter import FIRST_VALUE, filled, image_of
from grpclib.const import Status
from maquette_client.errors import ClientError
from maquette_client.scene_edits import apply_patches
from maquette_client.v1 import common_pb2, model_pb2, scene_grpc, scene_pb2

SIDE = 4
MODEL = model_pb2.Model(
    id="blobgan-fake",
    system="blobgan",
    title="Fake rooms",
    tasks=["sample_scene"],
    digest="0" * 64,
    width=SIDE,
    height=SIDE,
    blob_names=["bed", "lamp", "rug"],
    area_normaliser=0.02,
    embedded=True,
)


def scene_of(seed: int) -> scene_pb2.Scene:
    vector = struct.pack("<2f", seed, 0.5)
    appearance = scene_pb2.Appearance(structure=vector, style=vector)
    blobs = [
        scene_pb2.Blob(
            id=name,
            name=name,
            appearance=scene_pb2.Appearance(structure=vector, style=vector, row=row + 1),
            ellipse=scene_pb2.Ellipse(x=0.1 * row, y=0.5, size=2.0, aspect=1.5, angle=0.1),
        )
        for row, name in enumerate(MODEL.blob_names)
    ]
    return scene_pb2.Scene(model_id=MODEL.id, model_digest=MODEL.digest, background=appearance, blobs=blobs)


def picture_of(scene: scene_pb2.Scene) -> common_pb2.Image:
    spec = common_pb2.ImageSpec(
        width=SIDE,
        height=SIDE,
        pixel_format=common_pb2.PIXEL_FORMAT_RGB_U8,
        colour_space=common_pb2.COLOUR_SPACE_SRGB,
        alpha_mode=common_pb2.ALPHA_MODE_OPAQUE,
    )
    value = max(0, min(255, round(scene.blobs[0].ellipse.x * 255))) if scene.blobs else 0
    return common_pb2.Image(spec=spec, inline=bytes([value]) * (3 * SIDE * SIDE))


def copy_of(scene: scene_pb2.Scene) -> scene_pb2.Scene:
    copy = scene_pb2.Scene()
    copy.CopyFrom(scene)
    return copy


class Scenes(scene_grpc.SceneServiceBase):
    def __init__(self, daemon: Any, refusal: Any) -> None:
        self.daemon, self.refusal = daemon, refusal

    async def SampleScene(self, stream):  # noqa: N802
        self.daemon.check(stream)
        request = await stream.recv_message()
        if request.truncation == 0.99:
            self.daemon.asked_to_wait.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.daemon.cancelled.set()
                raise
        progress = common_pb2.Progress(stage="sampling", fraction=0.5)
        await stream.send_message(scene_pb2.SampleSceneResponse(progress=progress))
        scenes = []
        for index in range(request.count or 1):
            scene = scene_of(request.layout_seed + index)
            sampled = scene_pb2.SampledScene(scene=scene)
            if request.thumbnail_side:
                sampled.thumbnail.CopyFrom(picture_of(scene))
            scenes.append(sampled)
        await stream.send_message(scene_pb2.SampleSceneResponse(result=scene_pb2.SampledScenes(scenes=scenes)))

    async def RenderScene(self, stream):  # noqa: N802
        self.daemon.check(stream)
        request = await stream.recv_message()
        result = scene_pb2.RenderedScene(picture=picture_of(request.scene))
        result.timing.total_milliseconds = 3.0
        if request.with_blob_map:
            result.blob_map.CopyFrom(picture_of(request.scene))
        await stream.send_message(scene_pb2.RenderSceneResponse(result=result))

    async def RestyleScene(self, stream):  # noqa: N802
        self.daemon.check(stream)
        request = await stream.recv_message()
        self.daemon.asked.append(request)
        scene = request.scene
        looks = {blob.id: blob.appearance.style for blob in request.source.blobs}
        plain = struct.pack("<2f", request.restyle.seeded.seed, 0.0)
        for blob in scene.blobs:
            if not request.blob_ids or blob.id in request.blob_ids:
                blob.appearance.style = looks.get(blob.id, blob.appearance.style) if looks else plain
        result = scene_pb2.RestyledScene(scene=scene, picture=picture_of(scene))
        await stream.send_message(scene_pb2.RestyleSceneResponse(result=result))

    async def CompleteScene(self, stream):  # noqa: N802
        request = await self.begin(stream)
        scenes = []
        for index in range(request.count or 1):
            scene = copy_of(request.scene)
            for blob in scene.blobs:
                if blob.id not in request.pinned_ids:
                    blob.ellipse.x = 0.1 * (request.seed + index)
            scenes.append(scene)
        await self.answer_scenes(stream, scene_pb2.CompleteSceneResponse, scenes, request.thumbnail_side)

    async def InterpolateScenes(self, stream):  # noqa: N802
        request = await self.begin(stream)
        scenes = []
        for amount in request.amounts:
            scene = copy_of(request.start)
            for blob, other in zip(scene.blobs, request.end.blobs, strict=True):
                blob.ellipse.x = (1 - amount) * blob.ellipse.x + amount * other.ellipse.x
            scenes.append(scene)
        await self.answer_scenes(stream, scene_pb2.InterpolateScenesResponse, scenes, request.thumbnail_side)

    async def InvertImage(self, stream):  # noqa: N802
        request = await self.begin(stream)
        response = scene_pb2.InvertImageResponse
        scene = request.scene if request.HasField("scene") else scene_of(request.seed)
        await stream.send_message(response(progress=common_pb2.Progress(stage="encoding", fraction=0.5)))
        await stream.send_message(response(preview=common_pb2.Preview(image=picture_of(scene))))
        image = image_of(self.daemon, request.image)
        side = min(image.width, image.height)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        middle = scene_pb2.Rectangle(left=left, top=top, width=side, height=side)
        result = scene_pb2.InvertedImage(
            scene=scene,
            picture=picture_of(scene),
            region=request.region if request.HasField("region") else middle,
            psnr=27.5,
            first_psnr=24.25,
            encoded=True,
        )
        await stream.send_message(response(result=result))

    async def TransferEdit(self, stream):  # noqa: N802
        """Paints the first row of the region, so that a test knows what must not change."""
        request = await self.begin(stream)
        result = scene_pb2.TransferredEdit(provenance=common_pb2.Provenance(model_id=MODEL.id))
        if request.before != request.after:
            image = image_of(self.daemon, request.image)
            region = request.region
            changed = scene_pb2.Rectangle(left=region.left, top=region.top, width=region.width or image.width, height=1)
            result.changed.CopyFrom(changed)
            result.patch.CopyFrom(filled(image, FIRST_VALUE, (changed.width, 1)))
        await stream.send_message(scene_pb2.TransferEditResponse(result=result))

    async def RenderAnimation(self, stream):  # noqa: N802
        self.daemon.check(stream)
        async for request in stream:
            self.daemon.asked.append(request)
            if not request.scene.blobs:
                raise self.refusal(Status.INVALID_ARGUMENT, "INVALID_ARGUMENT", "There is nothing to draw.", "Add it.")
            response = scene_pb2.RenderAnimationResponse(frame=request.frame, image=picture_of(request.scene))
            response.timing.total_milliseconds = 2.0
            await stream.send_message(response)

    async def begin(self, stream):
        self.daemon.check(stream)
        request = await stream.recv_message()
        self.daemon.asked.append(request)
        return request

    async def answer_scenes(self, stream, response, scenes, thumbnail_side):
        await stream.send_message(response(progress=common_pb2.Progress(stage="sampling", fraction=0.5)))
        result = scene_pb2.SampledScenes()
        for scene in scenes:
            sampled = result.scenes.add(scene=scene)
            if thumbnail_side:
                sampled.thumbnail.CopyFrom(picture_of(scene))
        await stream.send_message(response(result=result))

    async def EditScene(self, stream):  # noqa: N802
        self.daemon.check(stream)
        first = await stream.recv_message()
        self.daemon.open_streams += 1
        try:
            await EditConversation(self.daemon, stream, first.open.scene).run()
        finally:
            self.daemon.open_streams -= 1


class EditConversation:
    def __init__(self, daemon: Any, stream, scene: scene_pb2.Scene) -> None:
        self.daemon, self.stream, self.scene = daemon, stream, scene
        daemon.opened.append(scene)
        self.revision, self.final = 0, True
        self.changed, self.acknowledged = asyncio.Event(), asyncio.Event()
        self.acknowledged.set()
        self.changed.set()

    async def run(self) -> None:
        painter = asyncio.ensure_future(self.paint())
        try:
            async for message in self.stream:
                if message.WhichOneof("message") == "acknowledge":
                    self.acknowledged.set()
                else:
                    await self.edit(message.edit)
        finally:
            painter.cancel()

    async def edit(self, edit) -> None:
        self.daemon.edits.append(edit)
        backup = scene_pb2.Scene()
        backup.CopyFrom(self.scene)
        try:
            if self.daemon.reject_next and edit.patches:
                self.daemon.reject_next = False
                raise ClientError("LIMIT_EXCEEDED", "That is too much.", "Do less.")
            apply_patches(self.scene, edit.patches)
        except ClientError as error:
            self.scene = backup
            rejected = scene_pb2.EditSceneResponse.Rejected(
                revision=edit.revision, reason=error.reason, message=error.message, action=error.action
            )
            await self.stream.send_message(scene_pb2.EditSceneResponse(rejected=rejected))
        else:
            self.revision = edit.revision
            self.changed.set()
        if edit.settle:
            self.final = True
            self.changed.set()

    async def paint(self) -> None:
        while True:
            await self.changed.wait()
            await self.acknowledged.wait()
            await self.daemon.may_paint.wait()
            self.changed.clear()
            revision, final, picture = self.revision, self.final, picture_of(self.scene)
            self.final = False
            await asyncio.sleep(self.daemon.frame_seconds)
            self.acknowledged.clear()
            quality = (
                scene_pb2.EditSceneResponse.QUALITY_FINAL if final else scene_pb2.EditSceneResponse.QUALITY_PREVIEW
            )
            frame = scene_pb2.EditSceneResponse.Frame(revision=revision, quality=quality, image=picture)
            await self.stream.send_message(scene_pb2.EditSceneResponse(frame=frame))
