"""The classifier that mlops.yaml names in ``model.train.call``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMERIC = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
CATEGORICAL = ["island", "sex"]


class TrainData(Protocol):
    """What the pipeline hands over.

    Attributes:
        features: one row a penguin; the feature columns of mlops.yaml, missing values as NaN.
        target: the species of each row.
        weight: the weight of each row; None when mlops.yaml names no weight column.
    """

    @property
    def features(self) -> pd.DataFrame: ...
    @property
    def target(self) -> pd.Series: ...
    @property
    def weight(self) -> pd.Series | None: ...


def train(data: TrainData, params: Mapping[str, Any], seed: int) -> Pipeline:
    """Fit a logistic regression on imputed and scaled measurements.

    The survey year is a feature in mlops.yaml, so that requests may carry it, but no column of the model: the
    behaviour test there holds us to it.

    Args:
        data: the training rows.
        params: ``C``, the inverse strength of the regularisation.
        seed: seed of the solver.

    Returns:
        The fitted pipeline; its ``predict`` takes a frame with the columns of ``data.features`` and returns species.
    """
    numeric = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    categorical = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    columns = ColumnTransformer([("numeric", numeric, NUMERIC), ("categorical", categorical, CATEGORICAL)])
    classifier = LogisticRegression(C=params["C"], random_state=seed, max_iter=1000)
    model = Pipeline([("columns", columns), ("classifier", classifier)])
    return model.fit(data.features, data.target, classifier__sample_weight=data.weight)
