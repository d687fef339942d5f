"""What a target is, and everything that a target may use of the compiler.

A target sees the project and hands over parts. It never sees the spec, positions or the disk; it names spec paths and
the driver turns them into positions. Import from here and from nowhere else in `mlopsc`.
"""

from __future__ import annotations

from mlopsc import lifecycle as lifecycle
from mlopsc import naming as naming
from mlopsc.lifecycle import Training as Training
from mlopsc.parts import At as At
from mlopsc.parts import Contribution as Contribution
from mlopsc.parts import Data as Data
from mlopsc.parts import File as File
from mlopsc.parts import Json as Json
from mlopsc.parts import Part as Part
from mlopsc.parts import Slot as Slot
from mlopsc.parts import Static as Static
from mlopsc.parts import Text as Text
from mlopsc.parts import Yaml as Yaml
from mlopsc.record import Path as Path
from mlopsc.record import Record as Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Literal, Protocol, TypeAlias

    from mlopsc.diagnostics import Report as Report
    from mlopsc.project import Project as Project
    from mlopsc.project.environments import Environment as Environment

    Role: TypeAlias = Literal["train", "track", "serve", "report"]

    class Target(Protocol):
        """A system that fills one or more roles.

        Attributes:
            name: the word in ``target`` and ``stack``.
            api: version of this protocol that the target was written for; see `API`.
            package: import name of its package, which holds its data files.
            roles: what it can do.
            stack: the stack that ``target: <name>`` stands for.
        """

        name: str
        api: int
        package: str
        roles: frozenset[Role]
        stack: Mapping[Role, str]

        def capabilities(self) -> Mapping[Role, tuple[Capability, ...]]:
            """Return the fields that the target cannot honour, or honours in another way, by role."""
            ...

        def options_model(self) -> type[Any]:
            """Return the pydantic model of ``deployment.<name>``; imported only when a schema or options need it."""
            ...

        def check(self, project: Project, report: Report) -> None:
            """Report what only this target can know to be wrong."""
            ...

        def lower(self, role: Role, project: Project, report: Report) -> Iterable[Part | Training]:
            """Return the parts for one role."""
            ...


API = 1
"""Version of the protocol between compiler and targets."""


class Capability(Record):
    """How a target treats a field of the spec.

    Attributes:
        field: dotted spec path; ``*`` stands for any key, and ``=value`` at the end for that value only.
        support: ``full`` as the spec says; ``fallback`` in another way, told as a notice; ``none`` an error.
        note: what happens instead, or what to write instead.
    """

    field: str
    support: Literal["full", "fallback", "none"]
    note: str = ""


def load_capabilities(package: str) -> dict[Role, tuple[Capability, ...]]:
    """Read ``capabilities.yaml`` of a target's package.

    Raises:
        TypeError: an entry has a key that is not known.
    """
    from mlopsc import assets

    raw = assets.data(package, "capabilities.yaml")
    return {
        role: tuple(Capability(field=field, **entry) for field, entry in (fields or {}).items())
        for role, fields in raw.items()
    }


def template(
    package: str, resource: str, values: Mapping[str, Data], *, project: Project, at: Path = (), env: str | None = None
) -> Text:
    """Render a Jinja template of a target's package; see `mlopsc.render.template.text`.

    Args:
        package: import name of the package.
        resource: path of the template in it, such as ``templates/NOTES.md.j2``.
        values: names to data; anything inside may be an `At`.
        project: for the header.
        at: spec path of the lines that no value claims.
        env: environment of those lines.
    """
    from mlopsc import assets
    from mlopsc.render.template import text

    return text(assets.text(package, resource), values, spec_file=project.file, at=at, env=env)
