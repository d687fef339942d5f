"""What is wrong with data is named: the column, the rows, the rule, the limit. All at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.context import DELIVERY
from mlopsc.steps.mlops_steps.refusal import Refused
from steps.data.small import CUSTOMERS, csv, customers, load, only, project, refused
from steps.project import penguins

pytestmark = pytest.mark.steps

UNIQUE = {"unique": ["customer_id"]}


def changed(*cells: tuple[int, str, str], rows: int = 40) -> str:
    """Return a CSV file of customers in which some cells (row from 1, column, text) hold something else."""
    table = customers(rows)
    for row, column, text in cells:
        table[row - 1][list(CUSTOMERS).index(column)] = text
    return csv(table)


def test_good_data_passes(tmp_path: Path) -> None:
    small = project(tmp_path, checks={**UNIQUE, "min_rows": 40})
    small.write("data.csv", changed())
    result, context = load(small)
    assert result["rows"] == 40
    assert result["columns"] == [name for name in CUSTOMERS if name != "email"]
    assert result["digest"] == f"sha256:{hashlib.sha256(changed().encode()).hexdigest()}"
    assert result["source"] == "data.csv"
    assert context.notices == []


@pytest.mark.parametrize(
    ("cells", "rule", "column", "words"),
    [
        ([(3, "contract", "weekly")], "values", "contract", ["3 (line 4)", '"weekly"', '"monthly", "yearly"']),
        (
            [(3, "tenure", "121"), (5, "tenure", "130")],
            "max",
            "tenure",
            ["3 (line 4), 5 (line 6)", "121, 130", "value 120"],
        ),
        ([(1, "tenure", "-1")], "min", "tenure", ["row 1 (line 2)", "-1", "value 0"]),
        ([(2, "spend", "1000.75")], "max", "spend", ["1000.75", "1000.5"]),
        ([(2, "spend", "much")], "type", "spend", ["2 (line 3)", '"much"', "a finite number"]),
        ([(2, "spend", "1e999")], "type", "spend", ['"1e999"', "a finite number"]),
        ([(2, "tenure", "1.5")], "type", "tenure", ['"1.5"', "whole number"]),
        ([(2, "churned", "maybe")], "type", "churned", ['"maybe"', "true or false"]),
        ([(2, "updated_at", "yesterday")], "type", "updated_at", ['"yesterday"', "ISO 8601"]),
        ([(2, "updated_at", "9999-01-01")], "type", "updated_at", ['"9999-01-01"', "2261"]),
        ([(2, "churned", "")], "missing", "churned", ["2 (line 3)", "role target", "never"]),
        ([(2, "customer_id", "")], "missing", "customer_id", ["2 (line 3)", "role id"]),
        (
            [(row, "tenure", "") for row in range(1, 6)],
            "max_missing",
            "tenure",
            ["5 of 40 rows", "12.50%", "10.00%", "5 (line 6)"],
        ),
        (
            [(4, "customer_id", "c0010")],
            "unique",
            "customer_id",
            ["2 of 40 rows", "4 (line 5), 11 (line 12)", '"c0010"', "unique"],
        ),
    ],
)
def test_a_broken_rule_names_column_rows_values_and_limit(
    tmp_path: Path, cells: list[tuple[int, str, str]], rule: str, column: str, words: list[str]
) -> None:
    small = project(tmp_path, checks=UNIQUE)
    small.write("data.csv", changed(*cells))
    finding = only(refused(small))
    assert (finding.rule, finding.subject) == (rule, f"customers.{column}")
    assert f'column "{column}" of customers' in finding.message
    assert [word for word in words if word not in finding.message] == []
    assert "spec" in finding.message or "rows" in finding.message
    assert not (small.folder / "build" / "data").exists()


def test_everything_is_named_at_once(tmp_path: Path) -> None:
    small = project(tmp_path, checks={"unique": ["customer_id"], "min_rows": 50}, version={"sha256": "0" * 64})
    small.write(
        "data.csv",
        changed(
            (1, "contract", "weekly"),
            (2, "tenure", "999"),
            (3, "spend", "x"),
            (4, "customer_id", "c0001"),
            (5, "churned", ""),
        ),
    )
    found = [(finding.rule, finding.subject.removeprefix("customers.")) for finding in refused(small)]
    assert found == [
        ("version", "customers"),
        ("type", "spend"),
        ("unique", "customer_id"),
        ("max", "tenure"),
        ("values", "contract"),
        ("missing", "churned"),
        ("min_rows", "customers"),
    ]


def test_all_data_sets_are_named_at_once(tmp_path: Path) -> None:
    small = project(tmp_path)
    holdout = {**small.config["data"]["datasets"]["customers"], "uri": "holdout.csv"}
    small.change(lambda config: config["data"]["datasets"].update(holdout=holdout))
    small.write("data.csv", changed((1, "tenure", "999")))
    small.write("holdout.csv", changed((2, "tenure", "998")))
    assert [finding.subject for finding in refused(small)] == ["customers.tenure", "holdout.tenure"]


def test_a_cell_that_cannot_be_read_is_not_missing_too(tmp_path: Path) -> None:
    columns = {**CUSTOMERS, "tenure": {**CUSTOMERS["tenure"], "max_missing": 0.0}}
    small = project(tmp_path, columns, checks=UNIQUE)
    small.write("data.csv", changed((1, "tenure", "x"), (2, "churned", "y")))
    assert [finding.rule for finding in refused(small)] == ["type", "type"]


def test_only_the_first_rows_and_values_are_shown(tmp_path: Path) -> None:
    small = project(tmp_path)
    small.write("data.csv", changed(*((row, "contract", f"odd{row}") for row in range(1, 15))))
    finding = only(refused(small))
    assert "14 of 40 rows" in finding.message
    assert "10 (line 11) and 4 more" in finding.message
    assert '"odd5"' in finding.message
    assert "odd6" not in finding.message
    assert len(finding.facts["at"]) == 10
    assert finding.facts["count"] == 14
    assert finding.facts["at"][0] == {"row": 1, "line": 2}


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("gender", {}),
        ("customer_id", {"personal": True, "values": ["c1"]}),
        ("customer_id", {"personal": True, "type": "integer"}),
    ],
)
def test_values_of_people_are_never_shown(tmp_path: Path, column: str, change: dict[str, Any]) -> None:
    columns = {**CUSTOMERS, column: {**CUSTOMERS[column], **change}}
    small = project(tmp_path, columns, checks=UNIQUE)
    small.write("data.csv", changed((2, column, "secret"), (3, column, "secret")))
    findings = refused(small)
    assert findings
    for finding in findings:
        assert "secret" not in str(finding.document())
        assert "not shown" in finding.message


def test_a_compound_key_is_judged_as_one(tmp_path: Path) -> None:
    small = project(tmp_path, checks={"unique": ["contract", "spend"]})
    small.write("data.csv", changed((3, "spend", "0.25")))
    finding = only(refused(small))
    assert finding.subject == "customers.contract + spend"
    assert '"monthly + 0.25"' in finding.message
    small.write("data.csv", changed((4, "spend", "0.25")))
    assert load(small)[0]["rows"] == 40


def test_an_excluded_column_is_judged_by_a_check_that_names_it_and_not_written(tmp_path: Path) -> None:
    small = project(tmp_path, checks={"unique": ["email"]})
    small.write("data.csv", changed((2, "email", "person0@example.org")))
    finding = only(refused(small))
    assert finding.subject == "customers.email"
    assert "person0" not in str(finding.document())
    small.write("data.csv", changed())
    assert "email" not in load(small)[0]["columns"]


def test_too_few_rows(tmp_path: Path) -> None:
    small = project(tmp_path, checks={"unique": [], "min_rows": 41})
    small.write("data.csv", changed())
    finding = only(refused(small))
    assert (finding.rule, finding.subject) == ("min_rows", "customers")
    assert "40 rows" in finding.message
    assert "41" in finding.message


def test_no_rows_at_all(tmp_path: Path) -> None:
    small = project(tmp_path)
    small.write("data.csv", csv([]))
    assert "no rows" in only(refused(small)).message


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    small = project(tmp_path)
    header = ["tenures" if name == "tenure" else name for name in CUSTOMERS]
    small.write("data.csv", csv(customers(5), header))
    finding = only(refused(small))
    assert (finding.rule, finding.subject) == ("columns", "customers.tenure")


def test_a_column_that_the_spec_does_not_know_is_left_out_and_said(tmp_path: Path) -> None:
    small = project(tmp_path)
    small.write("data.csv", csv([[*row, "x"] for row in customers(5)], [*CUSTOMERS, "notes"]))
    result, context = load(small)
    assert "notes" not in result["columns"]
    assert [notice.rule for notice in context.notices] == ["columns"]
    assert "notes" in context.notices[0].message


def test_stale_data_is_refused_in_a_delivery_only(tmp_path: Path) -> None:
    freshness = {"column": "updated_at", "max_age_seconds": 7 * 86400}
    small = project(tmp_path, checks={"unique": [], "freshness": freshness})
    small.write("data.csv", changed())
    assert load(small)[0]["rows"] == 40
    finding = only(refused(small, DELIVERY))
    assert (finding.rule, finding.subject) == ("freshness", "customers.updated_at")
    assert "row 28 (line 29)" in finding.message
    assert "2024-01-28" in finding.message
    assert "7.0 days" in finding.message


@pytest.mark.parametrize(("age", "stale"), [(86400, False), (86401, True)])
def test_the_age_of_the_newest_row_is_compared_to_the_second(age: int, stale: bool) -> None:
    import datetime

    import pandas as pd
    from mlopsc.steps.mlops_steps.data import freshness
    from mlopsc.steps.mlops_steps.data.origin import Origin

    now = datetime.datetime(2024, 5, 2, 2, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    newest = pd.Timestamp("2024-05-02") - pd.Timedelta(seconds=age)
    frame = pd.DataFrame({"updated_at": [newest - pd.Timedelta(days=9), newest, pd.NaT]})
    dataset = {
        "columns": {"updated_at": CUSTOMERS["updated_at"]},
        "checks": {"freshness": {"column": "updated_at", "max_age_seconds": 86400}},
    }
    assert bool(freshness.check(frame, dataset, now, Origin("customers"))) is stale
    nothing = frame.assign(updated_at=pd.NaT)
    assert "no time" in only(freshness.check(nothing, dataset, now, Origin("customers"))).message


def test_times_of_the_future_are_refused_in_a_delivery() -> None:
    """One wrong year would make data look fresh for ever; a day may be another zone."""
    import datetime

    import pandas as pd
    from mlopsc.steps.mlops_steps.data import freshness
    from mlopsc.steps.mlops_steps.data.origin import Origin

    now = datetime.datetime(2024, 5, 2, tzinfo=datetime.timezone.utc)
    frame = pd.DataFrame(
        {"updated_at": pd.to_datetime(["2024-05-01T00:00:00", "2024-05-03T00:00:00", "2204-05-03T00:00:01"])}
    )
    limit = {"freshness": {"column": "updated_at", "max_age_seconds": 86400}}
    dataset = {"columns": {"updated_at": CUSTOMERS["updated_at"]}, "checks": limit}
    finding = only(freshness.check(frame, dataset, now, Origin("customers")))
    assert finding.rule == "freshness"
    assert finding.facts["count"] == 1
    assert "1 of 3 rows is more than a day in the future" in finding.message
    assert 'row 3; values "2204-05-03T00:00:01Z"' in finding.message
    assert freshness.check(frame.head(2), dataset, now, Origin("customers")) == []


def test_negative_weights_are_refused(tmp_path: Path) -> None:
    columns = {**CUSTOMERS, "spend": {"type": "number", "role": "weight", "max": 1000.5}}
    small = project(tmp_path, columns)
    small.write("data.csv", changed((2, "spend", "0"), (3, "spend", "-0.5")))
    finding = only(refused(small))
    assert (finding.rule, finding.subject, finding.facts["limit"]) == ("weight", "customers.spend", 0)
    assert "3 (line 4); values -0.5" in finding.message
    assert "a weight never is" in finding.message


def test_a_value_stays_on_its_line(tmp_path: Path) -> None:
    small = project(tmp_path)
    small.write("data.csv", changed((3, "contract", '"a\n::error::b\u202e"')))
    finding = only(refused(small))
    assert r'"a\n::error::b\u202e"' in finding.message
    assert "\n" not in finding.message
    assert finding.facts["values"] == [r'"a\n::error::b\u202e"']


def test_a_wrong_digest_names_both(tmp_path: Path) -> None:
    example = penguins(tmp_path)
    wanted = example.config["data"]["datasets"]["penguins"]["version"]["sha256"]
    path = example.folder / "data" / "penguins.csv"
    path.write_bytes(path.read_bytes().replace(b"39.1,", b"39.2,"))
    ended = example.run("data")
    assert ended.returncode == 1
    (finding,) = example.result("data")["findings"]
    assert finding["rule"] == "version"
    assert wanted in finding["message"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() in finding["message"]
    assert finding["message"] in ended.stderr


DVC: list[tuple[str, Callable[[bytes], str], str | None]] = [
    ("md5: {}\n  hash: md5", lambda content: hashlib.md5(content).hexdigest(), None),
    ("md5: {}", lambda content: hashlib.md5(content.replace(b"\r\n", b"\n")).hexdigest(), None),
    ("md5: {}\n  hash: md5", lambda content: hashlib.md5(content.replace(b"\r\n", b"\n")).hexdigest(), "Refused"),
    ("md5: {}\n  hash: md5", lambda content: "f" * 32, "Refused"),
    ("md5: {}.dir", lambda content: "0" * 32, "folder"),
    ("etag: {}", lambda content: "0" * 32, "no md5"),
    ("md5: [{}", lambda content: "0" * 32, "no file of DVC"),
]


@pytest.mark.parametrize(("entry", "digest", "problem"), DVC)
def test_a_file_of_dvc_fixes_the_content(
    tmp_path: Path, entry: str, digest: Callable[[bytes], str], problem: str | None
) -> None:
    from mlopsc.steps.mlops_steps.refusal import Unusable

    small = project(tmp_path, version={"dvc": "data.csv.dvc"})
    content = changed().replace("\n", "\r\n").encode()
    (tmp_path / "data.csv").write_bytes(content)
    small.write("data.csv.dvc", f"outs:\n- path: data.csv\n  {entry.format(digest(content))}\n")
    if problem is None:
        assert load(small)[0]["rows"] == 40
    elif problem == "Refused":
        finding = only(refused(small))
        assert finding.rule == "version"
        assert digest(content) in finding.message
        assert hashlib.md5(content).hexdigest() in finding.message
    else:
        with pytest.raises(Unusable, match=problem):
            load(small)


def test_a_file_of_dvc_for_something_else(tmp_path: Path) -> None:
    from mlopsc.steps.mlops_steps.refusal import Unusable

    small = project(tmp_path, version={"dvc": "data.csv.dvc"})
    small.write("data.csv", changed())
    with pytest.raises(Unusable, match="does not exist"):
        load(small)
    small.write("data.csv.dvc", "outs:\n- {path: a.csv, md5: aa}\n- {path: b.csv, md5: bb}\n")
    with pytest.raises(Unusable, match=r'no file "data\.csv"'):
        load(small)


def test_the_refusal_keeps_what_was_found_out(tmp_path: Path) -> None:
    small = project(tmp_path)
    small.write("data.csv", changed((1, "tenure", "999")))
    with pytest.raises(Refused) as refusal:
        load(small)
    assert refusal.value.result["datasets"]["customers"]["rows"] == 40


def test_rows_to_score_are_judged_by_their_features_alone() -> None:
    import pandas as pd
    from mlopsc.steps.mlops_steps.data import schema, types

    dataset = {"columns": CUSTOMERS, "checks": {"unique": ["customer_id"], "min_rows": 1000}}
    cells = pd.DataFrame({"tenure": ["5", "121"], "contract": ["monthly", "yearly"], "spend": ["1", "2"]}, dtype=object)
    typed, unreadable = types.coerce(cells, CUSTOMERS)
    assert unreadable == []
    finding = only(schema.check(typed, dataset, roles={"feature"}))
    assert (finding.rule, finding.subject) == ("max", "tenure")
    assert "row 2" in finding.message
    lacking = only(schema.check(typed.assign(tenure=5.0).drop(columns="spend"), dataset, roles={"feature"}))
    assert (lacking.rule, lacking.subject) == ("columns", "spend")
