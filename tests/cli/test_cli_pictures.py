from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import tifffile
from maquette.cli.pictures.document import Document, image_of, pixels_of
from maquette.cli.pictures.exif import called_upright, orientation_of, turned_upright
from maquette.cli.pictures.files import decode, encode, read_document
from maquette.cli.session import write_whole
from maquette_client.errors import ClientError
from maquette_client.images import AlphaMode, ColourSpace, check_image
from picture_files import (
    ARTIST,
    EXIF_DIRECTORY,
    EXPOSURE,
    FOCAL_LENGTH,
    PROFILE,
    XMP,
    exif,
    samples,
    smooth,
    write_png,
    write_tiff,
)
from PIL import Image, ImageOps, JpegImagePlugin

INTEGERS, FLOATS = ("uint8", "uint16"), ("float16", "float32")


def again(document: Document, path: Path) -> Document:
    """A document after it was written to a file and read."""
    path.write_bytes(encode(document, path))
    return read_document(path)


def chunks(path: Path) -> list[tuple[bytes, bytes]]:
    content, position, found = path.read_bytes(), 8, []
    while position < len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        found.append((content[position + 4 : position + 8], content[position + 8 : position + 8 + length]))
        position += 12 + length
    return found


@pytest.mark.parametrize("sample_type", INTEGERS)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_png_file_comes_back_with_every_sample_and_every_chunk(tmp_path, sample_type, channels):
    pixels = samples((9, 7, channels), sample_type)
    source, target = tmp_path / "a.png", tmp_path / "b.png"
    write_png(source, pixels)
    document = read_document(source)
    assert document.pixels.dtype.name == sample_type
    assert (document.pixels == pixels).all()
    assert (again(document, target).pixels == pixels).all()
    kept = [[chunk for chunk in chunks(path) if chunk[0] != b"IDAT"] for path in (source, target)]
    assert sorted(kept[0]) == sorted(kept[1])
    assert {b"iCCP", b"pHYs", b"eXIf", b"iTXt", b"tEXt"} <= {kind for kind, _ in kept[1]}
    assert [kind for kind, _ in chunks(target)][-1] == b"IEND"


@pytest.mark.parametrize("sample_type", INTEGERS + FLOATS)
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("compression", [None, "lzw", "deflate", "zstd"])
def test_a_tiff_file_comes_back_with_every_sample_and_what_it_says(tmp_path, sample_type, channels, compression):
    pixels = samples((9, 7, channels), sample_type)
    source, target = tmp_path / "a.tif", tmp_path / "b.tif"
    write_tiff(source, pixels, compression=compression, predictor=compression is not None)
    document = read_document(source)
    assert document.pixels.dtype.name == sample_type
    assert (document.pixels == pixels).all()
    assert document.colour_space is (ColourSpace.LINEAR_REC709 if sample_type in FLOATS else ColourSpace.SRGB)
    assert (again(document, target).pixels == pixels).all()
    with tifffile.TiffFile(source) as before, tifffile.TiffFile(target) as after:
        assert after.pages[0].compression == before.pages[0].compression
        for tag in (34675, 700, ARTIST, 282, 283, 296, 338):
            old, new = before.pages[0].tags.get(tag), after.pages[0].tags.get(tag)
            assert (old is None and new is None) or old.value == new.value, tag


def test_the_alpha_of_a_tiff_file_keeps_its_meaning(tmp_path):
    for name, mode in (("assocalpha", AlphaMode.PREMULTIPLIED), ("unassalpha", AlphaMode.STRAIGHT)):
        write_tiff(tmp_path / "a.tif", samples((3, 3, 4), "uint16"), extrasamples=[name])
        document = read_document(tmp_path / "a.tif")
        assert document.alpha_mode is mode
        assert again(document, tmp_path / "b.tif").alpha_mode is mode


def test_planes_apart_and_the_other_byte_order_are_read(tmp_path):
    pixels = samples((6, 5, 3), "uint16")
    tifffile.imwrite(tmp_path / "a.tif", np.moveaxis(pixels, -1, 0), photometric="rgb", planarconfig="separate")
    tifffile.imwrite(tmp_path / "b.tif", pixels, photometric="rgb", byteorder=">")
    for name in ("a.tif", "b.tif"):
        document = read_document(tmp_path / name)
        assert (document.pixels == pixels).all()
        assert document.pixels.dtype.isnative


