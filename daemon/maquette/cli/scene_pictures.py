"""`maquette scene invert` and `transfer`: from a picture to a scene, and the scene's edits back onto the picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.images import Image, png_bytes
from maquette_client.inversion import InvertedImage, Part, TransferredEdit, invert_image, transfer_edit, with_edit

from maquette.cli.scene_files import Picture, Pinned, SceneOut, ids_of, read_scene, save
from maquette.cli.session import call, progress_bar, write_file, write_whole

if TYPE_CHECKING:
    from maquette.cli.pictures.document import Document


@dataclass(frozen=True)
class _Window:
    """What is sent of a picture: all of it, or the box alone, whose corner it has at ``left``, ``top``."""

    image: Image
    part: Part | None
    left: int
    top: int


PictureIn = Annotated[Path, typer.Argument(metavar="PICTURE", help="PNG, JPEG, TIFF or WebP, of any depth.")]
Box = Annotated[
    str,
    typer.Option(metavar="X,Y,WIDTH,HEIGHT", help="The part that is a scene; otherwise the largest in the middle."),
]


def invert(
    picture_in: PictureIn,
    box: Box = "",
    model: Annotated[str, typer.Option(help="Model; empty = the default one.")] = "",
    start: Annotated[Path | None, typer.Option("--scene", help="Begin with this scene, not with a guess.")] = None,
    pin: Pinned = None,
    pin_background: Annotated[bool, typer.Option("--pin-background", help="Keep its background too.")] = False,
    steps: Annotated[
        int | None, typer.Option(min=0, max=2000, help="Steps of optimisation; otherwise the model's own number.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides the ids of the blobs.")] = 0,
    output: Picture = None,
    scene_out: SceneOut = None,
) -> None:
    """Find the scene that renders to a picture. -o is that scene's picture, not the picture itself."""
    scene = None if start is None else read_scene(start)
    if scene is None and (pin or pin_background):
        raise ClientError("INVALID_ARGUMENT", "Nothing can be pinned without a scene.", "Name it with --scene.")
    pinned = [] if scene is None else ids_of(scene, pin)
    window = _window(box, _document(picture_in))

    async def work(connection: Connection) -> InvertedImage:
        return await invert_image(
            connection,
            window.image,
            part=window.part,
            model_id=model,
            scene=scene,
            pinned_ids=pinned,
            pin_background=pin_background,
            steps=steps,
            seed=seed,
            on_progress=on_progress,
        )

    with progress_bar("inverting") as on_progress:
        found = call(work)
    if output is not None:
        write_file(output, png_bytes(found.picture))
        typer.echo(str(output))
    if scene_out is not None or output is None:
        save(found.scene, None, None, None, scene_out)
    typer.echo(_figures(found, window))


def _figures(found: InvertedImage, window: _Window) -> str:
    part, guess = found.part, "the encoder's" if found.encoded else "the first"
    box = f"{window.left + part.left},{window.top + part.top},{part.width},{part.height}"
    return f"{found.psnr:.1f} dB ({guess} guess: {found.first_psnr:.1f} dB), of --box {box}"


def transfer(
    picture_in: PictureIn,
    picture_out: Annotated[Path, typer.Argument(metavar="OUT", help="Where the edited picture goes.")],
    before: Annotated[Path, typer.Option(help="The scene that `invert` found for the picture.")],
    after: Annotated[Path, typer.Option(help="The same scene after the edit.")],
    box: Box = "",
    blend: Annotated[
        float | None, typer.Option(min=0.0, help="Pixels over which the change fades out; otherwise 2 % of the part.")
    ] = None,
) -> None:
    """Carry an edit of a picture's scene onto the picture: all else stays as it is, to the byte."""
    from maquette.cli.pictures.files import encode, kind_of_name

    kind_of_name(picture_out)
    scenes = read_scene(before), read_scene(after)
    document = _document(picture_in)
    window = _window(box, document)

    async def work(connection: Connection) -> TransferredEdit:
        return await transfer_edit(
            connection, window.image, *scenes, part=window.part, blend=blend, on_progress=on_progress
        )

    with progress_bar("carrying over") as on_progress:
        edit = call(work)
    write_whole(picture_out, encode(_edited(document, window, edit), picture_out))
    typer.echo(f"Wrote {picture_out} ({_changed(edit, window)}).")


def _changed(edit: TransferredEdit, window: _Window) -> str:
    part = edit.changed
    if part is None:
        return "nothing changed"
    return f"{part.width} × {part.height} pixels at {window.left + part.left}, {window.top + part.top} changed"


# The libraries of picture files are imported by those who read pictures: the other commands begin without them.


def _document(path: Path) -> Document:
    from maquette.cli.pictures.files import read_document

    return read_document(path)


def _window(box: str, document: Document) -> _Window:
    from maquette.cli.pictures.document import image_of
    from maquette.cli.selections import box_from

    if not box:
        return _Window(image_of(document), None, 0, 0)
    height, width = document.pixels.shape[:2]
    part = box_from(box)
    if part.left < 0 or part.top < 0 or part.right > width or part.bottom > height:
        raise ClientError(
            "INVALID_ARGUMENT",
            f"The box '{box}' reaches out of the picture, which is {width} × {height} pixels.",
            "Name a box inside it.",
        )
    image = image_of(document, document.pixels[part.top : part.bottom, part.left : part.right])
    return _Window(image, Part(0, 0, part.width, part.height), part.left, part.top)


def _edited(document: Document, window: _Window, edit: TransferredEdit) -> Document:
    from maquette.cli.pictures.document import pixels_of

    pixels, patch = document.pixels.copy(), pixels_of(with_edit(window.image, edit))
    pixels[window.top : window.top + patch.shape[0], window.left : window.left + patch.shape[1]] = patch
    return document.with_pixels(pixels)
