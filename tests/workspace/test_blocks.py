from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlopsc.workspace.blocks import Block, find, put, take, wrap
from mlopsc.workspace.problem import Problem

SPEC, OTHER = "ml/mlops.yaml", "other/mlops.yaml"
OWN = wrap(SPEC, "ops/** linguist-generated\n")
USER = st.lists(st.sampled_from([b"*.png binary", b"", b"# mlopsc is great", b"\xff\xfe", b"# END of it"])).map(
    lambda lines: b"".join(line + b"\n" for line in lines)
)


def block(data: bytes, spec: str = SPEC) -> Block:
    found = find(data, spec, "f")
    assert isinstance(found, Block)
    return found


def test_wrap() -> None:
    assert OWN.decode().split("\n") == [
        "# BEGIN mlopsc ml/mlops.yaml (generated: edit the spec, then run mlopsc compile)",
        "ops/** linguist-generated",
        "# END mlopsc ml/mlops.yaml",
        "",
    ]
    assert wrap(SPEC, "a") == wrap(SPEC, "a\n")
    assert block(wrap(SPEC, "")).own == wrap(SPEC, "")


@given(before=USER, after=USER, crlf=st.booleans())
def test_the_lines_of_the_user_come_back_byte_for_byte(before: bytes, after: bytes, crlf: bool) -> None:
    if crlf:
        before, after = before.replace(b"\n", b"\r\n"), after.replace(b"\n", b"\r\n")
    assert find(before, SPEC, "f") is None
    first = put(before, None, OWN) + after
    longer = wrap(SPEC, "a\nb\n")
    second = put(first, block(first), longer)
    found = block(second)
    assert found.own == longer
    assert second[: found.start] == before
    assert second[found.end :] == after
    assert (take(second, found) or b"") == before + after


def test_a_block_follows_the_line_ends_of_its_file() -> None:
    data = put(b"*.png binary\r\n", None, OWN)
    assert data.count(b"\r\n") == data.count(b"\n") == 4
    assert block(data).own == OWN
    assert b"\r" not in put(b"*.png binary\n", None, OWN)
    assert b"\r" not in put(b"", None, OWN)


def test_a_missing_end_of_line_is_added_before_the_block() -> None:
    assert put(b"*.png binary", None, OWN) == b"*.png binary\n" + OWN
    assert put(b"a\r\nb", None, OWN).startswith(b"a\r\nb\r\n# BEGIN")


def test_a_block_whose_last_line_end_was_cut_off_is_the_same_block() -> None:
    assert block(OWN[:-1]).own == OWN


def test_each_spec_has_its_own_block() -> None:
    other = wrap(OTHER, "x\n")
    data = put(put(b"user\n", None, OWN), None, other)
    assert block(data).own == OWN
    assert block(data, OTHER).own == other
    assert take(data, block(data)) == b"user\n" + other


def test_a_spec_whose_path_begins_another_one_is_not_confused_with_it() -> None:
    spec = "ml/mlops.yaml more"
    data = wrap(spec, "x\n")
    assert find(data, SPEC, "f") is None
    assert block(data, spec).own == data


def test_the_line_number_of_the_first_own_line() -> None:
    assert block(b"a\nb\n" + OWN).line == 4


def test_nothing_is_left_of_a_file_that_held_only_the_block() -> None:
    assert take(OWN, block(OWN)) is None
    assert take(b"\n" + OWN, block(b"\n" + OWN)) == b"\n"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (OWN + OWN, 4),
        (OWN.replace(b"# END mlopsc ml/mlops.yaml\n", b""), 1),
        (OWN.partition(b"\n")[2], 2),
        (OWN.partition(b"\n")[0] + b"\n" + OWN, 2),
        (OWN.replace(b"# END mlopsc ml/", b"# END mlopsc "), 3),
        (OWN + wrap(OTHER, "x\n") + wrap(OTHER, "y\n"), 7),
        (OWN + b"# BEGIN mlopsc other/mlops.yaml\n", 4),
        (b"# BEGIN mlopsc \n" + OWN, 1),
    ],
)
def test_markers_that_do_not_pair_up(data: bytes, line: int) -> None:
    for newline in (b"\n", b"\r\n"):
        found = find(data.replace(b"\n", newline), SPEC, "f")
        assert isinstance(found, Problem)
        assert (found.kind, found.file, found.facts["line"]) == ("block-markers", "f", str(line))


def test_a_file_that_is_no_text() -> None:
    found = find("*.png binary\n".encode("utf-16"), SPEC, "f")
    assert isinstance(found, Problem)
    assert found.kind == "block-encoding"
