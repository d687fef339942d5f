"""The life cycle as data: workflows of jobs of steps, in the words of no CI system.

Builders and targets say what is to happen; one renderer per CI system, such as `mlopsc.build.github`, says how. Nothing
here knows the syntax of one: values are named, not spelled, and conditions are trees.
"""

from __future__ import annotations

from mlopsc.parts import At
from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, TypeAlias

    from mlopsc.parts import Data, Ref

    Scope: TypeAlias = Literal[
        "code", "packages", "identity", "attestations", "pull-requests", "findings", "runs", "environments"
    ]
    Access: TypeAlias = Literal["read", "write"]
    Known: TypeAlias = Literal[
        "commit", "server", "repository", "run", "attempt", "token", "actor", "pull-request", "base"
    ]
    Ended: TypeAlias = Literal["succeeded", "failed", "cancelled", "ended", "always"]


# Values: what is known only when a job runs.


class Secret(Record):
    """A secret of the repository or of an environment."""

    name: str


class Input(Record):
    """An input of the workflow."""

    name: str


class Output(Record):
    """What an earlier step of the same job handed on."""

    step: str
    name: str


class Result(Record):
    """What an earlier job handed on."""

    job: str
    name: str


class Outcome(Record):
    """How an earlier job ended: ``success``, ``failure``, ``cancelled`` or ``skipped``."""

    job: str


class Fact(Record):
    """What the CI system knows.

    Attributes:
        name: ``commit`` that runs; ``server`` and ``repository``, its address; ``run``, the id of this run; ``token``
            of this job; ``actor`` who started it; ``pull-request``, its number; ``base``, the commit that a change is
            to be merged into; ``attempt``, how often this run was tried.
    """

    name: Known


class Joined(Record):
    """Several values, one after the other."""

    parts: tuple[Value, ...]


class Chosen(Record):
    """One value or another.

    Attributes:
        when: decides.
        then: the value when it holds; never empty.
        otherwise: the value when it does not.
    """

    when: Condition
    then: Value
    otherwise: Value


class Either(Record):
    """The first value, or the second where the first is empty."""

    first: Value
    second: Value


if TYPE_CHECKING:
    Value: TypeAlias = str | At | Secret | Input | Output | Result | Outcome | Fact | Joined | Chosen | Either


# Conditions.


class Is(Record):
    """A value is a certain text."""

    value: Value
    text: str


class Not(Record):
    """A condition does not hold."""

    condition: Condition


class All(Record):
    """All conditions hold."""

    conditions: tuple[Condition, ...]


class Any(Record):
    """One condition holds, or more."""

    conditions: tuple[Condition, ...]


class After(Record):
    """How the steps or jobs before ended; without this condition, nothing runs behind a failure.

    Attributes:
        ended: ``failed``: one failed; ``cancelled``: somebody cancelled the run, or its time was over; ``ended``: all
            but a cancelled run; ``always``.
    """

    ended: Ended


class Trusted(Record):
    """The change comes from this repository, and not from a fork."""


class Forked(Record):
    """The change is a pull request from a fork."""


class Proposed(Record):
    """The change is a pull request from this repository, and not a commit that was merged or is queued for it."""


class CodeScanning(Record):
    """The repository shows findings of code scanning."""


if TYPE_CHECKING:
    Condition: TypeAlias = Is | Not | All | Any | After | Trusted | Forked | Proposed | CodeScanning


def either(*conditions: Condition) -> Condition:
    """Return a condition that holds where one of several does."""
    return conditions[0] if len(conditions) == 1 else Any(conditions=conditions)


def both(*conditions: Condition | None) -> Condition | None:
    """Return a condition that holds where all of several do; None if all of them are."""
    given = tuple(condition for condition in conditions if condition is not None)
    return All(conditions=given) if len(given) > 1 else (given[0] if given else None)


# Steps.


class Step(Record):
    """One step of a job.

    Attributes:
        name: what a reader sees; an imperative.
        id: name for the outputs; empty when nobody needs them.
        when: condition; None runs while nothing failed.
        refs: what in the spec asks for it.
    """

    name: str
    id: str = ""
    when: Condition | None = None
    refs: tuple[Ref, ...] = ()


class Variable(Record):
    """An environment variable in a command, quoted by the renderer.

    Attributes:
        name: of the variable.
        option: that the value belongs to, in the same word, so that a value which looks like an option is none.
    """

    name: str
    option: str = ""


class Sink(Record):
    """A file of the CI system that a command appends to.

    Attributes:
        name: ``outputs``, lines ``name=value`` for later steps; ``summary``, Markdown for people.
    """

    name: Literal["outputs", "summary"]


if TYPE_CHECKING:
    Word: TypeAlias = str | At | Variable | Sink
    Command: TypeAlias = tuple[Word, ...]


