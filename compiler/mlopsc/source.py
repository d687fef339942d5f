"""YAML text to nodes with positions, built from parser events without recursion.

The scalars are those of YAML 1.2's core schema; anchors and aliases are allowed within limits, tags, merge keys and
keys that are no text are not. One broken file gives one finding: a YAML parser cannot go on after an error.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from mlopsc.origin import Span, Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.diagnostics import Findings

MAX_BYTES = 1_048_576
MAX_DEPTH = 64
MAX_NODES = 100_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("[\r\x85\u2028\u2029]")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = {
    **dict.fromkeys(("", "null", "Null", "NULL", "~"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


class Node:
    """A value of a YAML file."""

    __slots__ = ("span", "via")

    def __init__(self, span: Span, via: tuple[Step, ...] = ()) -> None:
        self.span = span
        self.via = via


class Scalar(Node):
    """A text, and whether it stood without quotes (only then it may be a number, a boolean or null)."""

    __slots__ = ("plain", "text")

    def __init__(self, text: str, plain: bool, span: Span, via: tuple[Step, ...] = ()) -> None:
        super().__init__(span, via)
        self.text = text
        self.plain = plain

    def value(self) -> str | int | float | bool | None:
        """Return the value under YAML 1.2's core schema."""
        text = self.text
        if not self.plain:
            return text
        if text in _SPECIAL:
            return _SPECIAL[text]
        if text[0] in "0123456789+-.":
            if _INTEGER.fullmatch(text):
                # an integer of hundreds of digits is text: Python refuses to convert it, and nothing needs it
                return text if len(text) > 300 else int(text, 0 if text[1:2] in ("o", "x") else 10)
            if _FLOAT.fullmatch(text):
                return float(text)
        return text

    @property
    def is_null(self) -> bool:
        """An explicit ``null`` or ``~``; an empty value is not."""
        return self.plain and self.text in ("null", "Null", "NULL", "~")

    @property
    def is_empty(self) -> bool:
        """Nothing after the colon."""
        return self.plain and self.text == ""


class Sequence(Node):
    """A list."""

    __slots__ = ("items",)

    def __init__(self, items: list[Node], span: Span, via: tuple[Step, ...] = ()) -> None:
        super().__init__(span, via)
        self.items = items


class Map(Node):
    """A map; `keys` has the position of each key."""

    __slots__ = ("entries", "keys")

    def __init__(self, entries: dict[str, Node], keys: dict[str, Span], span: Span, via: tuple[Step, ...] = ()) -> None:
        super().__init__(span, via)
        self.entries = entries
        self.keys = keys

    def get(self, *path: str) -> Node | None:
        """Return the node below the keys, None when there is none."""
        node: Node | None = self
        for key in path:
            if not isinstance(node, Map):
                return None
            node = node.entries.get(key)
        return node


class Poison(Node):
    """A value that could not be resolved; whatever is found wrong with it was reported already."""

    __slots__ = ()


def plain_data(node: Node) -> Any:
    """Return the node as Python data; a `Poison` becomes None."""
    if isinstance(node, Scalar):
        return node.value()
    if isinstance(node, Map):
        return {key: plain_data(value) for key, value in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain_data(item) for item in node.items]
    return None


def copy_with(node: Node, step: Step) -> Node:
    """Return a shallow copy of `node` that came here by one more step."""
    via = (step, *node.via)
    if isinstance(node, Scalar):
        return Scalar(node.text, node.plain, node.span, via)
    if isinstance(node, Sequence):
        return Sequence(node.items, node.span, via)
    if isinstance(node, Map):
        return Map(node.entries, node.keys, node.span, via)
    return Poison(node.span, via)


def parse(file: str, content: bytes, findings: Findings) -> Map | None:
    """Parse one file into its top map; None when something was reported that leaves no tree.

    Args:
        file: name for positions.
        content: the bytes; UTF-8, any line ends.
        findings: takes duplicate keys and the like, after which the tree is still usable, and the reason for None.
    """
    text = _decode(file, content, findings)
    if text is None:
        return None
    builder = _Builder(file, findings)
    try:
        for event in yaml.parse(text, _Loader):
            if not builder.feed(event):
                return None
    except yaml.MarkedYAMLError as error:
        _report_syntax(file, text, error, findings)
        return None
    except yaml.reader.ReaderError as error:
        # the text decoded, so this is a character that YAML forbids
        line, col = _position(text, int(error.position))
        findings.at("SRC-102", Span(file, line, col, line, col + 1), reason="a control character")
        return None
    return builder.finish()


