"""The settings of the image scan, for Grype."""

from __future__ import annotations

from mlopsc.parts import At, File, Yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.parts import Data
    from mlopsc.project import Project
    from mlopsc.project.deployment import Image


def build(project: Project, image: Image) -> File:
    """Return ``grype.yaml``.

    Grype knows no end of an exception: the date stands in a comment, and the delivery checks it before it scans.
    """
    scan = image.scan
    document: dict[str, Data] = {
        "fail-on-severity": At(scan.fail_on, (*scan.path, "fail_on")),
        "only-fixed": At(scan.only_fixed, (*scan.path, "only_fixed")),
        "ignore": [
            At(
                {
                    "vulnerability": At(advisory, (*scan.path, "ignore", advisory)),
                    "reason": At(accepted.reason, (*accepted.path, "reason")),
                },
                (*accepted.path, "expires"),
                note=f"accepted until {accepted.expires}",
            )
            for advisory, accepted in scan.ignore.items()
        ],
    }
    return File(
        file=f"{project.output.dir}/docker/grype.yaml",
        body=Yaml(documents=(document,)),
        owner="docker",
        purpose="Which findings in the image stop a delivery.",
        at=scan.path,
    )
