"""Steps of the life cycle as steps of a GitHub job: actions pinned by commit, or commands and scripts."""

from __future__ import annotations

import shlex

from mlopsc import assets
from mlopsc import lifecycle as cycle
from mlopsc.build.github.expressions import condition, literal, value
from mlopsc.parts import At
from mlopsc.render.characters import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlopsc.lifecycle import Command, Step, Value, Word
    from mlopsc.parts import Data
    from mlopsc.pins import Pins

_SINKS = {"outputs": '"$GITHUB_OUTPUT"', "summary": '"$GITHUB_STEP_SUMMARY"'}
_ISSUER = "https://token.actions.githubusercontent.com"
_GH = {"GH_TOKEN": cycle.Fact(name="token"), "GH_REPO": cycle.Fact(name="repository")}
"""What the program gh needs to know."""

_UNDERSCORED = ("github/codeql-action/", "google-github-actions/auth")
"""Actions whose inputs are spelled with underscores; all others have hyphens."""

MAIN = "refs/heads/"


class Renderer:
    """Turns steps into data for YAML.

    Args:
        pins: commits of actions.
        project: name of the project, which the files of its workflows begin with.
        folder: of the spec, from the top of the repository; empty at the top.
    """

    def __init__(self, pins: Pins, project: str, folder: str) -> None:
        self.pins = pins
        self.project = project
        self.folder = folder
        self._render: Mapping[type[Step], Callable[..., dict[str, Data]]] = {
            cycle.Run: self._commands,
            cycle.Checkout: self._checkout,
            cycle.Python: self._python,
            cycle.Keep: self._keep,
            cycle.Bring: self._bring,
            cycle.Recall: self._recall,
            cycle.Remember: self._remember,
            cycle.CloudLogin: self._cloud_login,
            cycle.RegistryLogin: self._registry_login,
            cycle.Builder: self._builder,
            cycle.BuildImage: self._build_image,
            cycle.ListPackages: self._list_packages,
            cycle.Scan: self._scan,
            cycle.Signer: self._signer,
            cycle.FindImage: self._find_image,
            cycle.SignImage: self._sign_image,
            cycle.VerifyImage: self._verify_image,
            cycle.VerifyProvenance: self._verify_provenance,
            cycle.TagImage: self._tag_image,
            cycle.CopyFromImage: self._copy_from_image,
            cycle.Attest: self._attest,
            cycle.ShowFindings: self._show_findings,
            cycle.Changed: self._changed,
            cycle.Comment: self._comment,
            cycle.CancelRuns: self._cancel_runs,
            cycle.Require: self._require,
        }

    def step(self, step: Step) -> dict[str, Data]:
        """Return a step."""
        head: dict[str, Data] = {"name": step.name}
        if step.id:
            head["id"] = step.id
        if step.when is not None:
            head["if"] = condition(step.when)
        return head | self._render[type(step)](step)

    def file(self, workflow: str) -> str:
        """Return the path of a workflow from the top of the repository."""
        return f".github/workflows/{self.project}-{workflow}.yml"

    def path(self, file: str) -> str:
        """Return a path of the spec's folder from the top of the repository."""
        return f"{self.folder}/{file}" if self.folder else file

    def _action(self, action: str, **inputs: Data) -> dict[str, Data]:
        pin = self.pins.actions[action]
        found: dict[str, Data] = {"uses": At(f"{action}@{pin.sha}", tail=pin.tag)}
        dash = "_" if action.startswith(_UNDERSCORED) else "-"
        given = {name.replace("_", dash): item for name, item in inputs.items() if item not in ("", None)}
        return found | ({"with": given} if given else {})

    def _script(self, name: str, env: Mapping[str, Value], *words: Word) -> dict[str, Data]:
        text = assets.text("mlopsc", f"build/github/scripts/{name}.sh")
        moved: dict[str, Data] = {}
        if words:
            text = f"set -- {' '.join(_word(word, moved) for word in words)}\n{text}"
        return _run(text, {**_values(env), **moved})

    def _commands(self, step: cycle.Run) -> dict[str, Data]:
        moved: dict[str, Data] = {}
        lines = [" ".join(_word(word, moved) for word in command) for command in step.commands]
        if step.told:
            # a runner signals the shell only, which would not pass it on
            lines[-1] = f"exec {lines[-1]}"
        text = lines[0] if len(lines) == 1 else "\n".join(lines) + "\n"
        return _run(_whole(text, step.commands), {**_values(step.env), **moved})

    def _checkout(self, step: cycle.Checkout) -> dict[str, Data]:
        depth = {"fetch-depth": 0} if step.history else {}
        return self._action("actions/checkout", **depth, persist_credentials=False)

    def _python(self, step: cycle.Python) -> dict[str, Data]:
        return self._action("actions/setup-python", python_version=value(step.version))

    def _keep(self, step: cycle.Keep) -> dict[str, Data]:
        return self._action(
            "actions/upload-artifact",
            name=step.artifact,
            path=_lines(self.path(file) for file in step.files),
            if_no_files_found="error",
            retention_days=step.days,
        )

    def _bring(self, step: cycle.Bring) -> dict[str, Data]:
        return self._action(
            "actions/download-artifact", name=step.artifact, path=literal(self.path(step.into).rstrip("/"))
        )

    def _recall(self, step: cycle.Recall) -> dict[str, Data]:
        return self._action("actions/cache/restore", key=value(step.key), path=_lines(map(self.path, step.files)))

    def _remember(self, step: cycle.Remember) -> dict[str, Data]:
        return self._action("actions/cache/save", key=value(step.key), path=_lines(map(self.path, step.files)))

    def _cloud_login(self, step: cycle.CloudLogin) -> dict[str, Data]:
        action, names = _CLOUDS[step.provider]
        given = {name: value(step.settings[field]) for field, name in names.items() if field in step.settings}
        return self._action(action, **given)

    def _registry_login(self, step: cycle.RegistryLogin) -> dict[str, Data]:
        if step.kind == "aws":
            return self._elastic_registry(value(step.host))
        if step.kind == "azure":
            return _run('az acr login --name "$REGISTRY"', _values({"REGISTRY": step.host}))
        return self._action(
            "docker/login-action",
            registry=value(step.host),
            username=value(step.username),
            password=value(step.password),
        )

    def _elastic_registry(self, host: Data) -> dict[str, Data]:
        """Return the sign-in to ECR: by account and region of the host, which need not be those of the role."""
        bare = host.value if isinstance(host, At) else host
        account, _, _, region = bare.split(".")[:4]
        place = _place(host)
        found = self._action("aws-actions/amazon-ecr-login", registries=At(account, *place))
        return {**found, "env": {"AWS_REGION": At(region, *place)}}

    def _builder(self, step: cycle.Builder) -> dict[str, Data]:
        return self._action("docker/setup-buildx-action")

    def _build_image(self, step: cycle.BuildImage) -> dict[str, Data]:
        arguments = [At(_joined(name, given), *_place(value(given))) for name, given in step.arguments.items()]
        return self._action(
            "docker/build-push-action",
            context=literal(self.folder) or ".",
            file=_prefixed(self.folder, value(step.dockerfile)),
            push=True,
            tags=value(step.tag),
            build_args=arguments[0] if arguments else None,
            # Both would change the digest from build to build; the attestations say the same and more.
            provenance=False,
            sbom=False,
        )

    def _list_packages(self, step: cycle.ListPackages) -> dict[str, Data]:
        return self._action(
            "anchore/sbom-action",
            image=value(step.image),
            format="spdx-json",
            output_file=literal(self.path(step.file)),
            upload_artifact=False,
        )

    def _scan(self, step: cycle.Scan) -> dict[str, Data]:
        found = self._action(
            "anchore/scan-action",
            sbom=literal(self.path(step.packages)),
            fail_build=True,
            severity_cutoff=value(step.severity),
            only_fixed=value(step.only_fixed),
            output_format="table",
        )
        return {**found, "env": {"GRYPE_CONFIG": _prefixed(self.folder, value(step.settings))}}

    def _signer(self, step: cycle.Signer) -> dict[str, Data]:
        return self._action("sigstore/cosign-installer")

    def _find_image(self, step: cycle.FindImage) -> dict[str, Data]:
        return self._script("find", {"TAG": step.tag, **self._identity(step.workflow, step.branch)})

    def _sign_image(self, step: cycle.SignImage) -> dict[str, Data]:
        return self._script("sign", {"IMAGE": step.image})

    def _verify_image(self, step: cycle.VerifyImage) -> dict[str, Data]:
        return self._script("verify", {"IMAGE": step.image, **self._identity(step.workflow, step.branch)})

    def _verify_provenance(self, step: cycle.VerifyProvenance) -> dict[str, Data]:
        return self._script("provenance", {"IMAGE": step.image, **self._identity(step.workflow, step.branch), **_GH})

    def _identity(self, workflow: str, branch: Value) -> dict[str, Value]:
        """Return who must have signed: the workflow of this repository, as it stands on a branch."""
        server, repository = cycle.Fact(name="server"), cycle.Fact(name="repository")
        place = f"/{self.file(workflow)}@{MAIN}"
        return {"IDENTITY": cycle.Joined(parts=(server, "/", repository, place, branch)), "ISSUER": _ISSUER}

    def _tag_image(self, step: cycle.TagImage) -> dict[str, Data]:
        return self._script("tag", {"IMAGE": step.image, "TAG": step.tag})

    def _copy_from_image(self, step: cycle.CopyFromImage) -> dict[str, Data]:
        return self._script("copy", {"IMAGE": step.image, "SOURCE": step.source, "TARGET": step.target})

    def _attest(self, step: cycle.Attest) -> dict[str, Data]:
        return self._action(
            "actions/attest",
            subject_name=value(step.image),
            subject_digest=value(step.digest),
            sbom_path=literal(self.path(step.packages)) if step.packages else None,
            push_to_registry=True,
            create_storage_record=False,
        )

    def _show_findings(self, step: cycle.ShowFindings) -> dict[str, Data]:
        return self._action(
            "github/codeql-action/upload-sarif", sarif_file=literal(self.path(step.file)), category=step.category
        )

    def _changed(self, step: cycle.Changed) -> dict[str, Data]:
        return self._script("changed", {"BASE": cycle.Fact(name="base")}, *step.files) | {
            "working-directory": "${{ github.workspace }}"
        }

    def _comment(self, step: cycle.Comment) -> dict[str, Data]:
        number = cycle.Fact(name="pull-request")
        env = {**_GH, "PULL_REQUEST": number, "MARK": step.mark, "FILE": step.file}
        return self._script("comment", env)

    def _cancel_runs(self, step: cycle.CancelRuns) -> dict[str, Data]:
        ending = cycle.Joined(parts=(" to ", step.environment))
        file = self.file(step.workflow).rpartition("/")[2]
        return self._script("cancel", {**_GH, "WORKFLOW": file, "ENDING": ending})

    def _require(self, step: cycle.Require) -> dict[str, Data]:
        return self._script("require", {"JOBS": " ".join(step.outcomes), **step.outcomes})


