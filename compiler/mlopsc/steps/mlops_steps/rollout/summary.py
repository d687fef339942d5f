# SPDX-License-Identifier: MIT-0
"""A rollout as Markdown, for the page of a workflow run."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..refusal import Finding
from ..text import visible, without_secrets
from .course import SERVES, TRIED
from .findings import number

_MARKUP = re.compile(r"([\\`*_\[\]()#|~!@:-])")
"""Characters that mean something in Markdown, and those that make links and mentions out of words."""


def markdown(result: Mapping[str, Any], reasons: Sequence[Finding], standing: str) -> str:
    """Return the summary.

    Args:
        result: of the step.
        reasons: why it ended before its end; empty when it did not, or when it broke.
        standing: where the release stands in the end; see course.py.
    """
    return "\n\n".join(_parts(result, reasons, standing))


def _parts(result: Mapping[str, Any], reasons: Sequence[Finding], standing: str) -> Iterator[str]:
    yield f"### Rollout of {result['version']} to {result['environment']}"
    yield f"{_verdict(result, standing)} Release `{result['release']}`, strategy {text(result['strategy'])}."
    if reasons:
        yield "\n".join(f"- {text(reason.message)}" for reason in reasons)
    if result["moves"]:
        yield _table(
            ("move", "what it did", "commit"),
            ((move["move"], text(move["message"]), f"`{move['commit'][:12]}`") for move in result["moves"]),
        )
    if result["steps"]:
        yield _table(("traffic", "measured", "value", "limit", "verdict"), _rows(result["steps"]))


def _verdict(result: Mapping[str, Any], standing: str) -> str:
    if result["finished"]:
        return "It gets all traffic." if result["started"] else "It already had all traffic."
    if standing == TRIED:
        return "**It is on its way and not finished.**"
    if standing == SERVES:
        return "**It gets all traffic, and the rollout failed.**"
    return "**It was not released.**"


def _rows(steps: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for step in steps:
        share = f"{step['weight']}%"
        span = f"requests in {step['window_seconds']:g} s"
        requests, least = step["requests"], step["min_requests"]
        enough = "unknown" if requests is None else "enough" if requests >= least else "too few"
        yield share, span, number(requests), f"at least {number(least)}", enough
        for check in step["checks"]:
            yield (
                share,
                text(check["check"]),
                number(check["value"]),
                f"at most {number(check['max'])}",
                check["verdict"],
            )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def text(words: str) -> str:
    """Return words as Markdown shows them, whoever wrote them: on one line, without markup, links or passwords."""
    return _MARKUP.sub(r"\\\1", html.escape(visible(without_secrets(words)), quote=False))
