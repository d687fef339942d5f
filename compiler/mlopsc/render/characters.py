"""Which characters may stand in a generated file as they are.

Text is kept as Unicode. Written as an escape are only the characters that a reader would not see or that some parser
refuses: controls, the line separators beside LF, the byte order mark, lone surrogates, non-characters, and the
bidirectional controls, with which a file can show a reviewer something else than it says.
"""

from __future__ import annotations

import re

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]",
)
"""One character that must be escaped; tab and LF are left to the caller."""


def visible(text: str) -> str:
    """Return the text with hidden characters spelled as ``\\uXXXX``, for comments and other places without escapes."""
    return HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
