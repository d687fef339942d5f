"""The life cycle of a project, and how it is spelled for GitHub Actions.

Rules that hold for every workflow stand in tests/e2e, where linters and a runner look at them as well.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from build_shared.project import load
from mlopsc import assets
from mlopsc import lifecycle as cycle
from mlopsc.build import github
from mlopsc.build.github.expressions import condition, expression, literal, value
from mlopsc.build.github.steps import Renderer
from mlopsc.parts import At, File
from mlopsc.pins import defaults
from mlopsc.render.document import render

Document = dict[str, Any]

GITHUB_SECRET = {"REGISTRY": {"github": "REGISTRY_PASSWORD"}}
UUID = "11111111-1111-1111-1111-111111111111"
AWS = {"aws": {"role": "arn:aws:iam::123456789012:role/churn", "region": "eu-west-1"}}


def workflows(
    changes: Mapping[str, Any] | None = None, folder: str = "", training: cycle.Training | None = None
) -> dict[str, Document]:
    """Return the workflows of a project, by name."""
    project, found = load(changes, folder), {}
    for part in github.build(project, defaults(), training):
        assert isinstance(part, File)
        name = part.file.rpartition("-")[2].removesuffix(".yml")
        found[name] = yaml.safe_load(render(part, spec_file=project.file, static_reader=assets.text).text)
    return found


def steps(job: Document) -> dict[str, Document]:
    """Return the steps of a job by name."""
    return {step["name"]: step for step in job["steps"]}


def test_a_project_with_two_environments_has_four_workflows() -> None:
    assert sorted(workflows()) == ["ci", "delivery", "promote", "rollback"]


def test_a_model_that_is_only_registered_is_judged_and_no_more() -> None:
    found = workflows({"deployment": {"mode": "none"}, "environments": None})
    assert sorted(found) == ["ci", "delivery"]
    assert list(found["delivery"]["jobs"]) == ["model"]
    assert "Fetch the champion" not in steps(found["delivery"]["jobs"]["model"])


def test_one_environment_needs_no_promotion() -> None:
    found = workflows({"environments": None})
    assert sorted(found) == ["ci", "delivery", "rollback"]
    assert list(found["delivery"]["jobs"]) == ["model", "image", "release-default"]


def test_a_delivery_reaches_what_is_promoted_by_itself() -> None:
    found = workflows(
        {
            "environments": {
                "dev": {},
                "staging": {"after": "dev", "promotion": "automatic"},
                "production": {"after": "staging"},
            }
        }
    )
    jobs = found["delivery"]["jobs"]
    assert list(jobs) == ["model", "image", "release-dev", "release-staging"]
    assert jobs["release-staging"]["needs"] == "release-dev"
    assert jobs["release-staging"]["if"] == "needs.release-dev.outputs.finished == 'true'"
    assert set(jobs["release-dev"]["outputs"]) == {"release", "finished"}
    assert "outputs" not in jobs["release-staging"]
    assert found["promote"]["on"]["workflow_dispatch"]["inputs"]["environment"]["options"] == ["staging", "production"]
    move = steps(found["promote"]["jobs"]["release"])["Release step by step"]
    assert move["env"]["FROM"] == "${{ inputs.environment == 'staging' && 'dev' || 'staging' }}"


def test_nothing_behind_an_environment_that_waits_for_a_person_is_reached() -> None:
    found = workflows(
        {
            "environments": {
                "dev": {},
                "staging": {"after": "dev"},
                "production": {"after": "staging", "promotion": "automatic"},
            }
        }
    )
    assert list(found["delivery"]["jobs"]) == ["model", "image", "release-dev"]


@pytest.mark.parametrize(
    ("train", "trains"), [("full", True), ("sample", True), ("off", False)], ids=["full", "sample", "off"]
)
def test_what_a_pull_request_trains(train: str, trains: bool) -> None:
    job = workflows({"execution": {"pull_request": {"train": train}}})["ci"]["jobs"]["model"]
    assert ("Train and package" in steps(job)) is trains
    assert ("Judge by the gates" in steps(job)) is trains
    assert "Write the report" in steps(job)


def test_a_trained_model_is_used_again_in_pull_requests_only() -> None:
    found = workflows()
    ci = steps(found["ci"]["jobs"]["model"])
    keys = {ci[name]["with"]["key"] for name in ("Fetch the model if it was trained before", "Remember the model")}
    assert keys == {"churn-model-${{ steps.key.outputs.key }}"}
    assert ci["Train and package"]["if"] == "steps.cache.outputs.cache-hit != 'true'"
    delivery = found["delivery"]["jobs"]["model"]["steps"]
    assert not [step for step in delivery if "cache" in step.get("uses", "")]


def test_code_of_a_fork_gets_no_data_and_no_machine_of_ones_own() -> None:
    jobs = workflows({"execution": {"runners": {"default": "inside", "train": "large"}}})["ci"]["jobs"]
    own = "github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository"
    assert jobs["model"]["if"] == own
    assert jobs["model"]["runs-on"] == "large"
    assert jobs["tests"]["runs-on"] == "${{ (" + own + ") && 'inside' || 'ubuntu-24.04' }}"
    for name in ("comment", "required"):
        assert jobs[name]["runs-on"] == "ubuntu-24.04"


def test_the_required_job_takes_a_skipped_model_of_a_fork_only() -> None:
    job = workflows()["ci"]["jobs"]["required"]
    assert job["if"] == "always()"
    assert job["needs"] == ["tests", "model"]
    env = job["steps"][0]["env"]
    assert env["tests"] == "${{ needs.tests.result }}"
    assert "needs.model.result == 'skipped'" in env["model"]
    assert "head.repo.full_name != github.repository" in env["model"]


def test_a_pull_request_sees_no_secret() -> None:
    found = workflows(
        {
            "secrets": {**GITHUB_SECRET, "GIT": {"github": "GITOPS"}},
            "deployment": {
                "image": {
                    "name": "registry.acme.example/churn",
                    "login": {"username": "ci", "password": {"secret": "REGISTRY"}},
                },
                "strategy": {"rolling": {}},
                "gitops": {
                    "push": {},
                    "repository": {"url": "https://github.com/acme/gitops", "credentials": {"secret": "GIT"}},
                },
            },
        }
    )
    assert "secrets." not in yaml.safe_dump(found["ci"])
    assert "Fetch the champion" not in steps(found["ci"]["jobs"]["model"])
    delivery = found["delivery"]["jobs"]
    assert steps(delivery["image"])["Sign in to the registry"]["with"]["password"] == "${{ secrets.REGISTRY_PASSWORD }}"
    move = steps(delivery["release-staging"])["Release step by step"]
    assert move["env"]["MLOPS_GIT_TOKEN"] == "${{ secrets.GITOPS }}"


def test_the_access_to_a_cluster_is_that_of_its_environment() -> None:
    found = workflows(
        {
            "secrets": {"A": {"github": "STAGING"}, "B": {"github": "PRODUCTION"}},
            "deployment.gitops": {"push": {"kubeconfig": {"secret": "A"}}},
            "environments.production.deployment": {"gitops": {"push": {"kubeconfig": {"secret": "B"}}}},
        }
    )
    move = steps(found["delivery"]["jobs"]["release-staging"])["Release step by step"]
    assert move["env"]["MLOPS_KUBECONFIG"] == "${{ secrets.STAGING }}"
    move = steps(found["promote"]["jobs"]["release"])["Release step by step"]
    assert move["env"]["MLOPS_KUBECONFIG"] == "${{ secrets.PRODUCTION }}"
    back = steps(found["rollback"]["jobs"]["rollback"])["Go back, and hold further releases"]
    assert back["env"]["MLOPS_KUBECONFIG"] == (
        "${{ inputs.environment == 'staging' && secrets.STAGING || secrets.PRODUCTION }}"
    )


@pytest.mark.parametrize(
    ("image", "cloud", "uses"),
    [
        ("ghcr.io/acme/churn", None, "docker/login-action"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn", AWS, "aws-actions/amazon-ecr-login"),
        (
            "europe-docker.pkg.dev/acme/churn",
            {"gcp": {"provider": "projects/1/x", "service_account": "a@b.example"}},
            "docker/login-action",
        ),
        (
            "acme.azurecr.io/churn",
            {
                "azure": dict.fromkeys(
                    ("client_id", "tenant_id", "subscription_id"), "1" * 8 + "-1111" * 3 + "-" + "1" * 12
                )
            },
            None,
        ),
        ("registry.acme.example/churn", None, ""),
    ],
    ids=["github", "aws", "gcp", "azure", "unknown"],
)
def test_how_the_registry_is_signed_in_to(image: str, cloud: Any, uses: str | None) -> None:
    changes: dict[str, Any] = {"deployment.image": {"name": image}}
    if cloud is not None:
        changes["execution"] = {"cloud": cloud}
    job = workflows(changes)["delivery"]["jobs"]["image"]
    found = steps(job).get("Sign in to the registry")
    if uses == "":
        assert found is None
    elif uses is None:
        assert found is not None
        assert found["run"] == 'az acr login --name "$REGISTRY"'
        assert found["env"] == {"REGISTRY": "acme.azurecr.io"}
    else:
        assert found is not None
        assert found["uses"].startswith(f"{uses}@")
    assert ("packages" in job["permissions"]) is (image.startswith("ghcr.io"))
    assert ("environment" in job) is (cloud is not None)


def test_jobs_that_sign_in_to_a_cloud_are_in_an_environment() -> None:
    found = workflows({"execution": {"cloud": AWS}})
    assert found["ci"]["jobs"]["model"]["environment"] == {"name": "ci"}
    assert found["delivery"]["jobs"]["model"]["environment"] == {"name": "delivery"}
    for document in found.values():
        for job in document["jobs"].values():
            if "id-token" in job["permissions"]:
                assert "environment" in job


def test_several_approvals_are_several_environments_one_behind_the_other() -> None:
    found = workflows({"governance": {"approvals": {"production": {"from": ["@acme/risk", "@jane"], "min": 3}}}})
    jobs = found["promote"]["jobs"]
    assert list(jobs) == ["release-second", "release-third", "release"]
    assert jobs["release-second"]["environment"] == {"name": "${{ inputs.environment }}-second"}
    assert jobs["release-third"]["needs"] == "release-second"
    assert jobs["release"]["needs"] == ["release-second", "release-third"]
    assert jobs["release"]["if"] == (
        "!cancelled() && (needs.release-second.result == 'success' || needs.release-second.result == 'skipped') && "
        "(needs.release-third.result == 'success' || needs.release-third.result == 'skipped')"
    )
    count = steps(jobs["release"])["Count the people who approved"]
    assert count["run"].endswith('environments approvals --env "$ENVIRONMENT" --run "$RUN" --commit "$COMMIT"')


def test_an_environment_without_protection_is_not_asked_for_it() -> None:
    found = workflows({"environments.production.protected": False})
    assert "Count the people who approved" not in steps(found["promote"]["jobs"]["release"])
    assert "actions" not in found["promote"]["jobs"]["release"]["permissions"]


def test_tests_go_where_a_job_reaches_the_model() -> None:
    smoke = {"tests.smoke": [{"request": "tests/request.json"}]}
    ingress = {"host": "churn.acme.example", "gateway": {"name": "public", "namespace": "gateway"}}
    nowhere = workflows(smoke)
    assert "Smoke tests" not in steps(nowhere["delivery"]["jobs"]["release-staging"])
    found = workflows({**smoke, "environments.production.deployment.ingress": ingress})
    assert "Smoke tests" not in steps(found["delivery"]["jobs"]["release-staging"])
    assert steps(found["promote"]["jobs"]["release"])["Smoke tests"]["if"] == "steps.rollout.outputs.finished == 'true'"
    assert steps(found["rollback"]["jobs"]["rollback"])["Smoke tests"]["if"] == "inputs.environment == 'production'"


def test_a_failure_takes_back_what_this_run_started_and_nothing_else() -> None:
    job = steps(workflows()["delivery"]["jobs"]["release-staging"])
    names = list(job)
    for name, ended in (("Take the release back", "failure()"), ("Withdraw the release", "cancelled()")):
        back = job[name]
        assert back["if"] == f"{ended} && steps.rollout.outputs.started == 'true'"
        assert back["env"]["RELEASE"] == "${{ steps.rollout.outputs.release }}"
        assert "release rollback" in back["run"]
        assert ("--allow-again" in back["run"]) == (ended == "cancelled()"), "who cancels says nothing against it"
        assert names.index(name) < names.index("Keep the image from being cleaned up")


def test_statements_about_the_image_can_be_left_out() -> None:
    found = workflows({"deployment.image.attest": False})
    job = found["delivery"]["jobs"]["image"]
    assert "attestations" not in job["permissions"]
    assert not [name for name in steps(job) if name.startswith("State ")]
    assert "Sign the image" in steps(job)
    release = steps(found["delivery"]["jobs"]["release-staging"])
    assert "Verify who signed the image" in release
    assert "Verify how it was built" not in release


def test_the_image_is_verified_before_anything_moves() -> None:
    found = workflows()
    for job, move in (
        (found["delivery"]["jobs"]["release-staging"], "Release step by step"),
        (found["promote"]["jobs"]["release"], "Release step by step"),
        (found["rollback"]["jobs"]["rollback"], "Go back, and hold further releases"),
    ):
        names = [step["name"] for step in job["steps"]]
        verify = next(name for name in names if name.startswith("Verify who signed"))
        assert names.index(verify) < names.index(move)
        assert steps(job)[verify]["env"]["IDENTITY"] == (
            "${{ github.server_url }}/${{ github.repository }}/.github/workflows/churn-delivery.yml@refs/heads/main"
        )


def test_one_rollout_at_a_time_and_a_rollback_waits_for_none() -> None:
    found = workflows()
    staging = found["delivery"]["jobs"]["release-staging"]["concurrency"]
    assert staging == {"group": "churn-release-staging", "cancel-in-progress": False}
    promoted = found["promote"]["jobs"]["release"]["concurrency"]
    assert promoted == {"group": "churn-release-${{ inputs.environment }}", "cancel-in-progress": False}
    assert "concurrency" not in found["rollback"]["jobs"]["rollback"]
    assert found["rollback"]["concurrency"]["group"] == "churn-rollback-${{ inputs.environment }}"


def test_another_main_branch() -> None:
    found = workflows({"execution": {"branch": "trunk", "schedule": "0 3 * * 1"}})
    assert found["ci"]["on"]["pull_request"]["branches"] == ["trunk"]
    assert found["ci"]["on"]["merge_group"]["branches"] == ["trunk"]
    assert found["delivery"]["on"]["push"]["branches"] == ["trunk"]
    assert found["delivery"]["on"]["schedule"] == [{"cron": "0 3 * * 1"}]
    release = found["delivery"]["jobs"]["release-staging"]
    assert steps(release)["Verify who signed the image"]["env"]["IDENTITY"].endswith("@refs/heads/trunk")


def test_a_project_in_a_folder_works_there_and_looks_at_its_own_files() -> None:
    found = workflows(folder="models/churn")
    for document in found.values():
        assert document["defaults"]["run"]["working-directory"] == "models/churn"
    assert found["delivery"]["on"]["push"]["paths"] == ["models/churn/**"]
    jobs = found["ci"]["jobs"]
    assert next(iter(jobs)) == "changes"
    look = steps(jobs["changes"])["Look for changes of this project"]
    assert look["run"].splitlines()[0] == "set -- models/churn"
    assert look["working-directory"] == "${{ github.workspace }}"
    assert jobs["tests"]["needs"] == "changes"
    assert jobs["tests"]["if"] == "needs.changes.outputs.relevant == 'true'"
    kept = steps(found["delivery"]["jobs"]["model"])["Keep the candidate"]["with"]["path"]
    assert "models/churn/build/candidate.json" in kept.splitlines()
    build = steps(found["delivery"]["jobs"]["image"])["Build and push"]["with"]
    assert build["context"] == "models/churn"
    assert build["file"] == "models/churn/ops/docker/serve.Dockerfile"


def test_nothing_relevant_changed_is_no_failure() -> None:
    env = workflows(folder="models/churn")["ci"]["jobs"]["required"]["steps"][0]["env"]
    for job in ("tests", "model"):
        assert "needs.changes.outputs.relevant == 'false'" in env[job]


# Hostile values.

EVIL = "a${{ github.token }}b$(touch evil)`touch evil`'\"\n::error::x"


def test_an_expression_in_a_text_is_no_expression() -> None:
    assert literal("a ${{ secrets.X }}") == "a ${{ '${{' }} secrets.X }}"
    assert value("${{ x }}") == "${{ '${{' }} x }}"
    assert expression("it's") == "'it''s'"
    assert expression("a${{ x }}") == "format('{0}{1}', 'a$', '{{ x }}')"
    assert condition(cycle.Is(value=cycle.Input(name="a"), text="' || true || '")) == "inputs.a == ''' || true || '''"


@pytest.mark.parametrize("word", ["$(touch evil)", "`touch evil`", "a b", "'", '"', ";", "*", "~", "#"])
def test_a_word_of_a_command_is_quoted(word: str) -> None:
    step = Renderer(defaults(), "churn", "").step(cycle.Run(name="x", commands=(("printf", "%s", At(word, ("a",))),)))
    text = step["run"].value
    done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout == word


def test_a_word_that_github_would_evaluate_goes_by_the_environment() -> None:
    step = Renderer(defaults(), "churn", "").step(cycle.Run(name="x", commands=(("echo", At(EVIL, ("a",))),)))
    assert step["run"].value == 'echo "$WORD_1"'
    assert step["env"]["WORD_1"].value == EVIL.replace("${{", "${{ '${{' }}")


def test_labels_and_names_of_the_spec_are_literal() -> None:
    evil = "x${{ github.token }}"
    found = workflows(
        {
            "execution": {"runners": {"default": evil, "deploy": "${{ secrets.A }}"}},
            "secrets": GITHUB_SECRET,
            "deployment.image.login": {"username": evil, "password": {"secret": "REGISTRY"}},
            "output": {"dir": "o${{ github.token }}"},
            "tests.smoke": [{"request": "tests/request.json"}],
        }
    )
    text = yaml.safe_dump(found)
    assert "${{ github.token }}" not in text.replace("${{ '${{' }} github.token }}", "").replace(
        "password: ${{ github.token }}", ""
    ).replace("TOKEN: ${{ github.token }}", "")
    for document in found.values():
        for job in document["jobs"].values():
            for step in job["steps"]:
                assert "${{" not in step.get("run", "")


# What a review found.


def test_an_image_is_signed_only_when_everything_about_it_is_said() -> None:
    names = [step["name"] for step in workflows()["delivery"]["jobs"]["image"]["steps"]]
    order = [names.index(name) for name in ("Scan for known vulnerabilities", "State what is in it", "Sign the image")]
    assert order == sorted(order)


def test_a_hold_can_be_lifted_by_every_way_to_an_environment() -> None:
    found = workflows()
    for name, job in (("delivery", "release-staging"), ("promote", "release")):
        assert "resume" in found[name]["on"]["workflow_dispatch"]["inputs"]
        move = steps(found[name]["jobs"][job])["Release step by step"]
        assert move["env"]["REASON"] == "${{ inputs.resume }}"
        assert '--resume="$REASON"' in move["run"]


def test_a_shadow_serves_when_somebody_says_so() -> None:
    shadow = {"strategy": {"rolling": None, "shadow": {"percent": "10%"}}}
    found = workflows({"environments.production.deployment": shadow})
    assert "promote" not in found["delivery"]["on"]["workflow_dispatch"]["inputs"], "it does not reach production"
    assert "promote" in found["promote"]["on"]["workflow_dispatch"]["inputs"]
    move = steps(found["promote"]["jobs"]["release"])["Release step by step"]
    assert move["env"]["PROMOTE"] == "${{ inputs.promote }}", "empty in a run that a push started"
    assert '--promote="$PROMOTE"' in move["run"]
    found = workflows({"environments.staging.deployment": shadow})
    assert "promote" in found["delivery"]["on"]["workflow_dispatch"]["inputs"]
    assert '--promote="$PROMOTE"' in steps(found["delivery"]["jobs"]["release-staging"])["Release step by step"]["run"]
    assert "--promote" not in str(found["promote"])


def test_what_somebody_types_is_no_option() -> None:
    back = steps(workflows()["rollback"]["jobs"]["rollback"])["Go back, and hold further releases"]
    assert '--reason="$REASON"' in back["run"]


def test_a_release_is_told_when_its_run_is_cancelled() -> None:
    for job in (workflows()["delivery"]["jobs"]["release-staging"], workflows()["promote"]["jobs"]["release"]):
        assert steps(job)["Release step by step"]["run"].startswith("exec python ops/pipeline rollout ")


def test_jobs_with_a_secret_are_in_an_environment() -> None:
    found = workflows(
        {
            "secrets": GITHUB_SECRET,
            "deployment.image.login": {"username": "ci", "password": {"secret": "REGISTRY"}},
            "tests.metrics": {"accuracy": {"max_drop": 0.1}},
        }
    )
    for document in found.values():
        for job in document["jobs"].values():
            if "secrets." in yaml.safe_dump(job):
                assert "environment" in job
    assert found["delivery"]["jobs"]["image"]["environment"] == {"name": "delivery"}


def test_a_rollback_cancels_promotions_where_there_are_any() -> None:
    assert workflows()["rollback"]["jobs"]["rollback"]["permissions"]["actions"] == "write"
    alone = workflows({"environments": None})["rollback"]["jobs"]["rollback"]
    assert "actions" not in alone["permissions"]
    assert "Cancel promotions that are under way" not in steps(alone)


def test_what_a_promotion_tries_is_rejected_before_it_is_cancelled() -> None:
    names = list(steps(workflows()["rollback"]["jobs"]["rollback"]))
    assert names.index("Go back, and hold further releases") < names.index("Cancel promotions that are under way")


def test_each_environment_has_the_account_of_its_own() -> None:
    def account(number: int) -> dict[str, Any]:
        return {"gcp": {"provider": f"projects/{number}/x", "service_account": "a@b.example"}}

    found = workflows(
        {
            "deployment.image": {"name": "europe-docker.pkg.dev/acme/churn"},
            "execution": {"cloud": account(1)},
            "environments.production.execution": {"cloud": account(2)},
        }
    )
    job = found["rollback"]["jobs"]["rollback"]
    ids = [step["id"] for step in job["steps"] if step["name"].startswith("Sign in to the cloud")]
    assert ids == ["cloud-staging", "cloud-production"]
    assert steps(job)["Sign in to the registry"]["with"]["password"] == (
        "${{ steps.cloud-staging.outputs.access_token || steps.cloud-production.outputs.access_token }}"
    )
    assert steps(job)["Sign in to the cloud of staging"]["with"]["workload_identity_provider"] == "projects/1/x"


def test_the_registry_of_another_account_is_the_one_of_the_image() -> None:
    image = {"name": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn"}
    found = workflows({"deployment.image": image, "execution": {"cloud": AWS}})
    sign = steps(found["delivery"]["jobs"]["image"])["Sign in to the registry"]
    assert sign["with"] == {"registries": "123456789012"}
    assert sign["env"] == {"AWS_REGION": "eu-west-1"}


@pytest.mark.parametrize(
    ("source", "pattern"), [(".", "**"), ("./src/", "src/**"), ("a//b", "a/b/**"), ("a*b", "a\\*b/**")]
)
def test_paths_are_spelled_as_git_knows_them(source: str, pattern: str) -> None:
    assert pattern in workflows({"model.source": source})["delivery"]["on"]["push"]["paths"]


@pytest.mark.parametrize(("changed", "relevant"), [("models/[a] b/x.txt", "true"), ("models/a b/x.txt", "false")])
def test_the_script_tells_whether_a_change_is_relevant(tmp_path: Path, changed: str, relevant: str) -> None:
    def git(*words: str) -> None:
        author = ("-c", "user.name=a", "-c", "user.email=a@b.example")
        subprocess.run(["git", *author, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message=base")
    file = tmp_path / changed
    file.parent.mkdir(parents=True)
    file.write_text("x", encoding="utf-8")
    git("add", ".")
    git("commit", "--quiet", "--message=change")
    step = Renderer(defaults(), "churn", "").step(cycle.Changed(name="x", files=(At("models/[a] b"),)))
    outputs = tmp_path / "outputs"
    environment = {**os.environ, "BASE": "HEAD^1", "GITHUB_OUTPUT": str(outputs)}
    command = ["bash", "-eo", "pipefail", "-c", step["run"]]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    assert outputs.read_text(encoding="utf-8") == f"relevant={relevant}\n"
