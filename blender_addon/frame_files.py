"""Where the frames of an animation go: names as Blender gives them, and files that are there whole or not at all."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from . import strings_animation as strings
from .client import ClientError

MOST_FRAMES = 1_000_000

_DIGITS = 4


@dataclass(frozen=True)
class FramePattern:
    """How the files of one sequence are called: ``room_####.png`` is folder / "room_", 4 digits, nothing after them.

    Attributes:
        folder: absolute.
        before, after: what surrounds the number.
        digits: at least so many; leading zeros fill them.
    """

    folder: Path
    before: str = ""
    digits: int = _DIGITS
    after: str = ""

    @staticmethod
    def of(text: str) -> FramePattern:
        """Read a path as Blender reads its output path: the last run of # is the number, else it is put at the end.

        Args:
            text: absolute; a folder when it ends with a separator.
        """
        folder, name = os.path.split(text)
        name = re.sub(r"\.png$", "", name, flags=re.IGNORECASE)
        numbers = list(re.finditer("#+", name))
        if not numbers:
            return FramePattern(Path(folder), name)
        start, end = numbers[-1].span()
        return FramePattern(Path(folder), name[:start], end - start, name[end:])

    def frame(self, number: int) -> Path:
        """The file of one frame."""
        return self.folder / f"{self._named(self._number(number))}.png"

    def video(self, first: int, last: int) -> Path:
        """The file of the video of these frames."""
        return self.folder / f"{self._named(f'{self._number(first)}-{self._number(last)}')}.mp4"

    @property
    def record(self) -> Path:
        """The file that says which scene each frame shows."""
        return self.folder / f"{self._named('frames')}.jsonl"

    def _named(self, number: str) -> str:
        return f"{self.before}{number}{self.after}"

    def _number(self, number: int) -> str:
        return f"{'-' if number < 0 else ''}{abs(number):0{self.digits}d}"


def frame_range(start: int, end: int, step: int) -> range:
    """The frames from ``start`` to ``end``, both included.

    Raises:
        ClientError: INVALID_ARGUMENT, there are none, or more than anyone means.
    """
    frames = range(start, end + 1, max(step, 1))
    if not frames:
        raise ClientError("INVALID_ARGUMENT", strings.NO_FRAMES.format(start=start, end=end), strings.NO_FRAMES_ACTION)
    if len(frames) > MOST_FRAMES:
        raise ClientError("INVALID_ARGUMENT", strings.TOO_MANY_FRAMES, strings.NO_FRAMES_ACTION)
    return frames


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, replacing what is there only once everything is written.

    Raises:
        ClientError: FOLDER_NOT_WRITABLE; nothing is left behind.
    """
    # Always the same name: what a killed Blender left is written over, not heaped up.
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        raise not_writable(path, error) from error


def not_writable(path: Path, error: OSError) -> ClientError:
    """What to tell the artist when a file cannot be written."""
    sentence = strings.NOT_WRITABLE.format(path=path, why=error.strerror or error)
    return ClientError("FOLDER_NOT_WRITABLE", sentence, strings.NOT_WRITABLE_ACTION)
