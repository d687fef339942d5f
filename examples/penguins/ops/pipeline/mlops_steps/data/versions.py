# SPDX-License-Identifier: MIT-0
"""Whether a data set is the one that the spec means: by its digest, or by a file of DVC."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ..refusal import Finding, Unusable


def check(root: Path, name: str, dataset: Mapping[str, Any], digest: str, md5: Md5) -> list[Finding]:
    """Return a finding when the content is not the one that the spec fixes.

    Args:
        root: where paths of the repository begin.
        name: of the data set.
        dataset: its configuration.
        digest: SHA-256 of the content, 64 hexadecimal digits.
        md5: MD5 of the content, which DVC knows it by.

    Raises:
        Unusable: the file of DVC cannot be read, or fixes something that this check does not know.
    """
    version = dataset["version"]
    if "sha256" in version:
        return _compare("sha256", name, version["sha256"], (digest,))
    if "dvc" in version:
        output = _output(root, version["dvc"], dataset)
        # Before version 3, DVC took the digest of text files with the line ends of Unix.
        known = (md5.exact,) if output.get("hash") == "md5" else (md5.exact, md5.unix)
        return _compare("dvc", name, str(output["md5"]), known)
    return []


class Md5:
    """MD5 digests of a file. They identify the content for DVC and protect nothing."""

    def __init__(self) -> None:
        self.exact = self.unix = ""

    def add(self, content: bytes) -> None:
        """Take the digests of the whole content."""
        self.exact = hashlib.md5(content, usedforsecurity=False).hexdigest()
        self.unix = hashlib.md5(content.replace(b"\r\n", b"\n"), usedforsecurity=False).hexdigest()


def _compare(kind: str, name: str, wanted: str, found: tuple[str, ...]) -> list[Finding]:
    if wanted in found:
        return []
    what = "SHA-256" if kind == "sha256" else "MD5"
    source = "the spec" if kind == "sha256" else "the file of DVC"
    remedy = (
        f'put the new digest into "version.{kind}"'
        if kind == "sha256"
        else '"dvc pull" the old content or "dvc add" the new'
    )
    message = (
        f"data set {name}: its content has the {what} digest {found[0]}, and {source} names {wanted}: restore the "
        f"data, or, if it was meant to change, {remedy}"
    )
    return [Finding("version", name, message, {"kind": kind, "expected": wanted, "found": found[0]})]


def _output(root: Path, file: str, dataset: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a file of DVC says of a data set.

    Format: https://dvc.org/doc/user-guide/project-structure/dvc-files
    """
    import yaml

    try:
        document = yaml.safe_load((root / file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unusable(f'{file} does not exist: correct "version.dvc" in the spec, or make it with "dvc add"') from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Unusable(
            f'{file} is no file of DVC ({str(error).splitlines()[0]}): make it again with "dvc add"'
        ) from None
    outputs = document.get("outs") if isinstance(document, dict) else None
    entries = [entry for entry in outputs or [] if isinstance(entry, dict)]
    wanted = PurePosixPath(dataset.get("uri", "").rstrip("/")).name
    named = [entry for entry in entries if PurePosixPath(str(entry.get("path"))).name == wanted]
    if len(named or entries) != 1:
        raise Unusable(f'{file} names no file "{wanted}": correct "version.dvc" in the spec')
    output: Mapping[str, Any] = (named or entries)[0]
    digest = output.get("md5")
    if digest is None:
        raise Unusable(
            f'{file} names no md5 of "{wanted}": fetch the data into the repository with "dvc pull", then "dvc add" it'
        )
    if str(digest).endswith(".dir"):
        raise Unusable(
            f"{file} fixes a folder, which this check cannot compare: add the files one by one, or fix the folder by "
            '"version.sha256", which a run with "resolve: at-run" prints'
        )
    return output
