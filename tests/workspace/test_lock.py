from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlopsc.inputs import digest as input_digest
from mlopsc.workspace.digest import digest
from mlopsc.workspace.lock import Entry, Lock, beside, inside, parse, quote, render, unquote

A, B, C = ("sha256:" + letter * 64 for letter in "abc")
NAMES = st.text(st.characters(exclude_characters="\0"), min_size=1)
LOCK = Lock(
    compiler="0.1.0",
    spec="ml/mlops.yaml",
    inputs={"ml/mlops.yaml": A, "ml/mlops.pins.yaml": "absent", "data/train.csv": "present"},
    outputs={
        "ml/ops/run.sh": Entry(digests=(B,), kind="managed", executable=True),
        ".gitattributes": Entry(digests=(C,), kind="block"),
        "ml/ops/seed.json": Entry(digests=(A,), kind="seed"),
    },
)
TEXT = f"""\
# Written by mlopsc compile, which also resolves conflicts in here. Do not edit.
format 1
compiler 0.1.0
spec ml/mlops.yaml
root ..
input present data/train.csv
input absent ml/mlops.pins.yaml
input {A} ml/mlops.yaml
output {C} block 644 .gitattributes
output {B} managed 755 ml/ops/run.sh
output {A} seed 644 ml/ops/seed.json
"""


def kind_and_facts(text: str | bytes) -> list[tuple[str, dict[str, str]]]:
    found = parse(text if isinstance(text, bytes) else text.encode())
    return [(problem.kind, dict(problem.facts)) for problem in found.problems]


def test_the_text_is_sorted_by_path() -> None:
    assert render(LOCK) == TEXT


def test_parse_reads_what_render_writes() -> None:
    assert parse(TEXT.encode()) == LOCK
    assert parse(TEXT.replace("\n", "\r\n").encode()) == LOCK


@given(NAMES)
def test_any_path_survives_and_stays_on_one_line(path: str) -> None:
    quoted = quote(path)
    assert unquote(quoted) == path
    assert len(quoted.splitlines()) == 1
    assert quoted == quoted.strip(" \t\r\n")
    quoted.encode("utf-8")


@given(st.dictionaries(NAMES.filter(inside), st.sampled_from([A, B, "absent"])), st.sets(NAMES.filter(inside)))
def test_any_lock_survives(inputs: dict[str, str], files: set[str]) -> None:
    outputs = {file: Entry(digests=(C,), kind="managed", executable=len(file) % 2 == 0) for file in files}
    lock = LOCK.replace(inputs=inputs, outputs=outputs)
    assert parse(render(lock).encode()) == lock


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        ('a b/c\'s "d".yaml', 'a b/c\'s "d".yaml'),
        ("größe/模型.yaml", "größe/模型.yaml"),
        ("two\nlines", "two\\u000alines"),
        (" outer ", "\\u0020outer\\u0020"),
        ("back\\slash", "back\\u005cslash"),
        ("not utf-8: \udcff", "not utf-8: \\udcff"),
    ],
)
def test_quoting(path: str, quoted: str) -> None:
    assert quote(path) == quoted
    assert unquote(quoted) == path


@pytest.mark.parametrize("text", ["\\", "a\\n", "\\u12", "\\u00e", "\\U0041", "\\u00G0", "\\u+123"])
def test_an_escape_that_is_never_written_is_refused(text: str) -> None:
    assert unquote(text) is None


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/", ".git/config", "a/.GIT/x", "..\\x", "C:x", "\0"],
)
def test_paths_that_lead_out_are_not_inside(path: str) -> None:
    assert not inside(path)


@pytest.mark.parametrize("path", ["a", "a/b.yaml", ".github/workflows/x.yml", ".gitattributes", "..a/b..", "a b"])
def test_paths_that_are_inside(path: str) -> None:
    assert inside(path)


@given(st.binary())
def test_parsing_never_fails(data: bytes) -> None:
    assert parse(data).problems


