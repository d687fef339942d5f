"""Findings as JSON and as SARIF 2.1.0."""

from __future__ import annotations

import json

from mlopsc import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from mlopsc.codes import Entry
    from mlopsc.origin import Span
    from mlopsc.report.finding import Finding


def to_json(findings: Sequence[Finding], skipped: Sequence[tuple[str, str]], extra: Mapping[str, Any]) -> str:
    """Return one JSON object: ``findings``, ``skipped`` checks with the reason, and what the command adds."""
    document = {
        "version": 1,
        "findings": [
            {
                "code": item.code,
                "severity": item.severity,
                "message": item.message,
                "hint": item.hint,
                "path": item.spec,
                "environments": list(item.environments),
                **_place(item.span),
                "related": [_place(span) for span in item.related],
                "via": [{"kind": step.kind, **_place(step.span)} for step in item.via],
            }
            for item in findings
        ],
        "skipped": [{"check": check, "reason": reason} for check, reason in skipped],
        **extra,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _place(span: Span) -> dict[str, Any]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.col,
        "end_line": span.end_line,
        "end_column": span.end_col,
    }


def to_sarif(findings: Sequence[Finding], skipped: Sequence[tuple[str, str]], codes: Mapping[str, Entry]) -> str:
    """Return SARIF 2.1.0. A fingerprint is the code and the spec path, so that it survives moved lines."""
    used = sorted({item.code for item in findings})
    levels = {"error": "error", "notice": "note"}
    run = {
        "tool": {
            "driver": {
                "name": "mlopsc",
                "semanticVersion": __version__,
                "rules": [
                    {
                        "id": code,
                        "name": "".join(word.capitalize() for word in codes[code].title.split()),
                        "shortDescription": {"text": codes[code].title},
                        "fullDescription": {"text": codes[code].cause},
                        "help": {"text": f"Instead of\n{codes[code].example}\nwrite\n{codes[code].fix}"},
                        "defaultConfiguration": {"level": levels[codes[code].severity]},
                    }
                    for code in used
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": "warning", "message": {"text": f"{check} was skipped: {reason}"}}
                    for check, reason in skipped
                ],
            }
        ],
        "results": [
            {
                "ruleId": item.code,
                "ruleIndex": used.index(item.code),
                "level": levels[item.severity],
                "message": {"text": f"{item.told}\n{item.hint}".strip()},
                "locations": [_location(item.span)],
                "relatedLocations": [
                    {"id": number, **_location(span)} for number, span in enumerate(item.related, start=1)
                ],
                "partialFingerprints": {
                    "specPath/v1": f"{item.code}:{item.span.file}:{item.spec}:{','.join(item.environments)}"
                },
            }
            for item in findings
        ],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _location(span: Span) -> dict[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.col,
        "endLine": span.end_line,
        "endColumn": span.end_col,
    }
    artifact = {"uri": _uri(span.file), "uriBaseId": "%SRCROOT%"}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _uri(file: str) -> str:
    import os
    from urllib.parse import quote

    return quote(os.fsencode(file))  # the bytes as on the disk, which need not be UTF-8
