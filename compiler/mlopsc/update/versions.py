"""Comparing releases: of actions by their tags, of packages by PEP 440."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Key: TypeAlias = tuple[int, tuple[int, ...], tuple[int, int], float, float]

_RELEASE_TAG = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+")
_VERSION = re.compile(
    r"v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?:[._-]?(?P<phase>alpha|beta|preview|pre|rc|a|b|c)[._-]?(?P<number>[0-9]*))?"
    r"(?P<post>-[0-9]+|[._-]?(?:post|rev|r)[._-]?[0-9]*)?(?P<dev>[._-]?dev[0-9]*)?(?:\+[a-z0-9._-]+)?",
    re.IGNORECASE,
)
_PHASES = {"alpha": 0, "a": 0, "beta": 1, "b": 1, "preview": 2, "pre": 2, "rc": 2, "c": 2}
_FINAL = 3


def is_release(tag: str) -> bool:
    """Say whether a tag is that of one finished release: three numbers. Others move, or are tries."""
    return _RELEASE_TAG.fullmatch(tag) is not None


def key(text: str) -> Key | None:
    """Return what orders versions as PEP 440 does; None for a text that is none."""
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        return None
    release = [int(number) for number in match["release"].split(".")]
    while release[1:] and release[-1] == 0:
        release.pop()
    post, dev = (None if part is None else int("0" + re.sub("[^0-9]", "", part)) for part in match.group("post", "dev"))
    phase = (_FINAL, 0)
    if match["phase"]:
        phase = (_PHASES[match["phase"].lower()], int("0" + match["number"]))
    elif post is None and dev is not None:
        phase = (-1, 0)  # a development version of a release comes before its first alpha
    return (
        int(match["epoch"] or 0),
        tuple(release),
        phase,
        -1 if post is None else post,
        float("inf") if dev is None else dev,
    )


def is_final(version: Key) -> bool:
    """Say whether a version is meant for everybody: no alpha, beta, candidate or development version."""
    return version[2][0] == _FINAL and version[4] == float("inf")


def major(version: Key) -> tuple[int, int]:
    """Return what changes when a release is not compatible with the ones before."""
    return version[0], version[1][0]
