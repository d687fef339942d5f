"""Origins of lines that hold more than one value."""

from __future__ import annotations

from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlopsc.parts import Data, Ref


def unwrap(value: Data, ref: Ref) -> tuple[Data, Ref]:
    """Return the bare value and its origin, which it inherits where its `At` is silent."""
    while type(value) is At:
        ref = (ref[0] if value.env is None else value.env, value.path or ref[1])
        value = value.value
    return value, ref


def further(value: Data) -> tuple[Ref, ...]:
    """Return the further origins that a value names."""
    found: tuple[Ref, ...] = ()
    while type(value) is At:
        found += value.also
        value = value.value
    return found


def distinct(refs: Sequence[Ref], outer: Ref) -> tuple[Ref, ...]:
    """Return the origins of a line that holds values of several, each once; nothing where they agree."""
    own = tuple(dict.fromkeys(ref for ref in refs if ref != outer))
    return own if len(own) > 1 else ()


def common(refs: Sequence[Ref], outer: Ref) -> Ref:
    """Return the origin of a line from those of its values: the longest path that all of them lie under.

    Values that only inherit ``outer`` have no say beside one that brings its own origin; if the others share nothing,
    the path is empty, the whole spec. Where environments differ, that of ``outer`` stands.
    """
    own = [ref for ref in refs if ref != outer]
    if not own:
        return outer
    env, path = own[0]
    for other_env, other in own:
        length = 0
        while length < min(len(path), len(other)) and path[length] == other[length]:
            length += 1
        path = path[:length]
        if other_env != env:
            env = outer[0]
    return env, path
