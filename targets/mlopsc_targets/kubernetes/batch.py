"""A batch job: the model scores a data set on a schedule."""

from __future__ import annotations

from mlopsc.build.kubernetes import pod
from mlopsc.build.kubernetes.objects import Object
from mlopsc.build.kubernetes.overlay import Wire
from mlopsc.build.kubernetes.values import at, whole_seconds
from mlopsc.target import At, naming

from mlopsc_targets.kubernetes.server import TARGET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.build.kubernetes.settings import Settings

CONTAINER = "score"
_TEMPLATE = "spec.jobTemplate.spec.template"
RETRIES = 2


def cron_job(settings: Settings) -> Object:
    """Return the job with its schedule.

    Raises:
        ValueError: the spec has no section ``deployment.batch``; the checks have refused it.
    """
    batch = settings.deployment.batch
    if batch is None:
        raise ValueError("a batch deployment without its section")
    deadline = settings.duration(TARGET, "batch_deadline")
    main = pod.container(
        settings,
        CONTAINER,
        args=At(
            ["score", "--input", at(batch, "input"), "--output", at(batch, "output"), "--key", at(batch, "key")],
            batch.path,
        ),
    )
    template = pod.template(settings, main, labels=settings.labels(), restartPolicy="Never")
    return Object(
        stem="cronjob",
        purpose="Scores the data set on its schedule.",
        data={
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": pod.workload_metadata(settings, settings.name),
            "spec": {
                "schedule": at(batch, "schedule"),
                "timeZone": "Etc/UTC",
                "concurrencyPolicy": At("Forbid", note="two runs would write the same output"),
                "successfulJobsHistoryLimit": 1,
                "failedJobsHistoryLimit": 3,
                "jobTemplate": {
                    "spec": {
                        "backoffLimit": RETRIES,
                        "activeDeadlineSeconds": deadline._replace(value=whole_seconds(deadline.value)),
                        "template": template,
                    }
                },
            },
        },
    )


def wires(settings: Settings) -> Iterator[Wire]:
    """Yield what the job takes from the release record."""
    image = f"{_TEMPLATE}.spec.containers.[name={CONTAINER}].image"
    version = f"{_TEMPLATE}.metadata.labels.[{naming.LABEL_VERSION}]"
    release = f"{_TEMPLATE}.metadata.annotations.[{naming.ANNOTATION_RELEASE}]"
    path = settings.deployment.path
    yield Wire(field="stable.image", kind="CronJob", name=settings.name, targets=(image,), path=path)
    yield Wire(field="stable.version", kind="CronJob", name=settings.name, targets=(version,), path=path)
    yield Wire(field="stable.release", kind="CronJob", name=settings.name, targets=(release,), path=path)
