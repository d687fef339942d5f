"""The folder ``deploy``: base, overlays and release records, as kustomize builds them.

``base`` is the spec without any overlay and without its rollout strategy, as far as some environment uses it. What an
environment changes is a patch file beside its overlay: a field, or an object that it does without; an object that only
the environment has is a file of its own there. So a change of one environment touches the files of that environment
only, unless it is the last one to use an object of ``base``.

An overlay takes ``releases/<env>`` in, a component that release automation owns. Before the first release it holds the
release record only, and the overlay builds without workloads; the first release makes it take
``overlays/<env>/released`` in, which brings the objects and copies images, weights and versions out of the record.
"""

from __future__ import annotations

from mlopsc import naming
from mlopsc.build.kubernetes import seeds
from mlopsc.build.kubernetes.diff import operations
from mlopsc.build.kubernetes.objects import Object
from mlopsc.build.kubernetes.values import entries
from mlopsc.parts import At, File, Json, Yaml
from mlopsc.patch import unwrap
from mlopsc.record import Record
from mlopsc.render.refs import common

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mlopsc.build.kubernetes.settings import Settings
    from mlopsc.parts import Data, Ref
    from mlopsc.project.project import Project
    from mlopsc.record import Path

KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
CUSTOM_TEMPLATES = {"Rollout": "argoproj.io"}
"""Custom kinds with a pod template, and their groups."""


class Wire(Record):
    """Copies one field of the release record into objects.

    Attributes:
        path: spec path that asks for it.
        field: of the record, such as ``stable.image``.
        kind, name: of the object.
        targets: fields of the object, in the spelling of kustomize.
    """

    field: str
    kind: str
    name: Data
    targets: tuple[Data, ...]


class Stage(Record):
    """What one environment runs.

    Attributes:
        settings: of the environment.
        objects: all of its objects, in the order of the files' names.
        wires: from its release record.
        namespace: the Namespace object, if it is ours to make.
        files: further files of the overlay by name, which kustomize does not read.
    """

    settings: Settings
    objects: tuple[Object, ...]
    wires: tuple[Wire, ...]
    namespace: Object | None
    files: Mapping[str, tuple[Json, str]]


def folder(project: Project) -> str:
    """Return the folder of everything that is deployed, relative to the spec."""
    return f"{project.output.dir}/deploy"


def files(project: Project, base: Sequence[Object], stages: Sequence[Stage], owner: str) -> Iterator[File]:
    """Yield all files below ``deploy`` but those of a GitOps controller.

    Args:
        project: for names and folders.
        base: objects of the spec without overlay; empty when nothing is deployed without one. What no environment has
            is left out.
        stages: the environments that run something.
        owner: name of the target.
    """
    root = folder(project)
    used = [item for item in base if any(_find(item, stage.objects) is not None for stage in stages)]
    shared = sorted(used, key=lambda item: item.stem)
    at = project.deployment.path
    for item in shared:
        yield File(
            file=f"{root}/base/{item.stem}.yaml",
            body=Yaml(documents=(item.data,)),
            owner=owner,
            purpose=item.purpose,
            at=item.path_of_data or at,
        )
    if shared:  # kustomize refuses a folder without resources
        yield File(
            file=f"{root}/base/kustomization.yaml",
            body=Yaml(documents=({**KUSTOMIZATION, "resources": [_resource(item) for item in shared]},)),
            owner=owner,
            purpose="What the environments start from.",
            at=at,
        )
    for stage in stages:
        yield from _overlay(project, stage, shared, owner)
        yield from seeds.files(stage.settings, f"{root}/releases/{stage.settings.environment.name}", owner)


