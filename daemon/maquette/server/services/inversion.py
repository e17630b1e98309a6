"""InvertImage and TransferEdit: from a picture to a scene, and the scene's edits back onto the picture."""

from __future__ import annotations

from functools import partial

from maquette_client.v1 import scene_pb2

from maquette.models.requests import ModelInfo
from maquette.models.scene_requests import InvertImage, InvertImageResult, TransferEdit, TransferEditResult
from maquette.server.context import Services
from maquette.server.conversion import provenance_message
from maquette.server.conversion_scene_verbs import (
    invert_request,
    inverted_message,
    transfer_request,
    transferred_message,
)
from maquette.server.services.updates import Updates, engine_updates


async def invert_image(services: Services, request: scene_pb2.InvertImageRequest) -> Updates:
    """The scene of a picture; the result is an InvertedImage."""
    work = invert_request(request, services.cache, services.limits)
    if work.scene is None:
        info = await services.resolve(request.model_id, "invert_image")
    else:
        info = await services.model_of(work.scene, "invert_image")
    return engine_updates(services, info.id, work, partial(_inverted, services, info, work))


async def _inverted(
    services: Services, info: ModelInfo, work: InvertImage, result: InvertImageResult
) -> scene_pb2.InvertedImage:
    parameters = {
        "seed": work.seed,
        "steps": "" if work.steps is None else work.steps,
        "pinned_ids": ",".join(work.pinned),
        "pin_background": work.pin_background,
    }
    provenance = provenance_message(info.id, info.digest, parameters)
    return await inverted_message(result, provenance, services.cache, services.limits)


async def transfer_edit(services: Services, request: scene_pb2.TransferEditRequest) -> Updates:
    """What an edit changes of a picture; the result is a TransferredEdit."""
    work = transfer_request(request, services.cache, services.limits)
    info = await services.model_of_both(work.before, work.after, "transfer_edit")
    return engine_updates(services, info.id, work, partial(_transferred, services, info, work))


async def _transferred(
    services: Services, info: ModelInfo, work: TransferEdit, result: TransferEditResult
) -> scene_pb2.TransferredEdit:
    provenance = provenance_message(info.id, info.digest, {"blend": "" if work.blend is None else work.blend})
    return await transferred_message(result, provenance, services.cache, services.limits)
