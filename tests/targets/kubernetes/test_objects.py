"""Single fields of the spec in single objects."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from targets.kubernetes import projects

DEPLOY = "ops/deploy/"


def built(**changes: Any) -> dict[str, Any]:
    """Return the documents of the only environment by file name, its patches applied."""
    files = projects.rendered(projects.spec(environments=None, **changes))
    documents = {path.removeprefix(DEPLOY): yaml.safe_load(file.text) for path, file in files.items()}
    released = "overlays/default/released/"
    found = {path.removeprefix("base/"): item for path, item in documents.items() if path.startswith("base/")}
    found |= {path.removeprefix(released): item for path, item in documents.items() if path.startswith(released)}
    for path in [path for path in found if path.endswith(".patch.yaml")]:
        patch, name = found.pop(path), path.replace(".patch", "")
        if isinstance(patch, dict):
            assert patch["$patch"] == "delete"
            del found[name]
        else:
            apply(found[name], patch)
    return found


def apply(document: Any, operations: list[dict[str, Any]]) -> None:
    """Change a document as its patch says."""
    for operation in operations:
        *above, last = operation["path"].split("/")[1:]
        place = document
        for key in above:
            place = place[int(key) if isinstance(place, list) else key]
        if operation["op"] == "remove":
            del place[last]
        else:
            place[int(last) if isinstance(place, list) else last] = operation["value"]


def pod(documents: dict[str, Any]) -> Any:
    """Return the pod's spec of the Deployment."""
    return documents["deployment.yaml"]["spec"]["template"]["spec"]


def test_an_autoscaler_owns_the_number_of_copies() -> None:
    scaled = built()
    assert "replicas" not in scaled["deployment.yaml"]["spec"]
    assert scaled["hpa.yaml"]["spec"]["minReplicas"] == 2
    fixed = built(deployment__serving={"replicas": {"min": 3}})
    assert fixed["deployment.yaml"]["spec"]["replicas"] == 3
    assert "hpa.yaml" not in fixed
    assert "hpa.yaml" not in built(deployment__serving={"replicas": {"min": 3, "max": 3}})


def test_the_autoscaler_has_a_goal_of_its_own() -> None:
    goal = built(deployment__serving={"replicas": {"min": 1, "max": 3}})["hpa.yaml"]["spec"]["metrics"][0]["resource"]
    assert goal["target"]["averageUtilization"] == 80


@pytest.mark.parametrize(
    ("strategy", "seconds"),
    [
        ({"canary": {"steps": ["10%"], "pause": "10m"}}, 600),
        ({"canary": {"steps": ["10%"], "pause": "10m"}, "controller": "argo-rollouts"}, 600),
        ({"canary": {"steps": ["10%"], "pause": "2m"}}, 300),
        ({"blue_green": {"soak": "20m"}}, 1200),
        ({"blue_green": {"soak": "1d"}}, 3600),
    ],
)
def test_the_old_copies_stay_while_traffic_may_come_back(strategy: dict[str, Any], seconds: int) -> None:
    behavior = built(deployment__strategy=strategy)["hpa.yaml"]["spec"]["behavior"]
    assert behavior == {"scaleDown": {"stabilizationWindowSeconds": seconds}}


@pytest.mark.parametrize("strategy", [{"rolling": {}}, {"shadow": {}}])
def test_where_no_traffic_moves_the_autoscaler_is_left_alone(strategy: dict[str, Any]) -> None:
    assert "behavior" not in built(deployment__strategy=strategy)["hpa.yaml"]["spec"]


