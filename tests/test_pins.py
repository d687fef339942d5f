"""Pins: those of the package, those of the spec laid over them, and what can be wrong with the file."""

from __future__ import annotations

import re

import pytest
from mlopsc import assets
from mlopsc.codes import entries, parse
from mlopsc.diagnostics import Findings
from mlopsc.inputs import MemoryInputs
from mlopsc.pins import Action, CheckJob, Image, Pins, Requirement, defaults, load
from mlopsc.report.finding import locate
from mlopsc.resolve.origins import Origins

SHA = "0123456789abcdef0123456789abcdef01234567"
DIGEST = "sha256:" + "ab" * 32
IMAGE = f"{{name: docker.io/library/python, tag: 3.11-slim, digest: {DIGEST}}}"


def read(text: str | bytes, folder: str = "") -> tuple[Pins, list[tuple[str, str, str]]]:
    """Return the pins with a file beside the spec, and the findings as (code, file:line:col, text pointed at)."""
    path = f"{folder}/mlops.pins.yaml" if folder else "mlops.pins.yaml"
    content = text.encode() if isinstance(text, str) else text
    findings = Findings()
    pins = load(MemoryInputs({path: content}), folder, findings)
    lines = text.splitlines() if isinstance(text, str) else []
    found = []
    for item in findings.items:
        span = item.spans[0]
        assert span.file == path
        pointed = lines[span.line - 1][span.col - 1 : span.end_col - 1] if lines and span.line == span.end_line else ""
        found.append((item.code, f"{span.line}:{span.col}", pointed))
    return pins, found


def test_the_package_pins_every_python_that_the_spec_allows() -> None:
    pins = defaults()
    assert {"python-3.10", "python-3.11", "python-3.12", "python-3.13", "dockerfile-frontend"} <= set(pins.images)
    for image in pins.images.values():
        assert re.fullmatch(r"[a-z./-]+:[\w.-]+@sha256:[0-9a-f]{64}", image.reference)
    for action in pins.actions.values():
        assert re.fullmatch("[0-9a-f]{40}", action.sha)
        assert action.tag


def test_the_package_s_pins_are_well_formed_as_a_file_of_a_user() -> None:
    pins, found = read("apiVersion: mlopsc/v1\n" + assets.text("mlopsc", "data/pins.yaml"))
    assert found == []
    assert pins == defaults()


def test_without_a_file_the_package_s_pins_hold_and_the_absence_is_an_input() -> None:
    inputs, findings = MemoryInputs({}), Findings()
    assert load(inputs, "models/churn", findings) == defaults()
    assert findings.items == []
    assert inputs.log == {"models/churn/mlops.pins.yaml": "absent"}


@pytest.mark.parametrize("folder", ["", "models/churn"])
def test_a_file_replaces_whole_entries_and_leaves_the_others(folder: str) -> None:
    text = f"""\
apiVersion: mlopsc/v1
images:
  python-3.11: {IMAGE}
actions:
  actions/cache/save: {{tag: v1, sha: {SHA}}}
"""
    pins, found = read(text, folder)
    assert found == []
    own = Image(name="docker.io/library/python", tag="3.11-slim", digest=DIGEST)
    assert pins.images == {**defaults().images, "python-3.11": own}
    assert own.reference == f"docker.io/library/python:3.11-slim@{DIGEST}"
    assert pins.actions == {**defaults().actions, "actions/cache/save": Action(tag="v1", sha=SHA)}


def test_a_tag_that_looks_like_a_number_is_text() -> None:
    pins, found = read(f"apiVersion: mlopsc/v1\nactions:\n  actions/cache: {{tag: 3.10, sha: '{SHA}'}}\n")
    assert found == []
    assert pins.actions["actions/cache"].tag == "3.10"


@pytest.mark.parametrize(
    ("body", "code", "position", "pointed"),
    [
        ("image: {}", "PIN-701", "2:1", "image"),
        (f"actions:\n  actions/cache: {{tag: v1, sha: {SHA}, url: x}}", "PIN-701", "3:75", "url"),
        ("images: [python]", "PIN-702", "2:9", "[python]"),
        ("images:", "PIN-702", "2:8", ""),
        ("actions:\n  actions/cache: v1", "PIN-702", "3:18", "v1"),
        ("actions:\n  actions/cache: {tag: v1}", "PIN-703", "3:3", "actions/cache"),
        ("actions:\n  actions/cache: {tag: v1, sha: 0123456}", "PIN-704", "3:33", "0123456"),
        (f"actions:\n  actions/cache: {{tag: v1, sha: {SHA.upper()}}}", "PIN-704", "3:33", SHA.upper()),
        (f'actions:\n  actions/cache: {{tag: "v1 # x", sha: {SHA}}}', "PIN-704", "3:24", '"v1 # x"'),
        (f"actions:\n  actions/cache: {{tag: null, sha: {SHA}}}", "PIN-704", "3:24", "null"),
        (f"actions:\n  actions/cache: {{tag: [v1], sha: {SHA}}}", "PIN-704", "3:24", "[v1]"),
        (f"actions:\n  a b: {{tag: v1, sha: {SHA}}}", "PIN-704", "3:3", "a b"),
        (f"images:\n  pyhton-3.11: {IMAGE}", "PIN-705", "3:3", "pyhton-3.11"),
        (f"actions:\n  actions/chekout: {{tag: v1, sha: {SHA}}}", "PIN-705", "3:3", "actions/chekout"),
        (f"images:\n  Python: {IMAGE}", "PIN-704", "3:3", "Python"),
        (f"images:\n  python-3.11: {{name: A/b, tag: x, digest: {DIGEST}}}", "PIN-704", "3:23", "A/b"),
        ("images:\n  python-3.11: {name: a/b, tag: x, digest: sha256:12}", "PIN-704", "3:44", "sha256:12"),
    ],
)
def test_each_mistake_is_found_where_it_stands(body: str, code: str, position: str, pointed: str) -> None:
    pins, found = read(f"apiVersion: mlopsc/v1\n{body}\n")
    assert found == [(code, position, pointed)]
    if code != "PIN-701":
        assert pins == defaults(), "an entry that is wrong is left out"


