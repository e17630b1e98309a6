"""Bounds on what a caller may ask; whatever is larger is refused with LIMIT_EXCEEDED."""

from __future__ import annotations

from dataclasses import dataclass

from maquette.errors import MaquetteError, Reason
from maquette.models.painting.requests import MAXIMUM_CANDIDATES, MAXIMUM_PREVIEW_SIDE, MAXIMUM_STEPS
from maquette.models.requests import MAXIMUM_SAMPLES
from maquette.models.scene import MAXIMUM_BLOBS
from maquette.models.scene_requests import MAXIMUM_AMOUNTS, MAXIMUM_INVERSION_STEPS

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """Bounds of one daemon.

    Attributes:
        message_bytes: one message.
        inline_bytes: an image inside a message.
        chunk_bytes: one chunk of an image's bytes.
        image_side: pixels of an image's longer side.
        image_bytes: one image.
        cache_bytes: all images in the content cache together.
        uploads: images being sent at the same time.
        blobs: blobs of a scene.
        samples: scenes sampled, or proposed, by one call.
        amounts: scenes between two scenes that one call makes.
        inversion_steps: steps of optimisation of one inversion.
        candidates: answers of one painting call.
        steps: network calls of one painting call.
        preview_side: pixels of the longer side of a painting call's previews.
        length: pixels that a selection is grown, feathered or blended by, or that an edit fades out over.
        result_bytes: all candidates of one painting call.
        operations: operations that wait or run at the same time.
        edit_streams: scenes edited at the same time.
        animations: animations rendered at the same time.
        frames_ahead: scenes of one animation that are read before their turn.
        streams: calls on one connection at the same time.
    """

    message_bytes: int = 8 * MEBIBYTE
    inline_bytes: int = MEBIBYTE
    chunk_bytes: int = MEBIBYTE
    image_side: int = 16384
    image_bytes: int = 256 * MEBIBYTE
    cache_bytes: int = 512 * MEBIBYTE
    uploads: int = 4
    blobs: int = MAXIMUM_BLOBS
    samples: int = MAXIMUM_SAMPLES
    amounts: int = MAXIMUM_AMOUNTS
    inversion_steps: int = MAXIMUM_INVERSION_STEPS
    candidates: int = MAXIMUM_CANDIDATES
    steps: int = MAXIMUM_STEPS
    preview_side: int = MAXIMUM_PREVIEW_SIDE
    length: int = 4096
    result_bytes: int = 384 * MEBIBYTE
    operations: int = 64
    edit_streams: int = 8
    animations: int = 4
    frames_ahead: int = 8
    streams: int = 128


def exceeded(what: str, value: int, limit: int) -> MaquetteError:
    """The refusal of a value above its limit."""
    return MaquetteError(
        Reason.LIMIT_EXCEEDED,
        f"{what}: {value} is more than the limit of {limit}.",
        f"Stay within {limit}.",
        {"limit": str(limit)},
    )
