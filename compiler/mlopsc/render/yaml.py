"""The YAML emitter: documents as data to block-style text, one pass, with the origin of every line.

The output is a fixed point of prettier and reads back as the same data under YAML 1.1 and 1.2.
"""

from __future__ import annotations

from mlopsc.parts import At, Rendered
from mlopsc.record import Path
from mlopsc.render.characters import HIDDEN, visible
from mlopsc.render.scalar import constant, float_scalar, key_scalar, text_scalar
from mlopsc.render.width import width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlopsc.parts import Data, Ref

_STEP = "  "
_COLUMNS = 80


def emit(documents: Iterable[Data], *, at: Path = (), env: str | None = None, comment: str = "") -> Rendered:
    """Write documents, separated by ``---``.

    Args:
        documents: trees of dict, list, tuple, str, int, float, bool, None and Decimal; any value may be an `At`.
            Keys are strings and keep their order.
        at: spec path of the lines that no `At` claims.
        env: environment of those lines.
        comment: first line of the file, without the ``#``.

    Raises:
        TypeError: a value of another type, a key that is no string, or a `Slot` that nothing filled.
        ValueError: a key that is too long for YAML, or a Decimal that is infinite or not a number.
    """
    emitter = _Emitter()
    root = (env, at)
    if comment:
        emitter.line("# " + comment, root)
    for number, document in enumerate(documents):
        if number:
            emitter.line("---", root)
        emitter.value(document, root, "", "", inline=True)
    return Rendered(text="".join([line + "\n" for line in emitter.lines]), refs=tuple(emitter.refs), also=emitter.also)


class _Emitter:
    """Collects lines and their origins."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.refs: list[Ref] = []
        self.also: dict[int, tuple[Ref, ...]] = {}
        # Kubernetes files repeat a few dozen keys and words.
        self._keys: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def line(self, text: str, ref: Ref) -> None:
        self.lines.append(text)
        self.refs.append(ref)

    def value(self, value: Data, ref: Ref, lead: str, indent: str, *, inline: bool) -> None:
        """Write one value.

        Args:
            value: the data.
            ref: origin of the surrounding value.
            lead: beginning of the value's line, with the space before the value: ``  name: `` or ``  - ``.
            indent: beginning of the lines below.
            inline: a map or list begins on the line of the lead (list items, documents), not below it (map values).
        """
        also: tuple[Ref, ...] = ()
        tail = ""
        while type(value) is At:
            also += value.also
            tail = tail or value.tail
            ref = (ref[0] if value.env is None else value.env, value.path or ref[1])
            if value.note:
                margin = lead[: len(lead) - len(lead.lstrip(" "))]
                for part in value.note.splitlines():
                    if also:
                        self.also[len(self.lines)] = also
                    self.line(f"{margin}# {visible(part)}".rstrip(), ref)
            value = value.value
        if also:
            self.also[len(self.lines)] = also

        if isinstance(value, str):
            text = str.__str__(value)
            known = self._texts.get(text)
            if known is None:
                if _is_block(text):
                    self._block(text, ref, lead, indent or _STEP, inline=inline)
                    return
                known = self._texts[text] = text_scalar(text)
            self.line(f"{lead}{known} # {visible(tail)}" if tail else lead + known, ref)
        elif isinstance(value, dict):
            if not value:
                self._empty("{}", ref, lead, indent, inline=inline)
                return
            if not inline:
                self.line(lead[:-1], ref)
                lead = indent
            below = indent + _STEP
            for key, child in value.items():
                self.value(child, ref, f"{lead}{self._key(key, ref)}: ", below, inline=False)
                lead = indent
        elif isinstance(value, list) or type(value) is tuple:
            if not value:
                self._empty("[]", ref, lead, indent, inline=inline)
                return
            if not inline:
                self.line(lead[:-1], ref)
                lead = indent
            below = indent + _STEP
            for child in value:
                self.value(child, ref, lead + "- ", below, inline=True)
                lead = indent
        else:
            self.line(lead + constant(value, ref, float_scalar), ref)

    def _key(self, key: object, ref: Ref) -> str:
        if not isinstance(key, str):
            raise TypeError(f"{ref}: a map key must be a string, not {key!r}")
        known = self._keys.get(key)
        if known is None:
            known = self._keys[key] = key_scalar(str.__str__(key))
        return known

    def _empty(self, brackets: str, ref: Ref, lead: str, indent: str, *, inline: bool) -> None:
        # prettier moves brackets below a key that leaves them no room; other values it lets stand out.
        if not inline and width(lead + brackets) > _COLUMNS:
            self.line(lead[:-1], ref)
            lead = indent
        self.line(lead + brackets, ref)

    def _block(self, text: str, ref: Ref, lead: str, indent: str, *, inline: bool) -> None:
        ends = text.endswith("\n")
        mark = "|" if ends else "|-"
        if not inline and width(lead + mark) > _COLUMNS:
            # prettier would move the mark below the key, where nobody expects it.
            self.line(lead + text_scalar(text), ref)
            return
        self.line(lead + mark, ref)
        for part in (text[:-1] if ends else text).split("\n"):
            self.line(indent + part if part else "", ref)


def _is_block(text: str) -> bool:
    """Say whether a text reads well, and survives, as a literal block.

    Not with a space, a tab or an empty line at its beginning (the block would need an indentation mark), not with white
    space at the end of a line and not with several line ends at the end: editors and commit hooks remove those.
    """
    if "\n" not in text or text[0] in " \t\n" or text[-1] in " \t" or text.endswith("\n\n"):
        return False
    return not (" \n" in text or "\t\n" in text or HIDDEN.search(text))
