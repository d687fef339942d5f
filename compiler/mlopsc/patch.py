"""The spec's ``patches`` on generated data: add, replace and remove by JSON pointer, exactly where they say.

A patch that matches nothing is an error, so that a patch never goes stale unseen.
"""

from __future__ import annotations

from mlopsc.parts import At, Data, File, Json, Slot, Yaml
from mlopsc.record import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from mlopsc.diagnostics import Report
    from mlopsc.project.patches import Patch


class PointerError(LookupError):
    """A pointer that leads nowhere.

    Attributes:
        at: the longest part of the pointer that exists.
        known: the keys that exist there.
    """

    def __init__(self, at: str, known: Sequence[str]) -> None:
        super().__init__(at)
        self.at = at
        self.known = known


def unwrap(data: Data) -> Any:
    """Return a value without the `At` around it."""
    while type(data) is At:
        data = data.value
    return data


def copy(data: Data) -> Data:
    """Return a copy of a document: parts may share pieces, a patch changes one place only."""
    if type(data) is At:
        return data._replace(value=copy(data.value))
    if isinstance(data, dict):
        return {key: copy(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)) and not isinstance(data, Slot):
        return [copy(item) for item in data]
    return data


def apply(files: Sequence[File], patches: Sequence[Patch], prefix: str, report: Report) -> list[File]:
    """Return the files with all patches applied in order.

    Args:
        files: all generated files; paths begin with `prefix` unless they lie elsewhere.
        patches: of the project.
        prefix: the output folder with a trailing ``/``; patches name files below it.
        report: takes patches that match nothing.
    """
    by_path = {file.file: file for file in files}
    for patch in patches:
        name = patch.file if patch.file in by_path else prefix + patch.file
        file = by_path.get(name)
        if file is None:
            known = [path.removeprefix(prefix) for path in sorted(by_path)]
            report("LNK-610", (*patch.path, "file"), given=patch.file, allowed=known)
        elif not isinstance(file.body, (Yaml, Json)):
            report("LNK-613", (*patch.path, "file"), file=patch.file)
        else:
            by_path[name] = _patched(file, patch, report)
    return [by_path[file.file] for file in files]


def _patched(file: File, patch: Patch, report: Report) -> File:
    body = file.body
    assert isinstance(body, (Yaml, Json))  # noqa: S101 - the caller has checked it
    documents = list(body.documents) if isinstance(body, Yaml) else [body.document]
    index = _select(documents, patch, report)
    if index is None:
        return file
    document = copy(documents[index])
    for number, op in enumerate(patch.ops):
        path = (*patch.path, "ops", number)
        endless = _endless(op.value, (*path, "value"))
        if endless is not None:
            report("LNK-615", endless)
            continue
        try:
            _apply_one(document, op.op, op.path_, op.value, path, patch.reason)
        except PointerError as error:
            report(
                "LNK-612", (*path, "path"), pointer=op.path_, found=error.at or "/", allowed=error.known, given=op.path_
            )
    documents[index] = document
    if isinstance(body, Yaml):
        return file.replace(body=body.replace(documents=tuple(documents)))
    return file.replace(body=body.replace(document=document))


def _select(documents: Sequence[Data], patch: Patch, report: Report) -> int | None:
    wanted = patch.object
    if wanted is None:
        if len(documents) == 1:
            return 0
        report("LNK-611", (*patch.path, "file"), wanted="one object", allowed=[_label(item) for item in documents])
        return None
    for index, document in enumerate(documents):
        if _label(document) == f"{wanted.kind} {wanted.name}":
            return index
    report(
        "LNK-611",
        (*patch.path, "object"),
        wanted=f"{wanted.kind} {wanted.name}",
        allowed=[_label(item) for item in documents],
    )
    return None


def _label(document: Data) -> str:
    top = unwrap(document)
    if not isinstance(top, dict):
        return "a list"
    metadata = unwrap(top.get("metadata"))
    name = unwrap(metadata.get("name")) if isinstance(metadata, dict) else ""
    return f"{unwrap(top.get('kind', ''))} {name}".strip()


def _apply_one(document: Data, op: str, pointer: str, value: object, path: Path, reason: str) -> None:
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    if not parts:
        raise PointerError("", ["a pointer such as /spec/replicas"])
    container = unwrap(document)
    for depth, part in enumerate(parts[:-1]):
        container = unwrap(_step(container, part, "/" + "/".join(parts[:depth])))
    last, above = parts[-1], "/" + "/".join(parts[:-1])
    new = At(At(located(value, (*path, "value")), path), path[:2], note=reason, also=((None, path), (None, path[:2])))
    if isinstance(container, dict):
        if op != "add" and last not in container:
            raise PointerError(above, list(container))
        if op == "remove":
            del container[last]
        else:
            container[last] = new
    elif isinstance(container, list):
        if op == "add" and last == "-":
            container.append(new)
            return
        index = _index(container, last, above, extra=1 if op == "add" else 0)
        if op == "add":
            container.insert(index, new)
        elif op == "remove":
            del container[index]
        else:
            container[index] = new
    else:
        raise PointerError(above, [])


def located(value: object, path: Path) -> Data:
    """Return a value of the spec with the path of every entry."""
    if isinstance(value, dict):
        return {key: At(located(item, (*path, key)), (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [At(located(item, (*path, index)), (*path, index)) for index, item in enumerate(value)]
    return value


def _endless(value: object, path: Path) -> Path | None:
    """Return the path of the first number in a value that is not finite: JSON cannot hold it."""
    if isinstance(value, float) and value - value != 0:  # infinity less infinity is no number
        return path
    entries: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, (list, tuple)):
        entries = enumerate(value)
    return next((at for key, item in entries if (at := _endless(item, (*path, key))) is not None), None)


def _step(container: object, part: str, above: str) -> Data:
    if isinstance(container, dict):
        if part in container:
            return container[part]
        raise PointerError(above, list(container))
    if isinstance(container, list):
        return container[_index(container, part, above)]
    raise PointerError(above, [])


def _index(container: list[Data], part: str, above: str, extra: int = 0) -> int:
    limit = len(container) + extra
    # no leading zeros (RFC 6901), and no more digits than any list has entries
    usable = part.isascii() and part.isdigit() and len(part) < 10 and (part == "0" or part[0] != "0")
    if usable and int(part) < limit:
        return int(part)
    raise PointerError(above, [str(number) for number in range(limit)])
