"""Bootstrap bounds against brute force, known cases, and what must not matter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlopsc.steps.mlops_steps.evaluation import bounds, metrics
from mlopsc.steps.mlops_steps.evaluation.rows import BINARY, MULTICLASS, REGRESSION, Rows
from steps.evaluation.test_metrics import binary, numbers, random_rows, several

pytestmark = pytest.mark.steps


def draws(
    task: str, name: str, candidate: Rows, champion: Rows | None = None, seed: int = 42, groups: Any = None
) -> bounds.Draws:
    """Return draws that exist."""
    found = bounds.draw(task, name, candidate, champion, seed, groups)
    assert found is not None
    return found


def brute(task: str, name: str, rows: Rows, count: int = 1000) -> Any:
    """Return values of a metric on rows drawn one by one with another generator."""
    import numpy as np

    rng = np.random.RandomState(1)
    values = [metrics.measure(task, name, rows.take(rng.randint(0, len(rows), len(rows)))) for _ in range(count)]
    return np.array([np.nan if value is None else value for value in values])


@pytest.mark.parametrize(
    ("task", "name"),
    [
        (BINARY, "accuracy"),
        (BINARY, "roc_auc"),
        (MULTICLASS, "f1_macro"),
        (REGRESSION, "r2"),
    ],
)
def test_bounds_are_those_of_brute_force(task: str, name: str) -> None:
    """Two bootstraps with other random numbers agree to a fraction of the standard error."""
    import numpy as np

    rows = random_rows(task, 150)
    found, reference = draws(task, name, rows).candidate, brute(task, name, rows)
    error = 0.3 * reference.std()
    assert bounds.lower(found, 0.95).value == pytest.approx(np.quantile(reference, 0.05), abs=error)
    assert bounds.upper(found, 0.95).value == pytest.approx(np.quantile(reference, 0.95), abs=error)


def test_the_accuracy_has_binomial_bounds() -> None:
    """Eighty right of a hundred rows: the 5% quantile of a binomial distribution with n = 100 and p = 0.8 is 73."""
    from scipy.stats import binom

    rows = binary([1] * 100, [1.0] * 80 + [0.0] * 20)
    bound = bounds.lower(draws(BINARY, "accuracy", rows).candidate, 0.95)
    assert binom.ppf(0.05, 100, 0.8) == 73
    assert bound.value == pytest.approx(0.73, abs=0.011)


def test_the_paired_difference_is_that_of_the_same_rows() -> None:
    """Two models that differ in five rows of a hundred: a drop that no draw can take beyond the rows that differ."""
    import numpy as np

    truth = [1] * 100
    champion, candidate = binary(truth, [1.0] * 90 + [0.0] * 10), binary(truth, [1.0] * 85 + [0.0] * 15)
    found = draws(BINARY, "accuracy", candidate, champion)
    assert found.champion is not None
    drop = found.champion - found.candidate
    assert np.all(drop >= 0)
    assert bounds.upper(drop, 0.95).value == pytest.approx(0.09, abs=0.011)  # binomial, n = 100, p = 0.05


@pytest.mark.parametrize("name", ["f1", "roc_auc"])
def test_a_model_never_drops_against_itself(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows, drawn alike: every difference is 0."""
    monkeypatch.setattr(bounds, "DRAWS", 100)
    rows = random_rows(BINARY, 50)
    found = draws(BINARY, name, rows, rows)
    assert found.champion is not None
    assert bounds.upper(found.champion - found.candidate, 0.99) == bounds.Bound(0.0, 0, bounds.EQUAL)


@pytest.mark.parametrize(("task", "name"), [(BINARY, "f1"), (BINARY, "roc_auc"), (REGRESSION, "r2")])
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_the_rows_does_not_matter(task: str, name: str, seed: int) -> None:
    """The bound is exactly the same."""
    import numpy as np

    rows, other = random_rows(task, 25), random_rows(task, 25, seed=3)
    other = Rows(rows.truth, other.predicted, other.probabilities, other.classes)
    order = np.random.default_rng(seed).permutation(25)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "DRAWS", 30)
        before, after = draws(task, name, rows, other), draws(task, name, rows.take(order), other.take(order))
    assert np.array_equal(before.candidate, after.candidate, equal_nan=True)
    assert before.champion is not None
    assert after.champion is not None
    assert np.array_equal(before.champion, after.champion, equal_nan=True)


