"""`mlops.lock`: the digests of every input and output as sorted text lines, beside the spec.

    format 1
    compiler 0.1.0
    spec ml/mlops.yaml
    root ..
    input sha256:<64 hexadecimal digits> ml/mlops.yaml
    input absent ml/mlops.pins.yaml
    output sha256:<64 hexadecimal digits> managed 644 ml/ops/README.md

Lines are sorted by path and hold no date and no digest of the file itself, so that two branches merge. Parsing never
fails: what is wrong is in `Lock.problems`. This module is on the path of ``compile --check --quick`` and imports
nothing but the record base.
"""

from __future__ import annotations

from mlopsc.record import Record
from mlopsc.workspace.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlopsc.parts import Kind

NAME = "mlops.lock"
FORMAT = "1"
_NOTE = "# Written by mlopsc compile, which also resolves conflicts in here. Do not edit.\n"
_HEADER = ("compiler", "spec", "root")
_HEX = frozenset("0123456789abcdef")
_MODES = {"644": False, "755": True}
_KINDS: dict[str, Kind] = {"managed": "managed", "seed": "seed", "block": "block"}


class Entry(Record):
    """What the lock says about one output.

    Attributes:
        digests: of the file, or of the lines of a block. More than one when two sides of a merge disagree.
        kind: managed, seed or block.
        executable: mode 755 instead of 644 at creation.
    """

    digests: tuple[str, ...]
    kind: Kind
    executable: bool = False


class Lock(Record):
    """The content of a lock.

    Attributes:
        compiler: version that wrote it.
        spec: path of the spec, relative to the repository root.
        root: the repository root, relative to the folder of the lock: "." or "..", "../..", and so on.
        inputs: path to "sha256:...", "absent" or "present".
        outputs: path to entry.
        problems: what is wrong with the text; empty for a lock that was compiled.
    """

    compiler: str
    spec: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, Entry]
    problems: tuple[Problem, ...] = ()

    @property
    def root(self) -> str:
        """The way from the folder of the spec up to the root."""
        return "/".join([".."] * self.spec.count("/")) or "."


def beside(spec: str, name: str = NAME) -> str:
    """Return the path of a file in the folder of the spec."""
    return spec[: spec.rfind("/") + 1] + name


def quote(path: str) -> str:
    r"""Escape what would break a line or be lost by an editor as ``\uXXXX``: controls, backslash, outer spaces."""
    if path.isascii() and path.isprintable() and "\\" not in path and path[:1] != " " != path[-1:]:
        return path
    last = len(path) - 1
    return "".join(
        f"\\u{ord(char):04x}" if _unsafe(char) or (char == " " and position in (0, last)) else char
        for position, char in enumerate(path)
    )


def unquote(text: str) -> str | None:
    """Undo `quote`; None if the text holds an escape that `quote` does not write."""
    if "\\" not in text:
        return text
    head, *rest = text.split("\\")
    parts = [head]
    for part in rest:
        code = part[1:5]
        if part[:1] != "u" or len(code) != 4 or not _HEX.issuperset(code):
            return None
        parts.append(chr(int(code, 16)) + part[5:])
    return "".join(parts)


def inside(path: str) -> bool:
    """Tell whether a path with ``/`` stays inside the repository and out of git's own folder.

    A lock comes in with every merge and decides what is deleted, so its paths are not trusted. Backslashes and drive
    letters separate on Windows only, where they must not lead out either.
    """
    parts = path.replace("\\", "/").split("/")
    return not ("\0" in path or path[1:2] == ":" or any(part.lower() in ("", ".", "..", ".git") for part in parts))


def render(lock: Lock) -> str:
    """Return the text of a lock, with LF line ends."""
    lines = [_NOTE, f"format {FORMAT}\n", f"compiler {lock.compiler}\n"]
    lines += [f"spec {quote(lock.spec)}\n", f"root {lock.root}\n"]
    lines += [f"input {state} {quote(path)}\n" for path, state in sorted(lock.inputs.items())]
    for path, entry in sorted(lock.outputs.items()):
        mode = "755" if entry.executable else "644"
        lines += [f"output {digest} {entry.kind} {mode} {quote(path)}\n" for digest in entry.digests]
    return "".join(lines)


