# SPDX-License-Identifier: MIT-0
"""The token with which git reaches the repository with the deploy branches, where the caller has one."""

from __future__ import annotations

import base64
import ipaddress
import os
from urllib.parse import SplitResult, urlsplit

from ..refusal import Unusable

TOKEN = "MLOPS_GIT_TOKEN"  # noqa: S105 - the name of the variable
"""Environment variable that holds the token."""

_USER = "x-access-token"
"""The user that GitHub expects with a token; other servers take any."""


def environment(url: str) -> dict[str, str]:
    """Return the environment variables with which git sends the token to an address; none without a token.

    The token is a setting in the environment, as GIT_CONFIG_COUNT of git-config(1) has it: arguments of programs can be
    seen by all users of a machine. An empty value first takes away a header that a checkout left in the settings of the
    clone, since servers refuse two. No redirect is followed: git would send the header wherever it leads.

    Args:
        url: of the repository. Only HTTPS has use for a token.

    Raises:
        Unusable: the token would travel readable for everybody on the way.
    """
    token = os.environ.get(TOKEN, "").strip()
    address = urlsplit(url) if "://" in url else SplitResult("", "", url, "", "")
    if not token or address.scheme not in ("http", "https"):
        return {}
    host = address.netloc.rpartition("@")[2]
    if address.scheme == "http" and not _is_this_machine(address.hostname or ""):
        raise Unusable(f"{TOKEN} is not sent to {host} without encryption: give an address with https")
    section = f"http.{address.scheme}://{host}/"
    header = f"Authorization: Basic {base64.b64encode(f'{_USER}:{token}'.encode()).decode()}"
    count = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    settings = (("extraHeader", ""), ("extraHeader", header), ("followRedirects", "false"))
    variables = {"GIT_CONFIG_COUNT": str(count + len(settings))}
    for number, (name, value) in enumerate(settings, start=count):
        variables |= {f"GIT_CONFIG_KEY_{number}": f"{section}.{name}", f"GIT_CONFIG_VALUE_{number}": value}
    return variables


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
