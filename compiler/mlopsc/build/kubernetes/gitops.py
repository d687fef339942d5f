"""What tells a GitOps controller to follow the deploy branch of an environment."""

from __future__ import annotations

from mlopsc import naming
from mlopsc.build.kubernetes import secrets
from mlopsc.build.kubernetes.overlay import folder
from mlopsc.build.kubernetes.values import at
from mlopsc.parts import At, File, Yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlopsc.build.kubernetes.settings import Settings
    from mlopsc.parts import Data
    from mlopsc.project.deployment import Argocd, Flux, Gitops

IN_CLUSTER = "https://kubernetes.default.svc"


def controller(settings: Settings) -> str | None:
    """Return ``argocd``, ``flux`` or ``push``; None when the spec leaves it to others."""
    gitops = settings.deployment.gitops
    if gitops is None:
        return None
    return next((name for name in ("argocd", "flux", "push") if getattr(gitops, name) is not None), None)


def files(settings: Settings, owner: str, ignored: Sequence[Data] = ()) -> Iterator[File]:
    """Yield the file for the controller of an environment, if it has one.

    Args:
        settings: of the environment.
        owner: name of the target.
        ignored: for Argo CD: fields of objects that another controller moves.
    """
    gitops = settings.deployment.gitops
    if gitops is None:
        return
    env = settings.environment.name
    name = settings.name._replace(value=f"{settings.project.name}-{env}")
    if gitops.argocd is not None:
        documents: tuple[Data, ...] = (_application(settings, name, gitops, gitops.argocd, ignored),)
        purpose = f"Tells Argo CD to follow the deploy branch of {env}; apply it once."
    elif gitops.flux is not None:
        documents = _flux(settings, name, gitops, gitops.flux)
        purpose = f"Tells Flux to follow the deploy branch of {env}; apply it once."
    else:
        return
    yield File(
        file=f"{folder(settings.project)}/{controller(settings)}/{env}.yaml",
        body=Yaml(documents=documents),
        owner=owner,
        purpose=purpose,
        at=gitops.path,
        env=env,
    )


def overlay_path(settings: Settings) -> At:
    """Return the folder of the overlay inside the repository that the controller reads."""
    gitops = settings.deployment.gitops
    output = settings.project.output
    inside = f"{folder(settings.project)}/overlays/{settings.environment.name}"
    folder_of_output = at(output, "dir")
    if gitops is not None and gitops.repository is not None:
        place = at(gitops.repository, "path_")
        return place._replace(value=_join(place.value, inside), also=settings.refs(folder_of_output))
    return folder_of_output._replace(value=_join(settings.project.folder, inside))


def _application(settings: Settings, name: At, gitops: Gitops, argocd: Argocd, ignored: Sequence[Data]) -> Data:
    cluster = settings.environment.cluster
    if cluster is None:
        destination: dict[str, Data] = {"server": IN_CLUSTER}
    elif cluster.server is not None:
        destination = {"server": at(cluster, "server")}
    else:
        destination = {"name": at(cluster, "name")}
    options: list[Data] = ["ApplyOutOfSyncOnly=true"]
    spec: dict[str, Data] = {
        "project": at(argocd, "project"),
        "source": {
            "repoURL": at(argocd, "repo"),
            "targetRevision": _branch(settings),
            "path": overlay_path(settings),
        },
        "destination": {**destination, "namespace": settings.namespace},
        "syncPolicy": {"automated": {"prune": True, "selfHeal": True}, "syncOptions": options},
    }
    if ignored:
        options.append("RespectIgnoreDifferences=true")
        spec["ignoreDifferences"] = list(ignored)
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": name, "namespace": at(argocd, "namespace")},
        "spec": spec,
    }


def _flux(settings: Settings, name: At, gitops: Gitops, flux: Flux) -> tuple[Data, ...]:
    url = at(flux, "repo")
    url = url._replace(value=_ssh(url.value))
    metadata = {"name": name, "namespace": at(flux, "namespace")}
    path = overlay_path(settings)
    credentials: dict[str, Data] = {}
    if flux.credentials is not None:
        secret = secrets.whole(settings, at(flux.credentials, "secret"))
        credentials["secretRef"] = At({"name": secret}, flux.credentials.path)
    return (
        {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": metadata,
            "spec": {
                "interval": "1m",
                "url": url._replace(value=_ssh(url.value)),
                "ref": {"branch": _branch(settings)},
                **credentials,
            },
        },
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": metadata,
            "spec": {
                "interval": "10m",
                "retryInterval": "1m",
                "timeout": "10m",
                "sourceRef": {"kind": "GitRepository", "name": name},
                "path": path._replace(value=f"./{path.value}"),
                "prune": True,
                "wait": True,
            },
        },
    )


def _branch(settings: Settings) -> At:
    branch = naming.release_branch(settings.project.name, settings.environment.name)
    return settings.name._replace(value=branch, note="written by release automation, never by people")


def _ssh(url: str) -> str:
    """Return a URL that Flux takes: it refuses the short form of SSH."""
    if "://" in url:
        return url
    host, _, path = url.partition(":")
    return f"ssh://{host}/{path}"


def _join(prefix: str, path: str) -> str:
    return path if prefix in ("", ".") else f"{prefix.removesuffix('/')}/{path}"
