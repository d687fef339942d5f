"""Text files from Jinja templates, with the origin of every line.

Values reach a template wrapped: they behave like the data, and what is printed carries an invisible mark with its
origin, which survives joining and concatenation and is taken out of the finished lines.
"""

from __future__ import annotations

from functools import cache

from mlopsc.parts import Text
from mlopsc.record import Path, Record
from mlopsc.render import markdown
from mlopsc.render.header import header
from mlopsc.render.refs import common, distinct, further, unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from jinja2 import Environment, Template

    from mlopsc.parts import Data, Ref

_MARK = "\x00"


def text(source: str, values: Mapping[str, Data], *, spec_file: str, at: Path = (), env: str | None = None) -> Text:
    """Render a template.

    A template can use ``header`` (the sentence that a generated file begins with; the template adds the comment
    marks), the filters ``md`` and ``code`` (user text into Markdown) and ``table(header, rows)`` (finished cells into
    an aligned table). Filters that measure or cut text (``truncate``, ``wordwrap``, ``center``) would count the marks
    and must not be used on values.

    Args:
        source: a Jinja template; an undefined name is an error.
        values: names to data; anything inside may be an `At`, and a `Record` brings its own path.
        spec_file: name of the spec for the header.
        at: spec path of the lines that no value claims.
        env: environment of those lines.

    Raises:
        jinja2.TemplateError: the template is broken or names something undefined.
        TypeError: the template prints a map, a list or nothing (None).
        ValueError: a value contains U+0000.
    """
    root = (env, at)
    marks = _Marks(root)
    wrapped = {name: _wrap(value, root, marks) for name, value in values.items()}
    rendered = _template(source).render({"header": header(spec_file), **wrapped})
    lines: list[str] = []
    refs: list[Ref] = []
    also: dict[int, tuple[Ref, ...]] = {}
    for line in rendered.removesuffix("\n").split("\n") if rendered else ():
        pieces = line.split(_MARK)
        # Marks stand as NUL number NUL, so every second piece is the number of an origin.
        lines.append("".join(pieces[::2]).rstrip(" \t"))
        # A number behind a minus is a further origin of a value.
        found = [marks.refs[int(number)] for number in pieces[1::2] if not number.startswith("-")]
        more = [marks.refs[int(number[1:])] for number in pieces[1::2] if number.startswith("-")]
        several = distinct([*found, *more], root) or tuple(dict.fromkeys(more))
        if several:
            also[len(refs)] = several
        refs.append(common(found, root))
    return Text(lines=tuple(lines), refs=tuple(refs), also=also)


class _Marks:
    """Numbers the origins of one rendering."""

    def __init__(self, root: Ref) -> None:
        self.refs: list[Ref] = []
        self._root = root
        self._numbers: dict[Ref, int] = {}

    def of(self, ref: Ref, sign: str = "") -> str:
        """Return the mark of an origin; nothing for the origin of the file, which must not blur another on its line."""
        if ref == self._root:
            return ""
        number = self._numbers.get(ref)
        if number is None:
            number = self._numbers[ref] = len(self.refs)
            self.refs.append(ref)
        return f"{_MARK}{sign}{number}{_MARK}"


