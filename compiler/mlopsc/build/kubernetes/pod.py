"""The pod: what every container of a model gets, whichever server runs in it."""

from __future__ import annotations

from mlopsc import naming
from mlopsc.build.kubernetes import secrets
from mlopsc.build.kubernetes.objects import Object
from mlopsc.build.kubernetes.values import at, entries, present, whole_seconds
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.build.kubernetes.settings import Settings
    from mlopsc.parts import Data
    from mlopsc.project.deployment import Toleration

USER = 1000
"""User and group of the process; the images are built for it."""
TMP = "/tmp"  # noqa: S108 - the one writable place in the container
TMP_SIZE = "1Gi"
UNRELEASED = "unreleased"
"""Version in the manifests before the release record has set one."""
NODE = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"


def container(settings: Settings, name: str, **more: Data) -> dict[str, Data]:
    """Return a container that runs the image of the model.

    Args:
        settings: of the environment.
        name: of the container; the wiring of the release record finds it by this name.
        more: further fields (ports, probes, arguments).

    Raises:
        ValueError: the spec names no image; the checks have refused such a spec.
    """
    image = settings.deployment.image
    pod = settings.deployment.pod
    if image is None:
        raise ValueError("a deployment without an image")
    variables = [
        {"name": At(key, (*pod.path, "env", key)), "value": value} for key, value in entries(pod, "env").items()
    ]
    variables += [
        {"name": At(key, (*pod.path, "env_secrets", key)), "valueFrom": {"secretKeyRef": secrets.key(settings, ref)}}
        for key, ref in pod.env_secrets.items()
    ]
    sources = [
        At({"secretRef": {"name": secrets.whole(settings, at(item, "secret"))}}, item.path)
        if item.secret is not None
        else {"configMapRef": {"name": at(item, "config_map")}}
        for item in pod.env_from
    ]
    return {
        "name": name,
        "image": at(image, "name", note=f"set by {settings.release_file}"),
        **more,
        **present(env=variables or None, envFrom=sources or None),
        "resources": _resources(settings),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": TMP}],
    }


def template(
    settings: Settings,
    main: dict[str, Data],
    *,
    labels: dict[str, Data],
    annotations: dict[str, Data] | None = None,
    **more: Data,
) -> dict[str, Data]:
    """Return a pod template around one container.

    Args:
        settings: of the environment.
        main: the container.
        labels: of the pods, by which they are selected; the version comes beside them, and the release as annotation.
        annotations: besides those of the spec.
        more: further fields of the pod's spec.
    """
    pod = settings.deployment.pod
    return {
        "metadata": {
            "labels": {**labels, naming.LABEL_VERSION: UNRELEASED},
            "annotations": {
                **entries(pod, "annotations"),
                **(annotations or {}),
                naming.ANNOTATION_RELEASE: UNRELEASED,
            },
        },
        "spec": {
            "serviceAccountName": service_account_name(settings),
            "automountServiceAccountToken": False,
            **present(imagePullSecrets=secrets.pull(settings)),
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": USER,
                "runAsGroup": USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            **present(
                nodeSelector=entries(pod, "node_selector") or None,
                tolerations=[_toleration(item) for item in pod.tolerations] or None,
            ),
            **more,
            "containers": [main],
            "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": TMP_SIZE}}],
        },
    }


def spread(labels: dict[str, Data]) -> list[Data]:
    """Return the constraints that put copies on different nodes and zones where there are any."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": labels},
        }
        for key in (NODE, ZONE)
    ]


def service_account_name(settings: Settings) -> At:
    """Return the name of the pods' service account: that of the spec, else the generated one."""
    pod = settings.deployment.pod
    return settings.name if pod.service_account is None else at(pod, "service_account")


def service_account(settings: Settings) -> Object | None:
    """Return the service account, without any rights; None when the spec names an own one."""
    if settings.deployment.pod.service_account is not None:
        return None
    return Object(
        stem="serviceaccount",
        purpose="Identity of the pods; it has no rights.",
        data=At(
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": settings.name},
                "automountServiceAccountToken": False,
            },
            at(settings.deployment.pod, "service_account").path,
        ),
    )


def workload_metadata(settings: Settings, name: At) -> dict[str, Data]:
    """Return the metadata of the object that owns the pods: it tells a person on call what this is and whose it is."""
    metadata = settings.project.metadata
    notes = {
        f"mlops.{field}": at(metadata, field)
        for field in ("description", "owner")
        if getattr(metadata, field) is not None
    }
    return {"name": name, **present(annotations=notes or None)}


def grace(settings: Settings, target: str) -> tuple[At, int]:
    """Return how long a pod has to stop, and how long of that it waits for the gateway to forget it, in seconds."""
    span = settings.duration(target, "termination_grace")
    total = whole_seconds(span.value)
    return span._replace(value=total), min(10, total // 2)


def _resources(settings: Settings) -> dict[str, Data]:
    resources = settings.deployment.serving.resources
    limits: dict[str, Data] = {"memory": at(resources, "memory")}
    if resources.gpu is not None:
        limits[resources.gpu.resource] = At(str(resources.gpu.count), resources.gpu.path)
    return {
        "requests": {"cpu": at(resources, "cpu"), "memory": at(resources, "memory")},
        # No limit of processor time: throttling would show as latency while the node idles.
        "limits": limits,
    }


def _toleration(item: Toleration) -> At:
    fields = present(
        key=at(item, "key"),
        operator=at(item, "operator"),
        value=at(item, "value"),
        effect=at(item, "effect"),
        tolerationSeconds=at(item, "seconds"),
    )
    return At(fields, item.path)
