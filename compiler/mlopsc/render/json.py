"""The JSON emitter: one document as data to text, with the origin of every line.

Objects are always written one key a line. Arrays follow prettier, so that the text is a fixed point of it: on one line
if that fits, otherwise one item a line, numbers filled.
"""

from __future__ import annotations

import re
from decimal import Decimal

from mlopsc.parts import Rendered
from mlopsc.record import Path
from mlopsc.render.characters import HIDDEN
from mlopsc.render.refs import common, distinct, further, unwrap
from mlopsc.render.scalar import constant
from mlopsc.render.width import width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.parts import Data, Ref

_STEP = "  "
_COLUMNS = 80

_ESCAPED = re.compile(rf'["\\\t\n]|{HIDDEN.pattern}')
_SHORT = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def emit(document: Data, *, at: Path = (), env: str | None = None) -> Rendered:
    """Write one document.

    Notes of `At` values are left out: JSON has no comments. A line that holds several values takes the longest path
    that all of them lie under.

    Args:
        document: a tree of dict, list, tuple, str, int, float, bool, None and Decimal; any value may be an `At`.
        at: spec path of the lines that no `At` claims.
        env: environment of those lines.

    Raises:
        TypeError: a value of another type, a key that is no string, or a `Slot` that nothing filled.
        ValueError: a number that is infinite or not a number, which JSON cannot hold.
    """
    emitter = _Emitter()
    emitter.value(document, (env, at), "", "", "")
    return Rendered(text="".join([line + "\n" for line in emitter.lines]), refs=tuple(emitter.refs), also=emitter.also)


def text_literal(text: str) -> str:
    """Return a string as a JSON string."""
    return '"' + _ESCAPED.sub(_escape, text) + '"'


class _Emitter:
    """Collects lines and their origins."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.refs: list[Ref] = []
        self.also: dict[int, tuple[Ref, ...]] = {}

    def line(self, text: str, ref: Ref) -> None:
        self.lines.append(text)
        self.refs.append(ref)

    def joined(self, text: str, leaves: list[Ref], outer: Ref) -> None:
        """Write a line that holds several values."""
        also = distinct(leaves, outer)
        if also:
            self.also[len(self.lines)] = also
        self.line(text, common(leaves, outer))

    def value(self, value: Data, ref: Ref, lead: str, indent: str, tail: str) -> None:
        """Write one value.

        Args:
            value: the data.
            ref: origin of the surrounding value.
            lead: beginning of the line, up to the value.
            indent: spaces before the closing bracket.
            tail: a comma, or nothing after the last value.
        """
        also = further(value)
        if also:
            self.also[len(self.lines)] = also
        value, ref = unwrap(value, ref)
        if isinstance(value, dict) and value:
            self.line(lead + "{", ref)
            inner = indent + _STEP
            last = len(value) - 1
            for number, (key, child) in enumerate(value.items()):
                if not isinstance(key, str):
                    raise TypeError(f"{ref}: a key must be a string, not {key!r}")
                comma = "," if number < last else ""
                self.value(child, ref, f"{inner}{text_literal(str.__str__(key))}: ", inner, comma)
            self.line(indent + "}" + tail, ref)
        elif _is_array(value) and value:
            leaves: list[Ref] = []
            flat = _flat(value, ref, leaves)
            if flat is not None and width(lead + flat + tail) <= _COLUMNS:
                self.joined(lead + flat + tail, leaves, ref)
            else:
                self._array(value, ref, lead, indent, tail)
        else:
            self.line(lead + _leaf(value, ref) + tail, ref)

    def _array(self, items: list[Data] | tuple[Data, ...], ref: Ref, lead: str, indent: str, tail: str) -> None:
        self.line(lead + "[", ref)
        inner = indent + _STEP
        last = len(items) - 1
        if last and all(_is_number(unwrap(item, ref)[0]) for item in items):
            self._fill(items, ref, inner)
        else:
            for number, item in enumerate(items):
                self.value(item, ref, inner, inner, "," if number < last else "")
        self.line(indent + "]" + tail, ref)

    def _fill(self, items: list[Data] | tuple[Data, ...], ref: Ref, indent: str) -> None:
        line = ""
        leaves: list[Ref] = []
        last = len(items) - 1
        for number, item in enumerate(items):
            value, own = unwrap(item, ref)
            word = _leaf(value, own) + ("," if number < last else "")
            if line and len(line) + 1 + len(word) > _COLUMNS:
                self.joined(line, leaves, ref)
                line, leaves = "", []
            line = f"{line} {word}" if line else indent + word
            leaves.append(own)
        self.joined(line, leaves, ref)


def _is_array(value: object) -> bool:
    return isinstance(value, list) or type(value) is tuple


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _flat(items: list[Data] | tuple[Data, ...], ref: Ref, leaves: list[Ref]) -> str | None:
    """Return an array on one line, or None if it must not be; add the origins of its values to ``leaves``."""
    words = []
    matrix = len(items) > 1
    for item in items:
        value, own = unwrap(item, ref)
        if _is_array(value) and value:
            word = _flat(value, own, leaves)
            if word is None:
                return None
            matrix = matrix and len(value) > 1
        elif isinstance(value, dict) and value:
            return None
        else:
            word = _leaf(value, own)
            leaves.append(own)
            matrix = False
        words.append(word)
    # prettier breaks a list of lists if each of them has more than one item.
    return None if matrix else f"[{', '.join(words)}]"


def _leaf(value: object, ref: Ref) -> str:
    if isinstance(value, str):
        return text_literal(str.__str__(value))
    if isinstance(value, dict):
        return "{}"
    if _is_array(value):
        return "[]"
    return constant(value, ref, _number)


def _number(number: float) -> str:
    text = float.__repr__(number)
    if text[-1] in "fn":
        raise ValueError(f"{text} has no spelling in JSON")
    mantissa, mark, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if mark else text


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _SHORT.get(character) or f"\\u{ord(character):04x}"
