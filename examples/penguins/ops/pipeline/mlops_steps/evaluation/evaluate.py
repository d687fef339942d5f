# SPDX-License-Identifier: MIT-0
"""What the packaged model is worth on the evaluation rows, and the champion on the same ones."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..context import DELIVERY, Context
from ..data import columns, frames
from ..packaging import scoring
from ..refusal import Unusable, refuse
from ..release.record import Evaluation, Release
from ..user_code import UserCodeFailed
from . import champion, custom, groups, method, reactions, rows
from .checks import number_text
from .metrics import measurable, measure
from .rows import Rows, UnfitError

if TYPE_CHECKING:
    import pandas as pd

PREDICTIONS, CHAMPION_PREDICTIONS = "predictions.csv", "champion-predictions.csv"
"""Files of ``build/evaluation``: the predictions of the model, and those of the champion when they are known."""

SAME = 1e-9
"""Difference of two values of a metric that rounding explains."""


def folder(context: Context) -> Path:
    """Return where the predictions of the evaluation rows are written."""
    return context.build / "evaluation"


def run(context: Context) -> dict[str, Any]:
    """Evaluate the packaged model, and the champion when there is one.

    Raises:
        Refused: the predictions cannot be judged, or the user's evaluation wrote no usable metrics.
        UserCodeFailed: the model or the user's evaluation failed.
        Unusable: an earlier step has not run.
    """
    split = context.results.read("split")
    shutil.rmtree(folder(context), ignore_errors=True)
    folder(context).mkdir(parents=True)
    if context.config["model"]["task"] == rows.CUSTOM:
        return custom.result(context, split, folder(context))
    return _Evaluation.of(context, split).result()


def read_rows(context: Context, split: Mapping[str, Any], name: str) -> Rows | None:
    """Return the evaluation rows with the predictions of a file in the folder above; None when there is none.

    Args:
        context: of the run.
        split: what the step "split" found out.
        name: the file.

    Raises:
        Unusable: the file does not fit the rows.
    """
    path = folder(context) / name
    if not path.is_file():
        return None
    evaluation = _Evaluation.of(context, split)
    try:
        return evaluation.judged(scoring.read_table(path, evaluation.meaning).table())
    except UnfitError as error:
        raise Unusable(f'{name} does not fit the evaluation rows ({error}): run the step "evaluate" again') from None


def needs_model(context: Context, release: Release) -> bool:
    """Return whether the champion can be compared only if its model predicts the evaluation rows anew.

    On a sample nothing is judged, so that it is not worth its while.

    Args:
        context: of the run; the champion's record and predictions are in ``build/champion``.
        release: of the champion.

    Raises:
        Unusable: the step "split" has not run.
    """
    split, tests = context.results.read("split"), context.config["tests"]
    if split["sample"]:
        return False
    if champion.unlike(release.evaluation, Evaluation(split["evaluate"]["digest"], method.digest(context, split))):
        return True
    recorded = not champion.unrecorded(release, tests)
    if context.config["model"]["task"] == rows.CUSTOM:
        return not recorded
    path = context.build / "champion" / champion.PREDICTIONS
    try:
        if path.is_file() and _Evaluation.of(context, split).recorded_predictions(release.metrics, path) is not None:
            return False
    except champion.DoubtError:
        return True
    bounded = any({"max_drop", "confidence"} <= gate.keys() for gate in tests["metrics"].values())
    return bounded or not recorded


@dataclass(frozen=True)
class _Evaluation:
    """The evaluation rows of a task that has metrics of its own.

    Attributes:
        context: of the run.
        split: what the step "split" found out.
        meaning: what predictions mean.
        frame: the rows with all their columns.
        target: their true values.
    """

    context: Context
    split: Mapping[str, Any]
    meaning: scoring.Meaning
    frame: pd.DataFrame
    target: pd.Series

    @classmethod
    def of(cls, context: Context, split: Mapping[str, Any]) -> _Evaluation:
        frame = frames.read(context, frames.EVALUATE)
        target = frames.target(frame, split)
        if target is None:
            raise Unusable(
                f"the task {context.config['model']['task']} is evaluated on a target, and the data has none"
            )
        return cls(context, split, scoring.Meaning.of(context.config, split), frame, target)

    def judged(self, table: pd.DataFrame) -> Rows:
        """Return the rows with predictions in the format of ``predictions.csv``."""
        meaning = self.meaning
        rule = rows.Rule(meaning.task, tuple(meaning.classes or ()), meaning.positive, meaning.threshold)
        return rows.read(table, self.target, rule)

    def result(self) -> dict[str, Any]:
        """Return the whole result of the step."""
        model = scoring.load(self.context.build / "model")
        features = frames.features(self.frame, self.split)
        predictions = reactions.predict(model, features)
        table = predictions.table()
        _write(table, folder(self.context) / PREDICTIONS)
        try:
            own = self.judged(table)
        except UnfitError as error:
            message = f"the model cannot be judged: {error}; correct the data, its columns in the spec, or the model"
            raise refuse("evaluate", "predictions", message) from None
        evaluation = Evaluation(self.split["evaluate"]["digest"], method.digest(self.context, self.split))
        return {
            "task": self.meaning.task,
            "rows": len(own),
            "digest": evaluation.digest,
            "method": evaluation.method,
            "metrics": self._metrics(own),
            "slices": self._groups(own, "slices"),
            "fairness": self._groups(own, "fairness"),
            "behaviour": reactions.of_project(self.context, self.split, model, features, predictions.values),
            "champion": self._champion(evaluation),
        }

    def _metrics(self, some: Rows) -> dict[str, float | None]:
        task = self.meaning.task
        return {name: measure(task, name, some) for name in measurable(task, some)}

    def _groups(self, some: Rows, section: str) -> dict[str, Any]:
        """Return the groups of all tests of ``slices`` or of ``fairness``."""
        found = {}
        described = columns.of(self.context.config, frames.dataset(self.context, frames.EVALUATE))
        possible = measurable(self.meaning.task, some)  # a champion may return less than this model does
        for name, test in self.context.config["tests"][section].items():
            column, metric = test["column"], test["metric"]
            if metric in possible:
                values = groups.by_group(self.meaning.task, metric, some, self.frame[column], described[column])
                found[name] = {"column": column, "metric": metric, "groups": values}
        return found

    def _champion(self, evaluation: Evaluation) -> dict[str, Any] | None:
        home = self.context.build / "champion"
        release = champion.read(home, self.context.config["name"], needed=champion.needed(self.context))
        if release is None:
            return None
        read_table = partial(self.recorded_predictions, release.metrics)
        found = champion.compare(release, home, evaluation, read_table, self._score)
        if found.table is None:
            return champion.document(release, {} if found.reason else release.metrics, reason=found.reason)
        try:
            theirs = self.judged(found.table)
        except UnfitError as error:
            return champion.document(release, {}, rescored=found.rescored, reason=f"of its predictions, {error}")
        _write(found.table, folder(self.context) / CHAMPION_PREDICTIONS)
        return champion.document(
            release,
            self._metrics(theirs),
            slices=self._groups(theirs, "slices"),
            fairness=self._groups(theirs, "fairness"),
            rescored=found.rescored,
        )

    def recorded_predictions(self, recorded: Mapping[str, float], path: Path) -> pd.DataFrame | None:
        """Return the champion's predictions, which must give the metrics of its record in a delivery."""
        try:
            table = scoring.read_table(path, self.meaning).table()
        except Unusable:
            message = "the champion's predictions are of another kind than those of this model; they are not used"
            self.context.notice("champion", path.name, message)
            return None
        try:
            theirs = self.judged(table)
        except UnfitError as error:
            raise champion.DoubtError(f"of its predictions, {error}; {champion.SCORE}") from None
        differences = self._differences(recorded, theirs)
        if differences and self.context.purpose == DELIVERY:
            raise champion.DoubtError(f"{differences[0][1]}; {champion.SCORE}")
        for name, message in differences:
            self.context.notice("champion", name, f"{message}, which both models are compared with")
        return table

    def _differences(self, recorded: Mapping[str, float], theirs: Rows) -> list[tuple[str, str]]:
        """Return the metrics that the champion's predictions do not give as its record does, each with a sentence."""
        found, differences = self._metrics(theirs), []
        for name in self.context.config["tests"]["metrics"]:
            before, now = recorded.get(name), found.get(name)
            if before is None or now is None or abs(before - now) <= SAME * max(1.0, abs(before)):
                continue
            message = (
                f"the champion's {name} was {number_text(before)} when it was released and is {number_text(now)} with "
                "the threshold and the packages of this project"
            )
            differences.append((name, message))
        return differences

    def _score(self, path: Path) -> pd.DataFrame:
        """Let the champion's model predict; its signature picks the columns that it was trained on."""
        try:
            model = scoring.load(path)
            if (model.meaning.classes, model.meaning.positive) != (self.meaning.classes, self.meaning.positive):
                raise champion.ScoringError("its classes, or the positive one of them, are others")
            features = frames.features(self.frame, self.split)
            return reactions.predict(model, self.frame.assign(**features)).table()
        except (UserCodeFailed, Unusable) as error:
            raise champion.ScoringError(str(error).splitlines()[-1]) from error


def _write(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n")
