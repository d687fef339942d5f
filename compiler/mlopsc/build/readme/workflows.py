"""What the workflows need to be set up once, and how people start them."""

from __future__ import annotations

import shlex

from mlopsc import naming
from mlopsc.parts import At
from mlopsc.render.characters import visible
from mlopsc.render.markdown import code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.parts import Data
    from mlopsc.project import Environment, Project


def wanted(project: Project) -> bool:
    """Say whether there are workflows."""
    return project.output.builders.workflows


def setup(project: Project) -> Iterator[Data]:
    """Yield what a person does once, as Markdown, one item a line."""
    execution = project.execution
    name = (*project.metadata.path, "name")
    branch = At(code(execution.branch), (*execution.path, "branch"))
    yield At(
        f"Require the check {code(project.name)} in the rules of the branch {branch.value}.",
        branch.path,
        also=((None, name),),
    )
    deployed = _deployed(project)
    if deployed:
        apply = f"python {_word(f'{project.output.dir}/pipeline')} environments apply"
        yield At(
            f"Make the environments with their protection: {code(apply)}, with an administrator's token in `GH_TOKEN`.",
            (*project.output.path, "dir"),
        )
        branches = code(naming.release_branch(project.name, "*"))
        yield At(
            f"Leave {branches} to the workflows: no rule there may ask for pull requests or a linear history.", name
        )
    for secret, path in sorted(_secrets(project)):
        yield At(f"Add the secret {code(secret)}.", path)


def by_hand(project: Project) -> Iterator[Data]:
    """Yield what people start by hand: a comment and a command each, for a shell."""
    deployed, name = _deployed(project), (*project.metadata.path, "name")
    after = [item for item in deployed if item.after is not None]
    if after:
        last = after[-1]
        command = f"gh workflow run {project.name}-promote.yml --field environment={last.name} --field release=ID"
        yield {
            "what": "bring a release on; the summary of the delivery tells its id",
            "command": At(command, name, also=((None, last.path),)),
        }
    if deployed:
        last = deployed[-1]
        fields = f"--field environment={last.name} --field reason=TEXT"
        command = f"gh workflow run {project.name}-rollback.yml {fields}"
        yield {
            "what": "go back to the release before, and hold further ones until they are resumed",
            "command": At(command, name, also=((None, last.path),)),
        }
        command = f"{command.replace('-rollback.yml', '-delivery.yml').partition(' --field')[0]}"
        yield {"what": "train and deliver again; with --field resume=TEXT lift a hold", "command": At(command, name)}


def _deployed(project: Project) -> tuple[Environment, ...]:
    return tuple(item for item in project.environments if item.deployment.mode != "none")


def _secrets(project: Project) -> set[tuple[str, tuple[str | int, ...]]]:
    """Return the secrets that GitHub keeps, each with its place in the spec."""
    return {
        (secret.github, (*secret.path, "github")) for secret in project.secrets.values() if secret.github is not None
    }


def _word(text: str) -> str:
    return shlex.quote(visible(text).replace("\n", " "))
