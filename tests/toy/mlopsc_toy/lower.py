"""The parts: one of every kind, and the check of the target."""

from __future__ import annotations

from mlopsc.target import At, Contribution, File, Json, Slot, Static, Yaml, template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.target import Part, Project, Report

OWNER = "toy"
PACKAGE = "mlopsc_toy"


def check(project: Project, report: Report) -> None:
    """A blue toy has an even number of wheels."""
    for environment in project.environments:
        options = environment.deployment.options[OWNER]
        if options["color"] == "blue" and options["wheels"] % 2:
            report("TOY-101", ("deployment", "toy", "wheels"), env=environment.name, given=options["wheels"])


def serve(project: Project) -> Iterator[Part]:
    """Yield a file of each kind."""
    top, deployment = f"{project.output.dir}/toy", project.deployment
    options = deployment.options[OWNER]
    color = At(options["color"], ("deployment", "toy", "color"))
    replicas = At(deployment.serving.replicas.min, (*deployment.serving.replicas.path, "min"))
    yield File(
        file=f"{top}/toy.yaml",
        body=Yaml(
            documents=(
                {
                    "name": At(project.name, (*project.metadata.path, "name")),
                    "color": color,
                    "replicas": replicas,
                    "wheels": At(options["wheels"], ("deployment", "toy", "wheels"), note="all of them turn"),
                    "reports": Slot("toy-reports"),
                },
            )
        ),
        owner=OWNER,
        purpose="The toy.",
        at=deployment.path,
    )
    yield File(
        file=f"{top}/toy.json", body=Json(document={"color": color}), owner=OWNER, purpose="The toy for machines."
    )
    yield File(
        file=f"{top}/hello.py", body=Static(package=PACKAGE, resource="static/hello.py"), owner=OWNER, purpose="Greets."
    )
    yield File(
        file=f"{top}/NOTES.md",
        body=template(PACKAGE, "templates/NOTES.md.j2", {"color": color}, project=project),
        owner=OWNER,
        purpose="What to know about the toy.",
    )


def report(project: Project) -> Iterator[Part]:
    """Add a line for each environment to the file of the other role."""
    for environment in project.environments:
        value = At(environment.deployment.serving.replicas.min, ("deployment", "serving", "replicas", "min"))
        yield Contribution(
            slot="toy-reports", key=environment.name, value=value, at=environment.path, env=environment.name
        )
