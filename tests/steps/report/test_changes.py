"""What changed since the champion, as git tells."""

from __future__ import annotations

from pathlib import Path

import pytest
from steps.report.pages import Page
from steps.tracking.test_git import commit, git


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """A project in a repository, whose champion was made from the commit that is checked out."""
    page = Page(tmp_path, champion=True)
    page.project.write(".gitignore", "build/\n")
    page.project.write("src/churn/model.py", "def train(data, params, seed): ...\n")
    page.project.write("requirements.txt", "numpy==1.0\n")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    page.release(commit=git(tmp_path, "rev-parse", "HEAD"))
    return page


def changes(page: Page) -> list[str]:
    """Return what stands below the heading."""
    _, found, body = page.text().partition("### Changed since the champion (commit <code>")
    assert found
    return body.partition("\n\n")[2].partition("\n\n### ")[0].splitlines()


def test_nothing_changed(page: Page) -> None:
    assert changes(page) == ["Nothing in code, lock and settings that git knows of."]


def test_code_lock_and_settings(page: Page) -> None:
    page.project.write("src/churn/model.py", "def train(data, params, seed): return 1\n")
    for number in range(6):
        page.project.write(f"src/churn/new{number}.py", "")
    page.project.write("requirements.txt", "numpy==1.1\n")
    page.project.write("README.md", "no part of the model\n")
    git(page.project.folder, "add", "--all")
    page.project.config["model"]["params"] = {"C": 0.7, "solver": "a|b"}
    page.tests["metrics"]["roc_auc"]["min"] = 0.7
    page.project.config["data"]["datasets"]["customers"]["uri"] = "s3://me:secret@store/x"
    del page.tests["slices"]["by_contract"]["min_samples"]
    page.tests["slices"]["by_contract"]["min_samples"] = 40
    named = ", ".join(f"<code>src/churn/{name}.py</code>" for name in ("model", "new0", "new1", "new2", "new3"))
    address = "s3&#58;&#8203;//store/x"
    assert changes(page) == [
        f"- code: {named} and 2 more",
        "- lock: <code>requirements.txt</code>",
        "- <code>model.params.C</code>: <code>0.5</code> → <code>0.7</code>",
        f"- <code>data.datasets.customers.uri</code>: <code>data/customers.csv</code> → <code>{address}</code>",
        "- <code>tests.metrics.roc_auc.min</code>: <code>0.8</code> → <code>0.7</code>",
        "- <code>tests.slices.by_contract.min_samples</code>: <code>50</code> → <code>40</code>",
        "- <code>model.params.solver</code>: none → <code>a&#124;b</code>",
    ]


def test_a_script_that_trains_is_code(page: Page) -> None:
    page.project.write("train.py", "one\n")
    git(page.project.folder, "add", "--all")
    commit(page.project.folder)
    page.release(commit=git(page.project.folder, "rev-parse", "HEAD"))
    page.project.write("train.py", "two\n")
    page.project.config["model"]["train"] = {"command": ["python", "train.py"]}
    assert "- code: <code>train.py</code>" in changes(page)


def test_a_commit_without_the_pipeline_tells_of_files_only(page: Page) -> None:
    config = page.project.pipeline / "config.json"
    config.unlink()
    commit(page.project.folder)
    page.release(commit=git(page.project.folder, "rev-parse", "HEAD"))
    page.project.write("requirements.txt", "numpy==1.1\n")
    assert changes(page) == ["- lock: <code>requirements.txt</code>"]


def test_an_unknown_commit_says_nothing(page: Page) -> None:
    page.release(commit="d" * 40)
    assert "### Changed since" not in page.text()


def test_the_commit_that_is_checked_out_stands_where_none_was_written_down(page: Page) -> None:
    page.refused("train", "it failed", status="failed")
    head = git(page.project.folder, "rev-parse", "HEAD")
    page.save()
    assert page.line("- Candidate") == f"- Candidate: none was trained, commit <code>{head[:12]}</code>"
    page.project.write("src/churn/model.py", "changed\n")
    assert page.line("- Candidate").endswith("</code>, with changes that are in no commit")