CHECK_JOB = f"""\
mlopsc:
  version: 1.2.3
  python: 3.10
  requirements:
    mlopsc: {{version: 1.2.3, hashes: [{DIGEST}]}}
    click:
      version: 8.10
      hashes: [sha256:{"cd" * 32}, {DIGEST}, {DIGEST}]
"""


def test_the_check_job_has_no_default_and_is_read_as_written() -> None:
    assert defaults().mlopsc is None
    pins, found = read("apiVersion: mlopsc/v1\n" + CHECK_JOB)
    assert found == []
    assert pins.mlopsc == CheckJob(
        version="1.2.3",
        python="3.10",
        requirements=(
            Requirement(name="click", version="8.10", hashes=(DIGEST, "sha256:" + "cd" * 32)),
            Requirement(name="mlopsc", version="1.2.3", hashes=(DIGEST,)),
        ),
    )
    assert pins.replace(mlopsc=None) == defaults()


@pytest.mark.parametrize(
    ("old", "new", "code", "position", "pointed"),
    [
        ("  python: 3.10\n", "  python: 3.10\n  lock: x\n", "PIN-701", "5:3", "lock"),
        ("  python: 3.10\n", "", "PIN-703", "2:1", "mlopsc"),
        ("python: 3.10", "python: 3", "PIN-704", "4:11", "3"),
        ("  version: 1.2.3\n", "", "PIN-703", "2:1", "mlopsc"),
        ("version: 8.10", "version: latest", "PIN-704", "8:16", "latest"),
        ("version: 8.10", "version: '8.10 # x'", "PIN-704", "8:16", "'8.10 # x'"),
        ("    click:", "    Click:", "PIN-704", "7:5", "Click"),
        ("{version: 1.2.3, hashes", "{version: 1.2.4, hashes", "PIN-706", "6:5", ""),
        ("    mlopsc: {", "    other: {", "PIN-706", "6:5", ""),
        (", hashes: [", ", digests: [", "PIN-701", "6:30", "digests"),
        (f"[{DIGEST}]", "[sha256:12]", "PIN-704", "6:39", "sha256:12"),
        (f"[{DIGEST}]", "[]", "PIN-704", "6:38", "[]"),
        (f"[{DIGEST}]", DIGEST, "PIN-704", "6:38", DIGEST),
    ],
)
def test_each_mistake_in_the_check_job_is_found(old: str, new: str, code: str, position: str, pointed: str) -> None:
    assert CHECK_JOB.count(old) == 1
    pins, found = read("apiVersion: mlopsc/v1\n" + CHECK_JOB.replace(old, new))
    assert (code, position) in [item[:2] for item in found]
    if pointed:
        assert (code, position, pointed) in found
    assert pins == defaults() or code == "PIN-701", "a job that is wrong is left out"


@pytest.mark.parametrize(
    "body", ["mlopsc: 1.2.3", "mlopsc:\n  requirements: [click]", "mlopsc: {requirements: {click: 8}}"]
)
def test_a_check_job_of_the_wrong_kind_is_found(body: str) -> None:
    pins, found = read(f"apiVersion: mlopsc/v1\n{body}\n")
    assert "PIN-702" in [item[0] for item in found]
    assert pins == defaults()


def test_a_check_job_without_requirements_is_incomplete() -> None:
    _, found = read("apiVersion: mlopsc/v1\nmlopsc: {version: 1.2.3, python: 3.11}\n")
    assert found == [("PIN-703", "2:1", "mlopsc")]


def test_a_misspelt_name_has_a_suggestion() -> None:
    findings = Findings()
    content = f"apiVersion: mlopsc/v1\nimages:\n  pyhton-3.11: {IMAGE}\n".encode()
    load(MemoryInputs({"mlops.pins.yaml": content}), "", findings)
    (found,) = locate(findings.items, Origins(None, "mlops.yaml"), entries(["PIN-705"]))
    assert found.message == 'nothing asks for "pyhton-3.11"; did you mean "python-3.11"?'


def test_the_version_of_the_file_is_required_and_known() -> None:
    assert read("images: {}\n")[1] == [("PIN-703", "1:1", "")]
    assert read("apiVersion: mlopsc/v2\n")[1] == [("PIN-704", "1:13", "mlopsc/v2")]


def test_a_broken_file_leaves_the_package_s_pins() -> None:
    for text, code in ((b"images: [", "SRC-100"), (b"\xff\xfe", "SRC-102"), (b" " * (1 << 20) + b"a", "SRC-110")):
        pins, found = read(text)
        assert [item[0] for item in found] == [code]
        assert pins == defaults()
    assert read("apiVersion: mlopsc/v1\nimages: {}\nimages: {}\n")[1] == [("SRC-101", "3:1", "images")]


def test_every_code_has_words() -> None:
    catalogue = parse(assets.text("mlopsc", "codes/pin.yaml"))
    numbers = [*range(701, 707), *range(720, 725), 730, 731, *range(740, 747)]
    assert sorted(catalogue) == [f"PIN-{number}" for number in numbers]
