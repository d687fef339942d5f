"""The `gh` program over the state: runs, comments, issues, environments, approvals, attestations.

What the steps on the protection of environments ask for is answered by the stand-in that they are tested with, from
the value ``github``.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from e2e.world import images, processes, signatures
from e2e.world.job import ADMINISTRATOR, LEVELS, Job
from e2e.world.options import Given, parse
from e2e.world.state import RefusedError, State

BOT = "github-actions[bot]"

_QUERY = ("--jq", "-q", "--json")


def run(state: State, arguments: Sequence[str]) -> None:
    """Run gh.

    Raises:
        RefusedError: it fails.
    """
    if not (os.environ.get("GH_TOKEN") or os.environ.get("GITHUB_TOKEN")):
        raise RefusedError("gh: To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN environment variable")
    for length in (2, 1):
        command = _COMMANDS.get(" ".join(arguments[:length]))
        if command:
            command(state, Job(state), arguments[length:])
            return
    raise RefusedError(f"unknown command {' '.join(arguments[:2])!r} for gh")


def _repository(given: Given | None = None) -> str:
    """Return which repository is meant; outside of a checkout gh cannot guess it."""
    named = (given and (given.get("--repo") or given.get("-R"))) or os.environ.get("GH_REPO")
    if named:
        return named
    if not Path(".git").is_dir():
        raise RefusedError("failed to run git: fatal: not a git repository (or any of the parent directories): .git")
    return os.environ["GITHUB_REPOSITORY"]


def _show(value: Any, given: Given) -> None:
    """Print a document as ``--jq`` says: texts as they are, everything else as JSON, one a line."""
    query = given.get("--jq") or given.get("-q")
    if not query:
        sys.stdout.write(json.dumps(value))
        return
    import jq

    for found in jq.compile(query).input_value(value).all():
        if found is not None:
            sys.stdout.write((found if isinstance(found, str) else json.dumps(found)) + "\n")


# gh api


def _api(state: State, job: Job, arguments: Sequence[str]) -> None:
    given = parse(
        arguments,
        flags=("--paginate", "--silent", "--slurp", "--include"),
        values=("--method", "-X", "--jq", "-q", "--field", "-F", "--raw-field", "-f", "--input", "--header", "-H"),
    )
    (path,) = given.words
    method = (given.get("--method") or given.get("-X") or ("POST" if _has_body(given) else "GET")).upper()
    _repository()
    if path.startswith(_PROTECTION):
        _show(_protection(state, job, method, path, _body(given) if _has_body(given) else None), given)
        return
    for pattern, scope, handler in _ROUTES:
        match = re.fullmatch(pattern, path)
        if match and f"{method} " in scope:
            name, access = scope[f"{method} "]
            job.need(name, access, f"{method} {path}")
            answer = handler(state, method, match, _body(given))
            if not given.flag("--silent"):
                _show(answer, given)
            return
    raise RefusedError(f"gh: Not Found (HTTP 404): {method} {path}")


def _has_body(given: Given) -> bool:
    return any(given.flag(name) for name in ("--field", "-F", "--raw-field", "-f", "--input"))


def _body(given: Given) -> Any:
    """Return the document that is sent."""
    named = given.get("--input")
    if named:
        text = sys.stdin.read() if named == "-" else Path(named).read_text(encoding="utf-8")
        return json.loads(text)
    body: dict[str, Any] = {}
    for option in ("--raw-field", "-f"):
        for text in given.options.get(option, []):
            name, _, value = text.partition("=")
            body[name] = value
    for option in ("--field", "-F"):
        for text in given.options.get(option, []):
            name, _, value = text.partition("=")
            body[name] = _typed(value)
    return body


def _typed(value: str) -> Any:
    if value.startswith("@"):
        return Path(value[1:]).read_text(encoding="utf-8") if value != "@-" else sys.stdin.read()
    return {"true": True, "false": False, "null": None}.get(
        value, int(value) if re.fullmatch(r"-?\d+", value) else value
    )


def _comments(state: State, method: str, match: re.Match[str], body: Any) -> Any:
    """List, write or replace comments of issues and pull requests."""
    with state.changing("comments", []) as comments:
        if method == "GET":
            return [comment for comment in comments if comment["issue"] == match["number"]]
        if len(body["body"]) > 65536:
            raise RefusedError("gh: Validation Failed (HTTP 422): body is too long (maximum is 65536 characters)")
        if method == "POST":
            comment = {"id": len(comments) + 1, "issue": match["number"], "user": {"login": BOT}, "edits": 0}
            comments.append({**comment, "body": body["body"]})
            return comments[-1]
        for comment in comments:
            if str(comment["id"]) == match["id"]:
                comment.update(body=body["body"], edits=comment["edits"] + 1)
                return comment
    raise RefusedError(f"gh: Not Found (HTTP 404): no comment {match['id']}")


_PROTECTION = ("repos/{owner}/{repo}/", "users/", "orgs/")
"""What the steps on the protection of environments ask for, and spell like this."""


def _protection(state: State, job: Job, method: str, path: str, body: Any) -> Any:
    """Answer as the stand-in that those steps are tested with."""
    from steps.protection.gh import Server

    with state.changing("github", {}) as repository:
        everything = ["actions", "administration", "teams"]
        may_read = ["actions"] if LEVELS.index(job.permissions.get("actions", "none")) else []
        repository["rights"] = everything if job.file == ADMINISTRATOR else may_read
        return Server(repository).answer(method, path, body)


_REPOSITORY = r"repos/[\w.-]+/[\w.-]+"
_ROUTES: list[tuple[str, dict[str, tuple[str, str]], Callable[..., Any]]] = [
    (
        rf"{_REPOSITORY}/issues/(?P<number>\d+)/comments",
        {"GET ": ("pull-requests", "read"), "POST ": ("pull-requests", "write")},
        _comments,
    ),
    (rf"{_REPOSITORY}/issues/comments/(?P<id>\d+)", {"PATCH ": ("pull-requests", "write")}, _comments),
]
"""Paths of the API with the permission that each method needs."""


# gh run


def _run_list(state: State, job: Job, arguments: Sequence[str]) -> None:
    values = ("--workflow", "-w", "--limit", "-L", "--status", "-s", "--branch", "-b", "--event", "-e", "--repo", "-R")
    given = parse(arguments, flags=(), values=(*values, *_QUERY))
    _repository(given)
    job.need("actions", "read", "gh run list")
    workflow = given.get("--workflow") or given.get("-w")
    wanted = {
        "status": given.get("--status") or given.get("-s"),
        "branch": given.get("--branch") or given.get("-b"),
        "event": given.get("--event") or given.get("-e"),
    }
    listed = []
    for number, found in sorted(state.read("runs", {}).items(), key=lambda item: -int(item[0])):
        if workflow and workflow not in (found["name"], found["file"], Path(found["file"]).name):
            continue
        if any(value and value not in (found[key], found["conclusion"]) for key, value in wanted.items()):
            continue
        listed.append(
            {
                "databaseId": int(number),
                "displayTitle": found["title"],
                "workflowName": found["name"],
                "status": found["status"],
                "conclusion": found["conclusion"],
                "headSha": found["sha"],
                "headBranch": found["branch"],
                "event": found["event"],
            }
        )
    fields = given.need("--json").split(",")
    limit = int(given.get("--limit") or given.get("-L") or 20)
    unknown = sorted(set(fields) - {"databaseId", "displayTitle", "workflowName", "status", "conclusion", "headSha",
                                    "headBranch", "event"})  # fmt: skip
    if unknown:
        raise RefusedError(f'Unknown JSON field: "{unknown[0]}"')
    _show([{field: entry[field] for field in fields} for entry in listed[:limit]], given)


def _run_cancel(state: State, job: Job, arguments: Sequence[str]) -> None:
    given = parse(arguments, flags=(), values=("--repo", "-R"))
    _repository(given)
    job.need("actions", "write", "gh run cancel")
    (number,) = given.words
    cancel(state, number)


def cancel(state: State, number: str) -> None:
    """Cancel a run; see `e2e.world.processes`.

    Raises:
        RefusedError: there is no such run, or it ended.
    """
    found = state.read("runs", {}).get(number)
    if found is None:
        raise RefusedError(f"could not find any workflow run with ID {number}")
    if found["status"] == "completed" or not found.get("pid"):
        raise RefusedError("Cannot cancel a workflow run that is completed")
    with state.changing("runs", {}) as runs:
        runs[number]["cancelled"] = True
    processes.cancel(found["pid"])


# gh workflow, gh issue, gh pr, gh attestation


def _workflow_run(state: State, job: Job, arguments: Sequence[str]) -> None:
    given = parse(arguments, flags=(), values=("--ref", "-r", "--field", "-F", "--raw-field", "-f", "--repo", "-R"))
    _repository(given)
    job.need("actions", "write", "gh workflow run")
    (name,) = given.words
    with state.changing("dispatched", []) as dispatched:
        dispatched.append({"workflow": name, "ref": given.get("--ref") or given.get("-r"), "inputs": _body(given)})


_ISSUE = ("--title", "-t", "--body", "-b", "--body-file", "-F", "--label", "-l", "--search", "-S", "--state", "-s",
          "--limit", "-L", "--repo", "-R", "--assignee", "-a", "--add-label", *_QUERY)  # fmt: skip


def _issue(state: State, job: Job, arguments: Sequence[str]) -> None:
    command, *rest = arguments
    given = parse(rest, flags=(), values=_ISSUE)
    _repository(given)
    access = "read" if command in ("list", "view") else "write"
    job.need("issues", access, f"gh issue {command}")
    with state.changing("issues", []) as issues:
        if command == "list":
            wanted = given.get("--state") or given.get("-s") or "open"
            label = given.get("--label") or given.get("-l")
            shown = [issue for issue in issues if wanted in ("all", issue["state"])]
            shown = [issue for issue in shown if not label or label in issue["labels"]]
            fields = given.need("--json").split(",")
            _show([{field: issue[field] for field in fields} for issue in shown], given)
        elif command == "create":
            labels = [*given.options.get("--label", []), *given.options.get("-l", [])]
            title = given.get("--title") or given.get("-t")
            number = len(issues) + 1
            issues.append(
                {"number": number, "title": title, "body": _text(given), "labels": labels, "state": "open",
                 "comments": []}
            )  # fmt: skip
            sys.stdout.write(f"https://github.com/{_repository(given)}/issues/{number}\n")
        else:
            found = next((issue for issue in issues if str(issue["number"]) == given.words[0]), None)
            if found is None:
                raise RefusedError(f"no issue {given.words[0]}")
            if command == "edit":
                found["body"] = _text(given)
            elif command == "comment":
                found["comments"].append(_text(given))
            elif command == "close":
                found["state"] = "closed"
            else:
                raise RefusedError(f"unknown command {command!r} for gh issue")


def _text(given: Given) -> str:
    named = given.get("--body-file") or given.get("-F")
    if named:
        return sys.stdin.read() if named == "-" else Path(named).read_text(encoding="utf-8")
    return given.get("--body") or given.get("-b")


def _attestation_verify(state: State, job: Job, arguments: Sequence[str]) -> None:
    values = (
        "--repo",
        "-R",
        "--owner",
        "--cert-identity",
        "--cert-oidc-issuer",
        "--predicate-type",
        "--bundle-from-oci",
    )
    given = parse(arguments, flags=("--deny-self-hosted-runners",), values=values)
    job.need("attestations", "read", "gh attestation verify")
    (reference,) = given.words
    if not reference.startswith("oci://"):
        raise RefusedError(f"open {reference}: no such file or directory")
    if _repository(given) != os.environ["GITHUB_REPOSITORY"]:
        raise RefusedError(f"HTTP 404: no attestations of {_repository(given)}")
    registry = images.Registry(state, job)
    name, digest = images.split(reference.removeprefix("oci://"))
    digest = registry.resolve(name, digest)
    predicate = given.get("--predicate-type", signatures.PROVENANCE)
    identity = given.need("--cert-identity")
    issuer = given.get("--cert-oidc-issuer", "https://token.actions.githubusercontent.com")
    signatures.verify_attestation(state, name, digest, identity, issuer, predicate)


_COMMANDS: dict[str, Callable[[State, Job, Sequence[str]], None]] = {
    "api": _api,
    "run list": _run_list,
    "run cancel": _run_cancel,
    "workflow run": _workflow_run,
    "issue": _issue,
    "attestation verify": _attestation_verify,
}
