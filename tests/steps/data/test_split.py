"""Both sides have rows, classes and nothing in common; the same seed gives the same sides."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlopsc.steps.mlops_steps.commands import STEPS
from mlopsc.steps.mlops_steps.context import PULL_REQUEST
from mlopsc.steps.mlops_steps.refusal import Finding, Refused, Unusable
from steps.data.small import CUSTOMERS, csv, customers, load, only, project, split
from steps.project import Project, penguins

pytestmark = pytest.mark.steps


def prepared(folder: Path, rows: int = 40, **how: Any) -> Project:
    """Return a project of customers whose split has some options."""
    small = project(folder)
    small.config["data"]["evaluate"]["split"].update(how)
    small.write("data.csv", csv(customers(rows)))
    return small


def sides(small: Project) -> tuple[Any, Any]:
    """Return the training and the evaluation rows that the step wrote."""
    from mlopsc.steps.mlops_steps.data import frames

    return frames.read(small.context(), "train"), frames.read(small.context(), "evaluate")


def refusal(small: Project) -> list[Finding]:
    """Split, which must be refused; return why."""
    with pytest.raises(Refused) as refused:
        split(small)
    return list(refused.value.findings)


def test_the_result(tmp_path: Path) -> None:
    small = prepared(tmp_path)
    result, context = split(small)
    train, evaluate = sides(small)
    assert (result["train"]["rows"], result["evaluate"]["rows"]) == (len(train), len(evaluate)) == (30, 10)
    assert result["features"] == {"tenure": "float64", "contract": "str", "spend": "float64"}
    assert (result["classes"], result["positive"], result["sample"]) == ([False, True], True, False)
    assert (result["target"], result["weight"]) == ("churned", None)
    spend = train["spend"].tolist()
    mean = sum(spend) / len(spend)
    expected = math.sqrt(sum((value - mean) ** 2 for value in spend) / len(spend))
    assert result["deviation"]["spend"] == pytest.approx(expected)
    assert list(result["deviation"]) == ["tenure", "spend"]
    assert result["train"]["digest"] != result["evaluate"]["digest"]
    assert result["train"]["digest"].startswith("sha256:")
    assert list(train) == list(evaluate) == [name for name in CUSTOMERS if name != "email"]
    assert context.notices == []


def test_the_same_seed_gives_the_same_sides_and_another_gives_others(tmp_path: Path) -> None:
    results = [split(prepared(tmp_path / name, seed=seed))[0] for name, seed in (("a", 7), ("b", 7), ("c", 8))]
    assert results[0] == results[1]
    assert results[0]["evaluate"]["digest"] != results[2]["evaluate"]["digest"]


def test_a_changed_cell_changes_the_digest_of_its_side_only(tmp_path: Path) -> None:
    before = split(prepared(tmp_path / "before", by="time", column="updated_at", stratify=False))[0]
    small = prepared(tmp_path / "after", by="time", column="updated_at", stratify=False)
    table = customers(40)
    table[0][list(CUSTOMERS).index("spend")] = "0.5"
    small.write("data.csv", csv(table))
    after = split(small)[0]
    assert before["evaluate"] == after["evaluate"]
    assert before["train"]["rows"] == after["train"]["rows"]
    assert before["train"]["digest"] != after["train"]["digest"]


def test_the_example(tmp_path: Path) -> None:
    example = penguins(tmp_path)
    assert [example.run(step).returncode for step in ("data", "split")] == [0, 0]
    result = example.result("split")["result"]
    assert (result["train"]["rows"], result["evaluate"]["rows"]) == (275, 69)
    assert result["classes"] == ["Adelie", "Chinstrap", "Gentoo"]
    assert result["positive"] is None
    assert result["features"]["year"] == "int64"
    assert result["features"]["bill_length_mm"] == "float64"
    train, evaluate = sides(example)
    whole = len(train) + len(evaluate)
    for kind in result["classes"]:
        on_both = (train["species"] == kind).sum() + (evaluate["species"] == kind).sum()
        assert (evaluate["species"] == kind).sum() == pytest.approx(on_both * len(evaluate) / whole, abs=1)


def test_split_needs_data(tmp_path: Path) -> None:
    from mlopsc.steps.mlops_steps.data import frames
    from mlopsc.steps.mlops_steps.data import split as module

    small = prepared(tmp_path)
    with pytest.raises(Unusable, match='the step "data" has not run'):
        module.split(small.context())
    with pytest.raises(Unusable, match='run the step "split" first'):
        frames.read(small.context(), "train")


# The forms of a split, on any data.

TABLES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 40)), min_size=2, max_size=60)


def table(cells: list[tuple[int, int]]) -> Any:
    """Return rows with a group or class, a time in days, and their number."""
    import pandas as pd

    return pd.DataFrame(
        {
            "kind": [f"k{kind}" for kind, _ in cells],
            "time": pd.Timestamp("2024-01-01") + pd.to_timedelta([day for _, day in cells], unit="D"),
            "number": range(len(cells)),
        }
    )


@settings(max_examples=30, deadline=None)
@given(TABLES, st.floats(0.01, 0.99), st.integers(0, 5))
def test_a_random_split_loses_and_doubles_no_row(cells: list[tuple[int, int]], test: float, seed: int) -> None:
    from mlopsc.steps.mlops_steps.data import splits

    frame = table(cells)
    try:
        train, evaluate = splits.at_random(frame, test, seed, None, show=True)
    except Refused:
        assert math.ceil(len(frame) * test) == len(frame)
        return
    assert sorted(train + evaluate) == list(range(len(frame)))
    assert (
        (train, evaluate) == (sorted(train), sorted(evaluate)) == splits.at_random(frame, test, seed, None, show=True)
    )
    assert len(evaluate) == math.ceil(len(frame) * test)


@settings(max_examples=30, deadline=None)
@given(TABLES, st.floats(0.01, 0.99))
def test_a_stratified_split_has_every_class_on_both_sides_or_is_refused(
    cells: list[tuple[int, int]], test: float
) -> None:
    from mlopsc.steps.mlops_steps.data import splits

    frame = table(cells)
    counts = frame["kind"].value_counts()
    try:
        train, evaluate = splits.at_random(frame, test, 1, "kind", show=True)
    except Refused:
        evaluating = math.ceil(len(frame) * test)
        assert counts.min() < 2 or min(evaluating, len(frame) - evaluating) < len(counts)
        return
    assert sorted(train + evaluate) == list(range(len(frame)))
    for kind, count in counts.items():
        share = (frame["kind"].iloc[evaluate] == kind).sum()
        assert abs(share - count * len(evaluate) / len(frame)) <= 1


@settings(max_examples=40, deadline=None)
@given(TABLES, st.floats(0.01, 0.99), st.integers(0, 10))
def test_a_split_by_time_evaluates_on_the_newest_rows_behind_the_gap(
    cells: list[tuple[int, int]], test: float, days: int
) -> None:
    import pandas as pd
    from mlopsc.steps.mlops_steps.data import splits

    frame, gap = table(cells), pd.Timedelta(days=days)
    ordered = sorted(frame["time"])
    first = ordered[len(frame) - math.ceil(len(frame) * test)]
    try:
        train, evaluate = splits.by_time(frame, test, "time", gap.total_seconds())
    except Refused:
        assert not (frame["time"] < first).any() or not (frame["time"] <= first - gap).any()
        return
    times = frame["time"]
    assert evaluate == times.index[times >= first].tolist()
    assert times[train].max() < times[evaluate].min()
    assert times[evaluate].min() - times[train].max() >= gap
    between = set(range(len(frame))).difference(train, evaluate)
    assert all(first - gap < times[row] < first for row in between)


@settings(max_examples=30, deadline=None)
@given(TABLES, st.floats(0.01, 0.99), st.integers(0, 5))
def test_a_split_by_group_keeps_groups_together(cells: list[tuple[int, int]], test: float, seed: int) -> None:
    from mlopsc.steps.mlops_steps.data import splits

    frame = table(cells)
    total = frame["kind"].nunique()
    try:
        train, evaluate = splits.by_group(frame, test, "kind", seed)
    except Refused:
        assert math.ceil(total * test) == total
        return
    assert sorted(train + evaluate) == list(range(len(frame)))
    assert not set(frame["kind"][train]) & set(frame["kind"][evaluate])
    assert frame["kind"][evaluate].nunique() == math.ceil(total * test)
    assert (train, evaluate) == splits.by_group(frame, test, "kind", seed)


@settings(max_examples=30, deadline=None)
@given(TABLES, st.integers(1, 70), st.integers(0, 5))
def test_a_sample_is_small_and_has_every_class(cells: list[tuple[int, int]], rows: int, seed: int) -> None:
    from mlopsc.steps.mlops_steps.data import splits

    frame = table(cells)
    plain = splits.sample(frame, rows, seed, None)
    assert len(plain) == min(rows, len(frame))
    chosen = splits.sample(frame, rows, seed, "kind")
    assert chosen == sorted(set(chosen)) == splits.sample(frame, rows, seed, "kind")
    assert len(chosen) <= rows + frame["kind"].nunique()
    assert set(frame["kind"][chosen]) == set(frame["kind"])


# Refusals and notices.


@pytest.mark.parametrize(
    ("how", "rows", "words"),
    [
        ({"test": 0.99}, 40, "no training rows"),
        ({"by": "time", "column": "updated_at", "test": 0.999}, 40, "no training rows"),
        ({"by": "time", "column": "updated_at", "gap_seconds": 40 * 86400}, 40, "no training rows"),
        ({"by": "group", "column": "contract", "test": 0.9}, 40, "no training rows"),
        ({"by": "group", "column": "contract"}, 1, "no training rows"),
        ({"stratify": True}, 4, "cannot hold a row of each"),
        ({"stratify": True}, 3, "have a single row"),
    ],
)
def test_a_split_that_cannot_be_made(tmp_path: Path, how: dict[str, Any], rows: int, words: str) -> None:
    small = prepared(tmp_path, rows, **how)
    if words.startswith("cannot"):
        small.config["data"]["evaluate"]["split"]["test"] = 0.2
        target = list(CUSTOMERS).index("churned")
        balanced = [[*row[:target], str(number % 2 == 0)] for number, row in enumerate(customers(rows))]
        small.write("data.csv", csv(balanced))
    assert words in only(refusal(small)).message


@pytest.mark.parametrize(("by", "column"), [("time", "updated_at"), ("group", "contract")])
def test_a_row_that_belongs_to_no_side(tmp_path: Path, by: str, column: str) -> None:
    small = prepared(tmp_path, by=by, column=column)
    cells = customers(40)
    cells[4][list(CUSTOMERS).index(column)] = ""
    small.write("data.csv", csv(cells))
    finding = only(refusal(small))
    assert finding.subject == column
    assert "row 5" in finding.message


def test_rows_in_the_gap_are_counted(tmp_path: Path) -> None:
    small = prepared(tmp_path, rows=28, by="time", column="updated_at", gap_seconds=3 * 86400)
    result, context = split(small)
    assert (result["train"]["rows"], result["evaluate"]["rows"]) == (19, 7)
    assert [(notice.rule, notice.facts["rows"]) for notice in context.notices] == [("gap", 2)]


def test_a_rare_class_that_is_personal_is_not_named(tmp_path: Path) -> None:
    small = prepared(tmp_path, rows=3, stratify=True)
    assert "(false)" in only(refusal(small)).message
    small.config["data"]["datasets"]["customers"]["columns"]["churned"]["personal"] = True
    assert "false" not in only(refusal(small)).message


def test_the_same_identity_on_both_sides_is_refused(tmp_path: Path) -> None:
    small = prepared(tmp_path)
    small.write("data.csv", csv(customers(40) + customers(12)))
    finding = only(refusal(small))
    assert (finding.rule, finding.subject) == ("id", "customer_id")
    count = finding.facts["count"]
    assert 0 < count <= 12
    assert f"{count} identities" in finding.message
    assert "c00" in finding.message
    small.config["data"]["datasets"]["customers"]["columns"]["customer_id"]["personal"] = True
    hidden = only(refusal(small))
    assert f"{count} identities" in hidden.message
    assert "c00" not in str(hidden.document())


def with_holdout(folder: Path, train: list[list[str]], holdout: list[list[str]], columns: Any = CUSTOMERS) -> Project:
    """Return a project whose evaluation data is a set of its own, with the columns of the training data."""
    small = project(folder, columns)
    own = {**small.config["data"]["datasets"]["customers"], "uri": "holdout.csv", "columns": {}}
    small.config["data"]["datasets"]["holdout"] = own
    small.config["data"]["evaluate"] = {"dataset": "holdout"}
    small.write("data.csv", csv(train, list(columns)))
    small.write("holdout.csv", csv(holdout, list(columns)))
    return small


def test_a_holdout(tmp_path: Path) -> None:
    rows = customers(40)
    result, context = split(with_holdout(tmp_path, rows[:30], rows[30:]))
    assert (result["train"]["rows"], result["evaluate"]["rows"]) == (30, 10)
    assert context.notices == []
    assert "c0030" in only(refusal(with_holdout(tmp_path / "leak", rows[:31], rows[30:]))).message


def test_a_group_on_both_sides_is_refused(tmp_path: Path) -> None:
    columns = {**CUSTOMERS, "contract": {**CUSTOMERS["contract"], "role": "group"}}
    rows = customers(40)
    finding = only(refusal(with_holdout(tmp_path, rows[:30], rows[30:], columns)))
    assert (finding.rule, finding.subject, finding.facts["count"]) == ("group", "contract", 2)
    apart = [[row for row in rows if row[5] == kind] for kind in ("monthly", "yearly")]
    result, _ = split(with_holdout(tmp_path / "apart", apart[0], apart[1], columns))
    assert result["train"]["rows"] == 20


def test_identical_rows_without_an_identity_are_a_notice(tmp_path: Path) -> None:
    columns = {name: column for name, column in CUSTOMERS.items() if name in ("tenure", "spend", "churned")}
    rows = [[row[4], row[6], row[7]] for row in customers(40)]
    rows[3][0] = rows[35][0] = ""
    rows[35][1:] = rows[3][1:]
    _, context = split(with_holdout(tmp_path, rows[:30], [*rows[30:], rows[5]], columns))
    notice = only(context.notices)
    assert (notice.rule, notice.facts["rows"]) == ("identical", 2)
    _, context = split(with_holdout(tmp_path / "none", rows[:30], rows[30:35], columns))
    assert context.notices == []


def kinds(folder: Path, train: str, holdout: str, task: str = "multiclass-classification", **target: Any) -> Project:
    """Return a project with one feature and a target whose classes are the letters of two texts."""
    columns = {
        "x": {"type": "integer", "role": "feature"},
        "kind": {"type": "category", "values": ["a", "b", "c"], "role": "target", **target},
    }
    if target.get("values", ()) is None:
        del columns["kind"]["values"]
    numbers = iter(range(1000))
    cells = [[[str(next(numbers)), letter] for letter in side] for side in (train, holdout)]
    small = with_holdout(folder, cells[0], cells[1], columns)
    small.config["model"]["task"] = task
    return small


def test_training_rows_have_every_class(tmp_path: Path) -> None:
    finding = only(refusal(kinds(tmp_path, "abab", "abc")))
    assert (finding.rule, finding.subject) == ("classes", "kind")
    assert 'no training row has the class "c"' in finding.message
    hidden = only(refusal(kinds(tmp_path / "hidden", "abab", "abc", personal=True)))
    assert "class 1 (not shown)" in hidden.message


def test_a_class_without_evaluation_rows_is_a_notice(tmp_path: Path) -> None:
    result, context = split(kinds(tmp_path, "abc", "ab"))
    assert result["classes"] == ["a", "b", "c"]
    assert 'no evaluation row has the class "c"' in only(context.notices).message


def test_classes_of_the_data_when_the_spec_lists_none(tmp_path: Path) -> None:
    numbers: dict[str, Any] = {"type": "integer", "values": None}
    result, _ = split(kinds(tmp_path, "2103", "0123", **numbers))
    assert result["classes"] == [0, 1, 2, 3]
    assert "evaluation rows have the class 4" in only(refusal(kinds(tmp_path / "b", "210", "014", **numbers))).message
    binary = kinds(tmp_path / "c", "210", "01", "binary-classification", **numbers)
    assert "exactly two" in only(refusal(binary)).message
    assert "at least two" in only(refusal(kinds(tmp_path / "d", "11", "1", **numbers))).message


def test_the_positive_class(tmp_path: Path) -> None:
    numbers = {"type": "integer", "values": [1, 0]}
    small = kinds(tmp_path, "0101", "01", "binary-classification", **numbers)
    result, _ = split(small)
    assert (result["classes"], result["positive"]) == ([0, 1], 1)
    small.config["model"]["prediction"]["positive"] = 0
    result, _ = split(small)
    assert (result["classes"], result["positive"]) == ([1, 0], 0)
    small.config["model"]["prediction"]["positive"] = 2
    assert "positive class 2" in only(refusal(small)).message


def test_the_positive_class_is_the_last_of_two_and_others_stay_sorted(tmp_path: Path) -> None:
    small = kinds(tmp_path, "baba", "ab", "binary-classification", values=["b", "a"])
    assert split(small)[0]["classes"] == ["a", "b"]
    small.config["model"]["prediction"]["positive"] = "a"
    result, _ = split(small)
    assert (result["classes"], result["positive"]) == (["b", "a"], "a")
    several = kinds(tmp_path / "several", "cab", "abc")
    several.config["model"]["prediction"]["positive"] = "a"
    assert split(several)[0]["classes"] == ["a", "b", "c"]


def test_data_sets_may_be_called_like_the_sides(tmp_path: Path) -> None:
    """The split leaves what it divides as it is, so that it can run again."""
    small = project(tmp_path)
    small.write("data.csv", csv(customers(40)))
    datasets = small.config["data"]["datasets"]
    datasets["train"] = datasets.pop("customers")
    small.config["data"]["train"] = "train"
    context = small.context()
    for name in ("data", "split", "split"):
        result = STEPS[name].run(context, argparse.Namespace())
        context.results.write(name, "passed", result)
    assert (result["train"]["rows"], result["evaluate"]["rows"]) == (30, 10)


@pytest.mark.parametrize(("same", "noticed"), [(1, False), (11, False), (12, True)])
def test_many_rows_of_the_time_at_the_boundary_are_a_notice(tmp_path: Path, same: int, noticed: bool) -> None:
    rows = customers(40)
    for number, row in enumerate(rows):
        row[1] = f"2024-01-01T00:{30 if 40 - same <= number <= 30 else number:02}"
    small = project(tmp_path)
    small.config["data"]["evaluate"] = {"split": {"by": "time", "column": "updated_at", "test": 0.25}}
    small.write("data.csv", csv(rows))
    result, context = split(small)
    assert result["evaluate"]["rows"] == max(same, 10)
    assert [notice.rule for notice in context.notices] == (["ties"] if noticed else [])


@pytest.mark.parametrize(("task", "classes"), [("regression", None), ("custom", ["a", "b", "c"])])
def test_other_tasks(tmp_path: Path, task: str, classes: Any) -> None:
    small = kinds(tmp_path, "ab", "a", task)
    result, context = split(small)
    assert (result["classes"], result["positive"]) == (classes, None)
    assert context.notices == []


def test_a_custom_task_may_have_no_target(tmp_path: Path) -> None:
    small = kinds(tmp_path, "ab", "a", "custom", role="excluded")
    result, _ = split(small)
    assert (result["target"], result["classes"], result["positive"]) == (None, None, None)


def test_a_feature_that_misses_values_in_one_side_takes_them_on_both(tmp_path: Path) -> None:
    small = kinds(tmp_path, "abc", "abc")
    assert split(small)[0]["features"] == {"x": "int64"}
    small.write("holdout.csv", "x,kind\n,a\n8,b\n9,c\n")
    assert split(small)[0]["features"] == {"x": "float64"}


def test_a_feature_without_any_value_has_no_deviation(tmp_path: Path) -> None:
    small = kinds(tmp_path, "abc", "abc")
    small.write("data.csv", "x,kind\n,a\n,b\n,c\n")
    assert split(small)[0]["deviation"] == {"x": 0.0}


def test_weights_are_named_and_never_missing(tmp_path: Path) -> None:
    columns = {**CUSTOMERS, "spend": {**CUSTOMERS["spend"], "role": "weight"}}
    small = project(tmp_path, columns)
    small.write("data.csv", csv(customers(40)))
    result, _ = split(small)
    assert result["weight"] == "spend"
    assert "spend" not in result["features"]
    rows = customers(40)
    rows[1][6] = ""
    small.write("data.csv", csv(rows))
    with pytest.raises(Refused, match="role weight never misses a value"):
        load(small)


# Pull requests.


def test_a_pull_request_uses_a_sample_when_the_data_is_larger(tmp_path: Path) -> None:
    small = prepared(tmp_path, rows=400, test=0.5)
    small.config["execution"]["pull_request"] = {"train": "sample", "rows": 50}
    assert split(small)[0]["sample"] is False
    result, context = split(small, PULL_REQUEST)
    assert result["sample"] == 50
    assert [notice.rule for notice in context.notices] == ["pull_request"]
    train, evaluate = sides(small)
    assert 48 <= len(train) <= 50
    assert 48 <= len(evaluate) <= 50
    assert result["train"]["rows"] == len(train)
    assert set(train["churned"]) == {False, True}
    assert result == split(small, PULL_REQUEST)[0]
    small.config["execution"]["pull_request"]["rows"] = 200
    assert split(small, PULL_REQUEST)[0]["sample"] is False


def test_a_pull_request_may_train_nothing(tmp_path: Path) -> None:
    small = prepared(tmp_path)
    small.config["execution"]["pull_request"]["train"] = "off"
    result, context = split(small, PULL_REQUEST)
    assert (result["sample"], result["status"]) == ("off", "not-judged")
    assert "no model is trained" in only(context.notices).message
    assert "status" not in split(small)[0]