class Run(Step):
    """Run commands in the folder of the spec.

    Attributes:
        commands: each an argument vector; words are quoted, so that none of them can be more than a word.
        env: what the commands may know, by the name of the variable.
        told: whether the last command is told when the run is cancelled, and cleans up.
    """

    commands: tuple[Command, ...]
    env: Mapping[str, Value] = {}
    told: bool = False


class Checkout(Step):
    """Check out the commit that runs, without leaving credentials behind.

    Attributes:
        history: whether all commits are needed, and not only the last one.
    """

    history: bool = False


class Python(Step):
    """Bring an interpreter.

    Attributes:
        version: such as ``3.11``.
    """

    version: Value


class Keep(Step):
    """Keep files for later jobs and for people.

    Attributes:
        artifact: its name in this run.
        files: paths from the folder of the spec.
        days: how long.
    """

    artifact: str
    files: tuple[str, ...]
    days: int


class Bring(Step):
    """Fetch what an earlier job kept.

    Attributes:
        artifact: its name.
        into: folder, from that of the spec; empty: the folder itself.
    """

    artifact: str
    into: str = ""


class Recall(Step):
    """Fetch files that an earlier run remembered; the output ``cache-hit`` is ``true`` if there were any."""

    key: Value
    files: tuple[str, ...]


class Remember(Step):
    """Remember files under a key for later runs."""

    key: Value
    files: tuple[str, ...]


class CloudLogin(Step):
    """Sign in to a cloud through OIDC.

    Attributes:
        provider: ``aws``, ``gcp`` or ``azure``.
        settings: those of the provider in `mlopsc.project.execution`, by field.
    """

    provider: str
    settings: Mapping[str, Value]


class RegistryLogin(Step):
    """Sign in to a registry of images.

    Attributes:
        kind: ``password``; or by the account of the cloud that was signed in to: ``aws``, ``gcp``, ``azure``.
        host: of the registry.
        username: for ``password``.
        password: for ``password``.
    """

    kind: str
    host: Value
    username: Value = ""
    password: Value = ""


class Builder(Step):
    """Bring what builds images."""


class BuildImage(Step):
    """Build an image and push it; the output ``digest`` is that of the image.

    Attributes:
        dockerfile: from the folder of the spec, which is the context.
        tag: name with tag to push as.
        arguments: of the build.
    """

    dockerfile: Value
    tag: Value
    arguments: Mapping[str, Value] = {}


class ListPackages(Step):
    """Write the list of packages of an image, an SBOM in SPDX.

    Attributes:
        image: with digest.
        file: where to, from the folder of the spec.
    """

    image: Value
    file: str


class Scan(Step):
    """Look for known vulnerabilities in a list of packages, and fail where there are any that are not accepted.

    Attributes:
        packages: the list, from the folder of the spec.
        settings: file with the limits and exceptions, from the folder of the spec.
        severity: smallest one that fails.
        only_fixed: whether findings without a fix are let through.
    """

    packages: str
    settings: str | At
    severity: Value
    only_fixed: Value


class Signer(Step):
    """Bring the program that signs images and verifies signatures."""


class FindImage(Step):
    """Look for an image under a tag; the output ``digest`` is empty unless there is one that this project signed.

    Attributes:
        tag: name with tag.
        workflow: that must have signed it, by the name in the life cycle.
        branch: that it must have run for.
    """

    tag: Value
    workflow: str
    branch: Value


class SignImage(Step):
    """Sign an image with the identity of the workflow that runs.

    Attributes:
        image: with digest.
    """

    image: Value


class VerifyImage(Step):
    """Fail unless a workflow of this project signed an image.

    Attributes:
        image: with digest.
        workflow: that must have signed it, by the name in the life cycle.
        branch: that it must have run for.
    """

    image: Value
    workflow: str
    branch: Value


class VerifyProvenance(Step):
    """Fail unless a workflow of this project stated how an image was built.

    Attributes:
        image: with digest.
        workflow: that must have said so, by the name in the life cycle.
        branch: that it must have run for.
    """

    image: Value
    workflow: str
    branch: Value


class TagImage(Step):
    """Give an image a further tag.

    Attributes:
        image: with digest.
        tag: name with tag.
    """

    image: Value
    tag: Value


class CopyFromImage(Step):
    """Copy a folder out of an image, without running it.

    Attributes:
        image: with digest.
        source: absolute path in the image.
        target: folder, from that of the spec; what is there is replaced.
    """

    image: Value
    source: str
    target: str


class Attest(Step):
    """Sign a statement about an image and store it: how it was built, or what is in it.

    Attributes:
        image: its name without digest.
        digest: its digest.
        packages: list of packages, from the folder of the spec; empty: the statement is how it was built.
    """

    image: Value
    digest: Value
    packages: str = ""