_CLOUDS: dict[str, tuple[str, dict[str, str]]] = {
    "aws": ("aws-actions/configure-aws-credentials", {"role": "role_to_assume", "region": "aws_region"}),
    "gcp": (
        "google-github-actions/auth",
        {
            "provider": "workload_identity_provider",
            "service_account": "service_account",
            "project": "project_id",
            "token_format": "token_format",
        },
    ),
    "azure": (
        "Azure/login",
        {"client_id": "client_id", "tenant_id": "tenant_id", "subscription_id": "subscription_id"},
    ),
}


def _values(env: Mapping[str, Value]) -> dict[str, Data]:
    return {name: value(given) for name, given in env.items()}


def _run(text: str | At, env: Mapping[str, Data]) -> dict[str, Data]:
    return ({"env": dict(env)} if env else {}) | {"run": text}


def _word(word: Word, moved: dict[str, Data]) -> str:
    """Return a word of a command.

    A literal one is quoted. In a script GitHub would evaluate what it takes for an expression, quotes or not, so that
    such a word goes by an environment variable, which is added to `moved`.
    """
    if isinstance(word, cycle.Variable):
        return f'{word.option}="${word.name}"' if word.option else f'"${word.name}"'
    if isinstance(word, cycle.Sink):
        return _SINKS[word.name]
    bare = word
    while isinstance(bare, At):
        bare = bare.value
    if "${{" in bare or visible(bare) != bare or "\n" in bare:
        name = f"WORD_{len(moved) + 1}"
        moved[name] = At(literal(bare), *_place(word))
        return f'"${name}"'
    return shlex.quote(bare)


def _whole(text: str, commands: tuple[Command, ...]) -> At:
    """Return the text of commands with the origins of their words."""
    places = [(word.env, word.path) for command in commands for word in command if isinstance(word, At) and word.path]
    first = places[0] if places else (None, ())
    return At(text, first[1], first[0], also=tuple(dict.fromkeys(places[1:])))


def _place(data: Data) -> tuple[tuple[str | int, ...], str | None]:
    return (data.path, data.env) if isinstance(data, At) else ((), None)


def _lines(files: object) -> str:
    found = [literal(file) for file in files]  # type: ignore[attr-defined]
    return found[0] if len(found) == 1 else "\n".join(found) + "\n"


def _joined(name: str, given: Value) -> str:
    found = value(given)
    while isinstance(found, At):
        found = found.value
    return f"{name}={found}"


def _prefixed(folder: str, data: Data) -> Data:
    if not folder:
        return data
    if isinstance(data, At):
        return data._replace(value=_prefixed(folder, data.value))
    return f"{literal(folder)}/{data}"
