"""The order of releases."""

from __future__ import annotations

import itertools

import pytest
from mlopsc.update.versions import is_final, is_release, key, major

ORDER = [
    "0.9",
    "1.0.dev3",
    "1.0a1",
    "1.0a2.dev1",
    "1.0a2",
    "1.0b1",
    "1.0rc1",
    "1.0",
    "1.0.post1",
    "1.1",
    "1.10",
    "1!0.1",
]


def test_versions_are_in_the_order_of_pep_440() -> None:
    keys = [key(text) for text in ORDER]
    assert None not in keys
    for one, other in itertools.pairwise(keys):
        assert one is not None
        assert other is not None
        assert one < other


@pytest.mark.parametrize(
    ("one", "other"), [("1.0", "1"), ("v4", "4.0.0"), ("1.0RC1", "1.0-c1"), ("1.0-1", "1.0.post1")]
)
def test_spellings_of_the_same_version(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_what_is_no_version() -> None:
    assert [key(text) for text in ("main", "", "1.0-slim", "codeql-bundle-v2.20.1")] == [None] * 4


def test_only_three_numbers_make_the_tag_of_a_release() -> None:
    tags = ["v7.0.1", "1.2.3", "v7", "v7.0", "v1.2.3-rc.1", "codeql-bundle-v2.20.1", "v1.2.3.4"]
    assert [tag for tag in tags if is_release(tag)] == ["v7.0.1", "1.2.3"]


def test_only_finished_releases_are_final() -> None:
    assert [text for text in ORDER if (found := key(text)) and is_final(found)] == [
        "0.9",
        "1.0",
        "1.0.post1",
        "1.1",
        "1.10",
        "1!0.1",
    ]


def test_the_major_version_is_the_first_number() -> None:
    two, three, epoch = key("v2.9.4"), key("v3.0.0"), key("1!2.0")
    assert two is not None
    assert three is not None
    assert epoch is not None
    assert len({major(two), major(three), major(epoch)}) == 3
