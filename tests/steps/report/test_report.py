"""The report says what the results say, first of all the verdict, however far the steps got."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps import commands
from mlopsc.steps.mlops_steps.context import PULL_REQUEST
from mlopsc.steps.mlops_steps.refusal import Finding, Unusable
from mlopsc.steps.mlops_steps.report import document
from steps import formats
from steps.report.pages import COMMIT, DIGESTS, VERSION, Page, groups


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """A model that passes, beside a champion."""
    return Page(tmp_path, champion=True)


@pytest.fixture
def alone(tmp_path: Path) -> Page:
    """A model that passes, before anything was released."""
    page = Page(tmp_path)
    page.nothing_released()
    return page


def rows(page: Page, heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without the typeface."""
    body = page.text().partition(f"### {heading}\n")[2].partition("\n### ")[0]
    table = body[body.index("|") :].split("\n\n")[0].splitlines()
    plain = [line.replace("<code>", "").replace("</code>", "") for line in table]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in plain]


def verdict(page: Page) -> tuple[str, str]:
    """Return the heading and the sentence of the verdict."""
    lines = page.text().split("\n\n")
    assert lines[0] == "<!-- mlops churn -->"
    return lines[1], lines[2]


def test_a_candidate_that_passes_beside_its_champion(page: Page) -> None:
    assert verdict(page) == ("## <code>churn</code>: passed", "**Passed**: 8 limits hold, 2 were not judged.")
    assert rows(page, "Metrics") == [
        ["Metric", "champion", "candidate", "change", "limit", "status"],
        ["---"] * 6,
        ["roc_auc", "0.88", "0.8765", "-0.003457, worse", "min 0.8, max_drop 0.01", "passed"],
        ["log_loss", "0.31", "0.31", "0", "max 0.5", "passed"],
    ]
    assert "<summary>Metrics without a limit: 1</summary>" in page.text()
    assert "| <code>accuracy</code> | 0.9 | 0.91 | +0.01 |  | no limit |" in page.text()


def test_the_lines_on_candidate_and_champion(page: Page) -> None:
    assert page.line("- Candidate") == f"- Candidate: <code>{VERSION}</code>, commit <code>{COMMIT[:12]}</code>"
    assert page.line("- Champion") == (
        "- Champion: <code>aaaaaaaaaaaa</code>, which serves in <code>production</code>, compared on the same "
        "evaluation rows"
    )
    page.results["register"]["dirty"] = True
    assert page.line("- Candidate").endswith(", with changes that are in no commit")
    page.evaluation["champion"]["rescored"] = True
    assert page.line("- Champion").endswith("evaluation rows, which its model predicted anew")
    page.results["train"]["version"] = "a" * 12
    assert ", of the same recipe as the candidate, " in page.line("- Champion")


def test_every_limit_of_a_metric_has_its_status(page: Page) -> None:
    page.evaluation["metrics"]["roc_auc"] = 0.85
    assert rows(page, "Metrics")[2][3:] == [
        "-0.03, worse",
        "min 0.8, max_drop 0.01",
        "min passed, max_drop **failed**",
    ]


def test_a_metric_that_got_better(page: Page) -> None:
    page.evaluation["metrics"]["log_loss"] = 0.29
    assert rows(page, "Metrics")[3][3] == "-0.02, better"


def test_a_refusal_says_why(page: Page) -> None:
    page.evaluation["metrics"].update(roc_auc=0.79, log_loss=0.6)
    heading, sentence = verdict(page)
    assert heading == "## <code>churn</code>: refused"
    assert sentence == (
        "**Refused** because roc_auc is 0.79 on the 2000 evaluation rows, below the min of 0.8: improve the model or "
        "change the limit, and for 2 more reasons."
    )
    text = page.text()
    assert "### Refused or failed: 3 reasons\n\n- <code>gate</code>: roc_auc is 0.79 on" in text
    assert text.index("### Refused") < text.index("### Metrics")
    assert "<code>gate</code> refused, <code>register</code> no result" in text


@pytest.mark.parametrize("value", [0.79999, 0.7999999, 0.8 - 1e-10])
def test_a_failure_is_not_rounded_to_a_pass(page: Page, value: float) -> None:
    page.evaluation["metrics"]["roc_auc"] = value
    _metric, _champion, candidate, _change, limit, status = rows(page, "Metrics")[2]
    assert float(candidate) < 0.8
    assert limit.startswith("min 0.8,")
    assert "**failed**" in status


def test_a_drop_is_not_rounded_to_its_limit(page: Page) -> None:
    page.evaluation["metrics"]["roc_auc"] = 0.8699999
    change, status = (rows(page, "Metrics")[2][column] for column in (3, 5))
    assert change == "-0.0100001, worse"
    assert "max_drop **failed**" in status


