"""Section ``deployment``: how the model is packaged, run, rolled out and reached.

The fields are those of `mlopsc.spec.deployment`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlopsc.project.base import SecretRef
from mlopsc.record import Record
from mlopsc.units import Duration, Percent, Quantity


class Batch(Record):
    """Scoring of a whole data set on a schedule."""

    input: str
    output: str
    schedule: str
    key: str


class Login(Record):
    """How the workflow signs in to the image registry."""

    username: str
    password: SecretRef


class AcceptedFinding(Record):
    """Why a finding of the image scan is accepted, and until when."""

    reason: str
    expires: str


class Scan(Record):
    """When the image scan stops a delivery."""

    fail_on: str
    only_fixed: bool
    ignore: Mapping[str, AcceptedFinding]


class Image(Record):
    """The image that serves the model."""

    name: str
    login: Login | None
    pull_secret: SecretRef | None
    scan: Scan
    attest: bool


class Replicas(Record):
    """Number of running copies."""

    min: int
    max: int | None


class Gpu(Record):
    """GPUs of one copy."""

    count: int
    resource: str


class ServingResources(Record):
    """What one copy gets."""

    cpu: Quantity
    memory: Quantity
    gpu: Gpu | None


class ScaleOn(Record):
    """What the number of copies follows."""

    cpu: Percent


class Serving(Record):
    """How many copies run and what each one gets."""

    replicas: Replicas
    resources: ServingResources
    scale_on: ScaleOn | None


class ModelStore(Record):
    """Where released models are kept, for targets that load them by URI."""

    uri: str
    credentials: SecretRef | None


class Toleration(Record):
    """A taint that the pods tolerate."""

    key: str | None
    operator: str
    value: str | None
    effect: str | None
    seconds: int | None


class EnvFrom(Record):
    """A source of environment variables: every key becomes one."""

    secret: str | None
    config_map: str | None


class Pod(Record):
    """Settings of the pods."""

    service_account: str | None
    node_selector: Mapping[str, str]
    tolerations: tuple[Toleration, ...]
    annotations: Mapping[str, str]
    env: Mapping[str, str]
    env_secrets: Mapping[str, SecretRef]
    env_from: tuple[EnvFrom, ...]


class Canary(Record):
    """Give the new model a growing share of the traffic and judge it at every step."""

    steps: tuple[Percent, ...]
    pause: Duration
    min_requests: int
    max_error_rate: Percent | None
    max_latency_ratio: float | None


class Rolling(Record):
    """Replace the copies one after the other."""


class BlueGreen(Record):
    """Start the new model beside the old one, then move all traffic at once."""

    soak: Duration


class Shadow(Record):
    """Copy traffic to the new model and drop its answers."""

    percent: Percent


class Strategy(Record):
    """How a new model replaces the old one."""

    canary: Canary | None
    rolling: Rolling | None
    blue_green: BlueGreen | None
    shadow: Shadow | None
    controller: str


class Gateway(Record):
    """A Gateway of the Gateway API."""

    name: str
    namespace: str


class Ingress(Record):
    """How the model is reached from outside its namespace."""

    host: str
    gateway: Gateway
    allow_from: tuple[str, ...]


class Argocd(Record):
    """Argo CD follows the deploy branch."""

    repo: str
    project: str
    namespace: str


class Flux(Record):
    """Flux follows the deploy branch."""

    repo: str
    namespace: str
    credentials: SecretRef | None


class Push(Record):
    """The workflow applies the manifests itself."""

    kubeconfig: SecretRef | None


class Repository(Record):
    """A separate repository for the manifests."""

    url: str
    path_: str
    credentials: SecretRef


class Gitops(Record):
    """Who brings the manifests to the cluster."""

    argocd: Argocd | None
    flux: Flux | None
    push: Push | None
    repository: Repository | None


class Deployment(Record):
    """How the model is packaged, run, rolled out and reached.

    Attributes:
        options: options of the targets of the stack by target name; each target knows the type of its own.
    """

    mode: str
    batch: Batch | None
    image: Image | None
    serving: Serving
    model_store: ModelStore | None
    pod: Pod
    strategy: Strategy
    ingress: Ingress | None
    gitops: Gitops | None
    options: Mapping[str, Any]
