"""A stand-in for kubectl, run as a program: it keeps a cluster in a JSON file, and notes how it was called.

``kustomize`` is done by the real kubectl, unless the file holds the text that it gives. Commands, options and answers
are those of kubectl that release automation uses; what it would refuse, the stand-in refuses as well.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import yaml

RESOURCES = {
    ("", "Namespace"): "namespaces",
    ("", "Service"): "services",
    ("", "ServiceAccount"): "serviceaccounts",
    ("", "ConfigMap"): "configmaps",
    ("apps", "Deployment"): "deployments.apps",
    ("autoscaling", "HorizontalPodAutoscaler"): "horizontalpodautoscalers.autoscaling",
    ("gateway.networking.k8s.io", "HTTPRoute"): "httproutes.gateway.networking.k8s.io",
    ("monitoring.coreos.com", "PodMonitor"): "podmonitors.monitoring.coreos.com",
    ("monitoring.coreos.com", "PrometheusRule"): "prometheusrules.monitoring.coreos.com",
    ("networking.k8s.io", "NetworkPolicy"): "networkpolicies.networking.k8s.io",
    ("policy", "PodDisruptionBudget"): "poddisruptionbudgets.policy",
}
"""Kinds that a cluster with a gateway and the Prometheus operator serves."""


def fail(message: str) -> NoReturn:
    """End as kubectl does."""
    sys.stderr.write(f"{message}\n")
    raise SystemExit(1)


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


def kind_of(item: dict[str, Any]) -> tuple[str, str]:
    """Return group and kind of an object."""
    return item["apiVersion"].rpartition("/")[0], item["kind"]


class Cluster:
    """The cluster.

    Args:
        path: of its file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))

    def save(self) -> None:
        """Write the file."""
        self.path.write_text(json.dumps(self.state, indent=2), encoding="utf-8")

    def served(self, item: dict[str, Any]) -> bool:
        """Tell whether the cluster knows the kind of an object."""
        return RESOURCES.get(kind_of(item), "lacking") not in {*self.state["lacks"], "lacking"}

    def find(self, item: dict[str, Any]) -> dict[str, Any] | None:
        """Return the object of the same identity."""
        wanted = (*kind_of(item), item["metadata"].get("namespace"), item["metadata"]["name"])
        return next(
            (
                known
                for known in self.state["objects"]
                if (*kind_of(known), known["metadata"].get("namespace"), known["metadata"]["name"]) == wanted
            ),
            None,
        )

    def apply(self, text: str) -> None:
        """Take the objects of YAML documents, and print them."""
        items = [item for item in yaml.safe_load_all(text) if item]
        if not items:
            fail("error: no objects passed to apply")
        lacking = [item["kind"] for item in items if not self.served(item)]
        known = [item for item in items if self.served(item)]
        for item in known:
            namespace = item["metadata"].get("namespace")
            spaces = [o["metadata"]["name"] for o in self.state["objects"] if o["kind"] == "Namespace"]
            if namespace is not None and namespace not in spaces:
                fail(f'Error from server (NotFound): namespaces "{namespace}" not found')
            old = self.find(item)
            if old is not None:
                self.state["objects"].remove(old)
            self.state["objects"].append(item)
        self.save()
        if lacking:
            why = f'error: resource mapping not found: no matches for kind "{lacking[0]}"'
            fail(f"{why}\nensure CRDs are installed first")
        answer = known[0] if len(known) == 1 else {"apiVersion": "v1", "kind": "List", "items": known}
        say(json.dumps(answer))

    def api_resources(self) -> None:
        """Print the kinds that are served below namespaces; one broken extension makes it fail all the same."""
        for name in RESOURCES.values():
            if name != "namespaces" and name not in self.state["lacks"]:
                say(name)
        if self.state["broken_extension"]:
            fail("error: unable to retrieve the complete list of server APIs: custom.metrics.k8s.io/v1beta1")

    def get(self, kinds: str, namespace: str, selector: str) -> None:
        """Print the objects of some kinds with some labels."""
        wanted = dict(pair.split("=", 1) for pair in selector.split(","))
        asked = kinds.split(",")
        for name in asked:
            if name not in RESOURCES.values() or name in self.state["lacks"]:
                fail(f'error: the server doesn\'t have a resource type "{name.partition(".")[0]}"')
        found = [
            {**item, "apiVersion": self.state["preferred"].get(RESOURCES[kind_of(item)], item["apiVersion"])}
            for item in self.state["objects"]
            if RESOURCES[kind_of(item)] in asked
            and item["metadata"].get("namespace") == namespace
            and wanted.items() <= item["metadata"].get("labels", {}).items()
        ]
        say(json.dumps({"apiVersion": "v1", "kind": "List", "items": found}))

    def delete(self, text: str) -> None:
        """Delete the objects of a list."""
        for item in json.loads(text)["items"]:
            known = self.find(item)
            if known is not None:
                self.state["objects"].remove(known)
        self.save()

    def rollout_status(self, name: str, namespace: str) -> None:
        """Say whether a Deployment runs."""
        kind, _, item = name.partition("/")
        wanted = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": item, "namespace": namespace}}
        if kind != "deployment" or self.find(wanted) is None:
            fail(f'Error from server (NotFound): deployments.apps "{item}" not found')
        if item in self.state["stuck"]:
            fail("Waiting: 0 of 1 updated replicas are available...\nerror: timed out waiting for the condition")


def main(arguments: list[str]) -> None:
    """Do what kubectl is asked for."""
    cluster = Cluster(Path(os.environ["STANDIN_CLUSTER"]))
    options = dict(word.removeprefix("--").split("=", 1) for word in arguments if word.startswith("--") and "=" in word)
    words = [word for word in arguments if not word.startswith("--")]
    arguments = [word for word in arguments if not word.startswith("--request-timeout=")]
    config = os.environ.get("KUBECONFIG")
    cluster.state["calls"].append(
        {
            "arguments": arguments,
            "kubeconfig": Path(config).read_text(encoding="utf-8") if config else None,
            "place": config,
            "mode": oct(stat.S_IMODE(Path(config).stat().st_mode)) if config else None,
            "secrets": sorted(name for name in os.environ if name.startswith("MLOPS_")),
        }
    )
    cluster.save()
    if words[0] in cluster.state["fails"]:
        fail(cluster.state["fails"][words[0]])
    if words[0] == "kustomize":
        if cluster.state["built"] is not None:
            say(cluster.state["built"])
            return
        raise SystemExit(subprocess.run([os.environ["REAL_KUBECTL"], *arguments], check=False).returncode)
    if words[0] == "apply":
        assert {"--server-side", "--field-manager=mlops", "--output=json", "--filename=-"} <= {*arguments}
        cluster.apply(sys.stdin.read())
    elif words[0] == "api-resources":
        cluster.api_resources()
    elif words[0] == "get":
        cluster.get(words[1], options["namespace"], options["selector"])
    elif words[0] == "delete":
        cluster.delete(sys.stdin.read())
    elif words[:2] == ["rollout", "status"]:
        assert options["timeout"].removesuffix("s").isdigit()
        cluster.rollout_status(words[2], options["namespace"])
    else:
        fail(f'error: unknown command "{words[0]}" for "kubectl"')


if __name__ == "__main__":
    main(sys.argv[1:])
