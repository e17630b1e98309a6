"""Reading the pickle inside a PyTorch checkpoint without executing anything.

A pickle is a program for a small stack machine. This is an interpreter of our own for the part of it that checkpoints
need. It never looks a name up: a global stays a :class:`Name`, a call of one of a few known names builds plain data,
a call of a name from the libraries that training scripts use builds an :class:`Inert` stand-in, and everything else is
refused.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn, cast

from maquette.errors import MaquetteError, Reason

INERT_PREFIXES = (
    "omegaconf.",
    "pytorch_lightning.",
    "lightning.",
    "lightning_fabric.",
    "utils.",
    "typing.",
    "numpy.",
    "argparse.",
    "pathlib.",
    "torch.optim.",
)
"""Modules whose objects are kept as stand-ins: nothing of them is imported."""

_INERT_NAMES = frozenset({"torch.device", "torch.dtype", "torch._C._infer_size"})
_PLAIN_TYPES = frozenset(
    f"{module}.{name}"
    for module in ("builtins", "__builtin__")
    for name in ("dict", "list", "tuple", "set", "frozenset", "int", "float", "str", "bool", "bytes", "object")
)
_DTYPES = frozenset({"float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"})
STORAGES = {
    "torch.FloatStorage": "float32",
    "torch.DoubleStorage": "float64",
    "torch.HalfStorage": "float16",
    "torch.BFloat16Storage": "bfloat16",
    "torch.LongStorage": "int64",
    "torch.IntStorage": "int32",
    "torch.ShortStorage": "int16",
    "torch.CharStorage": "int8",
    "torch.ByteStorage": "uint8",
    "torch.BoolStorage": "bool",
}


@dataclass(frozen=True)
class Name:
    """A global that was mentioned; it stays a name."""

    qualified: str


@dataclass(eq=False)
class Inert:
    """Stands in for an object of a foreign library: its type's name, what it was made from, its state."""

    type_name: str
    arguments: tuple[object, ...] = ()
    state: object = None


@dataclass(frozen=True)
class StorageReference:
    """A block of numbers in the checkpoint, by its key."""

    key: str
    dtype: str
    count: int


@dataclass(frozen=True)
class TensorReference:
    """A tensor as a view of a block of numbers."""

    storage: StorageReference
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def unsafe(why: str) -> MaquetteError:
    """The error for a file that wants more than data to be read."""
    return MaquetteError(
        Reason.CHECKPOINT_UNSAFE,
        f"The checkpoint was not opened: {why}.",
        "Import only the published file, or convert it to safetensors on a machine where you trust it.",
    )


def damaged(why: str) -> MaquetteError:
    """The error for a file that cannot be read."""
    return MaquetteError(
        Reason.CHECKPOINT_CORRUPT, f"The checkpoint cannot be read: {why}.", "Download the checkpoint again."
    )


class _Mark:
    pass


_MARK = _Mark()


def _dictionary(keys: Iterable[object], values: Iterable[object]) -> dict[object, object]:
    pairs = list(zip(keys, values, strict=True))
    # Hashing a tuple nested a million deep would overflow the interpreter's own stack.
    if not all(isinstance(key, str | int | float | bytes | Name | Inert | None) for key, _ in pairs):
        raise unsafe("it uses something as a key that checkpoints do not")
    return dict(pairs)


def _integers(value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple) or not all(type(item) is int for item in cast("tuple[object, ...]", value)):
        raise damaged("a tensor's sizes are not whole numbers")
    return cast("tuple[int, ...]", value)


def _rebuilt_tensor(arguments: tuple[object, ...]) -> TensorReference:
    storage, offset, shape, strides, *_ = arguments
    if not isinstance(storage, StorageReference) or type(offset) is not int:
        raise damaged("a tensor has no numbers")
    return TensorReference(storage, offset, _integers(shape), _integers(strides))


def _rebuilt_parameter(arguments: tuple[object, ...]) -> object:
    return arguments[0]


def _ordered_dict(arguments: tuple[object, ...]) -> dict[object, object]:
    if not arguments:
        return {}
    pairs = [(key, value) for key, value in cast("list[tuple[object, object]]", arguments[0])]
    return _dictionary((key for key, _ in pairs), (value for _, value in pairs))


