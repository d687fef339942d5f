"""The block of .gitattributes, judged by git itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from build_shared.project import generate, line_of, load, rendered
from mlopsc.build import gitattributes
from mlopsc.build.gitattributes import pattern
from mlopsc.parts import File, Text
from mlopsc.project import Project


def part(path: str, **changes: object) -> File:
    return File(file=path, body=Text(lines=(), refs=()), owner="test", purpose="p").replace(**changes)


def attributes(folder: Path, text: str, *paths: str) -> dict[str, dict[str, str]]:
    """Return the attributes that git gives to paths of a repository with this .gitattributes."""
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    (folder / ".gitattributes").write_text(text, encoding="utf-8")
    names = ["linguist-generated", "text", "eol", "merge"]
    command = ["git", "check-attr", "-z", *names, "--", *paths]
    run = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    assert not run.stderr, run.stderr
    words = run.stdout.decode().split("\0")[:-1]
    found: dict[str, dict[str, str]] = {path: {} for path in paths}
    for path, name, value in zip(words[::3], words[1::3], words[2::3], strict=True):
        found[path][name] = value
    return found


def block(project: Project, *files: File) -> str:
    linked = {file.file.removeprefix("/"): file for file in files}
    body = gitattributes.build(project, linked).body
    assert isinstance(body, Text)
    return "".join(line + "\n" for line in body.lines)


@pytest.mark.parametrize("folder", ["", "models/churn", "my models/[a] *b?"])
def test_generated_files_are_marked_and_others_are_not(folder: str, tmp_path: Path) -> None:
    top = f"{folder}/" if folder else ""
    overlay = f"{top}ops/deploy/overlays"
    project = load(folder=folder)
    text = block(
        project,
        part("/.github/workflows/churn-ci.yml"),
        part(f"{overlay}/staging/kustomization.yaml"),
        part(f"{overlay}/production/kustomization.yaml"),
        part(f"{top}ops/deploy/base/service.yaml"),
        part(f"{top}ops/deploy/argocd/staging.yaml"),
        part(f"{top}ops/deploy/argocd/production.yaml"),
        part(f"{top}ops/monitoring/production/alerts.yml"),
        part(f"{top}ops/monitoring/production/alerts_test.yml"),
    )
    generated = [
        f"{top}ops/README.md",
        f"{overlay}/staging/kustomization.yaml",
        f"{top}ops/deploy/argocd/staging.yaml",
        f"{top}ops/monitoring/production/alerts_test.yml",
        f"{top}mlops.lock",
        ".github/workflows/churn-ci.yml",
    ]
    shown = [
        f"{top}ops/deploy/base/service.yaml",
        f"{overlay}/production/released/a.yaml",
        f"{top}ops/deploy/argocd/production.yaml",
        f"{top}ops/monitoring/production/alerts.yml",
    ]
    written = [f"{top}mlops.yaml", f"{top}src/a.py", ".github/workflows/own.yml", "other/ops/a.yaml", "CODEOWNERS"]
    if folder:
        written += ["ops/README.md", "mlops.lock"]
    found = attributes(tmp_path, text, *generated, *shown, *written)
    on = {"linguist-generated": "true", "text": "set", "eol": "lf", "merge": "unspecified"}
    assert [found[path] for path in generated] == [on] * len(generated)
    assert [found[path] for path in shown] == [{**on, "linguist-generated": "false"}] * len(shown)
    off = dict.fromkeys(on, "unspecified")
    assert [found[path] for path in written] == [off] * len(written)


def test_the_end_of_the_chain_is_production_when_nothing_is_protected() -> None:
    overlays = [part(f"ops/deploy/overlays/{name}/a.yaml") for name in ("staging", "production")]
    project = load({"environments.production.protected": False})
    text = block(project, *overlays)
    assert "/ops/deploy/overlays/production/** linguist-generated=false" in text
    assert "overlays/staging" not in text
    assert "deploy" not in block(project), "no line for files that are not there"
    assert "/ops/deploy/flux/production.yaml linguist" in block(project, part("ops/deploy/flux/production.yaml"))


def test_what_was_taken_over_is_not_marked() -> None:
    project = load(
        {"eject": ["ops/docker/serve.Dockerfile", "../.github/workflows/churn-ci.yml", "../../x"]}, folder="m"
    )
    text = block(project, part("/.github/workflows/churn-ci.yml"), part("m/ops/docker/serve.Dockerfile"))
    assert "/m/ops/docker/serve.Dockerfile linguist-generated=false\n" in text
    assert ".github" not in text


def test_the_block_is_part_of_a_file_at_the_root_and_can_be_switched_off() -> None:
    project = load(folder="models/churn")
    files, _ = generate(project)
    assert files[".gitattributes"].kind == "block"
    file = rendered(project, ".gitattributes")
    assert line_of(file, "/models/churn/ops/**") == (None, ("output", "dir"))
    switched = load({"output": {"builders": {"gitattributes": False}}})
    assert ".gitattributes" not in generate(switched)[0]


@pytest.mark.parametrize(
    "path", ["a b", 'a"b', "a\\b", "[a]", "*", "?", "#a", "!a", "é/ü", 'a "[b]" \\*', "a\tb", " a ", "a#b", "**"]
)
def test_a_pattern_matches_its_path_and_nothing_else(path: str, tmp_path: Path) -> None:
    text = f"{pattern(path)} linguist-generated=true\n"
    found = attributes(tmp_path, text, path, "x", f"x/{path}")
    assert [item["linguist-generated"] for item in found.values()] == ["true", "unspecified", "unspecified"]


@pytest.mark.parametrize("path", ["a\nb", "a\rb", "a\u2028b"])
def test_a_hidden_character_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="hidden character"):
        pattern(path)
