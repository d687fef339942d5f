"""Reading a lock, and comparing versions as PEP 440 does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlopsc.check.lock import key, missing, normalize, outside, parse, satisfies, unhashed
from packaging.specifiers import SpecifierSet
from packaging.version import Version

LOCK = """\
--index-url https://pypi.example/simple
# made by uv
numpy==2.3.4 ; python_version >= "3.11" \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via pandas
numpy==2.2.6 ; python_version < "3.11" \\
    --hash=sha256:cc
Scikit_Learn[extra]==1.7.2 --hash=sha256:dd
torch==2.9.0+cpu
local-model @ https://example/model.whl --hash=sha256:ee
"""

_numbers = st.integers(min_value=0, max_value=12)
_releases = st.lists(_numbers, min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
_suffixes = st.sampled_from(["", "", "", "a1", "b2", "rc1", "rc2", ".post1", ".post2", ".dev3"])
_versions = st.builds("{}{}".format, _releases, _suffixes)
# behind < and > only final versions: releases of `packaging` differ on the others
_clauses = st.builds("{}{}".format, st.sampled_from(["==", "!=", ">=", "<="]), _versions) | st.builds(
    "{}{}".format, st.sampled_from(["<", ">"]), _releases
)
_specifiers = st.lists(_clauses, min_size=1, max_size=3).map(",".join)


def test_parse() -> None:
    """Names are normalised, markers may give several versions, options and comments are no packages."""
    packages = parse(LOCK)
    assert set(packages) == {"numpy", "scikit-learn", "torch", "local-model"}
    assert packages["numpy"].versions == ("2.3.4", "2.2.6")
    assert packages["local-model"].versions == ()
    assert unhashed(packages) == ["torch"]


def test_crlf_is_read_alike() -> None:
    """A checkout with CRLF has the same packages."""
    assert parse(LOCK.replace("\n", "\r\n")) == parse(LOCK)


def test_missing_and_outside() -> None:
    """Extras do not matter, one of several versions is enough, and a URL has no version to judge."""
    packages = parse(LOCK)
    wanted = [("scikit_learn[x]", ">=1.6,<2"), ("numpy", "<2.3"), ("torch", "==2.9.0"), ("local.model", ">=9")]
    assert missing(packages, wanted) == []
    assert outside(packages, wanted) == []
    assert missing(packages, [("mlflow", ">=3.10,<4")]) == ["mlflow>=3.10,<4"]
    assert outside(packages, [("numpy", ">=2.4")]) == ["numpy 2.3.4 and 2.2.6 (needed: >=2.4)"]
    assert outside(packages, [("torch", "<2.9")]) == ["torch 2.9.0+cpu (needed: <2.9)"]


def test_names() -> None:
    """Names compare as on an index."""
    assert normalize("Pandera[pandas]") == "pandera"
    assert normalize("ruamel.yaml__clib") == "ruamel-yaml-clib"


@given(_versions, _versions)
def test_order(one: str, other: str) -> None:
    """Versions have the order of the reference implementation."""
    left, right = key(one), key(other)
    assert left is not None
    assert right is not None
    assert (left < right) == (Version(one) < Version(other))
    assert (left == right) == (Version(one) == Version(other))


@given(_versions, _specifiers)
def test_ranges(version: str, specifier: str) -> None:
    """A range takes the versions that the reference implementation takes."""
    assert satisfies(version, specifier) == SpecifierSet(specifier).contains(version, prereleases=True)


def test_what_is_not_compared() -> None:
    """What is no version satisfies nothing; an operator that is not implemented is a bug, not a pass."""
    assert key("latest") is None
    assert not satisfies("latest", ">=1")
    assert satisfies("1!1.0", ">=2")
    for specifier in ("~=1.0", "==1.*"):
        with pytest.raises(ValueError, match=r"1\."):
            satisfies("1.2", specifier)
