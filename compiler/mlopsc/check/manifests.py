"""Values of the deployment that Kubernetes refuses, or takes literally although nobody means them so."""

from __future__ import annotations

from decimal import Decimal

from mlopsc import naming
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlopsc.project import Project
    from mlopsc.project.deployment import Toleration
    from mlopsc.record import Path
    from mlopsc.units import Quantity

_LEAST_CORES = Decimal("0.001")
_MOST_CORES = 192
_LEAST_BYTES = 4 * 1024**2
_MOST_BYTES = 32 * 1024**4
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_PREFIX = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
_RESERVED = frozenset(
    {
        "app.kubernetes.io/name",
        "app.kubernetes.io/managed-by",
        naming.LABEL_MODEL,
        naming.LABEL_TRACK,
        naming.LABEL_ENVIRONMENT,
    }
)

_DOMAINS = ("kubernetes.io", "k8s.io")
"""Domains whose labels Kubernetes and its tools act on."""


@rule("CHK-482", "deployment", "execution")
def literal_quantity(project: Project, context: Context) -> None:
    """Amounts of cores and memory are those that somebody can mean."""
    for path, env, quantity in _quantities(project):
        try:
            problem = _cores(quantity) if path[-1] == "cpu" else _bytes(quantity)
        except (KeyError, ValueError):  # a YAML number so large or small that it reads as 1e-07
            problem = "is out of all proportion"
        if problem:
            context.report("CHK-482", path, env=env, resource=path[-1], given=quantity, problem=problem)


def _quantities(project: Project) -> Iterator[tuple[Path, str | None, Quantity]]:
    train = project.execution.train.resources
    yield (*train.path, "cpu"), None, train.cpu
    yield (*train.path, "memory"), None, train.memory
    for environment in project.environments:
        serving = environment.deployment.serving.resources
        yield (*serving.path, "cpu"), environment.name, serving.cpu
        yield (*serving.path, "memory"), environment.name, serving.memory


def _cores(quantity: Quantity) -> str:
    if quantity[-1:].isalpha() and not quantity.endswith("m"):
        return 'has a unit of memory; write whole cores as "2", parts of one as "500m"'
    if quantity.amount > _MOST_CORES:
        return f'is {quantity.amount:f} cores; thousandths of a core are written as "500m"'
    if quantity.amount < _LEAST_CORES:
        return 'is less than the smallest share of a core, "1m"'
    return ""


def _bytes(quantity: Quantity) -> str:
    if quantity.endswith("m"):
        return 'is in thousandths of a byte; megabytes are written as "512M" or "512Mi"'
    if quantity.amount < _LEAST_BYTES:
        return f'is {quantity.amount:f} bytes, too little to start anything; write a unit as in "512Mi"'
    if quantity.amount > _MOST_BYTES:
        return "is more than any machine has"
    return ""


@rule("CHK-483", "deployment")
def gpu_resource(project: Project, context: Context) -> None:
    """Resources of devices carry the domain of their maker."""
    for environment in project.environments:
        gpu = environment.deployment.serving.resources.gpu
        if gpu is not None and ("/" not in gpu.resource or not _is_key(gpu.resource)):
            context.report("CHK-483", (*gpu.path, "resource"), env=environment.name, given=gpu.resource)


@rule("CHK-484", "metadata", "deployment", "monitoring")
def refused_label(project: Project, context: Context) -> None:
    """Labels and annotations have keys and values that Kubernetes takes."""
    for path, env, entries in _labels(project):
        for key, value in entries.items():
            if not _is_key(key):
                problem = f'the key "{key}" must be an optional domain with "/" and up to 63 letters, digits, -_.'
            elif path[-1] != "annotations" and not _is_label_value(value):
                problem = f'the value "{value}" must be empty or up to 63 letters, digits, -_., with no -_. at its ends'
            else:
                continue
            context.report("CHK-484", (*path, key), env=env, problem=problem)


@rule("CHK-485", "metadata", "monitoring")
def reserved_label(project: Project, context: Context) -> None:
    """Labels by which objects find each other are not set by hand: every object would carry them."""
    for key, value in project.metadata.labels.items():
        path = (*project.metadata.path, "labels", key)
        domain = key.rpartition("/")[0]
        if key in _RESERVED:
            context.report("CHK-485", path, label=key, problem="is set by the generated objects themselves")
        elif any(domain == own or domain.endswith(f".{own}") for own in _DOMAINS):
            context.report("CHK-485", path, label=key, problem=f"lies in the domain {domain}, which is Kubernetes' own")
        else:
            _selected(project, context, path, key, value)


