from __future__ import annotations

from itertools import product

import pytest
from mlopsc.workspace.verdict import STOPS, WRITES, Verdict, pick, seed_verdict, verdict

Row = tuple["str | None", ...]

# lock, disk, new; a, b, c stand for any three different digests
TABLE: dict[Row, str] = {
    (None, None, None): "none",
    (None, None, "a"): "create",
    (None, "a", None): "none",
    (None, "a", "a"): "adopted",
    (None, "a", "b"): "foreign",
    ("a", None, None): "drop",
    ("a", None, "a"): "recreate",
    ("a", None, "b"): "recreate",
    ("a", "a", None): "prune",
    ("a", "b", None): "keep",
    ("a", "a", "a"): "unchanged",
    ("a", "a", "b"): "update",
    ("a", "b", "a"): "edited",
    ("a", "b", "b"): "adopted",
    ("a", "b", "c"): "edited",
}


def canonical(*digests: str | None) -> Row:
    names: dict[str, str] = {}
    return tuple(None if item is None else names.setdefault(item, "abc"[len(names)]) for item in digests)


@pytest.mark.parametrize(("lock", "disk", "new"), list(product((None, "x", "y", "z"), repeat=3)))
def test_every_combination_of_three_digests_and_none(lock: str | None, disk: str | None, new: str | None) -> None:
    assert verdict(lock, disk, new).value == TABLE[canonical(lock, disk, new)]


def test_the_table_has_no_row_that_no_combination_reaches() -> None:
    assert {canonical(*row) for row in product((None, "x", "y", "z"), repeat=3)} == set(TABLE)


def test_the_table_uses_every_verdict() -> None:
    assert set(TABLE.values()) == {item.value for item in Verdict}
    assert not WRITES & STOPS


@pytest.mark.parametrize(
    ("locked", "there", "wanted", "expected"),
    [
        (False, False, False, "none"),
        (False, True, False, "none"),
        (True, False, False, "drop"),
        (True, True, False, "keep"),
        (False, False, True, "create"),
        (True, False, True, "recreate"),
        (False, True, True, "adopted"),
        (True, True, True, "unchanged"),
    ],
)
def test_seeds_are_never_updated_stopped_or_pruned(locked: bool, there: bool, wanted: bool, expected: str) -> None:
    assert seed_verdict(locked=locked, there=there, wanted=wanted).value == expected


@pytest.mark.parametrize(
    ("locked", "journal", "disk", "expected"),
    [
        ((), (), None, None),
        ((), (), "a", None),
        (("a",), (), "b", "a"),
        (("a", "b"), (), "b", "b"),  # the other side of a merge
        (("a", "b"), (), "c", "a"),
        (("a", "b"), (), None, "a"),
        (("a",), ("b",), "b", "b"),  # replaced before the interruption
        (("a",), ("b",), "a", "a"),  # not replaced yet
        ((), ("b",), "b", "b"),
        ((), ("b",), "c", None),
        ((), ("b",), None, None),  # a new file that the interruption came before: plainly created
    ],
)
def test_pick(locked: tuple[str, ...], journal: tuple[str, ...], disk: str | None, expected: str | None) -> None:
    assert pick(locked, journal, disk) == expected
