"""The model learns what mlops.yaml promises from the committed data."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from penguins.model import NUMERIC, train

DATA = Path(__file__).parent.parent / "data" / "penguins.csv"


class Rows(NamedTuple):
    """The training data as the pipeline would hand it over."""

    features: pd.DataFrame
    target: pd.Series
    weight: pd.Series | None = None


@pytest.fixture(scope="module")
def penguins() -> pd.DataFrame:
    # In an order that mixes the species: the file lists one after the other.
    return pd.read_csv(DATA).sample(frac=1, random_state=7)


def rows(frame: pd.DataFrame) -> Rows:
    return Rows(features=frame.drop(columns="species"), target=frame["species"])


def test_predicts_the_species_of_penguins_it_has_not_seen(penguins: pd.DataFrame) -> None:
    seen, unseen = penguins.iloc[:250], rows(penguins.iloc[250:])
    model = train(rows(seen), {"C": 1.0}, seed=42)
    assert (model.predict(unseen.features) == unseen.target).mean() > 0.95


def test_a_penguin_without_measurements_still_gets_a_species(penguins: pd.DataFrame) -> None:
    model = train(rows(penguins), {"C": 1.0}, seed=42)
    unmeasured = penguins[penguins[NUMERIC].isna().all(axis="columns")]
    assert len(unmeasured) == 2
    assert set(model.predict(unmeasured.drop(columns="species"))) <= {"Adelie", "Chinstrap", "Gentoo"}


def test_the_survey_year_does_not_matter(penguins: pd.DataFrame) -> None:
    data = rows(penguins)
    model = train(data, {"C": 1.0}, seed=42)
    assert (model.predict(data.features.assign(year=2007)) == model.predict(data.features.assign(year=2009))).all()


def test_weights_count(penguins: pd.DataFrame) -> None:
    data = rows(penguins)
    only_gentoo = data._replace(weight=(data.target == "Gentoo").astype(float))
    assert set(train(only_gentoo, {"C": 1.0}, seed=42).predict(data.features)) == {"Gentoo"}


def test_one_seed_gives_one_model(penguins: pd.DataFrame) -> None:
    data = rows(penguins)
    first, second = (train(data, {"C": 1.0}, seed=42).predict_proba(data.features) for _ in range(2))
    assert (first == second).all()
