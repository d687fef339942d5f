"""MLServer: its container, its settings file and the packages that it brings."""

from __future__ import annotations

from mlopsc.build.kubernetes import pod, scrape
from mlopsc.build.kubernetes.settings import Settings
from mlopsc.target import At, Contribution, File, Json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.target import Data, Project

TARGET = "kubernetes"
PACKAGE = "mlopsc_targets.kubernetes"
CONTAINER = "mlserver"
VERSION = "1.7.1"
PYTHON = ("3.9", "3.10", "3.11", "3.12")
"""Versions of Python that this MLServer runs on."""
HTTP, GRPC, METRICS = 8080, 9000, 8082
METRICS_PATH = "/metrics"

REQUIREMENTS: dict[str, tuple[str, str]] = {
    "mlserver": (f"=={VERSION}", ""),
    "mlserver-mlflow": (f"=={VERSION}", ""),
    "uvloop": ("==0.21.0", "with a newer uvloop the worker processes of this MLServer die and their models vanish"),
}
"""What the image needs besides the model's own packages: specifier and reason."""


def requirements() -> Iterator[Contribution]:
    """Yield the packages that the lock of the user must hold."""
    for name, (specifier, reason) in REQUIREMENTS.items():
        yield Contribution(slot="requirements", key=name, value=At(specifier, note=reason), at=())


def address(settings: Settings) -> Contribution:
    """Return what the smoke and load tests of the pipeline must know: the path that answers for the model."""
    path = model_path(settings)
    return Contribution(slot="pipeline/serving", key="path", value=path, at=path.path)


def settings_file(project: Project) -> File:
    """Return ``settings.json``, which the image carries; its values win over environment variables of the pod."""
    return File(
        file=f"{project.output.dir}/docker/settings.json",
        body=Json(
            document={
                "debug": False,
                "host": "0.0.0.0",  # noqa: S104 - the server listens inside its pod
                "http_port": HTTP,
                "grpc_port": GRPC,
                "metrics_port": METRICS,
                "metrics_endpoint": METRICS_PATH,
                "parallel_workers": 1,
                "use_structured_logging": True,
                # The root file system is read-only.
                "metrics_dir": f"{pod.TMP}/metrics",
                "environments_dir": f"{pod.TMP}/envs",
            }
        ),
        owner=TARGET,
        purpose="Settings of MLServer: ports, workers, writable folders.",
        at=(*project.deployment.path, "mode"),
    )


def model_path(settings: Settings) -> At:
    """Return the path below which the server answers for the model."""
    return settings.name._replace(value=f"/v2/models/{settings.project.name}")


def service_ports() -> list[Data]:
    """Return the ports of a service in front of the server; metrics are scraped from the pods."""
    return [
        {"name": "http", "port": HTTP, "targetPort": "http", "appProtocol": "http"},
        {"name": "grpc", "port": GRPC, "targetPort": "grpc", "appProtocol": "kubernetes.io/h2c"},
    ]


def template(settings: Settings, track: str | None) -> dict[str, Data]:
    """Return the pod template of the server.

    Args:
        settings: of the environment.
        track: label of the track; None when a controller sets it.
    """
    total, drain = pod.grace(settings, TARGET)
    ready = model_path(settings)
    ready = ready._replace(value=f"{ready.value}/ready")
    main = pod.container(
        settings,
        CONTAINER,
        ports=[
            {"name": "http", "containerPort": HTTP},
            {"name": "grpc", "containerPort": GRPC},
            {"name": "metrics", "containerPort": METRICS},
        ],
        # Loading a model may take minutes; until then the other two probes wait.
        startupProbe={"httpGet": {"path": ready, "port": "http"}, "periodSeconds": 5, "failureThreshold": 60},
        readinessProbe={"httpGet": {"path": ready, "port": "http"}, "periodSeconds": 5},
        livenessProbe={
            "httpGet": {"path": "/v2/health/live", "port": "http"},
            "periodSeconds": 10,
            "timeoutSeconds": 5,
        },
        lifecycle=At(
            {"preStop": {"sleep": {"seconds": drain}}},
            total.path,
            note="time for the gateway to stop sending requests here",
        ),
    )
    return pod.template(
        settings,
        main,
        labels=settings.labels(track),
        annotations=scrape.pod_annotations(settings, METRICS, METRICS_PATH),
        terminationGracePeriodSeconds=total,
        topologySpreadConstraints=pod.spread(settings.labels(track)),
    )
