"""Stands in for the program ``gh``: answers ``gh api`` from a state in a JSON file, and writes changes back to it.

It knows the calls that the steps may make, with the fields that GitHub demands. Anything else ends with an error, as
does a call without a token or with a name that is not escaped.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

HEADERS = ["-H", "Accept: application/vnd.github+json", "-H", "X-GitHub-Api-Version: 2022-11-28"]
SETTINGS = {"wait_timer", "prevent_self_review", "reviewers", "can_admins_bypass", "deployment_branch_policy"}
NAME = r"([A-Za-z0-9._\[\]%-]+)"


def wrong(message: str) -> NoReturn:
    sys.stderr.write(f"the stand-in for gh takes no such call: {message}\n")
    raise SystemExit(99)


def declined(status: int, message: str, **more: Any) -> NoReturn:
    """Say no, as ``gh api`` does: the answer on standard output, a line on standard error, exit code 1."""
    sys.stdout.write(json.dumps({"message": message, "status": str(status), **more}))
    sys.stderr.write(f"gh: {message} (HTTP {status})\n")
    raise SystemExit(1)


class Server:
    """GitHub, with the state of one repository."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state

    def answer(self, method: str, path: str, body: Any) -> Any:
        known: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("GET", rf"repos/{{owner}}/{{repo}}/environments/{NAME}", self.environment),
            ("PUT", rf"repos/{{owner}}/{{repo}}/environments/{NAME}", self.put_environment),
            ("GET", rf"repos/{{owner}}/{{repo}}/environments/{NAME}/{POLICIES}\?per_page=100", self.policies),
            ("POST", rf"repos/{{owner}}/{{repo}}/environments/{NAME}/{POLICIES}", self.post_policy),
            ("DELETE", rf"repos/{{owner}}/{{repo}}/environments/{NAME}/{POLICIES}/([0-9]+)", self.delete_policy),
            ("GET", r"repos/{owner}/{repo}/actions/runs/([0-9]+)", self.run),
            ("GET", r"repos/{owner}/{repo}/actions/runs/([0-9]+)/approvals", self.approvals),
            ("GET", r"repos/{owner}/{repo}/commits/([0-9a-f]{40})", self.commit),
            ("GET", rf"users/{NAME}", self.user),
            ("GET", rf"orgs/{NAME}/teams/{NAME}", self.team),
            ("GET", rf"orgs/{NAME}/teams/{NAME}/memberships/{NAME}", self.membership),
        )
        for expected, pattern, handler in known:
            found = re.fullmatch(pattern, path)
            if method == expected and found:
                if (body is not None) != (method in ("PUT", "POST")):
                    wrong(f"{method} {path} with the body {body}")
                return handler(*found.groups(), *([body] if body is not None else []))
        wrong(f"{method} {path}")

    def may(self, right: str) -> None:
        if right not in self.state["rights"]:
            declined(403, "Resource not accessible by integration")

    def found(self, name: str) -> dict[str, Any]:
        if name not in self.state["environments"] or self.state["plan"] == "free":
            declined(404, "Not Found")
        environment: dict[str, Any] = self.state["environments"][name]
        return environment

    def environment(self, name: str) -> dict[str, Any]:
        self.may("actions")
        found = self.found(name)
        rules: list[dict[str, Any]] = [{"id": 1, "type": "branch_policy"}]
        if found["wait_timer"]:
            rules.append({"id": 2, "type": "wait_timer", "wait_timer": found["wait_timer"]})
        if found["reviewers"]:
            reviewers = [{"type": item["type"], "reviewer": self.by_id(item)} for item in found["reviewers"]]
            rules.append(
                {
                    "id": 3,
                    "type": "required_reviewers",
                    "prevent_self_review": found["prevent_self_review"],
                    "reviewers": reviewers,
                }
            )
        answer = {
            "name": name,
            "protection_rules": rules,
            "deployment_branch_policy": found["deployment_branch_policy"],
        }
        if "bypass" not in self.state["hides"]:
            answer["can_admins_bypass"] = found["can_admins_bypass"]
        return answer

    def by_id(self, reviewer: dict[str, Any]) -> dict[str, Any]:
        if reviewer["type"] == "User":
            for login, user in self.state["users"].items():
                if user["id"] == reviewer["id"] and user["type"] == "User":
                    return {"login": login, **user}
        for name, team in self.state["teams"].items():
            if reviewer["type"] == "Team" and team["id"] == reviewer["id"]:
                return {"slug": name.split("/")[1], "id": team["id"]}
        declined(422, "Validation Failed", errors=[{"message": "Failed to resolve reviewer"}])

    def put_environment(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        self.may("administration")
        if self.state["plan"] == "free":
            declined(404, "Not Found")
        if set(body) - SETTINGS:
            wrong(f"settings {sorted(body)}")
        if self.state["plan"] == "team" and set(body) != {"deployment_branch_policy"}:
            declined(
                422, "Failed to create the environment protection rule. Please ensure the billing plan supports it."
            )
        policy = body["deployment_branch_policy"]
        if policy is not None and sorted(policy) != ["custom_branch_policies", "protected_branches"]:
            wrong(f"policy {policy}")
        for reviewer in body.get("reviewers") or []:
            if sorted(reviewer) != ["id", "type"] or not isinstance(reviewer["id"], int):
                wrong(f"reviewer {reviewer}")
            self.by_id(reviewer)
        if len(body.get("reviewers") or []) > 6:
            declined(422, "Validation Failed", errors=["too many reviewers"])
        new = {
            "reviewers": [],
            "prevent_self_review": False,
            "wait_timer": 0,
            "can_admins_bypass": True,
            "policies": [],
            "deployment_branch_policy": None,
        }
        found = self.state["environments"].setdefault(name, new)
        found.update({key: value for key, value in body.items() if key not in self.state["ignores"]})
        found["reviewers"] = found["reviewers"] or []
        return {"name": name}

    def with_policies(self, name: str) -> list[dict[str, Any]]:
        found = self.found(name)
        if not (found["deployment_branch_policy"] or {}).get("custom_branch_policies"):
            declined(404, "Not Found")
        policies: list[dict[str, Any]] = found["policies"]
        return policies

    def policies(self, name: str) -> dict[str, Any]:
        self.may("actions")
        found = self.with_policies(name)
        return {"total_count": len(found), "branch_policies": found}

    def post_policy(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        self.may("administration")
        found = self.with_policies(name)
        if sorted(body) != ["name", "type"] or body["type"] not in ("branch", "tag"):
            wrong(f"policy {body}")
        self.state["next"] += 1
        found.append({"id": self.state["next"], **body})
        return found[-1]

    def delete_policy(self, name: str, number: str) -> None:
        self.may("administration")
        found = self.with_policies(name)
        kept = [policy for policy in found if policy["id"] != int(number)]
        if len(kept) == len(found):
            declined(404, "Not Found")
        self.state["environments"][name]["policies"] = kept

    def run(self, number: str) -> dict[str, Any]:
        self.may("actions")
        run = self.state["runs"].get(number) or declined(404, "Not Found")
        answer: dict[str, Any] = {key: run[key] and {"login": run[key]} for key in ("actor", "triggering_actor")}
        return {"id": int(number), **answer}

    def approvals(self, number: str) -> list[dict[str, Any]]:
        self.may("actions")
        run = self.state["runs"].get(number) or declined(404, "Not Found")
        return [
            {
                "state": entry["state"],
                "comment": "",
                "user": entry["login"] and {"login": entry["login"], "type": entry.get("type", "User")},
                "environments": [{"id": 1, "name": name} for name in entry["environments"]],
            }
            for entry in run["approvals"]
        ]

    def commit(self, sha: str) -> dict[str, Any]:
        if sha not in self.state["commits"]:
            declined(422, f"No commit found for SHA: {sha}")
        author = self.state["commits"][sha]
        return {"sha": sha, "author": author and {"login": author}}

    def user(self, login: str) -> dict[str, Any]:
        for name, user in self.state["users"].items():
            if name.lower() == login.lower():
                return {"login": name, **user}
        declined(404, "Not Found")

    def team(self, organisation: str, slug: str) -> dict[str, Any]:
        team = self.state["teams"].get(f"{organisation}/{slug}")
        if team is None or "teams" not in self.state["rights"]:
            declined(404, "Not Found")
        return {"id": team["id"], "slug": slug}

    def membership(self, organisation: str, slug: str, login: str) -> dict[str, Any]:
        self.team(organisation, slug)
        if login not in self.state["teams"][f"{organisation}/{slug}"]["members"]:
            declined(404, "Not Found")
        return {"state": "pending" if login in self.state["invited"] else "active", "role": "member"}


POLICIES = "deployment-branch-policies"


def main() -> None:
    path = Path(os.environ["GH_STAND_IN"])
    state = json.loads(path.read_text(encoding="utf-8"))
    arguments = sys.argv[1:]
    if os.environ.get("GH_TOKEN") != state["token"]:
        sys.stderr.write("To get started with GitHub CLI, please run:  gh auth login\n")
        raise SystemExit(4)
    if os.environ.get("GH_REPO") != state["repository"]:
        wrong("GH_REPO names another repository")
    if any(state["token"] in argument for argument in arguments):
        wrong("the token on the command line")
    if arguments[:2] != ["api", "--method"] or arguments[3:7] != HEADERS:
        wrong(" ".join(arguments))
    method, rest = arguments[2], arguments[7:]
    given = sys.stdin.read()
    body = json.loads(given) if rest[:-1] == ["--input", "-"] else None
    if rest[:-1] not in ([], ["--input", "-"]) or (body is None and given):
        wrong(" ".join(arguments))
    state["calls"].append([method, rest[-1], body])
    try:
        if state["says"]:
            sys.stderr.write(state["says"]["error"])
            sys.stdout.write(state["says"]["answer"])
            raise SystemExit(state["says"]["code"])
        answer = Server(state).answer(method, rest[-1], body)
        sys.stdout.write("" if answer is None else json.dumps(answer))
    finally:
        path.write_text(json.dumps(state), encoding="utf-8")


if __name__ == "__main__":
    main()
