"""The stack: which target fills which role."""

from __future__ import annotations

from mlopsc import registry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from mlopsc.record import Path
    from mlopsc.spec.reader import Reader
    from mlopsc.target import Target


class Chooser:
    """Loads the targets that a spec names.

    Attributes:
        targets: those of the stack, by name.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.findings = reader.findings
        self.targets: dict[str, Target] = {}

    def choose(self) -> dict[str, Any] | None:
        """Return role to target name; None when it cannot be told. Loads the targets."""
        base = self.reader.resolved.base
        chosen: dict[str, Any] = {"train": None, "track": None, "serve": None, "report": None}
        target = self.reader.section("target", base, None) if "target" in base.entries else None
        stack = self.reader.section("stack", base, None) if "stack" in base.entries else None
        if isinstance(target, str):
            loaded = self.load(target, ("target",))
            chosen.update(loaded.stack.items() if loaded else ())
            for name in sorted(set(chosen.values()) - {None, target}):
                self.load(name, ("target",))
        elif isinstance(stack, dict):
            for role, name in stack.items():
                if name is None:
                    continue
                loaded = self.load(name, ("stack", role))
                if loaded and role not in loaded.roles:
                    self.reader.broken.add("stack")
                    self.findings.report(
                        "CAP-505", ("stack", role), target=name, role=role, allowed=sorted(loaded.roles)
                    )
                chosen[role] = name
        else:
            self.reader.broken.add("stack")
        return None if "stack" in self.reader.broken or "target" in self.reader.broken else chosen

    def load(self, name: str, path: Path) -> Target | None:
        if name in self.targets:
            return self.targets[name]
        try:
            target = registry.get(name)
        except registry.TargetError as error:
            self.findings.report("CAP-504", path, target=name, reason=error.reason)
            target = None
        else:
            if target is None:
                self.findings.report("CAP-503", path, given=name, allowed=registry.names())
        if target is None:
            self.reader.broken.add("stack")
            return None
        self.targets[name] = target
        return target
