"""Findings as GitHub workflow commands and as the step summary.

A step shows at most ten annotations of a kind, so nine are printed and the rest counted; the summary has them all.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlopsc.report.finding import Finding

SHOWN = 9


def commands(findings: Sequence[Finding]) -> list[str]:
    """Return workflow commands, errors before notices."""
    out = []
    for severity in ("error", "notice"):
        group = [item for item in findings if item.severity == severity]
        for item in group[:SHOWN]:
            span = item.span
            properties = {
                "file": span.file,
                "line": str(span.line),
                "col": str(span.col),
                "endLine": str(span.end_line),
                "endColumn": str(span.end_col),
                "title": f"{item.code} {item.title}",
            }
            joined = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
            text = item.told + (f"\n{item.hint}" if item.hint else "")
            out.append(f"::{severity} {joined}::{_data(text)}")
        if len(group) > SHOWN:
            out.append(f"::{severity} title=mlopsc::{len(group) - SHOWN} more, see the summary")
    return out


def summary(findings: Sequence[Finding], skipped: Sequence[tuple[str, str]]) -> str:
    """Return the Markdown for the step summary: a table of all findings, and the checks that did not run."""
    if not findings and not skipped:
        return "mlopsc found nothing.\n"
    out = []
    if findings:
        errors = sum(item.severity == "error" for item in findings)
        counts = ((errors, "error"), (len(findings) - errors, "notice"))
        told = ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
        out += [f"### mlopsc: {told}", ""]
        out += ["| place | code | finding | what to do |", "| --- | --- | --- | --- |"]
        for item in findings:
            place = f"{item.span.file}:{item.span.line}:{item.span.col}"
            cells = (place, f"{item.severity} {item.code}", item.told, item.hint)
            out.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    if skipped:
        out += ["", "Not checked:", ""]
        out += [f"- {_cell(check)}: {_cell(reason)}" for check, reason in skipped]
    return "\n".join(out) + "\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _cell(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\\", "\\\\")
    for char in "|`*_[]":
        text = text.replace(char, "\\" + char)
    return " ".join(text.split())
