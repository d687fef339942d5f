"""Reads a hashed requirements file and compares it with what the pipeline needs.

Versions are compared as PEP 440 orders them, for the operators that the requirements of the pipeline use. Local
versions (``2.3.1+cpu``) count as the version that they are built from.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Key = tuple[int, tuple[int, ...], int, int]

_ENTRY = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^]]*\])?\s*(?:==\s*([^\s;\\]+)|@\s*\S+)?")
_VERSION = re.compile(
    r"v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)(?:[._-]?(a|b|rc)[._-]?([0-9]+))?(?:\.?(post|dev)([0-9]+))?(?:\+.*)?"
)
_CLAUSE = re.compile(r"(==|!=|<=|>=|<|>)\s*([^\s,]+)")
_PHASES = {"dev": -4, "a": -3, "b": -2, "rc": -1, "": 0, "post": 1}


class Locked(Record):
    """A package of a lock.

    Attributes:
        versions: several when markers choose between them; empty when it is given by a URL.
        hashed: whether every entry has a hash.
    """

    versions: tuple[str, ...]
    hashed: bool


@lru_cache(maxsize=1)
def parse(text: str) -> Mapping[str, Locked]:
    """Return the packages of a requirements file by normalised name; options and comments are skipped.

    The result is kept, since several rules read one lock, which can be long.
    """
    entries: list[tuple[str, str | None, bool]] = []
    continued = False
    for line in text.splitlines():
        if continued and entries:
            if "--hash=" in line and not entries[-1][2]:
                entries[-1] = (*entries[-1][:2], True)
        else:
            match = _ENTRY.match(line.strip())
            if match is not None:
                entries.append((normalize(match[1]), match[2], "--hash=" in line))
        continued = line.endswith("\\")
    packages: dict[str, Locked] = {}
    for name, version, hashed in entries:
        known = packages.get(name, Locked(versions=(), hashed=True))
        versions = known.versions if version is None else (*known.versions, version)
        packages[name] = Locked(versions=versions, hashed=known.hashed and hashed)
    return packages


def normalize(name: str) -> str:
    """Return the name of a package as indexes compare it, without extras."""
    return re.sub(r"[-_.]+", "-", name.partition("[")[0].strip()).lower()


def satisfies(version: str, specifier: str) -> bool:
    """Say whether a version lies in a range such as ``>=2.2,<3``; an empty one takes any version.

    Raises:
        ValueError: the specifier has an operator other than ==, !=, <, <=, > and >=, or a wildcard.
    """
    own = key(version)
    for clause in filter(None, (part.strip() for part in specifier.split(","))):
        match = _CLAUSE.fullmatch(clause)
        other = key(match[2]) if match else None
        if match is None or other is None:
            raise ValueError(clause)
        if own is None or not _compare(match[1], own, other):
            return False
    return True


def _compare(operator: str, own: Key, other: Key) -> bool:
    if operator in ("==", "!="):
        return (own == other) is (operator == "==")
    if operator in (">=", "<="):
        return own >= other if operator == ">=" else own <= other
    if own[:2] == other[:2] and not other[2]:
        return False  # below 3 is not 3rc1, above 3 is not 3.post1
    return own < other if operator == "<" else own > other


def key(version: str) -> Key | None:
    """Return what orders a version among others: epoch, release without trailing zeros, phase, its number.

    None for what is no version.
    """
    match = _VERSION.fullmatch(version.lower())
    if match is None:
        return None
    release = [int(part) for part in match[2].split(".")]
    while len(release) > 1 and not release[-1]:
        release.pop()
    phase, number = (match[3], match[4]) if match[3] else (match[5] or "", match[6] or "0")
    return int(match[1] or 0), tuple(release), _PHASES[phase], int(number)


def missing(packages: Mapping[str, Locked], requirements: Iterable[tuple[str, str]]) -> list[str]:
    """Return the requirements, each with its range, that a lock has no package for."""
    return [f"{name}{specifier}" for name, specifier in requirements if normalize(name) not in packages]


def outside(packages: Mapping[str, Locked], requirements: Iterable[tuple[str, str]]) -> list[str]:
    """Return the packages of a lock whose version is outside the required range, each as a phrase."""
    found = []
    for name, specifier in requirements:
        package = packages.get(normalize(name))
        if package is None or not package.versions:
            continue
        if not any(satisfies(version, specifier) for version in package.versions):
            found.append(f"{normalize(name)} {' and '.join(package.versions)} (needed: {specifier})")
    return found


def unhashed(packages: Mapping[str, Locked]) -> list[str]:
    """Return the packages of a lock that have no hash."""
    return [name for name, package in packages.items() if not package.hashed]
