# SPDX-License-Identifier: MIT-0
"""The Python that runs the pipeline: a model is made by the one that the spec names, or its version means little."""

from __future__ import annotations

import sys

from .config import Config


def mismatch(config: Config) -> str | None:
    """Say how this Python differs from that of the spec; None when it does not."""
    wanted = config["model"]["dependencies"]["python"]
    here = "{}.{}".format(*sys.version_info)
    if here == wanted:
        return None
    return (
        f"this is Python {here}, and model.dependencies.python is {wanted}: the model may differ from the one that is "
        f"served; make an environment with Python {wanted} and install the lock there"
    )