def _overlay(project: Project, stage: Stage, shared: Sequence[Object], owner: str) -> Iterator[File]:
    settings = stage.settings
    env = settings.environment.name
    root = f"{folder(project)}/overlays/{env}"
    at = settings.deployment.path

    def file(path: str, body: Yaml | Json, purpose: str, cause: Path = at) -> File:
        return File(file=f"{root}/{path}", body=body, owner=owner, purpose=purpose, at=cause, env=env)

    resources = {} if stage.namespace is None else {"resources": At(["namespace.yaml"], stage.namespace.path_of_data)}
    top = {
        **KUSTOMIZATION,
        "namespace": settings.namespace,
        **resources,
        "components": [At(f"../../releases/{env}", note="without workloads until the first release")],
    }
    yield file("kustomization.yaml", Yaml(documents=(top,)), f"What runs in {env}: start reading here.")
    if stage.namespace is not None:
        yield file("namespace.yaml", Yaml(documents=(stage.namespace.data,)), stage.namespace.purpose)
    for path, (body, purpose) in stage.files.items():
        yield file(path, body, purpose)

    patches: list[At] = []
    own: list[Data] = ["../../../base"] if shared else []
    for item in sorted(stage.objects, key=lambda item: item.stem):
        counterpart = _find(item, shared)
        if counterpart is None:
            own.append(_resource(item))
            document = Yaml(documents=(item.data,))
            yield file(f"released/{item.stem}.yaml", document, item.purpose, item.path_of_data or at)
            continue
        changes = operations(counterpart.data, item.data)
        if changes:
            path = f"{item.stem}.patch.yaml"
            cause = common([(env, change.path) for change in changes], (env, at))[1]
            name = At(item.name, also=((env, cause),))
            patches.append(At({"path": path, "target": {"kind": item.kind, "name": name}}, cause))
            difference = f"How {env} differs from base: {item.kind}."
            yield file(f"released/{path}", Yaml(documents=(changes,)), difference, cause)
    for item in shared:
        if _find(item, stage.objects) is None:
            path = f"{item.stem}.patch.yaml"
            cause = item.path_of_data or at
            patches.append(At({"path": path}, cause))
            gone = {"$patch": "delete", **_identity(item, (env, cause))}
            yield file(f"released/{path}", Yaml(documents=(gone,)), f"{env} does without this {item.kind}.", cause)
    patches.sort(key=lambda patch: str(patch.value["path"]))
    yield file(
        "released/kustomization.yaml",
        Yaml(documents=(_released(settings, own, patches, stage),)),
        f"The objects of {env}, and what they take from the release record.",
    )


def _released(settings: Settings, own: Sequence[Data], patches: Sequence[At], stage: Stage) -> dict[str, Data]:
    labels: dict[str, Data] = {
        "includeTemplates": True,
        "pairs": {
            **entries(settings.project.metadata, "labels"),
            "app.kubernetes.io/name": settings.name,
            "app.kubernetes.io/managed-by": "mlopsc",
            naming.LABEL_ENVIRONMENT: settings.environment.name,
        },
    }
    templates = [item for item in stage.objects if item.kind in CUSTOM_TEMPLATES]
    if templates:
        labels["fields"] = [
            At(
                {
                    "group": CUSTOM_TEMPLATES[item.kind],
                    "kind": item.kind,
                    "path": "spec/template/metadata/labels",
                    "create": True,
                },
                item.path_of_data,
                note="kustomize knows the templates of built-in kinds only",
            )
            for item in templates
        ]
    document: dict[str, Data] = {**seeds.COMPONENT, "resources": list(own)}
    if patches:
        document["patches"] = list(patches)
    document["labels"] = [labels]
    document["replacements"] = [
        At(
            {
                "source": {"kind": "Release", "fieldPath": wire.field},
                "targets": [
                    {
                        "select": {"kind": wire.kind, "name": At(wire.name, also=((settings.env, wire.path),))},
                        "fieldPaths": [At(target, also=((settings.env, wire.path),)) for target in wire.targets],
                    }
                ],
            },
            wire.path,
        )
        for wire in stage.wires
    ]
    return document


def namespace(settings: Settings, level: At, gitops: str | None, wanted: At) -> Object:
    """Return the namespace of an environment.

    Args:
        settings: of the environment.
        level: pod security standard that it enforces.
        gitops: ``argocd`` or ``flux`` when such a controller applies the manifests.
        wanted: the field that asks for it.
    """
    keep = {
        "argocd": {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"},
        "flux": {"kustomize.toolkit.fluxcd.io/prune": "disabled"},
    }.get(gitops or "")
    metadata: dict[str, Data] = {"name": settings.namespace}
    if keep:
        metadata["annotations"] = At(keep, note="its removal would take everything inside along")
    metadata["labels"] = {"pod-security.kubernetes.io/enforce": level}
    return Object(
        stem="namespace",
        purpose="Namespace, with the pod security standard that it enforces.",
        data=At({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, wanted.path),
    )


def _identity(item: Object, cause: Ref) -> dict[str, Data]:
    """Return what tells an object from all others; `cause` is why it is asked for."""
    top = unwrap(item.data)
    name = At(item.name, also=(cause,))
    return {"apiVersion": top["apiVersion"], "kind": item.kind, "metadata": {"name": name}}


def _resource(item: Object) -> At:
    return At(f"{item.stem}.yaml", item.path_of_data)


def _find(item: Object, among: Sequence[Object]) -> Object | None:
    for other in among:
        if other.kind == item.kind and unwrap(other.name) == unwrap(item.name):
            return other
    return None
