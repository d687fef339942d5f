"""Batch scoring: every row once, read as in training, and nothing written when something is wrong."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from mlopsc.steps.mlops_steps.context import Context
from mlopsc.steps.mlops_steps.packaging import scoring
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from mlopsc.steps.mlops_steps.serving import batch
from mlopsc.steps.mlops_steps.serving.output import Output
from steps.project import Project
from steps.serving import mlserver

pytestmark = pytest.mark.steps

KEY = "customer_id"
HEADER = "customer_id,tenure,spend,plan"


class Job(NamedTuple):
    """A project to score rows with; rows and predictions lie in a folder of the test's own."""

    project: Project
    folder: Path

    def write(self, name: str, *rows: str, header: str = HEADER) -> str:
        """Write rows and return their address."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in (header, *rows)), encoding="utf-8")
        return str(path)

    def score(self, source: str, target: str = "scores.csv", key: str = KEY) -> dict[str, Any]:
        return batch.score(self.project.context(), source, self.path(target), key)

    def path(self, name: str) -> str:
        return name if "://" in name else os.path.join(self.folder, name)

    def rows(self, name: str = "scores.csv") -> list[list[str]]:
        with (self.folder / name).open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    def left(self) -> list[str]:
        """Return what lies in the folder besides the input."""
        return sorted(path.name for path in self.folder.iterdir() if path.name not in ("in", "in.csv"))


@pytest.fixture
def job(probabilities: Project, tmp_path: Path) -> Job:
    return Job(probabilities, tmp_path)


@pytest.fixture
def version(probabilities: Project) -> str:
    found: str = probabilities.result("train")["result"]["version"]
    return found


def rows(*numbers: int) -> list[str]:
    """Return rows that are as in training, those with the number 0 without a spend."""
    return [f"c{number},{number % 60},{f'{20 + number}.5' if number else ''},monthly" for number in numbers]


def test_the_evaluation_rows_get_the_predictions_of_the_evaluation(
    job: Job, probabilities: Project, version: str
) -> None:
    import pandas as pd

    build = probabilities.folder / "build"
    keys = pd.read_parquet(build / "data" / "evaluate.parquet")[KEY].tolist()
    evaluated = (build / "evaluation" / "predictions.csv").read_text(encoding="utf-8").splitlines()[1:]
    # The training data: with the target, which a prediction does not need.
    result = job.score("data/customers.csv")
    header, *scored = job.rows()
    assert header == [KEY, "p0", "model_version"]
    assert [row[0] for row in scored] == [f"c{number}" for number in range(240)]
    assert {row[2] for row in scored} == {version}
    by_key = {row[0]: row[1] for row in scored}
    assert [by_key[key] for key in keys] == evaluated
    assert result == {"rows": 240, "output": job.path("scores.csv"), "version": version}


def test_labels_are_written_as_such(labels: Project, tmp_path: Path) -> None:
    lines = (labels.folder / "data" / "penguins.csv").read_text(encoding="utf-8").splitlines()
    header, *penguins = lines
    source = tmp_path / "in.csv"
    numbered = [f"{line},{number}" for number, line in enumerate(penguins)]
    source.write_text("\n".join([f"{header},number", *numbered]) + "\n", encoding="utf-8")
    batch.score(labels.context(), str(source), str(tmp_path / "scores.csv"), "number")
    with (tmp_path / "scores.csv").open(newline="", encoding="utf-8") as file:
        first, *scored = list(csv.reader(file))
    assert first == ["number", "prediction", "model_version"]
    assert [row[0] for row in scored] == [str(number) for number in range(344)]
    assert {row[1] for row in scored} == {"Adelie", "Chinstrap", "Gentoo"}


def test_chunks_and_files_change_nothing(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    job.score(job.write("in.csv", *rows(*range(1, 41))))
    whole = job.rows()
    monkeypatch.setattr(batch, "CHUNK", 7)
    job.write("in/a.csv", *rows(*range(1, 18)))
    job.write("in/b.csv", *rows(*range(18, 41)))
    (job.folder / "in" / "_SUCCESS").touch()
    job.score(job.path("in/"))
    assert job.rows() == whole


def test_all_formats_hold_the_same(job: Job) -> None:
    import pandas as pd

    source = job.write("in.csv", *rows(*range(1, 31)))
    frame = pd.read_csv(source, dtype={KEY: str})
    frame.to_parquet(job.path("in-rows.parquet"), index=False)
    frame.to_json(job.path("in-rows.jsonl"), orient="records", lines=True)
    job.score(source)
    expected = [[row[0], float(row[1]), row[2]] for row in job.rows()[1:]]
    job.score(job.path("in-rows.parquet"), "scores.parquet")
    job.score(job.path("in-rows.jsonl"), "scores.jsonl")
    assert pd.read_parquet(job.folder / "scores.parquet").to_numpy().tolist() == expected
    lines = (job.folder / "scores.jsonl").read_text(encoding="utf-8").splitlines()
    assert [list(json.loads(line).values()) for line in lines] == expected


def test_a_folder_gets_a_file_in_the_format_of_the_input(job: Job) -> None:
    result = job.score(job.write("in.csv", *rows(1, 2)), "scores/")
    assert Path(result["output"]) == job.folder / "scores" / "predictions.csv"
    assert len(job.rows("scores/predictions.csv")) == 3


def test_stores_are_read_and_written(job: Job) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    try:
        memory.pipe("/bucket/in/a.csv", Path(job.write("in.csv", *rows(1, 2))).read_bytes())
        result = job.score("memory://bucket/in/", "memory://bucket/scores/")
        assert result["output"] == "memory://bucket/scores/predictions.csv"
        assert memory.find("/bucket/scores") == ["/bucket/scores/predictions.csv"]
        assert memory.cat("/bucket/scores/predictions.csv").count(b"\n") == 3
    finally:
        memory.rm("/bucket", recursive=True)


def test_other_columns_and_their_order_do_not_matter(job: Job) -> None:
    job.score(job.write("in.csv", *rows(1, 2)))
    expected = job.rows()
    job.score(
        job.write("in.csv", "x,monthly,21.5,1,c1", "y,monthly,22.5,2,c2", header="new,plan,spend,tenure,customer_id")
    )
    assert job.rows() == expected


def test_a_key_that_the_spec_does_not_know_is_copied_as_it_is(job: Job) -> None:
    job.score(
        job.write("in.csv", "007,1,20,monthly", "0x1,2,20,monthly", header="order,tenure,spend,plan"), key="order"
    )
    assert [row[0] for row in job.rows()] == ["order", "007", "0x1"]


def test_an_earlier_output_is_replaced(job: Job) -> None:
    (job.folder / "scores.csv").write_text("old", encoding="utf-8")
    job.score(job.write("in.csv", *rows(1)))
    assert len(job.rows()) == 2
    assert job.left() == ["scores.csv"]


def test_no_rows_are_a_notice_and_an_output_without_rows(job: Job) -> None:
    context = job.project.context()
    result = batch.score(context, job.write("in.csv"), job.path("scores.csv"), KEY)
    assert result["rows"] == 0
    assert job.rows() == [[KEY, "p0", "model_version"]]
    assert [notice.message for notice in context.notices] == [
        f"{job.path('in.csv')} holds no rows: the output has none either"
    ]


PLENTY = rows(*range(1, 41))


@pytest.mark.parametrize(
    ("lines", "rule", "message"),
    [
        (["c91,1,20,weekly"], "values", r'column "plan": 1 of 41 rows is .* \(row 41 \(line 42\); values "weekly"\)'),
        (["c91,121,20,monthly"], "max", 'column "tenure": 1 of 41 rows is .*; values 121'),
        (["c91,1,-0.5,monthly"], "min", 'column "spend": 1 of 41 rows is .*; values -0.5'),
        (["c91,many,20,monthly"], "type", 'column "tenure": 1 of 41 rows is not a whole number'),
        (["c91,,20,monthly"], "missing", 'column "tenure": 1 of 41 rows is missing, and no value was missing when'),
        (
            [f"c9{number},1,,monthly" for number in range(3)],
            "max_missing",
            r'column "spend": 3 of 43 rows are missing, 6\.98%, and at most 5\.00% may be; fill them in',
        ),
        ([",1,20,monthly"], "key", 'column "customer_id": 1 of 41 rows is without a key'),
        (
            ["c1,1,20,monthly"],
            "key",
            r'"customer_id": 2 of 41 rows are not the only one with their key \(rows 1 \(line 2\), 41 \(line 42\)\); ',
        ),
        (["c91,1,20"], "format", "in.csv has 4 columns, and line 42 has 3"),
    ],
)
def test_rows_that_are_not_as_in_training_are_refused(job: Job, lines: list[str], rule: str, message: str) -> None:
    (job.folder / "scores.csv").write_text("old", encoding="utf-8")
    with pytest.raises(Refused, match=message) as caught:
        job.score(job.write("in.csv", *PLENTY, *lines))
    assert [finding.rule for finding in caught.value.findings] == [rule]
    assert (job.folder / "scores.csv").read_text(encoding="utf-8") == "old"
    assert job.left() == ["scores.csv"]
    # The key is a personal column.
    assert "c91" not in str(caught.value)
    assert '"c1"' not in str(caught.value)


@pytest.mark.parametrize("column", HEADER.split(","))
def test_a_column_that_is_not_there_is_refused(job: Job, column: str) -> None:
    with pytest.raises(Refused, match=f'column "{column}"'):
        job.score(job.write("in.csv", *PLENTY, header=HEADER.replace(column, "other")))
    assert job.left() == []


def test_everything_that_is_wrong_in_any_file_is_told(job: Job) -> None:
    job.write("in/a.csv", *PLENTY, "c90,1,20,weekly")
    job.write("in/b.csv", "c91,999,20,monthly", "c90,1,20,monthly")
    with pytest.raises(Refused) as caught:
        job.score(job.path("in/"))
    assert [finding.rule for finding in caught.value.findings] == ["values", "max", "key"]
    assert "b.csv" in caught.value.findings[2].message


def test_how_many_may_be_missing_is_a_matter_of_all_files(job: Job) -> None:
    job.write("in/a.csv", *rows(0))
    job.write("in/b.csv", *PLENTY)
    assert job.score(job.path("in/"))["rows"] == 41


def with_values(change: Callable[[Any], Any]) -> Callable[..., scoring.Predictions]:
    real = scoring.predict

    def predict(*arguments: Any) -> scoring.Predictions:
        found = real(*arguments)
        return scoring.Predictions(change(found.values), found.meaning)

    return predict


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda values: values[:-1], "for 40 rows the model predicted 39: correct its predict"),
        (lambda values: values / [float("nan"), *[1.0] * 39], "the model left 1 of 40 rows without a prediction"),
    ],
)
def test_a_model_that_leaves_rows_out_is_refused(
    job: Job, monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], Any], message: str
) -> None:
    monkeypatch.setattr(scoring, "predict", with_values(change))
    with pytest.raises(Refused, match=message):
        job.score(job.write("in.csv", *PLENTY))
    assert job.left() == []


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        (lambda frame: frame.head(39), "40 rows with a key each were read, 39 rows with 39 keys were written"),
        (lambda frame: frame.head(39).loc[[0, *range(39)]], "40 rows with 39 keys were written"),
    ],
)
def test_a_store_that_loses_rows_is_told(
    job: Job, monkeypatch: pytest.MonkeyPatch, keep: Callable[[Any], Any], message: str
) -> None:
    real = Output.read
    monkeypatch.setattr(Output, "read", lambda output, columns: keep(real(output, columns)))
    with pytest.raises(Refused, match=message):
        job.score(job.write("in.csv", *PLENTY))
    assert job.left() == []


@pytest.mark.parametrize(
    ("source", "target", "key", "message"),
    [
        ("in.csv", "scores.csv", "p0", "--key p0: the output has a column of its own with this name"),
        ("in.csv", "scores.csv", "model_version", "--key model_version: the output has a column"),
        ("nothing.csv", "scores.csv", KEY, "nothing.csv does not exist"),
        ("in.csv", "nowhere://bucket/scores.csv", KEY, "nowhere://bucket/scores.csv cannot be written"),
    ],
)
def test_what_cannot_be_used_is_told(job: Job, source: str, target: str, key: str, message: str) -> None:
    job.write("in.csv", *rows(1))
    with pytest.raises(Unusable, match=message):
        job.score(job.path(source), target, key)
    assert job.left() == []


def test_without_a_model_there_is_nothing_to_score_with(job: Job, tmp_path: Path) -> None:
    context = Context(config=job.project.config, build_folder=tmp_path, pipeline=job.project.pipeline)
    with pytest.raises(Unusable, match="there is no model"):
        batch.score(context, job.write("in.csv", *rows(1)), job.path("scores.csv"), KEY)


@pytest.fixture
def image(probabilities: Project) -> Iterator[Path]:
    """The pipeline and the model as in the image of a batch job, where nothing can be written but one folder."""
    with tempfile.TemporaryDirectory(prefix="job-") as name:
        place = Path(name)
        place.chmod(0o755)
        app, writable = place / "app", place / "tmp"
        shutil.copytree(probabilities.pipeline, app / "ops" / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(probabilities.folder / "build" / "model", app / "build" / "model")
        writable.mkdir()
        if os.geteuid() == 0:
            os.chown(writable, mlserver.NOBODY, mlserver.NOBODY)
        mlserver.protect(app)
        yield place
        mlserver.release(app)


def test_the_job_runs_in_its_image(image: Path, job: Job, version: str) -> None:
    source = image / "in.csv"
    source.write_text(Path(job.write("in.csv", *rows(1, 2, 3))).read_text(encoding="utf-8"), encoding="utf-8")
    target = image / "tmp" / "scores.csv"
    command = [*mlserver.another_user(), sys.executable, "ops/pipeline", "score"]
    ended = subprocess.run(
        [*command, "--input", str(source), "--output", str(target), "--key", KEY, "--json"],
        cwd=image / "app",
        env={"PATH": os.environ["PATH"], "HOME": str(image / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["result"] == {"rows": 3, "output": str(target), "version": version}
    assert len(target.read_text(encoding="utf-8").splitlines()) == 4
    assert sorted(path.name for path in (image / "app").iterdir()) == ["build", "ops"]


@pytest.mark.parametrize(
    ("column", "signed", "taken"),
    [
        ({"type": "integer"}, "long", "int64"),
        ({"type": "integer"}, "double", "float64"),  # training rows missed some
        ({"type": "integer", "max_missing": 0.1}, "double", "float64"),
        ({"type": "boolean"}, "boolean", "bool"),
        ({"type": "boolean", "max_missing": 0.1}, "boolean", "object"),
        ({"type": "category", "values": ["a"]}, "string", "str"),
        ({"type": "timestamp"}, "datetime", "datetime64[ns]"),
        ({"type": "number"}, "float", "float64"),  # of a user's own command
    ],
)
def test_features_have_the_types_of_the_signature(
    tmp_path: Path, column: dict[str, Any], signed: str, taken: str
) -> None:
    from mlflow.models import Model, ModelSignature
    from mlflow.types import ColSpec, Schema

    signature = ModelSignature(inputs=Schema([ColSpec(signed, "x")]))
    Model(signature=signature, metadata={scoring.METADATA: {"version": "v"}}).save(str(tmp_path / "MLmodel"))
    assert batch._noted(tmp_path, {"x": {**column, "role": "feature"}}) == ("v", {"x": taken})
