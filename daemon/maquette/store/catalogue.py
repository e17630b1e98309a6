"""The models at hand: those that ship with Maquette and those that the user has imported. No torch, no numpy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from maquette.errors import MaquetteError, Reason
from maquette.store.built_in import BUILT_IN
from maquette.store.digests import DigestCache
from maquette.store.locations import data_directory, embedded_weights_directory
from maquette.store.model_info import ModelInfo
from maquette.store.system_tasks import SYSTEM_TASKS
from maquette.store.weights_file import WeightsDescription, describe, read_metadata

AUTOMATIC = "auto"
"""What a request names where the model shall be chosen; no model bears it."""

_ID_PATTERN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


@dataclass(frozen=True)
class CatalogueEntry:
    """A model and where its weights are.

    Attributes:
        info: what hosts see.
        path: the weights file; None for a built-in algorithm, which has none.
        extra: the header's entries that only the model's own loader reads.
    """

    info: ModelInfo
    path: Path | None
    extra: Mapping[str, str]


def check_model_id(model_id: str) -> str:
    """``model_id`` if it can name a model: 1 to 64 lower-case letters, digits and inner hyphens.

    Raises:
        MaquetteError: INVALID_ARGUMENT.
    """
    if not _ID_PATTERN.fullmatch(model_id) or model_id == AUTOMATIC:
        raise MaquetteError(
            Reason.INVALID_ARGUMENT,
            f"'{model_id[:80]}' cannot name a model.",
            "Use 1 to 64 lower-case letters, digits and hyphens, with a letter or digit at both ends; not 'auto'.",
        )
    return model_id


def _info(path: Path, description: WeightsDescription, digest: str, embedded: bool) -> ModelInfo:
    return ModelInfo(
        id=description.id,
        system=description.system,
        title=description.title,
        tasks=SYSTEM_TASKS.get(description.system, description.tasks),
        digest=digest,
        width=description.width,
        height=description.height,
        file_bytes=path.stat().st_size,
        working_set_bytes=description.working_set_bytes,
        dtypes=description.dtypes,
        blob_names=description.blob_names,
        area_normaliser=description.area_normaliser,
        embedded=embedded,
        licence=description.licence,
    )


class Catalogue:
    """Reads two folders of weights files; what is on disk is the truth, nothing is held open.

    Args:
        embedded: folder of the weights that ship with Maquette.
        data: the user's data directory; imported models lie in its folder "models".
        built_in: models without weights, which ship with Maquette too.
    """

    def __init__(self, embedded: Path, data: Path, built_in: Sequence[ModelInfo] = ()) -> None:
        self._built_in = {info.id: CatalogueEntry(info, None, {}) for info in built_in}
        self._embedded = embedded
        self._imported = data / "models"
        self._digests = DigestCache(data / "digests.json")

    def imported_path(self, model_id: str) -> Path:
        """Where the weights of an imported model lie or would lie.

        Raises:
            MaquetteError: INVALID_ARGUMENT.
        """
        return self._imported / f"{check_model_id(model_id)}.safetensors"

    def report_path(self, model_id: str) -> Path:
        """Where the report of a model's import lies or would lie (JSON)."""
        return self.imported_path(model_id).with_suffix(".json")

    def _files(self) -> Iterator[tuple[Path, bool]]:
        for folder, embedded in ((self._embedded, True), (self._imported, False)):
            if folder.is_dir():
                yield from ((path, embedded) for path in sorted(folder.glob("[!.]*.safetensors")))

    def _entry(self, path: Path, embedded: bool) -> CatalogueEntry:
        description = describe(path, read_metadata(path))
        if check_model_id(description.id) != path.stem:
            raise MaquetteError(
                Reason.CHECKPOINT_CORRUPT,
                f"'{path.name}' holds the model '{description.id}'.",
                f"Rename the file to '{description.id}.safetensors'.",
            )
        return CatalogueEntry(_info(path, description, self._digests.digest(path), embedded), path, description.extra)

    def scan(self) -> tuple[tuple[CatalogueEntry, ...], tuple[MaquetteError, ...]]:
        """Every usable model by id, and what is wrong with the files that are not usable."""
        entries = dict(self._built_in)
        problems: list[MaquetteError] = []
        for path, embedded in self._files():
            try:
                entry = self._entry(path, embedded)
            except MaquetteError as error:
                problems.append(error)
            except OSError as error:
                message = f"'{path.name}' cannot be read: {error.strerror}."
                problems.append(MaquetteError(Reason.CHECKPOINT_CORRUPT, message, "Make the file readable."))
            else:
                entries.setdefault(entry.info.id, entry)
        return tuple(entries[model_id] for model_id in sorted(entries)), tuple(problems)

    def list(self, task: str = "") -> tuple[CatalogueEntry, ...]:
        """Every usable model that serves ``task`` (all when empty), by id."""
        return tuple(entry for entry in self.scan()[0] if not task or task in entry.info.tasks)

    def get(self, model_id: str) -> CatalogueEntry:
        """One model.

        Raises:
            MaquetteError: MODEL_NOT_FOUND; CHECKPOINT_CORRUPT when its file is there but damaged.
        """
        if model_id in self._built_in:
            return self._built_in[model_id]
        if _ID_PATTERN.fullmatch(model_id):
            for folder, embedded in ((self._embedded, True), (self._imported, False)):
                path = folder / f"{model_id}.safetensors"
                if path.is_file():
                    return self._entry(path, embedded)
        raise MaquetteError(
            Reason.MODEL_NOT_FOUND,
            f"There is no model '{model_id[:80]}'.",
            "Choose one of `maquette models list`, or import it.",
            {"model_id": model_id[:80]},
        )

    def resolve(self, model_id: str, task: str) -> CatalogueEntry:
        """The model of this id; for an empty id the default model for ``task``, embedded ones first.

        Raises:
            MaquetteError: MODEL_NOT_FOUND; MODEL_UNSUPPORTED when the model does not serve ``task``.
        """
        if not model_id:
            candidates = sorted(self.list(task), key=lambda entry: (not entry.info.embedded, entry.info.id))
            if candidates:
                return candidates[0]
            message = f"No model here serves '{task}'."
            raise MaquetteError(Reason.MODEL_NOT_FOUND, message, "Import a model that does.", {"task": task})
        entry = self.get(model_id)
        if task not in entry.info.tasks:
            message = f"The model '{model_id}' does not serve '{task}'."
            raise MaquetteError(Reason.MODEL_UNSUPPORTED, message, "Choose a model that lists this task.")
        return entry

    def candidates(self, model_id: str, task: str) -> tuple[CatalogueEntry, ...]:
        """The models among which ``task`` is chosen: the one of this id; for "" or "auto" all that ship with Maquette
        and serve it, or, where none does, all.

        Raises:
            MaquetteError: MODEL_NOT_FOUND; MODEL_UNSUPPORTED when the model does not serve ``task``.
        """
        if model_id not in ("", AUTOMATIC):
            return (self.resolve(model_id, task),)
        serving = self.list(task)
        return tuple(entry for entry in serving if entry.info.embedded) or serving or (self.resolve("", task),)

    def delete(self, model_id: str) -> None:
        """Delete an imported model from the disk.

        Raises:
            MaquetteError: MODEL_NOT_FOUND; INVALID_ARGUMENT for a model that ships with Maquette.
        """
        path = self.imported_path(model_id)
        if model_id in self._built_in or (not path.is_file() and self.get(model_id).info.embedded):
            message = f"The model '{model_id}' ships with Maquette and cannot be deleted."
            raise MaquetteError(Reason.INVALID_ARGUMENT, message, "Only imported models can be deleted.")
        path.unlink(missing_ok=True)
        self.report_path(model_id).unlink(missing_ok=True)


def open_catalogue(data: Path | None = None) -> Catalogue:
    """The catalogue of this installation and user; ``data``: another data directory."""
    return Catalogue(embedded_weights_directory(), data or data_directory(), BUILT_IN)
