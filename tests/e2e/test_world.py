"""The stand-ins keep their word: what real ones would refuse, they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from e2e.world import images, interpreters, options, signatures, storage
from e2e.world.job import ISSUER, Job
from e2e.world.state import RefusedError, State

DOCKERFILE = """\
FROM python AS packages
COPY lock.txt /tmp/
RUN pip install
FROM python
ARG COMMIT
WORKDIR /app
COPY --from=packages /venv /venv
COPY settings.json build/settings.json ./
COPY build/model ./model
"""
IGNORE = "# what the build sees\n*\n!lock.txt\n!settings.json\n!build/settings.json\n!build/model\n**/__pycache__\n"
WORKFLOW = """\
name: delivery
on: push
permissions: {}
jobs:
  image:
    permissions: { packages: write, id-token: write, attestations: write }
  release:
    permissions: { packages: read }
"""
OTHER = "name: other\non: push\njobs:\n  image:\n    permissions: { packages: write, id-token: write }\n"
DIGEST = "sha256:" + "a" * 64
NAME = "ghcr.io/acme/penguins"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    """The state of a world in which the job ``image`` of ``delivery.yml`` runs."""
    folder = tmp_path / "workflows"
    folder.mkdir()
    (folder / "delivery.yml").write_text(WORKFLOW, encoding="utf-8")
    (folder / "other.yml").write_text(OTHER, encoding="utf-8")
    variables = {
        "STAND_IN_WORKFLOWS": str(folder),
        "STAND_IN_TOKEN": "own",
        "GITHUB_WORKFLOW": "delivery",
        "GITHUB_JOB": "image",
        "GITHUB_RUN_ID": "1",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/penguins",
        "RUNNER_TEMP": str(tmp_path / "machine" / "tmp"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return State(tmp_path / "state")


@pytest.fixture
def context(tmp_path: Path) -> Path:
    """A build context with what the image holds, and more."""
    folder = tmp_path / "context"
    files = {
        "Dockerfile": DOCKERFILE,
        "Dockerfile.dockerignore": IGNORE,
        "lock.txt": "lock",
        "settings.json": "{}",
        "build/settings.json": "{}",
        "build/model/MLmodel": "model",
        "build/model/__pycache__/x.pyc": "cache",
        "build/report.md": "report",
        ".git/config": "git",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def digest(context: Path, **arguments: str) -> str:
    return images.build(context, context / "Dockerfile", arguments)[0]


# Building


def test_an_image_holds_what_its_last_stage_copies(context: Path) -> None:
    _, files = images.build(context, context / "Dockerfile", {})
    assert sorted(files) == ["/app/model/MLmodel", "/app/settings.json"]


@pytest.mark.parametrize("name", ["lock.txt", "settings.json", "build/model/MLmodel", "Dockerfile"])
def test_what_the_build_sees_changes_the_digest(context: Path, name: str) -> None:
    before = digest(context)
    assert digest(context) == before
    with (context / name).open("a", encoding="utf-8") as file:
        file.write("\n# more")
    assert digest(context) != before


@pytest.mark.parametrize("name", ["build/report.md", "build/model/__pycache__/x.pyc", ".git/config"])
def test_what_is_ignored_changes_no_digest(context: Path, name: str) -> None:
    before = digest(context)
    (context / name).write_text("other", encoding="utf-8")
    assert digest(context) == before


def test_arguments_change_the_digest_and_must_be_declared(context: Path) -> None:
    assert digest(context, COMMIT="a") != digest(context, COMMIT="b")
    with pytest.raises(RefusedError, match="OTHER"):
        digest(context, OTHER="a")


def test_a_copy_of_what_is_ignored_fails(context: Path) -> None:
    (context / "Dockerfile.dockerignore").write_text("*\n!lock.txt\n!settings.json\n!build/settings.json\n")
    with pytest.raises(RefusedError, match='"/build/model": not found'):
        digest(context)


def test_a_missing_dockerfile_fails(context: Path) -> None:
    with pytest.raises(RefusedError, match="failed to read dockerfile"):
        images.build(context, context / "none.Dockerfile", {})


@pytest.mark.parametrize(
    ("name", "rules", "ignored"),
    [
        ("a/b", ["a"], True),
        ("a/b", ["*", "!a"], False),
        ("a/b", ["!a", "*"], True),
        ("a/b/c", ["*", "!a/b"], False),
        ("a/x/b", ["a/*/b"], True),
        ("a/x/y/b", ["a/*/b"], False),
        ("a/x/y/b", ["a/**/b"], True),
        ("x.pyc", ["**/*.pyc"], True),
        ("a/x.pyc", ["*.pyc"], False),
        ("a.txt", ["# a.txt", ""], False),
        ("a+b", ["a+b"], True),
        ("b", ["[ab]"], True),
        ("c", ["?"], True),
    ],
)
def test_the_last_rule_that_fits_decides(name: str, rules: list[str], ignored: bool) -> None:
    assert images.ignored(name, rules) is ignored


# The registry


def registry(state: State, password: str = "own") -> images.Registry:
    """Return the registry, signed in to."""
    found = images.Registry(state, Job(state))
    found.login("ghcr.io", "ann", password)
    return found


def test_what_was_pushed_is_found_and_copied_out(state: State, context: Path, tmp_path: Path) -> None:
    found = registry(state)
    made, files = images.build(context, context / "Dockerfile", {})
    found.push(NAME, "v1", made, files)
    found.tag(NAME, made, "release-1", as_index=False)
    found.tag(NAME, made, "index", as_index=True)
    assert found.resolve(NAME, "index") != made
    assert found.resolve(NAME, "v1") == found.resolve(NAME, "release-1") == found.resolve(NAME, made) == made
    found.copy(NAME, made, "/app/model", tmp_path / "out")
    assert (tmp_path / "out" / "MLmodel").read_text() == "model"
    with pytest.raises(RefusedError, match="not found"):
        found.resolve(NAME, "v2")
    with pytest.raises(RefusedError, match="not found"):
        found.resolve(NAME, DIGEST)
    with pytest.raises(RefusedError, match="Could not find the file /app/data"):
        found.copy(NAME, made, "/app/data", tmp_path / "other")


def test_nobody_reads_without_an_account(state: State) -> None:
    with pytest.raises(RefusedError, match="did not log in"):
        images.Registry(state, Job(state)).resolve(NAME, "v1")


def test_accounts_are_forgotten_with_the_machine(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    registry(state)
    monkeypatch.setenv("RUNNER_TEMP", "/elsewhere/tmp")
    with pytest.raises(RefusedError, match="did not log in"):
        images.Registry(state, Job(state)).resolve(NAME, "v1")


def test_the_token_of_a_job_may_only_what_its_permissions_say(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_JOB", "release")
    with pytest.raises(RefusedError, match=r"needs packages: write, and the job release of .* has read"):
        registry(state).push(NAME, "v1", DIGEST, {})
    registry(state, password="of another account").push(NAME, "v1", DIGEST, {})


@pytest.mark.parametrize("reference", [NAME, f"{NAME}@sha256:abc", f"{NAME}@latest"])
def test_a_reference_has_a_tag_or_a_digest(reference: str) -> None:
    with pytest.raises(RefusedError):
        images.split(reference)


# Signatures and attestations


IDENTITY = "https://github.com/acme/penguins/.github/workflows/delivery.yml@refs/heads/main"


def test_a_signature_is_verified_with_exactly_its_identity(state: State) -> None:
    signatures.sign(state, Job(state), DIGEST)
    signatures.verify(state, DIGEST, IDENTITY, ISSUER)
    wrong = [
        ("sha256:" + "b" * 64, IDENTITY, ISSUER),
        (DIGEST, IDENTITY.replace("delivery", "other"), ISSUER),
        (DIGEST, IDENTITY.replace("main", "topic"), ISSUER),
        (DIGEST, IDENTITY, "https://issuer.example"),
    ]
    for case in wrong:
        with pytest.raises(RefusedError):
            signatures.verify(state, *case)


def test_a_job_without_an_identity_signs_nothing(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_JOB", "release")
    with pytest.raises(RefusedError, match="needs id-token: write"):
        signatures.sign(state, Job(state), DIGEST)


def test_an_attestation_is_verified_with_its_statement(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    signatures.attest(state, Job(state), NAME, DIGEST, signatures.PROVENANCE)
    signatures.verify_attestation(state, NAME, DIGEST, IDENTITY, ISSUER, signatures.PROVENANCE)
    with pytest.raises(RefusedError, match="no attestation"):
        signatures.verify_attestation(state, NAME, DIGEST, IDENTITY, ISSUER, signatures.SPDX)
    monkeypatch.setenv("GITHUB_WORKFLOW", "other")
    with pytest.raises(RefusedError, match="needs attestations: write"):
        signatures.attest(state, Job(state), NAME, DIGEST, signatures.PROVENANCE)


# Artifacts and caches


def workspace(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("patterns", "kept"),
    [
        (["build"], ["a.txt", "deep/b.txt"]),
        (["build/a.txt"], ["a.txt"]),
        (["build/a.txt", "build/deep"], ["a.txt", "deep/b.txt"]),
        (["build/a.txt", "other.txt"], ["build/a.txt", "other.txt"]),
        (["build/**/*.txt"], ["a.txt", "deep/b.txt"]),
        (["build", "!build/deep"], ["a.txt"]),
        (["none"], []),
    ],
)
def test_artifacts_keep_the_paths_that_the_action_keeps(tmp_path: Path, patterns: list[str], kept: list[str]) -> None:
    folder = workspace(tmp_path / "w", "build/a.txt", "build/deep/b.txt", "build/.hidden", "other.txt")
    root, files = storage.find(folder, patterns, hidden=False)
    assert [file.relative_to(root).as_posix() for file in files] == kept


def test_hidden_files_are_kept_only_when_asked_for(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w", "build/.hidden")
    assert storage.find(folder, ["build"], hidden=False)[1] == []
    assert storage.find(folder, ["build"], hidden=True)[1] == [folder / "build" / ".hidden"]


def test_a_cache_answers_its_key_and_its_branch_only(state: State, tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w", "build/model")
    root, files = storage.find(folder, ["build/model"], hidden=True)
    main, topic = "refs/heads/main", "refs/pull/7/merge"
    storage.save(state, "model-1", ["build/model"], topic, folder, root, files)
    assert storage.cached(state, "model-1", [], ["build/model"], {main}) is None
    assert storage.cached(state, "model-2", [], ["build/model"], {topic}) is None
    assert storage.cached(state, "model-1", [], ["build/other"], {topic}) is None
    found = storage.cached(state, "model-1", [], ["build/model"], {topic, main})
    assert found is not None
    assert (found.files / "build" / "model").read_text() == "build/model"
    near = storage.cached(state, "model-2", ["model-"], ["build/model"], {topic})
    assert near is not None
    assert near.key == "model-1"


# Command lines


def test_unknown_options_are_refused() -> None:
    given = options.parse(["a", "--yes", "--name", "x", "--name=y"], flags=("--yes",), values=("--name",))
    assert (given.words, given.flag("--yes"), given.get("--name")) == (["a"], True, "y")
    with pytest.raises(RefusedError, match="unknown flag: --no"):
        options.parse(["--no"], flags=("--yes",), values=())
    with pytest.raises(RefusedError, match="flag needs an argument: --name"):
        options.parse(["--name"], flags=(), values=("--name",))
    with pytest.raises(RefusedError, match="required flag --name not set"):
        options.parse([], flags=(), values=("--name",)).need("--name")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["download"], "not what a workflow should need"),
        (["install", "--requirement", "lock.txt"], "without --require-hashes"),
        (["install", "--require-hashes", "mlflow"], "only a requirements file"),
        (["install", "--require-hashes", "--index-url=https://x.example"], "only a requirements file"),
        (["install", "--require-hashes"], "at least one requirement"),
    ],
)
def test_pip_installs_by_hash_from_a_file_only(
    state: State, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.setenv(interpreters.VARIABLE, json.dumps([]))
    with pytest.raises(RefusedError, match=message):
        interpreters.install(state, "/nowhere", arguments)
