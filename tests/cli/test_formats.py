"""Findings for machines: JSON, SARIF 2.1.0, GitHub; for people: a pipe and a terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sandbox
from cli.conftest import Mlopsc

BAD = (
    sandbox.SPEC.replace("framework: sklearn", "framework: skleran")
    .replace("{ rolling: {} }", "{ shadow: { percent: 10% } }")
    .replace("  train: rows\n", "  train: row\n")
)
CODES = {"SPC-304", "CAP-501", "CHK-401"}


@pytest.fixture
def bad(root: Path) -> None:
    """Give the spec two mistakes in sections that do not depend on each other, and one that a rule needs."""
    spec = BAD.replace("skleran", "sklearn").replace("{ shadow: { percent: 10% } }", "{ rolling: {} }")
    sandbox.write(
        root, spec.replace("after: staging", "after: staging, deployment: { strategy: { shadow: { percent: 10% } } }")
    )


@pytest.mark.usefixtures("bad")
def test_json(mlopsc: Mlopsc) -> None:
    done = mlopsc("validate", "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    document = json.loads(done.stdout)
    assert document["version"] == 1
    by_code = {item["code"]: item for item in document["findings"]}
    assert by_code["CHK-401"]["file"] == "mlops.yaml"
    assert (by_code["CHK-401"]["line"], by_code["CHK-401"]["column"], by_code["CHK-401"]["end_column"]) == (13, 10, 13)
    assert by_code["CHK-401"]["path"] == "data.train"
    assert by_code["CAP-501"]["environments"] == ["production"]
    assert by_code["CHK-493"]["severity"] == "notice"


def test_json_names_what_was_not_checked(mlopsc: Mlopsc, root: Path) -> None:
    sandbox.write(root, BAD)
    document = json.loads(mlopsc("validate", "--format", "json").stdout)
    assert {item["code"] for item in document["findings"]} >= CODES
    skipped = {item["check"]: item["reason"] for item in document["skipped"]}
    assert skipped["the checks of toy"] == "model must be mended first"


def test_json_of_a_compile_lists_the_changes(mlopsc: Mlopsc) -> None:
    first = json.loads(mlopsc("compile", "--format", "json").stdout)
    assert {"file": "ops/toy/toy.yaml", "verdict": "create"} in first["changes"]
    second = json.loads(mlopsc("compile", "--format", "json").stdout)
    assert {item["verdict"] for item in second["changes"]} == {"unchanged"}


@pytest.mark.usefixtures("bad")
def test_sarif(mlopsc: Mlopsc) -> None:
    done = mlopsc("validate", "--format", "sarif")
    assert (done.returncode, done.stderr) == (1, "")
    document = json.loads(done.stdout)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "mlopsc"
    assert [item["executionSuccessful"] for item in run["invocations"]] == [True]
    assert len(run["results"]) == 3
    for result in run["results"]:
        check_result(result, rules)


@pytest.mark.usefixtures("bad")
def test_sarif_beside_annotations(mlopsc: Mlopsc, root: Path) -> None:
    done = mlopsc("compile", "--check", "--format", "github", "--sarif", "found.sarif")
    assert done.returncode == 1
    assert "::error " in done.stdout
    (run,) = json.loads((root / "found.sarif").read_text(encoding="utf-8"))["runs"]
    assert len(run["results"]) == 3


def test_sarif_of_a_clean_check_is_written_too(mlopsc: Mlopsc, root: Path) -> None:
    assert mlopsc("compile").returncode == 0
    assert mlopsc("compile", "--check", "--sarif", "found.sarif").returncode == 0
    (run,) = json.loads((root / "found.sarif").read_text(encoding="utf-8"))["runs"]
    assert [result for result in run["results"] if result["level"] == "error"] == []


@pytest.mark.parametrize("words", [(), ("--diff",), ("--check", "--quick")], ids=" ".join)
def test_a_sarif_file_is_for_checks(mlopsc: Mlopsc, root: Path, words: tuple[str, ...]) -> None:
    done = mlopsc("compile", *words, "--sarif", "found.sarif")
    assert done.returncode == 2
    assert "--sarif goes with --check" in done.stderr
    assert not (root / "found.sarif").exists()


def test_a_sarif_file_that_cannot_be_written(mlopsc: Mlopsc) -> None:
    done = mlopsc("compile", "--check", "--sarif", "no/such/folder/found.sarif")
    assert done.returncode == 2
    assert "--sarif no/such/folder/found.sarif: No such file or directory" in done.stderr


def check_result(result: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    """The shape that the standard demands, and GitHub's code scanning besides."""
    rule = rules[result["ruleIndex"]]
    assert rule["id"] == result["ruleId"]
    assert rule["defaultConfiguration"]["level"] == result["level"]
    assert result["level"] in ("error", "warning", "note")
    assert all(rule[part]["text"] for part in ("shortDescription", "fullDescription", "help"))
    assert result["message"]["text"]
    (location,) = result["locations"]
    region = location["physicalLocation"]["region"]
    artifact = location["physicalLocation"]["artifactLocation"]
    assert re.fullmatch(r"[\w./-]+", artifact["uri"])
    assert not artifact["uri"].startswith("/")
    start, end = ((region[f"{name}Line"], region[f"{name}Column"]) for name in ("start", "end"))
    assert (1, 1) <= start <= end
    assert len(result["partialFingerprints"]) == 1


