"""Included files: merged below the main file, the later one winning, with ``final`` paths that nobody may set again."""

from __future__ import annotations

import hashlib

from mlopsc import source
from mlopsc.inputs import InputError, Inputs, normalize
from mlopsc.origin import Span, Step
from mlopsc.record import Record
from mlopsc.resolve.merge import Merger, mark
from mlopsc.source import Map, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.diagnostics import Findings
    from mlopsc.resolve.merge import Alternatives

MAX_FILES = 32


class Final(Record):
    """A spec path that an included file has fixed.

    Attributes:
        keys: the path.
        span: the entry in ``final``; its file is the one that has the value.
    """

    keys: tuple[str, ...]
    span: Span


class Loaded(Record):
    """The spec with its includes merged.

    Attributes:
        root: the merged tree, without ``include`` and ``final``.
        finals: what may not be set by overlays.
        include: the ``include`` list of the main file as written, for validation and positions.
    """

    root: Map
    finals: tuple[Final, ...]
    include: Node | None


def read(file: str, inputs: Inputs, findings: Findings, *, at: Span | None = None) -> tuple[Map, bytes] | None:
    """Read and parse one file; None when that was not possible, and reported.

    Args:
        file: path relative to the repository root.
        inputs: the repository.
        findings: takes the reason for None.
        at: the place that asks for the file; None for the spec itself.
    """
    where = at or Span(file, 1, 1, 1, 1)
    try:
        content = inputs.read(file, source.MAX_BYTES)
    except InputError as error:
        code = {"too-large": "SRC-110", "outside": "RES-202"}.get(error.reason, "SRC-111")
        findings.at(
            code, where, file=file, limit=f"{source.MAX_BYTES // 1024} KiB", reason=error.detail or error.reason
        )
        return None
    if content is None:
        findings.at("RES-201" if at else "SRC-112", where, file=file)
        return None
    root = source.parse(file, content, findings)
    return None if root is None else (root, content)


class _Loader:
    def __init__(self, inputs: Inputs, groups_at: Alternatives, findings: Findings) -> None:
        self.inputs = inputs
        self.findings = findings
        self.merger = Merger("include", groups_at, findings, strict=False)
        self.merged: Node | None = None
        self.finals: list[Final] = []
        self.open: list[str] = []
        self.included = 0
        self.full = False
        self.complete = True

    def load(self, file: str, at: Span | None, sha256: Scalar | None = None) -> Node | None:
        """Merge `file` after its own includes; return its ``include`` node."""
        found = read(file, self.inputs, self.findings, at=at)
        if found is None:
            self.complete = False
            return None
        root, content = found
        if sha256 is not None:
            actual = hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
            if actual != sha256.text:
                self.findings.at("RES-207", sha256.span, file=file, actual=actual)
        self.open.append(file)
        include = root.entries.pop("include", None)
        root.keys.pop("include", None)
        self.includes(file, include)
        self.open.pop()
        final = root.entries.pop("final", None)
        root.keys.pop("final", None)
        # a file that is included twice agrees with itself
        check_finals(root, [item for item in self.finals if item.span.file != file], self.findings)
        if at is not None:
            mark(root, Step("include", at))
        self.merged = self.merger.merge(self.merged, root, ())
        self.collect_finals(root, final)
        return include

    def includes(self, file: str, include: Node | None) -> None:
        if not isinstance(include, Sequence):
            return  # the validation of the section says what is wrong with it
        folder = file.rpartition("/")[0]
        for item in include.items:
            if self.full:
                return
            path = item.get("path") if isinstance(item, Map) else None
            sha256 = item.get("sha256") if isinstance(item, Map) else None
            if not isinstance(path, Scalar) or not path.text:
                continue
            target = normalize(f"{folder}/{path.text}" if folder else path.text)
            if target is None or path.text.startswith("/"):
                self.findings.at("RES-202", path.span, file=path.text, reason="outside")
                self.complete = False
            elif target in self.open:
                chain = " -> ".join([*self.open[self.open.index(target) :], target])
                self.findings.at("RES-203", path.span, chain=chain)
                self.complete = False
            elif self.included >= MAX_FILES:
                self.findings.at("RES-208", path.span, limit=MAX_FILES)
                self.complete = False
                self.full = True
            else:
                # counted on the way in, so that a chain of files ends as well
                self.included += 1
                self.load(target, path.span, sha256 if isinstance(sha256, Scalar) else None)

    def collect_finals(self, root: Map, final: Node | None) -> None:
        if not isinstance(final, Sequence):
            if final is not None:
                self.findings.at("RES-209", final.span)
            return
        for item in final.items:
            keys = tuple(item.text.split(".")) if isinstance(item, Scalar) else ()
            if not all(keys) or not keys:
                self.findings.at("RES-209", item.span)
            elif root.get(*keys) is None:
                self.findings.at("RES-210", item.span, path=".".join(keys))
            else:
                self.finals.append(Final(keys=keys, span=item.span))


def check_finals(root: Map, finals: list[Final] | tuple[Final, ...], findings: Findings) -> None:
    """Report every value of `root` at, below or in place of a final path."""
    for final in finals:
        node: Node | None = root
        at: Span | None = None
        for key in final.keys:
            if not isinstance(node, Map):
                break
            at = node.keys.get(key)
            node = node.entries.get(key)
            if node is None:
                break
        if node is not None and at is not None:
            findings.at("RES-206", at, final.span, path=".".join(final.keys), file=final.span.file)


def load(file: str, inputs: Inputs, groups_at: Alternatives, findings: Findings) -> Loaded | None:
    """Read the spec and everything that it includes.

    Returns:
        The merged tree; None when a file is missing or broken, which is reported: half a spec would only give
        misleading findings.
    """
    loader = _Loader(inputs, groups_at, findings)
    include = loader.load(file, None)
    if not loader.complete or not isinstance(loader.merged, Map):
        return None
    return Loaded(root=loader.merged, finals=tuple(loader.finals), include=include)
