"""``mlops.pins.yaml``: its tree to records, with a finding for everything that is wrong."""

from __future__ import annotations

import re

from mlopsc.origin import Span
from mlopsc.pins.records import Action, CheckJob, Image, Pins, Requirement
from mlopsc.record import Record
from mlopsc.source import Map, Node, Scalar, Sequence
from mlopsc.spec import patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from mlopsc.diagnostics import Findings

API_VERSION = "mlopsc/v1"


class _Shape(Record):
    """How the keys or values of one kind must look."""

    pattern: str
    expected: str


_TAG = _Shape(pattern="[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", expected='a tag such as "3.11-slim-bookworm"')
_DIGEST = _Shape(pattern="sha256:[0-9a-f]{64}", expected='"sha256:" and 64 lower-case hexadecimal digits')
_IMAGE_KEY = _Shape(pattern="[a-z0-9][a-z0-9._-]*", expected='a name such as "python-3.11"')
_ACTION_KEY = _Shape(
    pattern="[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9_.-]+)+",
    expected='an action as "owner/repository" or "owner/repository/path"',
)
_IMAGE_FIELDS = {
    "name": _Shape(pattern=patterns.IMAGE.pattern, expected=patterns.IMAGE.expected),
    "tag": _TAG,
    "digest": _DIGEST,
}
_ACTION_FIELDS = {
    "tag": _TAG,
    "sha": _Shape(pattern="[0-9a-f]{40}", expected="a full commit id of 40 lower-case hexadecimal digits"),
}
_VERSION = _Shape(pattern="[0-9][A-Za-z0-9.!+_-]*", expected='a release such as "1.2.3"')
_PACKAGE_KEY = _Shape(pattern="[a-z0-9]+(?:-[a-z0-9]+)*", expected='a normalized name such as "typing-extensions"')
_PYTHON = _Shape(pattern=r"3\.[0-9]+", expected='a version of Python such as "3.11"')


