"""Workflows of the life cycle as documents for GitHub Actions."""

from __future__ import annotations

from mlopsc import lifecycle as cycle
from mlopsc.build.github.expressions import condition, literal, refs, value
from mlopsc.build.github.steps import Renderer
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlopsc.lifecycle import Exclusive, Field, Job, Permission, Trigger, Workflow
    from mlopsc.parts import Data

_SCOPES = {
    "code": "contents",
    "packages": "packages",
    "identity": "id-token",
    "attestations": "attestations",
    "pull-requests": "pull-requests",
    "findings": "security-events",
    "runs": "actions",
}


def document(workflow: Workflow, renderer: Renderer) -> dict[str, Data]:
    """Return a workflow.

    Args:
        workflow: the workflow.
        renderer: of its steps.
    """
    found: dict[str, Data] = {"name": f"{renderer.project} {workflow.name}"}
    if workflow.title:
        found["run-name"] = value(workflow.title)
    found["on"] = _triggers(workflow.triggers)
    # Whatever a job needs it is given itself.
    found["permissions"] = {}
    found["concurrency"] = _concurrency(workflow.exclusive)
    run: dict[str, Data] = {"shell": "bash"}
    if renderer.folder:
        run["working-directory"] = literal(renderer.folder)
    found["defaults"] = {"run": run}
    found["jobs"] = {job.id: cycle.asked(_job(job, renderer), job.refs, job.note) for job in workflow.jobs}
    return found


def _triggers(triggers: tuple[Trigger, ...]) -> dict[str, Data]:
    found: dict[str, Data] = {}
    for trigger in triggers:
        if isinstance(trigger, cycle.OnPullRequest):
            found["pull_request"] = found["merge_group"] = {"branches": [value(trigger.branch)]}
        elif isinstance(trigger, cycle.OnPush):
            found["push"] = {
                "branches": [value(trigger.branch)],
                "paths": [value(file) for file in trigger.files],
            }
        elif isinstance(trigger, cycle.OnSchedule):
            found.setdefault("schedule", []).append({"cron": value(trigger.cron)})
        else:
            fields = {name: _dispatched(field) for name, field in trigger.fields.items()}
            found["workflow_dispatch"] = {"inputs": fields} if fields else {}
    return found


def _dispatched(field: Field) -> dict[str, Data]:
    found: dict[str, Data] = {"description": field.description}
    if field.choices:
        found |= {"type": "choice", "options": [value(choice) for choice in field.choices]}
    else:
        found["type"] = "string"
    return found | {"required": field.required}


def _job(job: Job, renderer: Renderer) -> dict[str, Data]:
    found: dict[str, Data] = {"name": job.name}
    if job.needs:
        found["needs"] = job.needs[0] if len(job.needs) == 1 else list(job.needs)
    if job.when is not None:
        found["if"] = condition(job.when)
    found |= {
        "runs-on": value(job.runner),
        "timeout-minutes": job.minutes,
        "permissions": _permissions(job.permissions),
    }
    if job.environment:
        address = {"url": value(job.address)} if job.address else {}
        found["environment"] = {"name": value(job.environment), **address}
    if job.exclusive is not None:
        found["concurrency"] = _concurrency(job.exclusive)
    if job.outputs:
        origins = dict.fromkeys(ref for output in job.outputs.values() for ref in refs(output))
        outputs = {name: value(output) for name, output in job.outputs.items()}
        found["outputs"] = cycle.asked(outputs, tuple(origins))
    found["steps"] = [cycle.asked(renderer.step(step), step.refs) for step in job.steps]
    return found


def _permissions(permissions: tuple[Permission, ...]) -> Mapping[str, Data]:
    return {_SCOPES[item.scope]: At(cycle.asked(item.access, item.refs), tail=item.why) for item in permissions}


def _concurrency(exclusive: Exclusive) -> dict[str, Data]:
    return {"group": value(exclusive.group), "cancel-in-progress": exclusive.newest}
