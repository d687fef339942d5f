"""Result files."""

from __future__ import annotations

from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps.refusal import Finding, Unusable
from mlopsc.steps.mlops_steps.results import Results, write_json


def test_what_was_written_is_read(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.write("split", "passed", {"rows": 3}, notices=[Finding("a", "b", "c")])
    assert results.read("split") == {"rows": 3}


def test_a_result_that_was_not_judged_is_read(tmp_path: Path) -> None:
    Results(tmp_path).write("gate", "not-judged", {"verdict": "not-judged"})
    assert Results(tmp_path).read("gate") == {"verdict": "not-judged"}


@pytest.mark.parametrize("status", ["refused", "failed"])
def test_a_step_that_did_not_pass_cannot_be_built_on(tmp_path: Path, status: str) -> None:
    Results(tmp_path).write("train", status, {})
    with pytest.raises(Unusable, match=f'the step "train" ended with "{status}"'):
        Results(tmp_path).read("train")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, 'the step "train" has not run; run it first'),
        ("{", 'is no JSON; run the step "train" again'),
        ("[]", "is of another version"),
        ('{"schema": 2, "status": "passed", "result": {}}', "is of another version"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(tmp_path: Path, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / "train.json").write_text(content, encoding="utf-8")
    with pytest.raises(Unusable) as refused:
        Results(tmp_path).read("train")
    assert said in str(refused.value)


def test_forgetting_what_is_not_there_is_fine(tmp_path: Path) -> None:
    results = Results(tmp_path / "results")
    results.write("train", "passed", {})
    results.forget(("train", "gate"))
    assert list((tmp_path / "results").iterdir()) == []


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_json(path, {"a": "ä"})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"a": float("inf")})
    assert path.read_text(encoding="utf-8") == '{\n  "a": "ä"\n}\n'
    assert [file.name for file in tmp_path.iterdir()] == ["x.json"]
