# SPDX-License-Identifier: MIT-0
"""The champion: what serves in the environment that candidates are compared with, as its release record tells."""

from __future__ import annotations

import shutil
from pathlib import Path

from .environment import PREDICTIONS, RECORD, Environment
from .record import Release


def fetch(environment: Environment, folder: Path) -> tuple[Release | None, bool]:
    """Write the record and the predictions of the champion into an empty folder.

    Before the first release there is a record as well, which says so: without any, nobody has asked.

    Args:
        environment: where it serves.
        folder: emptied first, so that nothing of another champion stays.

    Returns:
        The champion, None when nothing was released yet, and whether its predictions are known.

    Raises:
        Refused: the record is broken.
        Unusable: the deploy branch cannot be reached.
    """
    state = environment.state()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / RECORD).write_text(state.record.text(), encoding="utf-8", newline="\n")
    champion = state.record.stable
    if champion is None:
        return None, False
    oid = state.predictions.get(champion.id)
    if oid is not None:
        (folder / PREDICTIONS["stable"]).write_bytes(environment.git.content(oid))
    return champion, oid is not None
