"""Templates: what they print, and which spec path each line names."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from mlopsc.parts import At, Ref, Text
from mlopsc.record import Record
from mlopsc.render import template
from mlopsc.units import Quantity


class Image(Record):
    name: str
    tag: str | None = None
    labels: dict[str, str]


def render(source: str, **values: Any) -> Text:
    return template.text(source, values, spec_file="mlops.yaml", at=("root",), env="prod")


def lines(source: str, **values: Any) -> list[str]:
    return list(render(source, **values).lines)


def ref(source: str, **values: Any) -> Ref:
    """Return the origin of the only line."""
    (found,) = render(source, **values).refs
    return found


def test_lines_name_the_origin_of_what_they_print() -> None:
    result = render(
        "# {{ header }}\n\nFROM {{ base }}\n{% for each in packages %}\n  {{ each }} \\\n{% endfor %}\nEND\n",
        base=At("python:3.11", ("model", "dependencies", "python")),
        packages=At([At("a", ("packages", 0), "dev"), "b"], ("packages",)),
    )
    assert list(zip(result.lines, result.refs, strict=True)) == [
        (
            '# Generated from mlops.yaml; do not edit: change mlops.yaml and run "mlopsc compile".',
            ("prod", ("root",)),
        ),
        ("", ("prod", ("root",))),
        ("FROM python:3.11", ("prod", ("model", "dependencies", "python"))),
        ("  a \\", ("dev", ("packages", 0))),
        ("  b \\", ("prod", ("packages",))),
        ("END", ("prod", ("root",))),
    ]


@pytest.mark.parametrize(
    "source", ["{{ a ~ 'x' }}", "{{ [a, 'b'] | join(' ') }}", "{{ a | upper }}", "{{ a | md }}", "{{ a | code }}"]
)
def test_the_origin_survives(source: str) -> None:
    assert ref(source, a=At("v", ("a",))) == ("prod", ("a",))


def test_each_line_of_a_text_names_its_origin() -> None:
    assert render("{{ a }}", a=At("1\n2\n", ("a",))).refs[:2] == (("prod", ("a",)),) * 2


def test_a_line_with_several_values_takes_what_they_share() -> None:
    name, tag = At("n", ("image", "name")), At("t", ("image", "tag"))
    assert ref("{{ n }}:{{ t }} {{ plain }}", n=name, t=tag, plain="x") == ("prod", ("image",))
    assert ref("{{ n }}:{{ x }}", n=name, x=At("x", ("model",))) == ("prod", ())


def test_wrapped_values_behave_like_the_data() -> None:
    values = {
        "no": At(False, ("p",)),
        "empty": At([], ("p",)),
        "nothing": At(None, ("p",)),
        "two": At(2, ("p",)),
        "word": At("word", ("p",)),
        "items": At([At("b"), At("a")], ("p",)),
        "map": At({"k": At("v", ("k",)), "2": "w"}, ("p",)),
    }
    cases = {
        "{% if no or empty or nothing %}wrong{% else %}right{% endif %}": "right",
        "{{ nothing is none }} {{ nothing | default('d', true) }}": "True d",
        "{{ two == 2 }} {{ two != 2 }} {{ two > 1 }} {{ two >= 3 }}": "True False True False",
        "{{ two < two }} {{ two <= 2 }}": "False True",
        "{{ items | length }} {{ items | sort | join(',') }} {{ items[0] }} {{ items | first }}": "2 a,b b b",
        "{{ 'a' in items }} {{ 'c' in items }} {{ 'or' in word }} {{ 'k' in map }}": "True False True True",
        "{{ word == 'word' }} {{ word.startswith('w') }} {{ word in ('word', 'x') }}": "True True True",
        "{% for k, v in map.items() %}{{ k }}={{ v }} {% endfor %}{{ map.k }}{{ map['k'] }}": "k=v 2=w vv",
        "{% for k in map %}{{ map[k] }}{% endfor %} {{ map.values() | join }} {{ map | length }}": "vw vw 2",
        "{{ two | int + 1 }} {{ two | float }}": "3 2.0",
    }
    for source, written in cases.items():
        assert lines(source, **values) == [written], source


def test_records_bring_their_own_path() -> None:
    image = Image(name="n", labels={"a": "b"}, path=("deployment", "image"))
    assert ref("{{ image.name }}", image=image) == ("prod", ("deployment", "image", "name"))
    assert ref("{{ image.labels.a }}", image=image) == ("prod", ("deployment", "image", "labels"))
    assert lines("{{ image.tag is none }}", image=image) == ["True"]
    assert ref("{{ all.image.name }}", all={"image": At(image, (), "dev")}) == ("dev", ("deployment", "image", "name"))


def test_keys_name_the_origin_of_their_value() -> None:
    columns = At({"age": At({"type": "integer"}, ("columns", "age"))}, ("columns",))
    assert ref("{% for name in columns %}{{ name }}{% endfor %}", columns=columns) == ("prod", ("columns", "age"))


def test_tables_name_the_origin_of_their_rows() -> None:
    rows = [[At("x", ("rows", 0)), "日本"], ["y", At("z|", ("rows", 1))]]
    result = render("{{ table(['A', 'B'], rows) }}\n", rows=rows)
    assert result.lines == ("| A   | B    |", "| --- | ---- |", "| x   | 日本 |", r"| y   | z\|  |")
    root = ("prod", ("root",))
    assert result.refs == (root, root, ("prod", ("rows", 0)), ("prod", ("rows", 1)))


def test_units_print_as_written_and_markdown_is_escaped() -> None:
    assert lines("{{ a }} {{ b | md }}\n{{ b | code }}", a=At(Quantity("1Gi"), ("a",)), b="*") == ["1Gi \\*", "`*`"]


def test_white_space_at_line_ends_goes() -> None:
    assert lines("a {{ b }}\n", b="") == ["a"]


def test_what_is_undefined_is_an_error() -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError, match="'nobody' is undefined"):
        lines("{{ nobody }}")
    with pytest.raises(UndefinedError, match="has no attribute 'nobody'"):
        lines("{{ a.nobody }}", a=At({"b": 1}, ("a",)))


@pytest.mark.parametrize(("value", "kind"), [(None, "NoneType"), ([1], "list"), ({}, "dict")])
def test_data_that_would_print_as_python_is_refused(value: object, kind: str) -> None:
    for source in ("{{ a }}", "{{ a | md }}"):
        with pytest.raises(TypeError, match=f"a template prints a {kind}"):
            lines(source, a=At(value, ("a",)))


def test_the_character_of_the_marks_is_refused() -> None:
    for value in ("a\x00b", ["\x00"], {"\x00": 1}, At("\x000\x00", ("a",))):
        with pytest.raises(ValueError, match=r"text with the character U\+0000"):
            lines("{% for each in a %}{{ each }}{% endfor %}", a=value)


def test_jinja_is_imported_only_to_render() -> None:
    script = "import sys, mlopsc.render.template, mlopsc.render.document; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
