"""Images to and from the daemon: small ones inline, large ones in chunks that are checked by their SHA-256."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from typing import Any

from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.images import (
    MAXIMUM_INLINE_BYTES,
    Image,
    check_image,
    image_from_spec,
    inline_image,
    spec_of,
)
from maquette_client.v1 import common_pb2, content_grpc, content_pb2

CHUNK_BYTES = 1024 * 1024

# Hashed without a pause; keeps a turn of the pump short.
_HASH_BYTES = 256 * 1024


async def to_message(connection: Connection, image: Image) -> common_pb2.Image:
    """The message that stands for an image in a request; a large one is sent ahead.

    Raises:
        ClientError: IMAGE_CORRUPT, LIMIT_EXCEEDED or any failure of the connection.
    """
    check_image(image)
    if len(image.pixels) <= MAXIMUM_INLINE_BYTES:
        return common_pb2.Image(spec=spec_of(image), inline=image.pixels)
    return common_pb2.Image(spec=spec_of(image), content_id=await upload(connection, image))


async def from_message(connection: Connection, message: common_pb2.Image) -> Image:
    """The image that a message stands for; a large one is fetched.

    Raises:
        ClientError: IMAGE_CORRUPT, CONTENT_CORRUPT, CONTENT_NOT_FOUND or any failure of the connection.
    """
    if message.WhichOneof("data") == "content_id":
        return await download(connection, message.content_id)
    return inline_image(message)


async def upload(connection: Connection, image: Image) -> str:
    """Send an image and return its content id, the SHA-256 of its pixels.

    Raises:
        ClientError: IMAGE_CORRUPT, LIMIT_EXCEEDED, CONTENT_CORRUPT or any failure of the connection.
    """
    check_image(image)
    pixels, digest = memoryview(image.pixels), hashlib.sha256()
    async with connection.open(content_grpc.ContentServiceStub, "PutContent") as stream:
        await stream.send_message(content_pb2.PutContentRequest(spec=spec_of(image)))
        for start in range(0, len(pixels), CHUNK_BYTES):
            chunk = pixels[start : start + CHUNK_BYTES]
            last = start + CHUNK_BYTES >= len(pixels)
            await stream.send_message(content_pb2.PutContentRequest(chunk=bytes(chunk)), end=last)
            await _hash(digest, chunk)
        answer = await stream.recv_message()
    if answer is None or answer.content_id != digest.hexdigest():
        raise _content_corrupt()
    return answer.content_id


async def download(connection: Connection, content_id: str) -> Image:
    """Fetch an image.

    Raises:
        ClientError: CONTENT_NOT_FOUND, CONTENT_CORRUPT when the bytes are not those of the id, IMAGE_CORRUPT or any
            failure of the connection.
    """
    request = content_pb2.GetContentRequest(content_id=content_id)
    spec: common_pb2.ImageSpec | None = None
    chunks: list[bytes] = []
    digest = hashlib.sha256()
    answers = connection.stream(content_grpc.ContentServiceStub, "GetContent", request)
    async with contextlib.aclosing(answers):
        async for answer in answers:
            if answer.WhichOneof("part") == "spec":
                spec = answer.spec
            else:
                chunks.append(answer.chunk)
                await _hash(digest, memoryview(answer.chunk))
    if spec is None or digest.hexdigest() != content_id:
        raise _content_corrupt()
    return image_from_spec(spec, b"".join(chunks))


async def _hash(digest: Any, data: memoryview) -> None:
    for start in range(0, len(data), _HASH_BYTES):
        digest.update(data[start : start + _HASH_BYTES])
        await asyncio.sleep(0)


def _content_corrupt() -> ClientError:
    return ClientError("CONTENT_CORRUPT", "The image was damaged on its way.", "Try again.")
