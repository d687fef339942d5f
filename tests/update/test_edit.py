"""Edits of the pins file: the new pins, and every other byte as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlopsc.diagnostics import Findings
from mlopsc.inputs import MemoryInputs
from mlopsc.pins import Action, CheckJob, Image, Pins, Requirement, defaults, load
from mlopsc.update.edit import edited

OLD, NEW = "0" * 39 + "a", "1" * 39 + "b"
BEFORE, AFTER = "sha256:" + "0" * 64, "sha256:" + "1" * 64
CHECKOUT = {"actions/checkout": Action(tag="v7.0.2", sha=NEW)}
PYTHON = {"python-3.11": Image(name="docker.io/library/python", tag="3.11", digest=AFTER)}
JOB = CheckJob(
    version="1.2.3",
    python="3.11",
    requirements=(
        Requirement(name="click", version="8.2", hashes=(BEFORE,)),
        Requirement(name="mlopsc", version="1.2.3", hashes=(BEFORE, AFTER)),
    ),
)
SECTION = f"""\
mlopsc:
  version: 1.2.3
  python: "3.11"
  requirements:
    click:
      version: "8.2"
      hashes:
        - {BEFORE}
    mlopsc:
      version: 1.2.3
      hashes:
        - {BEFORE}
        - {AFTER}
"""


def pins(
    images: dict[str, Image] | None = None, actions: dict[str, Action] | None = None, mlopsc: CheckJob | None = None
) -> Pins:
    return Pins(images=images or {}, actions=actions or {}, mlopsc=mlopsc)


def edit(text: str | None, new: Pins) -> str:
    """Return the edited file, which must be one that a compile accepts."""
    after = edited(None if text is None else text.encode(), new)
    assert after is not None
    findings = Findings()
    read = load(MemoryInputs({"mlops.pins.yaml": after}), "", findings)
    assert findings.items == []
    assert {**read.images, **new.images} == read.images
    assert {**read.actions, **new.actions} == read.actions
    assert new.mlopsc in (None, read.mlopsc)
    return after.decode()


def test_a_new_file() -> None:
    assert edit(None, pins(PYTHON, CHECKOUT, JOB)) == (
        "# These pins replace those that mlopsc brings. "
        '"mlopsc update --pins" renews them and leaves comments alone.\n'
        f"""\
apiVersion: mlopsc/v1
images:
  python-3.11:
    name: docker.io/library/python
    tag: "3.11"
    digest: {AFTER}
actions:
  actions/checkout:
    tag: v7.0.2
    sha: "{NEW}"
# What the check job installs. "mlopsc update --pins" writes this section as a whole.
{SECTION}"""
    ).replace(f'"{NEW}"', NEW)


def test_values_change_in_place() -> None:
    text = f"""\
# ours
apiVersion: mlopsc/v1   # the only one
actions:
  # kept back until v8 is out

  actions/checkout:   # all jobs
    sha: {OLD}   # signed
    tag: 'v7.0.1'
  actions/cache: {{ sha: {OLD}, tag: v5.0.5 }}
images:

  python-3.11: {{name: docker.io/library/python, tag: 3.11, digest: "{BEFORE}"}} # slim