def test_a_bound_stands_with_its_limit(page: Page) -> None:
    page.tests["metrics"]["roc_auc"] = {"better": "higher", "min": 0.87, "confidence": 0.95}
    page.judge()
    check = page.results["gate"]["checks"][0]
    check.update(bound=0.8699996, status="failed")
    page.status["gate"] = "refused"
    page.findings["gate"] = [Finding("min", "roc_auc", "its bound is below")]
    assert rows(page, "Metrics")[2][4:] == ["min 0.87 (lower 95% bound: 0.8699996)", "**failed**"]


def test_an_undefined_metric(page: Page) -> None:
    page.evaluation["metrics"]["roc_auc"] = None
    assert rows(page, "Metrics")[2] == [
        *("roc_auc", "0.88", "undefined", "", "min 0.8, max_drop 0.01", "not judged"),
    ]
    heading, sentence = verdict(page)
    assert heading.endswith(": not judged")
    assert sentence.startswith("**Not judged**: roc_auc is undefined on the 2000 evaluation rows: its min of 0.8 is")


def test_without_a_champion_there_is_no_column_of_it(alone: Page) -> None:
    assert rows(alone, "Metrics")[0] == ["Metric", "candidate", "limit", "status"]
    assert rows(alone, "Metrics")[2] == [
        *("roc_auc", "0.8765", "min 0.8, max_drop 0.01", "min passed, max_drop not judged")
    ]
    assert alone.line("- Champion") == "- Champion: none yet, since nothing was released to <code>production</code>"
    assert rows(alone, "Slices")[0] == ["Test", "group", "rows", "candidate", "limit", "status"]


def test_a_champion_that_nobody_fetched_is_unknown(tmp_path: Path) -> None:
    page = Page(tmp_path)
    assert page.line("- Champion") == (
        '- Champion: unknown: champion/release.json is missing: run the step "champion" first'
    )
    (tmp_path / "build" / "champion").mkdir()
    (tmp_path / "build" / "champion" / "release.json").write_text("{", encoding="utf-8")
    assert page.line("- Champion").startswith("- Champion: unknown: champion/release.json")


def test_a_project_without_environments_has_none(tmp_path: Path) -> None:
    page = Page(tmp_path)
    del page.tests["champion"]
    assert page.line("- Champion") == "- Champion: none, since the spec has no environment to compare with"


def test_a_champion_that_cannot_be_compared(page: Page) -> None:
    page.evaluation["champion"].update(comparable=False, reason="it was evaluated on other rows", metrics={})
    page.evaluation["champion"].update(slices={}, fairness={})
    page.release(digest=f"sha256:{'9' * 64}")
    heading, sentence = verdict(page)
    assert heading == "## <code>churn</code>: not comparable"
    assert sentence == (
        "**Not comparable**: roc_auc is not comparable with the champion aaaaaaaaaaaa: it was evaluated on other rows."
    )
    assert page.line("- Champion").endswith(", **not comparable**: it was evaluated on other rows")
    assert rows(page, "Metrics")[2] == [
        *("roc_auc", "", "0.8765", "", "min 0.8, max_drop 0.01", "min passed, max_drop not comparable")
    ]
    assert "the evaluation rows are others than those that the champion was evaluated on (<code>999999999999" in (
        page.text()
    )


def test_a_sample_judges_nothing(page: Page) -> None:
    page.results["split"]["sample"] = 5000
    page.evaluation["metrics"]["roc_auc"] = 0.1
    heading, sentence = verdict(page)
    assert heading == "## <code>churn</code>: not judged"
    assert sentence == (
        "**Not judged**: sample: the model was trained on 5000 rows only; a delivery judges all limits."
    )
    assert rows(page, "Metrics")[2][5] == "not judged"
    assert "**failed**" not in page.text()
    assert "### Not judged" not in page.text()
    assert "### Notices" not in page.text()
    assert ", a sample of at most 5000 rows; the evaluation rows are those" in page.text()


@pytest.mark.parametrize("sample", ["off", False])
def test_a_pull_request_that_trains_nothing(page: Page, sample: str | bool) -> None:
    page.purpose = PULL_REQUEST
    page.project.config["execution"]["pull_request"]["train"] = "off"
    page.results = {step: page.results[step] for step in ("data", "split")}
    page.results["split"]["sample"] = sample
    heading, sentence = verdict(page)
    assert heading.endswith(": not judged")
    assert sentence == (
        "**Not judged**: pull requests train no model here (<code>execution.pull_request.train: off</code>), and the "
        "data is fine."
    )
    assert page.line("- Candidate").startswith("- Candidate: none was trained")
    page.refused("data", "tenure has 3 values above 120")
    assert verdict(page)[1].startswith("**Refused** by the step <code>data</code>")


