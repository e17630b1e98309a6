"""Drive the installed extension inside real Blender, and write what came out as JSON.

    python drive_blender.py EXTENSION.zip RESULT.json MODEL_ID [MODULE_OF_CHECKS …]

The environment names the daemon (MAQUETTE_COMMAND, MAQUETTE_RUNTIME_DIR, MAQUETTE_DATA_DIR); none runs at the start.
Blender without a window fires no timers, so the extension's own tick is called by hand, as the timer would.
"""

# ruff: noqa: T201
from __future__ import annotations

import json
import os
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path

import artist
import bpy
import check_modules


def main():
    for module in sys.argv[4:] or check_modules.MODULES:
        # Importing a module of checks enters them.
        import_module(f"checks_{module}")
    drive, results = artist.Drive(), {}
    for function in artist.CHECKS:
        started = time.perf_counter()
        try:
            outcome = {"ok": True, "value": function(drive)}
        except Exception:
            outcome = {"ok": False, "error": traceback.format_exc()}
        outcome["seconds"] = round(time.perf_counter() - started, 3)
        results[function.__name__] = outcome
        print("ok  " if outcome["ok"] else "FAIL", function.__name__, outcome["seconds"], flush=True)
        if not outcome["ok"]:
            print(outcome["error"], flush=True)
    Path(artist.RESULT).write_text(json.dumps({"version": bpy.app.version_string, "checks": results}))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
