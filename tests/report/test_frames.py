"""Code frames: the marker stands below what it marks, however wide the characters are."""

from __future__ import annotations

import pytest
from mlopsc.origin import Span
from mlopsc.render.width import width
from mlopsc.report import text
from mlopsc.report.finding import Finding


def frame(line: str, start: int, end: int) -> tuple[str, str]:
    """Return the printed line and its marker, for columns that count from 1."""
    finding = Finding(
        code="T-1",
        severity="error",
        title="t",
        message="m",
        hint="",
        span=Span("f", 1, start, 1, end),
        related=(),
        spec="",
        environments=(),
        via=(),
    )
    shown, marker = text.frames([finding], str, lambda _file, _line: line, color=False)[2:4]
    return shown[7:], marker[7:]


@pytest.mark.parametrize(
    ("line", "start", "end"),
    [
        ("name: churn", 7, 12),
        ("\tname: churn", 8, 13),
        ("d\u00e9p\u00f4t: churn", 8, 13),
        ("\u5b66\u4e60: churn", 5, 10),
        ("name: \u5b66\u4e60", 7, 9),
        ("\t\u5b66: x", 5, 6),
        ("name:", 6, 6),
    ],
)
def test_the_marker_stands_below(line: str, start: int, end: int) -> None:
    shown, marker = frame(line, start, end)
    assert shown == line
    before, marked = line[: start - 1], line[start - 1 : end - 1]
    assert marker.count("\t") == before.count("\t")
    assert width(marker.replace("^", "").replace("\t", "")) == width(before.replace("\t", ""))
    assert marker.count("^") == max(1, width(marked))
    assert marker.endswith("^")
