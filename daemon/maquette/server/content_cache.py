"""Pictures by the SHA-256 of their pixels: the least recently used go first."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from maquette.errors import MaquetteError, Reason
from maquette.imaging.picture import Picture
from maquette.server.limits import exceeded


def content_id(pixels: bytes) -> str:
    """Name of a picture's pixels: 64 lower-case hexadecimal digits."""
    return hashlib.sha256(pixels).hexdigest()


class ContentCache:
    """A bounded store. The same pixels under another spec replace the spec: an image message carries its own.

    Args:
        capacity_bytes: pixels to keep in all.
    """

    def __init__(self, capacity_bytes: int) -> None:
        self._capacity_bytes = capacity_bytes
        self._pictures: OrderedDict[str, Picture] = OrderedDict()
        self._bytes = 0

    @property
    def held_bytes(self) -> int:
        """Pixels held now."""
        return self._bytes

    def put(self, name: str, picture: Picture) -> None:
        """Keep a picture under its content id.

        Raises:
            MaquetteError: LIMIT_EXCEEDED, it is larger than the whole cache.
        """
        if len(picture.pixels) > self._capacity_bytes:
            raise exceeded("Bytes of an image", len(picture.pixels), self._capacity_bytes)
        self._forget(name)
        self._pictures[name] = picture
        self._bytes += len(picture.pixels)
        while self._bytes > self._capacity_bytes:
            self._forget(next(iter(self._pictures)))

    def get(self, name: str) -> Picture:
        """The picture of a content id.

        Raises:
            MaquetteError: CONTENT_NOT_FOUND.
        """
        picture = self._pictures.get(name)
        if picture is None:
            raise MaquetteError(
                Reason.CONTENT_NOT_FOUND,
                "The daemon no longer has this image.",
                "Send it again, or render it again.",
                {"content_id": name[:64]},
            )
        self._pictures.move_to_end(name)
        return picture

    def _forget(self, name: str) -> None:
        picture = self._pictures.pop(name, None)
        if picture is not None:
            self._bytes -= len(picture.pixels)
