"""What the check job installs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from mlopsc.pins import CheckJob, Requirement
from mlopsc.update.change import Found
from mlopsc.update.packages import Packages, normalized
from mlopsc.update.refusal import Refused
from mlopsc.update.versions import key
from update.world import TODAY, World

INDEX = "https://pypi.org/simple"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

Releases = Mapping[str, Mapping[str, str]]
"""Days of the releases of packages."""

RELEASES: Releases = {
    "mlopsc": {"1.2.2": "2026-06-01", "1.2.3": "2026-11-19"},
    "click": {"8.1.0": "2026-01-01", "8.2.0": "2026-10-01"},
    "typing-extensions": {"4.9.0": "2026-03-01"},
}


def hex_of(name: str, version: str, kind: str = "any") -> str:
    """Return the digest of a wheel, in hexadecimal digits."""
    return "".join(f"{ord(char):x}" for char in f"{name}{version}{kind}")[:64].ljust(64, "0")


def hash_of(name: str, version: str, kind: str = "any") -> str:
    return "sha256:" + hex_of(name, version, kind)


def publish(world: World, releases: Releases = RELEASES) -> None:
    """Let the index list releases, and pip choose the newest ones that the constraints allow."""
    for name, versions in releases.items():
        files = [
            {
                "filename": f"{name.replace('-', '_')}-{version}-py3-none-any.whl",
                "hashes": {"sha256": hex_of(name, version)},
                "upload-time": f"{day}T00:00:00.000000Z",
            }
            for version, day in versions.items()
        ]
        files.append({"filename": f"{name}-9.tar.gz", "hashes": {"sha256": "f" * 64}})
        world.put(f"{INDEX}/{name}/", {"files": files}, content_type="application/vnd.pypi.simple.v1+json")

    def pip(*arguments: str) -> tuple[int, str, str]:
        if arguments[0] == "config":
            return 0, "", ""
        assert arguments[:3] == ("install", "--dry-run", "--ignore-installed")
        assert "--only-binary=:all:" in arguments
        (file,) = (item.partition("=")[2] for item in arguments if item.startswith("--constraint="))
        avoided = {line.strip() for line in Path(file).read_text(encoding="utf-8").splitlines()}
        wanted = arguments[-1]
        install = []
        for name, versions in releases.items():
            left = [item for item in versions if f"{name}!={item}" not in avoided]
            if name == "mlopsc":
                left = [item for item in left if wanted == f"mlopsc=={item}"]
            if not left:
                return 1, "", f"ERROR: nothing\nERROR: No matching distribution found for {name}\n"
            version = max(left, key=lambda item: key(item) or ())
            info = {
                "url": f"https://files.example/{name.replace('-', '_')}-{version}-py3-none-any.whl",
                "archive_info": {"hashes": {"sha256": hex_of(name, version)}},
            }
            metadata = {"name": name.replace("-", "_").title(), "version": version}
            install.append({"metadata": metadata, "download_info": info})
        return 0, json.dumps({"install": install}), ""

    world.pips = pip


def job(version: str = "1.2.3", python: str = PYTHON, **packages: str) -> CheckJob:
    """Return the check job with one wheel a package."""
    named = {"mlopsc": version, **{name.replace("_", "-"): release for name, release in packages.items()}}
    return CheckJob(
        version=version,
        python=python,
        requirements=tuple(
            Requirement(name=name, version=release, hashes=(hash_of(name, release),))
            for name, release in sorted(named.items())
        ),
    )


def look(world: World, pinned: CheckJob | None = None, version: str = "1.2.3", cooldown: int = 7) -> Found:
    return Packages(world, TODAY, cooldown).look(version, pinned)


def refused(world: World, pinned: CheckJob | None = None, version: str = "1.2.3") -> tuple[str, dict[str, str]]:
    with pytest.raises(Refused) as caught:
        look(world, pinned, version)
    return caught.value.code, dict(caught.value.facts)


@pytest.fixture
def world() -> World:
    made = World()
    publish(made)
    return made


def test_mlopsc_as_it_runs_and_the_newest_packages_are_pinned_by_hash(world: World) -> None:
    found = look(world)
    assert found.pin == job(click="8.2.0", typing_extensions="4.9.0")
    assert [(item.name, item.old, item.new, str(item.new_date)) for item in found.changes] == [
        ("mlopsc", "", "1.2.3", "2026-11-19"),
        ("click", "", "8.2.0", "2026-10-01"),
        ("typing-extensions", "", "4.9.0", "2026-03-01"),
    ]
    assert found.notes == ()


def test_what_is_pinned_already_is_no_change(world: World) -> None:
    assert look(world, job(click="8.2.0", typing_extensions="4.9.0")) == Found()


def test_the_changes_name_what_is_new_newer_and_gone(world: World) -> None:
    world.put(f"{INDEX}/colorama/", b"not found", status=404)
    found = look(world, job("1.2.2", "3.9", click="8.1.0", colorama="0.4"))
    assert [(item.name, item.old, item.new) for item in found.changes] == [
        ("Python", "3.9", PYTHON),
        ("mlopsc", "1.2.2", "1.2.3"),
        ("click", "8.1.0", "8.2.0"),
        ("colorama", "0.4", ""),
        ("typing-extensions", "", "4.9.0"),
    ]


def test_a_young_release_is_avoided_unless_it_is_pinned_already(world: World) -> None:
    publish(world, {**RELEASES, "click": {"8.1.0": "2026-01-01", "8.2.0": "2026-11-18", "8.3.0": "2026-11-19"}})
    assert look(world).pin == job(click="8.1.0", typing_extensions="4.9.0")
    assert look(world, cooldown=2).pin == job(click="8.2.0", typing_extensions="4.9.0")
    pinned = job(click="8.3.0", typing_extensions="4.9.0")
    assert look(world, pinned) == Found()


def test_wheels_of_all_platforms_are_pinned_but_for_those_that_were_added_lately(world: World) -> None:
    kinds = {"cp311-cp311-manylinux_2_17_x86_64": "2026-10-01", "cp311-cp311-win_amd64": "2026-10-02"}
    files = [
        {
            "filename": f"click-8.2.0-{kind}.whl",
            "hashes": {"sha256": hex_of("click", "8.2.0", kind)},
            "upload-time": f"{day}T00:00:00Z",
        }
        for kind, day in {**kinds, "cp314-cp314-win_amd64": "2026-11-19", "py3-none-any": "2026-10-01"}.items()
    ]
    files[-1]["hashes"] = {"sha256": hex_of("click", "8.2.0")}
    world.put(f"{INDEX}/click/", {"files": files}, content_type="application/json")
    found = look(world)
    assert isinstance(found.pin, CheckJob)
    hashes = {item.name: item.hashes for item in found.pin.requirements}["click"]
    assert hashes == tuple(sorted([hash_of("click", "8.2.0"), *(hash_of("click", "8.2.0", kind) for kind in kinds)]))
    again = look(world, found.pin)
    assert again == Found()
    old = job(click="8.2.0", typing_extensions="4.9.0")
    (change,) = look(world, old).changes
    assert (change.name, change.old, change.new) == ("click", "8.2.0", "8.2.0, other wheels")


def test_a_package_that_would_go_back_is_refused(world: World) -> None:
    pinned = job(click="8.3.0", typing_extensions="4.9.0")
    assert refused(world, pinned) == ("PIN-743", {"name": "click", "new": "8.2.0", "old": "8.3.0"})


def test_an_older_mlopsc_than_the_pinned_one_is_refused(world: World) -> None:
    pinned = job("1.2.3", click="8.2.0", typing_extensions="4.9.0")
    assert refused(world, pinned, "1.2.2") == ("PIN-743", {"name": "mlopsc", "new": "1.2.2", "old": "1.2.3"})


def test_a_later_mlopsc_is_told(world: World) -> None:
    publish(world, {**RELEASES, "mlopsc": {"1.2.3": "2026-06-01", "1.3.0": "2026-10-01", "2.0rc1": "2026-11-01"}})
    (note,) = look(world).notes
    assert note == "mlopsc: 1.3.0 is out; install it, then update the pins and compile with it"


def test_a_version_that_is_not_published_stops_with_the_words_of_pip(world: World) -> None:
    code, facts = refused(world, version="1.2.4.dev0")
    assert code == "PIN-745"
    assert facts == {"version": "1.2.4.dev0", "reason": "No matching distribution found for mlopsc"}


def test_an_index_that_is_out_of_reach_stops_before_pip_waits_for_it(world: World) -> None:
    del world.pages[f"{INDEX}/mlopsc/"]
    assert refused(world)[0] == "PIN-740"


@pytest.mark.parametrize("hashes", [{"sha256": "0" * 64}, {"md5": "0" * 32}, {}])
def test_a_wheel_whose_digest_the_index_does_not_list_is_refused(world: World, hashes: dict[str, str]) -> None:
    files = [{"filename": "click-8.2.0-py3-none-any.whl", "hashes": hashes}]
    world.put(f"{INDEX}/click/", {"files": files}, content_type="application/json")
    code, facts = refused(world)
    assert (code, facts) == ("PIN-746", {"host": "pypi.org", "file": "click-8.2.0-py3-none-any.whl"})


def test_an_index_that_answers_something_else_stops(world: World) -> None:
    world.put(f"{INDEX}/click/", {}, status=503)
    code, facts = refused(world)
    assert (code, facts["given"], facts["what"]) == ("PIN-741", "status 503", "click")


def test_an_index_in_html_has_digests_and_no_dates(world: World) -> None:
    link = f'<a href="../../f/click-8.2.0-py3-none-any.whl#sha256={hex_of("click", "8.2.0")}">click</a>'
    page = f'<html><a href="https://x/click-8.2.0.tar.gz#sha256=00">s</a>{link}<a data-yanked name="x">y</a></html>'
    world.put(f"{INDEX}/click/", page.encode(), content_type="text/html")
    found = look(world)
    assert found.pin == job(click="8.2.0", typing_extensions="4.9.0")
    assert {item.name: item.new_date for item in found.changes}["click"] is None


def test_the_indexes_are_those_of_pip(world: World) -> None:
    lines = (
        "global.index-url='https://one.example/simple'",
        "global.extra-index-url='file:///srv/wheels https://three.example/simple/'",
        "install.index-url='https://ci:hunter2@two.example/simple'",
        "global.timeout='15'",
        "no option",
    )
    world.pips = lambda *_: (0, "\n".join(lines), "")
    assert Packages(world, TODAY, 7).indexes() == [
        "https://ci:hunter2@two.example/simple",
        "https://three.example/simple/",
    ]
    world.pips = lambda *_: (0, "\n".join((*lines, ":env:.index-url='https://four.example'")), "")
    assert Packages(world, TODAY, 7).indexes()[0] == "https://four.example"
    world.pips = lambda *_: (1, "", "no such command")
    assert Packages(world, TODAY, 7).indexes() == [INDEX]


def test_no_password_of_an_index_is_told(world: World) -> None:
    base = world.pips
    setting = ":env:.index-url='https://ci:hunter2@two.example/simple'"
    world.pips = lambda *arguments: (0, setting, "") if arguments[0] == "config" else base(*arguments)
    for name in RELEASES:
        world.put(f"https://ci:hunter2@two.example/simple/{name}/", {"files": []}, content_type="application/json")
    code, facts = refused(world)
    assert code == "PIN-746"
    assert facts["host"] == "two.example"


def test_names_are_normalized() -> None:
    assert normalized("Typing__Extensions.x-y") == "typing-extensions-x-y"
    assert re.fullmatch("[0-9a-f]{64}", hex_of("click", "8.2.0"))