def test_no_limits(page: Page) -> None:
    page.tests.update(metrics={}, slices={}, fairness={}, behaviour={"invariant_to": {}, "directional": {}})
    page.evaluation.update(slices={}, fairness={})
    assert verdict(page)[1] == ("**Passed**: the spec has no tests of the model, so that there was nothing to judge.")
    assert [row[0] for row in rows(page, "Metrics")[2:]] == ["accuracy", "roc_auc", "log_loss"]


def test_a_passed_candidate_that_could_not_be_registered(page: Page) -> None:
    page.refused("register", "MLflow does not answer", status="failed")
    heading, sentence = verdict(page)
    assert heading == "## <code>churn</code>: not registered"
    assert sentence.endswith("**Not registered**: MLflow does not answer.")


def test_a_step_that_refuses_before_the_gate(page: Page) -> None:
    page.refused("data", "tenure has 3 values above 120: correct them.", "5 rows are doubled")
    heading, sentence = verdict(page)
    assert heading == "## <code>churn</code>: refused"
    assert sentence == (
        "**Refused** by the step <code>data</code>, before a model was judged: tenure has 3 values above 120: correct "
        "them, and for 1 more reason."
    )
    assert "- <code>data</code>: 5 rows are doubled" in page.text()
    assert "### Metrics" not in page.text()


def test_a_traceback_is_folded(page: Page) -> None:
    lines = [f"  File <model.py>, line {number}" for number in range(60)]
    page.refused("train", "\n".join(["churn.model:train raised:", *lines, "ValueError: <bad> @you"]), status="failed")
    heading, sentence = verdict(page)
    assert heading == "## <code>churn</code>: no verdict"
    assert sentence == (
        "**No verdict**, it did not get that far: the step <code>train</code> failed: "
        "churn.model&#58;&#8203;train raised: ValueError: &#60;bad&#62; &#64;&#8203;you."
    )
    text = page.text()
    assert "<summary>the last 40 of 62 lines</summary>\n\n<pre>\n  File &#60;model.py&#62;, line 21\n" in text
    assert "line 20\n" not in text


@pytest.mark.parametrize("missing", ["data", "train", "evaluate", "gate"])
def test_a_step_without_a_result(page: Page, missing: str) -> None:
    page.judge()
    names = list(commands.STEPS)[:7]
    page.results = {step: page.results[step] for step in names[: names.index(missing)]}
    page.is_judged = True
    heading, sentence = verdict(page)
    assert heading == "## <code>churn</code>: no verdict"
    assert f"the step <code>{missing}</code> left no result" in sentence
    assert f"<code>{missing}</code> no result" in page.line("- Steps")


def test_a_result_of_another_spec_does_not_count(page: Page) -> None:
    page.save()
    page.project.change(lambda config: config["tests"]["metrics"]["roc_auc"].update(min=0.9))
    page.run()
    text = (page.project.folder / "build" / "report.md").read_text(encoding="utf-8")
    assert "the result of the step <code>evaluate</code> is of another mlops.yaml" in text
    assert "**Passed**" not in text


def test_a_broken_result_counts_as_none(page: Page) -> None:
    page.save()
    (page.project.folder / "build" / "results" / "gate.json").write_text('{"schema": 1', encoding="utf-8")
    page.run()
    assert "the step <code>gate</code> left no result" in (page.project.folder / "build/report.md").read_text("utf-8")


def test_without_any_result(tmp_path: Path) -> None:
    page = Page(tmp_path)
    assert page.run() == {"verdict": "no verdict", "left_out": {}}


def test_slices_and_what_was_not_judged(page: Page) -> None:
    page.evaluation["slices"]["by_contract"]["groups"]["yearly"]["value"] = 0.5
    assert rows(page, "Slices") == [
        ["Test", "group", "rows", "champion", "candidate", "change", "limit", "status"],
        ["---"] * 8,
        ["by_contract: recall by contract", "monthly", "1200", "0.7", "0.71", "+0.01", "min 0.6", "passed"],
        ["by_contract: recall by contract", "yearly", "790", "0.65", "0.5", "-0.15", "min 0.6", "**failed**"],
        ["by_contract: recall by contract", "other", "10", "undefined", "undefined", "", "min 0.6", "not judged"],
    ]
    text = page.text()
    assert (
        "### Not judged: 2 limits\n\n- slice by_contract: where contract = other, there are 10 of at least 50" in text
    )
    assert "### Notices" not in text


