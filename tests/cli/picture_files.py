"""Picture files with everything in them, made by other programs' means than Maquette's own."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from PIL import Image, ImageCms, PngImagePlugin

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><a/></x:xmpmeta><?xpacket end="w"?>'
ORIENTATION, ARTIST, EXIF_DIRECTORY, FOCAL_LENGTH, EXPOSURE = 0x0112, 315, 0x8769, 0x920A, 0x829A


def exif(orientation: int = 1) -> bytes:
    """EXIF with a directory of its own, after its name."""
    made = Image.Exif()
    made[ORIENTATION] = orientation
    made[ARTIST] = "Somebody"
    directory = made.get_ifd(EXIF_DIRECTORY)
    directory[FOCAL_LENGTH], directory[EXPOSURE] = 35.5, 0.02
    return made.tobytes()


def samples(shape: tuple[int, ...], sample_type: str, seed: int = 0) -> np.ndarray[Any, Any]:
    """Noise that uses every value of a type."""
    random = np.random.default_rng(seed)
    if sample_type.startswith("float"):
        return (random.random(shape) * 4 - 0.5).astype(sample_type)
    return random.integers(0, np.iinfo(sample_type).max + 1, shape).astype(sample_type)


def smooth(height: int, width: int, channels: int) -> np.ndarray[Any, Any]:
    """What JPEG can hold well."""
    rows, columns = np.mgrid[0:height, 0:width]
    planes = [(rows * (2 + channel) + columns * 3) % 256 // 2 + 40 for channel in range(channels)]
    return np.stack(planes, axis=-1).astype(np.uint8)


def write_png(path: Path, pixels: np.ndarray[Any, Any], **extra: Any) -> None:
    """A PNG file of any depth, with a profile, a resolution, a text, EXIF and XMP."""
    file = io.BytesIO()
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Title", "A picture")
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    options = {"icc_profile": PROFILE, "dpi": (300, 300), "exif": exif(), "pnginfo": texts, **extra}
    Image.new("RGB", (1, 1)).save(file, "PNG", **options)
    donor, bare = file.getvalue(), bytes(imagecodecs.png_encode(np.squeeze(pixels)))
    header_end = 8 + 25
    first = donor.index(b"IDAT") - 4
    path.write_bytes(bare[:header_end] + donor[header_end:first] + bare[header_end:])


def write_tiff(path: Path, pixels: np.ndarray[Any, Any], **extra: Any) -> None:
    """A TIFF file of any depth, with a profile, a resolution, an artist and XMP."""
    channels = pixels.shape[2]
    options: dict[str, Any] = {"compression": "lzw", "predictor": True, "extrasamples": ["unassalpha"], **extra}
    if channels in (1, 3):
        del options["extrasamples"]
    tifffile.imwrite(
        path,
        pixels[..., 0] if channels == 1 else pixels,
        photometric="minisblack" if channels < 3 else "rgb",
        iccprofile=PROFILE,
        resolution=(150, 150),
        resolutionunit="INCH",
        metadata=None,
        extratags=[(ARTIST, 2, 0, "Somebody", True), (700, 1, len(XMP), XMP, True)],
        **options,
    )
