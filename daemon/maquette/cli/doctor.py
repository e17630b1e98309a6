"""`maquette doctor`: looks for what could keep Maquette from working."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from maquette.cli import checks
from maquette.cli.checks import Finding, Verdict
from maquette.cli.session import print_json

_MARKS = {Verdict.GOOD: "ok", Verdict.NOTE: "--", Verdict.PROBLEM: "!!"}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Look for what could keep Maquette from working; ends with code 1 when something was found.

    Nothing is changed and nothing is sent; your home directory is written as ~, so that the output can be shown to
    others.
    """
    findings = [redacted(finding) for finding in examine()]
    if as_json:
        print_json([_as_json(finding) for finding in findings])
    else:
        for finding in findings:
            typer.echo(_as_text(finding))
    if any(finding.verdict is Verdict.PROBLEM for finding in findings):
        raise typer.Exit(1)


def examine() -> Iterable[Finding]:
    """Every finding, in the order in which a person should read them."""
    yield from checks.check_python()
    yield from checks.check_torch()
    yield from checks.check_install_record()
    yield from checks.check_runtime_directories()
    yield from checks.check_daemon()
    yield from checks.check_models()
    yield from checks.check_hosts()


def redacted(finding: Finding, home: Path | None = None) -> Finding:
    """The finding without the user's home directory."""
    root = str(Path.home() if home is None else home)
    if root in ("/", "\\", ""):
        return finding
    return Finding(finding.subject, finding.verdict, finding.text.replace(root, "~"), finding.action.replace(root, "~"))


def _as_json(finding: Finding) -> dict[str, str]:
    return {
        "subject": finding.subject,
        "verdict": finding.verdict.value,
        "text": finding.text,
        "action": finding.action,
    }


def _as_text(finding: Finding) -> str:
    line = f"{_MARKS[finding.verdict]}  {finding.subject:<18} {finding.text}"
    return f"{line}\n    {'':<18} {finding.action}" if finding.action else line
