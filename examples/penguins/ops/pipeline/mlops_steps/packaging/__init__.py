# SPDX-License-Identifier: MIT-0
"""Packaging: the MLflow model that serves, and the recipe that gives it its version."""
