"""ContentService: large images in and out, in chunks."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

from maquette_client.v1 import content_pb2

from maquette.errors import MaquetteError, Reason
from maquette.imaging.picture import Picture, PictureSpec
from maquette.server.context import Services
from maquette.server.conversion import invalid, spec_from, spec_message
from maquette.server.generated.content_pb2_grpc import ContentServiceServicer
from maquette.server.interceptor import Context
from maquette.server.limits import exceeded


class _Upload:
    """An image that is arriving; its hash is taken chunk by chunk, so that no call waits for a long one."""

    def __init__(self, spec: PictureSpec, chunk_limit: int) -> None:
        self._spec = spec
        self._chunk_limit = chunk_limit
        self._pixels = bytearray()
        self._hash = hashlib.sha256()

    def add(self, chunk: bytes) -> None:
        if not chunk:
            raise invalid("A chunk of the image is empty.", "Send the spec first, then chunks of at least one byte.")
        if len(chunk) > self._chunk_limit:
            raise exceeded("Bytes of a chunk", len(chunk), self._chunk_limit)
        if len(self._pixels) + len(chunk) > self._spec.byte_size:
            raise self._wrong_size()
        self._pixels += chunk
        self._hash.update(chunk)

    def finish(self) -> tuple[str, Picture]:
        if len(self._pixels) != self._spec.byte_size:
            raise self._wrong_size()
        return self._hash.hexdigest(), Picture(self._spec, bytes(self._pixels))

    def _wrong_size(self) -> MaquetteError:
        return MaquetteError(
            Reason.CONTENT_CORRUPT,
            f"The image does not have the {self._spec.byte_size} bytes that its spec needs.",
            "Send width × height × bytes per pixel, without padding.",
        )


class ContentService(ContentServiceServicer):
    """Images addressed by the SHA-256 of their pixels."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._uploads = 0

    async def PutContent(  # noqa: N802
        self, request_iterator: AsyncIterator[content_pb2.PutContentRequest], context: Context
    ) -> content_pb2.PutContentResponse:
        """Take an image."""
        limits = self._services.limits
        if self._uploads >= limits.uploads:
            raise exceeded("Images sent at the same time", self._uploads + 1, limits.uploads)
        self._uploads += 1
        try:
            name, picture = await self._receive(request_iterator)
        finally:
            self._uploads -= 1
        self._services.cache.put(name, picture)
        return content_pb2.PutContentResponse(content_id=name)

    async def _receive(self, requests: AsyncIterator[content_pb2.PutContentRequest]) -> tuple[str, Picture]:
        upload: _Upload | None = None
        async for request in requests:
            if upload is None:
                upload = _Upload(self._first_spec(request), self._services.limits.chunk_bytes)
            elif request.WhichOneof("part") == "spec":
                raise invalid("The image's spec came twice.", "Send the spec first, then only chunks.")
            else:
                upload.add(request.chunk)
        if upload is None:
            raise invalid("No image was sent.", "Send the spec first, then its bytes in chunks.")
        return upload.finish()

    def _first_spec(self, request: content_pb2.PutContentRequest) -> PictureSpec:
        if request.WhichOneof("part") != "spec":
            raise invalid("The image's spec is missing.", "Send the spec first, then its bytes in chunks.")
        return spec_from(request.spec, self._services.limits)

    async def GetContent(  # noqa: N802
        self, request: content_pb2.GetContentRequest, context: Context
    ) -> AsyncIterator[content_pb2.GetContentResponse]:
        """Give an image."""
        picture = self._services.cache.get(request.content_id)
        yield content_pb2.GetContentResponse(spec=spec_message(picture.spec))
        size = self._services.limits.chunk_bytes
        for start in range(0, len(picture.pixels), size):
            yield content_pb2.GetContentResponse(chunk=picture.pixels[start : start + size])
