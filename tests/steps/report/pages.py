"""Reports of results that a test writes down; the gate's part is what the gate itself says of them."""

from __future__ import annotations

import argparse
import copy
import json
from pathlib import Path
from typing import Any

from mlopsc.steps.mlops_steps.commands import report
from mlopsc.steps.mlops_steps.context import LAPTOP, Context
from mlopsc.steps.mlops_steps.evaluation import checks, judge
from mlopsc.steps.mlops_steps.refusal import Finding
from mlopsc.steps.mlops_steps.results import write_json
from steps.project import Project

VERSION, OTHER_VERSION = "3f2a9c1b7d40", "aaaaaaaaaaaa"
COMMIT = "c" * 40
DIGESTS = {name: f"sha256:{letter * 64}" for name, letter in (("data", "1"), ("train", "2"), ("evaluate", "3"))}
METHOD = f"sha256:{'4' * 64}"

CONFIG: dict[str, Any] = {
    "schema": 1,
    "name": "churn",
    "root": "../..",
    "data": {"datasets": {"customers": {"uri": "data/customers.csv"}}},
    "model": {
        "source": "src",
        "train": {"call": "churn.model:train"},
        "params": {"C": 0.5},
        "dependencies": {"lock": "requirements.txt"},
    },
    "execution": {"pull_request": {"train": "full", "rows": 5000}},
    "tests": {
        "metrics": {
            "roc_auc": {"better": "higher", "min": 0.8, "max_drop": 0.01},
            "log_loss": {"better": "lower", "max": 0.5},
        },
        "slices": {"by_contract": {"column": "contract", "metric": "recall", "min": 0.6, "min_samples": 50}},
        "fairness": {"gender": {"column": "gender", "metric": "selection_rate", "max_gap": 0.1, "min_samples": 50}},
        "behaviour": {
            "invariant_to": {"contract": ["monthly", True]},
            "directional": {"tenure": {"expect": "decreasing", "tolerance": 0.02}},
        },
        "champion": "production",
    },
}


def groups(**values: tuple[int, float | None]) -> dict[str, Any]:
    return {name: {"samples": samples, "value": value} for name, (samples, value) in values.items()}


RESULTS: dict[str, dict[str, Any]] = {
    "data": {
        "datasets": {
            "customers": {
                "source": "data/customers.csv",
                "digest": DIGESTS["data"],
                "rows": 10000,
                "columns": ["tenure", "contract", "churned"],
            }
        }
    },
    "split": {
        "train": {"rows": 8000, "digest": DIGESTS["train"]},
        "evaluate": {"rows": 2000, "digest": DIGESTS["evaluate"]},
        "sample": False,
    },
    "train": {"version": VERSION},
    "package": {"version": VERSION},
    "evaluate": {
        "rows": 2000,
        "digest": DIGESTS["evaluate"],
        "metrics": {"accuracy": 0.91, "roc_auc": 0.87654321, "log_loss": 0.31},
        "slices": {
            "by_contract": {
                "column": "contract",
                "metric": "recall",
                "groups": groups(monthly=(1200, 0.71), yearly=(790, 0.65), other=(10, None)),
            }
        },
        "fairness": {
            "gender": {
                "column": "gender",
                "metric": "selection_rate",
                "groups": groups(f=(1000, 0.3), m=(990, 0.25), x=(10, 1.0)),
            }
        },
        "behaviour": {
            "invariant_to": {"contract": {"changed": 0}},
            "directional": {"tenure": {"rows": 2000, "violations": 3, "share": 0.0015}},
        },
        "champion": None,
    },
    "register": {"commit": COMMIT, "dirty": False},
}
CHAMPION: dict[str, Any] = {
    "release": "a" * 64,
    "version": OTHER_VERSION,
    "comparable": True,
    "reason": None,
    "rescored": False,
    "metrics": {"accuracy": 0.9, "roc_auc": 0.88, "log_loss": 0.31},
    "slices": {
        "by_contract": {
            "column": "contract",
            "metric": "recall",
            "groups": groups(monthly=(1200, 0.7), yearly=(790, 0.65), other=(10, None)),
        }
    },
    "fairness": {
        "gender": {
            "column": "gender",
            "metric": "selection_rate",
            "groups": groups(f=(1000, 0.28), m=(990, 0.25), x=(10, 0.9)),
        }
    },
}


