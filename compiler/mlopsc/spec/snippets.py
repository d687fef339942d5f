"""Skeletons that editors offer, by the name of the definition in the published schema that they start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SNIPPETS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "Spec": (
        {
            "label": "a classifier on Kubernetes",
            "description": "The smallest useful spec.",
            "body": {
                "apiVersion": "mlopsc/v1",
                "metadata": {"name": "${1:churn}"},
                "target": "kubernetes",
                "data": {
                    "datasets": {
                        "customers": {
                            "uri": "${2:data/customers.csv}",
                            "format": "csv",
                            "version": {"resolve": "at-run"},
                            "columns": {"${3:churned}": {"type": "boolean", "role": "target"}},
                        }
                    },
                    "train": "customers",
                    "evaluate": {"split": {"test": "20%"}},
                },
                "model": {
                    "task": "binary-classification",
                    "framework": "sklearn",
                    "train": {"call": "${4:churn.model:train}"},
                },
                "deployment": {"image": {"name": "${5:ghcr.io/acme/churn}"}},
            },
        },
    ),
    "Strategy": (
        {
            "label": "careful canary",
            "description": "Two steps, each judged after ten minutes.",
            "body": {"canary": {"steps": ["10%", "50%"], "pause": "10m", "max_error_rate": "1%"}},
        },
        {
            "label": "one copy after the other",
            "description": "No second track, no judgement.",
            "body": {"rolling": {}},
        },
    ),
    "Gate": (
        {
            "label": "not below a value, not worse than the champion",
            "description": "An absolute limit and one against the model in production.",
            "body": {"min": "^${1:0.8}", "max_drop": "^${2:0.01}"},
        },
    ),
    "PersonalData": (
        {
            "label": "holds personal data",
            "description": "With the legal basis and the retention.",
            "body": {"contains": True, "basis": "${1:contract}", "retention": "${2:2y}"},
        },
    ),
    "Slos": (
        {
            "label": "available and fast",
            "description": "Three nines, and 99 of 100 answers within 250 ms.",
            "body": {
                "availability": {"objective": "99.9%"},
                "latency": {"objective": "99%", "under": "250ms"},
            },
        },
    ),
}
