"""What every streaming method sends: progress, previews and, last, the result."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any, TypeVar

from google.protobuf.message import Message
from maquette_client.v1 import common_pb2

from maquette.engine.messages import Priority
from maquette.engine.supervisor import Finished
from maquette.server.context import Services
from maquette.server.conversion import image_message, progress_message

Response = TypeVar("Response", bound=Message)
# Progress, previews and, last, the message of the result.
Updates = AsyncGenerator[Message, None]


async def engine_updates(
    services: Services,
    model_id: str,
    work: object,
    finish: Callable[[Any], Awaitable[Message | None]],
    priority: Priority = Priority.PREVIEW,
    share: tuple[float, float] = (0.0, 1.0),
) -> Updates:
    """One operation of the engine; closing the generator cancels it.

    Args:
        services: what is shared.
        model_id: model that does it; empty where the work names its models itself.
        work: what to do.
        finish: turns the engine's result into the message of the method's result; None = the method goes on.
        priority: its class.
        share: what of the method's progress it is.

    Raises:
        MaquetteError: as :meth:`Supervisor.operate`.
    """
    async with aclosing(services.supervisor.operate(model_id, work, priority)) as events:
        async for event in events:
            if not isinstance(event, Finished):
                start, stop = share
                yield progress_message(replace(event, fraction=start + (stop - start) * event.fraction))
                if event.preview is not None:
                    yield common_pb2.Preview(image=await image_message(event.preview, services.cache, services.limits))
            elif (result := await finish(event.result)) is not None:
                yield result


async def answers(updates: Updates, make: type[Response]) -> AsyncGenerator[Response, None]:
    """Updates as a method's responses: messages with ``oneof update {progress, preview, result}``.

    Args:
        updates: a preview is left out where the response has no place for it.
        make: class of the response.
    """
    has_preview = "preview" in make.DESCRIPTOR.fields_by_name
    respond: Callable[..., Response] = make
    async with aclosing(updates):
        async for update in updates:
            if isinstance(update, common_pb2.Progress):
                yield respond(progress=update)
            elif not isinstance(update, common_pb2.Preview):
                yield respond(result=update)
            elif has_preview:
                yield respond(preview=update)