@given(st.integers(0, len(TEXT) - 1), st.characters(exclude_categories=["Cs"]))
def test_parsing_never_fails_on_a_damaged_lock(position: int, char: str) -> None:
    found = parse((TEXT[:position] + char + TEXT[position + 1 :]).encode())
    assert all(inside(file) for file in found.outputs)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (f"output {B} managed", "output sha256:12 managed", "10"),
        (f"output {B} managed", f"output {B.upper()} managed", "10"),
        ("managed 755", "managed 777", "10"),
        ("managed 755", "mine 755", "10"),
        ("755 ml/ops/run.sh", "755 ../ops/run.sh", "10"),
        ("755 ml/ops/run.sh", "755 .git/hooks/pre-commit", "10"),
        ("755 ml/ops/run.sh", "755", "10"),
        ("755 ml/ops/run.sh", "755 \\x", "10"),
        ("input present", "input there", "6"),
        ("input absent ml/mlops.pins.yaml", "input absent", "7"),
        ("input absent ml/mlops.pins.yaml", "input absent data/train.csv", "7"),
        ("ml/ops/seed.json", "ml/ops/run.sh", "11"),  # twice in one lock
        ("compiler 0.1.0\n", "compiler 0.1.0\ncompiler 0.1.0\n", "4"),
        ("format 1\n", "format 1\nhello\n", "3"),
    ],
)
def test_a_line_that_makes_no_sense_is_one_problem_with_its_number(old: str, new: str, line: str) -> None:
    assert old in TEXT
    assert kind_and_facts(TEXT.replace(old, new)) == [("lock-malformed", {"line": line, "count": "1"})]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("compiler 0.1.0\n", ""),
        ("format 1\n", ""),
        ("spec ml/mlops.yaml\n", ""),
        ("spec ml/mlops.yaml\n", "spec ../mlops.yaml\n"),
        ("root ..\n", "root ../..\n"),
        ("root ..\n", ""),
    ],
)
def test_a_head_that_is_not_complete_or_contradicts_itself(old: str, new: str) -> None:
    assert old in TEXT
    assert kind_and_facts(TEXT.replace(old, new)) == [("lock-incomplete", {})]


def test_the_lines_that_do_make_sense_are_kept() -> None:
    found = parse(TEXT.replace("managed 755", "managed 777").encode())
    assert set(found.outputs) == {".gitattributes", "ml/ops/seed.json"}
    assert found.inputs == LOCK.inputs


def test_bytes_that_are_no_text() -> None:
    assert kind_and_facts(TEXT.encode().replace(b"run.sh", b"run\xff.sh")) == [
        ("lock-malformed", {"line": "10", "count": "1"})
    ]


def test_an_unknown_format_says_nothing_about_files() -> None:
    text = TEXT.replace("format 1", "format 2")
    assert kind_and_facts(text) == [("lock-format", {"found": "2", "known": "1"})]
    assert not parse(text.encode()).outputs


@pytest.mark.parametrize("base", ["", f"||||||| 1234567\noutput {C} managed 755 ml/ops/run.sh\n"])
def test_both_sides_of_a_conflict_are_kept_and_their_ancestor_is_not(base: str) -> None:
    line = f"output {B} managed 755 ml/ops/run.sh\n"
    other = f"output {A} managed 755 ml/ops/run.sh\noutput {A} managed 644 ml/ops/new.yaml\n"
    found = parse(TEXT.replace(line, f"<<<<<<< HEAD\n{line}{base}=======\n{other}>>>>>>> topic\n").encode())
    assert [problem.kind for problem in found.problems] == ["lock-conflict"]
    assert found.outputs["ml/ops/run.sh"].digests == (B, A)
    assert found.outputs["ml/ops/new.yaml"].digests == (A,)
    assert found.outputs[".gitattributes"].digests == (C,)


def test_a_checkout_with_other_line_ends_has_the_same_digest() -> None:
    assert digest(b"a\r\nb\r\n") == digest(b"a\nb\n")
    assert digest(b"a\rb") != digest(b"a\nb")
    assert digest(b"\xff\0\r\n") == digest(b"\xff\0\n")


@given(st.binary())
def test_digests_agree_with_those_of_inputs(data: bytes) -> None:
    assert digest(data) == input_digest(data)


def test_beside() -> None:
    assert beside("mlops.yaml") == "mlops.lock"
    assert beside("a/b/mlops.yaml") == "a/b/mlops.lock"


@pytest.mark.parametrize(("spec", "root"), [("mlops.yaml", "."), ("a/mlops.yaml", ".."), ("a/b/mlops.yaml", "../..")])
def test_root(spec: str, root: str) -> None:
    assert LOCK.replace(spec=spec).root == root
