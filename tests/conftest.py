"""What holds for all tests: none reaches the network, since nothing but `mlopsc update` may."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

THOROUGH = ("oracle", "steps/cluster", "steps/protection", "steps/release", "steps/rollout", "test_determinism.py")
"""Where tests take minutes: every leaf of every spec, and sequences of moves on real repositories."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that the suite `thorough` runs."""
    folders = [Path(__file__).parent / name for name in THOROUGH]
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in folders):
            item.add_marker(pytest.mark.thorough)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections that leave this machine."""
    connect = socket.socket.connect

    def local(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise PermissionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local)
