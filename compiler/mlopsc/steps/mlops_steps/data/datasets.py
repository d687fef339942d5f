# SPDX-License-Identifier: MIT-0
"""Load the data sets, check them, and write them with data types."""

from __future__ import annotations

import datetime
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..context import DELIVERY, Context
from ..refusal import Finding, Refused
from ..text import visible
from ..user_code import UserCodeFailed, call, function
from . import columns as spec
from . import digest, formats, frames, freshness, schema, sources, types, versions
from .origin import Origin

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Loaded:
    """A data set as it was read.

    Attributes:
        cells: the columns that are read, as the source holds them; rows numbered from 0.
        origin: where each row comes from.
        others: names of columns that the spec does not know.
        digest: SHA-256 of the files as 64 hexadecimal digits; None for what a function returned.
        md5: digests for DVC.
        findings: why files could not be read.
    """

    cells: pd.DataFrame
    origin: Origin
    others: tuple[str, ...]
    digest: str | None
    md5: versions.Md5
    findings: tuple[Finding, ...]


def load_all(context: Context) -> dict[str, Any]:
    """Load, check and write all data sets of the configuration; return what the step found out.

    Raises:
        Refused: a data set is not as the spec says; all reasons of all data sets.
        Unusable: a data set cannot be read at all.
        UserCodeFailed: a loader of the user failed.
    """
    findings: list[Finding] = []
    results: dict[str, Any] = {}
    for name in context.config["data"]["datasets"]:
        frame, result, found = _one(context, name)
        findings += found
        results[name] = result
        if not found:
            frames.write(frame, frames.path_of_dataset(context, name))
    if findings:
        raise Refused(findings, {"datasets": results})
    return {"datasets": results}


def _one(context: Context, name: str) -> tuple[pd.DataFrame, dict[str, Any], list[Finding]]:
    """Return the typed rows of a data set, its part of the result, and all that is wrong with it."""
    dataset = ChainMap({"columns": spec.of(context.config, name)}, context.config["data"]["datasets"][name])
    columns = schema.used(dataset)
    loaded = _call(context, name, dataset) if "loader" in dataset else _read(context, name, dataset)
    origin = loaded.origin
    findings = list(loaded.findings)
    missing = types.missing(loaded.cells, columns, dataset["missing_values"])
    typed, unreadable = types.coerce(loaded.cells.mask(missing), columns, origin=origin)
    findings += unreadable
    if not loaded.findings:
        findings += _no_rows(name) if not len(typed) else schema.check(typed, dataset, missing=missing, origin=origin)
        if context.purpose == DELIVERY:
            now = datetime.datetime.now(datetime.timezone.utc)
            findings += freshness.check(typed, dataset, now, origin)
    found = loaded.digest or digest.of_rows(typed)
    if not unreadable or loaded.digest:
        findings = versions.check(context.root, name, dataset, found, loaded.md5) + findings
    if loaded.others:
        names = ", ".join(map(visible, loaded.others))
        context.notice(
            "columns",
            name,
            f"data set {name} has columns that the spec does not name: {names}; they are left out",
            columns=list(loaded.others),
        )
    kept = typed[[column for column in spec.kept(columns) if column in typed]]
    result = {
        "source": dataset.get("uri") or dataset["loader"],
        "digest": digest.in_result(found),
        "rows": len(kept),
        "columns": list(kept.columns),
    }
    return kept, result, findings


def _read(context: Context, name: str, dataset: Mapping[str, Any]) -> Loaded:
    """Read the files of a data set."""
    import pandas as pd

    uri = dataset["uri"]
    folder = sources.is_folder(uri)
    whole, md5 = digest.FileDigest(folder=folder), versions.Md5()
    wanted = schema.used(dataset)
    parts: dict[str, formats.Cells] = {}
    findings = []
    for part in sources.parts(context.root, uri, context.config["model"]["dependencies"]["lock"]):
        whole.add(part.name, part.content)
        if "dvc" in dataset["version"]:
            md5.add(part.content)
        try:
            parts[part.name] = formats.parse(part.content, dataset["format"], wanted)
        except formats.FormatError as error:
            where = visible(f"{uri}{part.name}") if folder else uri
            message = f"data set {name}: {where} {visible(str(error))}"
            findings.append(Finding("format", name, message, {"file": part.name, "format": dataset["format"]}))
    if folder and dataset["format"] != "jsonl":
        findings += _uneven(name, parts)
    # As objects, since files of one data set may hold a column with different types, or without any value.
    pieces = [part.frame.astype(object) if len(parts) > 1 else part.frame for part in parts.values()]
    cells = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame()
    origin = Origin(
        name,
        lines=[line for part in parts.values() for line in part.lines],
        files=[file for file, part in parts.items() for _ in range(len(part.frame))] if folder else (),
    )
    known = dataset["columns"]
    others = dict.fromkeys(other for part in parts.values() for other in part.others if other not in known)
    return Loaded(cells, origin, tuple(others), whole.hex(), md5, tuple(findings))


def _uneven(name: str, parts: Mapping[str, formats.Cells]) -> list[Finding]:
    """Return a finding for each file that lacks a column that another one has: it would look like missing values."""
    all_columns = dict.fromkeys(column for part in parts.values() for column in part.frame.columns)
    findings = []
    for file, part in parts.items():
        lacking = [column for column in all_columns if column not in part.frame.columns]
        if lacking:
            message = (
                f"data set {name}: {visible(file)} lacks columns that other files have, {', '.join(lacking)}; write it "
                "again"
            )
            findings.append(Finding("columns", name, message, {"file": file, "columns": lacking}))
    return findings


def _call(context: Context, name: str, dataset: Mapping[str, Any]) -> Loaded:
    """Call the user's function that returns the data."""
    import pandas as pd

    reference = dataset["loader"]
    frame = call(reference, function(context.root, context.config["model"]["source"], reference))
    if not isinstance(frame, pd.DataFrame):
        raise UserCodeFailed(f"{reference} returned {type(frame).__name__}; return a pandas DataFrame")
    names = [str(column) for column in frame.columns]
    doubled = sorted({column for column in names if names.count(column) > 1})
    if doubled:
        raise UserCodeFailed(f"{reference} returned more than one column {', '.join(doubled)}; name each only once")
    frame = frame.set_axis(names, axis="columns").reset_index(drop=True)
    wanted = [column for column in names if column in schema.used(dataset)]
    others = tuple(column for column in names if column not in dataset["columns"])
    return Loaded(frame[wanted], Origin(name), others, None, versions.Md5(), ())


def _no_rows(name: str) -> list[Finding]:
    return [Finding("min_rows", name, f"data set {name} has no rows: restore them", {"rows": 0})]