def test_seeds() -> None:
    """The same seed gives the same draws, another one others."""
    rows = random_rows(BINARY, 40)
    first = draws(BINARY, "roc_auc", rows).candidate.tolist()
    assert draws(BINARY, "roc_auc", rows).candidate.tolist() == first
    assert draws(BINARY, "roc_auc", rows, seed=43).candidate.tolist() != first


def test_memory_is_bounded_by_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws in many batches are the draws, each of them counted."""
    rows, counted = random_rows(BINARY, 40), list[int]()
    monkeypatch.setattr(bounds, "DRAWS", 50)
    monkeypatch.setattr(bounds, "_NUMBERS_AT_ONCE", 100)
    found = bounds.draw(BINARY, "f1", rows, None, 1, advance=lambda: counted.append(1))
    assert found is not None
    assert len(counted) == len(found.candidate) == bounds.DRAWS


def test_draws_without_a_value_count_against_the_model() -> None:
    """Few of them move the bound, many leave none."""
    import numpy as np

    values = np.linspace(0, 1, 1000)
    few, many = values.copy(), values.copy()
    few[::100], many[::10] = np.nan, np.nan
    plain, moved = bounds.lower(values, 0.95).value, bounds.lower(few, 0.95)
    assert plain is not None
    assert moved.value is not None
    assert moved.undefined == 10
    assert moved.value < plain
    assert bounds.lower(many, 0.95) == bounds.Bound(None, 100)
    assert bounds.upper(many, 0.95) == bounds.Bound(None, 100)


def test_a_rare_class() -> None:
    """One positive row of twenty is missing in a third of the draws."""
    rows = binary([1] + [0] * 19, [0.9] + [0.1] * 19)
    bound = bounds.lower(draws(BINARY, "recall", rows).candidate, 0.95)
    assert bound.value is None
    assert bound.undefined == pytest.approx(1000 * (19 / 20) ** 20, abs=60)


def test_one_row_has_no_bound() -> None:
    """Chance takes two rows."""
    assert bounds.draw(REGRESSION, "mean_absolute_error", numbers([1], [2]), None, 1) is None


def test_a_class_that_no_draw_can_miss_apart() -> None:
    """Decided classes are counted, not drawn row by row; the kinds of rows keep all classes apart."""
    rows = several([0, 1, 2, 0], [[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]])
    values = set(draws(MULTICLASS, "accuracy", rows).candidate.tolist())
    assert values == {0.0, 0.25, 0.5, 0.75, 1.0}


def alike(rows: Rows, copies: int) -> tuple[Rows, Any]:
    """Return rows of which each stands there several times, and their groups: those of equal rows."""
    import numpy as np

    order = np.lexsort([rows.truth, rows.predicted] + ([] if rows.probabilities is None else [rows.probabilities]))
    positions = np.repeat(order, copies)
    return rows.take(positions), np.repeat(np.arange(len(rows)), copies)


@pytest.mark.parametrize(("task", "name"), [(BINARY, "accuracy"), (BINARY, "roc_auc"), (REGRESSION, "max_error")])
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000))
def test_copies_of_a_row_say_no_more_than_the_row(task: str, name: str, seed: int) -> None:
    """With the groups, copies have the spread of the rows without them; without the groups, they seem to know more."""
    import numpy as np

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "DRAWS", 150)
        rows = random_rows(task, 30, seed=seed)
        many, groups = alike(rows, 9)
        single, grouped = draws(task, name, rows).candidate, draws(task, name, many, groups=groups).candidate
        apart = draws(task, name, many).candidate
    if name != "max_error":  # of which a third of all draws is the largest value
        assert np.nanstd(grouped) > 2 * np.nanstd(apart)  # 3 is the root of 9 copies
        assert np.nanstd(grouped) == pytest.approx(np.nanstd(single), rel=0.3)
        low, naive = bounds.lower(grouped, 0.95), bounds.lower(apart, 0.95)
        assert low.value is not None
        assert naive.value is not None
        assert low.value < naive.value
        assert (bounds.upper(grouped, 0.95).value or 0) > (bounds.upper(apart, 0.95).value or 0)
    else:
        assert np.mean(grouped == grouped.max()) < np.mean(apart == apart.max())


def test_bounds_of_groups_hold_as_often_as_they_say() -> None:
    """Groups of 20 rows that are all right or all wrong, 80% of them right: the naive bound is beyond it far too often.

    Of 30 sets of 40 groups, the 90% bound should be beyond the truth 3 times.
    """
    import numpy as np

    rng, beyond = np.random.default_rng(5), {"grouped": 0, "naive": 0}
    groups = np.repeat(np.arange(40), 20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "DRAWS", 60)
        for _ in range(30):
            right = np.repeat(rng.random(40) < 0.8, 20)
            rows = binary([1] * 800, np.where(right, 1.0, 0.0).tolist())
            for kind, given_ in (("grouped", groups), ("naive", None)):
                bound = bounds.lower(draws(BINARY, "accuracy", rows, groups=given_).candidate, 0.9).value
                assert bound is not None
                beyond[kind] += bound > 0.8
    assert beyond["grouped"] <= 7  # 99% of a binomial distribution with n = 30 and p = 0.1
    assert beyond["naive"] > 7


def test_the_order_of_grouped_rows_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    monkeypatch.setattr(bounds, "DRAWS", 30)
    rows, groups = random_rows(BINARY, 40), np.arange(40) // 4
    order = np.random.default_rng(3).permutation(40)
    for name in ("f1", "roc_auc"):
        before = draws(BINARY, name, rows, groups=groups).candidate
        assert np.array_equal(draws(BINARY, name, rows.take(order), groups=groups[order]).candidate, before)


def test_one_group_has_no_bound() -> None:
    import numpy as np

    assert bounds.draw(BINARY, "f1", random_rows(BINARY, 20), None, 1, np.zeros(20, dtype=np.int64)) is None


def test_five_of_five_right() -> None:
    """All draws are 1; the exact bound is the fifth root of 0.05."""
    found = draws(BINARY, "accuracy", binary([1, 0, 1, 0, 1], [1, 0, 1, 0, 1]))
    assert set(found.candidate.tolist()) == {1.0}
    bound = bounds.lower(found.candidate, 0.95, found.share)
    assert bound.basis == bounds.EXACT
    assert bound.value == pytest.approx(0.05 ** (1 / 5))
    assert bound.value == pytest.approx(0.549, abs=0.0005)
    assert bounds.upper(found.candidate, 0.95, found.share).value == 1.0


def test_no_false_positive_of_six() -> None:
    found = draws(BINARY, "false_positive_rate", binary([0] * 6 + [1] * 6, [0.0] * 6 + [1.0] * 6))
    bound = bounds.upper(found.candidate, 0.95, found.share)
    assert bound.basis == bounds.EXACT
    assert bound.value == pytest.approx(1 - 0.05 ** (1 / 6))
    assert bounds.lower(found.candidate, 0.95, found.share).value == 0.0


@pytest.mark.parametrize(
    ("metric", "share"),
    [
        ("accuracy", (12, 12)),
        ("precision", (8, 8)),
        ("recall", (8, 8)),
        ("false_positive_rate", (0, 4)),
        ("false_negative_rate", (0, 8)),
        ("selection_rate", None),
        ("f1", None),
        ("roc_auc", None),
    ],
)
def test_what_a_share_counts(metric: str, share: tuple[int, int] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a perfect model; in groups of four that mix selected rows with others, the rate of selection is no share."""
    import numpy as np

    monkeypatch.setattr(bounds, "DRAWS", 10)
    rows = binary([1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 0], [1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 0])
    found = draws(BINARY, metric, rows).share
    expected = (8, 12) if metric == "selection_rate" else share
    assert (None if found is None else (found.successes, found.trials)) == expected
    grouped = draws(BINARY, metric, rows, groups=np.repeat([0, 1, 2], 4)).share
    counts = None if share is None else (3 if share[0] else 0, 3)
    assert (None if grouped is None else (grouped.successes, grouped.trials)) == counts


def test_a_share_that_is_not_sure_has_the_bound_of_its_draws() -> None:
    found = draws(BINARY, "accuracy", binary([1] * 20, [1.0] * 15 + [0.0] * 5))
    assert found.share == bounds.Share(15, 20)
    assert bounds.lower(found.candidate, 0.95, found.share) == bounds.lower(found.candidate, 0.95)


def test_equal_draws_of_another_metric_have_their_value() -> None:
    found = draws(REGRESSION, "mean_absolute_error", numbers([1, 2, 3], [1.5, 2.5, 3.5]))
    bound = bounds.upper(found.candidate, 0.95, found.share)
    assert bound.basis == bounds.EQUAL
    assert bound.value == pytest.approx(0.5)


def test_a_share_of_no_row_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The precision of a model that never selects is 0 by definition, and no experience."""
    monkeypatch.setattr(bounds, "DRAWS", 10)
    assert draws(BINARY, "precision", binary([1, 0, 1], [0.0] * 3)).share is None
