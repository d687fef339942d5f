"""Cells become values of the type of their column, whatever file they came from, or are found."""

from __future__ import annotations

import datetime
import decimal
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.steps

Column = dict[str, Any]


def column(declared: str, **more: Any) -> Column:
    return {"type": declared, "role": "feature", **more}


def coerced(
    cells: list[Any], declared: Column, missing_values: tuple[Any, ...] = ("",)
) -> tuple[str, list[Any], list[int]]:
    """Return the data type, the values (None when missing) and the rows, from 1, that do not fit."""
    import pandas as pd
    from mlopsc.steps.mlops_steps.data import types

    frame = pd.DataFrame({"it": pd.Series(cells, dtype=object)})
    typed, findings = types.coerce(frame, {"it": declared}, missing_values=missing_values)
    values = [None if pd.isna(value) else value for value in typed["it"].tolist()]
    return str(typed["it"].dtype), values, [place["row"] for finding in findings for place in finding.facts["at"]]


@pytest.mark.parametrize(
    ("declared", "cells", "dtype", "values"),
    [
        (column("number"), ["1", " 2.5 ", "-.5e1", "+3."], "float64", [1.0, 2.5, -5.0, 3.0]),
        (column("number"), [1, 2.5, decimal.Decimal("0.1"), ""], "float64", [1.0, 2.5, 0.1, None]),
        (column("integer"), ["1", "-2", "3.0", "9223372036854775807"], "int64", [1, -2, 3, 2**63 - 1]),
        (column("integer"), [1, 2.0, decimal.Decimal(3)], "int64", [1, 2, 3]),
        (column("integer"), ["1", ""], "float64", [1.0, None]),
        (column("integer", max_missing=0.1), ["1", "2"], "float64", [1.0, 2.0]),
        (column("integer", max_missing=0), ["1", "2"], "int64", [1, 2]),
        (column("boolean"), ["true", "FALSE", "1", "0"], "bool", [True, False, True, False]),
        (column("boolean"), [True, 0], "bool", [True, False]),
        (column("boolean"), ["true", ""], "object", [True, None]),
        (column("boolean", max_missing=0.5), ["true"], "object", [True]),
        (column("string"), ["a", " b ", "", "001"], "object", ["a", " b ", None, "001"]),
        (column("category", values=["a", "b"]), ["a", None], "object", ["a", None]),
        (column("category", values=[1, 2]), ["1", "2"], "int64", [1, 2]),
        (column("category", values=[1, 2]), ["1", ""], "float64", [1.0, None]),
        (column("category", values=[1, 2.5]), ["1", "2.5"], "float64", [1.0, 2.5]),
        (column("category", values=[True, False]), ["true", "false"], "bool", [True, False]),
        (column("string", values=[7, 8]), ["7", "8"], "object", ["7", "8"]),
    ],
)
def test_values(declared: Column, cells: list[Any], dtype: str, values: list[Any]) -> None:
    found = coerced(cells, declared)
    assert found == (dtype, values, [])
    assert [type(value) for value in found[1]] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("declared", "cells"),
    [
        (column("number"), ["x", "nan", "inf", "1_0", "1,5", "٣", "0x1", True, math.inf, "1e400", [1], {}]),
        (column("integer"), ["1.5", "1e3", "x", True, 1.5, str(2**63), 10**30, "9" * 5000, math.inf, [1]]),
        (column("boolean"), ["yes", "2", 2, 0.5, [], "t"]),
        (
            column("timestamp"),
            ["yesterday", "2024-13-01", "31.05.2024", 1700000000, True, "1500-01-01", "9999-12-31", []],
        ),
        (column("string"), [1, 1.5, True, b"a", []]),
        (column("category", values=["a"]), [1, []]),
    ],
)
def test_every_cell_of_another_type_is_found(declared: Column, cells: list[Any]) -> None:
    _, values, rows = coerced(cells, declared)
    assert rows == list(range(1, len(cells) + 1))[:10]
    assert values == [None] * len(cells)


def test_times_are_in_utc_without_saying_so() -> None:
    import pandas as pd

    cells = [
        "2024-05-31T08:00:00Z",
        "2024-05-31T10:00:00+02:00",
        "2024-05-31 08:00",
        datetime.datetime(2024, 5, 31, 8, tzinfo=datetime.timezone.utc),
        pd.Timestamp("2024-05-31T08:00:00"),
        datetime.date(2024, 5, 31),
        "2024-05-31T08:00:00.123456789",
        "",
    ]
    dtype, values, rows = coerced(cells, column("timestamp"))
    eight = pd.Timestamp("2024-05-31T08:00:00")
    assert (dtype, rows) == ("datetime64[ns]", [])
    assert values[:5] == [eight] * 5
    assert values[5:] == [eight.normalize(), eight + pd.Timedelta(123456789, "ns"), None]