def _selected(project: Project, context: Context, path: Path, key: str, value: str) -> None:
    """Report a label that would replace one by which Prometheus finds the monitor."""
    for environment in project.environments:
        prometheus = environment.monitoring.prometheus
        wanted = prometheus.selector_labels.get(key)
        if wanted is not None and wanted != value:
            problem = f'would replace "{wanted}", by which Prometheus selects'
            other = (*prometheus.path, "selector_labels", key)
            context.report("CHK-485", path, other, env=environment.name, label=key, problem=problem)


def _labels(project: Project) -> Iterator[tuple[Path, str | None, Mapping[str, str]]]:
    yield (*project.metadata.path, "labels"), None, project.metadata.labels
    for environment in project.environments:
        pod, prometheus = environment.deployment.pod, environment.monitoring.prometheus
        yield (*pod.path, "node_selector"), environment.name, pod.node_selector
        yield (*pod.path, "annotations"), environment.name, pod.annotations
        yield (*prometheus.path, "selector_labels"), environment.name, prometheus.selector_labels


def _is_key(text: str) -> bool:
    import re

    return len(text.rpartition("/")[0]) <= 253 and re.fullmatch(f"(?:{_PREFIX}/)?{_NAME}", text) is not None


def _is_label_value(text: str) -> bool:
    import re

    return re.fullmatch(f"(?:{_NAME})?", text) is not None


@rule("CHK-486", "deployment")
def refused_toleration(project: Project, context: Context) -> None:
    """The fields of a toleration go together."""
    for environment in project.environments:
        for toleration in environment.deployment.pod.tolerations:
            for keys, problem in _toleration(toleration):
                context.report("CHK-486", (*toleration.path, *keys), env=environment.name, problem=problem)


def _toleration(toleration: Toleration) -> Iterator[tuple[Path, str]]:
    if toleration.operator == "Exists" and toleration.value:
        yield ("value",), 'takes no value with the operator "Exists", which stands for any'
    if toleration.operator == "Equal" and toleration.key is None:
        yield (), 'needs a key, or the operator "Exists"'
    if toleration.seconds is not None and toleration.effect != "NoExecute":
        yield ("seconds",), 'takes seconds with the effect "NoExecute" only'


@rule("CHK-487", "deployment")
def variable_set_twice(project: Project, context: Context) -> None:
    """An environment variable has one source; Kubernetes would keep the last one in silence."""
    for environment in project.environments:
        pod = environment.deployment.pod
        for name, reference in pod.env_secrets.items():
            if name in pod.env:
                context.report("CHK-487", reference.path, (*pod.path, "env", name), env=environment.name, name=name)


@rule("CHK-488", "deployment")
def no_such_day(project: Project, context: Context) -> None:
    """Exceptions end on a day of the calendar."""
    from datetime import date

    for environment in project.environments:
        image = environment.deployment.image
        for accepted in image.scan.ignore.values() if image is not None else ():
            try:
                date.fromisoformat(accepted.expires)
            except ValueError:
                context.report("CHK-488", (*accepted.path, "expires"), env=environment.name, given=accepted.expires)


@rule("CHK-489", "deployment")
def no_network(project: Project, context: Context) -> None:
    """Addresses that are let in are networks."""
    for environment in project.environments:
        ingress = environment.deployment.ingress
        for index, peer in enumerate(ingress.allow_from if ingress is not None else ()):
            kind, _, network = peer.partition(":")
            problem = _network(network) if kind == "cidr" else ""
            if problem:
                path = ("deployment", "ingress", "allow_from", index)
                context.report("CHK-489", path, env=environment.name, given=network, problem=problem)


def _network(text: str) -> str:
    import ipaddress

    try:
        whole = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return "is no network address with its number of bits"
    host = ipaddress.ip_address(text.partition("/")[0])
    return "" if host == whole.network_address else f'has bits beyond its mask; the network is "{whole}"'


RULES = (
    literal_quantity,
    gpu_resource,
    refused_label,
    reserved_label,
    refused_toleration,
    variable_set_twice,
    no_such_day,
    no_network,
)
