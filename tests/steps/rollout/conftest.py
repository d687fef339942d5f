"""Settings of the tests of rollouts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from steps.release.conftest import git_knows_nobody as git_knows_nobody
from steps.rollout.bench import CANARY, Bench
from steps.rollout.servers import Stub


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A server on this machine that answers what a test tells it to."""
    with Stub() as server:
        yield server


@pytest.fixture
def bench(tmp_path: Path, stub: Stub) -> Bench:
    """A project with one stable release, a cluster that follows its branch, and a Prometheus that measures it."""
    return Bench(tmp_path, stub)


@pytest.fixture
def canary(bench: Bench) -> Bench:
    """A project whose old model serves; releases are canaries."""
    bench.plan(CANARY)
    bench.stable()
    return bench
