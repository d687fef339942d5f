"""The release record of an environment and the component that brings it in, as they are before the first release.

Both are written once; from then on release automation owns them, on the deploy branch.
"""

from __future__ import annotations

from mlopsc.parts import At, File, Json, Yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.build.kubernetes.settings import Settings

COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
LOCAL = {"config.kubernetes.io/local-config": "true"}
"""Annotation of what kustomize reads and leaves out of its output."""


def files(settings: Settings, folder: str, owner: str) -> Iterator[File]:
    """Yield the two files.

    Args:
        settings: of the environment.
        folder: where they go.
        owner: name of the target.
    """
    env = settings.environment.name
    component = At(
        {**COMPONENT, "resources": ["release.json"]},
        note="Written once. On the deploy branch release automation owns this folder: the first release adds\n"
        f"components: [../../overlays/{env}/released]",
    )
    yield File(
        file=f"{folder}/kustomization.yaml",
        body=Yaml(documents=(component,), header=False),
        owner=owner,
        purpose=f"Brings the release record of {env} in; owned by release automation.",
        kind="seed",
        at=settings.name.path,
        env=env,
    )
    record = {
        "apiVersion": "mlopsc/v1",
        "kind": "Release",
        "metadata": {"name": settings.name, "annotations": LOCAL},
        "state": "none",
    }
    yield File(
        file=f"{folder}/release.json",
        body=Json(document=record),
        owner=owner,
        purpose=f"What runs in {env} now; owned by release automation.",
        kind="seed",
        at=settings.name.path,
        env=env,
    )
