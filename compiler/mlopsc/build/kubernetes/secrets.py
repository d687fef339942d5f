"""Secrets of the spec inside the cluster: references to Secrets that exist, and objects that fetch the others."""

from __future__ import annotations

from mlopsc.build.kubernetes.objects import Object
from mlopsc.build.kubernetes.values import at
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.build.kubernetes.settings import Settings
    from mlopsc.parts import Data
    from mlopsc.project.base import SecretRef

VALUE = "value"
"""Key of a fetched secret with one value."""
DOCKER = ".dockerconfigjson"


def key(settings: Settings, ref: SecretRef) -> dict[str, Data]:
    """Return the reference to one value of a Secret."""
    chosen = at(ref, "secret")
    kept = settings.project.secrets[ref.secret].kubernetes
    name = whole(settings, chosen)
    if kept is None:
        return {"name": name, "key": At(VALUE, chosen.path)}
    return {"name": name, "key": at(kept, "key")._replace(also=settings.refs(chosen))}


def whole(settings: Settings, chosen: At) -> At:
    """Return the name of the Secret behind an entry of the section ``secrets``, which `chosen` names."""
    kept = settings.project.secrets[chosen.value].kubernetes
    name = _fetched(settings, chosen.value) if kept is None else at(kept, "name")
    return name._replace(also=settings.refs(chosen))


def pull(settings: Settings) -> list[Data] | None:
    """Return the reference to the Secret that pulls the image, if one is needed."""
    image = settings.deployment.image
    if image is None or image.pull_secret is None:
        return None
    return [{"name": whole(settings, at(image.pull_secret, "secret"))}]


def fetched(settings: Settings) -> Iterator[Object]:
    """Yield an ExternalSecret for each external secret that the pods use."""
    deployment = settings.deployment
    single = {ref.secret for ref in deployment.pod.env_secrets.values()}
    every = {item.secret for item in deployment.pod.env_from if item.secret is not None}
    docker = {deployment.image.pull_secret.secret} if deployment.image and deployment.image.pull_secret else set()
    for name in sorted(single | every | docker):
        external = settings.project.secrets[name].external
        if external is None:
            continue
        remote = {"key": at(external, "key")}
        keys = [VALUE] * (name in single) + [DOCKER] * (name in docker)
        target: dict[str, Data] = {"name": _fetched(settings, name), "creationPolicy": "Owner"}
        if name in docker:
            target["template"] = {"type": "kubernetes.io/dockerconfigjson"}
        spec: dict[str, Data] = {
            "refreshInterval": "1h",
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": at(external, "store")},
            "target": target,
        }
        if keys:
            spec["data"] = [{"secretKey": item, "remoteRef": remote} for item in keys]
        if name in every:
            spec["dataFrom"] = [{"extract": remote}]
        yield Object(
            stem=f"externalsecret-{_slug(name)}",
            purpose=f"Fetches the secret {name} from the external store.",
            data=At(
                {
                    "apiVersion": "external-secrets.io/v1",
                    "kind": "ExternalSecret",
                    "metadata": {"name": _fetched(settings, name)},
                    "spec": spec,
                },
                external.path,
            ),
        )


def _fetched(settings: Settings, secret: str) -> At:
    return settings.name._replace(value=f"{settings.project.name}-{_slug(secret)}")


def _slug(secret: str) -> str:
    return secret.lower().replace("_", "-")
