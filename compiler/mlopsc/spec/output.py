"""Section ``output``: where generated files go and which builders run."""

from __future__ import annotations

from pydantic import Field

from mlopsc.spec.base import Closed, FilePath


class Builders(Closed):
    """Parts of the output that can be switched off."""

    check: bool = True
    """What the job installs that compares the generated files with the spec, and the job itself."""
    dependabot: bool = True
    """A `.github/dependabot.yml`, written once where there is none, that leaves generated files alone."""
    docker: bool = True
    """Dockerfiles."""
    gitattributes: bool = True
    """A block in `.gitattributes` that marks generated files."""
    readme: bool = True
    """A README that says what each file is for."""
    workflows: bool = True
    """Workflows of GitHub Actions."""


class Output(Closed):
    """Where generated files go and which builders run."""

    dir: FilePath = Field(default="ops", examples=["ops"])
    """Folder of the generated files, relative to the spec."""
    builders: Builders = Builders()
    """Parts of the output that can be switched off."""
