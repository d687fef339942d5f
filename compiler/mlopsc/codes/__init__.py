"""The catalogue: what each diagnostic code means, in words.

One YAML file a family. An entry has ``title``, ``severity`` (error or notice), ``stops`` (false for an error that the
generated files help to mend, so that they are written all the same), ``point`` (key or value: which end of
the spec path the finding points at), ``message`` and ``hint`` (templates over the facts), ``cause``, ``example`` and
``fix``. Targets bring their own file. Nothing here is loaded before there is a finding.
"""

from __future__ import annotations

from contextlib import suppress

from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Literal

FAMILIES = ("src", "res", "spc", "pin", "chk_data", "chk_ops", "cap", "lnk", "wsp")


class Entry(Record):
    """One code of the catalogue."""

    code: str
    title: str
    severity: Literal["error", "notice"]
    stops: bool
    point: Literal["key", "value"]
    message: str
    hint: str
    cause: str
    example: str
    fix: str


def parse(text: str) -> dict[str, Entry]:
    """Return the entries of one catalogue file by code.

    Raises:
        TypeError: a key is missing or unknown.
    """
    from mlopsc import assets

    raw = assets.parse(text)
    entries = {}
    for code, fields in raw.items():
        texts: dict[str, Any] = {name: str(value).strip() for name, value in fields.items()}
        entry: dict[str, Any] = {"code": code, "severity": "error", "point": "value", "hint": "", **texts}
        entry["stops"] = entry["severity"] == "error" and fields.get("stops", True)
        entries[code] = Entry(**entry)
    return entries


def catalogue() -> Mapping[str, Entry]:
    """Return all codes of the compiler and of the installed targets."""
    from mlopsc import registry

    return {**_own(FAMILIES), **_of(registry.packages())}


def entries(codes: Iterable[str]) -> Mapping[str, Entry]:
    """Return the entries of some codes, and perhaps others; only the files that are needed are read.

    A code that nobody explains is not in the result.
    """
    wanted = set(codes)
    found = _own(family for family in FAMILIES if any(code[:3].lower() == family[:3] for code in wanted))
    if not wanted <= found.keys():
        from mlopsc import registry

        found.update(_of(registry.packages(registry.builtin())))
        if not wanted <= found.keys():
            found.update(_of(registry.packages()))
    return found


def _own(families: Iterable[str]) -> dict[str, Entry]:
    from mlopsc import assets

    found: dict[str, Entry] = {}
    for family in families:
        found.update(parse(assets.text("mlopsc", f"codes/{family}.yaml")))
    return found


def _of(packages: Iterable[str]) -> dict[str, Entry]:
    from mlopsc import assets

    found: dict[str, Entry] = {}
    for package in packages:
        # A package that is broken must not hide findings about anything else; CAP-504 tells of it.
        with suppress(Exception):
            if assets.exists(package, "codes.yaml"):
                found.update(parse(assets.text(package, "codes.yaml")))
    return found
