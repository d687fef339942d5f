"""The training as a Job of the cluster: the objects that the step ``submit`` fills in and creates.

They are no part of a release, and come before the first one. So they have names and an identity of their own, fetch
their secrets themselves, and their pods have none of the labels by which the objects of a release select theirs. They
are in the namespace of the first environment and take its settings of the pods.
"""

from __future__ import annotations

from mlopsc import naming
from mlopsc.build.kubernetes import pod, secrets
from mlopsc.build.kubernetes import settings as of
from mlopsc.build.kubernetes.objects import Object
from mlopsc.build.kubernetes.settings import Settings
from mlopsc.build.kubernetes.values import at, entries, whole_seconds
from mlopsc.parts import At
from mlopsc.patch import unwrap
from mlopsc.project.deployment import EnvFrom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.parts import Data
    from mlopsc.project.project import Project

CONTAINER = "train"
"""Name of the container, by which the step ``submit`` finds it."""
LABEL = "mlops.training"
"""Label of the pods; its value is the name of the project."""
RESULTS = "/work/build"
"""Where a run in the training image writes to, beside ``/tmp``."""
REPORT = "/dev/termination-log"
"""File whose content the cluster keeps as the last word of a container."""
PORT = 29500
"""Port at which the workers meet, the one that torchrun takes."""
KEPT = 86400
"""Seconds for which a Job that ended is kept: so long its log can be read, and the same submission finds it."""
GPU = "nvidia.com/gpu"
_NUMBER = "metadata.labels['batch.kubernetes.io/job-completion-index']"
_JOB = "metadata.labels['batch.kubernetes.io/job-name']"
_RUN_LENGTH = len("-0123456789ab")  # what the step submit puts behind the name of the Job


def settings(project: Project) -> Settings:
    """Return the settings of the first environment for the training: another name, and the key of the model store."""
    found = of.of(project, project.environments[0])
    named = project.replace(metadata=project.metadata.replace(name=f"{project.name}-train"))
    return found.replace(project=named, deployment=_with_store(found))


def longest_name(project: Project) -> str:
    """Return the longest name that the cluster gives anything: the host name of the last worker."""
    name = f"{settings(project).project.name}{'0' * _RUN_LENGTH}"
    workers = project.execution.train.workers
    return f"{name}-{workers - 1}" if workers > 1 else name


def objects(project: Project) -> Iterator[Object]:
    """Yield the Job and what it needs.

    Args:
        project: whose first environment has an image.
    """
    found = settings(project)
    own = [_job(project, found), pod.service_account(found), _service(project, found), *secrets.fetched(found)]
    for item in own:
        if item is not None:
            yield _placed(project, found, item)


def image(project: Project) -> At:
    """Return the name of the image that trains.

    Args:
        project: whose first environment has an image.
    """
    found = settings(project)
    given = found.deployment.image
    if given is None:
        raise ValueError("a training image needs the name of the image that serves")
    return _for_training(At(given.name, (*given.path, "name"), found.environment.name))


def _for_training(name: At) -> At:
    return name._replace(value=f"{name.value}-train")


def _with_store(found: Settings) -> Data:
    deployment = found.deployment
    store = deployment.model_store
    if store is None or store.credentials is None:
        return deployment
    key = EnvFrom(secret=store.credentials.secret, config_map=None, path=store.credentials.path)
    return deployment.replace(pod=deployment.pod.replace(env_from=(*deployment.pod.env_from, key)))


def _job(project: Project, found: Settings) -> Object:
    train = project.execution.train
    timeout = at(train, "timeout")
    spec: dict[str, Data] = {
        "backoffLimit": 0,
        # A training that fails fails again; one whose node goes away does not.
        "podFailurePolicy": {
            "rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]
        },
        "activeDeadlineSeconds": timeout._replace(value=whole_seconds(timeout.value)),
        "ttlSecondsAfterFinished": KEPT,
    }
    if train.workers > 1:
        workers = at(train, "workers")
        spec |= {
            "completionMode": At("Indexed", workers.path),
            "completions": workers,
            "parallelism": workers,
        }
    spec["template"] = _template(project, found)
    return Object(
        stem="job",
        purpose="The Job that trains the model; the step submit fills in its image, name and run.",
        data={
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": pod.workload_metadata(found, found.name),
            "spec": spec,
        },
    )


