"""``mlopsc validate``."""

from __future__ import annotations

import click

from mlopsc.cli.common import Outcome, finish, format_option, locate, located, spec_argument


@click.command("validate")
@spec_argument
@format_option
def command(spec: str, root: str | None, output_format: str) -> int:
    """Check a spec without generating anything.

    SPEC is mlops.yaml in the current folder unless named. All findings are reported at once.

    \b
    Examples:
      mlopsc validate
      mlopsc validate models/churn/mlops.yaml --format json
    """
    from mlopsc.compiler import analyze

    place = locate(spec, root)
    analysis = analyze(place.file, place.inputs)
    findings = located(place, analysis, analysis.diagnostics)
    errors = any(item.severity == "error" for item in findings)
    lines = () if errors else (f"{place.display(place.file)}: valid",)
    return finish(place, findings, Outcome(lines=lines, skipped=analysis.skipped), output_format)
