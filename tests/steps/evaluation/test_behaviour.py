"""How predictions react to swapped and risen features, on models whose reaction is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from mlopsc.steps.mlops_steps.evaluation.behaviour import moved, order, react, swapped
from mlopsc.steps.mlops_steps.evaluation.rows import BINARY, CUSTOM, MULTICLASS, REGRESSION

if TYPE_CHECKING:
    import pandas as pd

pytestmark = pytest.mark.steps


def frame() -> pd.DataFrame:
    """Return four rows of features of all kinds."""
    import pandas as pd

    return pd.DataFrame(
        {
            "tenure": pd.Series([1, 5, 10, 20], dtype="int64"),
            "gap": [1.0, float("nan"), 3.0, 4.0],
            "contract": ["monthly", "yearly", None, "monthly"],
            "active": [True, False, True, False],
            "since": pd.to_datetime(["2020-01-01", "2021-01-01", "2022-01-01", "2023-01-01"]),
        }
    )


def test_a_model_that_ignores_a_feature() -> None:
    assert swapped(lambda rows: rows["tenure"].to_numpy(float), frame(), "contract", ["monthly", "yearly"]) == 0


def test_every_pair_of_values_counts() -> None:
    def labels(rows: pd.DataFrame) -> Any:
        return rows["tenure"].where(rows["contract"] == "two years", 0).to_numpy()

    assert swapped(labels, frame(), "contract", ["monthly", "yearly"]) == 0
    assert swapped(labels, frame(), "contract", ["monthly", "yearly", "two years"]) == 4


@pytest.mark.parametrize(("difference", "changed"), [(1e-10, 0), (1e-6, 4)])
def test_rounding_is_no_difference(difference: float, changed: int) -> None:
    def numbers(rows: pd.DataFrame) -> Any:
        return (rows["contract"] == "yearly").to_numpy() * difference + 0.5

    assert swapped(numbers, frame(), "contract", ["monthly", "yearly"]) == changed


def test_probabilities_of_several_classes_differ_in_one() -> None:
    import numpy as np

    def shares(rows: pd.DataFrame) -> Any:
        first = np.where((rows["contract"] == "yearly") & rows["active"], 0.4, 0.3)
        return np.column_stack([first, 0.7 - first, np.full(len(rows), 0.3)])

    assert swapped(shares, frame(), "contract", ["monthly", "yearly"]) == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [("tenure", 7), ("gap", 2), ("contract", "yearly"), ("active", True), ("since", "2024-01-01T02:00:00+02:00")],
)
def test_the_swapped_column_keeps_its_type(column: str, value: Any) -> None:
    seen: list[pd.DataFrame] = []

    def remember(rows: pd.DataFrame) -> Any:
        seen.append(rows)
        return rows["tenure"].to_numpy()

    swapped(remember, frame(), column, [value, value])
    assert seen[0].dtypes.to_dict() == frame().dtypes.to_dict()
    assert seen[0][column].nunique() == 1
    assert str(seen[0]["since"].iloc[0]) == ("2024-01-01 00:00:00" if column == "since" else "2020-01-01 00:00:00")


def test_a_risen_feature() -> None:
    features = frame()
    rounded, least, exact = (
        moved(features, "tenure", 7.6, whole=True),
        moved(features, "tenure", 0.2, whole=True),
        moved(features, "gap", 0.25, whole=False),
    )
    assert rounded is not None
    assert least is not None
    assert exact is not None
    assert rounded["tenure"].tolist() == [9, 13, 18, 28]
    assert least["tenure"].tolist() == [2, 6, 11, 21]
    assert rounded["tenure"].dtype == "int64"
    assert exact["gap"].dropna().tolist() == [1.25, 3.25, 4.25]
    assert moved(features, "gap", 0.0, whole=False) is None


def reaction(
    predict: Callable[[pd.DataFrame], Any],
    expect: str,
    task: str = REGRESSION,
    feature: str = "tenure",
    features: pd.DataFrame | None = None,
    **deviation: float,
) -> dict[str, Any]:
    """Return what a test of direction of a feature found."""
    test = {feature: {"expect": expect, "tolerance": 0}}
    tests = {"invariant_to": {"active": [True, False]}, "directional": test}
    features = frame() if features is None else features
    found = react(
        predict=predict,
        features=features,
        served=predict(features),
        tests=tests,
        deviation={"tenure": 5.0, "gap": 1.0, **deviation},
        whole=lambda name: name == "tenure",
        ordered=lambda served: order(task, "yes", served),
    )
    assert found["invariant_to"] == {"active": {"changed": 0}}
    result: dict[str, Any] = found["directional"][feature]
    return result


def test_the_wrong_way_is_counted() -> None:
    def hill(rows: pd.DataFrame) -> Any:
        return -((rows["tenure"] - 8.0).to_numpy() ** 2)  # rises up to 8, falls behind it

    assert reaction(hill, "increasing") == {"rows": 4, "violations": 2, "share": 0.5}
    assert reaction(hill, "decreasing") == {"rows": 4, "violations": 2, "share": 0.5}
    assert reaction(lambda rows: rows["tenure"].to_numpy(float), "increasing")["violations"] == 0
    assert reaction(lambda rows: rows["tenure"].to_numpy(float), "decreasing")["violations"] == 4
    assert reaction(lambda rows: rows["tenure"].to_numpy(float) * 0, "decreasing")["violations"] == 0


def test_labels_of_two_classes_have_a_direction() -> None:
    import numpy as np

    def labels(rows: pd.DataFrame) -> Any:
        return np.where(rows["tenure"] > 7, "yes", "no").astype(object)

    assert reaction(labels, "increasing", BINARY) == {"rows": 4, "violations": 0, "share": 0.0}
    assert reaction(labels, "decreasing", BINARY) == {"rows": 4, "violations": 1, "share": 0.25}


def test_rows_without_the_feature_are_not_judged() -> None:
    """One of four rows has no gap: of the other three, all move, and not three of four."""

    def falling(rows: pd.DataFrame) -> Any:
        return -rows["gap"].fillna(0).to_numpy()

    assert reaction(falling, "increasing", feature="gap") == {"rows": 3, "violations": 3, "share": 1.0}
    without = frame().assign(gap=float("nan"))
    nothing = {"rows": 0, "violations": None, "share": None}
    assert reaction(falling, "increasing", feature="gap", features=without) == nothing


def test_what_has_no_direction_is_not_counted() -> None:
    import numpy as np

    def several(rows: pd.DataFrame) -> Any:
        return np.array(["a", "b", "c", "a"], dtype=object)

    nothing = {"rows": 4, "violations": None, "share": None}
    assert reaction(several, "increasing", MULTICLASS) == nothing
    assert reaction(several, "increasing", CUSTOM) == nothing
    assert reaction(lambda rows: rows["tenure"].to_numpy(float), "increasing", tenure=0.0) == nothing
