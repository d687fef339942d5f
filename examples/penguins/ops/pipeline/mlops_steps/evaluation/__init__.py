# SPDX-License-Identifier: MIT-0
"""Evaluation: scores, metrics, confidence, slices, fairness, behaviour, and the gate that judges them."""