def parse(data: bytes, file: str = NAME) -> Lock:
    """Read a lock.

    The lines of both sides of a merge conflict are kept. Lines that make no sense are skipped and reported once.

    Args:
        data: the bytes of the file.
        file: its path, for the problems.
    """
    header: dict[str, str] = {}
    inputs: dict[str, str] = {}
    outputs: dict[str, Entry] = {}
    bad: list[int] = []
    conflict = base = False
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        bad.append(data.count(b"\n", 0, error.start) + 1)
        text = data.decode("utf-8", "replace")
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if line.startswith(("<<<<<<<", "|||||||", "=======", ">>>>>>>")):
            conflict = True
            base = line[0] == "|"  # the common ancestor, which git shows on request, is neither side
            continue
        if base or not line or line[0] == "#":
            continue
        word, _, rest = line.partition(" ")
        if word == "input":
            good = _input(rest, inputs, repeat=conflict)
        elif word == "output":
            good = _output(rest, outputs, repeat=conflict)
        elif word == "format" and rest != FORMAT:
            facts = {"found": rest[:40], "known": FORMAT}
            problem = Problem(kind="lock-format", file=file, facts=facts)
            return Lock(compiler="", spec="", inputs={}, outputs={}, problems=(problem,))
        else:
            good = (word == "format" or word in _HEADER) and (conflict or word not in header)
            header[word] = rest
        if not good:
            bad.append(number)
    spec = unquote(header.get("spec", ""))
    lock = Lock(compiler=header.get("compiler", ""), spec=spec or "", inputs=inputs, outputs=outputs)
    if conflict:
        return lock.replace(problems=(Problem(kind="lock-conflict", file=file),))
    if bad:
        facts = {"line": str(min(bad)), "count": str(len(bad))}
        return lock.replace(problems=(Problem(kind="lock-malformed", file=file, facts=facts),))
    if "format" not in header or not lock.compiler or not inside(lock.spec) or header.get("root") != lock.root:
        return lock.replace(problems=(Problem(kind="lock-incomplete", file=file),))
    return lock


def add(entries: dict[str, Entry], path: str, entry: Entry) -> bool:
    """Add an entry, or its digests to those of the same path; return whether the path was new."""
    known = entries.get(path)
    if known is None:
        entries[path] = entry
        return True
    entries[path] = entry.replace(digests=tuple(dict.fromkeys(known.digests + entry.digests)))
    return False


def is_digest(text: str) -> bool:
    """Tell whether the text is ``sha256:`` and 64 lower-case hexadecimal digits."""
    return len(text) == 71 and text.startswith("sha256:") and _HEX.issuperset(text[7:])


def _unsafe(char: str) -> bool:
    code = ord(char)
    return (
        code < 0x20 or char == "\\" or 0x7F <= code < 0xA0 or code in (0x2028, 0x2029) or 0xD800 <= code < 0xE000
    )  # half a surrogate pair stands for a byte of a file name that is no UTF-8


def _input(rest: str, inputs: dict[str, str], *, repeat: bool) -> bool:
    state, _, quoted = rest.partition(" ")
    path = unquote(quoted)
    if not path or "\0" in path or not (state in ("absent", "present") or is_digest(state)):
        return False
    if path in inputs and not repeat:
        return False
    inputs[path] = state
    return True


def _output(rest: str, outputs: dict[str, Entry], *, repeat: bool) -> bool:
    words = rest.split(" ", 3)
    if len(words) != 4 or not is_digest(words[0]) or words[2] not in _MODES:
        return False
    kind, path = _KINDS.get(words[1]), unquote(words[3])
    if kind is None or not path or not inside(path):
        return False
    entry = Entry(digests=(words[0],), kind=kind, executable=_MODES[words[2]])
    return add(outputs, path, entry) or repeat
