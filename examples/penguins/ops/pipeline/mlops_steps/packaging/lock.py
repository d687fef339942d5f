# SPDX-License-Identifier: MIT-0
"""The user's lock: which version of which package the images install."""

from __future__ import annotations

from pathlib import Path


def pins(path: Path) -> dict[str, str]:
    """Return the versions that a requirements file fixes, by normalised package name.

    Hashes, comments, options, and lines for other platforms or versions of Python are passed over; so are packages that
    are named by address.
    """
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        text = line.split(" #")[0].split(" --")[0].strip()
        if not text or text.startswith(("#", "-")):
            continue
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        exact = [part.version for part in requirement.specifier if part.operator in ("==", "===")]
        if exact and (requirement.marker is None or requirement.marker.evaluate()):
            found[canonicalize_name(requirement.name)] = exact[0]
    return found
