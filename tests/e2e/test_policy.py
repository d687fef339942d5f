"""Every generated workflow keeps the rules of `e2e.policy`, and each rule finds a workflow that breaks it."""

from __future__ import annotations

import pytest
from e2e import generated, policy

GOOD = """\
name: Good
"on":
  push:
    branches: [main]
permissions: {}
concurrency:
  group: good
  cancel-in-progress: false
defaults:
  run:
    shell: bash
jobs:
  check:
    name: Check
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read # to check out
    steps:
      - name: Check out
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - name: Compile
        run: mlopsc compile --check
  release:
    name: Release
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: write # commit to the deploy branch
      id-token: write # sign in to the cloud
    environment:
      name: staging
    concurrency:
      group: release-staging
      cancel-in-progress: false
    steps:
      - name: Check out
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - name: Sign in
        uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3
        with:
          aws-region: eu-west-1
      - name: Release
        env:
          MLOPS_GIT_TOKEN: ${{ github.token }}
          NAME: ${{ github.actor }}
        run: python ops/pipeline release start --env staging
  build:
    name: Build
    permissions:
      contents: read # to check out
    uses: ./.github/workflows/build.yml
    with:
      tag: v1
  after:
    name: After
    needs: build
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: {}
    steps:
      - name: Show
        env:
          DIGEST: ${{ needs.build.outputs.digest }}
        run: echo "$DIGEST"
"""
BUILD = """\
name: Build
"on":
  workflow_call:
    inputs:
      tag: { description: Tag, type: string, required: true }
    outputs:
      digest: { description: Digest, value: x }
permissions: {}
jobs:
  build:
    name: Build
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read # to check out
    steps:
      - name: Check out
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
"""
ROLLBACK = """\
name: Rollback
"on":
  workflow_dispatch: {}
permissions: {}
concurrency:
  group: rollback
  cancel-in-progress: false
defaults:
  run:
    shell: bash
jobs:
  rollback:
    name: Rollback
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: write # commit to the deploy branch
    steps:
      - name: Roll back
        env:
          MLOPS_GIT_TOKEN: ${{ github.token }}
        run: python ops/pipeline release rollback --env staging
"""
FILES = {
    ".github/workflows/good.yml": GOOD,
    ".github/workflows/build.yml": BUILD,
    ".github/workflows/good-rollback.yml": ROLLBACK,
}

