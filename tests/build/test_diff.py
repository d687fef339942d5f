"""The difference between two documents, applied to the one, gives the other."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from mlopsc.build.kubernetes.diff import operations
from mlopsc.parts import At
from mlopsc.patch import unwrap

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab/~", max_size=3)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("a01/~", max_size=2), inner, max_size=3),
)


def plain(value: Any) -> Any:
    """Return data without origins."""
    value = unwrap(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def apply(document: Any, patch: list[Any]) -> Any:
    """Apply operations of JSON Patch, written here from RFC 6902."""
    holder = {"": copy.deepcopy(document)}
    for operation in patch:
        *above, last = operation["path"].split("/")
        keys = [part.replace("~1", "/").replace("~0", "~") for part in above]
        last = last.replace("~1", "/").replace("~0", "~")
        into: Any = holder
        for key in keys:
            into = into[int(key)] if isinstance(into, list) else into[key]
        key = int(last) if isinstance(into, list) else last
        if operation["op"] == "remove":
            del into[key]
        elif operation["op"] == "add":
            assert key not in into
            into[key] = copy.deepcopy(operation["value"])
        else:
            into[key]
            into[key] = copy.deepcopy(operation["value"])
    return holder[""]


@given(DOCUMENTS, DOCUMENTS)
def test_applying_the_difference_gives_the_other(old: Any, new: Any) -> None:
    result = apply(old, plain(operations(old, new)))
    assert result == new
    assert repr(result).count("True") == repr(new).count("True")


@given(DOCUMENTS)
def test_a_document_does_not_differ_from_itself(document: Any) -> None:
    assert operations(document, copy.deepcopy(document)) == []


def test_the_difference_is_small() -> None:
    old = {"spec": {"a": 1, "b": [1, 2], "c": [1]}, "x": 1}
    new = {"spec": {"a": 1, "b": [1, 3], "c": [1, 2]}, "y": 1}
    assert plain(operations(old, new)) == [
        {"op": "remove", "path": "/x"},
        {"op": "replace", "path": "/spec/b/1", "value": 3},
        {"op": "replace", "path": "/spec/c", "value": [1, 2]},
        {"op": "add", "path": "/y", "value": 1},
    ]


def test_keys_are_escaped() -> None:
    assert [item["path"] for item in plain(operations({}, {"a/b": 1, "~1": 2}))] == ["/a~1b", "/~01"]


def test_a_number_is_no_boolean() -> None:
    assert plain(operations({"a": 1}, {"a": True})) == [{"op": "replace", "path": "/a", "value": True}]


def test_origins_are_kept_and_inherited() -> None:
    old = {"a": {"b": At(1, ("old",)), "gone": At(2, ("removed",))}}
    new = {"a": At({"b": At(2, ("new",)), "c": 3}, ("above",))}
    assert [(item.path, item.value["path"]) for item in operations(old, new)] == [
        (("removed",), "/a/gone"),
        (("new",), "/a/b"),
        (("above",), "/a/c"),
    ]


def test_origins_alone_are_no_difference() -> None:
    assert operations({"a": At(1, ("x",))}, At({"a": At(1, ("y",), note="why")}, ("z",))) == []
