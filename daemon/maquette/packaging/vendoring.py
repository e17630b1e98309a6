"""A private copy of the client and its libraries for a plugin, so that no other plugin's copy can clash with it."""

from __future__ import annotations

import fnmatch
import zipfile
from collections.abc import Collection, Iterable, Mapping
from importlib import metadata
from pathlib import Path, PurePosixPath

import maquette_client

from maquette.errors import MaquetteError, Reason
from maquette.packaging.imports import absolute_imports, rewrite_imports
from maquette.packaging.wheels import fetch_wheels

CLIENT = "maquette_client"
LICENCES = "LICENSES"

# Kept of googleapis-common-protos: what an error's details need.
_KEPT_OF_GOOGLE = ("google/rpc/status_pb2.py", "google/rpc/error_details_pb2.py")

_LEFT_OUT = (
    "google/api/*",
    "google/protobuf/compiler/*",
    "google/protobuf/pyext/*",
    "google/protobuf/testdata/*",
    "google/protobuf/util/*",
    "google/protobuf/internal/*benchmark.py",
    "google/protobuf/internal/testing_refleaks.py",
    "grpclib/channelz/*",
    "grpclib/health/*",
    "grpclib/plugin/*",
    "grpclib/reflection/*",
    "grpclib/testing.py",
    "*_test.py",
)


def vendor(destination: Path, wheels: Iterable[Path] | None = None) -> None:
    """Write the private package into ``destination`` (usually ``<plugin>/_vendor``), which must not exist.

    Args:
        destination: directory of the private package.
        wheels: the libraries; None = those of the lock file.

    Raises:
        MaquetteError: NOT_INSTALLED or CONTENT_CORRUPT when the libraries cannot be had (see
            :func:`maquette.packaging.wheels.fetch_wheels`), INTERNAL when one cannot be made private.
    """
    modules: dict[PurePosixPath, str] = dict(client_sources())
    licences: dict[str, bytes] = {f"{CLIENT}-LICENSE": own_licence()}
    for wheel in fetch_wheels() if wheels is None else wheels:
        modules |= wheel_sources(wheel)
        licences |= wheel_licences(wheel)
    for package in _packages_without_init(modules):
        modules[package / "__init__.py"] = ""
    private = rewritten(modules)
    destination.mkdir(parents=True)
    (destination / "__init__.py").write_text("", encoding="utf-8")
    for path, source in private.items():
        target = destination.joinpath(*path.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source, encoding="utf-8")
    (destination / LICENCES).mkdir()
    for name, text in licences.items():
        (destination / LICENCES / name).write_bytes(text)


def rewritten(modules: Mapping[PurePosixPath, str]) -> dict[PurePosixPath, str]:
    """The modules with every import between them made relative.

    Raises:
        MaquetteError: INTERNAL when an import by a public name is left.
    """
    tops = {path.parts[0].removesuffix(".py") for path in modules}
    result = {path: rewrite_imports(source, path, tops) for path, source in modules.items()}
    _check_private(result, tops)
    return result


def client_sources() -> dict[PurePosixPath, str]:
    """Every module of the client by its path, beginning with ``maquette_client/``."""
    root = Path(str(maquette_client.__file__)).parent
    return {
        PurePosixPath(CLIENT, path.relative_to(root).as_posix()): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.py"))
    }


def own_licence() -> bytes:
    """Maquette's own licence, which is the client's."""
    text = metadata.distribution("maquette").read_text("licenses/LICENSE")
    if text is None:
        raise MaquetteError(Reason.INTERNAL, "Maquette's own licence is missing.", "Install Maquette again.")
    return text.encode("utf-8")


def wheel_sources(wheel: Path) -> dict[PurePosixPath, str]:
    """The modules of a wheel that the client needs, by path."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if _is_wanted(name, wheel)]
        return {PurePosixPath(name): archive.read(name).decode("utf-8") for name in names}


def wheel_licences(wheel: Path) -> dict[str, bytes]:
    """The licence texts of a wheel by a name that says whose they are."""
    words = ("license", "licence", "copying", "notice")
    library = wheel.name.split("-")[0]
    with zipfile.ZipFile(wheel) as archive:
        return {
            f"{library}-{PurePosixPath(name).name}": archive.read(name)
            for name in archive.namelist()
            if ".dist-info/" in name and any(word in PurePosixPath(name).name.lower() for word in words)
        }


def _is_wanted(name: str, wheel: Path) -> bool:
    if not name.endswith(".py") or ".dist-info/" in name:
        return False
    if wheel.name.startswith("googleapis_common_protos"):
        return name in _KEPT_OF_GOOGLE
    return not any(fnmatch.fnmatch(name, pattern) for pattern in _LEFT_OUT)


def _packages_without_init(modules: Mapping[PurePosixPath, str]) -> list[PurePosixPath]:
    """Namespace packages (google, google/rpc): made plain ones, since they are nobody else's here."""
    packages = {parent for path in modules for parent in path.parents if parent.parts}
    return sorted(package for package in packages if package / "__init__.py" not in modules)


def _check_private(modules: Mapping[PurePosixPath, str], tops: Collection[str]) -> None:
    for path, source in modules.items():
        if left := absolute_imports(source, tops):
            raise MaquetteError(
                Reason.INTERNAL, f"The private copy of {path} still imports {', '.join(left)}.", "Report this as a bug."
            )
