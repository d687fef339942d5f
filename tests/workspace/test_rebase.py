from __future__ import annotations

import pytest
from mlopsc.workspace.lock import Entry, Lock
from mlopsc.workspace.rebase import rebase


def names(locked: str, spec: str, *files: str, copied: bool = False) -> list[str]:
    entry = Entry(digests=("sha256:" + "a" * 64,), kind="managed")
    lock = Lock(compiler="1", spec=locked, inputs={}, outputs=dict.fromkeys(files, entry))
    return sorted(rebase(lock, spec, copied=copied))


def test_a_lock_at_its_own_place_is_taken_literally() -> None:
    assert names("ml/mlops.yaml", "ml/mlops.yaml", "ml/x", ".github/y") == [".github/y", "ml/x"]


@pytest.mark.parametrize(
    ("locked", "spec", "file", "expected"),
    [
        ("ml/a/mlops.yaml", "ml/b/mlops.yaml", "ml/a/x", ["ml/a/x", "ml/b/x"]),
        ("ml/a/mlops.yaml", "ml/b/mlops.yaml", ".github/y", [".github/y"]),
        ("ml/mlops.yaml", "up/ml/mlops.yaml", ".github/y", [".github/y", "up/.github/y"]),  # the root is further up
        ("mlops.yaml", "up/mlops.yaml", "x", ["up/x", "x"]),
        ("ml/a/mlops.yaml", "a/mlops.yaml", ".github/y", [".github/y"]),  # "../.github/y" leads out
    ],
)
def test_a_spec_that_was_moved_or_has_another_root(locked: str, spec: str, file: str, expected: list[str]) -> None:
    found = names(locked, spec, file)
    assert set(expected) <= set(found)
    assert not any(name.startswith("..") for name in found)


def test_a_copy_claims_only_what_was_copied_with_it() -> None:
    assert names("ml/a/mlops.yaml", "ml/b/mlops.yaml", "ml/a/x", ".github/y", "ml/ab", copied=True) == ["ml/b/x"]
