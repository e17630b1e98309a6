from __future__ import annotations

import io

import numpy as np
import pytest
from fake_painter import FIRST_VALUE, MODEL_ID
from maquette.cli.pictures.files import read_document
from maquette.cli.selections import bounds_of, box_from, context_from, length_from, pixels_from
from maquette_client.context import Context, ContextKind, Length, LengthUnit, Rectangle
from maquette_client.errors import ClientError
from picture_files import PROFILE, samples, smooth, write_png, write_tiff
from PIL import Image


@pytest.fixture
def picture(home):
    pixels = samples((12, 16, 3), "uint16")
    write_png(home / "in.png", pixels)
    return pixels


def painted(home, name: str = "out.png") -> np.ndarray:
    return read_document(home / name).pixels


def fill_value(sample_type: str, index: int = 0) -> int:
    return int(np.frombuffer(bytes([FIRST_VALUE + index]) * 8, sample_type)[0])


def test_only_the_filled_box_differs_and_the_file_keeps_its_depth_and_profile(run, fake_daemon, home, picture):
    finished = run("inpaint", "in.png", "out.png", "--box", "3,2,5,4")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == f"Wrote out.png (model {MODEL_ID}).\n  A note.\n"
    result = painted(home)
    assert result.dtype == np.uint16
    assert (result[2:6, 3:8] == fill_value("uint16")).all()
    result[2:6, 3:8] = picture[2:6, 3:8]
    assert (result == picture).all()
    assert read_document(home / "out.png").metadata.icc_profile == PROFILE


def test_a_mask_may_be_of_any_kind(run, fake_daemon, home, picture):
    white = Image.new("L", (16, 12))
    white.paste(255, (1, 7, 4, 9))
    masks = {mode: white.convert(mode) for mode in ("L", "RGB", "RGBA", "1")}
    masks["I;16"] = Image.fromarray(np.asarray(white).astype(np.uint16) * 257)
    for mode, mask in masks.items():
        mask.save(home / "mask.png")
        assert run("inpaint", "in.png", "out.png", "--mask", "mask.png", "--overwrite").returncode == 0
        changed = (painted(home) != picture).any(axis=-1)
        assert bounds_of(changed.astype(np.uint8) * 255) == Rectangle(1, 7, 3, 2), mode


def test_what_is_transparent_is_filled(run, fake_daemon, home):
    pixels = samples((12, 16, 4), "uint8")
    pixels[..., 3] = 255
    pixels[4:6, 5:9, 3] = 0
    write_png(home / "in.png", pixels)
    assert run("inpaint", "in.png", "out.png", "--alpha").returncode == 0
    assert (painted(home)[4:6, 5:9] == FIRST_VALUE).all()


def test_several_answers_are_numbered(run, fake_daemon, home, picture):
    finished = run("inpaint", "in.png", "out.png", "--box", "3,2,5,4", "--candidates", "3")
    assert finished.returncode == 0, finished.stderr
    assert sorted(path.name for path in home.glob("out*")) == ["out-1.png", "out-2.png", "out-3.png"]
    for index in range(3):
        assert (painted(home, f"out-{index + 1}.png")[2:6, 3:8] == fill_value("uint16", index)).all()


def test_an_extension_keeps_the_picture_in_its_place(run, fake_daemon, home):
    pixels = samples((12, 16, 3), "float32")
    write_tiff(home / "in.tif", pixels)
    finished = run("outpaint", "in.tif", "out.tif", "--left", "3", "--bottom", "50%")
    assert finished.returncode == 0, finished.stderr
    result = painted(home, "out.tif")
    assert result.shape == (18, 19, 3)
    assert (result[:12, 3:] == pixels).all()
    assert (result[12:] == np.frombuffer(bytes([FIRST_VALUE]) * 4, "float32")).all()


def test_all_is_every_side_that_is_not_named(run, fake_daemon, home, picture):
    assert run("outpaint", "in.png", "out.png", "--all", "2", "--top", "5").returncode == 0
    assert painted(home).shape == (12 + 7, 16 + 4, 3)


def test_grey_is_coloured_and_a_jpeg_repaired_with_the_quality_of_its_tables(run, fake_daemon, home):
    file = io.BytesIO()
    Image.fromarray(smooth(16, 24, 3)).save(file, "JPEG", quality=23)
    (home / "in.jpg").write_bytes(file.getvalue())
    for verb in ("colorize", "restore"):
        finished = run(verb, "in.jpg", f"{verb}.png")
        assert finished.returncode == 0, finished.stderr
        assert (painted(home, f"{verb}.png") == FIRST_VALUE).all()
    assert run("restore", "in.jpg", "restored.jpg").returncode == 0
    with Image.open(home / "restored.jpg") as after, Image.open(home / "in.jpg") as before:
        assert sum(after.quantization[0]) < sum(before.quantization[0]) / 4