def test_fairness_shows_the_gap_of_both(page: Page) -> None:
    assert rows(page, "Fairness")[2:] == [
        ["gender: selection_rate by gender", "f", "1000", "0.28", "0.3", "+0.02", "", ""],
        ["gender: selection_rate by gender", "m", "990", "0.25", "0.25", "0", "", ""],
        ["gender: selection_rate by gender", "x", "10", "0.9", "1", "+0.1", "", "not judged"],
        ["gender: selection_rate by gender", "largest gap", "1990", "0.03", "0.05", "+0.02", "max_gap 0.1", "passed"],
    ]
    page.tests["fairness"]["gender"]["max_gap"] = 0.04
    del page.results["gate"]
    assert rows(page, "Fairness")[-1][-1] == "**failed**"


def test_one_group_has_no_gap(page: Page) -> None:
    page.evaluation["fairness"]["gender"]["groups"] = groups(f=(2000, 0.3))
    assert rows(page, "Fairness")[-1][1:] == ["largest gap", "", "0.03", "", "", "max_gap 0.1", "not judged"]


def test_behaviour(page: Page) -> None:
    assert rows(page, "Behaviour")[2:] == [
        ["contract", "it is one of monthly, true", "0 of 2000 change", "none may", "passed"],
        *[["tenure", "it rises", "3 of 2000 rise, a share of 0.0015", "at most a share of 0.02", "passed"]],
    ]
    page.evaluation["behaviour"]["invariant_to"]["contract"]["changed"] = 7
    page.evaluation["behaviour"]["directional"]["tenure"].update(violations=None, share=None)
    del page.results["gate"]
    assert [row[2:] for row in rows(page, "Behaviour")[2:]] == [
        ["7 of 2000 change", "none may", "**failed**"],
        ["no direction", "at most a share of 0.02", "not judged"],
    ]


def test_what_was_evaluated_is_shown_where_the_gate_failed(page: Page) -> None:
    page.refused("gate", "the step gate failed", status="failed")
    assert verdict(page)[0].endswith("no verdict")
    assert rows(page, "Metrics")[2] == ["roc_auc", "0.88", "0.8765", "-0.003457, worse", "", "not judged"]
    assert rows(page, "Fairness")[-1][-2:] == ["max_gap 0.1", "not judged"]
    assert rows(page, "Behaviour")[-1][-1] == "not judged"


def test_data(page: Page) -> None:
    assert rows(page, "Data")[2] == ["customers", "data/customers.csv", "10000", "3", DIGESTS["data"][7:19]]
    assert page.line("8000 rows train") == (
        "8000 rows train (<code>222222222222</code>) and 2000 evaluate (<code>333333333333</code>); the evaluation "
        "rows are those that the champion was evaluated on."
    )


def test_notices_are_said_once_and_folded_when_they_are_many(page: Page) -> None:
    page.noticed("data", "tenure: 2 values are missing", "tenure: 2 values are missing")
    page.noticed("package", "other versions are installed")
    assert (
        "### Notices: 2\n\n- <code>data</code>: tenure: 2 values are missing\n- <code>package</code>: other versions"
        in page.text()
    )
    page.noticed("data", *(f"column {number} is empty" for number in range(9)))
    assert "<details>\n<summary>Notices: 10</summary>\n\n- <code>data</code>: column 0 is empty" in page.text()


def test_notices_of_the_step_that_fetches_the_champion(page: Page) -> None:
    page.save()
    notice = Finding("predictions", "production", "production keeps no predictions")
    page.context().results.write("champion", "passed", {}, notices=[notice])
    assert "- <code>champion</code>: production keeps no predictions" in page.text()


def test_the_same_results_give_the_same_report(page: Page, tmp_path: Path) -> None:
    other = Page(tmp_path / "other", champion=True)
    other.results = dict(reversed(other.results.items()))
    page.judge()
    other.judge()
    assert page.text() == page.text() == other.text()


def test_the_report_goes_to_the_file_and_the_summary(page: Page, tmp_path: Path) -> None:
    page.summary = tmp_path / "summary.md"
    page.summary.write_text("earlier\n", encoding="utf-8")
    text = page.text()
    assert page.summary.read_text(encoding="utf-8") == f"earlier\n{text}\n"


def test_a_file_that_cannot_be_written(page: Page) -> None:
    page.save()
    (page.project.folder / "build" / "report.md").mkdir()
    with pytest.raises(Unusable, match=r"report\.md cannot be written"):
        page.run()


def test_the_step_needs_the_standard_library_only_and_tells_no_path(page: Page, tmp_path: Path) -> None:
    page.save()
    page.project.ship()
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(page.project.pipeline), "report", "--json", "--file", str(tmp_path / "r.md")],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert formats.problems("result", json.loads(ended.stdout)) == []
    assert str(tmp_path) not in ended.stdout + (tmp_path / "r.md").read_text(encoding="utf-8")
    assert not (tmp_path / "build" / "results" / "report.json").exists()


def test_the_marker_is_one_hidden_line() -> None:
    assert document.marker("churn") == "<!-- mlops churn -->"
