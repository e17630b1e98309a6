"""Which blob an empty stands for, when empties are duplicated, deleted and brought back by undo.

Every empty carries the id of its blob. Blender copies that id with the empty, so two may claim one blob. The one that
held it before keeps it; without a memory of that, the older one does. The others become clones under new ids. An
empty gets the same new id again when undo and redo bring it back, as long as the file stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

LONGEST_ID = 64

IdOrder = tuple[tuple[int, str], ...]


class IdentityBook:
    """Remembers which empty (by Blender's session id of the object) stands for which blob."""

    def __init__(self) -> None:
        self._blob_of: dict[int, str] = {}

    def forget(self) -> None:
        """Another file was opened: session ids mean other objects now."""
        self._blob_of.clear()

    def resolve(self, claims: Mapping[int, str]) -> dict[int, str]:
        """Give every empty a blob of its own.

        Args:
            claims: by the empty's session id, the blob id written on it.

        Returns:
            By session id, the blob id to use; equal to the claim except for clones.
        """
        resolved: dict[int, str] = {}
        for blob_id in dict.fromkeys(claims.values()):
            claimants = sorted(handle for handle, claim in claims.items() if claim == blob_id)
            resolved[self._owner(blob_id, claimants)] = blob_id
        taken = set(resolved.values())
        for handle in sorted(set(claims) - set(resolved)):
            remembered = self._blob_of.get(handle)
            new = remembered if remembered and remembered not in taken else fresh_id(claims[handle], taken)
            resolved[handle] = new
            taken.add(new)
        self._blob_of.update(resolved)
        return resolved

    def _owner(self, blob_id: str, claimants: list[int]) -> int:
        for handle in claimants:
            if self._blob_of.get(handle) == blob_id:
                return handle
        strangers = [handle for handle in claimants if handle not in self._blob_of]
        return (strangers or claimants)[0]


def fresh_id(source_id: str, taken: Iterable[str]) -> str:
    """An id for a copy of ``source_id`` that nobody holds: "bed" → "bed.2" → "bed.3"."""
    stem = _split(source_id)[0][: LONGEST_ID - 8]
    numbers = [number for other, number in map(_split, taken) if other == stem]
    return f"{stem}.{max([*numbers, 1]) + 1}"


def id_order(blob_id: str) -> IdOrder:
    """Sorts ids as a person would ("9-2" before "9-10"), copies after what they were copied from."""
    parts = re.split(r"(\d+)", blob_id)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def _split(blob_id: str) -> tuple[str, int]:
    """What was copied, and the number of the copy; 1 for an original."""
    stem, _, number = blob_id.rpartition(".")
    return (stem, int(number)) if stem and number.isdecimal() else (blob_id, 1)
