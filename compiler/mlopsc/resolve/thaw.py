"""The project back to data, each value wrapped with its spec path: for printing."""

from __future__ import annotations

from mlopsc.parts import At, Data
from mlopsc.record import Path, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.project import Project

_SECTIONS = (
    "metadata",
    "stack",
    "data",
    "model",
    "execution",
    "tests",
    "governance",
    "secrets",
    "deployment",
    "monitoring",
)


def thaw(project: Project, environment: str | None) -> dict[str, Data]:
    """Return the spec as it holds in an environment, or in the base, with defaults; what is not set is left out."""
    source: Record = project
    found = [item for item in project.environments if item.name == environment]
    out: dict[str, Data] = {}
    for section in _SECTIONS:
        source = found[0] if found and hasattr(found[0], section) else project
        out[section] = _wrap(getattr(source, section), (section,))
    if environment is None:
        out["environments"] = {item.name: At(_own(item), ("environments", item.name)) for item in project.environments}
    return out


def _own(environment: Record) -> dict[str, Data]:
    shown = ("namespace", "cluster", "after", "promotion", "protected")
    return {name: _wrap(getattr(environment, name), (*environment.path, name)) for name in shown}


def _wrap(value: object, path: Path) -> At:
    if isinstance(value, Record):
        fields = {name: item for name, item in vars(value).items() if name != "path"}
        options = fields.pop("options", {}) if path == ("deployment",) else {}
        inner: Data = {
            key.rstrip("_"): _wrap(item, (*path, key.rstrip("_"))) for key, item in fields.items() if _shown(item)
        }
        inner.update({name: _wrap(item, (*path, name)) for name, item in options.items() if item})
        return At(inner, path)
    if isinstance(value, dict):
        return At({key: _wrap(item, (*path, key)) for key, item in value.items()}, path)
    if isinstance(value, (list, tuple)):
        return At([_wrap(item, (*path, index)) for index, item in enumerate(value)], path)
    return At(value, path)


def _shown(value: object) -> bool:
    return value is not None and value != {} and value != ()