# the end
"""
    after = edit(text, pins(PYTHON, CHECKOUT))
    assert after == text.replace(f"sha: {OLD}   #", f"sha: {NEW}   #").replace("'v7.0.1'", "v7.0.2").replace(
        f'"{BEFORE}"', AFTER
    )


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("actions:\n  actions/cache: {tag: v1, sha: OLD}\n", "actions:\n  actions/cache: {tag: v1, sha: OLD}\nENTRY"),
        (
            "actions:\n    actions/cache:\n      tag: v1\n      sha: OLD # x\n\n# about images\nimages: {}\n",
            "actions:\n    actions/cache:\n      tag: v1\n      sha: OLD # x\nDEEP\n# about images\nimages: {}\n",
        ),
        ("actions: {}\n", "actions: {FLOW}\n"),
        (
            "actions: { actions/cache: {tag: v1, sha: OLD} }\n",
            "actions: {FLOW,  actions/cache: {tag: v1, sha: OLD} }\n",
        ),
        (
            "actions:\n  {\n    actions/cache: {tag: v1, sha: OLD},\n  }\n",
            "actions:\n  {FLOW, \n    actions/cache: {tag: v1, sha: OLD},\n  }\n",
        ),
        ("images: {}\n", "images: {}\nactions:\nENTRY"),
        ("images: {}\n# the end\n\n", "images: {}\n# the end\n\nactions:\nENTRY"),
    ],
)
def test_a_new_entry_goes_behind_the_others(text: str, after: str) -> None:
    words = {
        "OLD": OLD,
        "ENTRY": f"  actions/checkout:\n    tag: v7.0.2\n    sha: {NEW}\n",
        "DEEP": f"    actions/checkout:\n      tag: v7.0.2\n      sha: {NEW}\n",
        "FLOW": f"actions/checkout: {{tag: v7.0.2, sha: {NEW}}}",
    }
    for word, meaning in words.items():
        text, after = text.replace(word, meaning), after.replace(word, meaning)
    assert edit("apiVersion: mlopsc/v1\n" + text, pins(actions=CHECKOUT)) == "apiVersion: mlopsc/v1\n" + after


def test_two_new_sections_keep_their_order() -> None:
    after = edit("apiVersion: mlopsc/v1\n", pins(PYTHON, CHECKOUT, JOB))
    assert after.index("\nimages:") < after.index("\nactions:") < after.index("\nmlopsc:")


@pytest.mark.parametrize("old", ["1.2.2", "1.2.3"])
def test_the_section_of_the_check_job_is_replaced_and_what_surrounds_it_stays(old: str) -> None:
    job = JOB.replace(version=old, requirements=(*JOB.requirements[:1], JOB.requirements[1].replace(version=old)))
    first = edit("# head\napiVersion: mlopsc/v1\n", pins(mlopsc=job))
    text = first + "# about images\nimages: {}\n"
    assert edit(text, pins(mlopsc=JOB)) == (
        '# head\napiVersion: mlopsc/v1\n# What the check job installs. "mlopsc update --pins" writes this section as a '
        f"whole.\n{SECTION}# about images\nimages: {{}}\n"
    )


def test_a_section_of_the_check_job_on_one_line_is_replaced() -> None:
    flow = (
        f'mlopsc: {{version: 1.2.2, python: "3.11", requirements: {{mlopsc: {{version: 1.2.2, hashes: [{BEFORE}]}}}}}}'
    )
    after = edit(f"apiVersion: mlopsc/v1\n{flow}\nimages: {{}}\n", pins(mlopsc=JOB))
    assert after == f"apiVersion: mlopsc/v1\n{SECTION}images: {{}}\n"


def test_line_ends_and_a_mark_at_the_beginning_stay() -> None:
    text = f"\ufeffapiVersion: mlopsc/v1\r\nactions:\r\n  actions/checkout: {{tag: v7.0.1, sha: {OLD}}} # \u00e9\r\n"
    after = edit(text, pins(PYTHON, CHECKOUT))
    assert after.startswith(text.replace("v7.0.1", "v7.0.2").replace(OLD, NEW))
    assert after.count("\n") == after.count("\r\n")


def test_a_last_line_without_an_end_gets_one() -> None:
    assert edit("apiVersion: mlopsc/v1\nimages: {}", pins(actions=CHECKOUT)).startswith(
        "apiVersion: mlopsc/v1\nimages: {}\nactions:\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{apiVersion: mlopsc/v1}\n",
        "apiVersion: mlopsc/v1\n...\n",
        f"apiVersion: mlopsc/v1\nactions:\n  actions/checkout: &one {{tag: v1, sha: {OLD}}}\n  actions/cache: *one\n",
        f"apiVersion: mlopsc/v1\nactions:\n  actions/cache: &one {{tag: v1, sha: {OLD}}}\n  actions/checkout: *one\n",
        f"apiVersion: mlopsc/v1\nimages: {{}}\nactions:\n  actions/checkout: {{tag: v1, sha: >-\n      {OLD}\n  }}\n",
    ],
)
def test_what_is_not_safe_to_change_is_left_alone(text: str) -> None:
    assert edited(text.encode(), pins(PYTHON, CHECKOUT)) is None


def test_a_sha_that_reads_as_a_number_is_quoted() -> None:
    number = "1" * 37 + "e10"
    after = edit(None, pins(actions={"actions/cache": Action(tag="1.0", sha=number)}))
    assert f'tag: "1.0"\n    sha: "{number}"\n' in after


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(sorted(defaults().actions)), unique=True, max_size=5),
    st.lists(st.sampled_from(sorted(defaults().images)), unique=True, max_size=3),
    st.booleans(),
)
def test_any_pins_can_be_written_one_after_the_other(actions: list[str], images: list[str], job: bool) -> None:
    text: str | None = None
    for name in actions:
        text = edit(text, pins(actions={name: Action(tag="v9.0.0", sha=NEW)}))
    for name in images:
        text = edit(text, pins(images={name: defaults().images[name].replace(digest=AFTER)}))
    if job:
        text = edit(text, pins(mlopsc=JOB))
    if text is not None:
        assert edited(text.encode(), pins()) == text.encode()


def test_the_package_s_own_pins_are_edited_as_any_file() -> None:
    import mlopsc

    shipped = (Path(mlopsc.__file__).parent / "data" / "pins.yaml").read_text(encoding="utf-8")
    text = "apiVersion: mlopsc/v1\n" + shipped
    after = edit(text, pins(actions={"actions/checkout": CHECKOUT["actions/checkout"]}))
    pin = defaults().actions["actions/checkout"]
    assert after == text.replace(f"tag: {pin.tag}\n    sha: {pin.sha}", f"tag: v7.0.2\n    sha: {NEW}")
