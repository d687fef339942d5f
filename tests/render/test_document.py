"""Files of each kind, and the same bytes in every process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from mlopsc.parts import At, File, Json, Lines, Static, Text, Yaml
from mlopsc.render.document import render
from mlopsc.render.header import header

Body = Yaml | Json | Text | Static


def file(body: Body) -> File:
    return File(file="a", body=body, owner="test", purpose="a test", at=("root",), env="prod")


def no_reader(package: str, resource: str) -> str:
    raise AssertionError(f"{package}/{resource} is read")


ROOT = ("prod", ("root",))
COMMENT = '# Generated from churn/mlops.yaml; do not edit: change churn/mlops.yaml and run "mlopsc compile".\n'


@pytest.mark.parametrize(
    ("body", "text", "refs"),
    [
        (Yaml(documents=({"a": At(1, ("a",))}, 2)), COMMENT + "a: 1\n---\n2\n", (ROOT, ("prod", ("a",)), ROOT, ROOT)),
        (Yaml(documents=(1,), header=False), "1\n", (ROOT,)),
        (Json(document=[At(1, ("a",))]), "[1]\n", (("prod", ("a",)),)),
        (Text(lines=("a", "b"), refs=((None, ("a",)), ROOT)), "a\nb\n", ((None, ("a",)), ROOT)),
    ],
)
def test_each_kind(body: Body, text: str, refs: tuple[object, ...]) -> None:
    rendered = render(file(body), spec_file="churn/mlops.yaml", static_reader=no_reader)
    assert rendered.text == text
    assert rendered.refs == refs


@pytest.mark.parametrize(("content", "count"), [("a\nb\n", 2), ("a\nb", 2), ("", 0), ("\n", 1)])
def test_static_files_are_copied(content: str, count: int) -> None:
    def reader(package: str, resource: str) -> str:
        assert (package, resource) == ("some.package", "file.py")
        return content

    body = Static(package="some.package", resource="file.py")
    rendered = render(file(body), spec_file="mlops.yaml", static_reader=reader)
    assert rendered.text == content
    assert rendered.refs == (ROOT,) * count


def test_what_was_not_linked_is_refused() -> None:
    unlinked = file(Json(document={})).replace(body=Lines(slot="packages"))
    with pytest.raises(TypeError, match="a: Lines was not linked"):
        render(unlinked, spec_file="mlops.yaml", static_reader=no_reader)


def test_the_header_stays_on_one_line() -> None:
    assert "\n" not in header("a\nb\u202e.yaml")


SCRIPT = """
from mlopsc.parts import At
from mlopsc.render import json, markdown, template, yaml
data = {word: [word, 0.1, {"x": At(word, (word,))}] for word in ("on", "1e5", "\\u00e9", "\\u65e5: x", "a\\nb")}
text = yaml.emit([data]).text + json.emit(data).text + "\\n".join(markdown.table(["\\u65e5"], [["x"]]))
lines = template.text("{% for a, b in data.items() %}{{ a | md }}\\n{% endfor %}", {"data": data}, spec_file="s").lines
import sys
sys.stdout.buffer.write((text + "\\n".join(lines)).encode())
"""


def test_the_same_bytes_under_any_hash_seed_and_locale() -> None:
    outputs = set()
    for seed, locale in (("0", "C"), ("1", "C.UTF-8"), ("2", "tr_TR.UTF-8")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "LANG": locale}
        outputs.add(
            subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=True).stdout
        )
    assert len(outputs) == 1
    assert "日: x".encode() in outputs.pop()
