"""The command line with steps that do nothing: what runs, what is printed and written, and the exit code."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps import command_line, commands, config, interpreter
from mlopsc.steps.mlops_steps.context import Context
from mlopsc.steps.mlops_steps.refusal import Finding, Refused, Unusable, refuse
from mlopsc.steps.mlops_steps.step import Step
from mlopsc.steps.mlops_steps.training import seeds
from mlopsc.steps.mlops_steps.user_code import UserCodeFailed

Run = Callable[[Context], dict[str, Any]]

PIPELINE = ("data", "split", "train", "package", "evaluate", "gate", "register")


class Bench:
    """The command line over steps whose work a test sets.

    Attributes:
        ran: names of the steps that ran, in order.
        work: what a step does; by default it returns its name.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.build = folder / "build"
        self.ran: list[str] = []
        self.work: dict[str, Run] = {}
        self.restarts = 0
        self.config: dict[str, Any] = {
            "root": "../..",
            "model": {"dependencies": {"python": "{}.{}".format(*sys.version_info), "lock": "requirements.txt"}},
            "execution": {"pull_request": {"train": "full"}},
        }
        steps = {name: self._step(name) for name in (*PIPELINE, "champion")}
        pipeline = tuple(steps[name] for name in PIPELINE)
        for module in (command_line, commands):
            monkeypatch.setattr(module, "STEPS", steps)
            monkeypatch.setattr(module, "PIPELINE", pipeline)
        monkeypatch.setattr(config, "load", lambda: self.config)
        monkeypatch.setattr(seeds, "fix_hashing", self._restart)

    def __call__(self, *arguments: str) -> int:
        return command_line.main([*arguments, "--build", str(self.build)])

    def result(self, step: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.build / "results" / f"{step}.json").read_text(encoding="utf-8"))
        return document

    def results(self) -> list[str]:
        return sorted(path.stem for path in (self.build / "results").glob("*.json"))

    def _restart(self) -> None:
        self.restarts += 1

    def _step(self, name: str) -> Step:
        def run(context: Context, _options: argparse.Namespace) -> dict[str, Any]:
            self.ran.append(name)
            work = self.work.get(name)
            return work(context) if work else {"name": name}

        return Step(
            name,
            f"the step {name}",
            run,
            trains=name == "train",
            writes_result=name != "champion",
            leaves={"register": ("candidate.json",), "package": ("model", "model-settings.json")}.get(name, ()),
        )


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


def failing(error: BaseException) -> Run:
    def work(_context: Context) -> dict[str, Any]:
        raise error

    return work


def test_run_is_the_whole_pipeline_in_order(bench: Bench) -> None:
    assert bench("run") == 0
    assert bench.ran == list(PIPELINE)
    assert bench.results() == sorted(PIPELINE)
    digest = config.digest(bench.config, "split")
    assert bench.result("split") == {
        "schema": 1,
        "step": "split",
        "config": digest,
        "status": "passed",
        "findings": [],
        "notices": [],
        "result": {"name": "split"},
    }


def test_only_some_steps_in_the_order_of_the_pipeline(bench: Bench) -> None:
    assert bench("run", "--step", "gate", "--step", "data") == 0
    assert bench.ran == ["data", "gate"]


def test_one_step_by_its_name(bench: Bench) -> None:
    assert bench("evaluate") == 0
    assert bench.ran == bench.results() == ["evaluate"]


