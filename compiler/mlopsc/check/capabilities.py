"""Nothing is dropped in silence: a field that the stack cannot honour is an error or a told fallback."""

from __future__ import annotations

from mlopsc.check.rule import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlopsc.project import Project
    from mlopsc.record import Path
    from mlopsc.target import Target

CODES = {"none": "CAP-501", "fallback": "CAP-502"}


def check(project: Project, targets: Mapping[str, Target], context: Context) -> None:
    """Report every written field that a target of the stack does not support, in each environment."""
    for role, name in project.stack.filled():
        for capability in targets[name].capabilities().get(role, ()):
            code = CODES.get(capability.support)
            if code is None:
                continue
            field, _, value = capability.field.partition("=")
            for environment in project.environments:
                for path, found in _places(environment, tuple(field.split("."))):
                    if value and found != value:
                        continue
                    if context.written(path, environment.name):
                        context.report(
                            code,
                            path,
                            env=environment.name,
                            field=capability.field.replace("=", ": "),
                            target=name,
                            role=role,
                            note=capability.note,
                        )


def _places(top: object, pattern: tuple[str, ...]) -> Iterator[tuple[Path, object]]:
    """Yield the spec paths that a pattern matches, with their values."""
    found: list[tuple[Path, object]] = [((), top)]
    for key in pattern:
        following: list[tuple[Path, object]] = []
        for path, value in found:
            if isinstance(value, dict):
                names = list(value) if key == "*" else [key] if key in value else []
                following.extend(((*path, name), value[name]) for name in names)
            elif key != "*" and getattr(value, key, None) is not None:
                following.append(((*path, key), getattr(value, key)))
        found = following
    yield from found
