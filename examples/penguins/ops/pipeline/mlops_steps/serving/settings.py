# SPDX-License-Identifier: MIT-0
"""What ``config.json`` and the command line say about a deployed model."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping
from typing import Any

from ..config import Config
from ..context import Context
from ..refusal import Unusable

RUNNER = "runner"
"""What ``tests.load.against`` calls a server that the CI job itself starts."""


def add_address(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the model is."""
    parser.add_argument(
        "--url",
        help="where the server is (default: the address of the environment, as its rollout.json says); proxies of the "
        "shell are not used",
    )
    parser.add_argument("--env", metavar="ENV", help="environment whose tests are used (default: those of all)")
    parser.add_argument("--host", metavar="NAME", help="header Host, when the URL is not the public one")


def address(context: Context, url: str | None, env: str | None) -> str:
    """Return where the server is: as the command line says, else where releases to the environment can be reached.

    Raises:
        Unusable: nobody says it.
    """
    if url is not None:
        return url
    if env is None:
        raise Unusable("say where the server is, with --url, or which environment is meant, with --env")
    file = context.deploy / "overlays" / env / "rollout.json"
    try:
        found: str | None = json.loads(file.read_text(encoding="utf-8"))["url"]
    except (OSError, ValueError, KeyError, TypeError):
        found = None
    if found is None:
        raise Unusable(
            f"nothing outside of the cluster reaches the model in {env}: write deployment.ingress, or "
            "execution.runners.deploy where this runs inside the network; or give its address with --url"
        )
    return found


def seconds(text: str) -> float:
    """Return a number of seconds from the command line."""
    value = float(text)
    if not math.isfinite(value) or value < 0:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return value


def path(config: Config) -> str:
    """Return the path of the model on its server.

    Raises:
        Unusable: no server answers requests.
    """
    serving: Mapping[str, str] = config["serving"]
    if "path" not in serving:
        raise Unusable(
            "no server answers requests for this model: smoke and load tests need the deployment mode online; "
            "a batch job is tested by running score"
        )
    return serving["path"]


def requests(config: Config, env: str | None) -> list[Mapping[str, Any]]:
    """Return the smoke requests: those of the environment where it has its own.

    Raises:
        Unusable: there is no such environment.
    """
    own: list[Mapping[str, Any]] | None = _environment(config, env).get("smoke") if env is not None else None
    common: list[Mapping[str, Any]] = config["tests"]["smoke"]
    return common if own is None else own


def load_test(config: Config, env: str | None) -> Mapping[str, float]:
    """Return the settings of the load test: of an environment, or, without one, of the server of the CI job.

    Raises:
        Unusable: there is no such environment, or no load test against it.
    """
    found: Mapping[str, float] | None = (
        config["tests"].get("load") if env is None else _environment(config, env).get("load")
    )
    if found is not None:
        return found
    tested = [name for name, environment in config["environments"].items() if "load" in environment]
    hint = f"add --env {tested[0]}" if tested and env is None else f"set tests.load with against: {env or RUNNER}"
    raise Unusable(f"there is no load test against {env or RUNNER}: {hint}")


def _environment(config: Config, env: str) -> Mapping[str, Any]:
    environments: Mapping[str, Mapping[str, Any]] = config["environments"]
    if env not in environments:
        known = f"there are {', '.join(environments)}" if environments else "there is none"
        raise Unusable(f"--env {env}: there is no such environment; {known}")
    return environments[env]
