"""Findings as text: one line each in a pipe, with the source line and a marker on a terminal."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlopsc.origin import Span
    from mlopsc.report.finding import Finding

_COLORS = {"error": "31", "notice": "36", "bold": "1", "dim": "2"}
_STEPS = {
    "alias": "used by the alias at",
    "include": "included at",
    "overlay": "set by the overlay at",
    "variable": "through the variable at",
}


def lines(findings: Sequence[Finding], display: Callable[[str], str]) -> list[str]:
    """Return findings for logs: ``file:line:col: severity CODE: message``, the hint indented below."""
    out = []
    for item in findings:
        span = item.span
        out.append(f"{_place(span, display)}: {item.severity} {item.code}: {item.told}")
        out.extend(f"    {extra}" for extra in _extras(item, display))
    return out


def frames(
    findings: Sequence[Finding],
    display: Callable[[str], str],
    source_line: Callable[[str, int], str | None],
    *,
    color: bool,
) -> list[str]:
    """Return findings for people: message, place, the line itself with a marker, and what to do."""

    def paint(text: str, style: str) -> str:
        return f"\x1b[{_COLORS[style]}m{text}\x1b[0m" if color else text

    out: list[str] = []
    for item in findings:
        out.append(paint(f"{item.severity} {item.code}", item.severity) + paint(f": {item.told}", "bold"))
        for number, span in enumerate((item.span, *item.related)):
            out.extend(_frame(span, display, source_line, paint, first=number == 0))
        out.extend("  " + paint("=", "dim") + f" {extra}" for extra in _extras(item, display))
        out.append("")
    return out


def _place(span: Span, display: Callable[[str], str]) -> str:
    from mlopsc.report.finding import escaped

    return f"{escaped(display(span.file))}:{span.line}:{span.col}"


def harmless(line: str) -> str:
    """Return a line of a file as it may be printed: terminals and workflow runners find nothing in it to obey."""
    line = line.replace("##[", "#\\u0023[")
    if not line.isprintable():
        from mlopsc.render.characters import visible

        line = visible(line.replace("\n", "\\n"))
    # a runner skips the white space before a command
    return line.replace("::", "\\u003a:", 1) if line.lstrip().startswith("::") else line


def ranges(checks: Sequence[str]) -> str:
    """Return names of checks in one line: neighbours such as CHK-401, CHK-402, CHK-403 as "CHK-401 to CHK-403"."""
    runs: list[list[str]] = []
    for check in checks:
        if runs and _follows(runs[-1][-1], check):
            runs[-1].append(check)
        else:
            runs.append([check])
    parts = [", ".join(run) if len(run) < 3 else f"{run[0]} to {run[-1]}" for run in runs]
    if len(parts) > _RANGES:
        rest = sum(map(len, runs[_RANGES:]))
        parts = [*parts[:_RANGES], f"{rest} more"]
    return ", ".join(parts)


_RANGES = 6


def _follows(one: str, other: str) -> bool:
    (family, _, number), (other_family, _, other_number) = one.rpartition("-"), other.rpartition("-")
    digits = number.isdecimal() and other_number.isdecimal()
    return digits and family == other_family and int(other_number) == int(number) + 1


def _extras(item: Finding, display: Callable[[str], str]) -> list[str]:
    out = [f"hint: {item.hint}"] if item.hint else []
    for step in item.via:
        out.append(f"{_STEPS[step.kind]} {_place(step.span, display)}")
    return out


def _frame(
    span: Span,
    display: Callable[[str], str],
    source_line: Callable[[str, int], str | None],
    paint: Callable[[str, str], str],
    *,
    first: bool,
) -> list[str]:
    arrow = "-->" if first else "and"
    out = ["  " + paint(arrow, "dim") + f" {_place(span, display)}"]
    text = source_line(span.file, span.line)
    if text is None:
        return out
    number = str(span.line)
    start = min(span.col - 1, len(text))
    length = span.end_col - span.col if span.end_line == span.line else len(text.rstrip()) - start
    shown, start = _window(text, start)
    length = max(1, min(length, len(shown) - start))
    bar = paint("|", "dim")
    head, here, tail = (
        harmless(part) for part in (shown[:start], shown[start : start + length], shown[start + length :])
    )
    out.append(f"{number:>4} {bar} {head}{here}{tail}")
    marker = "^" * len(_blank(here))
    out.append(f"     {bar} {_blank(head)}{paint(marker or '^', 'error' if first else 'notice')}")
    return out


def _window(text: str, start: int, width: int = 110) -> tuple[str, int]:
    """Cut a long line around a column."""
    text = text.rstrip()
    if len(text) <= width:
        return text, start
    left = max(0, min(start - width // 3, len(text) - width))
    cut = text[left : left + width]
    head = "..." if left else ""
    tail = "..." if left + width < len(text) else ""
    return head + cut + tail, start - left + len(head)


def _blank(text: str) -> str:
    """Return white space as wide as a text on a terminal."""
    if text.isascii():
        return "".join("\t" if char == "\t" else " " for char in text)
    from mlopsc.render.width import width

    return "\t".join(" " * width(part) for part in text.split("\t"))
