# SPDX-License-Identifier: MIT-0
"""What every step is given: the configuration, the folders, and who wants to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .config import FOLDER, Config
from .console import Console
from .refusal import Finding, Unusable
from .results import Results

LAPTOP, PULL_REQUEST, DELIVERY = "laptop", "pull-request", "delivery"
PURPOSES = (LAPTOP, PULL_REQUEST, DELIVERY)


@dataclass(frozen=True)
class Context:
    """What every step is given.

    Attributes:
        config: the content of ``config.json``; format: config.v1.schema.json.
        purpose: ``laptop``, ``pull-request`` (may train on a sample) or ``delivery`` (judges the age of the data, and
            what cannot be compared with the champion is refused).
        console: lines for people.
        pipeline: the folder of the pipeline.
        root: the folder of the spec; paths of the spec begin here.
        build: where all results go; the images copy from here.
        notices: what a step noticed; collected for its result file.
        outputs_file: where values for later jobs go; None when nobody asked.
        summary_file: where Markdown for people goes; None when nobody asked.
    """

    config: Config
    purpose: str = LAPTOP
    console: Console = field(default_factory=Console)
    pipeline: Path = FOLDER
    build_folder: Path | None = None
    notices: list[Finding] = field(default_factory=list)
    outputs_file: Path | None = None
    summary_file: Path | None = None

    @property
    def root(self) -> Path:
        """The folder of the spec."""
        path: str = self.config["root"]
        return (self.pipeline / path).resolve()

    @property
    def build(self) -> Path:
        """Where all results go."""
        return self.build_folder or self.root / "build"

    @property
    def results(self) -> Results:
        """The result files."""
        return Results(self.build / "results", self.config)

    @property
    def deploy(self) -> Path:
        """The folder of the manifests, beside that of the pipeline."""
        return self.pipeline.parent / "deploy"

    def notice(self, rule: str, subject: str, message: str, **facts: Any) -> None:
        """Say and record what is no failure and must not be overlooked."""
        self.notices.append(Finding(rule, subject, message, facts))
        self.console.notice(message)

    def output(self, name: str, value: str) -> None:
        """Hand a value to later jobs, at once: what is known before a failure counts as well.

        Raises:
            Unusable: the value has more than one line, so that it could pass for further values.
        """
        if self.outputs_file is None:
            return
        if not value.isprintable():
            raise Unusable(f"{name} cannot be handed on: {value!r} is not one line of text")
        _append(self.outputs_file, f"{name}={value}\n")

    def summarize(self, markdown: str) -> None:
        """Add a paragraph to the summary for people."""
        if self.summary_file is not None:
            _append(self.summary_file, f"{markdown.rstrip()}\n\n")


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise Unusable(f"{path} cannot be written: {error.strerror}") from None
