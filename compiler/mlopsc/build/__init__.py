"""Builders shared by targets, and those that run for every project.

A builder turns the project into parts, as a target does; an overview is made last, from the list of all files.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from mlopsc.diagnostics import Report
    from mlopsc.lifecycle import Training
    from mlopsc.parts import File, Part
    from mlopsc.pins import Pins
    from mlopsc.project import Project

    Builder: TypeAlias = Callable[[Project, Pins, Report], Iterator[Part]]
    CiSystem: TypeAlias = Callable[[Project, Pins, Training | None], Iterator[Part]]
    Overview: TypeAlias = Callable[[Project, Mapping[str, File]], File]


def builders(project: Project) -> tuple[Builder, ...]:
    """Return the builders that run for a project."""
    from mlopsc.build import check_requirements, dependabot, docker, governance, pipeline, requirements

    wanted = project.output.builders
    chosen = (
        (docker.build, wanted.docker),
        (pipeline.build, True),
        (requirements.build, True),
        (governance.build, True),
        (check_requirements.build, wanted.check),
        (dependabot.build, wanted.dependabot),
    )
    return tuple(build for build, on in chosen if on)


def ci_systems(project: Project) -> tuple[CiSystem, ...]:
    """Return what turns the life cycle, with the way in which a target trains, into workflows."""
    from mlopsc.build import github

    return (github.build,) if project.output.builders.workflows else ()


def overviews(project: Project) -> tuple[Overview, ...]:
    """Return what is made of the linked files by path from the repository root, in this order.

    Each one sees the file of the one before.
    """
    from mlopsc.build import gitattributes, readme

    wanted = project.output.builders
    chosen = (
        (gitattributes.build, wanted.gitattributes),
        (readme.build, wanted.readme),
    )
    return tuple(build for build, on in chosen if on)
