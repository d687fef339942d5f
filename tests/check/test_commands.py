"""Commands without a shell: what is refused, and that the rest means the same to a shell."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from mlopsc.check.commands import problem
from mlopsc.units import Command

FINE = [
    "pytest -q tests",
    "python -m churn.train --note 'a | b > c; $HOME `x` *'",
    'python -c "print(1)"',
    'python train.py --name "it\'s" --flag=a=b',
    r"echo a\ b \$HOME \\",
    "pytest 'tests/test_*.py' -k 'not slow'",
    "echo user~name a:~b '~/x'",
    "  pytest  -q\n",
]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pytest | tee log", 'an unquoted "|"'),
        ("cd src && pytest", 'an unquoted "&"'),
        ("pytest; echo done", 'an unquoted ";"'),
        ("pytest > log", 'an unquoted ">"'),
        ("pytest < input", 'an unquoted "<"'),
        ("pytest $OPTIONS", 'an unquoted "$"'),
        ('pytest "$OPTIONS"', 'an unquoted "$"'),
        ("echo `date`", 'an unquoted "`"'),
        ("(pytest)", 'an unquoted "("'),
        ("pytest tests/*.py", 'an unquoted "*"'),
        ("pytest test_?.py", 'an unquoted "?"'),
        ("pytest ~/tests", 'an unquoted "~"'),
        ("pytest\nruff check", "several lines"),
        ("SEED=1 pytest", "an assignment to SEED"),
        ("pytest -k 'slow", "a quote (') that is not closed"),
        ('pytest -k "slow', 'a quote (") that is not closed'),
        ("pytest \\", "ends with a backslash"),
        ("  ", "is empty"),
    ],
)
def test_refused(command: str, expected: str) -> None:
    """Each thing that only a shell understands is named."""
    assert expected in problem(command)


def test_references_are_left_to_the_resolution() -> None:
    """A reference to a variable is reported where variables are resolved, not twice."""
    assert problem("pytest ${var.folder}") == ""
    assert problem("pytest ${HOME}") != ""


@pytest.mark.parametrize("command", FINE)
def test_accepted(command: str) -> None:
    """Ordinary commands have no problem, and can be split."""
    assert problem(command) == ""
    assert Command(command).argv


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell to compare with")
@pytest.mark.parametrize("command", FINE)
def test_words_are_those_of_a_shell(command: str) -> None:
    """An accepted command has the words that a shell would hand to the program."""
    run = subprocess.run(["sh", "-c", f"printf '%s\\0' {command}"], capture_output=True, check=True, text=True)
    assert tuple(run.stdout.split("\0")[:-1]) == Command(command).argv