def test_pods_are_hardened() -> None:
    spec = pod(built())
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"] == {
        "requests": {"cpu": "500m", "memory": "1Gi"},
        "limits": {"memory": "1Gi"},
    }
    assert spec["volumes"] == [{"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}]


def test_a_pod_waits_before_it_stops() -> None:
    spec = pod(built())
    assert spec["terminationGracePeriodSeconds"] == 60
    assert spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"] == 10
    short = pod(built(deployment__kubernetes={"termination_grace": "8s"}))
    assert short["terminationGracePeriodSeconds"] == 8
    assert short["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"] == 4


def test_a_gpu_is_a_limit() -> None:
    resources = {"cpu": 4, "memory": "8Gi", "gpu": {"count": 2, "resource": "amd.com/gpu"}}
    (container,) = pod(built(deployment__serving={"resources": resources}))["containers"]
    assert container["resources"]["limits"] == {"memory": "8Gi", "amd.com/gpu": "2"}
    assert container["resources"]["requests"]["cpu"] == "4"


def test_a_service_account_of_the_user_is_not_made() -> None:
    own = built(deployment__pod={"service_account": "own"})
    assert pod(own)["serviceAccountName"] == "own"
    assert "serviceaccount.yaml" not in own


def test_secrets_become_references_or_fetched_objects() -> None:
    documents = built(
        deployment__pod={
            "env": {"LEVEL": "info"},
            "env_secrets": {"A": {"secret": "KEPT"}, "B": {"secret": "FAR_AWAY"}},
            "env_from": [{"secret": "FAR_AWAY"}, {"secret": "MANY"}, {"secret": "KEPT"}, {"config_map": "settings"}],
        },
        deployment__image={"name": "ghcr.io/acme/penguins", "pull_secret": {"secret": "PULL"}},
        secrets={
            "KEPT": {"kubernetes": {"name": "keys", "key": "a"}},
            "FAR_AWAY": {"external": {"store": "vault", "key": "penguins/b"}},
            "MANY": {"external": {"store": "vault", "key": "penguins/many"}},
            "PULL": {"external": {"store": "vault", "key": "penguins/pull"}},
        },
    )
    spec = pod(documents)
    (container,) = spec["containers"]
    assert container["env"] == [
        {"name": "LEVEL", "value": "info"},
        {"name": "A", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "a"}}},
        {"name": "B", "valueFrom": {"secretKeyRef": {"name": "penguins-far-away", "key": "value"}}},
    ]
    assert container["envFrom"] == [
        {"secretRef": {"name": "penguins-far-away"}},
        {"secretRef": {"name": "penguins-many"}},
        {"secretRef": {"name": "keys"}},
        {"configMapRef": {"name": "settings"}},
    ]
    assert spec["imagePullSecrets"] == [{"name": "penguins-pull"}]
    far = documents["externalsecret-far-away.yaml"]["spec"]
    assert far["data"] == [{"secretKey": "value", "remoteRef": {"key": "penguins/b"}}]
    assert far["dataFrom"] == [{"extract": {"key": "penguins/b"}}]
    many = documents["externalsecret-many.yaml"]["spec"]
    assert "data" not in many
    assert many["dataFrom"] == [{"extract": {"key": "penguins/many"}}]
    pull = documents["externalsecret-pull.yaml"]["spec"]
    assert [item["secretKey"] for item in pull["data"]] == [".dockerconfigjson"]
    assert "dataFrom" not in pull
    assert documents["externalsecret-pull.yaml"]["spec"]["target"]["template"] == {
        "type": "kubernetes.io/dockerconfigjson"
    }
    assert "externalsecret-kept.yaml" not in documents


def test_the_route_passes_the_model_only() -> None:
    rule = built()["httproute.yaml"]["spec"]["rules"][0]
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/v2/models/penguins"}}]


def test_a_shadow_copies_requests() -> None:
    for percent, amount in (("10%", {"percent": 10}), ("2.5%", {"fraction": {"numerator": 1, "denominator": 40}})):
        rule = built(deployment__strategy={"shadow": {"percent": percent}})["httproute.yaml"]["spec"]["rules"][0]
        mirror = {"backendRef": {"name": "penguins-canary", "port": 8080}, **amount}
        assert rule["filters"] == [{"type": "RequestMirror", "requestMirror": mirror}]
        assert rule["backendRefs"] == [{"name": "penguins", "port": 8080}]


def sources(policy: Any) -> list[Any]:
    """Return who is let in, with the ports."""
    return [(item["from"], [port["port"] for port in item["ports"]]) for item in policy["spec"]["ingress"]]


def space(name: str) -> dict[str, Any]:
    """Return the selector of a namespace."""
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def test_the_policy_lets_in_who_is_named() -> None:
    policy = built(deployment__ingress__allow_from=["namespace:web", "cidr:10.0.0.0/8"])["networkpolicy.yaml"]
    assert sources(policy) == [
        ([space("gateway")], ["http"]),
        ([space("web"), {"ipBlock": {"cidr": "10.0.0.0/8"}}], ["http", "grpc"]),
        ([space("monitoring")], ["metrics"]),
    ]
    assert policy["spec"]["egress"] == []


def test_without_an_ingress_the_namespace_is_let_in() -> None:
    policy = built(deployment__ingress=None, deployment__strategy=None, monitoring=None)["networkpolicy.yaml"]
    assert sources(policy) == [([{"podSelector": {}}], ["http", "grpc"]), ([{"namespaceSelector": {}}], ["metrics"])]


def test_egress_is_an_option() -> None:
    def spec(egress: str) -> Any:
        return built(deployment__kubernetes={"egress": egress})["networkpolicy.yaml"]["spec"]

    assert spec("none")["egress"] == []
    names = {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}
    assert spec("dns")["egress"] == [names]
    assert spec("https")["egress"] == [
        names,
        {"ports": [{"port": 443, "protocol": "TCP"}]},
        {
            "to": [{"ipBlock": {"cidr": "169.254.0.0/16"}}],
            "ports": [{"port": 80, "protocol": "TCP"}, {"port": 988, "protocol": "TCP"}],
        },
    ]
    assert spec("all")["policyTypes"] == ["Ingress"]
    assert "egress" not in spec("all")


