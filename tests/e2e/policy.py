"""The rules that every generated workflow keeps, beside those of the linters. Each rule returns what breaks it.

A rule is a function over all workflows of a repository; `RULES` has them by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from e2e.actions import misuses
from e2e.documents import LOCAL, load

Job = Mapping[str, Any]

SHA = re.compile(r"[0-9a-f]{40}")
RELEASE = re.compile(r"v\d+(\.\d+){0,2}")
TRIGGERS = {"pull_request", "merge_group", "push", "schedule", "workflow_dispatch", "workflow_call"}
"""What may start a workflow; `pull_request_target` would hand secrets to code of strangers."""

SUPPRESSED = ("zizmor:", "actionlint", "yamllint disable", "shellcheck disable", "noqa")
LEVELS = ("none", "read", "write")
WORKSPACE = "${{ github.workspace }}"
PROGRAM = re.compile(r"(?:^|[\s;&|('\"/=])mlopsc(?:$|[\s;&|)'\"=])", re.MULTILINE)
"""mlopsc as a word of a script: as the program, or as what pip is to install."""

LONGEST = 360
"""Minutes that GitHub lets a job run on its own machines."""


class Workflow:
    """A generated workflow.

    Attributes:
        file: its name.
        text: as it is written.
        document: as data.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.document = load(text)

    @property
    def triggers(self) -> Mapping[str, Any]:
        """What starts it."""
        triggers: Mapping[str, Any] = self.document["on"]
        return triggers

    @property
    def called_only(self) -> bool:
        """Whether only other workflows start it."""
        return set(self.triggers) == {"workflow_call"}

    def jobs(self) -> Iterator[tuple[str, Job]]:
        """Yield every job with where it is."""
        for name, job in self.document["jobs"].items():
            yield f"{self.file}: {name}", job

    def steps(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield every step with where it is."""
        for place, job in self.jobs():
            for number, step in enumerate(job.get("steps", ()), 1):
                yield f"{place}: step {number}", step

    def calls(self) -> Iterator[tuple[str, Job]]:
        """Yield every job that calls a workflow of the same repository."""
        for place, job in self.jobs():
            if "uses" in job:
                yield place, job


Repository = Mapping[str, Workflow]
Rule = Callable[[Repository], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(check: Rule) -> Rule:
    """Register a rule under the name of its function."""
    RULES[check.__name__] = check
    return check


def repository(files: Mapping[str, str]) -> Repository:
    """Return the workflows among the files of a repository, by file name."""
    found = (Workflow(name.rpartition("/")[2], text) for name, text in files.items() if "/workflows/" in name)
    return {workflow.file: workflow for workflow in found}


@rule
def jobs_end(workflows: Repository) -> Iterator[str]:
    """Every job has a time-out that GitHub keeps to."""
    for workflow in workflows.values():
        for place, job in workflow.jobs():
            minutes = job.get("timeout-minutes")
            if "uses" not in job and not (isinstance(minutes, int) and 0 < minutes <= LONGEST):
                yield f"{place}: timeout-minutes is {minutes}"


@rule
def permissions_are_given_by_job(workflows: Repository) -> Iterator[str]:
    """Nothing is allowed to all jobs, and every job says what it may do."""
    for workflow in workflows.values():
        if workflow.document.get("permissions") != {}:
            yield f"{workflow.file}: permissions are not {{}} at the top"
        for place, job in workflow.jobs():
            if not isinstance(job.get("permissions"), dict):
                yield f"{place}: permissions are {job.get('permissions')}"


@rule
def permissions_are_explained(workflows: Repository) -> Iterator[str]:
    """Beside every permission stands what it is for."""
    scopes = "|".join(sorted({scope for table in EVIDENCE for scope, _ in table[1]}))
    line = re.compile(rf"^\s+({scopes}): (read|write)(?P<why> # \S.*)?$", re.MULTILINE)
    for workflow in workflows.values():
        granted = sum(len(job.get("permissions") or {}) for _, job in workflow.jobs())
        found = list(line.finditer(workflow.text))
        if len(found) < granted:
            yield f"{workflow.file}: a permission is none of {scopes}"
        for match in found:
            if not match["why"]:
                yield f"{workflow.file}: {match[0].strip()} says not what for"


@rule
def permissions_are_the_least(workflows: Repository) -> Iterator[str]:
    """A job may do what its steps do, and nothing else."""
    for workflow in workflows.values():
        for place, job in workflow.jobs():
            if "uses" in job:
                continue
            needed, allowed = permissions_needed(job)
            given = job.get("permissions") or {}
            for scope in sorted(needed.keys() | given.keys()):
                access = given.get(scope, "none")
                wanted = needed.get(scope, "none")
                if access not in (wanted, allowed.get(scope, wanted)):
                    yield f"{place}: {scope} is {access}, its steps need {wanted}"


@rule
def callers_permit_what_they_call(workflows: Repository) -> Iterator[str]:
    """A job that calls a workflow allows what the jobs there ask for, or GitHub does not start it."""
    for workflow in workflows.values():
        for place, job in workflow.calls():
            called = workflows.get(job["uses"].rpartition("/")[2])
            for _, inner in called.jobs() if called else ():
                for scope, access in (inner.get("permissions") or {}).items():
                    given = (job.get("permissions") or {}).get(scope, "none")
                    if LEVELS.index(given) < LEVELS.index(access):
                        yield f"{place}: {called.file if called else ''} needs {scope}: {access}, given is {given}"


@rule
def calls_fit(workflows: Repository) -> Iterator[str]:
    """A called workflow exists, gets the inputs and secrets that it declares, and hands on what its callers read."""
    for workflow in workflows.values():
        for place, job in workflow.calls():
            called = workflows.get(job["uses"].rpartition("/")[2])
            if called is None or "workflow_call" not in called.triggers:
                yield f"{place}: {job['uses']} cannot be called"
                continue
            interface = called.triggers["workflow_call"] or {}
            for kind, given in (("inputs", job.get("with") or {}), ("secrets", job.get("secrets") or {})):
                declared = interface.get(kind) or {}
                for name in sorted(set(given) - set(declared)):
                    yield f"{place}: {called.file} has no {name} among its {kind}"
                for name, field in declared.items():
                    if field.get("required") and name not in given:
                        yield f"{place}: {called.file} needs {name} among its {kind}"
            name = place.rpartition(": ")[2]
            for output in re.findall(rf"needs\.{re.escape(name)}\.outputs\.([\w-]+)", workflow.text):
                if output not in (interface.get("outputs") or {}):
                    yield f"{place}: {called.file} has no output {output}"


@rule
def runs_exclude_each_other(workflows: Repository) -> Iterator[str]:
    """Every workflow and every deployment has its rule; only checks of a change may be cancelled by a newer one."""
    for workflow in workflows.values():
        if not workflow.called_only and "concurrency" not in workflow.document:
            yield f"{workflow.file}: no concurrency"
        places = [(workflow.file, workflow.document), *workflow.jobs()]
        for place, document in places:
            found = document.get("concurrency")
            if found is None:
                continue
            if not isinstance(found, dict) or not isinstance(found.get("cancel-in-progress"), bool):
                yield f"{place}: concurrency does not say whether it cancels"
            elif found["cancel-in-progress"] and set(workflow.triggers) - {"pull_request", "merge_group"}:
                yield f"{place}: what is under way would be cancelled"


@rule
def deployments_exclude_each_other(workflows: Repository) -> Iterator[str]:
    """Who writes to a deploy branch has a group for the environment, which rollbacks do not wait for."""
    released: set[str] = set()
    rollbacks: set[str] = set()
    for workflow in workflows.values():
        for place, job in workflow.jobs():
            if (job.get("permissions") or {}).get("contents") != "write" or "uses" in job:
                continue
            own = job.get("concurrency") or workflow.document.get("concurrency")
            if not own:
                yield f"{place}: writes to a deploy branch without concurrency"
                continue
            goes_back = "rollback" in workflow.file
            (rollbacks if goes_back else released).add(own["group"])
            if goes_back and "concurrency" in job:
                yield f"{place}: a rollback waits for its own workflow only"
    for group in sorted(released & rollbacks):
        yield f"a rollback waits for releases: both are in the group {group}"


@rule
def actions_are_pinned(workflows: Repository) -> Iterator[str]:
    """Every action is a commit with its version beside it, or a workflow of the same repository."""
    for workflow in workflows.values():
        lines = re.findall(r"^\s*(?:- )?uses: (\S+)(?: # (\S+))?$", workflow.text, re.MULTILINE)
        used = [step["uses"] for _, step in workflow.steps() if "uses" in step]
        used += [job["uses"] for _, job in workflow.calls()]
        if sorted(name for name, _ in lines) != sorted(used):
            yield f"{workflow.file}: a `uses` is not on one line"
        for name, version in lines:
            if name.startswith(LOCAL):
                continue
            if not SHA.fullmatch(name.partition("@")[2]):
                yield f"{workflow.file}: {name} is no commit"
            if not RELEASE.fullmatch(version):
                yield f"{workflow.file}: {name} has the version {version!r}"


@rule
def actions_know_their_inputs(workflows: Repository) -> Iterator[str]:
    """GitHub only warns of an input that an action does not have; what it should have set is not set."""
    yield from misuses({workflow.file: workflow.document for workflow in workflows.values()})


@rule
def scripts_have_no_expressions(workflows: Repository) -> Iterator[str]:
    """No value is pasted into a script; nor does one choose the shell, or a folder other than the workspace."""
    for workflow in workflows.values():
        for place, step in workflow.steps():
            for key in ("run", "shell", "working-directory"):
                if "${{" in str(step.get(key, "")).replace(WORKSPACE if key == "working-directory" else "", ""):
                    yield f"{place}: an expression in {key}"


@rule
def only_known_triggers(workflows: Repository) -> Iterator[str]:
    """Nothing starts a workflow with rights for the code of strangers."""
    for workflow in workflows.values():
        for name in sorted(set(workflow.triggers) - TRIGGERS):
            yield f"{workflow.file}: started by {name}"


@rule
def credentials_are_not_left(workflows: Repository) -> Iterator[str]:
    """No checkout leaves the token where later steps could read it."""
    for workflow in workflows.values():
        for place, step in workflow.steps():
            kept = (step.get("with") or {}).get("persist-credentials", True)
            if step.get("uses", "").startswith("actions/checkout@") and kept is not False:
                yield f"{place}: persist-credentials is {kept}"


@rule
def everything_is_named(workflows: Repository) -> Iterator[str]:
    """Workflows, jobs and steps have names for readers, and no two steps of a job the same one."""
    for workflow in workflows.values():
        places = [(workflow.file, workflow.document), *workflow.jobs(), *workflow.steps()]
        for place, document in places:
            if not document.get("name"):
                yield f"{place}: no name"
        for place, job in workflow.jobs():
            names = [step.get("name") for step in job.get("steps", ())]
            for name in sorted({str(name) for name in names if names.count(name) > 1}):
                yield f"{place}: two steps are called {name}"


@rule
def only_the_check_needs_the_compiler(workflows: Repository) -> Iterator[str]:
    """Deleting the job `check` leaves workflows that run without mlopsc."""
    for workflow in workflows.values():
        for place, job in workflow.jobs():
            scripts = [step.get("run", "") for step in job.get("steps", ())]
            if not place.endswith(": check") and any(PROGRAM.search(script) for script in scripts):
                yield f"{place}: calls mlopsc"


@rule
def identities_are_guarded(workflows: Repository) -> Iterator[str]:
    """Only a job with an environment, or the one that states how an image was built, gets an identity token."""
    for workflow in workflows.values():
        for place, job in workflow.jobs():
            attests = any(step.get("uses", "").startswith("actions/attest@") for step in job.get("steps", ()))
            asked = (job.get("permissions") or {}).get("id-token") == "write"
            if asked and "uses" not in job and not job.get("environment") and not attests:
                yield f"{place}: id-token: write without an environment"


@rule
def changes_see_no_secrets(workflows: Repository) -> Iterator[str]:
    """What a pull request starts uses no secret but the token of the job."""
    for workflow in workflows.values():
        if "pull_request" not in workflow.triggers:
            continue
        for place, job in workflow.jobs():
            names = {name for text in _texts(job) for name in re.findall(r"\bsecrets\.(\w+)", text)}
            if job.get("secrets") == "inherit":
                names.add("inherit")
            for name in sorted(names - {"GITHUB_TOKEN"}):
                yield f"{place}: uses the secret {name}"


@rule
def machines_are_pinned(workflows: Repository) -> Iterator[str]:
    """No machine changes under a workflow."""
    for workflow in workflows.values():
        for place, job in workflow.jobs():
            if "uses" not in job and "latest" in str(job.get("runs-on")):
                yield f"{place}: runs on {job['runs-on']}"


@rule
def shells_stop_at_failures(workflows: Repository) -> Iterator[str]:
    """All scripts run in bash with pipefail, which GitHub only sets when bash is named."""
    for workflow in workflows.values():
        shell = ((workflow.document.get("defaults") or {}).get("run") or {}).get("shell")
        for place, step in workflow.steps():
            if "run" in step and step.get("shell", shell) != "bash":
                yield f"{place}: runs in {step.get('shell', shell)}"


@rule
def nothing_is_suppressed(workflows: Repository) -> Iterator[str]:
    """No comment tells a linter to look away."""
    for workflow in workflows.values():
        for number, line in enumerate(workflow.text.splitlines(), 1):
            comment = line.partition("#")[2].lower()
            if any(word in comment for word in SUPPRESSED):
                yield f"{workflow.file}:{number}: {line.strip()}"


EVIDENCE: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (r"uses actions/checkout@", (("contents", "read"),)),
    (r"own token .*\bpipeline (rollout|release (start|weight|promote|finish|abort|rollback|hold|resume))\b",
     (("contents", "write"),)),
    (r"own token .*\bpipeline (champion|release show)\b", (("contents", "read"),)),
    (r"registry ghcr\.io", (("packages", "read"),)),
    (r"(?s)registry ghcr\.io.* (docker/build-push-action@|imagetools create|cosign sign)", (("packages", "write"),)),
    (r"uses actions/attest@", (("id-token", "write"), ("attestations", "write"))),
    (r"\bcosign sign\b", (("id-token", "write"),)),
    (r"\bgh attestation verify\b", (("attestations", "read"),)),
    (r"uses (aws-actions/configure-aws-credentials|google-github-actions/auth|Azure/login)@", (("id-token", "write"),)),
    (r"uses github/codeql-action/upload-sarif@", (("security-events", "write"),)),
    (r"issues.*/comments", (("pull-requests", "write"),)),
    (r"\bgh (run cancel|workflow run)\b", (("actions", "write"),)),
    (r"\b(gh run list|environments (check|approvals))\b", (("actions", "read"),)),
    (r"\bgh issue\b", (("issues", "write"),)),
)  # fmt: skip
"""What in the steps of a job asks for which permission."""

OPTIONAL = {"security-events": {"actions": "read", "contents": "read"}}
"""What may be given beside a permission: in a private repository, code scanning reads the run and the commit."""


def permissions_needed(job: Job) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the steps of a job need, and what it may have beside that, by scope."""
    words = []
    for step in job.get("steps", ()):
        given = step.get("with") or {}
        if "uses" in step:
            words.append(f"uses {step['uses']}")
        if step.get("uses", "").startswith("docker/login-action@"):
            # who has an account of another kind there needs no permission of GitHub's
            own = "github.token" in str(given.get("password"))
            words.append(f"registry {given.get('registry')}" if own else "another account")
        if "run" in step:
            writes = "github.token" in str((step.get("env") or {}).get("MLOPS_GIT_TOKEN"))
            words.append(("own token " if writes else "") + " ".join(step["run"].split()))
    text = "\n".join(words)
    needed: dict[str, str] = {}
    for pattern, scopes in EVIDENCE:
        if re.search(pattern, text):
            for scope, access in scopes:
                needed[scope] = max(needed.get(scope, "none"), access, key=LEVELS.index)
    allowed: dict[str, str] = {}
    for scope in needed:
        allowed |= OPTIONAL.get(scope, {})
    return needed, allowed


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from _texts(child)
