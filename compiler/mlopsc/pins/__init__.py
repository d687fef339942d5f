"""Pins: which image digest and which action commit a name stands for, of the package and of ``mlops.pins.yaml``.

The file beside the spec replaces the package's pins entry by entry. It alone says what the check job installs.
"""

from __future__ import annotations

from mlopsc import assets, naming, source
from mlopsc.inputs import InputError
from mlopsc.origin import Span
from mlopsc.pins.reader import API_VERSION as API_VERSION
from mlopsc.pins.reader import Reader
from mlopsc.pins.records import Action as Action
from mlopsc.pins.records import CheckJob as CheckJob
from mlopsc.pins.records import Image as Image
from mlopsc.pins.records import Pins as Pins
from mlopsc.pins.records import Requirement as Requirement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.diagnostics import Findings
    from mlopsc.inputs import Inputs


def load(inputs: Inputs, folder: str, findings: Findings) -> Pins:
    """Return the pins of the package with those of the spec's folder laid over them.

    Args:
        inputs: the repository.
        folder: folder of the spec, from the repository root; empty at the root.
        findings: takes what is wrong with the file. An entry that is wrong is left out.
    """
    shipped = defaults()
    own = _read(beside(folder), inputs, shipped, findings)
    if own is None:
        return shipped
    return Pins(images={**shipped.images, **own.images}, actions={**shipped.actions, **own.actions}, mlopsc=own.mlopsc)


def defaults() -> Pins:
    """Return the pins that ship with the package."""
    raw = assets.data("mlopsc", "data/pins.yaml")
    return Pins(
        images={name: Image(**fields) for name, fields in raw["images"].items()},
        actions={name: Action(**fields) for name, fields in raw["actions"].items()},
    )


def beside(folder: str) -> str:
    """Return the path of the pins file of a spec, from the repository root."""
    return f"{folder}/{naming.PINS}" if folder else naming.PINS


def _read(file: str, inputs: Inputs, shipped: Pins, findings: Findings) -> Pins | None:
    try:
        content = inputs.read(file, source.MAX_BYTES)
    except InputError as error:
        code = "SRC-110" if error.reason == "too-large" else "SRC-111"
        limit = f"{source.MAX_BYTES // 1024} KiB"
        findings.at(code, Span(file, 1, 1, 1, 1), file=file, limit=limit, reason=error.detail or error.reason)
        return None
    if content is None:
        return None
    root = source.parse(file, content, findings)
    return None if root is None else Reader(shipped, findings).pins(root)
