"""SampleScene, CompleteScene and InterpolateScenes: scenes that did not exist before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from maquette_client.v1 import scene_pb2

from maquette.models.requests import ModelInfo, SampleScene, SampleSceneResult
from maquette.models.scene_requests import CompleteScene, InterpolateScenes
from maquette.server.context import Services
from maquette.server.conversion import image_message, provenance_message
from maquette.server.conversion_scene import sample_request, scene_message
from maquette.server.conversion_scene_verbs import complete_request, interpolate_request
from maquette.server.limits import exceeded
from maquette.server.services.updates import Updates, engine_updates

# What a response adds to its result.
_ENVELOPE_BYTES = 64

_Parameters = Sequence[Mapping[str, object]]


async def sample_scene(services: Services, request: scene_pb2.SampleSceneRequest) -> Updates:
    """Scenes from seeds; the result is SampledScenes."""
    info = await services.resolve(request.model_id, "sample_scene")
    work = sample_request(request, info.id, services.limits)
    finish = partial(_sampled, services, info, [_seeds(work, index) for index in range(work.count)])
    return engine_updates(services, info.id, work, finish)


async def complete_scene(services: Services, request: scene_pb2.CompleteSceneRequest) -> Updates:
    """Proposals around the pinned blobs of a scene; the result is SampledScenes."""
    work = complete_request(request, services.limits)
    info = await services.model_of(work.scene, "complete_scene")
    finish = partial(_sampled, services, info, [_proposal(work, index) for index in range(work.count)])
    return engine_updates(services, info.id, work, finish)


async def interpolate_scenes(services: Services, request: scene_pb2.InterpolateScenesRequest) -> Updates:
    """Scenes between two scenes; the result is SampledScenes."""
    work = interpolate_request(request, services.limits)
    info = await services.model_of_both(work.start, work.end, "interpolate_scenes")
    finish = partial(_sampled, services, info, [_between(work, amount) for amount in work.amounts])
    return engine_updates(services, info.id, work, finish)


async def _sampled(
    services: Services, info: ModelInfo, parameters: _Parameters, result: SampleSceneResult
) -> scene_pb2.SampledScenes:
    limits, message = services.limits, scene_pb2.SampledScenes()
    # Half of a message for pictures: what does not fit is fetched by its content id.
    inline_bytes = limits.message_bytes // 2
    for sampled, known in zip(result.scenes, parameters, strict=True):
        thumbnail = None
        if sampled.thumbnail is not None:
            fits = len(sampled.thumbnail.pixels) <= inline_bytes
            inline_bytes -= len(sampled.thumbnail.pixels) if fits else 0
            thumbnail = await image_message(sampled.thumbnail, services.cache, limits, may_be_inline=fits)
        message.scenes.add(
            scene=scene_message(sampled.scene),
            thumbnail=thumbnail,
            provenance=provenance_message(info.id, info.digest, known),
        )
    if message.ByteSize() > limits.message_bytes - _ENVELOPE_BYTES:
        raise exceeded("Bytes of the scenes together", message.ByteSize(), limits.message_bytes)
    return message


def _seeds(work: SampleScene, index: int) -> dict[str, object]:
    style = work.layout_seed if work.style_seed is None else work.style_seed
    background = work.layout_seed if work.background_seed is None else work.background_seed
    return {
        "layout_seed": work.layout_seed + index,
        "style_seed": style + index,
        "background_seed": background + index,
        "truncation": work.truncation,
    }


def _proposal(work: CompleteScene, index: int) -> dict[str, object]:
    return {
        "seed": work.seed + index,
        "truncation": work.truncation,
        "pinned_ids": ",".join(work.pinned),
        "pin_background": work.pin_background,
        "noise_seed": work.scene.noise_seed,
    }


def _between(work: InterpolateScenes, amount: float) -> dict[str, object]:
    return {"amount": amount, "start_noise_seed": work.start.noise_seed, "end_noise_seed": work.end.noise_seed}
