"""Pins: which image digest and which action commit a name stands for, of the package and of ``mlops.pins.yaml``.

The file beside the spec replaces the package's pins entry by entry.
"""

from __future__ import annotations

import re

from mlopsc import assets, naming, source
from mlopsc.inputs import InputError
from mlopsc.origin import Span
from mlopsc.record import Record
from mlopsc.source import Map, Node, Scalar
from mlopsc.spec import patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mlopsc.diagnostics import Findings
    from mlopsc.inputs import Inputs

API_VERSION = "mlopsc/v1"


class Image(Record):
    """A container image.

    Attributes:
        name: with registry, without tag.
        tag: what the digest was found under; it only tells a reader what the digest is.
        digest: ``sha256:<hex>`` of the index of all platforms.
    """

    name: str
    tag: str
    digest: str

    @property
    def reference(self) -> str:
        """The image as a Dockerfile or a manifest names it."""
        return f"{self.name}:{self.tag}@{self.digest}"


class Action(Record):
    """A GitHub action.

    Attributes:
        tag: the release, for the comment beside the commit.
        sha: its commit.
    """

    tag: str
    sha: str


class Pins(Record):
    """All pins that hold for a spec.

    Attributes:
        images: by the name that builders ask for, such as ``python-3.11``.
        actions: by what stands in ``uses:`` before the ``@``.
    """

    images: Mapping[str, Image]
    actions: Mapping[str, Action]


class _Shape(Record):
    """How the keys or values of one kind must look."""

    pattern: str
    expected: str


_TAG = _Shape(pattern="[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", expected='a tag such as "3.11-slim-bookworm"')
_IMAGE_KEY = _Shape(pattern="[a-z0-9][a-z0-9._-]*", expected='a name such as "python-3.11"')
_ACTION_KEY = _Shape(
    pattern="[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9_.-]+)+",
    expected='an action as "owner/repository" or "owner/repository/path"',
)
_IMAGE_FIELDS = {
    "name": _Shape(pattern=patterns.IMAGE.pattern, expected=patterns.IMAGE.expected),
    "tag": _TAG,
    "digest": _Shape(pattern="sha256:[0-9a-f]{64}", expected='"sha256:" and 64 lower-case hexadecimal digits'),
}
_ACTION_FIELDS = {
    "tag": _TAG,
    "sha": _Shape(pattern="[0-9a-f]{40}", expected="a full commit id of 40 lower-case hexadecimal digits"),
}


def load(inputs: Inputs, folder: str, findings: Findings) -> Pins:
    """Return the pins of the package with those of the spec's folder laid over them.

    Args:
        inputs: the repository.
        folder: folder of the spec, from the repository root; empty at the root.
        findings: takes what is wrong with the file. An entry that is wrong is left out.
    """
    shipped = defaults()
    own = _read(f"{folder}/{naming.PINS}" if folder else naming.PINS, inputs, shipped, findings)
    if own is None:
        return shipped
    return Pins(images={**shipped.images, **own.images}, actions={**shipped.actions, **own.actions})


def defaults() -> Pins:
    """Return the pins that ship with the package."""
    raw = assets.data("mlopsc", "data/pins.yaml")
    return Pins(
        images={name: Image(**fields) for name, fields in raw["images"].items()},
        actions={name: Action(**fields) for name, fields in raw["actions"].items()},
    )


def _read(file: str, inputs: Inputs, shipped: Pins, findings: Findings) -> Pins | None:
    try:
        content = inputs.read(file, source.MAX_BYTES)
    except InputError as error:
        code = "SRC-110" if error.reason == "too-large" else "SRC-111"
        limit = f"{source.MAX_BYTES // 1024} KiB"
        findings.at(code, Span(file, 1, 1, 1, 1), file=file, limit=limit, reason=error.detail or error.reason)
        return None
    if content is None:
        return None
    root = source.parse(file, content, findings)
    return None if root is None else _Reader(shipped, findings).pins(root)


class _Reader:
    """Turns the tree of a pins file into records, one finding for everything that is wrong."""

    def __init__(self, shipped: Pins, findings: Findings) -> None:
        self.shipped = shipped
        self.findings = findings

    def pins(self, root: Map) -> Pins:
        self.keys(root, ("apiVersion", "images", "actions"))
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
        )

    def keys(self, node: Map, allowed: tuple[str, ...]) -> None:
        for key, span in node.keys.items():
            if key not in allowed:
                self.findings.at("PIN-701", span, given=key, allowed=allowed)

    def entries(
        self,
        node: Node | None,
        section: str,
        key_shape: _Shape,
        fields: Mapping[str, _Shape],
        asked: Collection[str],
    ) -> dict[str, dict[str, str]]:
        """Return the whole and well-formed entries of a section; `asked` are the names that have a meaning."""
        if node is None:
            return {}
        if not isinstance(node, Map):
            self.findings.at("PIN-702", node.span, key=section)
            return {}
        found = {}
        for name, entry in node.entries.items():
            if not re.fullmatch(key_shape.pattern, name):
                self.findings.at("PIN-704", node.keys[name], key=name, expected=key_shape.expected)
            elif name not in asked:
                self.findings.at("PIN-705", node.keys[name], given=name, allowed=sorted(asked))
            elif not isinstance(entry, Map):
                self.findings.at("PIN-702", entry.span, key=name)
            else:
                values = self.entry(entry, node.keys[name], fields)
                if len(values) == len(fields):
                    found[name] = values
        return found

    def entry(self, node: Map, at: Span, fields: Mapping[str, _Shape]) -> dict[str, str]:
        """Return the well-formed fields of an entry."""
        self.keys(node, tuple(fields))
        values = {}
        for key, shape in fields.items():
            value = node.entries.get(key)
            if value is None:
                self.findings.at("PIN-703", at, key=key)
            # A tag such as 3.11 needs no quotes here: the text is taken as written.
            elif not isinstance(value, Scalar) or value.is_null or not re.fullmatch(shape.pattern, value.text):
                self.findings.at("PIN-704", value.span, key=key, expected=shape.expected)
            else:
                values[key] = value.text
        return values
