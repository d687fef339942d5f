"""Parts: what a target or a builder hands over, and the bundle that they are linked into.

Documents are data (maps, lists, scalars); any value in them may be wrapped in `At` to say which spec path it came
from. The renderer inherits that path down the tree, so the source map needs no work in targets.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from mlopsc.record import Path, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, TypeAlias

    Kind: TypeAlias = Literal["managed", "seed", "block"]

Data = Any
"""A tree of dict, list, str, int, float, bool, None, `At` and `Slot`."""

Ref = tuple["str | None", Path]
"""Where a line came from: the environment (None: the base) and the spec path."""


class At(NamedTuple):
    """A value and the spec path that it came from.

    Attributes:
        value: the data itself.
        path: the spec path; empty inherits the surrounding one.
        env: the environment whose overlay decides the value; None inherits.
        note: a comment printed above the line.
        also: further origins of a value that several fields decide, such as a query.
        tail: a comment behind a one-line value, in YAML.
    """

    value: Data
    path: Path = ()
    env: str | None = None
    note: str = ""
    also: tuple[Ref, ...] = ()
    tail: str = ""


class Slot(NamedTuple):
    """A place in a document that contributions of other parts fill, in the order of their keys."""

    name: str
    shape: Literal["map", "list"] = "map"


class Yaml(Record):
    """One or more YAML documents."""

    documents: tuple[Data, ...]
    header: bool = True  # begin with the lines that say where the file comes from


class Json(Record):
    """One JSON document. It carries no header: JSON has no comments."""

    document: Data


class Text(Record):
    """Finished lines, each with its origin; what `mlopsc.render.template` returns."""

    lines: tuple[str, ...]
    refs: tuple[Ref, ...]
    also: Mapping[int, tuple[Ref, ...]] = {}


class Lines(Record):
    """A text file that contributions make: one line each, its key and its value written together, sorted by key.

    `mlopsc.link` turns it into `Text`. The note of a value becomes a comment above its line.

    Attributes:
        slot: where the contributions go.
        comment: lines below the header that say what the file is for, without the ``#``.
    """

    slot: str
    comment: tuple[str, ...] = ()


class Static(Record):
    """A file of a package, copied byte for byte."""

    package: str
    resource: str


class File(Record):
    """A file to write.

    Attributes:
        file: path with ``/``, relative to the folder of the spec; with a leading ``/``, to the repository root.
        body: the content.
        owner: name of the target or builder that emits it.
        purpose: one line for the list in ops/README.md; empty for a file that another one speaks for.
        kind: ``managed`` follows the spec; ``seed`` is written once and then left alone; ``block`` is a marked part
            of a file that the user owns.
        executable: mode at creation; never changed later.
        at: spec path that the lines without an own one come from.
        env: environment that the file belongs to, if any.
    """

    file: str
    body: Yaml | Json | Text | Lines | Static
    owner: str
    purpose: str
    kind: Kind = "managed"
    executable: bool = False
    at: Path = ()
    env: str | None = None


class Contribution(Record):
    """One entry of a `Slot` in a file that another part owns."""

    slot: str
    key: str
    value: Data
    at: Path
    env: str | None = None


Part = File | Contribution


class Rendered(Record):
    """A finished file.

    Attributes:
        text: the content, with LF line ends.
        refs: one entry a line, the source map.
        also: further origins of a line, by its position from 0.
    """

    text: str
    refs: tuple[Ref, ...]
    also: Mapping[int, tuple[Ref, ...]] = {}


class Output(Record):
    """A rendered file with what the workspace must know about it.

    Attributes:
        file: path with ``/``, relative to the repository root.
    """

    file: str
    rendered: Rendered
    kind: Kind
    executable: bool
    owner: str
    purpose: str
    env: str | None = None
