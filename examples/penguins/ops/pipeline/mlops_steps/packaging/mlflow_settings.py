# SPDX-License-Identifier: MIT-0
"""How the steps use MLflow: it talks to no one and prints only what matters."""

from __future__ import annotations

import logging
import os


def quiet() -> None:
    """Switch off MLflow's telemetry and its hints. Call it before MLflow is imported."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # it may hold a password
    logging.getLogger("mlflow").setLevel(logging.ERROR)
