"""The difference between two documents as operations of JSON Patch (RFC 6902), which kustomize applies."""

from __future__ import annotations

from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.parts import Data
    from mlopsc.record import Path


def operations(old: Data, new: Data) -> list[At]:
    """Return the operations that turn one document into the other.

    Maps are compared key by key and lists of the same length item by item; everything else is replaced as a whole.
    Each operation, and each value in it, keeps the spec path of the value that differs.
    """
    return list(_compare(old, new, (), ""))


def _compare(old: Data, new: Data, path: Path, pointer: str) -> Iterator[At]:
    old, old_path = _open(old, path)
    new, path = _open(new, path)
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old:
            if key not in new:
                yield At({"op": "remove", "path": _join(pointer, key)}, _open(old[key], old_path)[1])
        for key, value in new.items():
            if key in old:
                yield from _compare(old[key], value, path, _join(pointer, key))
            else:
                yield _operation("add", _join(pointer, key), value, path)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, before in enumerate(old):
            yield from _compare(before, new[index], path, f"{pointer}/{index}")
    elif isinstance(old, list) or old != new or isinstance(old, bool) is not isinstance(new, bool):
        yield _operation("replace", pointer, new, path)


def _operation(op: str, pointer: str, value: Data, path: Path) -> At:
    value, path = _open(value, path)
    return At({"op": op, "path": pointer, "value": value}, path)


def _open(value: Data, path: Path) -> tuple[Data, Path]:
    while type(value) is At:
        path = value.path or path
        value = value.value
    return value, path


def _join(pointer: str, key: str) -> str:
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
