"""Nothing dropped, map correct: change every leaf of a spec, and see where the output changes.

Either an output changes, and the source map of every changed line names the leaf or its parent, or a finding says that
the field is not supported. Lines derived from digests are outside; fields that a later capability consumes are listed
in exceptions.yaml.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import pytest
import yaml
from mlopsc import __version__
from mlopsc.codes import catalogue
from mlopsc.compiler import analyze, generate, stops
from mlopsc.diagnostics import Diagnostic, dotted
from mlopsc.inputs import MemoryInputs
from mlopsc.parts import Output, Rendered
from mlopsc.record import Path
from mlopsc.source import Scalar
from mlopsc.spec._core import SECTIONS
from oracle.mutate import OPTIONS, leaves, others, splice

HERE = File(__file__).parent
EXCEPTIONS = yaml.safe_load((HERE / "exceptions.yaml").read_text(encoding="utf-8"))
HEAD = (HERE / "specs" / "head.yaml").read_text(encoding="utf-8")
SPECS = sorted(file.stem for file in (HERE / "specs").glob("*.yaml") if file.stem != "head")
OVERLAYS = ("deployment", "monitoring", "tests", "execution")
CODE = b"def train(data, params, seed): ...\n"
PINS = f"""\
apiVersion: mlopsc/v1
mlopsc:
  version: "{__version__}"
  python: "3.11"
  requirements: {{mlopsc: {{version: "{__version__}", hashes: ["sha256:{"0" * 64}"]}}}}