def test_the_exif_of_a_tiff_file_keeps_its_own_directory(tmp_path):
    Image.fromarray(smooth(8, 8, 3)).save(tmp_path / "a.tif", exif=Image.open(io.BytesIO(_jpeg())).getexif())
    document = read_document(tmp_path / "a.tif")
    again(document, tmp_path / "b.tif")
    with Image.open(tmp_path / "b.tif") as picture:
        directory = picture.getexif().get_ifd(EXIF_DIRECTORY)
        assert (float(directory[FOCAL_LENGTH]), float(directory[EXPOSURE])) == (35.5, 0.02)
        assert picture.getexif()[ARTIST] == "Somebody"


def _jpeg(quality: int = 80, orientation: int = 1, **extra: object) -> bytes:
    file = io.BytesIO()
    options = {"icc_profile": PROFILE, "dpi": (72, 72), "comment": b"hello", "exif": exif(orientation), **extra}
    Image.fromarray(smooth(24, 16, 3)).save(file, "JPEG", quality=quality, xmp=XMP, **options)
    return file.getvalue()


@pytest.mark.parametrize(("quality", "subsampling"), [(30, 2), (80, 1), (95, 0)])
def test_a_jpeg_file_keeps_its_tables_and_what_it_says(tmp_path, quality, subsampling):
    content = _jpeg(quality, subsampling=subsampling)
    document = decode(content, "a.jpg")
    again(document, tmp_path / "b.jpg")
    with Image.open(io.BytesIO(content)) as before, Image.open(tmp_path / "b.jpg") as after:
        assert after.quantization == before.quantization
        assert JpegImagePlugin.get_sampling(after) == JpegImagePlugin.get_sampling(before)
        for name in ("icc_profile", "exif", "dpi", "comment", "xmp"):
            assert after.info[name] == before.info[name], name
        difference = np.asarray(after).astype(int) - np.asarray(before)
    assert np.abs(difference).mean() < 1.5


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_are_turned_as_they_are_meant_to_be_seen(tmp_path, orientation):
    content = _jpeg(orientation=orientation)
    with Image.open(io.BytesIO(content)) as picture:
        upright = np.asarray(ImageOps.exif_transpose(picture))
    document = decode(content, "a.jpg")
    assert (document.pixels == upright).all()
    assert orientation_of(document.metadata.exif) == 1
    as_stored = decode(content, "a.jpg", upright=False)
    assert as_stored.pixels.shape == (24, 16, 3)
    assert orientation_of(as_stored.metadata.exif) == orientation


def test_only_the_orientation_of_exif_is_changed():
    before = exif(6).removeprefix(b"Exif\0\0")
    after = called_upright(before)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
    assert orientation_of(after) == 1


@pytest.mark.parametrize("data", [b"", b"II", b"MM\0\x2a", b"II\x2a\0\xff\xff\xff\xff", b"x" * 40])
def test_damaged_exif_says_nothing_about_orientation(data):
    assert orientation_of(data) == 1
    assert called_upright(data) == data


def test_turning_is_undone_by_nothing_but_its_inverse():
    pixels = samples((4, 5, 3), "uint8")
    assert (turned_upright(turned_upright(pixels, 6), 8) == pixels).all()


@pytest.mark.parametrize("channels", [3, 4])
def test_a_lossless_webp_file_stays_lossless(tmp_path, channels):
    pixels = samples((9, 7, channels), "uint8")
    Image.fromarray(pixels).save(tmp_path / "a.webp", lossless=True, exact=True, icc_profile=PROFILE, exif=exif())
    document = read_document(tmp_path / "a.webp")
    assert (again(document, tmp_path / "b.webp").pixels == pixels).all()
    with Image.open(tmp_path / "b.webp") as after:
        assert after.info["icc_profile"] == PROFILE
        assert after.getexif()[ARTIST] == "Somebody"


def test_what_a_jpeg_file_says_goes_into_other_files_too(tmp_path):
    document = decode(_jpeg(), "a.jpg")
    for name in ("b.png", "b.tif", "b.webp"):
        assert (again(document, tmp_path / name).pixels == document.pixels).all()
        with Image.open(tmp_path / name) as picture:
            assert picture.info["icc_profile"] == PROFILE, name
            assert picture.getexif()[ARTIST] == "Somebody", name
            assert float(picture.getexif().get_ifd(EXIF_DIRECTORY)[FOCAL_LENGTH]) == 35.5, name
        assert read_document(tmp_path / name).metadata.xmp == XMP
        if not name.endswith("webp"):
            assert read_document(tmp_path / name).metadata.dots_per_inch == pytest.approx((72, 72), rel=1e-3)


