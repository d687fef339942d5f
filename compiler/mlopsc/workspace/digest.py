"""Digests of files, blind to the line ends that a checkout chose."""

from __future__ import annotations

from hashlib import sha256


def normalise(data: bytes) -> bytes:
    """Return the bytes with LF line ends. Nothing is decoded, so any file will do."""
    return data.replace(b"\r\n", b"\n")


def digest(data: bytes) -> str:
    """Return ``sha256:`` and 64 hexadecimal digits over the normalised bytes."""
    return "sha256:" + sha256(normalise(data)).hexdigest()