def test_without_an_operator_pods_are_annotated() -> None:
    files = built(monitoring={"prometheus": {"kind": "files"}}, deployment__strategy=None)
    assert "podmonitor.yaml" not in files
    annotations = files["deployment.yaml"]["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/port"] == "8082"
    assert "prometheus.io/port" not in built()["deployment.yaml"]["spec"]["template"]["metadata"]["annotations"]


def test_every_series_tells_the_version_and_the_release_of_its_pod() -> None:
    files = built()
    for name in ("deployment.yaml", "canary-deployment.yaml"):
        metadata = files[name]["spec"]["template"]["metadata"]
        assert metadata["labels"]["mlops.version"] == metadata["annotations"]["mlops.release"] == "unreleased"
        assert "mlops.version" not in files[name]["spec"]["selector"]["matchLabels"]
    monitor = files["podmonitor.yaml"]["spec"]
    assert monitor["podTargetLabels"] == ["mlops.model", "mlops.track", "mlops.version"]
    assert monitor["podMetricsEndpoints"][0]["relabelings"] == [
        {"sourceLabels": ["__meta_kubernetes_pod_annotation_mlops_release"], "targetLabel": "mlops_release"}
    ]


def test_the_workload_says_whose_it_is() -> None:
    metadata = built(metadata__description="Which species")["deployment.yaml"]["metadata"]
    assert metadata["annotations"] == {"mlops.description": "Which species", "mlops.owner": "@acme/birds"}
    assert "annotations" not in built(metadata__owner=None)["deployment.yaml"]["metadata"]


def test_a_batch_job_scores_on_its_schedule() -> None:
    job = built(
        deployment={
            "mode": "batch",
            "image": {"name": "ghcr.io/acme/penguins"},
            "batch": {"input": "s3://a/in/", "output": "s3://a/out/", "schedule": "0 5 * * *", "key": "id"},
            "kubernetes": {"batch_deadline": "30m"},
        }
    )
    spec = job["cronjob.yaml"]["spec"]
    assert spec["schedule"] == "0 5 * * *"
    assert spec["timeZone"] == "Etc/UTC"
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 1800
    (container,) = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["score", "--input", "s3://a/in/", "--output", "s3://a/out/", "--key", "id"]
    assert len(job["networkpolicy.yaml"]["spec"]["egress"]) == 3
    assert set(job) == {"cronjob.yaml", "kustomization.yaml", "networkpolicy.yaml", "serviceaccount.yaml"}


def test_argo_rollouts_judges_each_step() -> None:
    strategy = {"canary": {"steps": ["10%", "50%"], "pause": "5m", "min_requests": 50}, "controller": "argo-rollouts"}
    documents = built(deployment__strategy=strategy)
    assert "deployment.yaml" not in documents
    assert documents["hpa.yaml"]["spec"]["scaleTargetRef"]["kind"] == "Rollout"
    canary = documents["rollout.yaml"]["spec"]["strategy"]["canary"]
    assert canary["stableMetadata"] == {"labels": {"mlops.track": "stable"}}
    assert canary["canaryMetadata"] == {"labels": {"mlops.track": "canary"}}
    steps = canary["steps"]
    assert [next(iter(step)) for step in steps] == ["setWeight", "pause", "analysis"] * 2
    assert steps[1] == {"pause": {"duration": 300}}
    metrics = {item["name"]: item for item in documents["analysistemplate.yaml"]["spec"]["metrics"]}
    assert metrics["requests"]["successCondition"] == "len(result) > 0 && result[0] >= 50"
    assert metrics["requests"]["failureCondition"] == "false"
    assert metrics["error-rate"]["failureCondition"] == "len(result) > 0 && result[0] > 0.001"
    assert metrics["latency"]["failureCondition"] == "len(result) > 0 && result[0] > 0.25"
    assert 'namespace="{{args.namespace}}"' in metrics["latency"]["provider"]["prometheus"]["query"]


def test_argo_rollouts_keeps_the_old_model_while_it_soaks() -> None:
    documents = built(deployment__strategy={"blue_green": {"soak": "5m"}, "controller": "argo-rollouts"})
    blue_green = documents["rollout.yaml"]["spec"]["strategy"]["blueGreen"]
    assert (blue_green["activeService"], blue_green["previewService"]) == ("penguins", "penguins-canary")
    assert blue_green["scaleDownDelaySeconds"] == 300
    assert blue_green["activeMetadata"] == {"labels": {"mlops.track": "stable"}}
    assert blue_green["previewMetadata"] == {"labels": {"mlops.track": "canary"}}
    assert "analysistemplate.yaml" not in documents