@pytest.mark.parametrize(
    ("mode", "channels", "values"), [("P", 3, None), ("1", 1, None), ("LA", 4, None), ("P", 4, "transparency")]
)
def test_palettes_and_grey_with_alpha_become_plain_pixels(tmp_path, mode, channels, values):
    picture = Image.fromarray(smooth(8, 8, 3)).convert(mode)
    picture.save(tmp_path / "a.png", **({"transparency": 0} if values else {}))
    document = read_document(tmp_path / "a.png")
    wanted = "RGBA" if channels == 4 else "L" if channels == 1 else "RGB"
    expected = np.asarray(Image.open(tmp_path / "a.png").convert(wanted)).reshape(8, 8, channels)
    assert (document.pixels == expected).all()
    assert (again(document, tmp_path / "b.png").pixels == expected).all()


def test_a_coloured_grey_picture_loses_the_profile_of_grey(tmp_path):
    write_png(tmp_path / "a.png", samples((4, 4, 1), "uint16"))
    grey = read_document(tmp_path / "a.png")
    coloured = again(grey.with_pixels(samples((4, 4, 3), "uint16")), tmp_path / "b.png")
    assert coloured.metadata.icc_profile is None
    assert {b"pHYs", b"tEXt"} <= {kind for kind, _ in chunks(tmp_path / "b.png")}


@pytest.mark.parametrize(
    ("shape", "sample_type", "name"),
    [
        ((3, 3, 4), "uint8", "a.jpg"),
        ((3, 3, 3), "uint16", "a.jpg"),
        ((3, 3, 3), "uint16", "a.webp"),
        ((3, 3, 3), "float32", "a.png"),
        ((3, 3, 3), "uint8", "a.gif"),
        ((3, 3, 3), "uint8", "a"),
    ],
)
def test_a_file_that_cannot_hold_the_pixels_is_refused(shape, sample_type, name):
    mode = AlphaMode.STRAIGHT if shape[2] == 4 else AlphaMode.OPAQUE
    with pytest.raises(ClientError) as caught:
        encode(Document(samples(shape, sample_type), mode, "png"), Path(name))
    assert caught.value.reason == "FILE_NOT_SUPPORTED"
    assert caught.value.action


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        b"\xff\xd8\xff",
        b"II\x2a\0",
        b"RIFF\0\0\0\0WEBP",
    ],
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(ClientError) as caught:
        decode(content, "a.png")
    assert caught.value.reason == "FILE_NOT_SUPPORTED"


def test_a_png_file_with_a_damaged_byte_is_refused(tmp_path):
    write_png(tmp_path / "a.png", samples((40, 40, 3), "uint16"))
    content = bytearray((tmp_path / "a.png").read_bytes())
    content[-200] ^= 0xFF
    with pytest.raises(ClientError) as caught:
        decode(bytes(content), "a.png")
    assert caught.value.reason == "FILE_NOT_SUPPORTED"


def test_pages_palettes_and_other_samples_of_tiff_are_refused(tmp_path):
    path = tmp_path / "a.tif"
    for pixels, options in (
        (samples((2, 3, 3, 3), "uint8"), {"photometric": "rgb"}),
        (samples((3, 3, 4), "uint8"), {"photometric": "separated"}),
        (samples((3, 3), "uint8"), {"photometric": "miniswhite"}),
        (np.zeros((3, 3, 3), np.float64), {"photometric": "rgb"}),
        (np.zeros((3, 3, 6), np.uint8), {"photometric": "rgb", "planarconfig": "contig"}),
    ):
        tifffile.imwrite(path, pixels, **options)
        with pytest.raises(ClientError) as caught:
            read_document(path)
        assert caught.value.reason == "FILE_NOT_SUPPORTED"


def test_a_cmyk_jpeg_is_refused():
    file = io.BytesIO()
    Image.new("CMYK", (8, 8)).save(file, "JPEG")
    with pytest.raises(ClientError, match="CMYK"):
        decode(file.getvalue(), "a.jpg")


@pytest.mark.parametrize("sample_type", INTEGERS + FLOATS)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pixels_travel_as_they_are(sample_type, channels):
    document = Document(samples((5, 4, channels), sample_type), AlphaMode.OPAQUE, "tiff")
    image = check_image(image_of(document))
    assert (image.width, image.height) == (4, 5)
    assert (pixels_of(image) == document.pixels).all()
    assert (pixels_of(image_of(document, document.pixels[1:3, 1:])) == document.pixels[1:3, 1:]).all()


def test_a_file_is_written_whole_with_the_usual_rights(tmp_path):
    path = tmp_path / "new folder" / "a.bin"
    write_whole(path, b"abc")
    (tmp_path / "plain").write_bytes(b"")
    assert path.read_bytes() == b"abc"
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert [one.name for one in path.parent.iterdir()] == ["a.bin"]
    with pytest.raises(ClientError) as caught:
        write_whole(tmp_path / "plain" / "b", b"")
    assert caught.value.reason == "FILE_NOT_WRITTEN"
