"""Which scene each finished frame shows, kept beside the frames, so that only what is missing or changed is made again.

One JSON object a line: first what made the frames, then one line per frame as it is finished. A line that a killed
Blender left unfinished is ignored; its frame is made again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from .frame_files import FramePattern, not_writable, write_whole
from .scene import Scene
from .wire import scene_message

SCHEMA = 1


@dataclass(frozen=True)
class Maker:
    """What makes the frames. Another one may draw the same scene a little differently, and that would flicker.

    Attributes:
        model_digest: SHA-256 of the model's weights.
        maquette_version: of the daemon.
    """

    model_digest: str
    maquette_version: str


@dataclass(frozen=True)
class FinishedFrame:
    """One finished frame.

    Attributes:
        scene: digest of what it shows.
        file_bytes: size of its file.
    """

    scene: str
    file_bytes: int


def scene_digest(scene: Scene) -> str:
    """SHA-256 of all that decides the picture of a scene."""
    return hashlib.sha256(scene_message(scene).SerializeToString(deterministic=True)).hexdigest()


class FrameRecord:
    """The finished frames of one sequence. Frames that someone else made are forgotten on opening.

    Args:
        pattern: of the sequence.
        maker: of the frames that are added from now on.

    Raises:
        ClientError: FOLDER_NOT_WRITABLE.
    """

    def __init__(self, pattern: FramePattern, maker: Maker) -> None:
        self._pattern, self._maker = pattern, maker
        self._finished = _read(pattern.record, maker)
        self.tidy()

    def has(self, frame: int, scene: str) -> bool:
        """Whether the frame's file is there and shows the scene of this digest."""
        finished = self._finished.get(frame)
        return (
            finished is not None
            and finished.scene == scene
            and _size(self._pattern.frame(frame)) == finished.file_bytes
        )

    def add(self, frame: int, scene: str, png: bytes) -> None:
        """Write a frame's file, and then that it is finished.

        Raises:
            ClientError: FOLDER_NOT_WRITABLE.
        """
        write_whole(self._pattern.frame(frame), png)
        self._finished[frame] = FinishedFrame(scene, len(png))
        try:
            with self._pattern.record.open("ab") as file:
                file.write(_frame_line(frame, self._finished[frame]))
        except OSError as error:
            raise not_writable(self._pattern.record, error) from error

    def tidy(self) -> None:
        """Write the record anew: one line per frame, in order.

        Raises:
            ClientError: FOLDER_NOT_WRITABLE.
        """
        frames = (_frame_line(frame, self._finished[frame]) for frame in sorted(self._finished))
        write_whole(self._pattern.record, b"".join((_line(_header(self._maker)), *frames)))


def _header(maker: Maker) -> dict[str, Any]:
    return {"schema": SCHEMA, **asdict(maker)}


def _frame_line(frame: int, finished: FinishedFrame) -> bytes:
    return _line({"frame": frame, **asdict(finished)})


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields).encode() + b"\n"


def _read(path: Path, maker: Maker) -> dict[int, FinishedFrame]:
    """The frames that this maker finished; a damaged line only loses its frame."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return {}
    header, *frames = map(_fields, lines)
    if header != _header(maker):
        return {}
    return {
        fields["frame"]: FinishedFrame(fields["scene"], fields["file_bytes"]) for fields in frames if _whole(fields)
    }


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields: object = json.loads(line)
    except ValueError:
        return {}
    return cast("dict[str, Any]", fields) if isinstance(fields, dict) else {}


def _whole(fields: dict[str, Any]) -> bool:
    kinds = {"frame": int, "scene": str, "file_bytes": int}
    return all(type(fields.get(name)) is kind for name, kind in kinds.items())


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