class Page:
    """A project with results of the whole pipeline, which a test changes before it asks for the report.

    Attributes:
        results: what each step found out. The gate judges what is there, unless it has a result of its own.
        purpose: who wants to know.
        summary: where the summary goes.
        is_judged: whether the gate is left as it is.
    """

    def __init__(self, folder: Path, *, champion: bool = False) -> None:
        self.project = Project(folder, CONFIG)
        self.results = copy.deepcopy(RESULTS)
        self.status: dict[str, str] = {}
        self.findings: dict[str, list[Finding]] = {}
        self.notices: dict[str, list[Finding]] = {}
        self.purpose = LAPTOP
        self.summary: Path | None = None
        self.is_judged = False
        if champion:
            self.results["evaluate"]["champion"] = copy.deepcopy(CHAMPION)
            self.release()

    @property
    def tests(self) -> dict[str, Any]:
        """The section of the configuration."""
        found: dict[str, Any] = self.project.config["tests"]
        return found

    @property
    def evaluation(self) -> dict[str, Any]:
        """The result of the step "evaluate"."""
        return self.results["evaluate"]

    def release(self, digest: str = DIGESTS["evaluate"], commit: str = COMMIT) -> None:
        """Write the record of a champion; its evaluation rows have a digest."""
        identity = {
            "release": "a" * 64,
            "image": f"ghcr.io/acme/churn@sha256:{'b' * 64}",
            "version": OTHER_VERSION,
            "commit": commit,
        }
        quality = {"metrics": {"roc_auc": 0.88}, "evaluation": {"digest": digest, "method": METHOD}}
        self._record(
            state="released",
            stable={**identity, "weight": 100, **quality},
            canary={**identity, "weight": 0, "replicas": 0},
            rejected=[],
        )

    def nothing_released(self) -> None:
        """Write the record of an environment without a release."""
        self._record(state="none")

    def _record(self, **content: Any) -> None:
        annotations = {"config.kubernetes.io/local-config": "true"}
        head = {"apiVersion": "mlopsc/v1", "kind": "Release", "metadata": {"name": "churn", "annotations": annotations}}
        write_json(self.project.folder / "build" / "champion" / "release.json", {**head, **content})

    def refused(self, step: str, *messages: str, status: str = "refused") -> None:
        """Let a step say no, or fail, and no later one run."""
        names = list(self.results)
        for name in names[names.index(step) + 1 :] if step in names else ("register",):
            del self.results[name]
        self.results[step] = {}
        self.status[step] = status
        self.findings[step] = [Finding("rule", "subject", message) for message in messages]

    def noticed(self, step: str, *messages: str) -> None:
        """Let a step notice something."""
        self.notices[step] = [Finding("rule", "subject", message) for message in messages]

    def judge(self) -> None:
        """Let the gate judge what was evaluated, as it does without a bound."""
        found = judge.judge(self.evaluation, self.tests, lambda _metric, _paired: None)
        sample = self.results["split"]["sample"]
        if sample:
            found = checks.on_sample(found)
            message = f"not judged: sample: the model was trained on {sample} rows only; a delivery judges all limits"
            self.notices["gate"] = [Finding("sample", "gate", message)]
        verdict = checks.verdict(found)
        failed = [check for check in found if check.status == checks.FAILED]
        self.results["gate"] = {"verdict": verdict, "checks": [check.document() for check in found]}
        self.status["gate"] = "refused" if failed else "passed" if verdict == checks.PASSED else "not-judged"
        self.findings["gate"] = [Finding(check.rule, check.name, check.message) for check in failed]
        if failed:
            self.results.pop("register", None)
        self.notices.setdefault("gate", []).extend(
            Finding(check.rule, check.name, check.message)
            for check in found
            if check.status not in (checks.PASSED, checks.FAILED) and not sample
        )

    def context(self) -> Context:
        plain = self.project.context(self.purpose)
        return Context(plain.config, self.purpose, plain.console, plain.pipeline, summary_file=self.summary)

    def save(self) -> None:
        """Write the configuration and all results."""
        if self.results.get("evaluate") and "gate" not in self.results and not self.is_judged:
            self.judge()
        self.project.save()
        results = self.context().results
        results.forget(["data", "split", "train", "package", "evaluate", "gate", "register"])
        for step, result in self.results.items():
            findings, notices = self.findings.get(step, ()), self.notices.get(step, ())
            results.write(step, self.status.get(step, "passed"), result, findings, notices)

    def run(self) -> dict[str, Any]:
        """Run the step on what was saved and return its result."""
        parser = argparse.ArgumentParser()
        report.options(parser)
        return report.STEP.run(self.context(), parser.parse_args([]))

    def text(self) -> str:
        """Write all results and return the report on them."""
        self.save()
        result = self.run()
        assert json.loads(json.dumps(result)) == result
        return (self.project.folder / "build" / "report.md").read_text(encoding="utf-8")

    def line(self, beginning: str) -> str:
        """Return the line of the report that begins with something."""
        (found,) = [line for line in self.text().splitlines() if line.startswith(beginning)]
        return found
