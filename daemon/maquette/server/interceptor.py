"""What surrounds every handler: the token on the way in, typed errors on the way out."""

from __future__ import annotations

import hmac
import inspect
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
from google.protobuf.message import DecodeError, Message
from grpc.aio import AbortError, ServerInterceptor, ServicerContext, UsageError

from maquette.errors import MaquetteError, Reason
from maquette.server.conversion import check_finite
from maquette.server.limits import exceeded
from maquette.server.status import abort

_log = logging.getLogger(__name__)

TOKEN_KEY = "authorization"
_SCHEME = "Bearer "

Context = ServicerContext[Any, Any]
Behaviour = Callable[[Any, Context], Any]

# grpc's type stubs describe the handlers of its synchronous server only, so handlers pass through here untyped.
_MAKERS: dict[str, Callable[..., Any]] = {
    "unary_unary": grpc.unary_unary_rpc_method_handler,
    "unary_stream": grpc.unary_stream_rpc_method_handler,
    "stream_unary": grpc.stream_unary_rpc_method_handler,
    "stream_stream": grpc.stream_stream_rpc_method_handler,
}


def _unauthenticated() -> MaquetteError:
    return MaquetteError(
        Reason.UNAUTHENTICATED,
        "The call does not carry this daemon's token.",
        "Read the token again from the daemon's runtime file: it changes at every start.",
    )


def _unexpected() -> MaquetteError:
    return MaquetteError(
        Reason.INTERNAL,
        "The daemon failed unexpectedly.",
        "Try again; if it fails again, report it with the daemon's log (`maquette doctor` shows where it is).",
    )


def _refusal(error: MaquetteError) -> Any:
    async def refuse(_: object, context: Context) -> None:
        await abort(context, error)

    return _MAKERS["unary_unary"](refuse)


async def _unimplemented_behaviour(_: object, context: Context) -> None:
    await context.abort(grpc.StatusCode.UNIMPLEMENTED, "The daemon does not know this method.")


async def _translated(context: Context, method: str, work: Awaitable[Any]) -> Any:
    try:
        return await work
    except MaquetteError as error:
        await abort(context, error)
    except (AbortError, UsageError):
        raise
    except Exception:
        _log.exception("%s failed unexpectedly", method)
        await abort(context, _unexpected())


async def _write_all(responses: AsyncIterator[Any], context: Context) -> None:
    try:
        async for response in responses:
            await context.write(response)
    finally:
        close = getattr(responses, "aclose", None)
        if close is not None:
            await close()


async def _checked(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async for request in requests:
        if isinstance(request, MaquetteError):
            raise request
        yield request


async def _answer(behaviour: Behaviour, request: Any, context: Context) -> Any:
    if isinstance(request, MaquetteError):
        raise request
    if isinstance(request, Message):
        check_finite(request)
    else:
        request = _checked(request)
    if inspect.isasyncgenfunction(behaviour):
        return await _write_all(behaviour(request, context), context)
    return await behaviour(request, context)


def _wrapped(method: str, behaviour: Behaviour) -> Behaviour:
    async def handle(request: Any, context: Context) -> Any:
        return await _translated(context, method, _answer(behaviour, request, context))

    return handle


def _decoder(decode: Callable[[bytes], Message], limit: int) -> Callable[[bytes], Message | MaquetteError]:
    """``decode``, with what it refuses as a value: grpc would answer an exception with a status of its own."""

    def decode_or_refuse(raw: bytes) -> Message | MaquetteError:
        if len(raw) > limit:
            return exceeded("Bytes of a message", len(raw), limit)
        try:
            return decode(raw)
        except DecodeError:
            return MaquetteError(
                Reason.INVALID_ARGUMENT, "The message cannot be decoded.", "Update Maquette, or the plugin."
            )

    return decode_or_refuse


def _guarded(method: str, handler: Any, message_limit: int) -> Any:
    kind = next(kind for kind in _MAKERS if getattr(handler, kind) is not None)
    return _MAKERS[kind](
        _wrapped(method, getattr(handler, kind)),
        request_deserializer=_decoder(handler.request_deserializer, message_limit),
        response_serializer=handler.response_serializer,
    )


class Guard(ServerInterceptor):  # pyright: ignore[reportMissingTypeArgument]
    """Lets a call through only with the token, checks its numbers, and translates what it raises.

    Args:
        token: secret of this run of the daemon.
        message_limit: bytes of one message.
    """

    def __init__(self, token: str, message_limit: int) -> None:
        self._message_limit = message_limit
        self._expected = f"{_SCHEME}{token}".encode()

    def _is_authentic(self, details: grpc.HandlerCallDetails) -> bool:
        values = [value for key, value in details.invocation_metadata if key == TOKEN_KEY]
        if len(values) != 1:
            return False
        given = values[0].encode() if isinstance(values[0], str) else values[0]
        return hmac.compare_digest(given, self._expected)

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """The guarded handler of a call."""
        if not self._is_authentic(handler_call_details):
            return _refusal(_unauthenticated())
        handler = await continuation(handler_call_details)
        if handler is None:
            return _MAKERS["unary_unary"](_unimplemented_behaviour)
        return _guarded(handler_call_details.method, handler, self._message_limit)
