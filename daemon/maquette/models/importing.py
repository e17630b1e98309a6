"""From a public checkpoint to a model of the catalogue."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import torch
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.models.checkpoints import Checkpoint, Conversion, TensorSource
from maquette.models.hyper_parameters import settings
from maquette.models.operations import Operation, Progress
from maquette.models.registry import SYSTEMS, Architecture, architecture
from maquette.models.requests import ImportModel, ImportReport
from maquette.models.tensor_files import read_tensors, stored_tensors
from maquette.models.torch_archive import TorchArchive, archived_tensors
from maquette.models.unpickling import TensorReference, damaged
from maquette.store.atomic import write_atomically
from maquette.store.catalogue import Catalogue, check_model_id
from maquette.store.weights_file import write_weights_file

_STATE_DICT_NAMES = ("state_dict", "model", "params", "g_ema")


@dataclass(frozen=True)
class _LoadedTensor:
    tensor: Tensor

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.tensor.shape)

    def read(self) -> Tensor:
        return self.tensor


@dataclass(frozen=True)
class _Opened:
    tensors: Mapping[str, TensorSource]
    settings: Mapping[str, bool | int | float | str]


def _archive_content(archive: TorchArchive) -> _Opened:
    content = archive.content()
    if not isinstance(content, dict):
        raise damaged("it holds no dictionary of tensors")
    values = cast("dict[object, object]", content)
    for name in _STATE_DICT_NAMES:
        tensors = archived_tensors(archive, values.get(name))
        if tensors:
            return _Opened(tensors, settings(values.get("hyper_parameters")))
    return _Opened(archived_tensors(archive, values), {})


@contextmanager
def _opened(path: Path) -> Generator[_Opened]:
    try:
        if path.suffix == ".safetensors":
            yield _Opened({key: _LoadedTensor(tensor) for key, tensor in read_tensors(path).items()}, {})
            return
        with TorchArchive(path) as archive:
            yield _archive_content(archive)
    except OSError as error:
        raise damaged(f"the system says '{error.strerror}'") from error


def _recognised(tensors: Mapping[str, TensorSource]) -> Architecture:
    for system in SYSTEMS:
        candidate = architecture(system)
        if candidate.detect(tensors.keys()):
            return candidate
    raise MaquetteError(
        Reason.MODEL_UNSUPPORTED,
        "The checkpoint is of no system that Maquette runs.",
        f"Import a checkpoint of one of: {', '.join(SYSTEMS)}.",
    )


@dataclass(frozen=True)
class _Companions:
    tensor: Tensor | None = None
    tensors: Mapping[str, TensorSource] = field(default_factory=dict[str, TensorSource])


def _companion_content(path: Path, files: ExitStack) -> Tensor | Mapping[str, TensorSource]:
    """The tensor of a file that holds nothing else, such as a mean latent, or the state dict of another."""
    try:
        if path.suffix == ".safetensors":
            return files.enter_context(_opened(path)).tensors
        archive = files.enter_context(TorchArchive(path))
        content = archive.content()
        if isinstance(content, TensorReference):
            return archive.tensor(content)
        if isinstance(content, dict):
            return _archive_content(archive).tensors
    except OSError as error:
        raise damaged(f"the system says '{error.strerror}' of '{path.name}'") from error
    raise damaged(f"'{path.name}' holds no tensors")


def _companions(request: ImportModel, path: Path, system: Architecture, files: ExitStack) -> _Companions:
    """What belongs to the checkpoint: the file that was named, and of the other kinds what lies beside it."""
    named = [Path(request.companion_path)] if request.companion_path else []
    beside = [path.with_name(name) for name in system.companion_names(path.stem)]
    # A link could point out of the folder that the user allowed.
    there = [file for file in beside if file.is_file() and not file.is_symlink()]
    found = _Companions()
    for file in (*named, *there):
        content = _companion_content(file, files)
        if isinstance(content, Tensor):
            found = found if found.tensor is not None else replace(found, tensor=content)
        elif not found.tensors:
            found = replace(found, tensors=content)
    return found


def model_id_of(path: Path) -> str:
    """A catalogue name made from a file's name."""
    words = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:64].strip("-")
    return check_model_id(words or "imported")


def _free_id(request: ImportModel, path: Path, catalogue: Catalogue) -> str:
    model_id = check_model_id(request.model_id) if request.model_id else model_id_of(path)
    if any(entry.info.id == model_id and entry.info.embedded for entry in catalogue.list()):
        message = f"'{model_id}' is the name of a model that ships with Maquette."
        raise MaquetteError(Reason.INVALID_ARGUMENT, message, "Choose another name.")
    return model_id


def import_model(request: ImportModel, catalogue: Catalogue) -> Operation[ImportReport]:
    """Convert a checkpoint to a weights file in the catalogue; an earlier import of the same name is replaced.

    Nothing in the checkpoint is executed, and until everything has been read nothing is written. ``request.path`` and
    ``request.companion_path`` must have been checked against the allowed folders.

    Raises:
        MaquetteError: CHECKPOINT_UNSAFE, CHECKPOINT_CORRUPT, MODEL_UNSUPPORTED or INVALID_ARGUMENT.
    """
    path = Path(request.path)
    model_id = _free_id(request, path, catalogue)
    yield Progress("reading the checkpoint", 0.0)
    with _opened(path) as opened, ExitStack() as files:
        system = _recognised(opened.tensors)
        yield Progress("converting", 0.2)
        companions = _companions(request, path, system, files)
        checkpoint = Checkpoint(
            path.stem, model_id, opened.tensors, opened.settings, companions.tensor, companions.tensors
        )
        with torch.no_grad():
            conversion = system.convert(checkpoint)
    yield Progress("writing", 0.7)
    return _written(conversion, catalogue, path.name)


def _written(conversion: Conversion, catalogue: Catalogue, source: str) -> ImportReport:
    model_id = conversion.description.id
    try:
        tensors = stored_tensors(conversion.tensors)
        write_weights_file(catalogue.imported_path(model_id), tensors, conversion.description)
        info = catalogue.get(model_id).info
        report = {
            "schema": 1,
            "source": source,
            "digest": info.digest,
            "unused_keys": conversion.unused_keys,
            "notes": conversion.notes,
        }
        write_atomically(catalogue.report_path(model_id), [json.dumps(report, indent=1).encode()])
    except OSError as error:
        message = f"The model could not be saved: {error.strerror}."
        raise MaquetteError(Reason.INTERNAL, message, "Free some disk space and try again.") from error
    return ImportReport(info, conversion.unused_keys, conversion.notes)
