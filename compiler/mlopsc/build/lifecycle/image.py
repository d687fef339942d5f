"""The job that makes the image which serves the model: built, listed, scanned, signed and attested."""

from __future__ import annotations

from mlopsc.build.lifecycle import accounts
from mlopsc.build.lifecycle.scene import READ_CODE, bring_candidate
from mlopsc.lifecycle import (
    Attest,
    Builder,
    BuildImage,
    Either,
    FindImage,
    Is,
    Job,
    Joined,
    Keep,
    ListPackages,
    Output,
    Permission,
    Run,
    Scan,
    Signer,
    SignImage,
    Sink,
)
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.build.lifecycle.scene import Scene
    from mlopsc.lifecycle import Step

ID = "image"
SIGNER = "delivery"
"""The workflow that signs."""

_PACKAGES = "build/sbom.spdx.json"
_KEPT_DAYS = 90
_DIGEST = Either(first=Output(step="found", name="digest"), second=Output(step="build", name="digest"))


def job(scene: Scene, needs: str) -> Job:
    """Return the job; its output ``image`` is the image with its digest."""
    attestations = Permission(
        scope="attestations", access="write", why="store how the image was built", refs=scene.attested
    )
    return Job(
        id=ID,
        name="Image",
        needs=(needs,),
        runner=scene.runner(),
        minutes=90,
        permissions=(
            READ_CODE,
            *accounts.registry_permission(scene, write=True, why="push the image"),
            Permission(scope="identity", access="write", why="sign as this workflow, without a key"),
            *((attestations,) if scene.image.attest else ()),
        ),
        environment=accounts.delivery_environment(scene.project) or "",
        outputs={"image": _image(scene)},
        steps=tuple(_steps(scene)),
    )


def _steps(scene: Scene) -> Iterator[Step]:
    image, output = scene.image, scene.project.output
    docker = (*output.path, "dir")
    tag = Joined(parts=(scene.image_name, ":", Output(step="tag", name="tag")))
    built = _image(scene)
    new = Is(value=_DIGEST.first, text="")
    yield from scene.begin()
    yield bring_candidate()
    yield Run(name="Check that no accepted finding is out of date", commands=(scene.pipeline("exceptions"),))
    yield Run(
        name="Name the image",
        id="tag",
        commands=(scene.pipeline("image", "--outputs", Sink(name="outputs")),),
    )
    yield from accounts.cloud(scene, scene.project.execution.cloud)
    yield from accounts.registry(scene)
    yield Signer(name="Install cosign")
    yield FindImage(
        name="Look for an image of the same content", id="found", tag=tag, workflow=SIGNER, branch=scene.branch
    )
    yield Builder(name="Set up Buildx", when=new)
    yield BuildImage(
        name="Build and push",
        id="build",
        when=new,
        dockerfile=At(f"{output.dir}/docker/serve.Dockerfile", docker),
        tag=tag,
    )
    yield ListPackages(name="List the packages in it", image=built, file=_PACKAGES)
    scan = image.scan
    yield Scan(
        name="Scan for known vulnerabilities",
        packages=_PACKAGES,
        settings=At(f"{output.dir}/docker/grype.yaml", docker),
        severity=At(scan.fail_on, (*scan.path, "fail_on")),
        only_fixed=At(str(scan.only_fixed).lower(), (*scan.path, "only_fixed")),
    )
    if image.attest:
        name = scene.image_name
        yield Attest(name="State how it was built", when=new, image=name, digest=_DIGEST, refs=scene.attested)
        yield Attest(
            name="State what is in it", when=new, image=name, digest=_DIGEST, packages=_PACKAGES, refs=scene.attested
        )
    # Last: an image that is signed has passed the scan and has its statements, and is used again.
    yield SignImage(name="Sign the image", when=new, image=built)
    yield Keep(name="Keep the list of packages", artifact="packages", files=(_PACKAGES,), days=_KEPT_DAYS)


def _image(scene: Scene) -> Joined:
    """Return the image with its digest."""
    return Joined(parts=(scene.image_name, "@", _DIGEST))
