"""Scenes from scenes: keep some blobs and sample the rest so that it fits, and scenes between two scenes."""

from __future__ import annotations

from collections.abc import Iterable

from maquette_client.connection import Connection
from maquette_client.scenes import OnProgress, SampledScene, last_result, sampled_scenes
from maquette_client.v1 import scene_pb2
from maquette_client.v1.scene_grpc import SceneServiceStub

# Half of what the daemon sends in one message, and the most that it makes of two scenes in one call.
_ANSWER_BYTES = 4 * 1024 * 1024
_MAXIMUM_AMOUNTS = 64


async def complete_scene(
    connection: Connection,
    scene: scene_pb2.Scene,
    pinned_ids: Iterable[str],
    *,
    pin_background: bool = False,
    seed: int = 0,
    truncation: float | None = None,
    count: int = 1,
    thumbnail_side: int = 0,
    on_progress: OnProgress | None = None,
) -> list[SampledScene]:
    """Keep the pinned blobs to the byte and sample the others (see ``CompleteSceneRequest`` for ranges and defaults).
    Proposal i depends on ``seed`` plus i alone. Leaving the call cancels the work.

    Raises:
        ClientError: BLOB_NOT_FOUND for a pinned id that the scene lacks; any other refusal of the daemon; any failure
            of the connection.
    """
    request = scene_pb2.CompleteSceneRequest(
        scene=scene,
        pinned_ids=pinned_ids,
        pin_background=pin_background,
        seed=seed,
        truncation=truncation,
        count=count,
        thumbnail_side=thumbnail_side,
    )
    return await sampled_scenes(
        connection, await last_result(connection, SceneServiceStub, "CompleteScene", request, on_progress)
    )


async def interpolate_scenes(
    connection: Connection,
    start: scene_pb2.Scene,
    end: scene_pb2.Scene,
    amounts: Iterable[float],
    *,
    thumbnail_side: int = 0,
    on_progress: OnProgress | None = None,
) -> list[SampledScene]:
    """Scenes between two of the same model, one for each amount: 0 = ``start``, 1 = ``end``. As many as fit into one
    answer are asked for at once.

    Raises:
        ClientError: SCENE_MODEL_MISMATCH, any other refusal of the daemon, or any failure of the connection.
    """
    wanted = list(amounts)
    # A scene between two holds the blobs of both where they have no partners.
    fitting = _ANSWER_BYTES // (start.ByteSize() + end.ByteSize() + 1)
    batch = max(1, min(_MAXIMUM_AMOUNTS, fitting))
    found: list[SampledScene] = []
    for first in range(0, max(1, len(wanted)), batch):
        part = wanted[first : first + batch]
        request = scene_pb2.InterpolateScenesRequest(start=start, end=end, amounts=part, thumbnail_side=thumbnail_side)
        report = _part_of(on_progress, first / max(1, len(wanted)), len(part) / max(1, len(wanted)))
        result = await last_result(connection, SceneServiceStub, "InterpolateScenes", request, report)
        found += await sampled_scenes(connection, result)
    return found


def _part_of(on_progress: OnProgress | None, start: float, span: float) -> OnProgress | None:
    if on_progress is None:
        return None
    return lambda stage, fraction: on_progress(stage, start + span * fraction)