# rule, what is replaced, by what, what is found
BROKEN = [
    ("jobs_end", "    timeout-minutes: 5\n", "", "timeout-minutes is None"),
    ("jobs_end", "timeout-minutes: 5", "timeout-minutes: 361", "timeout-minutes is 361"),
    ("jobs_end", "timeout-minutes: 5", "timeout-minutes: ${{ inputs.minutes }}", "timeout-minutes is ${{"),
    ("permissions_are_given_by_job", "permissions: {}\nconcurrency", "concurrency", "not {} at the top"),
    ("permissions_are_given_by_job", "    permissions: {}\n    steps", "    steps", "permissions are None"),
    ("permissions_are_given_by_job", "    permissions: {}\n    steps", "    permissions: write-all\n    steps",
     "permissions are write-all"),
    ("permissions_are_explained", " # to check out", "", "contents: read says not what for"),
    ("permissions_are_explained", "id-token: write", "statuses: write", "a permission is none of"),
    ("permissions_are_the_least", "contents: read # to check out", "contents: write # to check out",
     "contents is write, its steps need read"),
    ("permissions_are_the_least", "    permissions: {}\n    steps",
     "    permissions:\n      actions: read # x\n    steps", "actions is read, its steps need none"),
    ("permissions_are_the_least", "      id-token: write # sign in to the cloud\n", "",
     "id-token is none, its steps need write"),
    ("permissions_are_the_least", "release start", "release show", "contents is write, its steps need read"),
    ("callers_permit_what_they_call", "contents: read # to check out\n    uses:", "actions: read # x\n    uses:",
     "build.yml needs contents: read, given is none"),
    ("calls_fit", "workflows/build.yml\n", "workflows/other.yml\n", "other.yml cannot be called"),
    ("calls_fit", "      tag: v1\n", "      label: v1\n", "build.yml has no label among its inputs"),
    ("calls_fit", "      tag: v1\n", "      label: v1\n", "build.yml needs tag among its inputs"),
    ("calls_fit", "      tag: v1\n", "      tag: v1\n    secrets:\n      KEY: x\n", "no KEY among its secrets"),
    ("calls_fit", "outputs.digest }}", "outputs.image }}", "build.yml has no output image"),
    ("runs_exclude_each_other", "concurrency:\n  group: good\n  cancel-in-progress: false\n", "", "no concurrency"),
    ("runs_exclude_each_other", "concurrency:\n  group: good\n  cancel-in-progress: false\n", "concurrency: good\n",
     "does not say whether it cancels"),
    ("runs_exclude_each_other", "  group: good\n  cancel-in-progress: false",
     "  group: good\n  cancel-in-progress: true", "what is under way would be cancelled"),
    ("runs_exclude_each_other", "staging\n      cancel-in-progress: false", "staging\n      cancel-in-progress: true",
     "release: what is under way would be cancelled"),
    ("deployments_exclude_each_other", "group: release-staging", "group: rollback", "a rollback waits for releases"),
    ("actions_are_pinned", "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7.0.1 # v7.0.1", "is no commit"),
    ("actions_are_pinned", " # v7.0.1", "", "has the version ''"),
    ("actions_are_pinned", " # v7.0.1", " # main", "has the version 'main'"),
    ("actions_are_pinned", "uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
     "uses:\n          actions/checkout@v1", "is not on one line"),
    ("actions_know_their_inputs", "aws-region:", "aws_region:", "has no input 'aws_region'"),
    ("actions_know_their_inputs", "aws-region:", "aws_region:", "needs the input 'aws-region'"),
    ("actions_know_their_inputs", "actions/checkout@", "acme/checkout@", "there is no stand-in for acme/checkout"),
    ("scripts_have_no_expressions", 'echo "$DIGEST"', "echo ${{ github.actor }}", "an expression in run"),
    ("scripts_have_no_expressions", 'run: echo "$DIGEST"', "run: |\n          : a\n          x='${{ 1 }}'",
     "an expression in run"),
    ("scripts_have_no_expressions", 'run: echo "$DIGEST"',
     'run: echo "$DIGEST"\n        working-directory: ${{ inputs.folder }}', "an expression in working-directory"),
    ("only_known_triggers", "  push:\n    branches: [main]\n", "  pull_request_target: {}\n",
     "started by pull_request_target"),
    ("only_known_triggers", "  push:\n    branches: [main]\n", "  workflow_run: {}\n", "started by workflow_run"),
    ("credentials_are_not_left", "persist-credentials: false", "persist-credentials: true",
     "persist-credentials is True"),
    ("credentials_are_not_left", "        with:\n          persist-credentials: false\n", "",
     "persist-credentials is True"),
    ("everything_is_named", "    name: After\n", "", "after: no name"),
    ("everything_is_named", "      - name: Show\n        env", "      - env", "step 1: no name"),
    ("everything_is_named", "- name: Compile", "- name: Check out", "two steps are called Check out"),
    ("only_the_check_needs_the_compiler", 'echo "$DIGEST"', "mlopsc plan", "after: calls mlopsc"),
    ("only_the_check_needs_the_compiler", 'echo "$DIGEST"', "pip install 'mlopsc==1.0'", "after: calls mlopsc"),
    ("identities_are_guarded", "    environment:\n      name: staging\n", "", "id-token: write without an environment"),
    ("changes_see_no_secrets", "  push:\n    branches: [main]\n", "  pull_request: {}\n", None),
    ("machines_are_pinned", "runs-on: ubuntu-24.04", "runs-on: ubuntu-latest", "runs on ubuntu-latest"),
    ("shells_stop_at_failures", "defaults:\n  run:\n    shell: bash\n", "", "runs in None"),
    ("nothing_is_suppressed", "name: Good\n", "name: Good # zizmor: ignore[artipacked]\n", "good.yml:1"),
    ("nothing_is_suppressed", "name: Good\n", "# yamllint disable\nname: Good\n", "good.yml:1"),
]  # fmt: skip


def findings(name: str, files: dict[str, str]) -> list[str]:
    """Return what breaks a rule."""
    return list(policy.RULES[name](policy.repository(files)))


@pytest.mark.parametrize("project", generated.PROJECTS)
def test_generated_workflows_keep_the_rules(project: str) -> None:
    workflows = policy.repository(generated.project(project))
    assert workflows, "no workflow is generated"
    found = {name: list(rule(workflows)) for name, rule in policy.RULES.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("name", policy.RULES)
def test_a_good_workflow_keeps_the_rules(name: str) -> None:
    assert findings(name, FILES) == []


@pytest.mark.parametrize(("name", "text", "mistake", "message"), BROKEN)
def test_a_rule_finds_what_breaks_it(name: str, text: str, mistake: str, message: str | None) -> None:
    assert text in GOOD
    found = findings(name, {**FILES, ".github/workflows/good.yml": GOOD.replace(text, mistake)})
    if message is None:
        assert found == []
    else:
        assert any(message in line for line in found), found


@pytest.mark.parametrize("secret", ["KEY", "inherit"])
def test_a_secret_in_a_pull_request_is_found(secret: str) -> None:
    text = GOOD.replace("  push:\n    branches: [main]\n", "  pull_request: {}\n")
    if secret == "inherit":
        text = text.replace("    with:\n      tag: v1\n", "    secrets: inherit\n")
    else:
        text = text.replace("${{ github.actor }}", "${{ secrets.KEY }}")
    (found,) = findings("changes_see_no_secrets", {**FILES, ".github/workflows/good.yml": text})
    assert found.endswith(f"uses the secret {secret}")


def test_a_deployment_without_a_group_is_found() -> None:
    bare = GOOD.replace("concurrency:\n  group: good\n  cancel-in-progress: false\n", "")
    bare = bare.replace("    concurrency:\n      group: release-staging\n      cancel-in-progress: false\n", "")
    (found,) = findings("deployments_exclude_each_other", {**FILES, ".github/workflows/good.yml": bare})
    assert found == "good.yml: release: writes to a deploy branch without concurrency"


def test_every_rule_has_a_case_that_breaks_it() -> None:
    covered = {name for name, *_, message in BROKEN if message} | {"changes_see_no_secrets"}
    assert covered == set(policy.RULES)
