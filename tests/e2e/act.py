"""Runs workflows for real with act, without Docker: every `run:` is executed, every `uses:` is a stand-in of ours.

`World` is a repository on a host, with a registry, signatures, clusters and Prometheus; `World.run` is what a push, a
pull request or a person starts there. Everything lies in one folder, and nothing outlives the context.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from e2e import documents
from e2e.actions import MisuseError, chosen
from e2e.world import interpreters, processes, programs
from e2e.world.internet import GitHost, Internet, Response
from e2e.world.state import VARIABLE, State

HERE = Path(__file__).resolve().parent
WORLD = HERE / "world"
WORKFLOWS = Path(".github", "workflows")
GITHUB: dict[str, Any] = {
    "plan": "enterprise",
    "hides": [],
    "ignores": [],
    "users": {name: {"id": number, "type": "User"} for number, name in enumerate(("ann", "bob", "cem", "dee"), 1)},
    "teams": {"acme/bird-leads": {"id": 1, "members": ["bob", "cem"]}},
    "invited": [],
    "environments": {},
    "runs": {},
    "commits": {},
    "next": 100,
}
"""A repository whose environments have no protection yet."""

TIMEOUT = 900
"""Seconds for one run; the longest of ours takes a few minutes on two cores."""


class Ran:
    """How a run ended.

    Attributes:
        number: its id.
        code: exit code of act: 0 when every job passed.
        jobs: how each job ended, by its name as act prints it, called workflows with the job that calls them:
            ``Build/Penguins build/Image``. A job that did not start is not there.
        steps: how each step ended, by job and name.
        log: everything that was printed.
        events: the lines of act's log.
    """

    def __init__(self, number: str, code: int, events: Sequence[Mapping[str, Any]]) -> None:
        self.number = number
        self.code = code
        self.events = events
        self.jobs: dict[str, str] = {}
        self.steps: dict[tuple[str, str], str] = {}
        for event in events:
            job = _job(event)
            if "jobResult" in event:
                self.jobs[job] = event["jobResult"]
            if "stepResult" in event and event.get("stage") == "Main" and len(event.get("stepID", ())) == 1:
                self.steps[job, event["step"]] = event["stepResult"]
        self.log = _shown(events)

    @classmethod
    def load(cls, path: Path) -> Ran:
        """Return the run that `save` wrote down."""
        return cls(*json.loads(path.read_text(encoding="utf-8")))

    def save(self, path: Path) -> None:
        """Write the run down."""
        path.write_text(json.dumps([self.number, self.code, self.events]), encoding="utf-8")

    def failed(self) -> list[tuple[str, str]]:
        """Return job and name of all steps that failed."""
        return [step for step, result in self.steps.items() if result == "failure"]

    def passed(self) -> Ran:
        """Return this run, which must have passed."""
        assert self.code == 0, self._told()
        return self

    def failed_at(self, step: str) -> Ran:
        """Return this run, which must have failed in a step of a name, and in no other."""
        assert self.code != 0, f"run {self.number} passed"
        assert [name for _, name in self.failed()] == [step], self._told()
        return self

    def _told(self) -> str:
        """Return what the failed steps printed."""
        failed = self.failed()
        events = [event for event in self.events if (_job(event), event.get("step")) in failed]
        return f"run {self.number} failed in {failed}\n{_shown(events or self.events)[-6000:]}"


class Running:
    """A run that goes on while a test does something else."""

    def __init__(self, world: World, number: str, process: subprocess.Popen[str], log: Path) -> None:
        self._world = world
        self._process = process
        self._log = log
        self.number = number

    def text(self) -> str:
        """Return what was printed so far."""
        return _shown(_events(self._log))

    @property
    def over(self) -> bool:
        """Whether it ended."""
        return self._process.poll() is not None

    def wait(self, timeout: float = TIMEOUT) -> Ran:
        """Wait for the end; what does not end is killed, and the test fails."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"run {self.number} did not end within {timeout:g} s\n{self.text()[-6000:]}") from None
        ran = Ran(self.number, code, _events(self._log))
        with self._world.state.changing("runs", {}) as runs:
            entry = runs[self.number]
            conclusion = "cancelled" if entry.get("cancelled") else "success" if code == 0 else "failure"
            entry.update(status="completed", conclusion=conclusion, pid=None)
        return ran

    def kill(self) -> None:
        """End act with all that it started."""
        for process in processes.family(self._process.pid):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()


