"""Rewriting of absolute imports so that a library can live under any package: ``h2.config`` becomes ``..h2.config``.

Relative imports are used because a host decides the plugin's own name (Blender: ``bl_ext.<repository>.<id>``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

# Functions whose text argument is the name of a module to import, or (protobuf) of the module that is being built.
_TAKES_MODULE_NAME = frozenset({"import_module", "__import__", "_CanImport", "BuildTopDescriptorsAndMessages"})

_MODULE_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


# A statement or expression and the text that takes its place.
Replacement = tuple[ast.stmt | ast.expr, str]


def rewrite_imports(source: str, path: PurePosixPath, tops: Collection[str]) -> str:
    """The source of a module with every import of a vendored library made relative.

    Args:
        source: Python text.
        path: place of the module inside the private package, for example ``h2/config.py``.
        tops: top-level names that lie in the private package.

    Raises:
        SyntaxError: the source is not Python.
    """
    tree, offsets, encoded = ast.parse(source), _line_offsets(source), source.encode("utf-8")
    replacements = [*_imports(tree, path, tops), *_module_texts(tree, path, tops)]
    for node, text in sorted(replacements, key=_place, reverse=True):
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start, end = offsets[node.lineno - 1] + node.col_offset, offsets[node.end_lineno - 1] + node.end_col_offset
        encoded = encoded[:start] + text.encode("utf-8") + encoded[end:]
    return encoded.decode("utf-8")


def absolute_imports(source: str, tops: Collection[str]) -> list[str]:
    """The vendored modules that a source still imports by their public names."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append(node.module)
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return [name for name in found if name.split(".")[0] in tops]


def _imports(tree: ast.Module, path: PurePosixPath, tops: Collection[str]) -> Iterator[Replacement]:
    dots = "." * len(path.parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and _is_vendored(node.module, tops):
            names = ", ".join(_aliased(alias.name, alias.asname) for alias in node.names)
            yield node, f"from {dots}{node.module} import {names}"
        elif isinstance(node, ast.Import) and any(_is_vendored(alias.name, tops) for alias in node.names):
            yield node, "; ".join(_import(alias, dots, tops) for alias in node.names)


def _module_texts(tree: ast.Module, path: PurePosixPath, tops: Collection[str]) -> Iterator[Replacement]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _called_name(call) in _TAKES_MODULE_NAME:
            for argument in call.args:
                if isinstance(argument, ast.Constant) and _is_module_text(argument.value, tops):
                    yield argument, _anchored(str(argument.value), path)


def _import(alias: ast.alias, dots: str, tops: Collection[str]) -> str:
    if not _is_vendored(alias.name, tops):
        return f"import {_aliased(alias.name, alias.asname)}"
    parent, _, leaf = alias.name.rpartition(".")
    if not parent:
        return f"from {dots} import {_aliased(leaf, alias.asname)}"
    if alias.asname:
        return f"from {dots}{parent} import {leaf} as {alias.asname}"
    # "import a.b" binds a, and makes sure that a.b is loaded.
    top = alias.name.split(".")[0]
    return f"from {dots}{parent} import {leaf} as _vendored_{alias.name.replace('.', '_')}; from {dots} import {top}"


def _anchored(module: str, path: PurePosixPath) -> str:
    """An expression for the full name that a module has under the private package, wherever that is."""
    own_parts = len(path.with_suffix("").parts) - (path.name == "__init__.py")
    return f"__name__.rsplit('.', {own_parts})[0] + '.{module}'"


def _called_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_module_text(value: object, tops: Collection[str]) -> bool:
    return isinstance(value, str) and bool(_MODULE_NAME.fullmatch(value)) and _is_vendored(value, tops)


def _is_vendored(module: str | None, tops: Collection[str]) -> bool:
    return module is not None and module.split(".")[0] in tops


def _place(replacement: Replacement) -> tuple[int, int]:
    return replacement[0].lineno, replacement[0].col_offset


def _aliased(name: str, alias: str | None) -> str:
    return f"{name} as {alias}" if alias else name


def _line_offsets(source: str) -> list[int]:
    """Where each line begins, in bytes; Python's own idea of lines, as ast counts them."""
    offsets = [0]
    for line in source.encode("utf-8").split(b"\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    return offsets
