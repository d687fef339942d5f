"""Newer releases of actions, asked of the API of GitHub."""

from __future__ import annotations

import json
import re

from mlopsc.pins import Action
from mlopsc.record import Record
from mlopsc.update.change import Change, Found, day
from mlopsc.update.network import host
from mlopsc.update.refusal import refuse
from mlopsc.update.versions import is_release, key, major

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from typing import Any

    from mlopsc.update.network import Network
    from mlopsc.update.versions import Key

_PUBLIC = "https://api.github.com"
_SHA = re.compile("[0-9a-f]{40}")


class Release(Record):
    """A release of a repository.

    Attributes:
        tag: its name.
        version: the order of it.
        published: the day; None when it is known by its tag only.
    """

    tag: str
    version: Key
    published: date | None


class Actions:
    """Looks for newer releases.

    Args:
        network: the way out.
        today: the day that ages are counted from.
        cooldown: days that a release must be out.
    """

    def __init__(self, network: Network, today: date, cooldown: int) -> None:
        self.network = network
        self.today = today
        self.cooldown = cooldown
        self.api = (network.variable("GITHUB_API_URL") or _PUBLIC).rstrip("/")
        self._releases: dict[str, list[Release]] = {}

    def look(self, name: str, pin: Action) -> Found:
        """Return the newest release of the major version that is pinned, if that is another one.

        A new major version may ask for other inputs than the generated workflows give, so that it comes with a new
        version of mlopsc.

        Args:
            name: owner and repository, and the path of the action in it.
            pin: what is pinned.

        Raises:
            Refused: GitHub does not answer, has no commit for the release, or has one older than what is pinned.
        """
        repository = "/".join(name.split("/")[:2])
        pinned = key(pin.tag)
        if pinned is None:
            return Found(notes=(f"{name}: {pin.tag} is no version, so nothing counts as newer",))
        later = [item for item in self.releases(repository) if item.version > pinned]
        fitting = [item for item in later if major(item.version) == major(pinned)]
        notes = []
        if len(fitting) < len(later):
            beyond = next(item.tag for item in later if item not in fitting)
            notes.append(f"{name}: {beyond} is out; a new major version comes with a new version of mlopsc")
        for release in fitting:
            out = release.published
            if out is None or not self.is_young(out):
                commit, committed = self.commit(repository, f"tags/{release.tag}", name, release.tag)
                # A commit that is newer than its release means that the tag was moved.
                out = max((known for known in (out, committed) if known is not None), default=None)
            if out is None or self.is_young(out):
                when = "nobody says when" if out is None else f"{out}"
                notes.append(f"{name}: {release.tag} is not {self.cooldown} days old ({when})")
                continue
            before = self.committed(repository, pin.sha)
            if committed is not None and before is not None and committed < before:
                new, old = f"{release.tag} ({committed})", f"{pin.tag} ({before})"
                raise refuse("PIN-743", name=name, new=new, old=old)
            change = Change(section="actions", name=name, old=pin.tag, old_date=before, new=release.tag, new_date=out)
            return Found(pin=Action(tag=release.tag, sha=commit), changes=(change,), notes=tuple(notes))
        return Found(notes=tuple(notes))

    def is_young(self, out: date) -> bool:
        """Say whether something that came out on a day is younger than the cooldown."""
        return (self.today - out).days < self.cooldown

    def releases(self, repository: str) -> list[Release]:
        """Return the finished releases of a repository, newest first."""
        if repository not in self._releases:
            found = list(self._published(repository)) or list(self._tagged(repository))
            self._releases[repository] = sorted(found, key=lambda item: item.version, reverse=True)
        return self._releases[repository]

    def commit(self, repository: str, ref: str, name: str, tag: str) -> tuple[str, date | None]:
        """Return the commit that a tag stands for, through annotated tags, and its day.

        Raises:
            Refused: GitHub names none.
        """
        answer = self._ask(f"repos/{repository}/commits/{ref}")
        sha = answer.get("sha") if isinstance(answer, dict) else None
        if not isinstance(sha, str) or not _SHA.fullmatch(sha):
            raise refuse("PIN-742", name=name, host=host(self.api), what="commit", tag=tag)
        return sha, _committed(answer)

    def committed(self, repository: str, sha: str) -> date | None:
        """Return the day of a commit; None when the repository does not have it any more."""
        return _committed(self._ask(f"repos/{repository}/commits/{sha}", absent=(404, 422)))

    def _published(self, repository: str) -> Iterator[Release]:
        for item in _maps(self._ask(f"repos/{repository}/releases?per_page=100")):
            version = _version(item.get("tag_name"))
            if version is not None and not item.get("draft") and not item.get("prerelease"):
                yield Release(tag=str(item["tag_name"]), version=version, published=day(item.get("published_at")))

    def _tagged(self, repository: str) -> Iterator[Release]:
        """Yield the tags of a repository that publishes no releases."""
        for item in _maps(self._ask(f"repos/{repository}/tags?per_page=100")):
            version = _version(item.get("name"))
            if version is not None:
                yield Release(tag=str(item["name"]), version=version, published=None)

    def _ask(self, path: str, absent: tuple[int, ...] = ()) -> Any:
        """Return what the API says; None for a status in `absent`.

        Raises:
            Refused: it says something else than what was asked for.
        """
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        token = self.network.variable("GH_TOKEN") or self.network.variable("GITHUB_TOKEN")
        if token:
            headers["Authorization"] = f"Bearer {token}"
        answer = self.network.fetch(f"{self.api}/{path}", headers)
        if answer.status in absent:
            return None
        given, hint = f"status {answer.status}", "check that the name is still right"
        if answer.status == 200:
            try:
                return json.loads(answer.body)
            except ValueError:
                given, hint = "something that is no JSON", "check GITHUB_API_URL and the proxy"
        elif answer.status in (401, 403, 429):
            hint = "set GH_TOKEN: without one GitHub answers 60 questions an hour; one that is set must be valid"
        what = path.partition("?")[0].removeprefix("repos/")
        raise refuse("PIN-741", host=host(self.api), given=given, what=what, hint=hint)


def _version(tag: object) -> Key | None:
    return key(tag) if isinstance(tag, str) and is_release(tag) else None


def _maps(answer: Any) -> Iterator[dict[str, Any]]:
    yield from (item for item in (answer if isinstance(answer, list) else ()) if isinstance(item, dict))


def _committed(answer: Any) -> date | None:
    """Return the day of a commit, of the answer for it."""
    for level in ("commit", "committer", "date"):
        answer = answer.get(level) if isinstance(answer, dict) else None
    return day(answer)
