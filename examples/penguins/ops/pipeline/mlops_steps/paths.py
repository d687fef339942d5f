# SPDX-License-Identifier: MIT-0
"""Paths of this machine in texts that leave it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

_START = r"(?:(?<=file://)|(?<![\w./-]))"
"""Where a path begins: not inside of another one, nor of an address."""


def portable(text: str, root: Path) -> str:
    """Return a text in which no path says where on this machine it is.

    Paths below the project become relative to it, and those of modules to the folder that they are imported from.

    Args:
        text: a message, such as a traceback.
        root: the folder of the spec.
    """
    imported = {os.path.abspath(folder) for folder in (*sys.path, sys.prefix, sys.base_prefix) if folder}
    text = re.sub(rf"{_START}{re.escape(str(root))}(?![\w./-])", ".", text)
    for folder in (str(root), *sorted(imported - {os.sep}, key=len, reverse=True)):
        text = re.sub(rf"{_START}{re.escape(folder)}{re.escape(os.sep)}", "", text)
    return text
