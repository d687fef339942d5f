"""The handler at the edge: an interruption, a reader that has gone, a bug."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
import sandbox
from mlopsc import __main__
from mlopsc.cli import edge, explain, quick


def fail(error: BaseException) -> click.Command:
    """Return a command that fails."""

    @click.command("explain")
    def command() -> None:
        raise error

    return command


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which report files end up."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_bug_leaves_a_report_and_no_traceback(
    reports: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(explain, "command", fail(KeyError("lost")))
    assert edge.guarded(["explain"]) == 3
    (report,) = reports.glob("mlopsc-bug-*.txt")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "mlopsc stopped on a bug of its own: KeyError: 'lost'" in printed.err
    assert str(report) in printed.err
    assert "Traceback" not in printed.err
    text = report.read_text(encoding="utf-8")
    assert "arguments: ['explain']" in text
    assert "Traceback (most recent call last)" in text
    assert "KeyError: 'lost'" in text


def test_a_report_that_cannot_be_written_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "no-such-folder"))
    monkeypatch.setattr(explain, "command", fail(KeyError("lost")))
    assert edge.guarded(["explain"]) == 3
    assert "arguments: ['explain']" in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interruption(
    reports: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    monkeypatch.setattr(explain, "command", fail(error))
    assert edge.guarded(["explain"]) == 130
    assert capsys.readouterr().err.strip() == "interrupted"
    assert list(reports.iterdir()) == []


@pytest.mark.parametrize(("error", "code"), [(KeyError("lost"), 3), (KeyboardInterrupt(), 130)])
def test_the_quick_check_has_the_same_edge(
    reports: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    def broken(*_: object) -> None:
        raise error

    sandbox.write(reports)
    monkeypatch.chdir(reports)
    monkeypatch.setattr(quick, "compare", broken)
    monkeypatch.setattr(sys, "argv", ["mlopsc", "compile", "--check", "--quick"])
    assert __main__.main() == code


def test_findings_and_usage_are_no_bugs(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert edge.guarded(["explain", "none"]) == 2
    assert edge.guarded(["validate", str(reports)]) == 1
    assert list(reports.iterdir()) == []
    assert "SRC-112" in capsys.readouterr().out


def test_a_reader_that_has_gone() -> None:
    command = [sys.executable, "-m", "mlopsc", "schema"]
    with subprocess.Popen(
        command, env=sandbox.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
