"""Values of the spec as manifests spell them."""

from __future__ import annotations

import pytest
from mlopsc.build.kubernetes.values import at, present, whole_percent, whole_seconds
from mlopsc.parts import At
from mlopsc.project.base import SecretRef
from mlopsc.project.deployment import Repository
from mlopsc.units import Duration, Percent


@pytest.mark.parametrize(("text", "expected"), [("90s", 90), ("10m", 600), ("1500ms", 2), ("1ms", 1)])
def test_seconds_are_rounded_up(text: str, expected: int) -> None:
    assert whole_seconds(Duration(text)) == expected


@pytest.mark.parametrize(("text", "expected"), [("10%", 10), ("0.4%", 0), ("12.5%", 13), ("100%", 100)])
def test_percentages_are_rounded_half_up(text: str, expected: int) -> None:
    assert whole_percent(Percent(text)) == expected


def test_a_field_carries_its_path_as_written_in_the_spec() -> None:
    repository = Repository(path=("x",), url="u", path_="p", credentials=SecretRef(secret="S"))
    assert at(repository, "url") == At("u", ("x", "url"))
    assert at(repository, "path_") == At("p", ("x", "path"))


def test_fields_without_a_value_are_left_out() -> None:
    assert present(a=None, b=At(None, ("x",)), c=0, d=False, e="") == {"c": 0, "d": False, "e": ""}
