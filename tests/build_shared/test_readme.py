"""The README of the output folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import tools
from build_shared.project import generate, line_of, load, rendered
from markdown_it import MarkdownIt
from mlopsc.build.readme.lifecycle import label_text
from mlopsc.parts import Text

README = "ops/README.md"
NASTY = 'a|b `c` <script> *d* _e_ # f\n- g --> %%{init: {}}%% "h" [i](j) $k$'

VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "nothing is deployed": {"deployment": {"mode": "none"}, "environments": None},
    "no environments": {"environments": None},
    "batch": {
        "deployment.mode": "batch",
        "deployment.batch": {"input": "s3://a/in/", "output": "s3://a/out/", "schedule": "*/5 * * * *", "key": "id"},
    },
    "automatic": {"environments.production.promotion": "automatic", "environments.production.protected": False},
    "other strategies": {
        "environments.staging": {"deployment": {"strategy": {"rolling": None, "blue_green": {"soak": "10m"}}}},
        "environments.production.deployment": {"strategy": {"rolling": None, "shadow": {"percent": "10%"}}},
    },
    "nasty": {"metadata.description": NASTY, "model.dependencies.lock": "a `b` 'c'.txt", "output": {"dir": "my ops"}},
}


def readme(changes: dict[str, Any], **options: Any) -> str:
    project = load(changes, **options)
    top = f"{project.folder}/" if project.folder else ""
    # The Dockerfiles are not at stake here, and refuse some of the names.
    project = project.replace(output=project.output.replace(builders=project.output.builders.replace(docker=False)))
    return rendered(project, f"{top}{project.output.dir}/README.md").text


def chart(text: str) -> list[str]:
    found = re.findall(r"^```mermaid\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return [line.strip() for line in found[0].splitlines()]


@pytest.mark.tools
def test_every_variant_is_a_fixed_point_of_prettier(tmp_path: Path) -> None:
    for number, changes in enumerate(VARIANTS.values()):
        (tmp_path / f"{number}.md").write_text(readme(changes), encoding="utf-8")
    (tmp_path / "bad.md").write_text("* a\n\n\n# b #\n", encoding="utf-8")
    found = tools.prettier_check(sorted(tmp_path.glob("*.md")))
    assert [Path(name).name for name in found] == ["bad.md"]


@pytest.mark.parametrize("name", VARIANTS)
def test_the_chart_keeps_to_a_grammar_that_mermaid_reads(name: str) -> None:
    first, *lines = chart(readme(VARIANTS[name]))
    assert first == "flowchart LR"
    label = r'"(?:[\w .,/<>%-]|#[0-9]+;)+"'
    node = rf"[a-z]+[0-9]*(?:\[{label}\])?"
    for line in lines:
        assert re.fullmatch(rf"{node}(?: -->(?:\|{label}\|)? {node})?", line), line


def test_the_way_to_production() -> None:
    text = readme({})
    assert chart(text) == [
        "flowchart LR",
        'merged["merged to the main branch"] --> judged["trained and judged by the gates"]',
        'env0["staging<br>rolling"]',
        'env1["production<br>canary 10%, 50%"]',
        "judged --> env0",
        'env0 -->|"by hand, with approval"| env1',
    ]
    production = text.partition("### production\n\n")[2].partition("\n\n")[0].splitlines()
    assert production == [
        "- Comes after `staging`.",
        "- A person starts the release.",
        "- A release needs approval.",
        "- A new model gets 10%, then 50%, then all of the traffic; every step is judged.",
        "- Runs in the namespace `churn-production`.",
        "- What runs there stands on the branch `deploy/churn/production`.",
    ]


def test_each_way_of_release_is_told() -> None:
    automatic = readme(VARIANTS["automatic"])
    assert 'env0 -->|"by itself"| env1' in automatic
    assert "approval" not in automatic
    other = chart(readme(VARIANTS["other strategies"]))
    assert 'env0["staging<br>blue-green"]' in other
    assert 'env1["production<br>shadow 10%"]' in other
    batch = readme(VARIANTS["batch"])
    assert 'env0["staging<br>scores on a schedule"]' in batch
    assert "on the schedule `*/5 * * * *`, in UTC." in batch
    nothing = readme(VARIANTS["nothing is deployed"])
    assert 'judged --> registry["registered"]' in nothing
    assert "deploy/" not in nothing
    assert "Runs in the namespace `churn`." in readme(VARIANTS["no environments"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("canary 10%, 50%", "canary 10%, 50%"),
        ('a"b', "a#34;b"),
        ("a\n  b", "a b"),
        ("%%{init}%%", "#37;%#123;init#125;#37;%"),
        ("<b>#;", "#60;b#62;#35;#59;"),
        ("é", "#233;"),
    ],
)
def test_a_label_shows_its_text_literally(text: str, expected: str) -> None:
    assert label_text(text) == expected


def test_text_of_the_spec_is_shown_as_it_is() -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(readme(VARIANTS["nasty"]))
    paragraphs = [token for token in tokens if token.type == "inline"]
    children = paragraphs[1].children
    assert children is not None
    assert "".join(child.content for child in children) == " ".join(NASTY.split())
    assert {child.type for child in children} <= {"text", "text_special"}


def test_every_file_is_listed_with_its_purpose_under_its_folder() -> None:
    for folder in ("", "models/churn"):
        project = load(folder=folder)
        files, _ = generate(project)
        text = files[f"{folder}/{README}" if folder else README].body
        assert isinstance(text, Text)
        heading, listed = "", set()
        for line in text.lines[text.lines.index("## What each file is for") :]:
            if line.startswith("### "):
                heading = line[5:-1]
            elif line.startswith("- "):
                name, _, purpose = line[2:].partition(": ")
                listed.add((heading, name.strip("`"), purpose))
        expected = set()
        for path, file in files.items():
            above, _, name = path.rpartition("/")
            if name != "README.md" and file.purpose:
                seen = above.removeprefix(f"{folder}/" if folder else "") if path.startswith(folder) else f"/{above}"
                expected.add((seen or ".", name, file.purpose))
        assert listed == expected
        assert len(listed) > 5


def test_commands_name_the_spec_and_quote_names() -> None:
    assert "\nmlopsc compile --check\n" in readme({})
    assert "\nmlopsc compile 'my spec.yaml' --check\n" in readme({}, file="my spec.yaml")
    options = "--generate-hashes --python-version 3.11"
    relock = f"\nuv pip compile {options} 'my own.in' 'my ops/pipeline/requirements.in' -o 'my own.txt'\n"
    assert relock in readme({"model.dependencies.lock": "my own.txt", "output": {"dir": "my ops"}})


def test_the_commands_of_the_pipeline_are_named_and_quoted() -> None:
    assert "\npython ops/pipeline run\n" in readme({})
    assert "\npython 'my ops/pipeline' run\n" in readme({"output": {"dir": "my ops"}})


def test_the_steps_are_one_line_and_not_one_for_each_module() -> None:
    lines = [line for line in readme({}).splitlines() if "mlops_steps" in line]
    assert lines == ["### `ops/pipeline/mlops_steps`"]


def test_every_line_knows_its_field() -> None:
    file = rendered(load({"metadata.owner": "@acme/growth"}), README)
    production = ("environments", "production")
    assert line_of(file, "# churn") == (None, ("metadata", "name"))
    assert line_of(file, "Who leaves") == (None, ("metadata", "description"))
    assert line_of(file, "uv pip compile --gen") == (None, ("model", "dependencies"))
    assert line_of(file, "canary 10%") == ("production", ("deployment", "strategy", "canary", "steps"))
    assert line_of(file, "then all of") == ("production", ("deployment", "strategy", "canary", "steps"))
    assert line_of(file, "Comes after") == (None, (*production, "after"))
    assert line_of(file, "A person") == (None, (*production, "promotion"))
    assert line_of(file, "needs approval") == (None, (*production, "protected"))
    assert line_of(file, "env0 -->") == (None, production)
    assert line_of(file, "grype.yaml") == (None, ("deployment", "image", "scan"))


def test_the_builder_can_be_switched_off() -> None:
    assert README not in generate(load({"output": {"builders": {"readme": False}}}))[0]