def test_sarif_tells_of_skipped_checks(mlopsc: Mlopsc, root: Path) -> None:
    sandbox.write(root, BAD)
    (run,) = json.loads(mlopsc("validate", "--format", "sarif").stdout)["runs"]
    notes = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert "the checks of toy was skipped: model must be mended first" in notes


def test_the_fingerprint_survives_moved_lines(mlopsc: Mlopsc, root: Path) -> None:
    def prints(spec: str) -> list[dict[str, str]]:
        sandbox.write(root, spec)
        (run,) = json.loads(mlopsc("validate", "--format", "sarif").stdout)["runs"]
        return [result["partialFingerprints"] for result in run["results"]]

    assert prints(BAD) == prints("# one\n# more\n" + BAD)
    assert prints(BAD) != prints(sandbox.SPEC)


@pytest.mark.usefixtures("bad")
def test_github(process: Mlopsc, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    done = process("validate", "--format", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 1
    commands = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert commands[0].startswith(
        "::error file=mlops.yaml,line=13,col=10,endLine=13,endColumn=13,title=CHK-401 Unknown data set::"
    )
    assert [line.split(" ")[0] for line in commands] == ["::error", "::error", "::notice"]
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n### mlopsc: 2 errors, 1 notice\n\n| place | code |")
    assert len([line for line in text.splitlines() if line.startswith("| mlops.yaml:")]) == 3


def test_a_summary_that_cannot_be_written_is_no_bug(process: Mlopsc, tmp_path: Path) -> None:
    done = process("validate", "--format", "github", GITHUB_STEP_SUMMARY=str(tmp_path))
    assert done.returncode == 0
    assert "the step summary cannot be written" in done.stderr


@pytest.mark.usefixtures("bad")
def test_a_pipe_gets_plain_lines(process: Mlopsc) -> None:
    done = process("validate")
    assert "\x1b" not in done.stdout
    assert "mlops.yaml:13:10: error CHK-401: " in done.stdout
    assert "-->" not in done.stdout


@pytest.mark.usefixtures("bad")
@pytest.mark.parametrize("colors", [True, False])
def test_a_terminal_gets_frames(site: Path, root: Path, colors: bool) -> None:
    text = on_terminal(root, sandbox.environment(site, TERM="xterm", **({} if colors else {"NO_COLOR": "1"})))
    assert ("\x1b[31m" in text) is colors
    plain = re.sub(r"\x1b\[\d+m", "", text)
    assert "error CHK-401: " in plain
    assert "  --> mlops.yaml:13:10\n" in plain
    assert "  13 |   train: row\n     |          ^^^\n" in plain


def on_terminal(folder: Path, env: dict[str, str]) -> str:
    """Return what ``mlopsc validate`` prints on a terminal."""
    pty = pytest.importorskip("pty")
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "mlopsc", "validate"]
    with subprocess.Popen(command, cwd=folder, env=env, stdout=terminal, stderr=terminal) as process:
        os.close(terminal)
        chunks = []
        while True:
            try:
                chunk = os.read(controller, 65536)
            except OSError:  # how Linux says that the other side has gone
                break
            if not chunk:
                break
            chunks.append(chunk)
        os.close(controller)
    assert process.returncode == 1
    return b"".join(chunks).decode().replace("\r\n", "\n")
