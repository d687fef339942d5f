# SPDX-License-Identifier: MIT-0
"""Lineage: what a model was made of, written to MLflow or beside the release record."""
