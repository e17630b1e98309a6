"""Where in a message a number can be broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message


def float_paths(message: Message, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a message holds floating-point numbers."""
    for name, one in message.DESCRIPTOR.fields_by_name.items():
        if one.type in (FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE):
            values = range(len(getattr(message, name))) if one.is_repeated else ()
            yield from ((*path, name, index) for index in values)
            if not one.is_repeated:
                yield (*path, name)
    for one, value in message.ListFields():
        if one.type == FieldDescriptor.TYPE_MESSAGE and one.is_repeated:
            for index, element in enumerate(value):
                yield from float_paths(element, (*path, one.name, index))
        elif one.type == FieldDescriptor.TYPE_MESSAGE:
            yield from float_paths(value, (*path, one.name))


def with_value(message: Message, path: tuple[str | int, ...], value: float) -> Message:
    changed = type(message)()
    changed.CopyFrom(message)
    target: Any = changed
    for step in path[:-1]:
        target = target[step] if isinstance(step, int) else getattr(target, step)
    if isinstance(path[-1], int):
        target[path[-1]] = value
    else:
        setattr(target, path[-1], value)
    return changed