class Reader:
    """Turns the tree of a pins file into records, one finding for everything that is wrong.

    Args:
        shipped: the pins of the package: no other names have a meaning.
        findings: takes the findings.
    """

    def __init__(self, shipped: Pins, findings: Findings) -> None:
        self.shipped = shipped
        self.findings = findings

    def pins(self, root: Map) -> Pins:
        """Return what the file pins; an entry that is wrong is left out."""
        self.keys(root, ("apiVersion", "images", "actions", "mlopsc"))
        version = root.get("apiVersion")
        if version is None:
            self.findings.at("PIN-703", Span(root.span.file, 1, 1, 1, 1), key="apiVersion")
        elif not isinstance(version, Scalar) or version.value() != API_VERSION:
            self.findings.at("PIN-704", version.span, key="apiVersion", expected=f'"{API_VERSION}"')
        images = self.entries(root.get("images"), "images", _IMAGE_KEY, _IMAGE_FIELDS, self.shipped.images)
        actions = self.entries(root.get("actions"), "actions", _ACTION_KEY, _ACTION_FIELDS, self.shipped.actions)
        return Pins(
            images={
                name: Image(name=fields["name"], tag=fields["tag"], digest=fields["digest"])
                for name, fields in images.items()
            },
            actions={name: Action(tag=fields["tag"], sha=fields["sha"]) for name, fields in actions.items()},
            mlopsc=self.check_job(root),
        )

    def keys(self, node: Map, allowed: tuple[str, ...]) -> None:
        """Report the keys that have no meaning."""
        for key, span in node.keys.items():
            if key not in allowed:
                self.findings.at("PIN-701", span, given=key, allowed=allowed)

    def map(self, node: Node | None, key: str) -> Map | None:
        """Return a node that must be a map."""
        if node is not None and not isinstance(node, Map):
            self.findings.at("PIN-702", node.span, key=key)
        return node if isinstance(node, Map) else None

    def entries(
        self,
        node: Node | None,
        section: str,
        key_shape: _Shape,
        fields: Mapping[str, _Shape],
        asked: Collection[str],
    ) -> dict[str, dict[str, str]]:
        """Return the whole and well-formed entries of a section; `asked` are the names that have a meaning."""
        found = {}
        for name, entry, span in self.named(self.map(node, section), key_shape):
            if name not in asked:
                self.findings.at("PIN-705", span, given=name, allowed=sorted(asked))
                continue
            own = self.map(entry, name)
            values = {} if own is None else self.entry(own, span, fields)
            if len(values) == len(fields):
                found[name] = values
        return found

    def named(self, node: Map | None, shape: _Shape) -> Iterator[tuple[str, Node, Span]]:
        """Yield the entries of a map whose keys have a shape: name, value, and where the name stands."""
        if node is None:
            return
        for name, entry in node.entries.items():
            if re.fullmatch(shape.pattern, name):
                yield name, entry, node.keys[name]
            else:
                self.findings.at("PIN-704", node.keys[name], key=name, expected=shape.expected)

    def entry(self, node: Map, at: Span, fields: Mapping[str, _Shape]) -> dict[str, str]:
        """Return the well-formed fields of an entry that has no others."""
        self.keys(node, tuple(fields))
        values = {key: self.text(node, at, key, shape) for key, shape in fields.items()}
        return {key: value for key, value in values.items() if value is not None}

    def text(self, node: Map, at: Span, key: str, shape: _Shape) -> str | None:
        """Return one value; None when it is missing or malformed."""
        value = node.entries.get(key)
        if value is None:
            self.findings.at("PIN-703", at, key=key)
        else:
            return self.scalar(value, key, shape)
        return None

    def scalar(self, value: Node, key: str, shape: _Shape) -> str | None:
        """Return a value of a shape. A tag such as 3.11 needs no quotes here: the text is taken as written."""
        if isinstance(value, Scalar) and not value.is_null and re.fullmatch(shape.pattern, value.text):
            return value.text
        self.findings.at("PIN-704", value.span, key=key, expected=shape.expected)
        return None

    def check_job(self, root: Map) -> CheckJob | None:
        """Return what the check job installs; None unless all of it is well-formed."""
        node = self.map(root.get("mlopsc"), "mlopsc")
        if node is None:
            return None
        at = root.keys["mlopsc"]
        self.keys(node, ("version", "python", "requirements"))
        version = self.text(node, at, "version", _VERSION)
        python = self.text(node, at, "python", _PYTHON)
        packages = self.map(node.get("requirements"), "requirements")
        if packages is None:
            if node.get("requirements") is None:
                self.findings.at("PIN-703", at, key="requirements")
            return None
        found = [self.requirement(*entry) for entry in self.named(packages, _PACKAGE_KEY)]
        whole = [item for item in found if item is not None]
        if version is None or python is None or len(whole) < len(packages.entries):
            return None
        if not any(item.name == "mlopsc" and item.version == version for item in whole):
            self.findings.at("PIN-706", packages.span, version=version)
            return None
        return CheckJob(version=version, python=python, requirements=tuple(sorted(whole, key=lambda item: item.name)))

    def requirement(self, name: str, node: Node, at: Span) -> Requirement | None:
        """Return one package; None unless all of it is well-formed."""
        own = self.map(node, name)
        if own is None:
            return None
        self.keys(own, ("version", "hashes"))
        version = self.text(own, at, "version", _VERSION)
        hashes = self.hashes(own, at)
        return None if version is None or not hashes else Requirement(name=name, version=version, hashes=hashes)

    def hashes(self, node: Map, at: Span) -> tuple[str, ...]:
        """Return the digests of a package; none unless all are well-formed."""
        listed = node.entries.get("hashes")
        if listed is None:
            self.findings.at("PIN-703", at, key="hashes")
            return ()
        if not isinstance(listed, Sequence) or not listed.items:
            self.findings.at("PIN-704", listed.span, key="hashes", expected="a list with one digest for each file")
            return ()
        found = [self.scalar(item, "hashes", _DIGEST) for item in listed.items]
        return tuple(sorted({item for item in found if item is not None})) if None not in found else ()
