"""Clusters that follow the deploy branches, as a GitOps controller would, with a gateway and Prometheus before them.

What runs is what `kubectl kustomize` builds from the branch of an environment. Pods come up only with an image that the
registry has.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from e2e.world.internet import Request, Response
from e2e.world.state import State

Object = dict[str, Any]


class Cluster:
    """All environments of a project.

    Args:
        state: of the world.
        remote: bare repository with the deploy branches.
        kubectl: the real program.
        project: name of the project.
        folder: of the spec, from the top of the repository.
        environments: namespace by environment.

    Attributes:
        answers: what Prometheus answers to a query that fits a pattern; the last one that fits counts. A string is an
            error of Prometheus. What fits none is healthy.
        broken: environments in which no answer is a prediction.
        stopped: whether the controller does not follow the branches any more.
    """

    def __init__(
        self, state: State, remote: Path, kubectl: str, project: str, environments: Mapping[str, str], folder: str = ""
    ) -> None:
        self.state = state
        self.remote = remote
        self.kubectl = kubectl
        self.project = project
        self.environments = environments
        self.folder = folder
        self.answers: list[tuple[str, float | str]] = []
        self.queries: list[str] = []
        self.broken: set[str] = set()
        self.stopped = False
        self._built: dict[tuple[str, str], list[Object] | None] = {}
        self._last: dict[str, str] = {}

    def objects(self, environment: str) -> list[Object]:
        """Return what runs in an environment: of the last commit that builds; nothing before the first release."""
        branch = f"refs/heads/deploy/{self.project}/{environment}"
        done = self._git("rev-parse", "--verify", "--quiet", branch)
        commit = self._last.get(environment, "") if self.stopped else done.stdout.decode().strip()
        if not commit:
            return []
        key = (environment, commit)
        if key not in self._built:
            self._built[key] = self._build(environment, commit)
        found = self._built[key]
        if found is not None:
            self._last[environment] = commit
        return found or self._built.get((environment, self._last.get(environment, ""))) or []

    def deployments(self, environment: str) -> list[Object]:
        """Return the Deployments with at least one copy whose image can be pulled."""
        return [
            document
            for document in self.objects(environment)
            if document["kind"] == "Deployment"
            and document["spec"].get("replicas", 1)
            and self._pulled(document["spec"]["template"]["spec"]["containers"][0]["image"])
        ]

    def versions(self, environment: str, track: str) -> dict[str, int]:
        """Return the copies on a track by the version that they run, as the pods' label says."""
        return self._copies(environment, track, lambda pod: pod["labels"]["mlops.version"])

    def releases(self, environment: str, track: str) -> dict[str, int]:
        """Return the copies on a track by the release whose manifests they have, as the pods' annotation says."""
        return self._copies(environment, track, lambda pod: pod["annotations"]["mlops.release"])

    def _copies(self, environment: str, track: str, key: Callable[[Any], str]) -> dict[str, int]:
        scalers = {
            document["spec"]["scaleTargetRef"]["name"]: document["spec"].get("minReplicas", 1)
            for document in self.objects(environment)
            if document["kind"] == "HorizontalPodAutoscaler"
        }
        copies: dict[str, int] = {}
        for document in self.deployments(environment):
            pod = document["spec"]["template"]["metadata"]
            if pod["labels"].get("mlops.track") == track:
                name = document["metadata"]["name"]
                count = document["spec"].get("replicas", scalers.get(name, 1))
                copies[key(pod)] = copies.get(key(pod), 0) + count
        return copies

    def gateway(self, environment: str) -> Any:
        """Return the host that leads to the model of an environment."""

        def answer(request: Request) -> Response:
            versions = self.versions(environment, "stable")
            if not versions:
                return Response(503, b"no healthy upstream")
            if environment in self.broken:
                return Response(200, b"<p>Nice weather today</p>")
            if request.method == "GET":
                return Response.document({"ready": True})
            rows = json.loads(request.body)["inputs"][0]["shape"][0]
            output = {"name": "predict", "datatype": "FP64", "shape": [rows, 1], "data": [0.5] * rows}
            document = {"model_name": self.project, "model_version": next(iter(versions)), "outputs": [output]}
            return Response.document(document)

        return answer

    def prometheus(self, request: Request) -> Response:
        """Answer a query, as Prometheus' HTTP API does."""
        url = urlsplit(request.path)
        fields = parse_qs(request.body.decode() if request.method == "POST" else url.query)
        query = fields.get("query", [""])[0]
        self.queries.append(query)
        if not url.path.endswith("/api/v1/query"):
            return Response.document({"status": "error", "errorType": "bad_data", "error": url.path}, 404)
        for pattern, value in reversed(self.answers):
            if re.search(pattern, query):
                if isinstance(value, str):
                    return Response.document({"status": "error", "errorType": "execution", "error": value}, 503)
                return _vector([({}, value)])
        if query.startswith("count by (mlops_release)"):
            return _vector([({"mlops_release": name}, float(count)) for name, count in self._live(query).items()])
        # an error rate is 0, a ratio of latencies 1, and a number of requests large
        healthy = 0.0 if "5.." in query else 1.0 if "histogram_quantile" in query else 100_000.0
        return _vector([({}, healthy)])

    def _live(self, query: str) -> dict[str, int]:
        labels = dict(re.findall(r'(\w+)="([^"]*)"', query))
        for environment, namespace in self.environments.items():
            if namespace == labels.get("namespace"):
                return self.releases(environment, labels["mlops_track"])
        return {}

    def _pulled(self, image: str) -> bool:
        name, _, digest = image.partition("@sha256:")
        return self.state.path("registry", "images", name, digest).is_dir()

    def _build(self, environment: str, commit: str) -> list[Object] | None:
        """Return what kustomize builds; None where it refuses."""
        with tempfile.TemporaryDirectory() as folder:
            archive = self._git("archive", "--format=tar", commit)
            subprocess.run(["tar", "--extract", "--directory", folder], input=archive.stdout, check=True)
            overlay = Path(folder, self.folder, "ops", "deploy", "overlays", environment)
            done = subprocess.run([self.kubectl, "kustomize", str(overlay)], capture_output=True, check=False)
        if done.returncode:
            return None
        return [document for document in yaml.safe_load_all(done.stdout) if document]

    def _git(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["git", *arguments], cwd=self.remote, capture_output=True, check=False)


def _vector(samples: list[tuple[dict[str, str], float]]) -> Response:
    result = [{"metric": labels, "value": [0, str(value)]} for labels, value in samples]
    return Response.document({"status": "success", "data": {"resultType": "vector", "result": result}})
