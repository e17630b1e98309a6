"""What a person chose under "Options", as a plain value that is remembered from day to day."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, cast

from .client import BlendMode, Context, ContextKind, Length, LengthUnit, SelectionSettings

MAXIMUM_CANDIDATES = 8
MAXIMUM_SEED = 2**31 - 1
AUTOMATIC_MODEL = "auto"

# How much further than a filling a removal reaches, to take soft edges along.
REMOVAL_MARGIN_PIXELS = 4.0


_GROW = Length(4.0)
NO_LENGTH = Length()
_BLEND = Length(8.0)
_CONTEXT = Context(ContextKind.AUTOMATIC, 128)
_EXTEND = Length(25.0, LengthUnit.PERCENT)


class Source(Enum):
    """What Maquette looks at."""

    VISIBLE = "visible"
    LAYER = "layer"


class Result(Enum):
    """Where an answer goes."""

    NEW_LAYER = "new_layer"
    REPLACE = "replace"
    GROUP = "group"


@dataclass(frozen=True)
class Settings:
    """Every choice.

    Attributes:
        candidates: different answers to choose from, 1 to MAXIMUM_CANDIDATES.
        extend: how much is added to a side; per cent are of the picture's width or height.
        seed: decides which answers; the same seed gives the same ones.
        keep_seed: do not go on to other answers by itself.
        quality: of the JPEG that is repaired, 1 to 100; 0 = estimated.
    """

    source: Source = Source.VISIBLE
    result: Result = Result.NEW_LAYER
    candidates: int = 1
    grow: Length = _GROW
    feather: Length = NO_LENGTH
    blend: Length = _BLEND
    context: Context = _CONTEXT
    blend_mode: BlendMode = BlendMode.GRADIENT
    model_id: str = AUTOMATIC_MODEL
    extend: Length = _EXTEND
    seed: int = 0
    keep_seed: bool = False
    keep_brightness: bool = True
    quality: int = 0

    @property
    def reads_layer(self) -> bool:
        """Whether the active layer is looked at alone; a layer that is replaced always is."""
        return self.source is Source.LAYER or self.result is Result.REPLACE

    def selection(self, area: float, removing: bool) -> SelectionSettings:
        """From the selection to what is filled.

        Args:
            area: of the selection in square pixels.
            removing: reach a little further.
        """
        grow = self.grow
        if removing:
            grow = Length(grow.pixels(area) + REMOVAL_MARGIN_PIXELS)
        return SelectionSettings(grow, self.feather, self.blend)

    def with_next_seed(self) -> Settings:
        """For the next answer to be another one, unless the seed is kept."""
        return self if self.keep_seed else replace(self, seed=(self.seed + 1) % (MAXIMUM_SEED + 1))


def to_text(settings: Settings) -> str:
    """The settings as JSON."""
    return json.dumps(
        {
            "source": settings.source.value,
            "result": settings.result.value,
            "candidates": settings.candidates,
            "grow": _length_value(settings.grow),
            "feather": _length_value(settings.feather),
            "blend": _length_value(settings.blend),
            "context": [settings.context.kind.name, settings.context.pixels],
            "blend_mode": settings.blend_mode.name,
            "model_id": settings.model_id,
            "extend": _length_value(settings.extend),
            "seed": settings.seed,
            "keep_seed": settings.keep_seed,
            "keep_brightness": settings.keep_brightness,
            "quality": settings.quality,
        }
    )


def from_text(text: str) -> Settings:
    """The settings that :func:`to_text` wrote; what is missing or wrong is as it is at first."""
    try:
        content = json.loads(text)
    except ValueError:
        return Settings()
    if not isinstance(content, dict):
        return Settings()
    settings = Settings()
    for key, value in cast("dict[str, Any]", content).items():
        if (read := _READERS.get(key)) is not None:
            try:
                settings = replace(settings, **{key: read(value)})
            except (ValueError, KeyError, TypeError):
                continue
    return settings


def _length_value(length: Length) -> list[Any]:
    return [length.value, length.unit.name]


def _length(value: Any) -> Length:
    number, unit = value
    if not 0 <= float(number) <= 16384:
        raise ValueError("out of range")
    return Length(float(number), LengthUnit[unit])


def _context(value: Any) -> Context:
    kind, pixels = value
    return Context(ContextKind[kind], _whole(pixels, 0, 16384))


def _whole(value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError("out of range")
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("not a switch")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "source": Source,
    "result": Result,
    "candidates": lambda value: _whole(value, 1, MAXIMUM_CANDIDATES),
    "grow": _length,
    "feather": _length,
    "blend": _length,
    "context": _context,
    "blend_mode": lambda value: BlendMode[value],
    "model_id": _text,
    "extend": _length,
    "seed": lambda value: _whole(value, 0, MAXIMUM_SEED),
    "keep_seed": _switch,
    "keep_brightness": _switch,
    "quality": lambda value: _whole(value, 0, 100),
}