def _default_dict(arguments: tuple[object, ...]) -> dict[object, object]:
    del arguments
    return {}


def _size(arguments: tuple[object, ...]) -> tuple[int, ...]:
    return _integers(tuple(cast("tuple[object, ...]", arguments[0])))


def _encoded(arguments: tuple[object, ...]) -> bytes:
    text, encoding = arguments
    if not isinstance(text, str) or encoding != "latin1":
        raise unsafe("it asks for a text encoding that checkpoints do not use")
    return text.encode("latin1")


_CALLS: dict[str, Callable[[tuple[object, ...]], object]] = {
    "torch._utils._rebuild_tensor_v2": _rebuilt_tensor,
    "torch._utils._rebuild_parameter": _rebuilt_parameter,
    "collections.OrderedDict": _ordered_dict,
    "collections.defaultdict": _default_dict,
    "torch.Size": _size,
    "_codecs.encode": _encoded,
}


def _is_inert(qualified: str) -> bool:
    return qualified.startswith(INERT_PREFIXES) or qualified in _INERT_NAMES


def _named(module: object, name: object) -> Name:
    qualified = f"{module}.{name}"
    is_dtype = qualified.startswith("torch.") and qualified.removeprefix("torch.") in _DTYPES
    known = qualified in _CALLS or qualified in STORAGES or qualified in _PLAIN_TYPES
    if not (known or is_dtype or _is_inert(qualified)):
        raise unsafe(f"it asks for '{qualified[:100]}', which is not data")
    return Name(qualified)


def _called(target: object, arguments: object) -> object:
    if not isinstance(target, Name) or not isinstance(arguments, tuple):
        raise unsafe("it calls something that is not a known constructor")
    values = cast("tuple[object, ...]", arguments)
    if target.qualified in _CALLS:
        return _CALLS[target.qualified](values)
    if _is_inert(target.qualified):
        return Inert(target.qualified, values)
    raise unsafe(f"it calls '{target.qualified}'")


