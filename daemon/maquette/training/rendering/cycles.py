# pyright: basic, reportAttributeAccessIssue=false, reportMissingImports=false
"""Cycles on the CPU with few samples and OpenImageDenoise, and its pixels as arrays. Imports bpy."""

import os
import sys
from contextlib import contextmanager
from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from maquette.training.rendering.exr import read_exr


def configure_cycles(scene, width: int, height: int, samples: int, threads: int) -> None:
    """Set a scene up for quick pictures that are written as uncompressed OpenEXR with a depth pass."""
    render = scene.render
    render.engine = "CYCLES"
    render.resolution_x, render.resolution_y = width, height
    render.resolution_percentage = 100
    render.threads_mode = "FIXED"
    render.threads = threads
    render.use_persistent_data = True
    render.image_settings.media_type = "MULTI_LAYER_IMAGE"
    render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
    render.image_settings.exr_codec = "NONE"
    render.image_settings.color_depth = "32"
    render.image_settings.use_exr_interleave = True
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.samples = samples
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = True
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_prefilter = "NONE"
    cycles.denoising_quality = "FAST"
    cycles.max_bounces = 2
    cycles.diffuse_bounces = 2
    cycles.glossy_bounces = 1
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4.0
    cycles.pixel_filter_type = "BLACKMAN_HARRIS"
    scene.view_layers[0].use_pass_z = True


def render_passes(scene, path: Path) -> dict[str, NDArray[np.float32]]:
    """Render the scene and read every channel (height, width), named by pass and component."""
    scene.render.filepath = str(path)
    with _quiet():
        bpy.ops.render.render(write_still=True)
    channels = read_exr(path)
    return {name.split(".", 1)[1] if name.count(".") > 1 else name: plane for name, plane in channels.items()}


def stack_passes(by_pass: dict[str, NDArray[np.float32]], name: str, axes: str) -> NDArray[np.float32]:
    """The components of a pass along a last axis."""
    return np.stack([by_pass[f"{name}.{axis}"] for axis in axes], axis=-1)


def depth_pass(by_pass: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """Depth in metres, under whichever name this Blender gives it."""
    return next(by_pass[name] for name in ("Depth.Z", "Depth.V") if name in by_pass)


def index_pass(by_pass: dict[str, NDArray[np.float32]], names: tuple[str, ...]) -> NDArray[np.uint8]:
    """A pass of object or material indices, whose channel begins with one of these names."""
    return np.round(next(by_pass[name] for name in by_pass if name.startswith(names))).astype(np.uint8)


def encode_srgb(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Linear Rec. 709 as 8-bit sRGB; highlights above 0.8 are rolled off instead of clipped."""
    knee = 0.8
    rolled = np.where(linear > knee, 1 - (1 - knee) * np.exp(-(linear - knee) / (1 - knee)), np.maximum(linear, 0))
    srgb = np.where(rolled <= 0.0031308, 12.92 * rolled, 1.055 * np.maximum(rolled, 1e-6) ** (1 / 2.4) - 0.055)
    return np.round(np.clip(srgb, 0, 1) * 255).astype(np.uint8)


@contextmanager
def _quiet():
    """Keep Blender's per-frame chatter off standard output; it comes from C, below Python's streams."""
    sys.stdout.flush()
    saved = os.dup(1)
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 1)
        yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)
        os.close(sink)