class World:
    """A repository on a host, and everything that its workflows meet there.

    Args:
        folder: for all of it; empty.
        content: the repository's files, which become the first commit of the main branch; or what `keep` made.
        act: the program.
        kubectl: the real program.
        pythons: interpreters of finished environments, see `e2e.world.interpreters`.
        slug: ``owner/name``.
    """

    def __init__(
        self,
        folder: Path,
        content: Path,
        *,
        act: str,
        kubectl: str,
        pythons: Sequence[str],
        slug: str = "acme/penguins",
        branch: str = "main",
    ) -> None:
        self.folder = folder
        self.act = act
        self.kubectl = kubectl
        self.pythons = list(pythons)
        self.slug = slug
        self.branch = branch
        self.secrets = {"GITHUB_TOKEN": "ghs_of_the_run"}
        self.variables: dict[str, str] = {}
        self.private = True
        self.state = State(folder / "state")
        self.home = folder / "home"
        self.home.mkdir()
        self.remote = folder / "remote.git"
        self.internet = Internet(folder)
        self._running: list[Running] = []
        self._numbers = itertools.count(101)
        self._stack = ExitStack()
        self._set_up(content)

    def __enter__(self) -> World:
        self._stack.enter_context(self.internet)
        return self

    def __exit__(self, *_: object) -> None:
        for running in self._running:
            if not running.over:
                running.kill()
        self._stack.close()

    def keep(self, folder: Path) -> None:
        """Write down everything that the world remembers, for a world that goes on from here."""
        for name in ("remote.git", "state"):
            shutil.copytree(self.folder / name, folder / name, ignore=shutil.ignore_patterns("bin", "cosign"))

    def person(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the laptop of an administrator, in a clone of the main branch."""
        folder = self.folder / "laptop"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        tree = self._tree(folder / "tree", f"refs/heads/{self.branch}", self.git("rev-parse", self.branch))
        signed_in = {"GH_TOKEN": self.secrets["GITHUB_TOKEN"], "GH_REPO": self.slug}
        environment = self._environment(tree, folder, signed_in)
        return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        """Run git as a person would, by default in the bare repository of the host."""
        identity = {"NAME": "Ann", "EMAIL": "ann@acme.example", "DATE": "2026-01-01T00:00:00Z"}
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in identity.items()}
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1", **who}
        done = subprocess.run(
            ["git", *arguments], cwd=folder or self.remote, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"git {arguments}: {done.stderr}"
        return done.stdout.strip()

    def commit(self, message: str, changes: Mapping[str, str | bytes | None], branch: str | None = None) -> str:
        """Commit changed files to a branch of the host, which begins at the main branch, and return the commit.

        Args:
            message: of the commit.
            changes: content by path; None removes a file.
            branch: the main one by default.
        """
        with self.edited(message, branch or self.branch) as tree:
            for name, content in changes.items():
                path = tree / name
                if content is None:
                    path.unlink()
                    continue
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.git("rev-parse", branch or self.branch)

    def edited(self, message: str, branch: str) -> _Edit:
        """Return a context with a working tree of a branch; what is there in the end is committed and pushed."""
        return _Edit(self, message, branch)

    def merge_commit(self, branch: str) -> str:
        """Return a commit that merges a branch into the main one, as GitHub makes for a pull request."""
        tree = self.git("merge-tree", "--write-tree", self.branch, branch)
        return self.git("commit-tree", tree, "-p", self.branch, "-p", branch, "-m", f"Merge {branch}")

    def push(self, workflow: str, **options: Any) -> Ran:
        """Run a workflow as after a push to the main branch."""
        return self.start("push", workflow, **options).wait()

    def pull_request(self, workflow: str, branch: str, *, number: int = 7, fork: bool = False, **options: Any) -> Ran:
        """Run a workflow for a pull request; a fork's gets a token that may only read, which act does not know."""
        head = {"ref": branch, "sha": self.git("rev-parse", branch)}
        theirs = {"full_name": "stranger/penguins" if fork else self.slug, "fork": fork}
        base = {"ref": self.branch, "sha": self.git("rev-parse", self.branch), "repo": {"full_name": self.slug}}
        request = {"number": number, "head": {**head, "repo": theirs}, "base": base, "user": {"login": "ann"}}
        payload = {"action": "synchronize", "number": number, "pull_request": request}
        merged = self.merge_commit(branch)
        self.git("update-ref", f"refs/pull/{number}/merge", merged)
        options.setdefault("commit", merged)
        return self.start("pull_request", workflow, payload=payload, ref=f"refs/pull/{number}/merge", **options).wait()

    def merge_group(self, workflow: str, branch: str, **options: Any) -> Ran:
        """Run a workflow for the queue that merges pull requests."""
        merged = self.merge_commit(branch)
        ref = f"refs/heads/gh-readonly-queue/{self.branch}/pr-7-{merged}"
        self.git("update-ref", ref, merged)
        group = {"head_sha": merged, "head_ref": ref, "base_sha": self.git("rev-parse", self.branch),
                 "base_ref": f"refs/heads/{self.branch}"}  # fmt: skip
        payload = {"action": "checks_requested", "merge_group": group}
        return self.start("merge_group", workflow, payload=payload, ref=ref, commit=merged, **options).wait()

    def dispatch(self, workflow: str, inputs: Mapping[str, str] | None = None, **options: Any) -> Ran:
        """Run a workflow as a person does who fills in its form."""
        return self.start("workflow_dispatch", workflow, inputs=inputs, **options).wait()

    def start(
        self,
        event: str,
        workflow: str,
        *,
        inputs: Mapping[str, str] | None = None,
        payload: Mapping[str, Any] | None = None,
        ref: str | None = None,
        commit: str | None = None,
        actor: str = "ann",
        approvals: Iterable[Mapping[str, Any]] = (),
        environment: Mapping[str, str] | None = None,
    ) -> Running:
        """Start a run.

        Args:
            event: that starts it.
            workflow: file name.
            inputs: of a dispatch.
            payload: of the event, beside what every event has.
            ref: that it runs for; the main branch by default.
            commit: that it runs on; the tip of the ref by default.
            actor: who started it.
            approvals: of its environments: ``state``, ``login``, and ``environments`` by name.
            environment: further variables of the machine.

        Raises:
            MisuseError: GitHub would not start it.
        """
        ref = ref or f"refs/heads/{self.branch}"
        commit = commit or self.git("rev-parse", ref)
        number = str(next(self._numbers))
        folder = self.folder / "runs" / number
        tree = self._tree(folder / "tree", ref, commit)
        workflows = documents.folder(tree / WORKFLOWS)
        document = workflows[workflow]
        filled = _filled(document, event, inputs or {})
        repositories = chosen(workflows)
        (folder / "event.json").write_text(json.dumps(self._event(event, ref, commit, payload, filled, actor)))
        self._register(number, workflow, document, event, ref, commit, actor, filled)
        with self.state.changing("github", {}) as github:
            github["runs"][number] = {"actor": actor, "triggering_actor": actor, "approvals": list(approvals)}
            github["commits"] = dict.fromkeys(self.git("rev-list", "--all").splitlines(), "ann")
        log = folder / "log.jsonl"
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                self._command(event, workflow, folder, actor, number, commit, ref, repositories),
                cwd=tree,
                env=self._environment(tree, folder, environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        with self.state.changing("runs", {}) as runs:
            runs[number]["pid"] = process.pid
        running = Running(self, number, process, log)
        self._running.append(running)
        return running

    def _set_up(self, content: Path) -> None:
        if (content / "remote.git").is_dir():
            shutil.copytree(content, self.folder, dirs_exist_ok=True)
            self._numbers = itertools.count(max(map(int, self.state.read("runs", {})), default=100) + 1)
        else:
            self.state.write("github", GITHUB)
            self._begin(content)
        # act asks there for its own updates
        self.internet.hosts["api.nektosact.com"] = lambda _: Response(404)
        self.internet.hosts["github.com"] = GitHost({self.slug: self.remote}, {self.secrets["GITHUB_TOKEN"]})
        git = shutil.which("git")
        assert git, "git is not on PATH"
        for name in programs.WRAPPERS:
            programs.wrap(name, self.state.folder / "bin")
        programs.wrap("cosign", self.state.folder / "cosign")
        programs.wrap_git(git, self.state.folder / "bin")
        self._runner_python()
        (self.home / ".gitconfig").write_text(
            f"[http]\n\tproxy = http://127.0.0.1:{self.internet.port}\n\tsslCAInfo = {self.internet.certificate}\n",
            encoding="utf-8",
        )

    def _begin(self, content: Path) -> None:
        """Make the host's repository with its first commit."""
        self.git("init", "--quiet", "--bare", f"--initial-branch={self.branch}", str(self.remote), folder=self.folder)
        for name, value in (("uploadpack.allowAnySHA1InWant", "true"), ("http.receivepack", "true")):
            self.git("config", name, value)
        first = self.folder / "first"
        shutil.copytree(content, first, ignore=shutil.ignore_patterns(".git", "__pycache__"))
        self.git("init", "--quiet", f"--initial-branch={self.branch}", folder=first)
        self.git("add", "--all", folder=first)
        self.git("commit", "--quiet", "--message=Begin", folder=first)
        self.git("push", "--quiet", str(self.remote), self.branch, folder=first)

    def _runner_python(self) -> None:
        """Put the Python on PATH that every runner has, without packages."""
        os.environ[interpreters.VARIABLE] = json.dumps(self.pythons)
        facts = interpreters.facts(self.state, Path(self.pythons[0]))
        interpreters.make(self.state, facts["version"], self.folder / "runner-python")
        for name in ("python", "python3"):
            # a link would be taken for the interpreter that it leads to in the end
            script = self.state.folder / "bin" / name
            script.write_text(f'#!/bin/sh\nexec "{self.folder}/runner-python/bin/python" "$@"\n', encoding="utf-8")
            script.chmod(0o755)

    def _tree(self, tree: Path, ref: str, commit: str) -> Path:
        """Clone the commit; act reads workflows from here, and jobs nothing."""
        self.git("clone", "--quiet", "--no-checkout", "--shared", str(self.remote), str(tree), folder=self.folder)
        branch = ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else "merge"
        self.git("checkout", "--quiet", "-B", branch, commit, folder=tree)
        self.git("remote", "set-url", "origin", f"https://github.com/{self.slug}", folder=tree)
        return tree

    def _event(
        self,
        event: str,
        ref: str,
        commit: str,
        payload: Mapping[str, Any] | None,
        inputs: Mapping[str, str],
        actor: str,
    ) -> dict[str, Any]:
        owner, name = self.slug.split("/")
        repository = {"full_name": self.slug, "name": name, "owner": {"login": owner}, "private": self.private}
        common = {"repository": {**repository, "default_branch": self.branch}, "sender": {"login": actor}, "ref": ref}
        if event == "workflow_dispatch":
            common["inputs"] = dict(inputs)
        if event == "push":
            common["after"] = commit
        return {**common, **(payload or {})}

    def _register(
        self,
        number: str,
        file: str,
        document: Mapping[str, Any],
        event: str,
        ref: str,
        commit: str,
        actor: str,
        inputs: Mapping[str, str],
    ) -> None:
        """Enter the run into what `gh run list` shows."""
        title = str(document.get("run-name", document.get("name", file)))
        for name, value in inputs.items():
            title = title.replace(f"${{{{ inputs.{name} }}}}", value)
        with self.state.changing("runs", {}) as runs:
            runs[number] = {
                "name": document.get("name", file),
                "file": (WORKFLOWS / file).as_posix(),
                "title": title,
                "event": event,
                "status": "in_progress",
                "conclusion": None,
                "sha": commit,
                "branch": ref.removeprefix("refs/heads/"),
                "actor": actor,
            }

    def _command(
        self,
        event: str,
        workflow: str,
        folder: Path,
        actor: str,
        number: str,
        commit: str,
        ref: str,
        repositories: Mapping[str, Path],
    ) -> list[str]:
        variables = {
            "GITHUB_RUN_ID": number,
            "GITHUB_RUN_NUMBER": number,
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_REPOSITORY": self.slug,
            "GITHUB_SHA": commit,
            "GITHUB_REF": ref,
            "GITHUB_WORKFLOW_REF": f"{self.slug}/{(WORKFLOWS / workflow).as_posix()}@{ref}",
        }
        command = [self.act, event, "--workflows", (WORKFLOWS / workflow).as_posix(), "--json", "--no-skip-checkout"]
        command += ["--action-offline-mode", "--pull=false", "--no-cache-server", "--concurrent-jobs=1"]
        command += [f"--{name}-file={os.devnull}" for name in ("env", "secret", "var", "input")]
        command += [f"--eventpath={folder / 'event.json'}", f"--actor={actor}", f"--defaultbranch={self.branch}"]
        for label in documents.labels(documents.folder(folder / "tree" / WORKFLOWS)):
            command.append(f"--platform={label}=-self-hosted")
        for option, values in (("env", variables), ("secret", self.secrets), ("var", self.variables)):
            for name, value in values.items():
                command += [f"--{option}", f"{name}={value}"]
        for name, place in repositories.items():
            command += ["--local-repository", f"{name}={place}"]
        return command

    def _environment(self, tree: Path, folder: Path, more: Mapping[str, str]) -> dict[str, str]:
        temporary = folder / "tmp"
        temporary.mkdir()
        return {
            "PATH": os.pathsep.join([str(self.state.folder / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]),
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "TMPDIR": str(temporary),
            "LANG": "C.UTF-8",
            VARIABLE: str(self.state.folder),
            interpreters.VARIABLE: json.dumps(self.pythons),
            "STAND_IN_PYTHON": sys.executable,
            "STAND_IN_WORLD": str(WORLD),
            "STAND_IN_WORKFLOWS": str(tree / WORKFLOWS),
            "STAND_IN_BRANCH": self.branch,
            "STAND_IN_TOKEN": self.secrets["GITHUB_TOKEN"],
            "STAND_IN_KUBECTL": self.kubectl,
            "STAND_IN_INTERNET": str(self.internet.port),
            "SSL_CERT_FILE": str(self.internet.certificate),
            "HTTPS_PROXY": f"http://127.0.0.1:{self.internet.port}",
            "HTTP_PROXY": f"http://127.0.0.1:{self.internet.port}",
            "NO_PROXY": "127.0.0.1,localhost",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }


class _Edit:
    def __init__(self, world: World, message: str, branch: str) -> None:
        self._world = world
        self._message = message
        self._branch = branch
        self._tree = world.folder / "edited"

    def __enter__(self) -> Path:
        world = self._world
        shutil.rmtree(self._tree, ignore_errors=True)
        world.git("clone", "--quiet", str(world.remote), str(self._tree), folder=world.folder)
        known = world.git("branch", "--list", self._branch)
        start = self._branch if known else world.branch
        world.git("checkout", "--quiet", "-B", self._branch, f"origin/{start}", folder=self._tree)
        return self._tree

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._world.git("add", "--all", folder=self._tree)
            self._world.git("commit", "--quiet", "--allow-empty", f"--message={self._message}", folder=self._tree)
            self._world.git("push", "--quiet", "origin", self._branch, folder=self._tree)


def _filled(document: Mapping[str, Any], event: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the inputs of a dispatch as GitHub's form hands them over."""
    triggers = document["on"]
    if event not in triggers:
        raise MisuseError(f"the workflow is not started by {event}")
    if event != "workflow_dispatch":
        return {}
    fields = (triggers["workflow_dispatch"] or {}).get("inputs", {})
    unknown = sorted(set(given) - set(fields))
    if unknown:
        raise MisuseError(f"Unexpected inputs provided: {unknown}")
    filled = {}
    for name, field in fields.items():
        value = given.get(name, field.get("default"))
        if value is None or value == "":
            if field.get("required"):
                raise MisuseError(f"Required input '{name}' not provided")
            value = "false" if field.get("type") == "boolean" else ""
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if field.get("type") == "choice" and text and text not in [str(option) for option in field["options"]]:
            raise MisuseError(f"Provided value '{text}' for input '{name}' not in the list of allowed values")
        filled[name] = text
    return filled


def _shown(events: Iterable[Mapping[str, Any]]) -> str:
    """Return what jobs printed, and the beginning and end of steps; nothing about the stand-ins."""
    shown = (f"[{_job(event)}] {event.get('msg', '').rstrip()}" for event in events)
    return "\n".join(line for line in shown if not _NOISE.search(line))


_NOISE = re.compile(r"LocalRepositoryCache|::(set-output|add-path|set-env)::| (Pre|Post) |\$STAND_IN_WORLD")


def _job(event: Mapping[str, Any]) -> str:
    return "/".join(part.strip() for part in str(event.get("job", "")).split("/"))


def _events(log: Path) -> list[dict[str, Any]]:
    events = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            event = {"msg": line}
        events.append(event if isinstance(event, dict) else {"msg": line})
    return events
