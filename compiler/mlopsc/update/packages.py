"""What the check job installs: mlopsc as it runs here, and the newest packages that it works with."""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import tempfile
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urlsplit

from mlopsc.pins import CheckJob, Requirement
from mlopsc.record import Record
from mlopsc.update.change import Change, Found, day
from mlopsc.update.network import host, last_line
from mlopsc.update.refusal import refuse
from mlopsc.update.versions import is_final, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from typing import Any

    from mlopsc.update.network import Network

_PUBLIC = "https://pypi.org/simple"
_ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.1"
_OURS = "mlopsc"


class Wheel(Record):
    """A wheel that an index lists (PEP 503, PEP 691).

    Attributes:
        name: of the package, normalized.
        version: of the package, as in the name of the file.
        sha256: hexadecimal; empty when the index does not say.
        uploaded: the day (PEP 700); None when the index does not say.
        yanked: it was withdrawn.
    """

    name: str
    version: str
    sha256: str
    uploaded: date | None
    yanked: bool


class Chosen(Record):
    """A package that pip would install.

    Attributes:
        name: normalized.
        version: the release.
        file: the name of the wheel.
        sha256: of the wheel, hexadecimal.
    """

    name: str
    version: str
    file: str
    sha256: str


class Packages:
    """Chooses packages with pip and takes their digests from the index.

    Args:
        network: the way out.
        today: the day that ages are counted from.
        cooldown: days that a release must be out. mlopsc itself runs here already, whatever its age.
    """

    def __init__(self, network: Network, today: date, cooldown: int) -> None:
        self.network = network
        self.today = today
        self.cooldown = cooldown
        self._indexes: list[str] | None = None
        self._wheels: dict[tuple[str, str], list[Wheel]] = {}

    def look(self, version: str, pinned: CheckJob | None) -> Found:
        """Return the packages for a version of mlopsc, if they are others than the pinned ones.

        Args:
            version: of mlopsc.
            pinned: what the check job installs now.

        Raises:
            Refused: pip finds no set of packages, the index has no digest for one, or one is older than the pinned one.
        """
        for index in self.indexes():
            self.wheels(index, _OURS)  # tells at once, and in our words, when an index is out of reach
        before = {item.name: item for item in (pinned.requirements if pinned is not None else ())}
        chosen = self.choose(version, before)
        for item in chosen:
            old = before.get(item.name)
            if old is not None and _is_older(item.version, old.version):
                raise refuse("PIN-743", name=item.name, new=item.version, old=old.version)
        found = [self.requirement(item, before.get(item.name)) for item in chosen]
        requirements = tuple(sorted(found, key=lambda item: item.name))
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        job = CheckJob(version=version, python=python, requirements=requirements)
        notes = tuple(self.later(version))
        if job == pinned:
            return Found(notes=notes)
        return Found(pin=job, changes=tuple(self.changes(pinned, job)), notes=notes)

    def choose(self, version: str, before: dict[str, Requirement]) -> list[Chosen]:
        """Return what pip would install, nothing of it younger than the cooldown; what is pinned already may be."""
        avoided: list[str] = []
        while True:
            chosen = self.resolve(version, avoided)
            young = [
                item
                for item in chosen
                if not (item.name in before and before[item.name].version == item.version)
                and any(self.is_young(wheel) for wheel in self.files(item) if wheel.sha256 == item.sha256)
            ]
            if not young:
                return chosen
            avoided += [f"{item.name}!={item.version}" for item in young]

    def resolve(self, version: str, constraints: Sequence[str]) -> list[Chosen]:
        """Ask pip what it would install.

        Raises:
            Refused: pip fails.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "constraints.txt")
            with open(path, "w", encoding="utf-8") as handle:
                handle.writelines(f"{line}\n" for line in constraints)
            # Wheels only: to look at a source distribution, pip would run it.
            options = ("--dry-run", "--ignore-installed", "--only-binary=:all:", "--quiet", "--report=-")
            code, out, complaint = self.network.pip("install", *options, f"--constraint={path}", f"{_OURS}=={version}")
        try:
            report = json.loads(out) if code == 0 else None
        except ValueError:
            report = None
        if report is None:
            raise refuse("PIN-745", version=version, reason=last_line((out, complaint)))
        return [_chosen(item) for item in report["install"]]

    def requirement(self, item: Chosen, before: Requirement | None) -> Requirement:
        """Return a package with the digests of its wheels, so that it installs on every platform.

        A wheel that was added to an old release a few days ago waits as a new release does.

        Args:
            item: what pip chose.
            before: the package as it is pinned.

        Raises:
            Refused: no index lists the wheel that pip chose, with its digest.
        """
        known = before.hashes if before is not None and before.version == item.version else ()
        files = self.files(item)
        hashes = {
            f"sha256:{wheel.sha256}" for wheel in files if f"sha256:{wheel.sha256}" in known or not self.is_young(wheel)
        }
        if f"sha256:{item.sha256}" not in hashes or not all(wheel.sha256 for wheel in files):
            raise refuse("PIN-746", host=", ".join(map(host, self.indexes())), file=item.file)
        return Requirement(name=item.name, version=item.version, hashes=tuple(sorted(hashes)))

    def files(self, item: Chosen) -> list[Wheel]:
        """Return all wheels of a release, of the first index that lists the one that pip chose."""
        for index in self.indexes():
            wheels = [wheel for wheel in self.wheels(index, item.name) if _is_same(wheel.version, item.version)]
            if any(wheel.sha256 == item.sha256 for wheel in wheels):
                return wheels
        return []

    def is_young(self, wheel: Wheel) -> bool:
        """Say whether a wheel is younger than the cooldown; one without a date is not held back."""
        if wheel.uploaded is None or wheel.name == _OURS:
            return False
        return (self.today - wheel.uploaded).days < self.cooldown

    def uploaded(self, name: str, version: str) -> date | None:
        """Return the day that a release came out: that of its first wheel."""
        wheels = [item for index in self.indexes() for item in self.wheels(index, name)]
        days = [item.uploaded for item in wheels if _is_same(item.version, version)]
        return min((found for found in days if found is not None), default=None)

    def later(self, version: str) -> Iterator[str]:
        """Yield a sentence about a later release of mlopsc, if there is one."""
        own = key(version)
        wheels = [item for index in self.indexes() for item in self.wheels(index, _OURS) if not item.yanked]
        newer = {
            found: item.version
            for item in wheels
            if (found := key(item.version)) is not None and own is not None and found > own and is_final(found)
        }
        if newer:
            yield f"mlopsc: {newer[max(newer)]} is out; install it, then update the pins and compile with it"

    def changes(self, old: CheckJob | None, new: CheckJob) -> Iterator[Change]:
        """Yield the lines of the table."""
        before = {item.name: item for item in (old.requirements if old is not None else ())}
        after = {item.name: item for item in new.requirements}
        if old is not None and old.python != new.python:
            yield Change(section="mlopsc", name="Python", old=old.python, old_date=None, new=new.python, new_date=None)
        for name in sorted({*before, *after}, key=lambda name: (name != _OURS, name)):
            one, other = before.get(name), after.get(name)
            if one == other:
                continue
            same = one is not None and other is not None and one.version == other.version
            yield Change(
                section="mlopsc",
                name=name,
                old=one.version if one is not None else "",
                old_date=self.uploaded(name, one.version) if one is not None else None,
                new="" if other is None else f"{other.version}, other wheels" if same else other.version,
                new_date=self.uploaded(name, other.version) if other is not None else None,
            )

    def indexes(self) -> list[str]:
        """Return the package indexes that pip is configured for, without those that are folders."""
        if self._indexes is None:
            _, out, _ = self.network.pip("config", "list")
            self._indexes = [url for url in _configured(out) if urlsplit(url).scheme in ("http", "https")]
        return self._indexes

    def wheels(self, index: str, name: str) -> list[Wheel]:
        """Return the wheels of a package that an index lists; none when it does not know the package.

        Raises:
            Refused: the index answers something else.
        """
        if (index, name) not in self._wheels:
            answer = self.network.fetch(f"{index.rstrip('/')}/{name}/", {"Accept": _ACCEPT})
            if answer.status == 200:
                kind = answer.headers.get("content-type", "")
                found = list(_listed(answer.body) if "json" in kind else _linked(answer.body))
            elif answer.status == 404:
                found = []
            else:
                hint = "check the address of the package index that pip is configured for"
                given = f"status {answer.status}"
                raise refuse("PIN-741", host=host(index), given=given, what=name, hint=hint)
            self._wheels[index, name] = found
        return self._wheels[index, name]


def normalized(name: str) -> str:
    """Return the name of a distribution as indexes spell it (PEP 503)."""
    return re.sub("[-_.]+", "-", name).lower()


def _chosen(item: Any) -> Chosen:
    info = item["download_info"]
    hashes = info.get("archive_info", {}).get("hashes", {})
    return Chosen(
        name=normalized(item["metadata"]["name"]),
        version=item["metadata"]["version"],
        file=unquote(urlsplit(info["url"]).path.rpartition("/")[2]),
        sha256=hashes.get("sha256", ""),
    )


def _is_older(new: str, old: str) -> bool:
    one, other = key(new), key(old)
    return one is not None and other is not None and one < other


def _is_same(one: str, other: str) -> bool:
    return one == other or (key(one) is not None and key(one) == key(other))


def _configured(text: str) -> list[str]:
    """Return the indexes of what ``pip config list`` prints; what is set closer to the command wins."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        name, _, quoted = line.partition("=")
        try:
            values[name] = str(ast.literal_eval(quoted))
        except (SyntaxError, ValueError):
            continue
    found = []
    for option in ("index-url", "extra-index-url"):
        places = (values.get(f"{level}.{option}", "") for level in (":env:", "install", "global"))
        found += next((place for place in places if place), _PUBLIC if option == "index-url" else "").split()
    return found