def test_what_stands_for_a_missing_value() -> None:
    markers = ("NA", -999, 0.5, True)
    assert coerced(["NA", "-999", "-999.0", -999, "0.50", "1"], column("number"), markers)[1] == [None] * 5 + [1.0]
    assert coerced(["NA", "-999", "-999.0", "true"], column("string"), markers)[1] == [None, None, "-999.0", None]
    assert coerced(["NA", None, ""], column("string"), ("NA",))[1] == [None, None, ""]
    assert coerced(["", "NA"], column("number"), ("NA",)) == ("float64", [None, None], [1])


def test_columns_of_numpy_and_of_pandas_types_are_read_alike() -> None:
    import pandas as pd
    from mlopsc.steps.mlops_steps.data import types

    columns = {
        "n": column("number"),
        "i": column("integer"),
        "b": column("boolean"),
        "c": column("string"),
        "t": column("timestamp"),
    }
    plain = pd.DataFrame(
        {
            "n": [1.5, 2.0],
            "i": [1, 2],
            "b": [True, False],
            "c": ["x", "y"],
            "t": pd.to_datetime(["2024-01-01", "2024-01-02"]),
        }
    )
    nullable = plain.convert_dtypes().assign(c=plain["c"].astype("category"), t=plain["t"].dt.tz_localize("UTC"))
    wanted, none = types.coerce(plain, columns)
    found, also_none = types.coerce(nullable, columns)
    assert none == also_none == []
    pd.testing.assert_frame_equal(wanted, found)
    assert wanted.dtypes.astype(str).tolist() == ["float64", "int64", "bool", "object", "datetime64[ns]"]
    bad, findings = types.coerce(plain.rename(columns={"b": "i", "i": "b", "n": "c", "c": "n"}), columns)
    assert sorted(finding.facts["column"] for finding in findings) == ["b", "c", "i", "n"]
    assert bad["t"].notna().all()


def test_large_whole_numbers_keep_their_digits() -> None:
    assert coerced([str(2**53 + 1), 2**53 + 1], column("integer"))[1] == [2**53 + 1] * 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8))
def test_numbers_survive_text(values: list[float]) -> None:
    assert coerced([repr(value) for value in values], column("number")) == ("float64", values, [])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(st.text(max_size=6), st.integers(), st.floats(), st.booleans(), st.none()), min_size=1, max_size=8
    )
)
@pytest.mark.parametrize("declared", ["number", "integer", "boolean", "timestamp", "string"])
def test_each_cell_is_a_value_missing_or_found(declared: str, cells: list[Any]) -> None:
    _, values, rows = coerced(cells, column(declared))
    gone = [cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell)) for cell in cells]
    for row, (value, missing) in enumerate(zip(values, gone, strict=True), start=1):
        assert (value is not None) + missing + (row in rows) == 1


def test_a_frame_survives_its_file(tmp_path: Any) -> None:
    import pandas as pd
    from mlopsc.steps.mlops_steps.data import frames, types

    columns = {
        "n": column("number"),
        "i": column("integer"),
        "m": column("integer", max_missing=0.5),
        "b": column("boolean"),
        "o": column("boolean", max_missing=0.5),
        "c": column("string"),
        "e": column("string"),
        "t": column("timestamp"),
    }
    cells = {
        "n": ["1.5", ""],
        "i": ["1", "2"],
        "m": ["1", ""],
        "b": ["true", "false"],
        "o": ["true", ""],
        "c": ["", "é"],
        "e": ["", ""],
        "t": ["2024-01-01T00:00:00.000000001", ""],
    }
    typed, findings = types.coerce(pd.DataFrame(cells, dtype=object), columns, missing_values=[""])
    assert findings == []
    frames.write(typed, tmp_path / "rows.parquet")
    again = frames.read_typed(tmp_path / "rows.parquet", columns, "data")
    pd.testing.assert_frame_equal(typed, again)
    assert again["o"].tolist() == [True, None]
    assert again["e"].map(type).tolist() == [float, float]


def test_features_have_the_types_of_the_split_and_never_miss_what_they_may_not() -> None:
    import pandas as pd
    from mlopsc.steps.mlops_steps.data import frames
    from mlopsc.steps.mlops_steps.refusal import Refused

    split = {"features": {"b": "object", "a": "int64"}, "target": "y", "weight": None}
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [True, False], "y": ["u", "v"]})
    found = frames.features(frame, split)
    assert list(found) == ["b", "a"]
    assert found.dtypes.astype(str).tolist() == ["object", "int64"]
    target = frames.target(frame, split)
    assert target is not None
    assert target.tolist() == ["u", "v"]
    assert frames.weight(frame, split) is None
    with pytest.raises(Refused, match=r'column "a": 1 of 2 rows is missing.*row 2'):
        frames.features(frame.assign(a=[1.0, None]), split)
