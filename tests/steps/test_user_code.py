"""Functions and commands of the user, which may do anything."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps import user_code
from mlopsc.steps.mlops_steps.user_code import UserCodeFailed


@pytest.fixture
def root(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The folder of a spec, with an import root ``src`` whose modules no other test has."""
    (tmp_path / "src").mkdir()
    return tmp_path


def module(root: Path, name: str, text: str) -> None:
    (root / "src" / f"{name}.py").write_text(text, encoding="utf-8")


def test_a_function_is_found_and_called(root: Path) -> None:
    module(root, "found_here", "def double(value):\n    return 2 * value\n")
    double = user_code.function(root, "src", "found_here:double")
    assert user_code.call("found_here:double", double, 21) == 42


@pytest.mark.parametrize(
    ("name", "text", "reference", "said"),
    [
        ("m_broken", "def train(:\n", "m_broken:train", "SyntaxError"),
        ("m_raises", "raise RuntimeError('no licence')\n", "m_raises:train", "RuntimeError: no licence"),
        ("m_exits", "import sys\nsys.exit(0)\n", "m_exits:train", "SystemExit"),
        ("m_imports", "import not_there_at_all\n", "m_imports:train", "No module named 'not_there_at_all'"),
        ("m_other", "train = 3\n", "m_other:train", 'm_other in src has no function "train"'),
        ("m_none", "", "m_none:train", 'm_none in src has no function "train"'),
        ("m_unused", "", "m_absent:train", "No module named 'm_absent'"),
    ],
)
def test_what_cannot_be_imported_is_the_users_failure(
    root: Path, name: str, text: str, reference: str, said: str
) -> None:
    module(root, name, text)
    with pytest.raises(UserCodeFailed) as failed:
        user_code.function(root, "src", reference)
    assert said in str(failed.value)


def test_the_traceback_shows_the_users_lines_only(root: Path) -> None:
    module(root, "deep", "def inner():\n    raise ValueError('bad row')\n\n\ndef train():\n    inner()\n")
    with pytest.raises(UserCodeFailed) as failed:
        user_code.call("deep:train", user_code.function(root, "src", "deep:train"))
    text = str(failed.value)
    assert text.startswith("deep:train raised:\n")
    assert "line 2, in inner" in text
    assert "line 6, in train" in text
    assert text.endswith("ValueError: bad row")
    assert "user_code.py" not in text


def test_the_cause_is_shown_too(root: Path) -> None:
    module(
        root,
        "caused",
        "def train():\n    try:\n        {}['C']\n    except KeyError as error:\n"
        "        raise ValueError('bad parameters') from error\n",
    )
    with pytest.raises(UserCodeFailed) as failed:
        user_code.call("caused:train", user_code.function(root, "src", "caused:train"))
    assert "KeyError: 'C'" in str(failed.value)
    assert str(failed.value).endswith("ValueError: bad parameters")


def test_a_function_that_ends_python_has_failed(root: Path) -> None:
    module(root, "exits", "def train():\n    raise SystemExit(0)\n")
    with pytest.raises(UserCodeFailed, match="exits:train raised"):
        user_code.call("exits:train", user_code.function(root, "src", "exits:train"))


def test_an_interrupt_is_not_the_users_failure() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        user_code.call("m:interrupted", interrupted)


def test_a_command_runs_in_the_folder_of_the_spec_with_its_modules(
    root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    module(
        root,
        "script",
        "import os, sys\n"
        "open('seen.txt', 'w').write('|'.join([sys.executable, os.environ['MLOPSC_OUT'], sys.argv[1]]))\n"
        "print('epoch 1')\nassert '/elsewhere' in sys.path\n",
    )
    user_code.command(["python", "-m", "script", "a b;$HOME"], root, "src", {"MLOPSC_OUT": "there"}, timeout=60)
    assert (root / "seen.txt").read_text().split("|") == [sys.executable, "there", "a b;$HOME"]
    assert capfd.readouterr() == ("", "epoch 1\n")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["no-such-command-here"], "no-such-command-here: cannot be started: No such file or directory"),
        (["./src"], "./src: cannot be started: Permission denied"),
        (["python", "-c", "raise SystemExit(7)"], "exit code 7"),
    ],
)
def test_a_command_that_fails(root: Path, argv: list[str], said: str) -> None:
    with pytest.raises(UserCodeFailed) as failed:
        user_code.command(argv, root, "src", {}, timeout=60)
    assert said in str(failed.value)


def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(root: Path) -> None:
    """The grandchild writes its number and would sleep for long."""
    late = "import os, time; open('it', 'w').write(str(os.getpid())); os.rename('it', 'id.txt'); time.sleep(300)"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {late!r}])"
    with pytest.raises(UserCodeFailed, match=r"took longer than 5 s, see execution\.train\.timeout"):
        user_code.command(["python", "-c", script], root, "src", dict(os.environ), timeout=5)
    process = int((root / "id.txt").read_text())  # it did start
    until = time.monotonic() + 30
    while _lives(process):
        assert time.monotonic() < until, "the grandchild lives"
        time.sleep(0.05)


def _lives(process: int) -> bool:
    """Say whether a process runs; one that has ended may wait for ever for somebody to ask how."""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except OSError:
        return sys.platform != "linux"
