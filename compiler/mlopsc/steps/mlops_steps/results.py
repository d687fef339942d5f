# SPDX-License-Identifier: MIT-0
"""The result file of each step, ``build/results/STEP.json``: what the next steps, workflows and auditors read.

A result holds no path of the machine, and no time but the latencies of the step ``load``: the same inputs give the same
file. It is of one configuration, and steps read no results of another.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import config, documents
from .refusal import Finding, Unusable

SCHEMA = 1
PASSED, REFUSED, FAILED, NOT_JUDGED = "passed", "refused", "failed", "not-judged"


def write_json(path: Path, document: Any) -> None:
    """Write a JSON file at once: readers see the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    os.replace(part, path)


def document(
    step: str,
    status: str,
    result: Mapping[str, Any],
    findings: Iterable[Finding],
    notices: Iterable[Finding],
    configuration: config.Config,
) -> dict[str, Any]:
    """Return the content of a result file. Format: result.v1.schema.json.

    Args:
        step: its name.
        status: ``passed``, ``refused`` (the answer is no), ``failed`` (there is no answer) or ``not-judged``.
        result: what the step found out, by names of its own.
        findings: why it was refused.
        notices: what must not be overlooked.
        configuration: content of ``config.json``; the parts that decide the result are kept as a digest.
    """
    return {
        "schema": SCHEMA,
        "step": step,
        "config": config.digest(configuration, step),
        "status": status,
        "findings": [finding.document() for finding in findings],
        "notices": [notice.document() for notice in notices],
        "result": dict(result),
    }


class Results:
    """The result files below a folder.

    Args:
        folder: usually ``build/results``.
        configuration: content of ``config.json``; results of another one are not read.
    """

    def __init__(self, folder: Path, configuration: config.Config) -> None:
        self.folder = folder
        self._config = configuration

    def path(self, step: str) -> Path:
        """Return where the result of a step lies."""
        return self.folder / f"{step}.json"

    def write(
        self,
        step: str,
        status: str,
        result: Mapping[str, Any],
        findings: Iterable[Finding] = (),
        notices: Iterable[Finding] = (),
    ) -> None:
        """Write the result of a step; the other arguments are those of `document`."""
        self.save(step, document(step, status, result, findings, notices, self._config))

    def save(self, step: str, content: Mapping[str, Any]) -> None:
        """Write a result file."""
        write_json(self.path(step), content)

    def forget(self, steps: Sequence[str]) -> None:
        """Remove results, so that nothing stale outlives a step that fails."""
        for step in steps:
            self.path(step).unlink(missing_ok=True)

    def read(self, step: str) -> dict[str, Any]:
        """Return what a step found out.

        Raises:
            Unusable: it did not run, did not pass, or ran with another configuration.
        """
        path = self.path(step)
        found = documents.read(
            path,
            SCHEMA,
            missing=f'the step "{step}" has not run; run it first, or "run" for all steps',
            again=f'run the step "{step}" again',
        )
        if found.get("config") != config.digest(self._config, step):
            raise Unusable(f'mlops.yaml changed since the step "{step}": run it again, and the steps that follow it')
        if found["status"] in (REFUSED, FAILED):
            raise Unusable(f'the step "{step}" ended with "{found["status"]}"; see {path}')
        result: dict[str, Any] = found["result"]
        return result
