"""Target ``toy``: what a package of a third party looks like. It fills two roles and uses every kind of part."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from mlopsc.target import Capability, Part, Project, Report, Role, Target


class Toy:
    """See `mlopsc.target.Target`."""

    name = "toy"
    api = 1
    package = "mlopsc_toy"
    roles: frozenset[Role] = frozenset({"serve", "report"})
    stack: Mapping[Role, str] = {"serve": "toy", "report": "toy"}

    def capabilities(self) -> Mapping[Role, tuple[Capability, ...]]:
        """Return what is in ``capabilities.yaml``."""
        from mlopsc.target import load_capabilities

        return load_capabilities(self.package)

    def options_model(self) -> type[Any]:
        """Return the model of ``deployment.toy``."""
        from .options import Options

        return Options

    def check(self, project: Project, report: Report) -> None:
        """Report a colour that does not go with the number of copies."""
        from . import lower

        lower.check(project, report)

    def lower(self, role: Role, project: Project, report: Report) -> Iterable[Part]:
        """Return the parts of one role."""
        from . import lower

        return lower.serve(project) if role == "serve" else lower.report(project)


TARGET: Target = Toy()
