"""All parts to one set of files: contributions merged, patches applied, paths fixed and unique."""

from __future__ import annotations

from mlopsc import naming, patch
from mlopsc.inputs import normalize
from mlopsc.parts import At, Contribution, Data, File, Json, Lines, Slot, Text, Yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mlopsc.diagnostics import Report
    from mlopsc.parts import Part, Ref
    from mlopsc.project import Project


def link(parts: Iterable[Part], project: Project, folder: str, report: Report) -> dict[str, File]:
    """Merge parts into files, by path from the repository root, sorted.

    Args:
        parts: of all targets and builders.
        project: for its patches and output folder.
        folder: the folder of the spec, from the repository root; empty at the root.
        report: takes duplicates and patches that match nothing.
    """
    files: dict[str, File] = {}
    slots: dict[str, dict[str, Contribution]] = {}
    for part in parts:
        if isinstance(part, File):
            if part.file in files:
                first = files[part.file]
                report("LNK-601", part.at, first.at, file=part.file, one=first.owner, other=part.owner)
            else:
                files[part.file] = part
        else:
            entries = slots.setdefault(part.slot, {})
            if part.key in entries:
                report("LNK-602", part.at, entries[part.key].at, env=part.env, slot=part.slot, key=part.key)
            else:
                entries[part.key] = part
    for slot in sorted(slots.keys() - _slots(files.values())):
        for entry in slots[slot].values():
            report("LNK-603", entry.at, env=entry.env, slot=slot, key=entry.key)
    filled = [_fill(file, slots, project.file) for file in files.values()]
    patched = patch.apply(filled, project.patches, f"{project.output.dir}/", report)
    return _place(patched, folder, report)


def _slots(files: Iterable[File]) -> set[str]:
    """Return the names of all slots that any file has."""
    found: set[str] = set()
    stack: list[Data] = []
    for file in files:
        body = file.body
        if isinstance(body, Lines):
            found.add(body.slot)
        elif isinstance(body, Yaml):
            stack.extend(body.documents)
        elif isinstance(body, Json):
            stack.append(body.document)
    while stack:
        data = patch.unwrap(stack.pop())
        if type(data) is Slot:
            found.add(data.name)
        elif isinstance(data, dict):
            stack.extend(data.values())
        elif isinstance(data, list):
            stack.extend(data)
    return found


def _fill(file: File, slots: Mapping[str, Mapping[str, Contribution]], spec_file: str) -> File:
    body = file.body
    if isinstance(body, Yaml):
        return file.replace(body=body.replace(documents=tuple(_filled(item, slots) for item in body.documents)))
    if isinstance(body, Json):
        return file.replace(body=body.replace(document=_filled(body.document, slots)))
    if isinstance(body, Lines):
        return file.replace(body=_written(body, slots.get(body.slot, {}), spec_file, (file.env, file.at)))
    return file


def _written(body: Lines, entries: Mapping[str, Contribution], spec_file: str, root: Ref) -> Text:
    from mlopsc.render.header import header
    from mlopsc.render.refs import unwrap

    lines = [f"# {line}" for line in (header(spec_file), *body.comment)]
    refs = [root] * len(lines)
    for key, entry in sorted(entries.items()):
        value = At(entry.value, entry.at, entry.env)
        bare, ref = unwrap(value, root)
        written = [*(f"# {note}" for note in _notes(value)), f"{key}{bare}"]
        lines += written
        refs += [ref] * len(written)
    return Text(lines=tuple(lines), refs=tuple(refs))


def _notes(value: Data) -> Iterator[str]:
    while type(value) is At:
        yield from value.note.splitlines()
        value = value.value


def _filled(data: Data, slots: Mapping[str, Mapping[str, Contribution]]) -> Data:
    kind = type(data)
    if kind is Slot:
        entries = sorted(slots.get(data.name, {}).items())
        if data.shape == "list":
            return [At(item.value, item.at, item.env) for _, item in entries]
        return {key: At(item.value, item.at, item.env) for key, item in entries}
    if kind is At:
        return data._replace(value=_filled(data.value, slots))
    if kind is dict:
        return {key: _filled(value, slots) for key, value in data.items()}
    if kind is list:
        return [_filled(item, slots) for item in data]
    return data


def sound(project: Project, folder: str, inputs: Mapping[str, str], report: Report) -> bool:
    """Say whether files can be generated below the folder of a spec at all; report once what keeps them from it.

    Args:
        project: for its output folder.
        folder: the folder of the spec, from the repository root; empty at the root.
        inputs: the log of what was read; what was read is a file, below which nothing can lie.
        report: takes the finding.
    """
    from mlopsc.render.characters import HIDDEN

    path, at = project.output.dir, (*project.output.path, "dir")
    for text, place in ((folder, ()), (path, at)):
        if HIDDEN.search(text) or "\n" in text or "\t" in text:
            report("LNK-632", place, given=text)
            return False
    top = locate(path, folder)
    if top is None:
        report("LNK-631", at, file=path, problem="lies outside the repository")
        return False
    if ".git" in top.lower().split("/"):
        report("LNK-631", at, file=path, problem="lies in a folder of git")
        return False
    read = [file for file, state in inputs.items() if state.startswith("sha256:")]
    lock = locate(naming.LOCK, folder)
    for file in (*read, *([] if lock is None else [lock])):
        if f"{top}/".startswith(f"{normalize(file)}/"):
            report("LNK-631", at, file=path, problem="is a file" if top == file else f"lies below the file {file}")
            return False
    return True


def _place(files: Iterable[File], folder: str, report: Report) -> dict[str, File]:
    placed: dict[str, File] = {}
    lower: dict[str, str] = {}
    for file in files:
        path = locate(file.file, folder)
        if path is None:
            report("LNK-631", file.at, file=file.file, problem="lies outside the repository")
            continue
        if path.lower() in lower:
            report("LNK-630", file.at, placed[lower[path.lower()]].at, file=path, other=lower[path.lower()])
            continue
        lower[path.lower()] = path
        placed[path] = file
    return dict(sorted(placed.items()))


def eject(files: dict[str, File], project: Project, folder: str, report: Report) -> frozenset[str]:
    """Take the files that the user has taken over out of `files`; return their paths from the repository root.

    A patch of such a file is reported, because it changes nothing any more.
    """
    ejected = set()
    names = [file.file for file in files.values()]
    targets = [_target(item.file, files, project.output.dir, folder) for item in project.patches]
    for number, name in enumerate(project.eject):
        path = locate(name, folder)
        if path is None or path not in files:
            report("LNK-620", ("eject", number), given=name, allowed=names)
        else:
            del files[path]
            ejected.add(path)
    for item, target in zip(project.patches, targets, strict=True):
        if target in ejected:
            report("LNK-616", (*item.path, "file"), file=item.file)
    return frozenset(ejected)


def _target(name: str, files: Mapping[str, File], top: str, folder: str) -> str | None:
    """Return the path of a patched file from the repository root."""
    path = locate(name, folder)
    return path if path in files else locate(f"{top}/{name}", folder)


def locate(file: str, folder: str) -> str | None:
    """Return a part's path from the repository root; None when it leaves the repository."""
    if file.startswith("/"):
        return normalize(file[1:])
    return normalize(f"{folder}/{file}" if folder else file)
