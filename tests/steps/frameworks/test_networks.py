"""Networks of PyTorch and Keras, from training to the answer of a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from steps.frameworks.answers import pipeline_and_server, share_right
from steps.packaging.small import BINARY, CLASSES, MULTICLASS, REGRESSION, Small

pytestmark = pytest.mark.frameworks

# The module predicts from a frame itself; dropout tells whether it is switched to evaluation before it predicts.
PYTORCH = """
import torch


class Network(torch.nn.Module):
    def __init__(self, columns, classes):
        super().__init__()
        layers = torch.nn.Linear(len(columns), 16), torch.nn.Tanh(), torch.nn.Dropout(0.2), torch.nn.Linear(16, classes)
        self.layers = torch.nn.Sequential(*layers)
        self.columns = columns

    def forward(self, frame):
        return self.layers(torch.tensor(frame[self.columns].to_numpy("float32")))

    def predict(self, frame):
        return torch.softmax(self(frame), dim=1)


def train(data, params, seed):
    network = Network(list(data.features.columns), len(data.classes))
    target = torch.tensor(data.target.map(data.classes.index).to_numpy())
    optimizer = torch.optim.Adam(network.parameters(), lr=0.05)
    for _ in range(40 * params["rounds"]):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(data.features), target).backward()
        optimizer.step()
    return network
"""

KERAS = """
import keras


def train(data, params, seed):
    classes = len(data.classes)
    last = keras.layers.Dense(1, "sigmoid") if classes == 2 else keras.layers.Dense(classes, "softmax")
    model = keras.Sequential([keras.Input((data.features.shape[1],)), keras.layers.Dense(16, "tanh"), last])
    loss = "binary_crossentropy" if classes == 2 else "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(0.05), loss)
    codes = data.target.map(data.classes.index).to_numpy("float32")
    model.fit(data.features.to_numpy("float32"), codes, epochs=6 * params["rounds"], verbose=0)
    return model
"""

# One input a feature, with the name of the feature: text arrives as text.
KERAS_NAMED_INPUTS = """
import keras


def train(data, params, seed):
    inputs = {name: keras.Input((1,), name=name) for name in ("width", "height")}
    outputs = keras.layers.Dense(1)(keras.layers.Concatenate()(list(inputs.values())))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.1), "mse")
    columns = {name: data.features[[name]].to_numpy() for name in inputs}
    model.fit(columns, data.target.to_numpy(), epochs=20 * params["rounds"], verbose=0)
    return model
"""


@pytest.mark.parametrize(("framework", "code"), [("pytorch", PYTORCH), ("tensorflow", KERAS)])
def test_labels_are_text(tmp_path: Path, framework: str, code: str) -> None:
    small = Small(tmp_path, code, task=MULTICLASS, framework=framework)
    ours, served = pipeline_and_server(small)
    assert served == ours
    assert set(ours) == set(CLASSES[MULTICLASS])
    assert share_right(small) > 0.8


@pytest.mark.parametrize(("framework", "code"), [("pytorch", PYTORCH), ("tensorflow", KERAS)])
def test_probabilities_are_of_the_positive_class(tmp_path: Path, framework: str, code: str) -> None:
    small = Small(tmp_path, code, task=BINARY, framework=framework, output="probability")
    ours, served = pipeline_and_server(small)
    assert served == pytest.approx(ours, rel=1e-5)
    assert all(isinstance(value, float) and 0 <= value <= 1 for value in ours)
    assert share_right(small) > 0.8


def test_named_inputs_of_keras_are_fed_by_features_of_the_same_names(tmp_path: Path) -> None:
    small = Small(tmp_path, KERAS_NAMED_INPUTS, task=REGRESSION, framework="tensorflow")
    ours, served = pipeline_and_server(small)
    assert served == pytest.approx(ours, rel=1e-5)
    assert abs(small.frame["target"] - ours).mean() < 1


def test_training_twice_gives_the_same_network(tmp_path: Path) -> None:
    from mlopsc.steps.mlops_steps.packaging import scoring

    predictions = []
    for name in ("first", "second"):
        small = Small(tmp_path / name, PYTORCH, task=BINARY, framework="pytorch", output="probability")
        result = small.train()
        assert {"random", "numpy", "torch"} <= set(result["seeded"])
        small.package()
        features = small.frame[list(small.features)]
        predictions.append(scoring.predict(scoring.load(small.build / "model"), features).values.tolist())
    assert predictions[0] == predictions[1]
