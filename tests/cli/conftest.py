from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from maquette.cli.main import main

# The fake daemon lives beside the client's tests.
FAKE_DAEMON = Path(__file__).parent.parent / "client" / "fake_daemon.py"
sys.path.insert(0, str(FAKE_DAEMON.parent))


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of its own with runtime and data directories; short, for the sake of the unix socket's path."""
    with tempfile.TemporaryDirectory(prefix="mq") as folder:
        yield Path(folder)


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    directories = {"MAQUETTE_RUNTIME_DIR": str(home / "run"), "MAQUETTE_DATA_DIR": str(home / "data")}
    kept = {name: value for name, value in os.environ.items() if name != "MAQUETTE_COMMAND"}
    return {**kept, **directories, "HOME": str(home), "COLUMNS": "160", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(
    environment: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Run `maquette` as a person would, in this process for speed."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("MAQUETTE_COMMAND", raising=False)
    monkeypatch.chdir(home)

    def run_maquette(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["maquette", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), said.out, said.err)

    return run_maquette


@pytest.fixture
def run_process(environment: dict[str, str], home: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `maquette` as a process of its own."""

    def run_maquette(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "maquette", *arguments]
        return subprocess.run(
            command, env=environment, cwd=home, capture_output=True, text=True, timeout=110, check=False
        )

    return run_maquette


@pytest.fixture
def fake_daemon(environment: dict[str, str], home: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, str(FAKE_DAEMON), str(home / "run")], env=environment)
    deadline = time.monotonic() + 60
    while not (home / "run" / "daemon.json").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    yield process
    process.kill()
    process.wait()
