from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import pytest
from mlopsc.parts import Output
from mlopsc.workspace import journal
from mlopsc.workspace.blocks import wrap
from mlopsc.workspace.digest import digest
from mlopsc.workspace.lock import Entry, Lock, render
from mlopsc.workspace.plan import Plan, plan
from mlopsc.workspace.problem import Problem
from workspace.support import INPUTS, SPEC, MemoryDisk, by_path, kinds, output, verdicts

if TYPE_CHECKING:
    from mlopsc.parts import Kind

Files = Mapping[str, "bytes | Problem"]


def lock_of(entries: Mapping[str, tuple[Kind, bytes]], spec: str = SPEC) -> bytes:
    """Return a lock that names these files with their content."""
    outputs = {file: Entry(digests=(digest(data),), kind=kind) for file, (kind, data) in entries.items()}
    return render(Lock(compiler="1", spec=spec, inputs=INPUTS, outputs=outputs)).encode()


def decide(
    files: Files,
    *outputs: Output,
    spec: str = SPEC,
    ejected: Collection[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> Plan:
    disk = MemoryDisk(files, aliases)
    return plan(disk, by_path(*outputs), spec=spec, compiler="1", inputs=INPUTS, ejected=ejected)


@pytest.mark.parametrize(
    ("lock", "disk", "new", "expected"),
    [
        (None, None, "a", "create"),
        (None, "a", "a", "adopted"),
        (None, "b", "a", "foreign"),
        ("a", None, "a", "recreate"),
        ("a", "a", "a", "unchanged"),
        ("a", "a", "b", "update"),
        ("a", "x", "b", "edited"),
        ("a", "a", None, "prune"),
        ("a", None, None, "drop"),
        ("a", "x", None, "keep"),
    ],
)
@pytest.mark.parametrize("kind", ["managed", "block"])
def test_files_and_blocks_get_the_verdict_of_the_table(
    kind: Kind, lock: str | None, disk: str | None, new: str | None, expected: str
) -> None:
    def content(text: str) -> bytes:
        return wrap(SPEC, text) if kind == "block" else text.encode()

    files: dict[str, bytes | Problem] = {}
    if lock is not None:
        files["ml/mlops.lock"] = lock_of({"f": (kind, content(lock))})
    if disk is not None:
        files["f"] = content(disk)
    result = decide(files, *([] if new is None else [output("f", new, kind)]))
    assert verdicts(result) == {"f": expected}
    assert not result.problems
    [change] = result.changes
    assert change.old == files.get("f")
    if expected in ("adopted", "unchanged", "keep"):
        assert change.new == change.old
    else:
        assert change.new == (None if new is None else content(new))


def test_the_lock_follows_from_the_compile_alone() -> None:
    outputs = [output("a", "1", executable=True), output("b", "2", "seed"), output("c", "3\n", "block")]
    full = {"a": b"x", "b": b"y", "ml/mlops.lock": lock_of({"z": ("managed", b"z")})}
    assert decide({}, *outputs).after == decide(full, *outputs).after
    entries = decide({}, *outputs).after.outputs
    assert entries["a"] == Entry(digests=(digest(b"1"),), kind="managed", executable=True)
    assert entries["b"] == Entry(digests=(digest(b"2"),), kind="seed")
    assert entries["c"] == Entry(digests=(digest(wrap(SPEC, "3\n")),), kind="block")


def test_a_checkout_with_other_line_ends_is_unchanged() -> None:
    lock = lock_of({"f": ("managed", b"a\nb\n")})
    result = decide({"ml/mlops.lock": lock.replace(b"\n", b"\r\n"), "f": b"a\r\nb\r\n"}, output("f", "a\nb\n"))
    assert verdicts(result) == {"f": "unchanged"}
    assert result.lock_current


def test_a_lock_that_differs_is_not_current() -> None:
    lock = lock_of({"f": ("managed", b"a")})
    assert decide({"ml/mlops.lock": lock, "f": b"a"}, output("f", "a")).lock_current
    assert not decide({"ml/mlops.lock": b"# mine\n" + lock, "f": b"a"}, output("f", "a")).lock_current
    assert not decide({"f": b"a"}, output("f", "a")).lock_current


@pytest.mark.parametrize(("disk", "expected"), [(None, "recreate"), (b"edited", "unchanged")])
def test_a_seed_that_is_there_is_not_looked_into(disk: bytes | None, expected: str) -> None:
    files = {"ml/mlops.lock": lock_of({"f": ("seed", b"old")})} | ({} if disk is None else {"f": disk})
    result = decide(files, output("f", "new", "seed"))
    assert verdicts(result) == {"f": expected}
    assert result.changes[0].new == (disk or b"new")


def test_a_seed_leaves_the_lock_and_stays_on_disk() -> None:
    result = decide({"ml/mlops.lock": lock_of({"f": ("seed", b"a")}), "f": b"a"})
    assert verdicts(result) == {"f": "keep"}
    assert not result.after.outputs


@pytest.mark.parametrize("emitted", [True, False])
@pytest.mark.parametrize("kind", ["managed", "block", "seed"])
def test_an_ejected_file_leaves_the_lock_and_stays_on_disk(kind: Kind, emitted: bool) -> None:
    content = wrap(SPEC, "a") if kind == "block" else b"a"
    files = {"ml/mlops.lock": lock_of({"f": (kind, content)}), "f": content}
    result = decide(files, *([output("f", "b", kind)] if emitted else []), ejected={"f"})
    assert verdicts(result) == {"f": "keep"}
    assert not result.after.outputs
    assert verdicts(decide({"f": b"mine"}, output("f", "b", kind), ejected={"f"})) == {}
    del files["f"]
    assert verdicts(decide(files, ejected={"f"})) == {"f": "drop"}


def test_a_managed_file_that_becomes_a_block() -> None:
    files = {"ml/mlops.lock": lock_of({"f": ("managed", b"old\n")}), "f": b"old\n"}
    result = decide(files, output("f", "new\n", "block"))
    assert verdicts(result) == {"f": "update"}
    assert result.changes[0].new == wrap(SPEC, "new\n")
    result = decide({**files, "f": b"edited\n"}, output("f", "new\n", "block"))
    assert verdicts(result) == {"f": "create"}
    assert result.changes[0].new == b"edited\n" + wrap(SPEC, "new\n")


def test_a_block_that_becomes_a_managed_file_spares_the_lines_of_the_user() -> None:
    own = wrap(SPEC, "old\n")
    files = {"ml/mlops.lock": lock_of({"f": ("block", own)})}
    assert verdicts(decide({**files, "f": own}, output("f", "new"))) == {"f": "update"}
    assert verdicts(decide({**files, "f": b"mine\n" + own}, output("f", "new"))) == {"f": "foreign"}


def test_a_seed_that_becomes_managed_is_not_overwritten_once_edited() -> None:
    files = {"ml/mlops.lock": lock_of({"f": ("seed", b"a")})}
    assert verdicts(decide({**files, "f": b"a"}, output("f", "b"))) == {"f": "update"}
    assert verdicts(decide({**files, "f": b"mine"}, output("f", "b"))) == {"f": "edited"}


def test_markers_that_do_not_pair_up_are_a_problem_also_when_the_block_is_to_go() -> None:
    own = wrap(SPEC, "a")
    files = {"ml/mlops.lock": lock_of({"f": ("block", own)}), "f": own + own}
    assert kinds(decide(files, output("f", "b", "block")).problems) == [("block-markers", "f")]
    assert kinds(decide(files).problems) == [("block-markers", "f")]
    assert kinds(decide(files, ejected={"f"}).problems) == []


def test_the_block_of_another_spec_is_not_ours() -> None:
    other = wrap("other/mlops.yaml", "b")
    result = decide({"f": b"user\n" + other}, output("f", "a", "block"))
    assert verdicts(result) == {"f": "create"}
    assert result.changes[0].new == b"user\n" + other + wrap(SPEC, "a")


def conflicted(left: bytes, right: bytes) -> bytes:
    sides = [lock_of({"f": ("managed", data)}).splitlines(keepends=True) for data in (left, right)]
    last = [side.pop() for side in sides]
    return b"".join([*sides[0], b"<<<<<<< HEAD\n", last[0], b"=======\n", last[1], b">>>>>>> topic\n"])


@pytest.mark.parametrize(
    ("disk", "expected"), [(b"left", "update"), (b"right", "update"), (b"new", "adopted"), (b"mine", "edited")]
)
def test_a_lock_in_conflict_knows_the_files_of_both_sides(disk: bytes, expected: str) -> None:
    result = decide({"ml/mlops.lock": conflicted(b"left", b"right"), "f": disk}, output("f", "new"))
    assert verdicts(result) == {"f": expected}
    assert not result.problems
    assert not result.lock_current


def test_an_unknown_format_stops() -> None:
    result = decide({"ml/mlops.lock": b"format 9\n"}, output("f", "new"))
    assert kinds(result.problems) == [("lock-format", "ml/mlops.lock")]


def journal_of(**digests: bytes) -> bytes:
    entries = {file: Entry(digests=(digest(data),), kind="managed") for file, data in digests.items()}
    return journal.render("1", SPEC, entries).encode()


@pytest.mark.parametrize(
    ("lock", "disk", "new", "expected"),
    [
        ("old", b"half", "new", "update"),  # replaced, and the spec changed since
        ("old", b"old", "new", "update"),  # not replaced yet
        ("old", b"half", "half", "unchanged"),
        ("old", b"mine", "new", "edited"),
        (None, b"half", "new", "update"),
        (None, b"half", None, "prune"),
        (None, None, None, None),
        (None, None, "new", "create"),
        (None, b"mine", "new", "foreign"),
        (None, b"mine", None, None),
    ],
)
def test_a_journal_explains_files_that_were_replaced_already(
    lock: str | None, disk: bytes | None, new: str | None, expected: str | None
) -> None:
    files: dict[str, bytes | Problem] = {"ml/mlops.lock.journal": journal_of(f=b"half")}
    files["ml/mlops.lock"] = lock_of({} if lock is None else {"f": ("managed", lock.encode())})
    if disk is not None:
        files["f"] = disk
    result = decide(files, *([] if new is None else [output("f", new)]))
    assert verdicts(result) == ({} if expected is None else {"f": expected})


def test_the_journal_of_another_place_says_nothing() -> None:
    files = {"ml/mlops.lock.journal": journal_of(f=b"half").replace(b"spec ml/", b"spec xl/"), "f": b"half"}
    assert verdicts(decide(files, output("f", "new"))) == {"f": "foreign"}


def test_a_place_that_is_no_file_stops_an_output_but_not_the_end_of_one() -> None:
    problem = Problem(kind="place-folder", file="f")
    assert decide({"f": problem}, output("f", "a")).problems == (problem,)
    gone = decide({"f": problem, "ml/mlops.lock": lock_of({"f": ("managed", b"a")})})
    assert not gone.problems
    assert verdicts(gone) == {"f": "keep"}


def test_a_lock_that_cannot_be_read_stops() -> None:
    problem = Problem(kind="place-folder", file="ml/mlops.lock")
    assert decide({"ml/mlops.lock": problem}, output("f", "a")).problems == (problem,)


def test_an_output_outside_of_the_repository_stops() -> None:
    assert kinds(decide({}, output("../f", "a")).problems) == [("place-outside", "../f")]


def test_a_file_under_two_names_is_not_pruned_under_the_old_one() -> None:
    files = {
        "ml/mlops.lock": lock_of({"Ops/x": ("managed", b"a"), "gone": ("managed", b"b")}),
        "Ops/x": b"a",
        "gone": b"b",
    }
    result = decide(files, output("ops/x", "a"), aliases={"ops/x": "Ops/x"})
    assert verdicts(result) == {"ops/x": "adopted", "Ops/x": "keep", "gone": "prune"}


OLD = {"ml/a/ops/x": ("managed", b"x"), ".github/y": ("managed", b"y")}


def test_a_project_that_was_moved_takes_its_files_along() -> None:
    lock = lock_of(OLD, spec="ml/a/mlops.yaml")  # type: ignore[arg-type]
    files = {"ml/b/mlops.lock": lock, "ml/b/mlops.yaml": b"", "ml/b/ops/x": b"x", ".github/y": b"y"}
    result = decide(files, output("ml/b/ops/x", "new"), output(".github/y", "new"), spec="ml/b/mlops.yaml")
    assert verdicts(result) == {"ml/a/ops/x": "drop", "ml/b/ops/x": "update", ".github/y": "update"}


def test_a_project_that_was_copied_claims_nothing_of_the_original() -> None:
    lock = lock_of(OLD, spec="ml/a/mlops.yaml")  # type: ignore[arg-type]
    files = {f"ml/{name}/{file}": data for name in "ab" for file, data in {"mlops.yaml": b"", "ops/x": b"x"}.items()}
    files |= {".github/y": b"y", "ml/a/mlops.lock": lock, "ml/b/mlops.lock": lock}
    result = decide(files, output("ml/b/ops/x", "new"), output(".github/y", "new"), spec="ml/b/mlops.yaml")
    assert verdicts(result) == {"ml/b/ops/x": "update", ".github/y": "foreign"}
    assert verdicts(decide(files, spec="ml/b/mlops.yaml")) == {"ml/b/ops/x": "prune"}


def test_a_root_further_up_renames_the_files_of_the_lock() -> None:
    lock = lock_of({"ops/x": ("managed", b"x"), ".github/y": ("managed", b"y")}, spec="mlops.yaml")
    files = {"sub/mlops.lock": lock, "sub/mlops.yaml": b"", "sub/ops/x": b"x", "sub/.github/y": b"y"}
    result = decide(files, output("sub/ops/x", "new"), spec="sub/mlops.yaml")
    assert {file: name for file, name in verdicts(result).items() if name != "drop"} == {
        "sub/ops/x": "update",
        "sub/.github/y": "prune",
    }


def test_the_block_of_a_project_that_was_moved_is_renamed_in_place() -> None:
    old, new = wrap("ml/a/mlops.yaml", "x"), wrap("ml/b/mlops.yaml", "x")
    files = {"ml/b/mlops.lock": lock_of({"f": ("block", old)}, spec="ml/a/mlops.yaml"), "f": b"1\n" + old + b"2\n"}
    result = decide(files, output("f", "x", "block"), spec="ml/b/mlops.yaml")
    assert verdicts(result) == {"f": "update"}
    assert result.changes[0].new == b"1\n" + new + b"2\n"


def test_thousands_of_files_take_no_quadratic_work() -> None:
    looks = 0

    class Counting(MemoryDisk):
        def look(self, file: str) -> bytes | Problem | None:
            nonlocal looks
            looks += 1
            return super().look(file)

    entries: dict[str, tuple[Kind, bytes]] = {f"ml/{number}": ("managed", b"a") for number in range(2000)}
    disk = Counting({"ml/mlops.lock": lock_of(entries), **dict.fromkeys(entries, b"a")})
    result = plan(disk, {}, spec=SPEC, compiler="1", inputs=INPUTS)
    assert set(verdicts(result).values()) == {"prune"}
    assert looks == len(entries) + 2
