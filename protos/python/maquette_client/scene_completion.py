"""Scenes from scenes: keep some blobs and sample the rest so that it fits, and scenes between two scenes."""

from __future__ import annotations

from collections.abc import Iterable

from maquette_client.connection import Connection
from maquette_client.scenes import OnProgress, SampledScene, last_result, sampled_scenes
from maquette_client.v1 import scene_pb2
from maquette_client.v1.scene_grpc import SceneServiceStub


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
    """Scenes between two of the same model, one for each amount: 0 = ``start``, 1 = ``end``; 1 to 64 of them.

    Raises:
        ClientError: SCENE_MODEL_MISMATCH, any other refusal of the daemon, or any failure of the connection.
    """
    request = scene_pb2.InterpolateScenesRequest(start=start, end=end, amounts=amounts, thumbnail_side=thumbnail_side)
    return await sampled_scenes(
        connection, await last_result(connection, SceneServiceStub, "InterpolateScenes", request, on_progress)
    )
