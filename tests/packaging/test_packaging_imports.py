from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from maquette.packaging.imports import absolute_imports, rewrite_imports

TOPS = {"h2", "google"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from h2.config import A, B as C", "from ..h2.config import A, B as C"),
        ("from h2.config import (\n    A,\n    B,\n)", "from ..h2.config import A, B"),
        ("import h2", "from .. import h2"),
        ("import h2 as x", "from .. import h2 as x"),
        ("import h2.config as x", "from ..h2 import config as x"),
        ("import os, h2", "import os; from .. import h2"),
        ("import h2.config", "from ..h2 import config as _vendored_h2_config; from .. import h2"),
        ("from .h2 import A", "from .h2 import A"),
        ("import h2_other", "import h2_other"),
        ("name = 'h2.config'", "name = 'h2.config'"),
        ("é = 'ü'; import h2", "é = 'ü'; from .. import h2"),
        ("import_module('h2.config')", "import_module(__name__.rsplit('.', 2)[0] + '.h2.config')"),
        ("f('h2.config')", "f('h2.config')"),
    ],
)
def test_imports_of_vendored_names_become_relative(before, after):
    assert rewrite_imports(before, PurePosixPath("grpclib/client.py"), TOPS) == after


def test_a_deeper_module_gets_more_dots_and_a_package_counts_as_one_level():
    assert rewrite_imports("import h2", PurePosixPath("a/b/c.py"), TOPS) == "from ... import h2"
    assert rewrite_imports("import h2", PurePosixPath("a/__init__.py"), TOPS) == "from .. import h2"
    assert "rsplit('.', 1)" in rewrite_imports("import_module('h2.x')", PurePosixPath("a/__init__.py"), TOPS)


def test_what_is_left_is_found():
    assert absolute_imports("import os\nfrom .h2 import x\n", TOPS) == []
    assert absolute_imports("def f():\n    from google.rpc import status_pb2\n", TOPS) == ["google.rpc"]


def test_rewritten_packages_work_under_any_name(tmp_path: Path):
    modules = {
        "h2/__init__.py": "import h2.config\nimport h2.errors as errors\nVALUE = h2.config.VALUE + errors.VALUE\n",
        "h2/config.py": "from h2.errors import VALUE\n",
        "h2/errors.py": "VALUE = 2\n",
        "google/__init__.py": "import importlib\nFOUND = importlib.import_module('h2.errors').VALUE\n",
    }
    for place in ("one/_vendor", "deep/er/still/_vendor"):
        for name, source in modules.items():
            path = tmp_path / place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(rewrite_imports(source, PurePosixPath(name), TOPS))
    program = (
        "import sys, one._vendor.h2, one._vendor.google, deep.er.still._vendor.h2, deep.er.still._vendor.google\n"
        "assert one._vendor.h2.VALUE == deep.er.still._vendor.h2.VALUE == 4\n"
        "assert one._vendor.google.FOUND == deep.er.still._vendor.google.FOUND == 2\n"
        "assert not {'h2', 'google'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
