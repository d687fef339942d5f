"""What is pinned: images, actions, and the packages of the check job."""

from __future__ import annotations

from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Image(Record):
    """A container image.

    Attributes:
        name: with registry, without tag.
        tag: what the digest was found under; it only tells a reader what the digest is.
        digest: ``sha256:<hex>`` of the index of all platforms.
    """

    name: str
    tag: str
    digest: str

    @property
    def reference(self) -> str:
        """The image as a Dockerfile or a manifest names it."""
        return f"{self.name}:{self.tag}@{self.digest}"


class Action(Record):
    """A GitHub action.

    Attributes:
        tag: the release, for the comment beside the commit.
        sha: its commit.
    """

    tag: str
    sha: str


class Requirement(Record):
    """A package that the check job installs.

    Attributes:
        name: the distribution, normalized: lower case, with ``-``.
        version: the release.
        hashes: ``sha256:<hex>`` of each wheel of the release, whatever its platform, sorted.
    """

    name: str
    version: str
    hashes: tuple[str, ...]


class CheckJob(Record):
    """What the job that compares the generated files with the spec installs: section ``mlopsc``.

    Attributes:
        version: of mlopsc.
        python: the interpreter that the packages were chosen for, such as ``3.11``.
        requirements: mlopsc and all that it needs, by name.
    """

    version: str
    python: str
    requirements: tuple[Requirement, ...]


class Pins(Record):
    """All pins that hold for a spec.

    Attributes:
        images: by the name that builders ask for, such as ``python-3.11``.
        actions: by what stands in ``uses:`` before the ``@``.
        mlopsc: for the check job; None where nothing is pinned, because the package cannot know its own digest.
    """

    images: Mapping[str, Image]
    actions: Mapping[str, Action]
    mlopsc: CheckJob | None = None
