"""How a change travels through the environments, as a chart for Mermaid and in words."""

from __future__ import annotations

import re

from mlopsc import naming
from mlopsc.parts import At
from mlopsc.render.markdown import code, escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.parts import Data
    from mlopsc.project import Environment, Project

# Letters and digits of any script and the signs that mean nothing in a quoted label; "%%" begins a comment, "%%{" more.
_LABEL = re.compile(r"[^\w .,/%-]|%(?=%)", re.ASCII)


def deployed(project: Project) -> tuple[Environment, ...]:
    """Return the environments in which something runs."""
    return tuple(item for item in project.environments if item.deployment.mode != "none")


def environments(project: Project) -> list[dict[str, Data]]:
    """Return each environment that something runs in: its name, and facts about it as Markdown, one a line."""
    return [
        {"name": At(escape(item.name), item.path), "facts": list(_facts(project, item))} for item in deployed(project)
    ]


def chart(project: Project) -> list[Data]:
    """Return the lines of a flowchart, without the first one that says so."""
    lines: list[Data] = ['merged["merged to the main branch"] --> judged["trained and judged by the gates"]']
    reached = deployed(project)
    if not reached:
        return [*lines, At('judged --> registry["registered"]', (*project.deployment.path, "mode"))]
    ids = {item.name: f"env{number}" for number, item in enumerate(reached)}
    for item in reached:
        how = _how(item)
        label = f'{ids[item.name]}["{label_text(item.name)}<br>{label_text(how.value)}"]'
        lines.append(At(label, how.path, item.name))
    for item in reached:
        if item.after in ids:
            lines.append(At(f'{ids[item.after]} -->|"{_step(item)}"| {ids[item.name]}', item.path))
        else:
            lines.append(At(f"judged --> {ids[item.name]}", item.path))
    return lines


def label_text(text: str) -> str:
    """Return a text as part of a quoted label of Mermaid, which shows it literally."""
    return _LABEL.sub(lambda match: f"#{ord(match[0])};", " ".join(text.split()))


def _step(environment: Environment) -> str:
    start = "by itself" if environment.promotion == "automatic" else "by hand"
    return f"{start}, with approval" if environment.protected else start


def _how(environment: Environment) -> At:
    """Return what happens at a release, with the spec path that decides it."""
    deployment = environment.deployment
    if deployment.mode == "batch":
        return At("scores on a schedule", (*deployment.path, "mode"))
    strategy = deployment.strategy
    if strategy.canary is not None:
        return At(f"canary {', '.join(strategy.canary.steps)}", (*strategy.canary.path, "steps"))
    if strategy.blue_green is not None:
        return At("blue-green", strategy.blue_green.path)
    if strategy.shadow is not None:
        return At(f"shadow {strategy.shadow.percent}", (*strategy.shadow.path, "percent"))
    return At("rolling", strategy.path)


def _facts(project: Project, environment: Environment) -> Iterator[Data]:
    name, path = environment.name, environment.path
    if environment.after is None:
        yield At("Every model that passes the gates is released here.", path)
    else:
        yield At(f"Comes after {code(environment.after)}.", (*path, "after"))
        started = (
            "The release starts when the environment before is done."
            if environment.promotion == "automatic"
            else "A person starts the release."
        )
        yield At(started, (*path, "promotion"))
    if environment.protected:
        yield At("A release needs approval.", (*path, "protected"))
    yield _at_release(environment)
    namespace = environment.namespace or naming.namespace(project.name, name)
    namespace_path = (*path, "namespace") if environment.namespace else (*project.metadata.path, "name")
    yield At(f"Runs in the namespace {code(namespace)}.", namespace_path)
    branch = code(naming.release_branch(project.name, name))
    yield At(f"What runs there stands on the branch {branch}.", (*project.metadata.path, "name"))


def _at_release(environment: Environment) -> At:
    deployment = environment.deployment
    name, strategy = environment.name, deployment.strategy
    if deployment.mode == "batch" and deployment.batch is not None:
        text = f"The data set is scored on the schedule {code(deployment.batch.schedule)}, in UTC."
        return At(text, (*deployment.batch.path, "schedule"), name)
    if strategy.canary is not None:
        steps = ", then ".join(strategy.canary.steps)
        text = f"A new model gets {steps}, then all of the traffic; every step is judged."
    elif strategy.blue_green is not None:
        text = "A new model starts beside the old one and then gets all traffic at once."
    elif strategy.shadow is not None:
        text = f"A new model first answers a copy of {strategy.shadow.percent} of the traffic, unseen."
    else:
        text = "The copies of the old model are replaced one after the other."
    return At(text, _how(environment).path, name)
