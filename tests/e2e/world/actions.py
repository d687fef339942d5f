"""What the actions do that workflows use; the folders in `stand_ins` say which inputs each of them has."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import subprocess
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from e2e.world import images, interpreters, signatures, storage
from e2e.world.job import Job
from e2e.world.state import RefusedError, State

Inputs = Mapping[str, str]
Action = Callable[[State, Job, Inputs], None]

ACTIONS: dict[str, Action] = {}


def action(name: str) -> Callable[[Action], Action]:
    """Register what an action does."""

    def registered(run: Action) -> Action:
        ACTIONS[name] = run
        return run

    return registered


def inputs(text: str) -> dict[str, str]:
    """Return the inputs of an action as texts, without those that nobody gave."""
    given = {key: _text(value) for key, value in json.loads(text).items()}
    return {key: value for key, value in given.items() if value}


def run(state: State, name: str, given: Inputs) -> None:
    """Run an action.

    Raises:
        RefusedError: it fails.
    """
    ACTIONS[name](state, Job(state), given)


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _output(**values: str) -> None:
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        for name, value in values.items():
            mark = uuid.uuid4().hex
            file.write(f"{name.replace('_', '-')}<<{mark}\n{value}\n{mark}\n")


def _add_path(folder: Path) -> None:
    with Path(os.environ["GITHUB_PATH"]).open("a", encoding="utf-8") as file:
        file.write(f"{folder}\n")


def _workspace(*parts: str) -> Path:
    return Path(os.environ["GITHUB_WORKSPACE"]).joinpath(*parts)


def _need(given: Inputs, *names: str) -> None:
    for name in names:
        if name not in given:
            raise RefusedError(f"Input required and not supplied: {name}")


def _one_of(given: Inputs, name: str, values: Iterable[str]) -> str:
    """Return an input that only takes certain values."""
    value = given.get(name, "")
    if value not in values:
        raise RefusedError(f"{name} is {value!r}, which is none of {sorted(values)}")
    return value


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _git(folder: Path, *arguments: str, token: str = "") -> str:
    header = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    config = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader"}
    credentials = {**config, "GIT_CONFIG_VALUE_0": f"Authorization: Basic {header}"} if token else {}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **credentials}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RefusedError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


@action("actions/checkout")
def checkout(_: State, job: Job, given: Inputs) -> None:
    """Fetch one commit, or all branches where ``fetch-depth`` is 0, and check it out."""
    _need(given, "repository", "token")
    if given.get("persist-credentials") != "false":
        raise RefusedError("persist-credentials must be false: the token would lie where every later step reads it")
    job.need("contents", "read", "a checkout")
    folder = _workspace(given.get("path", "."))
    folder.mkdir(parents=True, exist_ok=True)
    address = f"{os.environ['GITHUB_SERVER_URL']}/{given['repository']}"
    own = given["repository"] == os.environ["GITHUB_REPOSITORY"]
    wanted = given.get("ref") or (os.environ["GITHUB_REF"] if own else "HEAD")
    depth = int(given.get("fetch-depth", "1"))
    _git(folder, "init", "--quiet", "--initial-branch=unborn")
    _git(folder, "remote", "add", "origin", address)
    what = os.environ["GITHUB_SHA"] if own and wanted == os.environ["GITHUB_REF"] else wanted
    if depth:
        refs = [f"--depth={depth}", "origin", what]
    else:
        refs = ["origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*", what]
    _git(folder, "fetch", "--quiet", "--no-tags", *refs, token=given["token"])
    # with several refs FETCH_HEAD would be the first of them
    commit = what if re.fullmatch("[0-9a-f]{40}", what) else _fetched(folder, what)
    branch = wanted.removeprefix("refs/heads/")
    if wanted.startswith("refs/pull/") or re.fullmatch("[0-9a-f]{40}", wanted) or wanted == "HEAD":
        _git(folder, "checkout", "--quiet", "--force", "--detach", commit)
    else:
        _git(folder, "checkout", "--quiet", "--force", "-B", branch, commit)
    _output(ref=wanted, commit=_git(folder, "rev-parse", "HEAD"))


def _fetched(folder: Path, ref: str) -> str:
    name = ref.removeprefix("refs/heads/")
    for line in Path(folder, ".git", "FETCH_HEAD").read_text(encoding="utf-8").splitlines():
        commit, _, described = line.split("\t")
        if not ref or ref == "HEAD" or f"'{name}'" in described or f"'{ref}'" in described:
            return commit
    raise RefusedError(f"A branch or tag with the name {name!r} could not be found")


@action("actions/setup-python")
def setup_python(state: State, _: Job, given: Inputs) -> None:
    """Bring an interpreter without any package; what pip installs is linked into it."""
    _need(given, "python-version")
    if "cache" in given:
        raise RefusedError("cache: what a pull request cached would be installed where releases are made")
    folder = Path(os.environ["RUNNER_TEMP"]) / f"python-{given['python-version']}"
    interpreters.make(state, given["python-version"], folder)
    if given.get("update-environment", "true") == "true":
        _add_path(folder / "bin")
    _output(python_version=given["python-version"], python_path=str(folder / "bin" / "python"))


@action("actions/upload-artifact")
def upload_artifact(state: State, _: Job, given: Inputs) -> None:
    """Keep files of the run under a name; a name is used once."""
    _need(given, "name", "path")
    absent = _one_of(given, "if-no-files-found", ("warn", "error", "ignore"))
    _one_of(given, "retention-days", [str(days) for days in range(1, 91)])
    if re.search(r'["\\:<>|*?\r\n/]', given["name"]):
        raise RefusedError(f"The artifact name is not valid: {given['name']}")
    root, found = storage.find(_workspace(), _lines(given["path"]), given.get("include-hidden-files") == "true")
    if not found and absent == "error":
        raise RefusedError(
            f"No files were found with the provided path: {given['path']}. No artifacts will be uploaded"
        )
    folder = state.path("artifacts", os.environ["GITHUB_RUN_ID"], given["name"])
    if folder.exists() and given.get("overwrite") != "true":
        raise RefusedError("Received non-retryable error: Failed request: (409) Conflict: an artifact with this name "
                           "already exists on the workflow run")  # fmt: skip
    storage.replace(root, found, folder)
    _output(artifact_id=str(secrets.randbelow(10**9)))


@action("actions/download-artifact")
def download_artifact(state: State, job: Job, given: Inputs) -> None:
    """Bring what an earlier job, or another run, kept."""
    _need(given, "name")
    run_id = given.get("run-id", os.environ["GITHUB_RUN_ID"])
    if run_id != os.environ["GITHUB_RUN_ID"]:
        _need(given, "github-token")
        job.need("actions", "read", "an artifact of another run")
    folder = state.path("artifacts", run_id, given["name"])
    if not folder.is_dir():
        raise RefusedError(f"Unable to download artifact(s): Artifact not found for name: {given['name']}")
    target = _workspace(given.get("path", "."))
    storage.merge(folder, target)
    _output(download_path=str(target))


@action("actions/cache/restore")
def cache_restore(state: State, _: Job, given: Inputs) -> None:
    """Bring what was saved under a key, by this branch, the one that a pull request goes to, or the main branch."""
    _need(given, "path", "key")
    refs = {os.environ["GITHUB_REF"], f"refs/heads/{os.environ['STAND_IN_BRANCH']}"}
    if os.environ.get("GITHUB_BASE_REF"):
        refs.add(f"refs/heads/{os.environ['GITHUB_BASE_REF']}")
    prefixes = _lines(given.get("restore-keys", ""))
    hit = storage.cached(state, given["key"], prefixes, _lines(given["path"]), refs)
    if hit is None and given.get("fail-on-cache-miss") == "true":
        raise RefusedError(
            f"Failed to restore cache entry. Exiting as fail-on-cache-miss is set. Input key: {given['key']}"
        )
    if hit and given.get("lookup-only") != "true":
        storage.merge(hit.files, _workspace())
    _output(
        cache_hit=str(hit is not None and hit.key == given["key"]).lower() if hit else "",
        cache_primary_key=given["key"],
        cache_matched_key=hit.key if hit else "",
    )


@action("actions/cache/save")
def cache_save(state: State, _: Job, given: Inputs) -> None:
    """Save files under a key; what a key once meant, it means for ever."""
    _need(given, "path", "key")
    root, found = storage.find(_workspace(), _lines(given["path"]), hidden=True)
    if not found:
        raise RefusedError("Path Validation Error: Path(s) specified in the action for caching do(es) not exist")
    storage.save(state, given["key"], _lines(given["path"]), os.environ["GITHUB_REF"], _workspace(), root, found)


@action("docker/setup-buildx-action")
def setup_buildx(state: State, job: Job, _: Inputs) -> None:
    """Bring the builder; without it nothing can be built in this job."""
    with state.changing("builders", []) as builders:
        builders.append(job.machine)


@action("docker/login-action")
def docker_login(state: State, job: Job, given: Inputs) -> None:
    """Sign in to a registry for the rest of the job."""
    _need(given, "registry", "username", "password")
    images.Registry(state, job).login(given["registry"], given["username"], given["password"])


@action("docker/build-push-action")
def build_push(state: State, job: Job, given: Inputs) -> None:
    """Build an image from the context and push it."""
    _need(given, "context", "file", "tags", "push")
    if given["push"] != "true":
        raise RefusedError(f"push is {given['push']}: an image that is built and not pushed is lost with the job")
    if job.machine not in state.read("builders", []):
        raise RefusedError("this job has no builder: use docker/setup-buildx-action before")
    if given["context"].startswith(("http:", "https:", "git")) or "{{" in given["context"]:
        raise RefusedError(f"the context {given['context']} is no folder: what earlier steps made would not be in it")
    arguments = dict(line.split("=", 1) for line in _lines(given.get("build-args", "")))
    digest, files = images.build(_workspace(given["context"]), _workspace(given["file"]), arguments)
    registry = images.Registry(state, job)
    for reference in _lines(given["tags"]):
        name, tag = images.split(reference)
        registry.push(name, tag, digest, files)
    _output(digest=digest, imageid=digest)


@action("anchore/sbom-action")
def sbom(state: State, job: Job, given: Inputs) -> None:
    """List the packages of an image."""
    _need(given, "image", "format", "output-file")
    _one_of(given, "format", ("spdx", "spdx-json", "cyclonedx", "cyclonedx-json"))
    _one_of(given, "upload-artifact", ("true", "false"))
    name, digest = images.split(given["image"])
    digest = images.Registry(state, job).resolve(name, digest)
    document = {"spdxVersion": "SPDX-2.3", "name": name, "documentNamespace": f"https://anchore.com/{digest}"}
    _workspace(given["output-file"]).write_text(json.dumps({**document, "packages": []}), encoding="utf-8")


@action("anchore/scan-action")
def scan(state: State, _: Job, given: Inputs) -> None:
    """Fail where the test says that an image has vulnerabilities: `findings` in the state."""
    _need(given, "sbom", "severity-cutoff", "fail-build", "only-fixed")
    severity = ("negligible", "low", "medium", "high", "critical")
    cutoff = severity.index(_one_of(given, "severity-cutoff", severity))
    if not json.loads(_workspace(given["sbom"]).read_text(encoding="utf-8")).get("spdxVersion"):
        raise RefusedError(f"{given['sbom']} is no list of packages")
    settings = _settings(given)
    for finding in state.read("findings", []):
        counts = severity.index(finding["severity"]) >= cutoff
        fixable = finding["fixed"] or given["only-fixed"] != "true"
        if counts and fixable and finding["id"] not in settings and given["fail-build"] == "true":
            raise RefusedError(f"Failed minimum severity level. Found vulnerabilities with level {finding['severity']}")


def _settings(given: Inputs) -> str:
    """Return the text of grype's configuration, which the action takes by input or from the environment."""
    named = given.get("config") or os.environ.get("GRYPE_CONFIG")
    if not named:
        return ""
    path = _workspace(named)
    if not path.is_file():
        raise RefusedError(f"the configuration {named} is not there")
    return path.read_text(encoding="utf-8")


