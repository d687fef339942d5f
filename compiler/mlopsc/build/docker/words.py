"""Values of the spec as words of a Dockerfile, so that none can end its instruction or be expanded."""

from __future__ import annotations

import re

from mlopsc.inputs import normalize
from mlopsc.render.characters import HIDDEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./@+=,~-]*")
_SPECIAL = re.compile(r"""[\\"'$*?\[\]<>]""")


def path_problem(path: str) -> str | None:
    """Say why an image cannot be built from a path of the spec, as the end of a sentence; None when it can."""
    return "lies outside the folder of the spec" if normalize(path) is None else _word_problem(path)


def _word_problem(path: str) -> str | None:
    # Quotes, variables and wildcards are read even inside the JSON form of an instruction, and a .dockerignore has no
    # quotes at all.
    if _SPECIAL.search(path) or HIDDEN.search(path) or "\t" in path or "\n" in path:
        return "holds a character that means something else in a Dockerfile"
    if any(part != part.strip() for part in path.split("/")):
        return "has a name that begins or ends with a space"
    return None


def copy_words(sources: Sequence[str], target: str) -> str:
    """Return the arguments of ``COPY``: plain when every path allows it, else the JSON form.

    Args:
        sources: paths relative to the folder of the spec.
        target: path in the image.

    Raises:
        ValueError: a path that no Dockerfile can hold.
    """
    problem = next(filter(None, [*map(path_problem, sources), _word_problem(target)]), None)
    if problem:
        raise ValueError(f"one of {(*sources, target)} {problem}")
    if all(_PLAIN.fullmatch(path) for path in (*sources, target)):
        return " ".join((*sources, target))
    return "[" + ", ".join(f'"{path}"' for path in (*sources, target)) + "]"


def exec_form(arguments: Sequence[str]) -> str:
    """Return a command as a JSON array, which no shell reads and in which nothing is expanded."""
    from mlopsc.render.json import text_literal

    return "[" + ", ".join(map(text_literal, arguments)) + "]"


def env_value(text: str) -> str:
    """Return a text as the quoted value of ``ENV``.

    Raises:
        ValueError: a line end or another character that a reader would not see.
    """
    if HIDDEN.search(text) or "\n" in text or "\t" in text:
        raise ValueError(f"{text!r} holds a hidden character")
    return '"' + re.sub(r'([\\"$])', r"\\\1", text) + '"'
