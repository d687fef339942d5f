"""What a rule is, and what it may use."""

from __future__ import annotations

from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from typing import TypeAlias

    from mlopsc.diagnostics import Report
    from mlopsc.inputs import Inputs
    from mlopsc.project import Project
    from mlopsc.record import Path

    Run: TypeAlias = Callable[["Project", "Context"], None]


class Context:
    """What a rule sees besides the project.

    Args:
        report: takes findings.
        inputs: the repository.
        folder: folder of the spec, from the repository root; empty at the root.
        written: says whether a spec path was written in the spec, and not filled in by default.
        broken: sections that must not be touched.
    """

    def __init__(
        self,
        report: Report,
        inputs: Inputs,
        folder: str,
        written: Callable[[Path, str | None], bool],
        broken: Collection[str] = (),
    ) -> None:
        self.report = report
        self.inputs = inputs
        self.folder = folder
        self.written = written
        self.broken = broken

    def reporting_to(self, report: Report) -> Context:
        """Return the same context with another place for findings."""
        return Context(report, self.inputs, self.folder, self.written, self.broken)

    def intact(self, *sections: str) -> Iterator[str]:
        """Yield those of some sections that may be touched, for rules that look at each by itself."""
        return (section for section in sections if section not in self.broken)

    def exists(self, path: str) -> bool:
        """Say whether a path relative to the spec exists.

        Raises:
            InputError: it lies outside the repository.
        """
        return self.inputs.exists(self._from_root(path))

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the content of a file relative to the spec, None when there is none.

        Raises:
            InputError: larger than the limit, outside the repository, unreadable or no file.
        """
        return self.inputs.read(self._from_root(path), limit)

    def _from_root(self, path: str) -> str:
        return f"{self.folder}/{path}" if self.folder else path


class Rule(Record):
    """One rule.

    Attributes:
        code: its code in the catalogue.
        needs: sections that must be intact.
        each: sections that it looks at one by one; it runs for those that are intact.
        run: the function.
    """

    code: str
    needs: tuple[str, ...]
    run: Run
    each: tuple[str, ...] = ()


def rule(code: str, *needs: str, each: tuple[str, ...] = ()) -> Callable[[Run], Rule]:
    """Make a rule of a function that takes the project and a `Context` and reports findings with this code."""

    def wrap(run: Run) -> Rule:
        return Rule(code=code, needs=needs, run=run, each=each)

    return wrap