class ShowFindings(Step):
    """Hand a SARIF file to code scanning."""

    file: str
    category: str


class Changed(Step):
    """Tell whether a change touches certain files; the output ``relevant`` is ``true`` or ``false``.

    Attributes:
        files: folders and files, from the top of the repository.
    """

    files: tuple[str | At, ...]


class Comment(Step):
    """Write a comment to the pull request, or replace the one that was written before.

    Attributes:
        file: the text, whose first line is the mark.
        mark: first line, by which the comment is found again.
    """

    file: str
    mark: Value


class CancelRuns(Step):
    """Cancel what another workflow is doing for the same environment.

    Attributes:
        workflow: its name in the life cycle.
        environment: whose runs; their title ends with it.
    """

    workflow: str
    environment: Value


class Require(Step):
    """Fail unless jobs succeeded.

    Attributes:
        outcomes: how each one ended, by its id.
    """

    outcomes: Mapping[str, Value]


# Jobs and workflows.


class Permission(Record):
    """What a job may do.

    Attributes:
        scope: on what.
        access: what.
        why: a comment for readers.
        refs: what in the spec asks for it.
    """

    scope: Scope
    access: Access
    why: str
    refs: tuple[Ref, ...] = ()


class Exclusive(Record):
    """Only one at a time.

    Attributes:
        group: parts of the name of what is exclusive.
        newest: whether a new one cancels a running one.
    """

    group: Value
    newest: bool = False


class Job(Record):
    """Steps on one machine.

    Attributes:
        id: its name for other jobs.
        name: what a reader sees.
        steps: in order.
        needs: ids of the jobs before it.
        when: condition; None: when all jobs before it succeeded.
        runner: label of the machine.
        minutes: longest time.
        permissions: all that it may do.
        environment: whose protection and secrets hold; empty for none.
        address: where people find what was deployed; empty for nowhere.
        exclusive: with what it must not run at the same time.
        outputs: what later jobs may know.
        note: a comment for readers.
        refs: what in the spec asks for it.
    """

    id: str
    name: str | At
    steps: tuple[Step, ...]
    minutes: int | At
    runner: Value
    permissions: tuple[Permission, ...]
    needs: tuple[str, ...] = ()
    when: Condition | None = None
    environment: Value = ""
    address: Value = ""
    exclusive: Exclusive | None = None
    outputs: Mapping[str, Value] = {}
    note: str = ""
    refs: tuple[Ref, ...] = ()


class Field(Record):
    """An input of a workflow.

    Attributes:
        description: for the person who fills it in.
        required: whether it may not be left out.
        choices: the only values; empty for any text.
    """

    description: str
    required: bool = False
    choices: tuple[Value, ...] = ()


class OnPullRequest(Record):
    """A pull request to the main branch changed, or is about to be merged by a queue."""

    branch: Value


class OnPush(Record):
    """Something was merged to the main branch.

    Attributes:
        branch: its name.
        files: patterns of the files of which one must have changed, from the top of the repository.
    """

    branch: Value
    files: tuple[Value, ...]


class OnSchedule(Record):
    """At certain times, a cron expression in UTC."""

    cron: Value


class ByHand(Record):
    """A person starts it.

    Attributes:
        fields: what is asked, by name.
    """

    fields: Mapping[str, Field] = {}


if TYPE_CHECKING:
    Trigger: TypeAlias = OnPullRequest | OnPush | OnSchedule | ByHand


class Workflow(Record):
    """Jobs with what starts them.

    Attributes:
        name: ``ci``, ``delivery`` and so on; the CI system shows it behind the name of the project.
        purpose: one line for the list of files, and for the head of the file.
        triggers: what starts it.
        jobs: in the order in which a reader should meet them.
        exclusive: with what it must not run at the same time.
        title: of one run; empty: the CI system chooses.
    """

    name: str
    purpose: str
    triggers: tuple[Trigger, ...]
    jobs: tuple[Job, ...]
    exclusive: Exclusive
    title: Value = ""


TRAINING_IMAGE = "training-image"
"""Job that builds the image which a training elsewhere runs in; its output ``image`` names it with its digest."""


class Training(Record):
    """How a target trains in a delivery; a part that it hands over.

    Attributes:
        steps: instead of those that check and split the data, train and package on the machine of the job. They leave
            the same results.
        runner: label of the machine that they run on.
        image: name of the image that they need, built by the job `TRAINING_IMAGE`; None if they need none.
        refs: what in the spec asks for it.
    """

    steps: tuple[Step, ...]
    runner: Value
    image: At | None = None
    refs: tuple[Ref, ...] = ()


def asked(data: Data, refs: tuple[Ref, ...], note: str = "") -> At:
    """Return data with what in the spec asks for it; the first one is the main origin."""
    env, path = refs[0] if refs else (None, ())
    return At(data, path, env, note=note, also=refs[1:])
