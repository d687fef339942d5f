"""Section ``deployment``: how the model is packaged, run, rolled out and reached.

Options of a target stand beside these fields, under the name of the target; each target brings the model of its own.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from mlopsc.spec.base import (
    Advisory,
    Closed,
    DataUri,
    Date,
    DnsLabel,
    Duration,
    FilePath,
    GitUrl,
    Groups,
    Host,
    ImageName,
    NonNegative,
    Peer,
    Percent,
    Positive,
    Quantity,
    SecretRef,
    StoreUri,
    Text,
    Word,
    WritableUri,
    values,
)


class Batch(Closed):
    """Scoring of a whole data set on a schedule."""

    input: DataUri
    """Rows to score, in the format of the training data."""
    output: WritableUri = Field(examples=["s3://acme-ml/churn/scores/"])
    """Where the predictions go: `s3://`, `gs://`, `az://` or a path inside the repository."""
    schedule: Text = Field(examples=["0 5 * * *"])
    """Cron expression, in UTC."""
    key: Text = Field(examples=["customer_id"])
    """Column that identifies a row; it is copied to the output."""


class Login(Closed):
    """How the workflow signs in to the image registry."""

    username: Text = Field(examples=["churn-ci"])
    """User name."""
    password: SecretRef
    """Password or token, a secret kept at GitHub."""


class AcceptedFinding(Closed):
    """Why a finding of the image scan is accepted, and until when."""

    reason: Text = Field(examples=["The affected function is not used"])
    """Why it is accepted."""
    expires: Date
    """Last day of the exception."""


class Scan(Closed):
    """When the image scan stops a delivery."""

    fail_on: Literal["critical", "high", "medium", "low"] = Field(
        default="high",
        json_schema_extra=values(
            critical="critical findings only",
            high="high and critical findings",
            medium="medium findings and worse",
            low="every finding",
        ),
    )
    """Smallest severity that stops a delivery."""
    only_fixed: bool = True
    """Whether findings without a fixed version are let through."""
    ignore: dict[Advisory, AcceptedFinding] = Field(
        default={}, examples=[{"CVE-2026-12345": {"reason": "not reachable", "expires": "2027-03-01"}}]
    )
    """Accepted findings by id."""


class Image(Closed):
    """The image that serves the model."""

    name: ImageName
    """Name with registry, without tag or digest."""
    login: Login | None = None
    """How the workflow signs in. Left out: the token of the workflow, or OIDC."""
    pull_secret: SecretRef | None = None
    """Secret with which the cluster pulls the image. Left out: none needed."""
    scan: Scan = Scan()
    """When the image scan stops a delivery."""
    attest: bool = True
    """Whether GitHub keeps signed statements of how the image was built and what is in it. In a private repository it
    does so with GitHub Enterprise Cloud only; without, switch it off. The image is signed all the same."""


class Replicas(Closed):
    """Number of running copies."""

    min: NonNegative = 1
    """Smallest number."""
    max: Positive | None = None
    """Largest number. Left out: as many as `min`."""


class Gpu(Closed):
    """GPUs of one copy."""

    count: Positive = 1
    """Number of GPUs."""
    resource: Text = Field(default="nvidia.com/gpu", examples=["nvidia.com/gpu", "amd.com/gpu"])
    """Kubernetes name of the resource."""


class ServingResources(Closed):
    """What one copy gets."""

    cpu: Quantity = "500m"
    """Cores that it is promised."""
    memory: Quantity = "1Gi"
    """Memory that it is promised and may not exceed."""
    gpu: Gpu | None = None
    """GPUs. Left out: none."""


class ScaleOn(Closed):
    """What the number of copies follows."""

    cpu: Percent
    """Use of the promised cores that the autoscaler aims at."""


class Serving(Closed):
    """How many copies run and what each one gets."""

    replicas: Replicas = Replicas()
    """Number of running copies."""
    resources: ServingResources = ServingResources()
    """What one copy gets."""
    scale_on: ScaleOn | None = None
    """What the number of copies follows. Left out: the number is fixed."""


class ModelStore(Closed):
    """Where released models are kept, for targets that load them by URI."""

    uri: StoreUri
    """Folder in an object store."""
    credentials: SecretRef | None = None
    """Secret to read it with. Left out: the identity of the pod."""


class Toleration(Closed):
    """A taint that the pods tolerate."""

    key: Text | None = Field(default=None, examples=["nvidia.com/gpu"])
    """Key of the taint. Left out: all keys."""
    operator: Literal["Exists", "Equal"] = Field(
        default="Equal", json_schema_extra=values(Exists="any value", Equal="exactly `value`")
    )
    """How the value is compared."""
    value: str | None = Field(default=None, examples=["true"])
    """Value of the taint."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint. Left out: all effects."""
    seconds: NonNegative | None = None
    """Seconds to stay on the node, with `NoExecute`. Left out: for ever."""


class EnvFrom(Closed):
    """A source of environment variables: every key becomes one."""

    ONE_OF: ClassVar[Groups] = (("secret", "config_map"),)

    secret: Word | None = Field(default=None, examples=["FEATURE_STORE"])
    """Entry of the section `secrets`."""
    config_map: DnsLabel | None = Field(default=None, examples=["churn-settings"])
    """ConfigMap in the namespace of the environment."""


