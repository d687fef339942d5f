"""Groups of rows: which there are, what they are called, and what cannot be said of them."""

from __future__ import annotations

from typing import Any

import pytest
from mlopsc.steps.mlops_steps.evaluation.groups import MISSING, by_group
from mlopsc.steps.mlops_steps.evaluation.rows import BINARY, Rows
from steps.evaluation.test_metrics import binary

pytestmark = pytest.mark.steps


def five() -> Rows:
    """Return five rows, of which the model gets three right."""
    return binary([1, 1, 0, 0, 1], [0.9, 0.1, 0.8, 0.2, 0.9])


def groups(cells: list[Any], metric: str = "accuracy", **column: Any) -> dict[str, dict[str, Any]]:
    """Return the groups that a column makes of five rows."""
    import pandas as pd

    return by_group(BINARY, metric, five(), pd.Series(cells), {"type": "category", "role": "feature", **column})


def test_each_value_is_a_group() -> None:
    assert groups(["a", "b", "a", "b", "b"], values=["b", "a"]) == {
        "b": {"samples": 3, "value": pytest.approx(2 / 3)},
        "a": {"samples": 2, "value": 0.5},
    }


def test_a_listed_value_without_rows_is_a_group() -> None:
    assert groups(["a"] * 5, values=["a", "x"])["x"] == {"samples": 0, "value": None}


def test_rows_without_a_value_are_a_group() -> None:
    found = groups(["a", "a", None, None, "a"], values=["a"])
    assert {name: group["samples"] for name, group in found.items()} == {"a": 3, MISSING: 2}


def test_a_group_without_a_class_has_no_value() -> None:
    found = groups(["a", "a", "b", "b", "a"], metric="recall", values=["a", "b"])
    assert found["a"]["value"] == pytest.approx(2 / 3)
    assert found["b"] == {"samples": 2, "value": None}


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([True, False, True, True, False], ["false", "true"]),
        ([2007, 2009, 2007, 2009, 2009], ["2007", "2009"]),
        ([2007.0, 2009.0, 2007.0, 2009.0, 2009.0], ["2007", "2009"]),
    ],
)
def test_names_are_spelled_as_in_the_spec(values: list[Any], names: list[str]) -> None:
    assert list(groups(values)) == names


@pytest.mark.parametrize("hidden", [{"role": "sensitive"}, {"personal": True}])
def test_hidden_values_that_the_spec_does_not_list_stay_unsaid(hidden: dict[str, Any]) -> None:
    assert list(groups([41, 73, 41, 41, 73], **hidden)) == ["group 1", "group 2"]
    assert list(groups(["f", "m", "f", "f", "m"], values=["f", "m"], **hidden)) == ["f", "m"]