class _Located:
    """A value with its origin, as a template sees it.

    Truth, length, iteration, membership, comparison, items and attributes are those of the value.
    """

    __slots__ = ("_also", "_marks", "_ref", "_value")

    def __init__(self, value: Any, ref: Ref, marks: _Marks, also: tuple[Ref, ...] = ()) -> None:
        self._also = also
        self._value = value
        self._ref = ref
        self._marks = marks

    def _like(self, value: Data) -> Any:
        return _wrap(value, self._ref, self._marks)

    def __str__(self) -> str:
        if isinstance(self._value, (dict, list, tuple, Record)):
            raise TypeError(f"{self._ref}: a template prints a {type(self._value).__name__}")
        mark = self._marks.of(self._ref) + "".join(self._marks.of(ref, "-") for ref in self._also)
        # Each line of a text with several lines carries the mark.
        return mark + str(self._value).replace("\n", "\n" + mark)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __len__(self) -> int:
        return len(self._value)

    def __iter__(self) -> Iterator[Any]:
        if isinstance(self._value, dict):
            return (_wrap(key, unwrap(child, self._ref)[1], self._marks) for key, child in self._value.items())
        return map(self._like, self._value)

    def __contains__(self, item: object) -> bool:
        bare = _bare(item)
        if isinstance(self._value, str):
            return bare in self._value
        return any(bare == _bare(own) for own in self)

    def __getitem__(self, key: Any) -> Any:
        return self._like(self._value[_bare(key)])

    def __getattr__(self, name: str) -> Any:
        value = self._value
        if isinstance(value, Record):
            own = getattr(value, name)
            return _wrap(own, (self._ref[0], (*value.path, name)) if value.path else self._ref, self._marks)
        if isinstance(value, dict):
            if name == "items":
                return lambda: [(key, self._like(value[_bare(key)])) for key in self]
            if name == "values":
                return lambda: [self._like(child) for child in value.values()]
            # Jinja goes on to look the name up as a key.
            raise AttributeError(name)
        return getattr(value, name)

    def __int__(self) -> int:
        return int(self._value)

    def __float__(self) -> float:
        return float(self._value)

    def __hash__(self) -> int:
        return hash(self._value)

    def __eq__(self, other: object) -> bool:
        return bool(self._value == _bare(other))

    def __lt__(self, other: Any) -> bool:
        return bool(self._value < _bare(other))

    def __le__(self, other: Any) -> bool:
        return bool(self._value <= _bare(other))

    def __gt__(self, other: Any) -> bool:
        return bool(self._value > _bare(other))

    def __ge__(self, other: Any) -> bool:
        return bool(self._value >= _bare(other))


def _wrap(value: Data, ref: Ref, marks: _Marks) -> Any:
    also = further(value)
    value, ref = unwrap(value, ref)
    if value is None:
        return None  # so that "is none" and "default" work
    if isinstance(value, Record) and value.path:
        ref = (ref[0], value.path)
    if isinstance(value, str) and _MARK in value:
        raise ValueError(f"{ref}: text with the character U+0000")
    return _Located(value, ref, marks, also)


def _bare(value: object) -> Any:
    return value._value if type(value) is _Located else value


def _printed(value: object) -> object:
    """Refuse what would print as Python."""
    if value is None or isinstance(value, (dict, list, tuple)):
        raise TypeError(f"a template prints a {type(value).__name__}")
    return value


def _text_filter(convert: Callable[[str], str]) -> Callable[[object], str]:
    def convert_value(value: object) -> str:
        mark, bare = _split_marks(str(_printed(value)))
        return mark + convert(bare)

    return convert_value


def _table(head: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    """Align finished cells, then put the marks of a row's cells at the beginning of its line."""
    grid = [[_split_marks(str(_printed(cell))) for cell in row] for row in (head, *rows)]
    plain = [[cell for _, cell in row] for row in grid]
    lines = markdown.table(plain[0], plain[1:])
    marks = ["".join(mark for mark, _ in row) for row in grid]
    marks.insert(1, "")
    return "\n".join([mark + line for mark, line in zip(marks, lines, strict=True)])


def _split_marks(printed: str) -> tuple[str, str]:
    pieces = printed.split(_MARK)
    return "".join([f"{_MARK}{number}{_MARK}" for number in pieces[1::2]]), "".join(pieces[::2])


@cache
def _environment() -> Environment:
    # Imported here: it costs more than the rest of a compile, and most files are no templates.
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - no HTML; Markdown is escaped by the filter md
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printed,
    )
    environment.filters["md"] = _text_filter(markdown.escape)
    environment.filters["code"] = _text_filter(markdown.code)
    environment.globals["table"] = _table
    return environment


@cache
def _template(source: str) -> Template:
    return _environment().from_string(source)