class Pod(Closed):
    """Settings of the pods."""

    service_account: DnsLabel | None = Field(default=None, examples=["churn"])
    """Service account that exists. Left out: one is generated, without rights."""
    node_selector: dict[str, str] = Field(default={}, examples=[{"pool": "ml"}])
    """Labels that a node must have."""
    tolerations: list[Toleration] = []
    """Taints that the pods tolerate."""
    annotations: dict[str, str] = Field(
        default={}, examples=[{"cluster-autoscaler.kubernetes.io/safe-to-evict": "true"}]
    )
    """Annotations of the pods."""
    env: dict[Word, str] = Field(default={}, examples=[{"LOG_LEVEL": "info"}])
    """Environment variables."""
    env_secrets: dict[Word, SecretRef] = Field(default={}, examples=[{"STORE_TOKEN": {"secret": "STORE_TOKEN"}}])
    """Environment variables that hold secrets."""
    env_from: list[EnvFrom] = []
    """Sources of which every key becomes an environment variable."""


class Canary(Closed):
    """Give the new model a growing share of the traffic and judge it at every step."""

    steps: list[Percent] = Field(min_length=1, examples=[["10%", "50%"]])
    """Shares of the traffic, rising."""
    pause: Duration = "10m"
    """Time at each step before it is judged."""
    min_requests: NonNegative = 100
    """Requests that the new model must have seen at each step."""
    max_error_rate: Percent | None = None
    """Largest share of failed requests. Left out: the availability objective."""
    max_latency_ratio: Annotated[float, Field(gt=0)] | None = None
    """Largest latency against that of the old model. Left out: the latency objective."""


class Rolling(Closed):
    """Replace the copies one after the other."""


class BlueGreen(Closed):
    """Start the new model beside the old one, then move all traffic at once."""

    soak: Duration = "10m"
    """Time that the old one is kept after the move."""


class Shadow(Closed):
    """Copy traffic to the new model and drop its answers."""

    percent: Percent = "10%"
    """Share of the traffic that is copied."""


class Strategy(Closed):
    """How a new model replaces the old one."""

    ONE_OF: ClassVar[Groups] = (("canary", "rolling", "blue_green", "shadow"),)

    canary: Canary | None = None
    """A growing share of the traffic, judged at every step."""
    rolling: Rolling | None = None
    """One copy after the other."""
    blue_green: BlueGreen | None = None
    """All traffic at once, with the old model kept for a while."""
    shadow: Shadow | None = None
    """Copied traffic only."""
    controller: Literal["git", "argo-rollouts"] = Field(
        default="git",
        json_schema_extra=values(
            git="a workflow commits each step", argo_rollouts="Argo Rollouts steps inside the cluster"
        ),
    )
    """Who moves from step to step."""


class Gateway(Closed):
    """A Gateway of the Gateway API."""

    name: DnsLabel = Field(examples=["public"])
    """Name of the Gateway."""
    namespace: DnsLabel = Field(examples=["gateway"])
    """Its namespace."""


class Ingress(Closed):
    """How the model is reached from outside its namespace."""

    host: Host
    """Host name."""
    gateway: Gateway
    """Gateway that the route attaches to."""
    allow_from: list[Peer] = Field(default=[], examples=[["namespace:web"], ["cidr:10.0.0.0/8"]])
    """Who else may reach the pods directly, besides the gateway and Prometheus. Where the gateway's data plane runs in
    another namespace than the Gateway, name it here, as `namespace:envoy-gateway-system`."""


class Argocd(Closed):
    """Argo CD follows the deploy branch."""

    repo: GitUrl
    """Repository with the deploy branch."""
    project: DnsLabel = Field(default="default", examples=["default"])
    """Project of Argo CD."""
    namespace: DnsLabel = Field(default="argocd", examples=["argocd"])
    """Namespace of Argo CD."""


class Flux(Closed):
    """Flux follows the deploy branch."""

    repo: GitUrl
    """Repository with the deploy branch."""
    namespace: DnsLabel = Field(default="flux-system", examples=["flux-system"])
    """Namespace of Flux."""
    credentials: SecretRef | None = None
    """Secret with which Flux reads the repository, kept in the namespace of Flux. Left out: it is public."""


class Push(Closed):
    """The workflow applies the manifests itself."""

    kubeconfig: SecretRef | None = None
    """Secret with the cluster access. Left out: that of the runner."""


class Repository(Closed):
    """A separate repository for the manifests."""

    url: GitUrl
    """Where it is."""
    path: FilePath = Field(default=".", examples=["churn"])
    """Folder inside it."""
    credentials: SecretRef
    """Secret to push with, kept at GitHub."""


class Gitops(Closed):
    """Who brings the manifests to the cluster."""

    ONE_OF: ClassVar[Groups] = (("argocd", "flux", "push"),)

    argocd: Argocd | None = None
    """Argo CD."""
    flux: Flux | None = None
    """Flux."""
    push: Push | None = None
    """The workflow itself."""
    repository: Repository | None = None
    """A separate repository for the manifests. Left out: this one."""


class Deployment(Closed):
    """How the model is packaged, run, rolled out and reached."""

    mode: Literal["online", "batch", "none"] = Field(
        default="online",
        json_schema_extra=values(
            online="a server answers requests",
            batch="a job scores a data set on a schedule",
            none="the model is registered and not deployed",
        ),
    )
    """How the model is used."""
    batch: Batch | None = None
    """Scoring on a schedule, with `mode: batch`."""
    image: Image | None = None
    """The image that serves the model. Required unless `mode` is `none`."""
    serving: Serving = Serving()
    """How many copies run and what each one gets."""
    model_store: ModelStore | None = None
    """Where released models are kept, for targets that load them by URI."""
    pod: Pod = Pod()
    """Settings of the pods."""
    strategy: Strategy = Strategy(rolling=Rolling())
    """How a new model replaces the old one. Left out: `rolling`."""
    ingress: Ingress | None = None
    """How the model is reached from outside. Left out: only inside its namespace."""
    gitops: Gitops | None = None
    """Who brings the manifests to the cluster. Left out: you do."""
