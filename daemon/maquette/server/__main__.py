"""Run the daemon: ``python -m maquette.server``."""

from __future__ import annotations

import argparse
import sys

from maquette.engine.source import ZOO
from maquette.engine.supervisor import EngineSettings
from maquette.errors import MaquetteError, Reason
from maquette.server.daemon import CATALOGUE, Settings, serve

EXIT_CODES = {Reason.ALREADY_RUNNING: 3, Reason.UNSAFE_DIRECTORY: 4}


def parse_arguments() -> Settings:
    """The command line."""
    parser = argparse.ArgumentParser(prog="maquette.server", description=__doc__)
    parser.add_argument("--threads", type=int, default=0, help="CPU threads of one operation; 0 = all cores but one")
    parser.add_argument("--device", default="", help="torch name of the device; empty = chosen")
    parser.add_argument("--tcp", action="store_true", help="listen on the loopback network, not on a unix socket")
    parser.add_argument("--models", default="", help="module that offers open_source and open_catalogue (for tests)")
    arguments = parser.parse_args()
    engine = EngineSettings(arguments.models or ZOO, arguments.threads, arguments.device)
    settings = Settings(engine=engine, catalogue=arguments.models or CATALOGUE)
    return Settings(settings.directory, engine, settings.limits, settings.catalogue, arguments.tcp or settings.use_tcp)


def main() -> int:
    """Run the daemon; the exit code is 3 when one already runs, 4 when the runtime directory is unsafe."""
    try:
        serve(parse_arguments())
    except MaquetteError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_CODES.get(error.reason, 1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
