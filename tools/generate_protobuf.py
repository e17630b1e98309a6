"""Generate the Python code of the contract, or check that the generated code is current.

    python tools/generate_protobuf.py [--check]

Messages and grpclib stubs go to the client package, which every host shares; grpc.aio servicers go to the server.
"""

from __future__ import annotations

import argparse
import filecmp
import re
import sys
import tempfile
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"
CLIENT = PROTOS / "python" / "maquette_client" / "v1"
SERVER = ROOT / "daemon" / "maquette" / "server" / "generated"
HEADER = '"""Generated from protos/maquette/v1 by tools/generate_protobuf.py. Do not edit."""\n'


def run_protoc(output: Path) -> None:
    """Write every kind of generated file under ``output``/maquette/v1."""
    sources = [str(path.relative_to(PROTOS)) for path in sorted(PROTOS.glob("maquette/v1/*.proto"))]
    plugin = Path(sys.executable).with_name("protoc-gen-grpclib_python")
    arguments = [
        "protoc",
        f"--proto_path={PROTOS}",
        f"--python_out={output}",
        f"--pyi_out={output}",
        f"--grpc_python_out={output}",
        f"--plugin=protoc-gen-grpclib_python={plugin}",
        f"--grpclib_python_out={output}",
        *sources,
    ]
    if protoc.main(arguments) != 0:
        raise SystemExit("protoc failed; its own lines above say where.")


def relocate(text: str) -> str:
    """Point imports of the proto package at the Python package that holds the generated code."""
    text = re.sub(r"from maquette\.v1 import", "from maquette_client.v1 import", text)
    text = re.sub(r"^import maquette\.v1\.(\w+)$", r"from maquette_client.v1 import \1", text, flags=re.MULTILINE)
    text = re.sub(r"'maquette\.v1\.(\w+_pb2)'", r"'maquette_client.v1.\1'", text)
    return re.sub(r"\bmaquette\.v1\.(\w+_pb2)\b", r"\1", text)


def generate(client: Path, server: Path) -> None:
    """Generate everything into two folders."""
    with tempfile.TemporaryDirectory() as folder:
        run_protoc(Path(folder))
        for path in sorted(Path(folder, "maquette", "v1").iterdir()):
            target = server if path.name.endswith("_pb2_grpc.py") else client
            if path.name.endswith(("_pb2_grpc.py", "_grpc.py")) and not re.search(
                r"^service ", proto_of(path).read_text(), re.MULTILINE
            ):
                continue
            target.mkdir(parents=True, exist_ok=True)
            (target / path.name).write_text(relocate(path.read_text(encoding="utf-8")), encoding="utf-8")
    for target in (client, server):
        (target / "__init__.py").write_text(HEADER, encoding="utf-8")


def proto_of(generated: Path) -> Path:
    """The source of a generated file."""
    return PROTOS / "maquette" / "v1" / (re.sub(r"(_pb2_grpc|_grpc|_pb2)\.pyi?$", "", generated.name) + ".proto")


def differences(current: Path, fresh: Path) -> list[str]:
    """Names of files that differ between two folders."""
    names = {path.name for folder in (current, fresh) for path in folder.glob("*.py*")}
    _, mismatched, missing = filecmp.cmpfiles(current, fresh, sorted(names), shallow=False)
    return sorted(mismatched + missing)


def main() -> None:
    """Generate, or check with ``--check`` and exit with 1 when something is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the generated code is current")
    if not parser.parse_args().check:
        generate(CLIENT, SERVER)
        return
    with tempfile.TemporaryDirectory() as folder:
        fresh_client, fresh_server = Path(folder, "client"), Path(folder, "server")
        generate(fresh_client, fresh_server)
        stale = differences(CLIENT, fresh_client) + differences(SERVER, fresh_server)
    if stale:
        raise SystemExit(f"Generated code is stale: {', '.join(stale)}. Run: python tools/generate_protobuf.py")


if __name__ == "__main__":
    main()
