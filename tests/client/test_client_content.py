from __future__ import annotations

import hashlib
import os

import pytest
from maquette_client import content
from maquette_client.errors import ClientError
from maquette_client.images import AlphaMode, ColourSpace, Image, PixelFormat
from maquette_client.v1 import common_pb2


def image_of(side: int, pixel_format: PixelFormat = PixelFormat.RGBA_U8) -> Image:
    size = side * side * pixel_format.channels * pixel_format.sample_bytes
    return Image(side, side, os.urandom(size), pixel_format, ColourSpace.SRGB, AlphaMode.STRAIGHT)


@pytest.mark.parametrize("side", [1, 511, 512, 513, 1024])
async def test_an_image_comes_back_as_it_was_sent(connection, daemon, side):
    image = image_of(side)
    message = await content.to_message(connection, image)
    assert message.WhichOneof("data") == ("inline" if side <= 512 else "content_id")
    assert await content.from_message(connection, message) == image


async def test_the_content_id_is_the_sha_256_of_the_pixels(connection, daemon):
    image = image_of(600)
    assert await content.upload(connection, image) == hashlib.sha256(image.pixels).hexdigest()


async def test_damage_on_the_way_is_noticed(connection, daemon):
    content_id = await content.upload(connection, image_of(600))
    daemon.corrupt_content = True
    with pytest.raises(ClientError) as caught:
        await content.download(connection, content_id)
    assert caught.value.reason == "CONTENT_CORRUPT"


async def test_an_unknown_content_is_not_found(connection, daemon):
    with pytest.raises(ClientError) as caught:
        await content.download(connection, "0" * 64)
    assert caught.value.reason == "CONTENT_NOT_FOUND"


async def test_an_image_whose_bytes_do_not_fit_is_refused_before_it_is_sent(connection):
    with pytest.raises(ClientError) as caught:
        await content.upload(connection, Image(4, 4, b"short"))
    assert caught.value.reason == "IMAGE_CORRUPT"


async def test_a_message_without_pixels_is_refused(connection):
    with pytest.raises(ClientError) as caught:
        await content.from_message(connection, common_pb2.Image())
    assert caught.value.reason == "IMAGE_CORRUPT"
