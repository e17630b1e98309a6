"""Hyper-parameters out of what :mod:`maquette.models.unpickling` makes of a checkpoint."""

from __future__ import annotations

from typing import cast

from maquette.models.unpickling import Inert

_MOST_SETTINGS = 1000


def _unwrapped(value: object) -> object:
    """What a configuration node holds; other values as they are."""
    for _ in range(4):
        if not (isinstance(value, Inert) and isinstance(value.state, dict)):
            break
        state = cast("dict[object, object]", value.state)
        value = state.get("_content", state.get("_val"))
    return value


def settings(value: object) -> dict[str, bool | int | float | str]:
    """Settings as plain values, read out of dictionaries and stand-ins of configuration nodes.

    Two levels deep, as ``name`` and ``section.name``: enough for hyper-parameters, and too little for a file to make
    itself endless by referring to itself.
    """
    found: dict[str, bool | int | float | str] = {}
    sections: list[tuple[str, object]] = [("", value)]
    while sections and len(found) < _MOST_SETTINGS:
        prefix, section = sections.pop()
        section = _unwrapped(section)
        if not isinstance(section, dict):
            continue
        for name, entry in list(cast("dict[object, object]", section).items())[:_MOST_SETTINGS]:
            held = _unwrapped(entry)
            if isinstance(name, str) and isinstance(held, bool | int | float | str):
                found[prefix + name] = held
            elif isinstance(name, str) and not prefix:
                sections.append((f"{name}.", held))
    return found