def _template(project: Project, found: Settings) -> dict[str, Data]:
    several: dict[str, Data] = {}
    if project.execution.train.workers > 1:
        workers = at(project.execution.train, "workers")
        several["subdomain"] = found.name._replace(also=found.refs(workers))
    template = pod.template(
        found,
        _container(project, found),
        labels={**_labels(project, found), LABEL: _name(project)},
        restartPolicy="Never",
        **several,
    )
    metadata = template["metadata"]
    del metadata["labels"][naming.LABEL_VERSION], metadata["annotations"][naming.ANNOTATION_RELEASE]
    if not metadata["annotations"]:
        del metadata["annotations"]
    # No size: how much room rows and checkpoints take is for the node to say.
    template["spec"]["volumes"] = [
        {"name": "tmp", "emptyDir": {}},
        {"name": "build", "emptyDir": {}},
        {"name": "shm", "emptyDir": {"medium": "Memory"}},
    ]
    return template


def _container(project: Project, found: Settings) -> dict[str, Data]:
    container = pod.container(
        found,
        CONTAINER,
        args=["worker", "--purpose", "delivery", "--report", REPORT],
        terminationMessagePath=REPORT,
        terminationMessagePolicy="FallbackToLogsOnError",
    )
    variables = [*_variables(project, found), *container.pop("env", ())]
    sources = container.pop("envFrom", None)
    image = container["image"]
    return {
        **container,
        "image": _for_training(image),
        **({"env": variables} if variables else {}),
        **({"envFrom": sources} if sources else {}),
        "resources": _resources(project, found),
        "volumeMounts": [
            {"name": "tmp", "mountPath": pod.TMP},
            {"name": "build", "mountPath": RESULTS},
            # The 64 MiB that a container has by itself are too few for the loaders of deep learning.
            {"name": "shm", "mountPath": "/dev/shm"},  # noqa: S108 - a path in the container
        ],
    }


def _variables(project: Project, found: Settings) -> list[Data]:
    """Return how several workers find each other: the names that torch.distributed reads, and two of our own."""
    train = project.execution.train
    if train.workers == 1:
        return []
    workers = at(train, "workers")
    count = workers._replace(value=str(train.workers))
    number = {"fieldRef": {"fieldPath": _NUMBER}}
    listed: list[Data] = [
        {"name": "MLOPS_WORKERS", "value": count},
        {"name": "MLOPS_WORKER", "valueFrom": number},
        {"name": "MLOPS_JOB", "valueFrom": {"fieldRef": {"fieldPath": _JOB}}},
        {"name": "MASTER_ADDR", "value": found.name._replace(value=f"$(MLOPS_JOB)-0.{found.name.value}")},
        {"name": "MASTER_PORT", "value": str(PORT)},
        {"name": "WORLD_SIZE", "value": count},
        {"name": "RANK", "valueFrom": number},
    ]
    return [At(item, workers.path) for item in listed]


def _resources(project: Project, found: Settings) -> At:
    resources = project.execution.train.resources
    limits: dict[str, Data] = {"memory": at(resources, "memory")}
    if resources.gpu:
        serving = found.deployment.serving.resources.gpu
        count = at(resources, "gpu")._replace(value=str(resources.gpu))
        if serving is None:
            limits[GPU] = count
        else:
            limits[serving.resource] = count._replace(also=found.refs(at(serving, "resource")))
    requests = {"cpu": at(resources, "cpu"), "memory": at(resources, "memory")}
    return At({"requests": requests, "limits": limits}, resources.path)


def _service(project: Project, found: Settings) -> Object | None:
    """Return the service that gives the workers names; None where there is only one."""
    train = project.execution.train
    if train.workers == 1:
        return None
    return Object(
        stem="service",
        purpose="Gives the workers of a training names, by which they find each other.",
        data=At(
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": found.name},
                "spec": {
                    "clusterIP": "None",
                    # They meet before they are ready.
                    "publishNotReadyAddresses": True,
                    "selector": {LABEL: _name(project)},
                    "ports": [{"name": "meet", "port": PORT}],
                },
            },
            at(train, "workers").path,
        ),
    )


def _placed(project: Project, found: Settings, item: Object) -> Object:
    """Return an object with its namespace and labels, which kustomize adds to those of a release."""
    data = unwrap(item.data)
    namespace = of.of(
        project, found.environment
    ).namespace  # the one of the release: where it has no name, of the project
    metadata = {**unwrap(data["metadata"]), "namespace": namespace, "labels": _labels(project, found)}
    return item.replace(data=At({**data, "metadata": metadata}, item.path_of_data))


def _labels(project: Project, found: Settings) -> dict[str, Data]:
    return {
        **entries(project.metadata, "labels"),
        "app.kubernetes.io/name": _name(project),
        "app.kubernetes.io/component": "training",
        "app.kubernetes.io/managed-by": "mlopsc",
        naming.LABEL_ENVIRONMENT: found.environment.name,
    }


def _name(project: Project) -> At:
    return At(project.name, (*project.metadata.path, "name"))
