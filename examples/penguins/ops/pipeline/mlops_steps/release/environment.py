# SPDX-License-Identifier: MIT-0
"""One environment: the record, the predictions and the manifests on its deploy branch, and the tree that a record asks
for. What lies on the branch follows from the record alone; whatever does not, somebody edited by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from ..refusal import Refused, Unusable, refuse
from . import identity, plan, record, trees
from .branch import Branch
from .git import Git, shown
from .plan import Plan
from .record import Record, Release
from .trees import Entry, Files, Tree

RECORD = "release.json"
PREDICTIONS = {
    "stable": "predictions.csv",
    "canary": "candidate-predictions.csv",
    "previous": "previous-predictions.csv",
}
"""Files with what the models answered to the evaluation rows; no part of a release, but kept as long as it is named."""

_COMPONENT = """\
# Written by release automation; do not edit.
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources:
  - release.json
"""


@dataclass(frozen=True)
class State:
    """What a commit of a deploy branch holds.

    Attributes:
        record: what runs.
        tip: id of the commit; None before the first one.
        folder: where the manifests lie in it, from the top of the repository.
        predictions: ids of the contents of prediction files, by release.
    """

    record: Record
    tip: str | None
    folder: str
    predictions: Mapping[str, str]


class Environment:
    """An environment.

    Args:
        git: the repository.
        project: name of the project.
        name: of the environment.
        folder: where the manifests lie, from the top of the repository.
        remote: name or address of the repository with the deploy branch; empty for this clone only.
        place: where the manifests lie on the deploy branch; None for the same folder. In a repository of its own it is
            another one.
        pushes: whether release automation itself applies the branch to the cluster; see push.py.

    Attributes:
        predictions: ids of the contents of prediction files by release, on all commits of the branch that were read.
    """

    def __init__(
        self,
        git: Git,
        project: str,
        name: str,
        folder: str,
        remote: str,
        *,
        place: str | None = None,
        pushes: bool = False,
    ) -> None:
        self.git = git
        self.project = project
        self.name = name
        self.folder = folder
        self.place = folder if place is None else place
        self.pushes = pushes
        self.branch = Branch(git, f"deploy/{project}/{name}", remote)
        self.predictions: dict[str, str] = {}
        self._known: dict[str, Files] = {}

    def state(self) -> State:
        """Return what is on the branch now.

        Raises:
            Refused: its record is broken.
            Unusable: the branch cannot be reached, or holds something else.
        """
        tip = self.branch.tip()
        if tip is None:
            return State(Record(self.project), None, self.place, {})
        state = self._state_at(tip)
        head = self.git.commit_id("HEAD")
        if head is not None:
            self.same_project(state, head)
        return state

    def same_project(self, state: State, commit: str) -> None:
        """Make sure that the branch is of this project, and not of another one of the same name.

        Args:
            state: of the branch.
            commit: where the manifests of both would lie.

        Raises:
            Refused: the commit has manifests here, and where those of the branch come from as well. A branch in a
                repository of its own does not tell where they come from.
        """
        if self.place != self.folder:
            return
        folders = sorted({state.folder, self.folder})
        component = trees.component(self.name)
        if len(folders) > 1 and all(component in self.git.files(commit, folder) for folder in folders):
            raise refuse(
                "folder",
                self.name,
                f"{self.branch.name} has the manifests of {shown(state.folder)}, and these are of "
                f"{shown(self.folder)}, which the commit {commit[:12]} has both: if two specs are named "
                f"{self.project}, give one another name; if one folder is a leftover, delete it",
                folders=[shown(folder) for folder in folders],
            )

    def earlier(self, state: State) -> Release | None:
        """Return what was stable last, as the branch tells, other than the stable release and what was taken back.

        Records that cannot be read, since somebody broke them once, are passed over.
        """
        if state.record.stable is None:
            return None
        seen = {state.record.stable.id}
        newer = state.record
        for found in self._records(state):
            release = found.stable
            if release is not None and release.id not in seen:
                seen.add(release.id)
                if release.id not in state.record.rejected and not _withdrew(newer, found, release.id):
                    return release
            newer = found
        return None

    def taken_back(self, state: State, release_id: str) -> bool:
        """Say whether the last that a release did here was to go: it was aborted or rolled back, rejected or not."""
        if release_id in state.record.rejected:
            return True
        newer = state.record
        for found in self._records(state):
            if release_id in {release.id for release in (found.stable, found.canary) if release is not None}:
                return _withdrew(newer, found, release_id)
            newer = found
        return False

    def stable(self, state: State, release_id: str) -> Release | None:
        """Return a release that is or was stable here, as the branch tells; None if it never was."""
        stable = (found.stable for found in self._records(state))
        return next((release for release in stable if release is not None and release.id == release_id), None)

    def ever_stable(self, state: State) -> list[Release]:
        """Return the releases that are or were stable here, as the branch tells, the newest first.

        One that became stable again stands where it was last.
        """
        stable = (found.stable for found in self._records(state))
        seen: dict[str, Release] = {}
        for release in stable:
            if release is not None:
                seen.setdefault(release.id, release)
        return list(seen.values())

    def find(self, state: State, release_id: str) -> Release | None:
        """Return a release that is or was here on any track, as the branch tells; None if it never was."""
        return next(
            (
                release
                for found in self._records(state)
                for release in (found.stable, found.canary, found.previous)
                if release is not None and release.id == release_id
            ),
            None,
        )

    def _records(self, state: State) -> Iterator[Record]:
        """Yield the records of the branch, the newest first."""
        if state.tip is None:
            return
        yield state.record
        for commit in self.branch.history(state.tip, "--first-parent")[1:]:
            with suppress(Refused, Unusable):
                yield self._state_at(commit).record

    def released(self, commit: str) -> Files:
        """Return the manifests of a commit that is to be released.

        Raises:
            Unusable: the commit cannot be had, or has none for this environment.
        """
        if not self.branch.fetch(commit):
            raise Unusable(
                f"the commit {commit} is neither here nor to be fetched: push it first; in a workflow, check out with "
                "fetch-depth: 0"
            )
        files = trees.manifests(self.git.files(commit, self.folder))
        self._must_be_whole(commit, files)
        return files

    def identity(self, files: Files, version: str, image: str) -> str:
        """Return the id of the release of a version with an image and manifests, and remember its manifests."""
        release = identity.release_id(version, image, identity.manifests_digest(self.git.contents(files)))
        self._known[release] = files
        return release

    def adopt(self, release: Release, files: Files) -> None:
        """Remember the manifests of a release that another environment had first.

        Raises:
            Unusable: they have nothing for this environment.
        """
        self._must_be_whole(release.commit, files)
        self._known[release.id] = files

    def manifests(self, release: Release, state: State) -> Files:
        """Return the manifests of a release that the record names: from its commit, else from the deploy branch.

        Raises:
            Refused: they are nowhere to be found, since the commit is gone or the record was edited.
        """
        if release.id in self._known:
            return self._known[release.id]
        if self.branch.fetch(release.commit) and (files := self._search(release, release.commit)):
            return files
        for commit in self.branch.history(state.tip) if state.tip else ():
            if files := self._search(release, commit):
                return files
        raise refuse(
            "manifests",
            release.version,
            f"the manifests of {release.version} (release {release.id[:12]}) are neither those of commit "
            f"{release.commit} nor on {self.branch.name}: push the commit again, or correct {RECORD} on the branch",
            release=release.id,
            commit=release.commit,
        )

    def plan(self, release: Release, state: State) -> Plan:
        """Return the plan of a release."""
        return plan.read(self.git.content(self.manifests(release, state)[trees.plan(self.name)].oid))

    def current_plan(self, state: State) -> Plan | None:
        """Return the plan that lies on the branch; None before its first commit, and when somebody spoilt it."""
        found = self.on_branch(state).get(f"{state.folder}/{trees.plan(self.name)}")
        if found is None:
            return None
        try:
            return plan.read(self.git.content(found.oid))
        except ValueError:
            return None

    def on_branch(self, state: State) -> Files:
        """Return all files of the branch by path from the top of the repository; none before its first commit."""
        return {} if state.tip is None else self.git.files(state.tip)

    def tree(self, after: Record, state: State) -> Tree:
        """Return the manifests that a record asks for; as long as nothing was released, those of the commit in use.

        Args:
            after: the record.
            state: of the branch, which the record follows on.
        """
        if after.stable is None:
            if state.tip is not None:
                return Tree(trees.manifests(self.git.files(state.tip, state.folder)))
            return Tree(self.released(self.git.text("rev-parse", "HEAD")))
        canary = self.manifests(after.canary, state) if after.phase == record.CANARY and after.canary else None
        return trees.compose(self.name, self.manifests(after.stable, state), canary)

    def files(
        self, after: Record, tree: Tree, predictions: Mapping[str, str], folder: str, *, write: bool = True
    ) -> Files:
        """Return all files of a commit by path from the top of the repository.

        Args:
            after: the record.
            tree: the manifests.
            predictions: ids of the contents of prediction files, by release.
            folder: where they go, from the top of the repository.
            write: whether new contents are kept in the repository.
        """
        component = _COMPONENT
        if after.stable is not None:
            component += f"components:\n  - ../../overlays/{self.name}/released\n"
        own = {"kustomization.yaml": component, RECORD: after.text()}
        files = dict(tree.files)
        releases = f"{trees.RELEASES}{self.name}"
        for name, text in own.items():
            files[f"{releases}/{name}"] = Entry("100644", self.git.store(text.encode(), write=write))
        for slot, release in _slots(after).items():
            if release.id in predictions:
                files[f"{releases}/{PREDICTIONS[slot]}"] = Entry("100644", predictions[release.id])
        return {f"{folder}/{path}": entry for path, entry in files.items()}

    def kept(self, after: Record, state: State, *, write: bool = True) -> Files:
        """Return the files that lie on the branch, with another record and otherwise as they are.

        Args:
            after: the record.
            state: of the branch, which the record follows on.
            write: whether new contents are kept in the repository.
        """
        own = f"{state.folder}/{trees.RELEASES}{self.name}"
        files = dict(self.on_branch(state))
        for slot in _slots(state.record).keys() - _slots(after).keys():
            files.pop(f"{own}/{PREDICTIONS[slot]}", None)
        files[f"{own}/{RECORD}"] = Entry("100644", self.git.store(after.text().encode(), write=write))
        return files

    def edits(self, state: State) -> tuple[str, ...]:
        """Return the files of the branch that are not what its record asks for: somebody edited them there.

        The record is no such file, since it is read and goes on as it was edited. Before the first release the branch
        is whatever its maker put there.

        Raises:
            Refused: the manifests of a release of the record are nowhere to be found.
        """
        if state.record.stable is None:
            return ()
        asked = self.files(state.record, self.tree(state.record, state), state.predictions, state.folder, write=False)
        found = self.on_branch(state)
        own = f"{state.folder}/{trees.RELEASES}{self.name}/{RECORD}"
        return tuple(sorted(path for path in {*asked, *found} - {own} if asked.get(path) != found.get(path)))

    def _must_be_whole(self, commit: str, files: Files) -> None:
        for needed in (trees.component(self.name), trees.plan(self.name)):
            if needed not in files:
                raise Unusable(
                    f'the commit {commit} has no {self.folder}/{needed}: run "mlopsc compile" and commit what it writes'
                )

    def _state_at(self, tip: str) -> State:
        folder = self._folder_in(tip)
        below = self.git.files(tip, f"{folder}/{trees.RELEASES}{self.name}")
        text = self.git.content(below[RECORD].oid).decode(errors="replace")
        found = record.read(text, f"{RECORD} on {self.branch.name}")
        if found.name != self.project:
            raise refuse(
                "format", self.branch.name, f"{RECORD} on {self.branch.name} is of {found.name}, not of {self.project}"
            )
        slots = _slots(found)
        kept = {
            slots[slot].id: below[file].oid for slot, file in PREDICTIONS.items() if slot in slots and file in below
        }
        self.predictions = {**kept, **self.predictions}
        return State(found, tip, folder, kept)

    def _folder_in(self, tip: str) -> str:
        """Return where the manifests lie on the branch, which was another place before the output folder's new name."""
        if RECORD in self.git.files(tip, f"{self.place}/{trees.RELEASES}{self.name}"):
            return self.place
        below = f"{trees.RELEASES}{self.name}/{RECORD}"
        places = [path.removesuffix(f"/{below}") for path in self.git.files(tip) if path.endswith(f"/{below}")]
        if len(places) != 1:
            raise Unusable(
                f"{self.branch.name} has {len(places)} files {below}, not one: release automation did not write it, "
                "and it needs this branch for itself"
            )
        return places[0]

    def _search(self, release: Release, commit: str) -> Files | None:
        """Return the manifests of a release from a commit, where the output folder may have had another name."""
        component = f"/{trees.component(self.name)}"
        everything = self.git.files(commit)
        folders = [path.removesuffix(component) for path in everything if path.endswith(component)]
        for folder in sorted(folders, key=lambda found: found not in (self.folder, self.place)):
            below = {
                path.removeprefix(f"{folder}/"): entry
                for path, entry in everything.items()
                if path.startswith(f"{folder}/")
            }
            files = trees.manifests(below)
            if self.identity(files, release.version, release.image) == release.id:
                return files
        return None


def _withdrew(newer: Record, older: Record, release_id: str) -> bool:
    """Say whether a release was taken back between two records that follow each other, of which the older one has it.

    Who goes back leaves no release before; whoever goes on leaves the one that was stable.
    """
    if release_id in {release.id for release in (newer.stable, newer.canary) if release is not None}:
        return False
    if older.stable is not None and older.stable.id == release_id:
        return newer.previous is None
    return True


def _slots(found: Record) -> dict[str, Release]:
    """Return the releases whose predictions are kept, by the track that they stand for."""
    slots = {"stable": found.stable, "canary": found.canary, "previous": found.previous}
    if found.phase != record.CANARY:
        del slots["canary"]
    return {slot: release for slot, release in slots.items() if release is not None}


def folder_of(git: Git, deploy: str) -> str:
    """Return the folder of the manifests from the top of the repository.

    Args:
        git: opened at the folder of the pipeline, whose neighbour the manifests are.
        deploy: name of the folder.
    """
    return str(PurePosixPath(git.prefix).parent / deploy)
