"""A video of the frames, made by another Blender, so that this one neither stops nor keeps anything of it."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy

from .. import strings_animation as strings
from ..client import ClientError

_SCRIPT = Path(__file__).with_name("encode_video.py")
_POLL_SECONDS = 0.05
_END_SECONDS = 5.0


@dataclass(frozen=True)
class VideoRequest:
    """What becomes a video.

    Attributes:
        frames: the pictures in order, of one size and in one folder.
        fps, fps_base: so many frames in so many seconds.
        output: the video; replaced only once it is finished.
    """

    frames: Sequence[Path]
    fps: int
    fps_base: float
    output: Path


def check_ffmpeg() -> None:
    """See that this Blender can make videos.

    Raises:
        ClientError: FORMAT_UNSUPPORTED.
    """
    if not bpy.app.build_options.codec_ffmpeg:
        raise ClientError("FORMAT_UNSUPPORTED", strings.NO_FFMPEG, strings.NO_FFMPEG_ACTION)


async def make_video(request: VideoRequest) -> None:
    """Make it; a cancelled one leaves nothing behind.

    Raises:
        ClientError: VIDEO_FAILED with what Blender said.
    """
    unfinished = request.output.with_name(f".{request.output.stem}.part.mp4")
    with tempfile.TemporaryFile() as order, tempfile.TemporaryFile() as log:
        order.write(json.dumps(_order(request, unfinished)).encode())
        order.seek(0)
        process = subprocess.Popen(_command(), stdin=order, stdout=log, stderr=subprocess.STDOUT)
        try:
            while process.poll() is None:
                await asyncio.sleep(_POLL_SECONDS)
            if process.returncode != 0 or not unfinished.exists():
                raise _failure(request, _last_words(log))
            unfinished.replace(request.output)
        except OSError as error:
            raise _failure(request, str(error)) from error
        finally:
            _end(process)
            unfinished.unlink(missing_ok=True)


def _command() -> list[str]:
    if bpy.app.binary_path:
        options = ["-b", "--factory-startup", "--python-exit-code", "3", "--python"]
        return [bpy.app.binary_path, *options, str(_SCRIPT)]
    # Blender as a module of Python has no program of its own.
    return [sys.executable, str(_SCRIPT)]


def _order(request: VideoRequest, output: Path) -> dict[str, object]:
    return {
        "frames": [str(frame) for frame in request.frames],
        "fps": request.fps,
        "fps_base": request.fps_base,
        "output": str(output),
    }


def _last_words(log) -> str:
    log.seek(0)
    lines = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "rror" in line), lines[-1] if lines else "no reason was given.")


def _failure(request: VideoRequest, why: str) -> ClientError:
    action = strings.NO_VIDEO_ACTION.format(folder=request.output.parent)
    return ClientError("VIDEO_FAILED", strings.NO_VIDEO.format(why=why), action)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait(_END_SECONDS)
