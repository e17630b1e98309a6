"""Which kind of blob a thing in a Blender scene is, by what people call it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

FLAT = ("window", "picture", "rug")
"""Kinds that lie on the room's surfaces: they are covered by whatever stands in it."""
ON_BED = ("blanket", "pillows")
"""Kinds that lie on the bed, and are drawn just in front of it."""

SYNONYMS = {
    "bed": ("bedstead", "mattress", "couch", "sofa", "bunk"),
    "blanket": ("duvet", "quilt", "bedspread", "coverlet", "comforter", "throw"),
    "pillows": ("pillow", "cushion"),
    "cabinet": (
        "wardrobe",
        "cupboard",
        "closet",
        "dresser",
        "drawer",
        "nightstand",
        "bookcase",
        "shelf",
        "desk",
        "table",
    ),
    "lamp": ("lantern", "chandelier", "torchiere"),
    "plant": ("tree", "flower", "vase", "fern", "bush", "cactus"),
    "chair": ("armchair", "stool", "seat", "bench"),
    "rug": ("carpet", "mat"),
    "picture": ("painting", "poster", "artwork", "mirror"),
    "window": ("pane",),
    "floor": ("ground",),
    "ceiling": ("roof",),
}
"""By kind, further words for it."""

_KIND_OF_WORD = {word: kind for kind, others in SYNONYMS.items() for word in others}


def kind_of(names: Iterable[str], known: Sequence[str]) -> str:
    """The first kind that names speak of, "" when they speak of none. In a name the last word counts most.

    Args:
        names: what a thing, its collections and its materials are called, most telling first.
        known: kinds that the model knows.
    """
    phrases = {kind: words(kind) for kind in known if kind}
    of_word = {said[0]: kind for kind, said in phrases.items() if len(said) == 1}
    for name in names:
        said = words(name)
        for kind, phrase in phrases.items():
            if len(phrase) > 1 and set(phrase) <= set(said):
                return kind
        for word in reversed(said):
            kind = of_word.get(word) or _KIND_OF_WORD.get(word, "")
            if kind in known:
                return kind
    return ""


def words(name: str) -> list[str]:
    """The words of a name in basic form: "BedsideLamp.001" → bedside, lamp."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [_singular(word) for word in re.findall(r"[a-z]+", apart.lower())]


def wall_of(x: float, known: Sequence[str]) -> str:
    """Which wall a wall is by where its middle is seen, 0 to 1 from left to right; "" for none that the model knows."""
    kind = "left wall" if x < 1 / 3 else "right wall" if x > 2 / 3 else "back wall"
    return kind if kind in known else ""


def _singular(word: str) -> str:
    if word.endswith("ves"):
        return f"{word[:-3]}f"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
