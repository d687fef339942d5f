"""Target ``kubernetes``: MLServer on plain Kubernetes, wired with kustomize; see README.md of this package."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from mlopsc.target import Capability, Part, Project, Report, Role, Target, Training


class Kubernetes:
    """See `mlopsc.target.Target`. Everything but the facts below is imported when it is needed."""

    name = "kubernetes"
    api = 1
    package = "mlopsc_targets.kubernetes"
    roles: frozenset[Role] = frozenset({"train", "serve"})
    stack: Mapping[Role, str] = {"train": "kubernetes", "serve": "kubernetes"}

    def capabilities(self) -> Mapping[Role, tuple[Capability, ...]]:
        """Return what is in ``capabilities.yaml``."""
        from mlopsc.target import load_capabilities

        return load_capabilities(self.package)

    def options_model(self) -> type[Any]:
        """Return the model of ``deployment.kubernetes``."""
        from mlopsc_targets.kubernetes.options import Options

        return Options

    def check(self, project: Project, report: Report) -> None:
        """Report what MLServer, kustomize, a controller or the cluster would refuse."""
        from mlopsc_targets.kubernetes import check

        check.check(project, report)

    def lower(self, role: Role, project: Project, report: Report) -> Iterable[Part | Training]:
        """Return the Job of the training; the manifests, the release wiring and the settings of the server."""
        from mlopsc_targets.kubernetes import lower

        return lower.lower(role, project)


TARGET: Target = Kubernetes()
