"""Take the documentation's pictures of the plugin in real Krita.

    python tests/hosts/krita/photograph_krita.py docs/pictures

The document is a part of the land that `maquette demo` paints in.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

from maquette.demo.painting import TREE, land
from PIL import Image

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from daemon_house import DaemonHouse  # noqa: E402
from displays import open_display  # noqa: E402
from maquette.packaging.krita import build  # noqa: E402
from paintings import as_krita  # noqa: E402
from person import Person  # noqa: E402
from studio import Studio  # noqa: E402

SCREEN, WIDTH = "1280x720", 1152
LEFT = 560
BESIDE_PICTURE = (600, 655)


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="maquette-krita") as name:
        home = Path(name, "home")
        home.mkdir()
        house = DaemonHouse(Path(name))
        with open_display(SCREEN) as display:
            studio = Studio(home, display, build(Path(name, "package")), house.variables)
            try:
                studio.start()
                photograph(Person(studio), folder)
            finally:
                studio.close()
                house.kill(signal.SIGTERM)


def photograph(person: Person, folder: Path) -> None:
    person.open(as_krita(land()[:, LEFT:] / 255))
    keep(person, folder / "krita-not-running.png")
    person.press("start")
    person.wait_to_be_ready()
    person.lasso([(x - LEFT, y) for x, y in TREE])
    keep(person, folder / "krita-ready.png")
    person.show_options()
    person.enter("candidates", 4)
    person.show_options(False)
    person.press("fill")
    person.wait_for(lambda: person.widget("answer_4"), "the answers")
    person.press("answer_1")
    keep(person, folder / "krita-choosing.png")
    person.press("use")
    person.wait_for_layers("Background", "Maquette fill")
    keep(person, folder / "krita-filled.png")
    person.keys("ctrl+shift+a")
    person.show_options()
    person.reset_options()
    person.press("extend_left")
    person.wait_for_layers("Background", "Maquette fill", "Maquette extension")
    # Krita 5.1 goes on to fit the old size into the view.
    person.ask("zoom", level=1.1)
    keep(person, folder / "krita-extended.png")


def keep(person: Person, path: Path) -> None:
    """A picture of the screen, small enough for a repository."""
    person.studio.xdotool("mousemove", *BESIDE_PICTURE)
    person.ask("document")
    person.studio.photograph(path)
    with Image.open(path) as screen:
        height = round(screen.height * WIDTH / screen.width)
        small = screen.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
    colours = small.quantize(256)
    small.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
