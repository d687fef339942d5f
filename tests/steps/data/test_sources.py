"""Files, folders, stores and loaders give the same rows; what is no file of its format is named with its place."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from mlopsc.steps.mlops_steps.user_code import UserCodeFailed
from steps.data.small import CUSTOMERS, csv, customers, load, only, project, refused

pytestmark = pytest.mark.steps

PAIR: dict[str, dict[str, Any]] = {
    "name": {"type": "string", "role": "feature"},
    "age": {"type": "integer", "role": "feature"},
}


def rows(small: Any) -> list[list[Any]]:
    import pandas as pd

    frame = pd.read_parquet(small.folder / "build" / "data" / "sets" / "customers.parquet")
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame.itertuples(index=False)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xef\xbb\xbfname,age\nAda,36\n", [["Ada", 36]]),
        (b"name,age\r\nAda,36\r\n\r\nBob,7", [["Ada", 36], ["Bob", 7]]),
        (b'name,age\n"A, ""B""\nC",36\nBob,7\n', [['A, "B"\nC', 36], ["Bob", 7]]),
        (b"age,other,name\n36,x,Ada\n", [["Ada", 36]]),
        ("name,age\nÅsa,1\n".encode(), [["Åsa", 1]]),
        (b"name,age\n" + b"x" * 200_000 + b",1\n", [["x" * 200_000, 1]]),
    ],
    ids=[
        "byte order mark",
        "windows and empty lines",
        "quotes and line breaks",
        "other columns",
        "utf-8",
        "a long cell",
    ],
)
def test_csv(tmp_path: Path, content: bytes, expected: list[list[Any]]) -> None:
    small = project(tmp_path, PAIR)
    (tmp_path / "data.csv").write_bytes(content)
    load(small)
    assert rows(small) == expected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no header line"),
        (b"\n\n", "no header line"),
        (b"name,age\nAda\nBob,7,8\n", "2 columns, and line 2 has 1, line 3 has 3"),
        (b"name,age\n" + b"Ada\n" * 12, "and 2 more lines"),
        (b"name,age,name\nAda,1,2\n", "more than one column 'name'"),
        (b'name,age\n"Ada,36\n', "broken at line 2"),
        (b'name,age\n"A"da,36\n', "broken at line 2"),
        ("name,age\nÅsa,1\n".encode("latin-1"), "no UTF-8 text: byte 10"),
        ("name,age\nAda,1\n".encode("utf-16"), "no UTF-8 text: byte 1"),
    ],
)
def test_csv_that_is_none(tmp_path: Path, content: bytes, words: str) -> None:
    small = project(tmp_path, PAIR)
    (tmp_path / "data.csv").write_bytes(content)
    finding = only(refused(small))
    assert finding.rule == "format"
    assert "data.csv" in finding.message
    assert words in finding.message


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    small = project(tmp_path, PAIR)
    small.write("data.csv", 'name,age\n"A\nB",1\n\nBob,old\n')
    assert "row 2 (line 5)" in only(refused(small)).message


def as_json(table: list[list[str]]) -> str:
    """Return customers as JSON Lines: numbers and booleans as such, empty cells left out."""
    lines = []
    for row in table:
        values: dict[str, Any] = dict(zip(CUSTOMERS, row, strict=True))
        values.update(tenure=int(values["tenure"]), spend=float(values["spend"]), churned=values["churned"] == "true")
        lines.append(json.dumps({name: value for name, value in values.items() if value != ""}))
    return "\n".join(lines) + "\n"


def as_parquet(table: list[list[str]], path: Path) -> None:
    """Write customers as Parquet with types."""
    import pandas as pd

    frame = pd.DataFrame(table, columns=list(CUSTOMERS))
    frame.astype({"tenure": "int32", "spend": "float64", "gender": "category"}).assign(
        updated_at=pd.to_datetime(frame["updated_at"]), churned=frame["churned"] == "true"
    ).to_parquet(path)


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_other_formats_give_the_same_rows_as_csv(tmp_path: Path, form: str) -> None:
    text = project(tmp_path / "text")
    text.write("data.csv", csv(customers(30)))
    load(text)
    other = project(tmp_path / "other", uri=f"data.{form}", format=form)
    if form == "jsonl":
        other.write("data.jsonl", as_json(customers(30)))
    else:
        as_parquet(customers(30), other.folder / "data.parquet")
    load(other)
    assert rows(other) == rows(text)


@pytest.mark.parametrize(
    ("form", "content", "words"),
    [
        ("jsonl", b'{"name": "Ada"\n', "broken at line 1"),
        ("jsonl", b'{"name": "Ada", "age": 1}\n[1]\n', "no JSON object at line 2"),
        ("jsonl", b"\xff", "no UTF-8"),
        ("jsonl", b"[" * 100_000, "broken at line 1"),
        ("parquet", b"name,age\nAda,1\n", "no readable Parquet"),
        ("parquet", b"", "no readable Parquet"),
    ],
)
def test_other_formats_that_are_none(tmp_path: Path, form: str, content: bytes, words: str) -> None:
    small = project(tmp_path, PAIR, uri=f"data.{form}", format=form)
    (tmp_path / f"data.{form}").write_bytes(content)
    finding = only(refused(small))
    assert finding.rule == "format"
    assert words in finding.message


def test_json_lines_may_leave_out_what_is_missing(tmp_path: Path) -> None:
    small = project(tmp_path, PAIR, uri="data.jsonl", format="jsonl")
    small.write("data.jsonl", '{"name": "Ada", "age": null}\n\n{"age": 7, "more": {}}\n{"name": ["x"], "age": 1}\n')
    finding = only(refused(small))
    assert (finding.rule, finding.subject) == ("type", "customers.name")
    assert "row 3 (line 4)" in finding.message
    small.write("data.jsonl", '{"name": "Ada", "age": null}\n{"age": 7, "more": {}}\n')
    _, context = load(small)
    assert rows(small) == [["Ada", None], [None, 7]]
    assert "more" in context.notices[0].message


def test_parquet_keeps_whole_numbers_with_gaps_and_ignores_its_index(tmp_path: Path) -> None:
    import pandas as pd

    small = project(tmp_path, {"id": {"type": "integer", "role": "id"}, **PAIR}, uri="data.parquet", format="parquet")
    frame = pd.DataFrame({"id": [2**53 + 1, 2], "name": ["a", None], "age": pd.array([1, None], dtype="Int64")})
    frame.set_index("id").to_parquet(tmp_path / "data.parquet")
    load(small)
    assert rows(small) == [[2**53 + 1, "a", 1], [2, None, None]]


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    small = project(tmp_path, uri="data/")
    table = customers(30)
    for name, part in (("b.csv", table[10:20]), ("a.csv", table[:10]), ("c/d.csv", table[20:])):
        small.write(f"data/{name}", csv(part))
    for name in ("_SUCCESS", ".b.csv.crc", "_temporary/0/b.csv"):
        small.write(f"data/{name}", "no data")
    result, _ = load(small)
    assert [row[0] for row in rows(small)] == [row[0] for row in table]
    if shutil.which("sha256sum"):
        listed = subprocess.run(
            ["sha256sum", "a.csv", "b.csv", "c/d.csv"], cwd=tmp_path / "data", capture_output=True, check=True
        ).stdout
        assert result["digest"] == f"sha256:{hashlib.sha256(listed).hexdigest()}"
    (tmp_path / "data" / "b.csv").rename(tmp_path / "data" / "e.csv")
    assert load(small)[0]["digest"] != result["digest"]


def test_in_a_folder_findings_name_the_file(tmp_path: Path) -> None:
    small = project(tmp_path, PAIR, uri="data/")
    small.write("data/a.csv", "name,age\nAda,36\n")
    small.write("data/b.csv", "name,age\nBob,7\nEve,old\n")
    finding = only(refused(small))
    assert "row 3 (b.csv line 3)" in finding.message
    assert finding.facts["at"] == [{"row": 3, "line": 3, "file": "b.csv"}]
    small.write("data/b.csv", "name,age\nBob\n")
    assert "data/b.csv has 2 columns" in only(refused(small)).message
    small.write("data/b.csv", "name\nBob\n")
    assert "b.csv lacks columns that other files have, age" in only(refused(small)).message


def test_files_of_a_folder_may_hold_a_column_with_other_types(tmp_path: Path) -> None:
    import pandas as pd

    small = project(tmp_path, PAIR, uri="data/", format="parquet")
    (tmp_path / "data").mkdir()
    pd.DataFrame({"name": ["a"], "age": [1]}).to_parquet(tmp_path / "data" / "1.parquet")
    pd.DataFrame({"name": [None], "age": [2.0]}).to_parquet(tmp_path / "data" / "2.parquet")
    load(small)
    assert rows(small) == [["a", 1], [None, 2]]


@pytest.mark.parametrize(
    ("uri", "words"), [("none.csv", "does not exist"), ("none/", "does not exist"), ("empty/", "holds no files")]
)
def test_what_is_not_there_cannot_be_read(tmp_path: Path, uri: str, words: str) -> None:
    small = project(tmp_path, uri=uri)
    small.write("empty/_SUCCESS", "")
    with pytest.raises(Unusable, match=f"{uri} {words}"):
        load(small)


def test_a_store_is_read_as_the_repository_is(tmp_path: Path) -> None:
    import fsspec

    local = project(tmp_path / "local", uri="data/")
    store = fsspec.filesystem("memory")
    for name, part in (("b.csv", customers(20)[10:]), ("sub/a.csv", customers(10)), ("_SUCCESS", [])):
        local.write(f"data/{name}", csv(part))
        store.pipe(f"/bucket/data/{name}", csv(part).encode())
    remote = project(tmp_path / "remote", uri="memory://bucket/data/")
    assert load(remote)[0]["digest"] == load(local)[0]["digest"]
    assert rows(remote) == rows(local)
    one = project(tmp_path / "one", uri="memory://bucket/data/b.csv")
    assert load(one)[0]["rows"] == 10
    none = project(tmp_path / "none", uri="memory://bucket/none.csv")
    with pytest.raises(Unusable, match=r"memory://bucket/none\.csv does not exist"):
        load(none)


def test_a_store_that_fails_tells_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fsspec

    def fails(uri: str) -> None:
        raise OSError(f"GET {uri}\nfailed")

    monkeypatch.setattr(fsspec.core, "url_to_fs", fails)
    small = project(tmp_path, uri="https://me:secret@host.example/a.csv?sig=secret")
    with pytest.raises(Unusable) as told:
        load(small)
    assert "secret" not in str(told.value)
    assert (
        r"https://host.example/a.csv?... cannot be read (OSError: GET https://host.example/a.csv?...\nfailed)"
        in str(told.value)
    )


def test_a_store_without_its_client_says_which_package_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "s3fs", None)
    small = project(tmp_path, uri="s3://bucket/data.csv")
    with pytest.raises(Unusable, match=r"s3://bucket/data\.csv needs a package.*s3fs.*requirements\.txt"):
        load(small)


LOADER = """
import pandas as pd