def _decode(file: str, content: bytes, findings: Findings) -> str | None:
    start = Span(file, 1, 1, 1, 1)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        findings.at("SRC-102", start, reason="it is encoded in UTF-16")
        return None
    content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    if b"\0" in content:
        findings.at("SRC-102", start, reason="it holds NUL bytes")
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line, col = _position(content[: error.start].decode("utf-8"), error.start)
        findings.at("SRC-102", Span(file, line, col, line, col + 1), reason=f"byte 0x{content[error.start]:02x}")
        return None
    match = _LINE_END.search(text)
    if match:
        line, col = _position(text, match.start())
        reason = f"U+{ord(match[0]):04X}, a line end to some readers and none to others"
        findings.at("SRC-102", Span(file, line, col, line, col + 1), reason=reason)
        return None
    return text


def _position(text: str, index: int) -> tuple[int, int]:
    before = text[:index]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


class _Builder:
    """Takes parser events one by one and builds the tree on an explicit stack."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings
        self.root: Node | None = None
        self.documents = 0
        self.count = 0
        # open containers: the node, its anchor, the number of nodes before it
        self.stack: list[tuple[Map | Sequence, str | None, int]] = []
        self.pending: list[tuple[str, Span] | None] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.open_anchors: set[str] = set()

    def span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def feed(self, event: yaml.Event) -> bool:
        """Take one event; False ends the parsing after a finding."""
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            return self.open(event)
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            return self.close(event)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.findings.at("SRC-104", self.span(event), found="a second document")
                return False
        return True

    def refuse(self, code: str, event: yaml.Event, **facts: object) -> bool:
        self.findings.at(code, self.span(event), **facts)
        return False

    def grow(self, event: yaml.Event, by: int = 1) -> bool:
        self.count += by
        return self.count <= MAX_NODES or self.refuse("SRC-106", event, limit=MAX_NODES)

    def scalar(self, event: yaml.ScalarEvent) -> bool:
        span = self.span(event)
        if event.tag is not None and event.tag != "!":
            return self.refuse("SRC-108", event, found=f"the tag {event.tag}")
        match = _CONTROL.search(event.value)
        if match:
            return self.refuse("SRC-102", event, reason=f"the control character U+{ord(match[0]):04X}")
        node = Scalar(event.value, not event.style and event.tag is None, span)
        if event.anchor:
            self.anchors[event.anchor] = (node, 1)
        if self.stack and isinstance(self.stack[-1][0], Map) and self.pending[-1] is None:
            return self.key(event, span)
        return self.grow(event) and self.place(node)

    def key(self, event: yaml.ScalarEvent, span: Span) -> bool:
        top = self.stack[-1][0]
        assert isinstance(top, Map)  # noqa: S101 - the caller has checked it
        key = event.value
        if key == "<<" and not event.style:
            return self.refuse("SRC-108", event, found='the merge key "<<"')
        if key in top.keys:
            self.findings.at("SRC-101", span, top.keys[key], key=key)
        self.pending[-1] = (key, span)
        return True

    def open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> bool:
        if event.tag is not None and event.tag != "!":
            return self.refuse("SRC-108", event, found=f"the tag {event.tag}")
        if self.stack and isinstance(self.stack[-1][0], Map) and self.pending[-1] is None:
            return self.refuse("SRC-108", event, found="a key that is a list or a map")
        if len(self.stack) >= MAX_DEPTH:
            return self.refuse("SRC-105", event, limit=MAX_DEPTH)
        before = self.count
        if not self.grow(event):
            return False
        span = self.span(event)
        node: Map | Sequence = Map({}, {}, span) if isinstance(event, yaml.MappingStartEvent) else Sequence([], span)
        self.stack.append((node, event.anchor, before))
        self.pending.append(None)
        if event.anchor:
            self.open_anchors.add(event.anchor)
        return True

    def close(self, event: Any) -> bool:
        node, anchor, before = self.stack.pop()
        self.pending.pop()
        end = event.end_mark
        node.span = node.span._replace(end_line=end.line + 1, end_col=end.column + 1)
        if anchor:
            self.open_anchors.discard(anchor)
            self.anchors[anchor] = (node, self.count - before)
        return self.place(node)

    def alias(self, event: yaml.AliasEvent) -> bool:
        name = event.anchor
        if self.stack and isinstance(self.stack[-1][0], Map) and self.pending[-1] is None:
            return self.refuse("SRC-108", event, found="a key that is an alias")
        if name in self.open_anchors:
            return self.refuse("SRC-107", event, name=name, reason="it contains itself")
        if name not in self.anchors:
            return self.refuse("SRC-107", event, name=name, reason=f"no &{name} stands above it")
        node, size = self.anchors[name]
        return self.grow(event, size) and self.place(copy_with(node, Step("alias", self.span(event))))

    def place(self, node: Node) -> bool:
        if not self.stack:
            self.root = node
            return True
        top = self.stack[-1][0]
        if isinstance(top, Sequence):
            top.items.append(node)
            return True
        pending = self.pending[-1]
        assert pending is not None  # noqa: S101 - a map's value always follows its key
        key, span = pending
        self.pending[-1] = None
        if key not in top.keys:
            top.keys[key] = span
            top.entries[key] = node
        return True

    def finish(self) -> Map | None:
        root = self.root
        if root is None or (isinstance(root, Scalar) and root.value() is None):
            self.findings.at("SRC-103", Span(self.file, 1, 1, 1, 1))
            return None
        if not isinstance(root, Map):
            found = "a list" if isinstance(root, Sequence) else "a single value"
            self.findings.at("SRC-104", root.span, found=found)
            return None
        return root


_UNQUOTED = re.compile(r"(?<![\"'\w$])[^\s\"'\[\]{},:]*\$\{[^}\s]*\}[^\s\"',}\]]*")
_INDICATOR = re.compile(r"(?:^|[\s\[{,])(?P<word>[@%*`][^,\]}#]*[^\s,\]}#])")
_HASH = re.compile(r"[:,\[{]\s+(?P<word>#[^\s,\]}]+)")
_SECOND_COLON = re.compile(r"\s*(?:- +)*[^\s\"'\[{:#][^:\"'\[{]*:\s+(?P<word>[^\s\"'\[{|>&!#].*?:(?:\s.*)?)$")
_NO_SPACE = re.compile(r"\s*(?P<word>[A-Za-z_][\w-]*:)(?P<value>[^\s:/][^:]*)$")


def _report_syntax(file: str, text: str, error: yaml.MarkedYAMLError, findings: Findings) -> None:
    mark = error.problem_mark or error.context_mark
    line, col = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    first = error.context_mark.line if error.context_mark else line - 1
    for number in range(min(line - 1, len(lines) - 1), max(first, line - 4, 0) - 1, -1):
        word = _culprit(lines[number])
        if word is not None:
            at, found, fix = word
            problem = f"{found!r} needs quotes" if found != "\t" else "a tab"
            _report_culprit(file, number, at, found, problem, fix, findings)
            return
    slip = _slip(lines, line - 1, error)
    if slip is not None:
        _report_culprit(file, *slip, findings)
        return
    problem = (error.problem or "it does not parse").replace("\t", "\\t")
    findings.at("SRC-100", Span(file, line, col, line, col + 1), problem=problem)


def _report_culprit(file: str, number: int, at: int, found: str, problem: str, fix: str, findings: Findings) -> None:
    span = Span(file, number + 1, at + 1, number + 1, at + 1 + len(found))
    findings.at("SRC-109", span, problem=problem, fix=fix)


def _culprit(line: str) -> tuple[int, str, str] | None:
    """Find what usually breaks a line: (column, the text, what to write)."""
    body = line.split(" #", 1)[0]
    indent = len(body) - len(body.lstrip())
    if "\t" in body[:indent]:
        return body.index("\t"), "\t", "indent with spaces"
    match = _UNQUOTED.search(body)
    if match:
        return match.start(), match[0], f'write "{match[0]}"'
    match = _INDICATOR.search(body)
    if match:
        word = match["word"].strip()
        return match.start("word"), word, f'write "{word}"'
    if "\t" in body:
        return body.index("\t"), "\t", "use spaces"
    return None


def _slip(lines: list[str], last: int, error: yaml.MarkedYAMLError) -> tuple[int, int, str, str, str] | None:
    """Find what a particular error often comes from: (line, column, the text, the problem, what to write).

    Args:
        lines: of the file.
        last: number of the line where the parser stopped, from 0; one more than there are at the end of the file.
        error: what the parser says.
    """
    began = error.context_mark.line if error.context_mark else last
    above = next((number for number in range(min(last, len(lines)) - 1, -1, -1) if _body(lines[number])), last)
    near = [number for number in dict.fromkeys((last, above, began)) if number < len(lines)]
    if (error.context or "").startswith("while parsing a flow"):
        for number in near:
            match = _HASH.search(lines[number])
            if match and _is_open(lines[number][: match.start("word")]):
                word = match["word"]
                return number, match.start("word"), word, f"{word!r} is a comment without quotes", _quoted(word)
        return None
    for number in near:
        match = _SECOND_COLON.match(_body(lines[number])) if number == last else None
        if match:
            return number, match.start("word"), match["word"], f"{match['word']!r} needs quotes", _quoted(match["word"])
        match = _NO_SPACE.match(_body(lines[number]))
        if match:
            word, value = match["word"], match["value"]
            return number, match.start("word"), word, f"there is no space after {word!r}", f'write "{word} {value}"'
    return None


def _body(line: str) -> str:
    """Return a line without its comment; nothing is left of one that is only a comment."""
    return "" if line.lstrip().startswith("#") else line.split(" #", 1)[0].rstrip()


def _is_open(text: str) -> bool:
    return text.count("{") > text.count("}") or text.count("[") > text.count("]")


def _quoted(word: str) -> str:
    if '"' not in word:
        return f'write "{word}"'
    return f"write '{word}'" if "'" not in word else "put quotes around it"
