"""A scene as text that may be kept in a document or shared: JSON with a schema version, vectors in base64."""

from __future__ import annotations

import base64
import binascii
import json
import math
from typing import Any, cast

from maquette_client.errors import ClientError
from maquette_client.v1.scene_pb2 import Appearance, Blob, Ellipse, Restyle, Scene, SeededStyle

FORMAT = "maquette-scene"
SCHEMA = 1

_ELLIPSE_FIELDS = ("x", "y", "size", "aspect", "angle")


def scene_to_json(scene: Scene, indent: int | None = None) -> str:
    """The scene as text."""
    content = {
        "format": FORMAT,
        "schema": SCHEMA,
        "model": {"id": scene.model_id, "digest": scene.model_digest},
        "noise_seed": scene.noise_seed,
        "background": _appearance_out(scene.background),
        "blobs": [_blob_out(blob) for blob in scene.blobs],
    }
    return json.dumps(content, indent=indent)


def scene_from_json(text: str | bytes) -> Scene:
    """The scene that :func:`scene_to_json` wrote.

    Raises:
        ClientError: SCENE_FILE_UNKNOWN for another format or a newer schema, SCENE_FILE_CORRUPT for anything else.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _corrupt("it is not JSON") from error
    if not isinstance(content, dict) or cast("dict[str, Any]", content).get("format") != FORMAT:
        raise ClientError("SCENE_FILE_UNKNOWN", "This is not a scene of Maquette.", "Choose a scene saved by Maquette.")
    content = cast("dict[str, Any]", content)
    if content.get("schema") != SCHEMA:
        raise ClientError(
            "SCENE_FILE_UNKNOWN",
            f"The scene was saved with schema {content.get('schema')!r}; this version reads schema {SCHEMA}.",
            "Update Maquette and the plugin.",
        )
    try:
        return _scene_in(content)
    except KeyError as error:
        raise _corrupt(f"{error.args[0]!r} is missing") from error
    except (TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise _corrupt(str(error)) from error


def _corrupt(why: str) -> ClientError:
    return ClientError("SCENE_FILE_CORRUPT", f"The scene cannot be read: {why}.", "Choose another file or copy of it.")


def _blob_out(blob: Blob) -> dict[str, Any]:
    return {
        "id": blob.id,
        "name": blob.name,
        "ellipse": {name: getattr(blob.ellipse, name) for name in _ELLIPSE_FIELDS},
        "hidden": blob.hidden,
        "appearance": _appearance_out(blob.appearance),
    }


def _appearance_out(appearance: Appearance) -> dict[str, Any]:
    content: dict[str, Any] = {
        "structure": _bytes_out(appearance.structure),
        "style": _bytes_out(appearance.style),
        "row": appearance.row,
    }
    if appearance.HasField("restyle"):
        content["restyle"] = _restyle_out(appearance.restyle)
    return content


def _restyle_out(restyle: Restyle) -> dict[str, Any]:
    content: dict[str, Any] = {"amount": restyle.amount}
    source = restyle.WhichOneof("source")
    if source == "seeded":
        content |= {"seed": restyle.seeded.seed, "truncation": restyle.seeded.truncation}
    elif source == "style":
        content["style"] = _bytes_out(restyle.style)
    return content


def _scene_in(content: dict[str, Any]) -> Scene:
    return Scene(
        model_id=_text(content["model"]["id"]),
        model_digest=_text(content["model"]["digest"]),
        background=_appearance_in(content["background"]),
        blobs=[_blob_in(blob) for blob in _list(content["blobs"])],
        noise_seed=_whole(content["noise_seed"]),
    )


def _blob_in(content: dict[str, Any]) -> Blob:
    return Blob(
        id=_text(content["id"]),
        name=_text(content["name"]),
        ellipse=Ellipse(**{name: _number(content["ellipse"][name]) for name in _ELLIPSE_FIELDS}),
        appearance=_appearance_in(content["appearance"]),
        hidden=_truth(content["hidden"]),
    )


def _appearance_in(content: dict[str, Any]) -> Appearance:
    return Appearance(
        structure=_bytes_in(content["structure"]),
        style=_bytes_in(content["style"]),
        row=_whole(content["row"]),
        restyle=_restyle_in(content["restyle"]) if "restyle" in content else None,
    )


def _restyle_in(content: dict[str, Any]) -> Restyle:
    amount = _number(content["amount"])
    if "seed" in content:
        seeded = SeededStyle(seed=_whole(content["seed"]), truncation=_number(content["truncation"]))
        return Restyle(amount=amount, seeded=seeded)
    return Restyle(amount=amount, style=_bytes_in(content["style"]))


def _bytes_out(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes_in(value: object) -> bytes:
    return base64.b64decode(_text(value), validate=True)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not a whole number")
    return value


def _number(value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        raise TypeError(f"{value!r} is not a finite number")
    return float(value)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("the blobs are not a list")
    return cast("list[Any]", value)