def test_a_folder_is_painted_once(run, fake_daemon, home):
    for name in ("b.png", "a.png", "deeper/c.png"):
        (home / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        write_png(home / "in" / name, samples((6, 6, 3), "uint8"))
    (home / "in" / "notes.txt").write_text("no picture")
    first = run("inpaint", "in", "out", "--box", "1,1,2,2")
    assert first.returncode == 0, first.stderr
    assert first.stdout.endswith("3 painted, 0 kept, 0 failed.\n")
    (home / "out" / "b.png").unlink()
    before = (home / "out" / "a.png").stat().st_mtime_ns
    second = run("inpaint", "in", "out", "--box", "1,1,2,2")
    assert second.stdout.endswith("1 painted, 2 kept, 0 failed.\n")
    assert (home / "out" / "a.png").stat().st_mtime_ns == before
    assert run("inpaint", "in", "out", "--box", "1,1,2,2", "--overwrite").stdout.endswith(
        "3 painted, 0 kept, 0 failed.\n"
    )
    assert (home / "out" / "deeper" / "c.png").exists()
    assert not (home / "out" / "notes.txt").exists()


def test_one_that_fails_does_not_keep_the_others_from_being_painted(run, fake_daemon, home):
    (home / "in").mkdir()
    write_png(home / "in" / "a.png", samples((6, 6, 3), "uint8"))
    (home / "in" / "b.png").write_bytes(b"broken")
    write_png(home / "in" / "c.png", samples((6, 6, 3), "uint8"))
    finished = run("inpaint", "in", "out", "--box", "1,1,2,2")
    assert finished.returncode == 1
    assert finished.stdout.endswith("2 painted, 0 kept, 1 failed.\n")
    assert "b.png" in finished.stderr
    assert sorted(path.name for path in (home / "out").iterdir()) == ["a.png", "c.png"]


def test_masks_of_a_folder_bear_the_pictures_names(run, fake_daemon, home):
    for name in ("in/a.jpg", "masks/a.png"):
        (home / name).parent.mkdir()
        Image.fromarray(smooth(8, 8, 3)).save(home / name)
    assert run("inpaint", "in", "out", "--mask", "masks").returncode == 0
    (home / "masks" / "a.png").unlink()
    finished = run("inpaint", "in", "again", "--mask", "masks")
    assert finished.returncode == 1
    assert "There is no mask for a.jpg" in finished.stderr


WRONG = [
    (["inpaint", "in.png", "out.png"], "What shall be filled?"),
    (["inpaint", "in.png", "out.png", "--alpha", "--box", "1,1,1,1"], "What shall be filled?"),
    (["inpaint", "in.png", "out.png", "--box", "1,1,1"], "is not a box"),
    (["inpaint", "in.png", "out.png", "--box", "1,1,0,1"], "has no pixels"),
    (["inpaint", "in.png", "out.png", "--box", "99,1,5,5"], "selects nothing"),
    (["inpaint", "in.png", "out.png", "--alpha"], "no alpha channel"),
    (["inpaint", "in.png", "out.png", "--box", "1,1,1,1", "--grow", "-3"], "is not a length"),
    (["inpaint", "in.png", "out.png", "--box", "1,1,1,1", "--context", "big"], "is not a context"),
    (["inpaint", "in.png", "out.png", "--mask", "small.png"], "The mask small.png is 2 × 2 pixels"),
    (["inpaint", "in.png", "out.gif", "--box", "1,1,1,1"], "does not end like a picture file"),
    (["inpaint", "in.png", "out.jpg", "--box", "1,1,1,1"], "not 16-bit"),
    (["inpaint", "missing.png", "out.png", "--box", "1,1,1,1"], "cannot be read"),
    (["inpaint", "in.png", "out.png", "--box", "1,1,1,1", "--model", "nobody"], "There is no model 'nobody'."),
    (["outpaint", "in.png", "out.png"], "Which side shall be extended?"),
    (["colorize", "in.png", "out.png", "--hints", "missing.png"], "cannot be read"),
    (["restore", "empty", "out"], "There are no pictures"),
    (["restore", "empty", "empty"], "would be replaced"),
]


def test_a_wrong_request_is_told_in_a_sentence_and_writes_nothing(run, fake_daemon, home, picture):
    write_png(home / "small.png", samples((2, 2, 1), "uint8"))
    (home / "empty").mkdir()
    for arguments, told in WRONG:
        finished = run(*arguments)
        assert finished.returncode == 1, arguments
        assert told in finished.stderr
        assert "Traceback" not in finished.stderr
        assert not list(home.glob("out*"))


def test_a_result_that_is_there_is_kept(run, fake_daemon, home, picture):
    (home / "out.png").write_bytes(b"precious")
    finished = run("inpaint", "in.png", "out.png", "--box", "1,1,2,2")
    assert (finished.returncode, (home / "out.png").read_bytes()) == (0, b"precious")
    assert "--overwrite" in finished.stdout


@pytest.mark.parametrize(
    ("text", "length"),
    [("12", Length(12)), ("1.5px", Length(1.5)), (" 5% ", Length(5, LengthUnit.PERCENT)), ("0", Length(0))],
)
def test_lengths(text, length):
    assert length_from(text) == length


def test_boxes_contexts_and_sides():
    assert box_from("-1, 2,30,4") == Rectangle(-1, 2, 30, 4)
    assert context_from("auto") == Context()
    assert context_from("whole") == Context(ContextKind.WHOLE)
    assert context_from("40") == Context(ContextKind.PIXELS, 40)
    assert (pixels_from("25%", 200), pixels_from("25", 200)) == (50, 25)
    for wrong in ("", "-1", "1e5", "5 %%", "nan"):
        with pytest.raises(ClientError):
            length_from(wrong)