@pytest.mark.parametrize(
    "arguments",
    [(), ("tain",), ("run", "--step", "champion"), ("run", "--purpose", "fun"), ("run", "--pur", "laptop")],
    ids=["no step", "unknown step", "no step of the pipeline", "unknown purpose", "abbreviation"],
)
def test_wrong_arguments_are_exit_code_2(
    bench: Bench, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(arguments)
    assert ended.value.code == 2
    assert "usage: python ops/pipeline" in capsys.readouterr().err
    assert bench.ran == []


@pytest.mark.parametrize(
    ("error", "code", "status", "said"),
    [
        (refuse("min", "accuracy", "accuracy is too low"), 1, "refused", "accuracy is too low"),
        (UserCodeFailed("src.model:train raised"), 1, "failed", "src.model:train raised"),
        (ZeroDivisionError("no way"), 3, "failed", "in a way that nobody foresaw"),
        (ModuleNotFoundError("x", name="mlopsc.steps.mlops_steps.x"), 3, "failed", "in a way that nobody foresaw"),
    ],
    ids=["refused", "user code", "fault", "a module of ours is missing"],
)
def test_a_failure_stops_the_run_and_is_in_the_result(
    bench: Bench, capsys: pytest.CaptureFixture[str], error: Exception, code: int, status: str, said: str
) -> None:
    bench.work["evaluate"] = failing(error)
    assert bench("run") == code
    assert bench.ran == list(PIPELINE[:5])
    assert said in capsys.readouterr().err
    document = bench.result("evaluate")
    assert document["status"] == status
    assert [said in finding["message"] for finding in document["findings"]] == [True]


def test_all_reasons_of_a_refusal_are_printed_and_written(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    findings = [Finding("max", name, f"{name} is too large", {"value": 2}) for name in ("tenure", "age")]
    bench.work["data"] = failing(Refused(findings, {"rows": 3}))
    assert bench("data") == 1
    printed = capsys.readouterr().err
    assert all(finding.message in printed for finding in findings)
    document = bench.result("data")
    assert document["findings"] == [finding.document() for finding in findings]
    assert document["result"] == {"rows": 3}


def test_a_step_that_cannot_work_is_exit_code_2_and_leaves_no_result(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench("run")
    bench.work["evaluate"] = failing(Unusable('the step "package" has not run'))
    assert bench("evaluate") == 2
    assert 'the step "package" has not run' in capsys.readouterr().err
    assert bench.results() == ["data", "package", "split", "train"]


def test_a_missing_package_names_the_lock(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.work["data"] = failing(ModuleNotFoundError("No module named 'pandera'", name="pandera"))
    assert bench("data") == 2
    assert '"pandera" is not installed: install the lock, pip install -r requirements.txt' in capsys.readouterr().err


def test_a_step_that_starts_removes_what_builds_on_it(bench: Bench) -> None:
    bench("run")
    candidate = bench.build / "candidate.json"
    candidate.write_text("{}", encoding="utf-8")
    bench.work["package"] = failing(refuse("a", "b", "c"))
    bench("package")
    assert bench.results() == ["data", "package", "split", "train"]
    assert not candidate.exists()


def test_a_failure_leaves_no_files_and_folders_of_later_steps(bench: Bench) -> None:
    (bench.build / "model").mkdir(parents=True)
    for name in ("model/MLmodel", "model-settings.json", "candidate.json"):
        (bench.build / name).write_text("old", encoding="utf-8")
    assert bench("run", "--step", "evaluate") == 0
    assert (bench.build / "model" / "MLmodel").exists()
    assert not (bench.build / "candidate.json").exists()
    bench.work["train"] = failing(refuse("a", "b", "no"))
    assert bench("run") == 1
    assert not (bench.build / "model").exists()
    assert not (bench.build / "model-settings.json").exists()


def test_the_steps_name_what_they_leave() -> None:
    from mlopsc.steps.mlops_steps.commands import data, evaluate, package, register, split, train

    left = {step.STEP.name: step.STEP.leaves for step in (data, split, train, package, evaluate, register)}
    assert left == {
        "data": ("data/sets",),
        "split": ("data/train.parquet", "data/evaluate.parquet"),
        "train": ("trained", "training"),
        "package": ("model", "model-settings.json"),
        "evaluate": ("evaluation",),
        "register": ("candidate.json",),
    }


def test_git_does_not_see_a_folder_of_results_that_was_made(bench: Bench) -> None:
    assert bench("data") == 0
    ignored = bench.build / ".gitignore"
    assert ignored.read_text(encoding="utf-8") == "*\n"
    ignored.unlink()
    assert bench("data") == 0
    assert not ignored.exists(), "the folder is somebody's own"


def test_results_do_not_go_where_the_project_is(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.build = Context(bench.config).root
    assert bench("data") == 2
    assert "the project is in that folder" in capsys.readouterr().err
    assert bench.ran == []


def test_the_result_of_failed_code_names_no_folder_of_this_machine(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Context(bench.config).root
    said = f'File "{root}/src/shop.py", line 1 of file://{root}/x in {root}: {sys.prefix}/etc/y s3://a{root}/z'
    bench.work["train"] = failing(UserCodeFailed(said))
    assert bench("train") == 1
    (finding,) = bench.result("train")["findings"]
    assert finding["message"] == f'File "src/shop.py", line 1 of file://x in .: etc/y s3://a{root}/z'
    assert finding["message"] in capsys.readouterr().err


def test_a_step_outside_the_pipeline_removes_nothing(bench: Bench) -> None:
    bench("run")
    candidate = bench.build / "candidate.json"
    candidate.write_text("{}", encoding="utf-8")
    assert bench("champion") == 0
    assert bench.results() == sorted(PIPELINE)
    assert candidate.exists()


def test_an_interrupted_step_leaves_no_result(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench("run")
    bench.work["gate"] = failing(KeyboardInterrupt())
    assert bench("run") == 130
    assert "interrupted" in capsys.readouterr().err
    assert bench.results() == ["data", "evaluate", "package", "split", "train"]


def test_nobody_reads_the_output(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    bench.work["data"] = failing(BrokenPipeError())
    assert bench("run") == 141


def test_a_result_that_is_no_json_is_a_fault(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.work["data"] = lambda _context: {"share": float("nan")}
    assert bench("data") == 3
    assert "in a way that nobody foresaw" in capsys.readouterr().err
    assert bench.results() == []


def test_not_judged_goes_on(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.work["gate"] = lambda _context: {"status": "not-judged", "verdict": "not-judged"}
    assert bench("run") == 0
    assert "not judged" in capsys.readouterr().err
    assert bench.result("gate")["status"] == "not-judged"
    assert bench.result("gate")["result"] == {"verdict": "not-judged"}


def test_notices_are_printed_and_belong_to_their_step(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    def work(context: Context) -> dict[str, Any]:
        context.notice("undefined", "roc_auc", "roc_auc is undefined", samples=3)
        return {}

    bench.work["evaluate"] = work
    assert bench("run", "--quiet") == 0
    assert capsys.readouterr().err == "  notice roc_auc is undefined\n"
    assert bench.result("evaluate")["notices"] == [
        {"rule": "undefined", "subject": "roc_auc", "message": "roc_auc is undefined", "facts": {"samples": 3}}
    ]
    assert bench.result("gate")["notices"] == []


def test_quiet_prints_problems(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.work["gate"] = failing(refuse("min", "accuracy", "accuracy is too low"))
    assert bench("run", "--quiet") == 1
    assert capsys.readouterr().err == "  failed accuracy is too low\n"


def test_progress_is_shown(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench("run")
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith("[")] == [
        f"[{position}/7] {name}" for position, name in enumerate(PIPELINE, start=1)
    ]


def test_json_of_a_step_is_its_result_file_and_nothing_else(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    def chatty(_context: Context) -> dict[str, Any]:
        sys.stdout.write("epoch 1\n")
        return {"loss": 0.5, "who": "Zoë"}

    bench.work["train"] = chatty
    assert bench("train", "--json") == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == bench.result("train")
    assert printed.out.isascii()
    assert "epoch 1" in printed.err


def test_json_of_a_run_is_a_list_up_to_the_refusal(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.work["split"] = failing(refuse("leak", "id", "the id 7 is on both sides"))
    assert bench("run", "--json") == 1
    documents = json.loads(capsys.readouterr().out)
    assert documents == [bench.result("data"), bench.result("split")]
    assert documents[1]["status"] == "refused"


def test_without_json_standard_output_stays_empty(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.work["data"] = lambda _context: {"characters": sys.stdout.write("rows\n")}
    bench("data")
    assert capsys.readouterr().out == ""


def test_the_same_work_gives_the_same_bytes(bench: Bench) -> None:
    bench("run")
    first = {name: (bench.build / "results" / f"{name}.json").read_bytes() for name in PIPELINE}
    bench("run")
    assert {name: (bench.build / "results" / f"{name}.json").read_bytes() for name in PIPELINE} == first


def test_hashing_is_fixed_before_training_only(bench: Bench) -> None:
    bench("evaluate")
    assert bench.restarts == 0
    bench("run")
    bench("train")
    assert bench.restarts == 2


def test_a_pull_request_without_training_stops_behind_the_split(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.config["execution"]["pull_request"]["train"] = "off"
    assert bench("run", "--purpose", "pull-request") == 0
    assert bench.ran == ["data", "split"]
    printed = capsys.readouterr().err
    assert "execution.pull_request.train is off: train, package, evaluate, gate, register" in printed


def test_other_purposes_train_all_the_same(bench: Bench) -> None:
    bench.config["execution"]["pull_request"]["train"] = "off"
    assert bench("run", "--purpose", "delivery") == 0
    assert bench.ran == list(PIPELINE)


def test_another_python_is_a_notice_of_the_training(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.config["model"]["dependencies"]["python"] = "2.7"
    assert bench("run") == 0
    assert "model.dependencies.python is 2.7" in capsys.readouterr().err
    assert [notice["rule"] for notice in bench.result("train")["notices"]] == ["python"]
    assert bench.result("data")["notices"] == []


@pytest.mark.parametrize("step", ["run", "train"])
def test_another_python_is_not_used_for_delivery(bench: Bench, capsys: pytest.CaptureFixture[str], step: str) -> None:
    bench.config["model"]["dependencies"]["python"] = "2.7"
    assert bench(step, "--purpose", "delivery") == 2
    assert "make an environment with Python 2.7" in capsys.readouterr().err
    assert bench.ran == []


def test_steps_that_do_not_train_ask_for_no_python(bench: Bench) -> None:
    bench.config["model"]["dependencies"]["python"] = "2.7"
    assert bench("evaluate", "--purpose", "delivery") == 0
    assert bench.result("evaluate")["notices"] == []


def test_the_python_of_the_spec_is_no_finding(bench: Bench) -> None:
    assert interpreter.mismatch(bench.config) is None


def test_outputs_and_summary_are_appended(bench: Bench, tmp_path: Path) -> None:
    def work(context: Context) -> dict[str, Any]:
        context.output("release", "abc")
        context.summarize("# Released\n")
        return {}

    bench.work["champion"] = work
    outputs, summary = tmp_path / "outputs", tmp_path / "summary.md"
    outputs.write_text("earlier=1\n", encoding="utf-8")
    assert bench("champion", "--outputs", str(outputs), "--summary", str(summary)) == 0
    assert outputs.read_text(encoding="utf-8") == "earlier=1\nrelease=abc\n"
    assert summary.read_text(encoding="utf-8") == "# Released\n\n"


def test_outputs_of_a_failure_are_kept(bench: Bench, tmp_path: Path) -> None:
    def work(context: Context) -> dict[str, Any]:
        context.output("started", "true")
        raise refuse("no", "it", "it is refused")

    bench.work["champion"] = work
    outputs = tmp_path / "outputs"
    assert bench("champion", "--outputs", str(outputs)) == 1
    assert outputs.read_text(encoding="utf-8") == "started=true\n"


@pytest.mark.parametrize("value", ["a\nadmin=true", "a\radmin=true", "\x1b[1m"])
def test_an_output_is_one_line(bench: Bench, tmp_path: Path, value: str) -> None:
    def work(context: Context) -> dict[str, Any]:
        context.output("release", value)
        return {}

    bench.work["champion"] = work
    outputs = tmp_path / "outputs"
    assert bench("champion", "--outputs", str(outputs)) == 2
    assert not outputs.exists()


def test_without_files_nothing_is_handed_on(bench: Bench) -> None:
    def work(context: Context) -> dict[str, Any]:
        context.output("release", "abc")
        context.summarize("text")
        return {}

    bench.work["champion"] = work
    assert bench("champion") == 0


def test_no_password_gets_into_a_result_file(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    address = "https://me:hunter2@prom.acme.example/api?token=hunter2"
    facts = {"url": address, "all": [address, {"one": address}], "value": 1.5}

    def work(context: Context) -> dict[str, Any]:
        context.notice("remote", address, f"{address} is slow", **facts)
        raise refuse("prometheus", address, f"{address} answers 401", **facts)

    bench.work["data"] = work
    assert bench("data", "--json") == 1
    printed = "".join(capsys.readouterr())
    written = json.dumps(bench.result("data"))
    assert "hunter2" not in printed + written
    clean = "https://prom.acme.example/api?..."
    (finding,), (notice,) = bench.result("data")["findings"], bench.result("data")["notices"]
    assert (finding["subject"], notice["subject"]) == (clean, clean)
    assert finding["message"] == f"{clean} answers 401"
    assert finding["facts"] == notice["facts"] == {"url": clean, "all": [clean, {"one": clean}], "value": 1.5}