"""
FILES = {
    "mlops.pins.yaml": PINS.encode(),
    **dict.fromkeys(("data.csv", "other.csv", "leads.csv", "data.csv.dvc", "other.csv.dvc"), b"x,id,y\n"),
    **dict.fromkeys(("tests/request.json", "tests/expected.json", "tests/other.json"), b"{}\n"),
    **dict.fromkeys(("src/m/model.py", "lib/m/model.py"), CODE),
}


def spec(name: str) -> str:
    """Return a spec of its own, or what a file adds to ``head.yaml``."""
    text = (HERE / "specs" / f"{name}.yaml").read_text(encoding="utf-8")
    return text if "\napiVersion:" in text else HEAD + text


def run(text: str) -> tuple[dict[str, Output], tuple[Diagnostic, ...]]:
    analysis = analyze("mlops.yaml", MemoryInputs({**FILES, "mlops.yaml": text.encode()}))
    if stops(analysis.diagnostics):
        return {}, analysis.diagnostics
    compiled = generate(analysis)
    return dict(compiled.outputs), compiled.diagnostics


def matches(path: Path, table: dict[str, Any]) -> str | None:
    for pattern in table:
        parts = pattern.split(".")
        if len(parts) <= len(path) and all(
            want in ("*", str(key)) for want, key in zip(parts, path[: len(parts)], strict=True)
        ):
            return pattern
    return None


def is_fixed(name: str, path: Path) -> bool:
    """Say whether a leaf of a spec is listed as one without another valid value."""
    for entry in EXCEPTIONS["fixed"]:
        where, _, pattern = entry.partition(" ")
        if where in ("*", name) and matches(path, {pattern: ""}) and len(pattern.split(".")) == len(path):
            return True
    return False


def expected(path: Path) -> tuple[str | None, Path]:
    """Return the environment and path that the source map should name."""
    if len(path) > 3 and path[0] == "environments" and path[2] in OVERLAYS:
        return str(path[1]), path[2:]
    return None, path


def changed_lines(old: Output | None, new: Output) -> Iterator[tuple[Output, int]]:
    """Yield every line that one of the two texts has and the other has not, with the output that has it."""
    before = _lines(old) if old else []
    after = _lines(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, old_start, old_end, start, end in matcher.get_opcodes():
        if tag != "equal":
            yield from ((new, index) for index in range(start, end))
            if old is not None and tag == "delete":
                yield from ((old, index) for index in range(old_start, old_end))


def _lines(output: Output) -> list[str]:
    """Return the lines; a comma at the end of one in JSON belongs to what comes after it."""
    lines = output.rendered.text.splitlines()
    return [line.rstrip(",") for line in lines] if output.file.endswith(".json") else lines


def names(ref: tuple[str | None, Path], env: str | None, path: Path) -> bool:
    """Say whether a ref names the leaf or its parent; an environment only where the leaf belongs to one."""
    at_env, at = ref
    if env is not None and at_env != env:
        return False
    if path[0] == "patches" and path[2] in ("file", "object"):
        return at[:2] == path[:2]  # the whole patch goes elsewhere
    return at in (path, path[:-1])


def judge(
    leaf: Path,
    base: dict[str, Output],
    outputs: dict[str, Output],
    diagnostics: tuple[Diagnostic, ...],
    unpatched: dict[str, Output],
) -> str | None:
    """Return what is wrong with a change of one leaf; None when it is as it should be."""
    env, path = expected(leaf)
    # a finding about the field, or about the section that it belongs to
    told = [
        item
        for item in diagnostics
        if item.code.startswith(("CAP", "K8S"))
        and item.at
        and len(item.at[0]) > 1
        and path[: len(item.at[0])] == item.at[0]
    ]
    if not outputs:
        return None if told else f"refused: {[(d.code, dict(d.facts)) for d in diagnostics]}"
    moved = leaf == ("output", "dir")
    listed = {name.rpartition("/")[2] for name in base.keys() ^ outputs.keys()}
    differs = False
    for name, output in outputs.items():
        before = base.get(name) or (base.get(name.replace("opsx/", "ops/", 1)) if moved else None)
        if before is not None and before.rendered.text == output.rendered.text:
            continue
        differs = True
        if before is None:
            continue  # a file that appears is one change; its lines come from all over the spec
        if matches(path, EXCEPTIONS["switches"]):
            continue
        for text, index in changed_lines(before, output):
            line = text.rendered.text.splitlines()[index]
            if text is before and leaf[0] == "patches":
                continue  # what a patch removes belongs to other fields
            if text is before and (not line.strip() or line.lstrip().startswith("#")):
                continue  # a blank line or a comment that goes with what it stood for
            if output.owner == "readme" and any(f"`{file}`" in line for file in listed):
                continue  # the table of contents names a file that appeared, or a neighbour of one
            if leaf[0] == "patches" and line in unpatched[name].rendered.text.splitlines():
                continue  # a patch that goes elsewhere gives the line back
            refs = (text.rendered.refs[index], *text.rendered.also.get(index, ()))
            if not any(names(ref, env, path) for ref in refs):
                return f"{name}:{index + 1}: {line!r} is mapped to {refs[0]}, not {dotted(path)}"
    if differs or base.keys() != outputs.keys():
        return None
    if told:
        return None
    return "nothing changes and nothing says so"


def candidates(path: Path, node: Scalar, secrets: list[str]) -> list[str]:
    pattern = matches(path, EXCEPTIONS["values"])
    if pattern is not None and len(pattern.split(".")) == len(path):
        return [f'"{value}"' for value in EXCEPTIONS["values"][pattern] if value != node.text]
    if path[-1] == "secret":
        return secrets
    return list(others(path, node))


@pytest.mark.parametrize("name", SPECS)
def test_every_leaf_reaches_the_output_and_the_map_is_right(name: str) -> None:
    text = spec(name)
    base, diagnostics = run(text)
    codes = catalogue()
    assert base, [(item.code, item.facts) for item in diagnostics if codes[item.code].severity == "error"]
    failures = []
    judged = 0
    unpatched, _ = run(text.partition("\npatches:")[0])
    secrets = sorted({str(path[1]) for path, _ in leaves(text) if path[0] == "secrets"})
    for path, node in leaves(text):
        _, inner = expected(path)
        if matches(path, EXCEPTIONS["prefixes"]) or matches(inner, EXCEPTIONS["fields"]):
            continue
        if is_fixed(name, path):
            continue
        judged += 1
        verdicts = []
        for value in candidates(inner, node, secrets):
            if value.strip('"') == node.text:
                continue
            outputs, found = run(splice(text, node, value))
            verdict = judge(path, base, outputs, found, unpatched)
            verdicts.append(f"{value}: {verdict}")
            if verdict is None:
                break
            if outputs:
                break  # an accepted value decides; a refused one is no other valid value
        else:
            failures.append(f"{dotted(path)}: {verdicts}")
            continue
        if verdict is not None:
            failures.append(f"{dotted(path)}: {verdicts[-1]}")
    assert judged > 0
    assert not failures, "\n" + "\n".join(failures)


@pytest.mark.parametrize("name", SPECS)
def test_what_reaches_the_output_of_other_sections_is_mapped_right(name: str) -> None:
    text = spec(name)
    base, _ = run(text)
    unpatched, _ = run(text.partition("\npatches:")[0])
    secrets = sorted({str(path[1]) for path, _ in leaves(text) if path[0] == "secrets"})
    failures = []
    for path, node in leaves(text):
        section = matches(path, EXCEPTIONS["prefixes"])
        if section is None or section in ("apiVersion", "target", "stack", "include", "variables"):
            continue
        for value in candidates(path, node, secrets):
            outputs, found = run(splice(text, node, value))
            if not outputs:
                continue
            verdict = judge(path, base, outputs, found, unpatched)
            if verdict is not None and not verdict.startswith("nothing changes"):
                failures.append(f"{dotted(path)}: {value}: {verdict}")
            break
    assert not failures, "\n" + "\n".join(failures)


COVERED = (
    "metadata",
    "data",
    "model",
    "execution",
    "tests",
    "deployment",
    "environments",
    "output",
    "patches",
    "eject",
)


def fields(node: dict[str, Any], path: Path) -> list[Path]:
    """Return the paths of all scalars below a schema, ``*`` standing for keys of maps and positions of lists."""
    node = node["schema"] if node["type"] == "default" else node
    if node["type"] == "typed-dict":
        return [item for key, field in node["fields"].items() for item in fields(field["schema"], (*path, key))]
    if node["type"] in ("list", "dict"):
        return fields(node["items_schema" if node["type"] == "list" else "values_schema"], (*path, "*"))
    return [path]


def test_every_field_of_the_covered_sections_stands_in_some_spec() -> None:
    written = {path for name in SPECS for path, _ in leaves(spec(name))}
    wanted = [path for section in COVERED for path in fields(SECTIONS[section], (section,))]
    wanted += fields(OPTIONS, ("deployment", "kubernetes"))
    missing = [
        dotted(path)
        for path in wanted
        if not (path[:1] == ("environments",) and path[2] in (*OVERLAYS, "variables"))
        and not any(
            len(leaf) >= len(path)
            and all(want in ("*", key) for want, key in zip(path, leaf[: len(path)], strict=True))
            for leaf in written
        )
    ]
    assert missing == []


@pytest.mark.parametrize("field", EXCEPTIONS["fields"])
def test_a_listed_field_that_reaches_the_output_must_leave_the_list(field: str) -> None:
    tried = 0
    for name in SPECS:
        text = spec(name)
        base, _ = run(text)
        secrets = sorted({str(path[1]) for path, _ in leaves(text) if path[0] == "secrets"})
        for path, node in leaves(text):
            if not matches(path, {field: ""}):
                continue
            for value in candidates(path, node, secrets):
                outputs, _ = run(splice(text, node, value))
                if outputs:
                    tried += 1
                    changed = {key for key in outputs if key not in base or outputs[key] != base[key]}
                    assert not changed, f"{dotted(path)} changes {sorted(changed)}"
                    break
    assert tried or field.endswith(("credentials", "push")), "no spec has the field"


def output(*lines: tuple[str, Path]) -> dict[str, Output]:
    text = "".join(f"{line}\n" for line, _ in lines)
    rendered = Rendered(text=text, refs=tuple((None, path) for _, path in lines))
    made = Output(file="a", rendered=rendered, kind="managed", executable=False, owner="t", purpose="p")
    return {"a": made}


def test_the_oracle_bites() -> None:
    leaf: Path = ("deployment", "serving", "replicas", "min")
    base = output(("min: 1", leaf), ("other: 1", ()))
    right = output(("min: 2", leaf), ("other: 1", ()))
    parent = output(("min: 2", leaf[:-1]), ("other: 1", ()))
    wrong = output(("min: 2", ("metadata", "name")), ("other: 1", ()))
    beside = output(("min: 2", leaf), ("other: 2", ()))
    assert judge(leaf, base, right, (), {}) is None
    assert judge(leaf, base, parent, (), {}) is None
    assert "is mapped to" in str(judge(leaf, base, wrong, (), {}))
    assert "is mapped to" in str(judge(leaf, base, beside, (), {}))
    assert judge(leaf, base, base, (), {}) == "nothing changes and nothing says so"
    told = (Diagnostic(code="CAP-502", at=(leaf,)),)
    assert judge(leaf, base, base, told, {}) is None
    assert "refused" in str(judge(leaf, base, {}, (Diagnostic(code="CHK-470", at=(leaf,)),), {}))
    elsewhere = (
        Diagnostic(code="K8S-101", at=(("metadata", "name"),)),
        Diagnostic(code="CAP-502", at=(("deployment",),)),
    )
    assert "refused" in str(judge(leaf, base, {}, elsewhere, {}))
    assert judge(leaf, base, base, elsewhere, {}) is not None
    longer = output(("min: 1", leaf), ("other: 1", ()), ("last: 1", ()))
    assert "last" in str(judge(leaf, longer, right, (), {}))
    overlaid = ("environments", "staging", *leaf)
    assert "is mapped to" in str(judge(overlaid, base, right, (), {}))