@dataclass
class _Machine:
    """Stack and memory of the interpreter, one method for each group of instructions."""

    stack: list[Any] = field(default_factory=list[Any])
    memory: dict[int, object] = field(default_factory=dict[int, object])

    def since_mark(self) -> list[Any]:
        for index in range(len(self.stack) - 1, -1, -1):
            if self.stack[index] is _MARK:
                items = self.stack[index + 1 :]
                del self.stack[index:]
                return items
        raise damaged("its instructions do not fit together")

    def _into_dict(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict):
            raise unsafe("it changes something that is not a dictionary")
        cast("dict[object, object]", target).update(_dictionary(items[::2], items[1::2]))

    def _into_list(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, list):
            raise unsafe("it changes something that is not a list")
        cast("list[object]", target).extend(items)

    def _into_set(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, set):
            raise unsafe("it changes something that is not a set")
        cast("set[object]", target).update(_dictionary(items, items))

    def _build(self, state: object) -> None:
        target = self.stack[-1]
        if isinstance(target, Inert):
            target.state = state
        elif not isinstance(target, dict):
            # An OrderedDict's extra attributes (``_metadata`` of a state dict) are of no use here.
            raise unsafe("it sets the state of something that has none")

    def _stored(self, reference: object) -> StorageReference:
        if not isinstance(reference, tuple) or len(cast("tuple[object, ...]", reference)) != 5:
            raise damaged("it refers to numbers in an unknown way")
        kind, storage, key, _, count = cast("tuple[object, ...]", reference)
        dtype = STORAGES.get(storage.qualified) if isinstance(storage, Name) else None
        if kind != "storage" or dtype is None or not isinstance(key, str) or type(count) is not int or count < 0:
            raise damaged("it refers to numbers in an unknown way")
        return StorageReference(key, dtype, count)

    def push(self, opcode: str, argument: Any) -> bool:
        """Instructions that put one thing on the stack; False if ``opcode`` is another."""
        if opcode in _EMPTY:
            self.stack.append(_EMPTY[opcode]())
        elif opcode in _CONSTANTS:
            self.stack.append(_CONSTANTS[opcode])
        elif opcode in _LITERALS:
            self.stack.append(argument)
        elif opcode == "GLOBAL":
            self.stack.append(_named(*argument.split(" ", 1)))
        elif opcode in _RECALLS:
            self.stack.append(self.memory[argument])
        else:
            return False
        return True

    def take(self, opcode: str) -> bool:
        """Instructions that build something of what is on the stack; False if ``opcode`` is another."""
        stack = self.stack
        if opcode in _TUPLES:
            count = _TUPLES[opcode]
            items = [stack.pop() for _ in range(count)]
            stack.append(tuple(reversed(items)))
        elif opcode == "STACK_GLOBAL":
            name, module = stack.pop(), stack.pop()
            stack.append(_named(module, name))
        elif opcode in ("REDUCE", "NEWOBJ"):
            arguments, target = stack.pop(), stack.pop()
            stack.append(_called(target, arguments))
        elif opcode == "BUILD":
            self._build(stack.pop())
        elif opcode == "BINPERSID":
            stack.append(self._stored(stack.pop()))
        elif opcode == "SETITEM":
            value, key = stack.pop(), stack.pop()
            self._into_dict([key, value])
        elif opcode == "APPEND":
            self._into_list([stack.pop()])
        elif opcode == "POP":
            stack.pop()
        else:
            return False
        return True

    def gather(self, opcode: str) -> bool:
        """Instructions that take everything since the last mark; False if ``opcode`` is another."""
        if opcode == "POP_MARK":
            self.since_mark()
        elif opcode in _GATHERED:
            self.stack.append(_GATHERED[opcode](self.since_mark()))
        elif opcode == "SETITEMS":
            self._into_dict(self.since_mark())
        elif opcode == "APPENDS":
            self._into_list(self.since_mark())
        elif opcode == "ADDITEMS":
            self._into_set(self.since_mark())
        else:
            return False
        return True

    def step(self, opcode: str, argument: Any) -> None:
        if opcode in _IGNORED or self.push(opcode, argument) or self.take(opcode) or self.gather(opcode):
            return
        if opcode in _REMEMBERS:
            self.memory[argument] = self.stack[-1]
        elif opcode == "MEMOIZE":
            self.memory[len(self.memory)] = self.stack[-1]
        else:
            raise unsafe(f"it contains the instruction {opcode}")


_EMPTY: dict[str, Callable[[], object]] = {
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_SET": set,
    "EMPTY_TUPLE": tuple,
}
_CONSTANTS: dict[str, object] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "MARK": _MARK}
_LITERALS = frozenset(
    {
        "BINBYTES",
        "BINFLOAT",
        "BININT",
        "BININT1",
        "BININT2",
        "BINUNICODE",
        "BINUNICODE8",
        "LONG1",
        "LONG4",
        "SHORT_BINBYTES",
        "SHORT_BINUNICODE",
    }
)
_RECALLS = frozenset({"BINGET", "LONG_BINGET"})
_REMEMBERS = frozenset({"BINPUT", "LONG_BINPUT"})
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_GATHERED: dict[str, Callable[[list[Any]], object]] = {
    "TUPLE": tuple,
    "LIST": list,
    "DICT": lambda items: _dictionary(items[::2], items[1::2]),
}
_IGNORED = frozenset({"PROTO", "FRAME", "STOP"})


def unpickled(content: bytes) -> object:
    """What a pickle describes: dicts, lists, tuples, sets, text, numbers, and the stand-ins of this module.

    Raises:
        MaquetteError: CHECKPOINT_UNSAFE when it asks for anything but data, CHECKPOINT_CORRUPT when it makes no sense.
    """
    machine = _Machine()
    try:
        for opcode, argument, _ in pickletools.genops(content):
            machine.step(opcode.name, argument)
        (result,) = machine.stack
    except MaquetteError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        _refuse(error)
    return result


def _refuse(error: Exception) -> NoReturn:
    raise damaged("its instructions do not fit together") from error
