"""References to secrets are found wherever they stand, and it is known who reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

import pytest
from mlopsc.check import secrets
from mlopsc.compiler import analyze
from mlopsc.inputs import MemoryInputs
from mlopsc.project import Environment, Project
from mlopsc.project.base import SecretRef
from mlopsc.project.deployment import EnvFrom
from mlopsc.record import Path, Record

SPEC = """
apiVersion: mlopsc/v1
metadata: { name: churn }
target: kubernetes
data:
  datasets: { customers: { loader: "churn.data:load", version: { resolve: at-run } } }
  train: customers
  evaluate: { split: { test: 20% } }
model: { task: custom, framework: sklearn, train: { call: "churn.model:train" } }
secrets: { A: { github: A } }
deployment:
  image: { name: ghcr.io/acme/churn, login: { username: ci, password: { secret: A } } }
  pod: { env_from: [{ config_map: settings }, { secret: C }], env_secrets: { X: { secret: B } } }
monitoring: { alerts: { ticket: { slack: { channel: "#ml", url: { secret: D } } } } }
"""


def places(hint: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of all fields that refer to a secret, by the types of the records; ``*`` is any key."""
    if isinstance(hint, type) and issubclass(hint, (SecretRef, EnvFrom)):
        yield path
    elif isinstance(hint, type) and issubclass(hint, Record):
        for name, inner in get_type_hints(hint).items():
            if name != "path":
                yield from places(inner, (*path, name))
    else:
        keys: Path = ("*",) if getattr(hint, "__origin__", None) in (Mapping, tuple) else ()
        for inner in get_args(hint):
            yield from places(inner, (*path, *keys))


def environment() -> Environment:
    """Return the environment of `SPEC`."""
    analysis = analyze("mlops.yaml", MemoryInputs({"mlops.yaml": SPEC.encode()}))
    assert analysis.project is not None
    return analysis.project.environments[0]


def test_every_reference_is_in_a_section_that_is_searched() -> None:
    """A new field with a secret elsewhere would go unnoticed by the rules."""
    found = [path for path in places(Project) if path[:2] != ("environments", "*")]
    assert {path[0] for path in found} <= set(secrets.SECTIONS)
    assert len(found) >= 8


@pytest.mark.parametrize("path", sorted({path[2:] for path in places(Project) if path[0] == "environments"}))
def test_every_reference_has_a_reader(path: Path) -> None:
    """Whether pods or workflows read a secret is known for every field of the spec."""
    assert secrets.reader_of(path) in ("cluster", "workflow")


def test_controllers_read_in_the_cluster_and_workflows_push() -> None:
    """The section of a GitOps controller holds secrets of both."""
    readers = {
        place: secrets.reader_of(("deployment", "gitops", *place, "secret"))
        for place in (("flux", "credentials"), ("push", "kubeconfig"), ("repository", "credentials"))
    }
    assert list(readers.values()) == ["cluster", "workflow", "workflow"]


def test_reader_of_options_is_unknown() -> None:
    """Only the target knows who reads the secrets in its options."""
    assert secrets.reader_of(("deployment", "kubernetes", "token", "secret")) is None


def test_references_are_found_with_their_paths() -> None:
    """In maps, in lists and in single fields; a ConfigMap is no secret."""
    assert dict(secrets.uses(environment())) == {
        ("deployment", "image", "login", "password", "secret"): "A",
        ("deployment", "pod", "env_secrets", "X", "secret"): "B",
        ("deployment", "pod", "env_from", 1, "secret"): "C",
        ("monitoring", "alerts", "ticket", "slack", "url", "secret"): "D",
    }


def test_references_in_options_are_found() -> None:
    """Options are plain data; a map with nothing but ``secret`` refers to one, other maps do not."""
    before = environment()
    options = {"other": {"list": [{"token": {"secret": "E"}}, {"secret": 3}], "volume": {"secret": "F", "mode": 1}}}
    after = before.replace(deployment=before.deployment.replace(options=options))
    assert dict(secrets.uses(after)).items() - dict(secrets.uses(before)).items() == {
        (("deployment", "other", "list", 0, "token", "secret"), "E")
    }
