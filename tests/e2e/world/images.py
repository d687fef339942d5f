"""A registry of images, and the builder that fills it.

An image is what its Dockerfile copies from the build context, as `.dockerignore` leaves it; nothing is run. Its digest
is that of the context, the Dockerfile and the build arguments, so that whatever changes the image changes the digest,
and the same content always has the same one.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from e2e.world.job import Job
from e2e.world.state import RefusedError, State

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Registry:
    """Images of all registries, by digest, with their tags.

    Args:
        state: of the world; images lie in its folder ``registry``.
        job: whose logins count.
    """

    def __init__(self, state: State, job: Job) -> None:
        self.state = state
        self.job = job

    def login(self, host: str, username: str, password: str) -> None:
        """Remember an account for the rest of the job.

        Raises:
            RefusedError: a name or password is missing.
        """
        if not username or not password:
            raise RefusedError(f"Error: Username and password required for {host}")
        with self.state.changing("registry/logins", {}) as logins:
            own = password == os.environ["STAND_IN_TOKEN"]
            logins.setdefault(self.job.machine, {})[host] = {"username": username, "own": own}

    def admit(self, name: str, access: str) -> None:
        """Refuse an image that this job may not read or write.

        Raises:
            RefusedError: it did not log in, or its token has no access to packages.
        """
        host = name.partition("/")[0]
        login = self.state.read("registry/logins", {}).get(self.job.machine, {}).get(host)
        if not login:
            raise RefusedError(f"denied: {name}: this job did not log in to {host}")
        if login["own"]:
            self.job.need("packages", access, f"access to {name}")

    def push(self, name: str, tag: str, digest: str, files: Mapping[str, Path]) -> None:
        """Store an image.

        Args:
            name: with registry, without tag.
            tag: which from now on means this image.
            digest: of the image.
            files: content by absolute path in the image.
        """
        self.admit(name, "write")
        root = self._root(name, digest)
        shutil.rmtree(root, ignore_errors=True)
        for inside, outside in files.items():
            target = root / inside.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(outside, target)
        root.mkdir(parents=True, exist_ok=True)
        self._tag(name, tag, digest)

    def tag(self, name: str, source: str, tag: str, as_index: bool) -> None:
        """Give an image that is there a further tag.

        Args:
            name: with registry, without tag.
            source: a tag, or a digest.
            tag: the further one.
            as_index: whether it means a new index with the image in it, which has a digest of its own.
        """
        digest = self.resolve(name, source)
        self.admit(name, "write")
        if as_index:
            index = f"sha256:{hashlib.sha256(digest.encode()).hexdigest()}"
            shutil.copytree(self._root(name, digest), self._root(name, index), dirs_exist_ok=True)
            digest = index
        self._tag(name, tag, digest)

    def resolve(self, name: str, reference: str) -> str:
        """Return the digest of an image.

        Args:
            name: with registry, without tag.
            reference: a tag, or a digest.

        Raises:
            RefusedError: there is no such image.
        """
        self.admit(name, "read")
        tags: dict[str, dict[str, str]] = self.state.read("registry/tags", {})
        digest = reference if DIGEST.fullmatch(reference) else tags.get(name, {}).get(reference, "")
        if not digest or not self._root(name, digest).is_dir():
            raise RefusedError(f"ERROR: {name}:{reference}: not found")
        return digest

    def copy(self, name: str, digest: str, inside: str, target: Path) -> None:
        """Copy a file or folder out of an image, as ``docker cp`` does to a target that is not there.

        Raises:
            RefusedError: the image has no such path.
        """
        source = self._root(name, self.resolve(name, digest)) / inside.lstrip("/")
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.is_file():
            shutil.copy(source, target)
        else:
            raise RefusedError(f"Error response from daemon: Could not find the file {inside} in {name}@{digest}")

    def _root(self, name: str, digest: str) -> Path:
        return self.state.path("registry", "images", name, digest.partition(":")[2])

    def _tag(self, name: str, tag: str, digest: str) -> None:
        with self.state.changing("registry/tags", {}) as tags:
            tags.setdefault(name, {})[tag] = digest


def split(reference: str) -> tuple[str, str]:
    """Split ``name:tag`` or ``name@digest`` into its two halves.

    Raises:
        RefusedError: it has neither tag nor digest, or a digest that is none.
    """
    name, at, digest = reference.partition("@")
    if at:
        if not DIGEST.fullmatch(digest):
            raise RefusedError(f"invalid reference format: {reference}")
        return name, digest
    name, colon, tag = reference.rpartition(":")
    if not colon or "/" in tag:
        raise RefusedError(f"{reference} has neither tag nor digest")
    return name, tag


def build(context: Path, dockerfile: Path, arguments: Mapping[str, str]) -> tuple[str, dict[str, Path]]:
    """Build an image.

    Args:
        context: folder.
        dockerfile: in it; ``<dockerfile>.dockerignore`` beside it says what the build sees, else ``.dockerignore``.
        arguments: build arguments.

    Returns:
        The digest, and what the image holds beside its base image: files by absolute path.

    Raises:
        RefusedError: the Dockerfile copies what the context does not hold, or does not declare an argument.
    """
    if not dockerfile.is_file():
        raise RefusedError(f"ERROR: failed to read dockerfile: open {dockerfile.name}: no such file or directory")
    own = dockerfile.with_name(f"{dockerfile.name}.dockerignore")
    ignore = own if own.is_file() else context / ".dockerignore"
    rules = ignore.read_text(encoding="utf-8").splitlines() if ignore.is_file() else []
    seen = {path.relative_to(context).as_posix(): path for path in _files(context)}
    files = {name: path for name, path in sorted(seen.items()) if not ignored(name, rules)}

    digest = hashlib.sha256()
    content = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    text = dockerfile.read_text(encoding="utf-8")
    digest.update(json.dumps([text, sorted(arguments.items()), sorted(content.items())]).encode())
    unknown = set(arguments) - set(re.findall(r"^ARG\s+(\w+)", text, re.MULTILINE))
    if unknown:
        raise RefusedError(f"[Warning] One or more build-args {sorted(unknown)} were not consumed")
    return f"sha256:{digest.hexdigest()}", _last_stage(text, files)


def ignored(name: str, rules: Sequence[str]) -> bool:
    """Tell whether a `.dockerignore` keeps a file from the builder; the last rule that fits it or a parent decides.

    Args:
        name: path from the top of the context.
        rules: lines of the file.
    """
    path = PurePosixPath(name)
    places = [path.as_posix(), *(parent.as_posix() for parent in path.parents if parent.name)]
    result = False
    for line in rules:
        rule = line.strip()
        if not rule or rule.startswith("#"):
            continue
        pattern = re.compile(_pattern(rule.removeprefix("!").strip("/")))
        if any(pattern.fullmatch(place) for place in places):
            result = not rule.startswith("!")
    return result


def _pattern(rule: str) -> str:
    """Translate a pattern of Go's filepath.Match, with ``**`` for any number of folders."""
    parts = []
    for token in re.findall(r"\*\*/|\*\*|\*|\?|\[[^]]*\]|.", posixpath.normpath(rule)):
        parts.append({"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(token, ""))
        if not parts[-1]:
            parts[-1] = token if token.startswith("[") and len(token) > 1 else re.escape(token)
    return "".join(parts)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            if path.name != ".git":
                yield from _files(path)
        elif path.is_file():
            yield path


def _last_stage(dockerfile: str, files: Mapping[str, Path]) -> dict[str, Path]:
    """Follow WORKDIR and COPY of every stage; what the last one copies from the context is the image."""
    image: dict[str, Path] = {}
    folder = "/"
    for line in dockerfile.replace("\\\n", " ").splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "FROM":
            image, folder = {}, "/"
        elif words[0] == "WORKDIR":
            folder = posixpath.join(folder, words[1])
        elif words[0] == "COPY" and not any(word.startswith("--from=") for word in words):
            *sources, target = [word for word in words[1:] if not word.startswith("--")]
            for source in sources:
                image |= _copied(source, target, folder, len(sources) > 1, files)
    return image


def _copied(source: str, target: str, folder: str, several: bool, files: Mapping[str, Path]) -> dict[str, Path]:
    place = posixpath.normpath(posixpath.join(folder, target))
    name = posixpath.normpath(source)
    if name in files:
        into = several or target.endswith("/")
        return {posixpath.join(place, posixpath.basename(name)) if into else place: files[name]}
    below = {
        posixpath.join(place, path.removeprefix(f"{name}/")): file
        for path, file in files.items()
        if path.startswith(f"{name}/")
    }
    if not below:
        raise RefusedError(f'ERROR: failed to compute cache key: "/{name}": not found in the build context')
    return below
