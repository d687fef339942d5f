"""Settings of the tests that run the static steps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Warnings of the packages that the steps call are theirs; only ours are errors."""
    for item in items:
        if item.get_closest_marker("steps") or item.get_closest_marker("frameworks"):
            item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture(autouse=True)
def _own_modules() -> Iterator[None]:
    """Forget the user code of a test's project, whose modules have the same names in the next test."""
    import sys

    before, path = set(sys.modules), list(sys.path)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if "/src/" in file and "site-packages" not in file:
            del sys.modules[name]
