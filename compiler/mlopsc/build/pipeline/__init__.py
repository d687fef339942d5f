"""Builder ``pipeline``: the static steps, copied as they are, and the ``config.json`` that they read.

Everything that a project decides stands in ``config.json``; its format is `mlopsc_schemas`' ``config.v1.schema.json``.
"""

from __future__ import annotations

from mlopsc import assets
from mlopsc.build.pipeline import config
from mlopsc.build.pipeline.values import endless
from mlopsc.parts import File, Json, Static

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.diagnostics import Report
    from mlopsc.parts import Part
    from mlopsc.pins import Pins
    from mlopsc.project import Project

OWNER = "pipeline"
STEPS = "mlopsc.steps"
"""The package whose files are copied, without its own ``__init__.py``."""

_NAMES = {"shipped.ruff.toml": "ruff.toml"}
"""Names that a file has in the pipeline, where that is another one: here ruff would obey it, and check nothing."""

_PURPOSES = {
    "__main__.py": "Runs the pipeline, or one step of it.",
    "LICENSE": "Licence of the steps, which asks nothing of you.",
    "ruff.toml": "Tells ruff to leave this folder alone, whatever the rules of your project are.",
    "mlops_steps/__init__.py": "The steps, with all that lies below: plain code, the same for every project.",
}
"""What a README says of the static files; those that it does not name belong to the last one."""


def build(project: Project, pins: Pins, report: Report) -> Iterator[Part]:
    """Return the files of the pipeline.

    Args:
        project: the project.
        pins: not needed.
        report: takes numbers that JSON has no spelling for.
    """
    folder = f"{project.output.dir}/pipeline"
    for resource in assets.files(STEPS):
        if resource != "__init__.py":
            name = _NAMES.get(resource, resource)
            yield File(
                file=f"{folder}/{name}",
                body=Static(package=STEPS, resource=resource),
                owner=OWNER,
                purpose=_PURPOSES.get(name, ""),
            )
    document = config.document(project)
    for env, path in endless(document):
        report("LNK-615", path, env=env)
    yield File(
        file=f"{folder}/config.json",
        body=Json(document=document),
        owner=OWNER,
        purpose="Everything that the steps know of the spec.",
    )
