"""Seeds, and fixed hashing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMPILER = Path(__file__).resolve().parents[3] / "compiler"

PROGRAM = """
import os, sys
sys.path.insert(0, {compiler!r})
from mlopsc.steps.mlops_steps.training.seeds import fix_hashing
print("started", flush=True)
fix_hashing()
print(os.environ["PYTHONHASHSEED"], hash("penguin"), sys.argv[1:])
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program that fixes its hashing."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONHASHSEED"}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(compiler=str(COMPILER)), *arguments],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def test_a_program_starts_again_with_fixed_hashing_and_its_own_arguments() -> None:
    first, second = run("a b", "--c"), run("a b", "--c")
    assert first.stdout == second.stdout
    assert first.stdout.count("started") == 2
    assert first.stdout.splitlines()[-1].endswith("['a b', '--c']")
    assert first.stdout.splitlines()[-1].startswith("0 ")


def test_a_seed_that_is_set_is_kept() -> None:
    ended = run(PYTHONHASHSEED="7")
    assert ended.stdout.count("started") == 1
    assert ended.stdout.splitlines()[-1].startswith("7 ")


def test_the_word_random_is_no_seed() -> None:
    assert run(PYTHONHASHSEED="random").stdout.splitlines()[-1].startswith("0 ")


@pytest.mark.steps
@pytest.mark.parametrize("seed", [0, 42, 2**32, 2**70 + 1])
def test_the_same_seed_draws_the_same_numbers(seed: int) -> None:
    import random

    import numpy
    from mlopsc.steps.mlops_steps.training.seeds import seed_everything

    def draw() -> tuple[float, float]:
        assert seed_everything(seed, "sklearn")[:2] == ["random", "numpy"]
        return random.random(), float(numpy.random.random())

    first = draw()
    assert draw() == first
    seed_everything(seed + 1, "sklearn")
    assert (random.random(), float(numpy.random.random())) != first
