# SPDX-License-Identifier: MIT-0
"""Rows that a batch job scores: their features are judged as in training, and each has a key of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..data import columns as spec
from ..data import formats, frames, schema, types
from ..data.origin import Origin
from ..refusal import Finding, Refused

if TYPE_CHECKING:
    import pandas as pd


class Judge:
    """Reads the rows of one file after the other and remembers what is wrong with them.

    Args:
        columns: the columns of the spec.
        missing_values: what stands for a missing value.
        key: name of the column that tells rows apart; a column of the spec or any other.
        features: data type of each feature, as the step ``split`` names them.

    Attributes:
        rows: number of rows so far.
    """

    def __init__(
        self, columns: spec.Columns, missing_values: Iterable[Any], key: str, features: Mapping[str, str]
    ) -> None:
        self._features = spec.kept(columns, {"feature"})
        self._types = features
        self._markers = list(missing_values)
        self._key, self._key_column = key, columns.get(key)
        self._findings: list[Finding] = []
        self._missing = dict.fromkeys(self._features, 0)
        self._keys: set[Any] = set()
        self.rows = 0

    @property
    def wanted(self) -> set[str]:
        """The columns that are read; all others are passed over."""
        return {self._key, *self._features}

    def note(self, finding: Finding) -> None:
        """Remember a finding about a whole file."""
        self._findings.append(finding)

    def judge(self, cells: formats.Cells, file: str | None) -> tuple[pd.Series, pd.DataFrame] | None:
        """Return keys and features of a file; None when rows of this file or of an earlier one are refused.

        Args:
            cells: what the file holds.
            file: its name, where there are several.
        """
        frame = cells.frame
        self.rows += len(frame)
        origin = Origin(lines=cells.lines, files=[file] * len(frame) if file else ())
        features = self._judge_features(frame, origin)
        keys = self._judge_keys(frame, origin)
        if self._findings or features is None or keys is None:
            return None
        return keys, features

    def close(self) -> None:
        """Judge what only all files together tell.

        Raises:
            Refused: something was found in any of them.
        """
        for name, count in self._missing.items():
            limit = self._features[name].get("max_missing")
            if limit is not None and count > limit * self.rows:
                share = count / self.rows
                message = (
                    f'column "{name}": {count} of {self.rows} rows are missing, {share:.2%}, and at most {limit:.2%} '
                    'may be; fill them in, or raise "max_missing" in the spec'
                )
                self.note(Finding("max_missing", name, message, {"value": share, "limit": limit}))
        if self._findings:
            raise Refused(self._findings, {"rows": self.rows})

    def _judge_features(self, frame: pd.DataFrame, origin: Origin) -> pd.DataFrame | None:
        """Return the features as the model takes them; None when it cannot."""
        typed, found = types.coerce(frame, self._features, missing_values=self._markers, origin=origin)
        missing = types.missing(frame, self._features, self._markers)
        for name in missing.columns:
            self._missing[name] += int(missing[name].sum())
        # The share that may be missing is one of all files; `close` judges it.
        columns = {name: {**column, "max_missing": 1} for name, column in self._features.items()}
        found += schema.check(typed, {"columns": columns}, roles={"feature"}, missing=missing, origin=origin)
        if not found:
            try:
                return frames.features(typed, {"features": self._types})
            except Refused as refusal:
                found += refusal.findings
        self._findings += found
        return None

    def _judge_keys(self, frame: pd.DataFrame, origin: Origin) -> pd.Series | None:
        """Return the keys, typed where the spec knows their column; None when there are none."""
        if self._key not in frame.columns:
            message = f'column "{self._key}", the key, is not in the input: add it, or correct "key" in the spec'
            self.note(Finding("key", self._key, message))
            return None
        # Of an unknown column nobody knows whether its values may be shown, so none is.
        column = self._key_column or {"type": "string", "role": "id"}
        keys = frame[self._key]
        missing = types.missing(frame, {self._key: column}, self._markers)[self._key]
        if self._key_column is not None:
            typed, found = types.coerce(frame, {self._key: column}, missing_values=self._markers, origin=origin)
            self._findings += found
            keys = typed[self._key]
        doubled = (keys.duplicated(keep=False) | keys.isin(self._keys)) & keys.notna()
        self._keys.update(keys[keys.notna()])
        for problem, rows in (("without a key", missing), ("not the only one with their key", doubled)):
            if rows.any():
                where, remedy = keys.index[rows], "give each row a key of its own"
                self.note(origin.finding("key", self._key, column, len(keys), where, problem, remedy))
        return keys
