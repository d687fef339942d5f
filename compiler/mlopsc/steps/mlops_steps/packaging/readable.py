# SPDX-License-Identifier: MIT-0
"""Paths that MLflow can read. It takes percent signs in the path of a local folder for escapes, and finds nothing."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow.models import Model


class Readable:
    """A folder for MLflow to read.

    Args:
        folder: where it is. A workspace of a CI system may have the name of a branch in it, as in ``main%2Ffix``.

    Attributes:
        path: the folder, by another name where its own will not do; as long as this object lives.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder
        if "%" in str(folder.resolve()):
            home = Path(tempfile.mkdtemp())
            weakref.finalize(self, shutil.rmtree, home, ignore_errors=True)
            # Not the folder itself: MLflow does not follow a link from one folder into another.
            parent = home / "parent"
            parent.symlink_to(folder.resolve().parent, target_is_directory=True)
            self.path = parent / folder.resolve().name


def metadata(folder: Path) -> Model:
    """Return what the file ``MLmodel`` in a folder says."""
    from mlflow.models import Model

    place = Readable(folder)
    return Model.load(str(place.path))
