"""The plainest way to stream bytes in chunks with grpc.aio and grpclib: what `GetContent` is compared with."""

# The generated functions carry no types.
# pyright: basic

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import grpc.aio
from grpclib.client import Channel
from maquette_client.v1 import content_grpc, content_pb2

from maquette.server.generated.content_pb2_grpc import ContentServiceServicer, add_ContentServiceServicer_to_server

CHUNK_BYTES = 2**20


class _PlainContent(ContentServiceServicer):
    def __init__(self, data: bytes) -> None:
        self._data = data

    async def GetContent(  # noqa: N802
        self, request: content_pb2.GetContentRequest, context: object
    ) -> AsyncIterator[content_pb2.GetContentResponse]:
        for start in range(0, len(self._data), CHUNK_BYTES):
            yield content_pb2.GetContentResponse(chunk=self._data[start : start + CHUNK_BYTES])


async def _serve(socket: str, size: int) -> None:
    server = grpc.aio.server()
    add_ContentServiceServicer_to_server(_PlainContent(bytes(size)), server)
    server.add_insecure_port(f"unix:{socket}")
    await server.start()
    await server.wait_for_termination()


async def receive(socket: str) -> int:
    """Fetch the bytes over a new connection; returns how many came."""
    channel = Channel(path=socket)
    try:
        stub = content_grpc.ContentServiceStub(channel)
        async with stub.GetContent.open() as stream:
            await stream.send_message(content_pb2.GetContentRequest(), end=True)
            return len(b"".join([answer.chunk async for answer in stream]))
    finally:
        channel.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2])))
