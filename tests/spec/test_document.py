"""docs/spec.md is what the published schema becomes, names every field once, and has no dead link."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from mlopsc.spec import SECTIONS, document
from mlopsc.spec.reserved import RESERVED

SCHEMA: dict[str, Any] = json.loads((document.ROOT / document.SCHEMA).read_text(encoding="utf-8"))
PAGE = document.document(SCHEMA)
HEADINGS = re.findall(r"^##+ `([^`]+)`$", PAGE, re.MULTILINE)


def small(**fields: Any) -> dict[str, Any]:
    """Return a schema whose section ``metadata`` has these fields."""
    sections = {name: {"type": "string", "description": "d"} for name in SECTIONS}
    body = {"description": "The body.", "properties": fields, "required": ["needed"]}
    return {
        "properties": {**sections, "metadata": {"$ref": "#/$defs/Body"}},
        "required": ["apiVersion"],
        "$defs": {"Body": body, "SecretRef": {"description": "s", "properties": {"secret": {"type": "string"}}}},
    }


def line(page: str, field: str) -> str:
    (found,) = [text for text in page.splitlines() if text.startswith(f"- `{field}` ")]
    return found


def test_the_page_is_up_to_date() -> None:
    assert (document.ROOT / document.PAGE).read_bytes() == PAGE.encode()


def test_every_section_and_reserved_word_has_its_place() -> None:
    assert [name for name in HEADINGS if name in SECTIONS] == list(SECTIONS)
    assert len(HEADINGS) == len(set(HEADINGS))
    for word in RESERVED:
        assert f"\n- `{word}`: " in PAGE


def test_every_field_is_described_once() -> None:
    definitions = {name: node for name, node in SCHEMA["$defs"].items() if not name.endswith("Overlay")}
    del definitions["SecretRef"]
    fields = sum(len(node["properties"]) for node in definitions.values())
    assert len(re.findall(r"^- `[A-Za-z0-9_]+` \(", PAGE, re.MULTILINE)) == fields


def test_every_link_leads_to_a_heading() -> None:
    anchors: dict[str, int] = {}
    known = set()
    for heading in re.findall(r"^##+ (.+)$", PAGE, re.MULTILINE):
        slug = re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-")
        known.add(f"{slug}-{anchors[slug]}" if slug in anchors else slug)
        anchors[slug] = anchors.get(slug, 0) + 1
    links = set(re.findall(r"\]\(#([^)]+)\)", PAGE))
    assert links
    assert links <= known


@pytest.mark.parametrize(
    ("node", "told"),
    [
        ({"type": "integer", "minimum": 0}, "- `x` (a whole number, at least 0): What."),
        ({"type": "string", "examples": ["a b", "1.5", "c"]}, '- `x` (text): What. For example `a b` or `"1.5"`.'),
        (
            {"type": "string", "patternErrorMessage": "Expected a date as YYYY-MM-DD."},
            "- `x` (date): What.",
        ),
        ({"type": "array", "items": {"type": ["boolean", "number", "string"]}}, "- `x` (list of any scalar): What."),
        ({"type": "object"}, "- `x` (map of any value): What."),
        ({"anyOf": [{"enum": ["a", "b"]}, {"pattern": "x"}]}, "- `x` (`a` or `b`): What."),
        ({"$ref": "#/$defs/SecretRef"}, "- `x` (`{secret: NAME}`): What."),
    ],
)
def test_a_field(node: dict[str, Any], told: str) -> None:
    page = document.document(small(x={"description": "What.", **node}))
    assert line(page, "x") == told


def test_what_is_required_says_so() -> None:
    page = document.document(small(needed={"type": "string", "description": "What."}))
    assert line(page, "needed") == "- `needed` (text, required): What."


def test_a_stale_page_is_reported_and_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (document.SCHEMA, document.PAGE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / document.SCHEMA).write_text(json.dumps(SCHEMA), encoding="utf-8")
    page = tmp_path / document.PAGE
    page.write_text("old\n", encoding="utf-8")
    monkeypatch.setattr(document, "ROOT", tmp_path)
    assert document.main(["--check"]) == 1
    assert "docs/spec.md is not up to date" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8") == "old\n"
    assert document.main([]) == 0
    assert page.read_bytes() == PAGE.encode()
    assert document.main(["--check"]) == 0
    assert document.main(["--chek"]) == 2
