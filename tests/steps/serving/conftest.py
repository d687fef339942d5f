"""Packaged models that several modules use; they take a while to make and are not changed."""

from __future__ import annotations

import pytest
from steps.project import Project
from steps.serving import models


@pytest.fixture(scope="session")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The first example; its model answers with labels."""
    return models.labels(tmp_path_factory.mktemp("labels"))


@pytest.fixture(scope="session")
def probabilities(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose model answers with the probability of one of two classes."""
    return models.probabilities(tmp_path_factory.mktemp("probabilities"))
