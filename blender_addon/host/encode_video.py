"""Run by a Blender of its own: make a video of pictures. Imports nothing of the extension.

    blender -b --factory-startup --python encode_video.py < REQUEST.json

The request: ``frames`` (paths of pictures of one size), ``fps``, ``fps_base``, ``output`` (ends in .mp4).
"""

# pyright: basic, reportAttributeAccessIssue=false
from __future__ import annotations

import json
import sys
from pathlib import Path

import bpy


def make_video(request: dict) -> None:
    """Write the video."""
    scene = bpy.data.scenes.new("Video")
    _set_output(scene, request)
    _lay_out(scene, [Path(frame) for frame in request["frames"]])
    bpy.ops.render.render(animation=True, scene=scene.name)


def _set_output(scene: bpy.types.Scene, request: dict) -> None:
    render = scene.render
    render.resolution_x, render.resolution_y = bpy.data.images.load(request["frames"][0]).size
    render.resolution_percentage = 100
    render.fps, render.fps_base = request["fps"], request["fps_base"]
    render.filepath, render.use_file_extension = request["output"], True
    render.use_sequencer, render.use_compositing = True, False
    # The pictures are finished: their colours are shown as they are.
    scene.display_settings.display_device = "sRGB"
    scene.view_settings.view_transform, scene.view_settings.look = "Standard", "None"
    scene.sequencer_colorspace_settings.name = "sRGB"
    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = "VIDEO"
    render.image_settings.file_format = "FFMPEG"
    render.image_settings.color_mode = "RGB"
    video = render.ffmpeg
    video.format, video.codec, video.audio_codec = "MPEG4", "H264", "NONE"
    video.constant_rate_factor, video.ffmpeg_preset = "HIGH", "GOOD"


def _lay_out(scene: bpy.types.Scene, frames: list[Path]) -> None:
    editor = scene.sequence_editor_create()
    # `sequences` was renamed in Blender 4.4 and is gone in 5.0.
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    strip = strips.new_image("Frames", str(frames[0]), channel=1, frame_start=1)
    for frame in frames[1:]:
        strip.elements.append(frame.name)
    scene.frame_start, scene.frame_end, scene.frame_step = 1, len(frames), 1


if __name__ == "__main__":
    make_video(json.load(sys.stdin))
