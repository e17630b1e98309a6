"""What every test in Krita needs: one Krita for them all, a place for its daemon, and one more try after a crash."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from daemon_house import DaemonHouse
from displays import open_display
from maquette.packaging.krita import build
from person import Person
from studio import KritaCrashedError, Studio, missing_parts

HERE = Path(__file__).resolve().parent
SCREEN = "1600x1000"


@pytest.fixture(scope="session")
def house(tmp_path_factory) -> Iterator[DaemonHouse]:
    """A daemon's house, with a small model besides those that Maquette brings."""
    house = DaemonHouse(tmp_path_factory.mktemp("daemon"))
    subprocess.run([sys.executable, str(HERE / "small_palette.py"), str(house.data)], check=True, capture_output=True)
    yield house
    house.kill(signal.SIGTERM)


@pytest.fixture(scope="session")
def studio(house, tmp_path_factory) -> Iterator[Studio]:
    """Krita with the packaged plugin; not started yet."""
    if missing := missing_parts():
        pytest.skip(f"Krita was left out: this machine has no {' and no '.join(missing)}")
    folder = tmp_path_factory.mktemp("krita")
    archive = build(folder / "package")
    (folder / "home").mkdir()
    with open_display(SCREEN) as display:
        studio = Studio(folder / "home", display, archive, house.variables)
        yield studio
        studio.close()
    assert "Traceback" not in studio.log, studio.log[-3000:]


def with_one_more_try(person: Person, action: Callable[[], None]) -> None:
    """Do something in Krita; if Krita itself crashes, say so, start it again and do it once more."""
    try:
        action()
    except KritaCrashedError as crash:
        warnings.warn(f"Krita crashed: {crash}", stacklevel=2)
        person.studio.start()
        person.begin()
        action()


@pytest.fixture
def person(studio) -> Person:
    """Someone at Krita, no document open."""
    person = Person(studio)
    try:
        if studio.crashed:
            studio.start()
        person.begin()
    except KritaCrashedError as crash:
        warnings.warn(f"Krita crashed as it began: {crash}", stacklevel=1)
        studio.start()
        person.begin()
    return person


@pytest.fixture
def daemon(house, person) -> DaemonHouse:
    """A daemon that runs, and a docker that has noticed; a crash of Krita itself gets one more try."""
    house.start()
    with_one_more_try(person, person.wait_to_be_ready)
    return house


@pytest.fixture
def options(person) -> Iterator[Person]:
    """Someone whose options are as at first, and will be again."""
    with_one_more_try(person, person.show_options)
    yield person
    if not person.studio.crashed:
        with_one_more_try(person, person.reset_options)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """A crash of Krita itself is told and gets one more try; nothing else does."""
    if "person" not in pyfuncitem.funcargs:
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    try:
        pyfuncitem.obj(**arguments)
    except KritaCrashedError as crash:
        warnings.warn(f"{pyfuncitem.name}: {crash}", stacklevel=1)
        arguments["person"].studio.start()
        arguments["person"].begin()
        pyfuncitem.obj(**arguments)
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test tells what was on the screen."""
    outcome = yield
    report = outcome.get_result()
    person = getattr(item, "funcargs", {}).get("person")
    if report.failed and call.when == "call" and person and not person.studio.crashed:
        report.sections.append(("Krita", "\n".join(seen(person, item.originalname))))


def seen(person: Person, name: str) -> Iterator[str]:
    """What the screen shows and what Krita printed."""
    picture = person.studio.folder.parent / f"{name}.png"
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        person.photograph(picture)
        yield f"screen: {picture}"
    with contextlib.suppress(KritaCrashedError):
        yield from person.sentences()
        yield str(person.ask("dialogs"))
    yield person.studio.log[-1500:]
