"""The model: its commands, and what its task, framework and target allow."""

from __future__ import annotations

from mlopsc.check import commands, datasets
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.project import Project
    from mlopsc.record import Path
    from mlopsc.units import Command


@rule("CHK-422", "model", "tests")
def command_for_a_shell(project: Project, context: Context) -> None:
    """Commands are split into words and run without a shell."""
    for command, path in _commands(project):
        problem = commands.problem(command)
        if problem:
            context.report("CHK-422", path, problem=problem)


def _commands(project: Project) -> Iterator[tuple[Command, Path]]:
    model, unit = project.model, project.tests.unit
    if model.train.command is not None:
        yield model.train.command, (*model.train.path, "command")
    if model.evaluate is not None:
        yield model.evaluate.command, (*model.evaluate.path, "command")
    if unit is not None:
        yield unit.command, (*unit.path, "command")


@rule("CHK-423", "model")
def evaluation_of_task(project: Project, context: Context) -> None:
    """A custom task brings an evaluation, and no other task does."""
    model = project.model
    if model.task == "custom" and model.evaluate is None:
        context.report("CHK-423", (*model.path, "task"), task=model.task, needs="needs")
    elif model.task != "custom" and model.evaluate is not None:
        context.report("CHK-423", model.evaluate.path, (*model.path, "task"), task=model.task, needs="takes no")


@rule("CHK-424", "model")
def preprocess_of_framework(project: Project, context: Context) -> None:
    """Only TensorFlow has a preprocessing function of its own."""
    model = project.model
    if model.train.preprocess is not None and model.framework != "tensorflow":
        path = (*model.train.path, "preprocess")
        context.report("CHK-424", path, (*model.path, "framework"), framework=model.framework)


@rule("CHK-425", "model")
def probability_of_task(project: Project, context: Context) -> None:
    """A regression predicts values."""
    model = project.model
    if model.task == "regression" and model.prediction.output == "probability":
        context.report("CHK-425", (*model.prediction.path, "output"), (*model.path, "task"))


@rule("CHK-426", "model")
def prediction_option_without_effect(project: Project, context: Context) -> None:
    """A positive class belongs to two classes, a threshold to their probabilities."""
    model, prediction = project.model, project.model.prediction
    binary = model.task == "binary-classification"
    if prediction.positive is not None and not binary:
        path = (*prediction.path, "positive")
        context.report("CHK-426", path, (*model.path, "task"), option="positive", only="a binary classification")
    threshold = (*prediction.path, "threshold")
    if context.written(threshold, None) and not (binary and prediction.output == "probability"):
        only = 'a binary classification with "output: probability"'
        context.report("CHK-426", threshold, (*model.path, "task"), option="threshold", only=only)


@rule("CHK-427", "data", "model")
def positive_is_a_class(project: Project, context: Context) -> None:
    """The positive class is a value of the target column."""
    column, positive = datasets.target(project), project.model.prediction.positive
    if column is None or positive is None or project.model.task != "binary-classification":
        return
    values = (False, True) if column.type == "boolean" else column.values
    if values is not None and (type(positive), positive) not in {(type(value), value) for value in values}:
        path = (*project.model.prediction.path, "positive")
        # a value that differs by its type only has no other to suggest
        given = "" if str(positive).lower() in {str(value).lower() for value in values} else positive
        context.report("CHK-427", path, column.path, value=datasets.shown(positive), given=given, allowed=values)


RULES = (
    command_for_a_shell,
    evaluation_of_task,
    preprocess_of_framework,
    probability_of_task,
    prediction_option_without_effect,
    positive_is_a_class,
)
