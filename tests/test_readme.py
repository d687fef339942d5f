"""What README.md shows is real: excerpts, output of commands, the list of commands, links."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import pytest
import tools
from mlopsc.cli.commands import COMMANDS
from mlopsc.cli.edge import guarded
from mlopsc.compiler import analyze, generate
from mlopsc.inputs import DiskInputs

README = (tools.ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = "examples/penguins"
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *(f"docs/{file.name}" for file in tools.ROOT.glob("docs/*.md")),
]
GAP = "# ..."

_EXCERPT = re.compile(r"`(examples/[^`\n]+)`[^`\n]*:\n\n```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_OUTPUT = re.compile(r"^```text\n\$ mlopsc ([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DIFF = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\| `mlopsc ([a-z-]+)", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def missing(excerpt: str, text: str) -> str | None:
    """Return the first piece of an excerpt that a text does not hold behind the piece before; pieces end at a gap.

    A piece may stand further to the left than in the text.
    """
    rest = f"\n{text}"
    for piece in re.split(rf"^ *{GAP}\n", excerpt, flags=re.MULTILINE):
        shifted = ["\n" + indent(piece, " " * width) for width in range(0, 16, 2)]
        place = next((rest.index(each) + len(each) for each in shifted if each in rest), None)
        if place is None:
            return piece
        rest = f"\n{rest[place:]}"
    return None


def changed(diff: str, text: str) -> str:
    """Apply a diff without positions: each line with a minus occurs once and becomes the line with a plus behind it."""
    lines = diff.splitlines()
    for old, new in zip(lines[::2], lines[1::2], strict=True):
        assert (old[0], new[0]) == ("-", "+")
        assert text.count(f"\n{old[1:]}\n") == 1, old
        text = text.replace(f"\n{old[1:]}\n", f"\n{new[1:]}\n")
    return text


def anchors(text: str) -> Iterator[str]:
    """Yield the anchors that GitHub gives the headings of a page."""
    for heading in _HEADING.findall(re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)):
        slug = re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-")
        yield slug
        yield f"{slug}-1"


def dead(page: str, text: str) -> list[str]:
    """Return the relative links of a page that lead nowhere."""
    found = []
    for link in _LINK.findall(text):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        place = (tools.ROOT / page).parent / file if file else tools.ROOT / page
        other = place.read_text(encoding="utf-8") if anchor and file and place.is_file() else text
        if not place.exists() or (anchor and anchor not in anchors(other)):
            found.append(link)
    return found


@pytest.fixture(scope="module")
def outputs() -> dict[str, str]:
    """The spec and the generated files of the example by path from the root."""
    spec = f"{EXAMPLE}/mlops.yaml"
    compiled = generate(analyze(spec, DiskInputs(str(tools.ROOT))))
    texts = {path: output.rendered.text for path, output in compiled.outputs.items()}
    return {**texts, spec: (tools.ROOT / spec).read_text(encoding="utf-8")}


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, in a repository of its own, as the current folder; the output is a terminal."""
    folder = tmp_path / "penguins"
    shutil.copytree(tools.ROOT / EXAMPLE, folder)
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NO_COLOR", "1")
    return folder


def run(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what a command prints on a terminal, and behind it what it prints as an error."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    guarded(command.split())
    told = capsys.readouterr()
    return told.out + told.err


def test_excerpts_are_in_the_files(outputs: dict[str, str]) -> None:
    excerpts = _EXCERPT.findall(README)
    assert len(excerpts) >= 5
    assert len(excerpts) == len(re.findall(r"^```yaml$", README, re.MULTILINE)), "an excerpt names no file"
    for path, excerpt in excerpts:
        assert path in outputs, path
        piece = missing(excerpt, outputs[path])
        assert piece is None, f"{path} does not hold\n{piece}"


def test_outputs_are_what_the_commands_print(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = dict(_OUTPUT.findall(README))
    assert [command.split()[0] for command in shown] == ["why", "validate"]
    (diff,) = _DIFF.findall(README)
    for command, told in shown.items():
        if command == "validate":
            spec = example / "mlops.yaml"
            spec.write_text(changed(diff, spec.read_text(encoding="utf-8")), encoding="utf-8")
        assert run(command, monkeypatch, capsys).splitlines() == told.splitlines()


def test_every_command_is_listed() -> None:
    assert list(dict.fromkeys(_COMMAND.findall(README))) == list(COMMANDS)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    assert dead(page, (tools.ROOT / page).read_text(encoding="utf-8")) == []


@pytest.mark.tools
def test_pages_are_as_prettier_writes_them() -> None:
    assert tools.prettier_check([tools.ROOT / page for page in PAGES]) == []


def test_what_is_not_there_is_found() -> None:
    text = "a: 1\nb: 2\nc: 3\n"
    assert missing("a: 1\nb: 2\n", text) is None
    assert missing("a: 1\n# ...\nc: 3\n", text) is None
    assert missing("a: 1\nb:\n  - 2\n", "x:\n  a: 1\n  b:\n    - 2\n") is None
    assert missing("a: 1\nb: 2\n", "x:\n  a: 1\nb: 2\n") == "a: 1\nb: 2\n"
    assert missing("c: 3\n# ...\na: 1\n", text) == "a: 1\n"
    assert missing("a: 1\nc: 3\n", text) == "a: 1\nc: 3\n"
    assert missing(": 1\n", text) == ": 1\n"


def test_a_diff_that_does_not_fit_is_found() -> None:
    assert changed("-  b: 2\n+  b: 3\n", "a:\n  b: 2\n  c: 1\n") == "a:\n  b: 3\n  c: 1\n"
    with pytest.raises(AssertionError, match="b: 4"):
        changed("-  b: 4\n+  b: 3\n", "a:\n  b: 2\n")


def test_dead_links_are_found() -> None:
    text = (
        "# A title\n[a](tests/tools.py) [b](#a-title) [c](no.md) [d](#no) [e](README.md#no) [f](https://x.example/y)\n"
    )
    assert dead("README.md", text) == ["no.md", "#no", "README.md#no"]
