"""``mlopsc validate``."""

from __future__ import annotations

import click

from mlopsc.cli.common import Outcome, finish, format_option, locate, located, spec_argument


@click.command("validate")
@spec_argument
@format_option
def command(spec: str, root: str | None, output_format: str) -> int:
    """Check a spec without writing anything.

    SPEC is mlops.yaml in the current folder unless named. All findings are reported at once. The files are generated
    in memory, so that patches that match nothing and names that Kubernetes refuses are found here already.

    \b
    Examples:
      mlopsc validate
      mlopsc validate models/churn/mlops.yaml --format json
    """
    from mlopsc.compiler import analyze, generate, stops

    place = locate(spec, root)
    analysis = analyze(place.file, place.inputs)
    stopped = stops(analysis.diagnostics)
    findings = located(place, analysis, analysis.diagnostics if stopped else generate(analysis).diagnostics)
    errors = any(item.severity == "error" for item in findings)
    lines = () if errors else (f"{place.display(place.file)}: valid",)
    return finish(place, findings, Outcome(lines=lines, skipped=analysis.skipped), output_format)
