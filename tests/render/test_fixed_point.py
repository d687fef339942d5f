"""Generated text is a fixed point of prettier: a formatter in a user's repository leaves it alone.

Many files, one run: starting node is slow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mlopsc.render import json, markdown, yaml
from render.strategies import NASTY, located, readable, trees
from tools import prettier_check, yamllint

pytestmark = pytest.mark.tools


def several(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Return the same examples of a strategy in every run."""
    found: list[Any] = []

    @settings(max_examples=count, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


def write(folder: Path, suffix: str, texts: list[str]) -> list[Path]:
    paths = [folder / f"{number}.{suffix}" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_bytes(text.encode())
    return paths


def changed(paths: list[Path]) -> list[str]:
    """Return the content of the files that prettier would change."""
    return [
        f"{finding}:\n{Path(finding).read_text() if Path(finding).is_file() else ''}"
        for finding in prettier_check(paths)
    ]


def yaml_texts() -> list[str]:
    documents = several(st.lists(trees, min_size=1, max_size=3), 100)
    texts = [yaml.emit(each, comment="generated").text for each in documents]
    texts += [yaml.emit([located(tree) for tree in each]).text for each in documents]
    texts += [yaml.emit([{word: word, "b": [word, [word], {"c": word}, word]}, word]).text for word in NASTY]
    values: tuple[Any, ...] = ({}, [], "a\nb", "a\nb\n", "x y")
    for length in range(70, 82):
        texts += [yaml.emit([{"k" * length: value, "b": [{"k" * length: value}]}]).text for value in values]
    return texts


def test_yaml(tmp_path: Path) -> None:
    assert changed(write(tmp_path, "yaml", yaml_texts())) == []


def test_yaml_passes_the_linter(tmp_path: Path) -> None:
    document: dict[str, Any] = {word: [word, {"a": word}] for word in NASTY if len(word) > 1 and "\n\n" not in word}
    document |= {"floats": [1e-07, 1e16, 0.5], "on": {"push": None}, "nested": [[1, [2]], [], {}]}
    text = yaml.emit([document, located(document)], comment="generated").text
    assert yamllint(write(tmp_path, "yaml", [text])) == []
    assert yamllint(write(tmp_path, "yaml", ["on: 'yes'\na:   1e5\n"])) != []


def test_json(tmp_path: Path) -> None:
    found = several(trees, 60)
    arrays = several(
        st.lists(st.integers() | st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30), 100
    )
    arrays += several(st.lists(st.text("ab 日é", max_size=12), min_size=1, max_size=10), 60)
    arrays += several(st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=12), 100)
    texts = [json.emit(value).text for value in [*found, *arrays, *({"key": [each, {"a": each}]} for each in arrays)]]
    assert changed(write(tmp_path, "json", texts)) == []


def test_markdown(tmp_path: Path) -> None:
    words = [*several(readable, 100), *NASTY]
    texts = [
        f"# Title {markdown.escape(word)}\n\n- item {markdown.escape(word)} {markdown.code(word)}\n"
        for word in words
        if markdown.escape(word)
    ]
    cells = st.text("ab |`\\_*<-日é✅❤", max_size=8)
    for rows in several(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=4), 60):
        made = [[markdown.escape(first), markdown.code(second)] for first, second in rows]
        texts.append("\n".join(markdown.table(["A", "Wide header"], made)) + "\n")
    assert changed(write(tmp_path, "md", texts)) == []


@pytest.mark.parametrize(
    "text", ["👩\u200d👩\u200d👧 👍🏽 🇩🇪", "❤\ufe0f ❤ ✅ ©", "e\u0301 日本 ﬁ \uff46", "1\ufe0f\u20e3 ☁\ufe0f"]
)
def test_columns_are_counted_alike(text: str, tmp_path: Path) -> None:
    lines = markdown.table(["A"], [[text], ["x" * 40]])
    assert changed(write(tmp_path, "md", ["\n".join(lines) + "\n"])) == []


def test_prettier_bites(tmp_path: Path) -> None:
    bad = [
        *write(tmp_path, "yaml", ["a:   1\n"]),
        *write(tmp_path, "json", ["[1,2]\n"]),
        *write(tmp_path, "md", ["* a\n"]),
    ]
    assert len(changed(bad)) == 3