def load():
    frame = pd.DataFrame({"age": [1, 2], "name": ["a", None], "more": [0, 0]}, index=[7, 7])
    return frame
"""


def test_a_loader_of_the_user(tmp_path: Path) -> None:
    small = project(tmp_path, PAIR, loader="pair.data:load")
    small.write("src/pair/__init__.py", "")
    small.write("src/pair/data.py", LOADER)
    result, context = load(small)
    assert rows(small) == [["a", 1], [None, 2]]
    assert result["source"] == "pair.data:load"
    assert "more" in context.notices[0].message
    again = project(tmp_path / "again", PAIR, loader="pair.data:load", version={"sha256": result["digest"][7:]})
    shutil.copytree(tmp_path / "src", again.folder / "src")
    assert load(again)[0]["digest"] == result["digest"]
    again.change(lambda config: config["data"]["datasets"]["customers"].update(version={"sha256": "0" * 64}))
    assert only(refused(again)).rule == "version"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return [1]", "returned list; return a pandas DataFrame"),
        ("return 1 / 0", "ZeroDivisionError"),
        ("return pd.DataFrame([[1, 2]], columns=['age', 'age'])", "more than one column age"),
    ],
)
def test_a_loader_that_fails(tmp_path: Path, body: str, words: str) -> None:
    small = project(tmp_path, PAIR, loader="pair.data:load")
    small.write("src/pair/__init__.py", "")
    small.write("src/pair/data.py", f"import pandas as pd\n\ndef load():\n    {body}\n")
    with pytest.raises(UserCodeFailed, match=words):
        load(small)
