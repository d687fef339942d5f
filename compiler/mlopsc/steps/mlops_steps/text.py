# SPDX-License-Identifier: MIT-0
"""Texts that come from data, from files and from other programs, made fit for messages.

A value may hold what a terminal or a CI system takes for a command, and an address may hold a password.
"""

from __future__ import annotations

import re

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|(?<=##)\[")
"""Control characters, line ends, what turns the direction of text, and the bracket of ``##[``, a command as well."""

_USER = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)[^\s/?#'\"<>]*@")
_QUERY = re.compile(r"(?<=[^\s?'\"<>()])\?[^\s?=&'\"<>()]+=[^\s'\"<>()]*")
"""``?name=value`` behind an address or a path: signed addresses hold their key there."""


def visible(text: str) -> str:
    r"""Return a text on one line; characters that have no shape of their own are ``\n``, ``\x1b`` or ``\u202e``."""
    return _UNSEEN.sub(_escaped, text)


def without_secrets(text: str) -> str:
    """Return a text whose addresses have lost user, password and query."""
    return _QUERY.sub("?...", _USER.sub(r"\1", text))


def _escaped(found: re.Match[str]) -> str:
    named = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
    number = ord(found[0])
    return named.get(found[0], f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}")