@action("sigstore/cosign-installer")
def cosign_installer(state: State, _: Job, __: Inputs) -> None:
    """Bring the program that signs images."""
    _add_path(state.folder / "cosign")


@action("actions/attest")
def attest(state: State, job: Job, given: Inputs) -> None:
    """Sign and store a statement about an image: how it was built, or its list of packages."""
    _need(given, "subject-name", "subject-digest", "push-to-registry")
    if given.get("create-storage-record") != "false":
        job.need("artifact-metadata", "write", "a storage record")
    registry = images.Registry(state, job)
    digest = registry.resolve(given["subject-name"], given["subject-digest"])
    if given["push-to-registry"] == "true":
        registry.admit(given["subject-name"], "write")
    predicate = signatures.PROVENANCE
    if "sbom-path" in given:
        document = json.loads(_workspace(given["sbom-path"]).read_text(encoding="utf-8"))
        if not document["documentNamespace"].endswith(digest):
            raise RefusedError(f"{given['sbom-path']} lists the packages of another image than {digest}")
        predicate = signatures.SPDX
    signatures.attest(state, job, given["subject-name"], digest, predicate)


@action("github/codeql-action/upload-sarif")
def upload_sarif(state: State, job: Job, given: Inputs) -> None:
    """Hand findings to code scanning."""
    _need(given, "sarif_file", "category")
    job.need("security-events", "write", "findings of code scanning")
    document = json.loads(_workspace(given["sarif_file"]).read_text(encoding="utf-8"))
    if document.get("version") != "2.1.0":
        raise RefusedError(f"{given['sarif_file']} is no SARIF 2.1.0")
    state.write(f"code-scanning/{given['category']}", document)


@action("aws-actions/configure-aws-credentials")
def aws(state: State, job: Job, given: Inputs) -> None:
    """Sign in to AWS."""
    _need(given, "role-to-assume", "aws-region")
    _cloud(state, job, "aws")


@action("google-github-actions/auth")
def google(state: State, job: Job, given: Inputs) -> None:
    """Sign in to Google Cloud."""
    _need(given, "workload_identity_provider", "service_account")
    _cloud(state, job, "gcp")


@action("Azure/login")
def azure(state: State, job: Job, given: Inputs) -> None:
    """Sign in to Azure."""
    _need(given, "client-id", "tenant-id", "subscription-id")
    _cloud(state, job, "azure")


@action("aws-actions/amazon-ecr-login")
def ecr_login(state: State, job: Job, _: Inputs) -> None:
    """Sign in to the registry of the AWS account."""
    if job.machine not in state.read("clouds", {}).get("aws", []):
        raise RefusedError("Could not load credentials from any providers")


def _cloud(state: State, job: Job, provider: str) -> None:
    job.need("id-token", "write", f"signing in to {provider}")
    with state.changing("clouds", {}) as clouds:
        clouds.setdefault(provider, []).append(job.machine)