def _wheel(file: str, sha256: str, uploaded: date | None, *, yanked: bool) -> Iterator[Wheel]:
    """Yield a file of an index, if it is a wheel."""
    parts = file.removesuffix(".whl").split("-")
    if file.endswith(".whl") and len(parts) in (5, 6):
        name, version = normalized(parts[0]), parts[1].replace("_", "-")
        yield Wheel(name=name, version=version, sha256=sha256, uploaded=uploaded, yanked=yanked)


def _listed(body: bytes) -> Iterator[Wheel]:
    """Yield the wheels of a page in JSON."""
    try:
        files = json.loads(body)["files"]
    except (ValueError, KeyError, TypeError):
        files = []
    for item in files:
        uploaded = day(item.get("upload-time"))
        sha256 = item.get("hashes", {}).get("sha256", "")
        yield from _wheel(item["filename"], sha256, uploaded, yanked=bool(item.get("yanked")))


def _linked(body: bytes) -> Iterator[Wheel]:
    """Yield the wheels of a page in HTML."""
    page = _Links()
    page.feed(body.decode("utf-8", "replace"))
    for link, yanked in page.found:
        bare, fragment = urldefrag(link)
        file = unquote(urlsplit(bare).path.rpartition("/")[2])
        sha256 = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
        yield from _wheel(file, sha256, None, yanked=yanked)


class _Links(HTMLParser):
    """Collects the links of a page, and whether each was withdrawn."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See html.parser."""
        values = dict(attrs)
        if tag == "a" and values.get("href"):
            self.found.append((str(values["href"]), "data-yanked" in values))
