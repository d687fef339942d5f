"""Section ``model``: what is trained, with which code and which dependencies."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from mlopsc.spec.base import (
    COMMAND,
    CallRef,
    Closed,
    CommandLine,
    FilePath,
    Groups,
    HttpUrl,
    ImageRef,
    NonNegative,
    Scalar,
    Text,
    values,
)


class Train(Closed):
    """The code that trains the model."""

    ONE_OF: ClassVar[Groups] = (("call", "command"),)

    call: CallRef | None = None
    """Function `train(data, params, seed)` that returns a model with `predict(frame)`."""
    command: CommandLine | None = Field(default=None, examples=["python -m churn.train"], json_schema_extra=COMMAND)
    """Command that reads `MLOPSC_CONFIG` and writes an MLflow model to `$MLOPSC_OUT/model`. No shell."""
    preprocess: CallRef | None = Field(default=None, examples=["churn.tfx:preprocessing_fn"])
    """Preprocessing function, on targets that run one apart from the training (tfx)."""


class Evaluation(Closed):
    """The user's own evaluation, for the task `custom`."""

    command: CommandLine = Field(examples=["python -m churn.evaluate"], json_schema_extra=COMMAND)
    """Command that reads `MLOPSC_CONFIG` and writes `$MLOPSC_OUT/metrics.json`, a map of numbers. No shell."""


class Prediction(Closed):
    """What the model predicts and how a prediction becomes a decision."""

    output: Literal["value", "probability"] = Field(
        default="value",
        json_schema_extra=values(
            value="the predicted class or number",
            probability="the probability of the positive class, or one for each class",
        ),
    )
    """What `predict` returns."""
    positive: Scalar | None = Field(default=None, examples=[True, "yes", 1])
    """Value of the target column that counts as positive. Left out: the last one in sorted order."""
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Probability from which a prediction counts as positive."""


class Dependencies(Closed):
    """What the code needs to run. Training and serving use the same lock."""

    python: Literal["3.10", "3.11", "3.12", "3.13"] = "3.11"
    """Python version, quoted."""
    lock: FilePath = Field(default="requirements.txt", examples=["requirements.txt"])
    """Requirements file with a hash for every package."""
    system_packages: list[Text] = Field(default=[], examples=[["libgomp1"]])
    """Debian packages that the images install."""
    index: HttpUrl | None = Field(default=None, examples=["https://pypi.acme.example/simple"])
    """Package index to install from. Left out: PyPI."""
    base_image: ImageRef | None = None
    """Image that the generated images start from, with its digest. Left out: the pinned Python image."""


class Base(Closed):
    """The pretrained model that this one starts from, for the model card and the bill of materials."""

    name: Text | None = Field(default=None, examples=["distilbert-base-uncased"])
    """Name of the pretrained model."""
    version: Text | None = Field(default=None, examples=["12040acc"])
    """Its version or revision."""
    license: Text | None = Field(default=None, examples=["Apache-2.0"])
    """Its licence, best as an SPDX identifier."""


class Model(Closed):
    """The model: task, code, parameters and dependencies."""

    task: Literal["binary-classification", "multiclass-classification", "regression", "custom"] = Field(
        json_schema_extra=values(
            binary_classification="one of two classes",
            multiclass_classification="one of several classes",
            regression="a number",
            custom="anything else; gates judge the metrics that `evaluate.command` writes",
        )
    )
    """What the model predicts. It decides which metrics exist."""
    framework: Literal["sklearn", "xgboost", "lightgbm", "pytorch", "tensorflow", "python"] = Field(
        json_schema_extra=values(
            sklearn="scikit-learn",
            xgboost="XGBoost",
            lightgbm="LightGBM",
            pytorch="PyTorch",
            tensorflow="TensorFlow and Keras",
            python="any Python object with `predict`",
        )
    )
    """Library that the model is made with. It decides how the model is packaged."""
    source: FilePath = Field(default="src", examples=["src"])
    """Import root of your code. It is shipped with the model."""
    train: Train
    """The code that trains the model."""
    evaluate: Evaluation | None = None
    """Your own evaluation. Only for the task `custom`."""
    params: dict[str, Any] = Field(default={}, examples=[{"C": 0.5}])
    """Hyperparameters, handed to the training as they are."""
    seed: NonNegative = 0
    """Seed of every random choice."""
    prediction: Prediction = Prediction()
    """What the model predicts and how a prediction becomes a decision."""
    dependencies: Dependencies = Dependencies()
    """What the code needs to run."""
    registered_name: Text | None = Field(default=None, examples=["churn"])
    """Name in the model registry. Left out: `metadata.name`."""
    base: Base = Base()
    """The pretrained model that this one starts from."""
