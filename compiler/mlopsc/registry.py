"""Which targets there are. Built-in ones come from a generated table; entry points are scanned for other names only."""

from __future__ import annotations

from importlib import import_module

from mlopsc.builtin_targets import BUILTIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlopsc.target import Target

GROUP = "mlopsc.targets"


class TargetError(Exception):
    """A target that is installed but cannot be used.

    Attributes:
        name: the target.
        reason: what is wrong with it.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason


def builtin() -> tuple[str, ...]:
    """Return the names of the targets that come with mlopsc."""
    return tuple(BUILTIN)


def names() -> tuple[str, ...]:
    """Return the names of all installed targets."""
    return tuple(sorted({*BUILTIN, *_scan()}))


def get(name: str) -> Target | None:
    """Return a target, None when none of that name is installed.

    Raises:
        TargetError: it fails to import, speaks another version of the protocol or contradicts its entry point.
    """
    from mlopsc.target import API

    place = BUILTIN.get(name) or _scan().get(name)
    if place is None:
        return None
    module, _, attribute = place.partition(":")
    try:
        target: Target = getattr(import_module(module), attribute)
    except Exception as error:
        raise TargetError(name, f"it does not import: {error!r}") from error
    speaks = getattr(target, "api", None)
    if speaks != API:
        raise TargetError(name, f"it speaks version {speaks} of the target protocol; this mlopsc speaks {API}")
    if target.name != name:
        raise TargetError(name, f"it calls itself {target.name!r}")
    if target.package != module:
        raise TargetError(name, f"its entry point names {module}, and its data files are in {target.package}")
    return target


def packages(of: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the packages of targets, which hold their data files.

    Args:
        of: names of built-in targets; None for all that are installed.
    """
    places = {**_scan(), **BUILTIN} if of is None else {name: BUILTIN[name] for name in of}
    return tuple(dict.fromkeys(place.partition(":")[0] for _, place in sorted(places.items())))


def _scan() -> dict[str, str]:
    from importlib.metadata import entry_points

    return {point.name: point.value for point in entry_points(group=GROUP) if point.name not in BUILTIN}
