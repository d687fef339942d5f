# SPDX-License-Identifier: MIT-0
"""What a release is: a version of the model, an image and manifests. Who changes one of them has another release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def manifests_digest(files: Mapping[str, bytes]) -> str:
    """Return the digest of manifests, 64 hexadecimal digits.

    Args:
        files: contents by path below the folder of the manifests. Line endings do not count.
    """
    return _digest([[path, _sha256(files[path].replace(b"\r\n", b"\n"))] for path in sorted(files)])


def release_id(version: str, image: str, manifests: str) -> str:
    """Return the id of a release, 64 hexadecimal digits.

    Args:
        version: of the model.
        image: with its digest; only the digest counts, so that a copy of the image in another registry is the same.
        manifests: their digest.
    """
    return _digest({"version": version, "image": image.partition("@")[2], "manifests": manifests})


def _digest(value: Any) -> str:
    return _sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
