"""Results that are written down have no code and lock that they could be compared with."""

from __future__ import annotations

import pytest
from mlopsc.steps.mlops_steps.packaging import recipe


@pytest.fixture(autouse=True)
def _unchanged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "ran" not in request.fixturenames:
        monkeypatch.setattr(recipe, "check_unchanged", lambda _context: None)
