"""Validated sections to the project: one record a section, one environment record per environment."""

from __future__ import annotations

from functools import cache

from mlopsc import assets, spec
from mlopsc.project.data import Data
from mlopsc.project.deployment import Deployment
from mlopsc.project.environments import Cluster, Environment
from mlopsc.project.execution import Execution
from mlopsc.project.governance import Governance
from mlopsc.project.metadata import Metadata
from mlopsc.project.model import Model
from mlopsc.project.monitoring import Monitoring
from mlopsc.project.output import Output
from mlopsc.project.patches import Patch
from mlopsc.project.project import Project
from mlopsc.project.secrets import Secret
from mlopsc.project.stack import Stack
from mlopsc.project.tests import Tests
from mlopsc.resolve.freeze import freeze
from mlopsc.resolve.overlay import OVERLAY_SECTIONS
from mlopsc.source import Map, plain_data
from mlopsc.spec.reader import has_poison

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from mlopsc.record import Path
    from mlopsc.spec.reader import Reader
    from mlopsc.target import Target

_OVERLAID: dict[str, type[Any]] = {
    "execution": Execution,
    "tests": Tests,
    "deployment": Deployment,
    "monitoring": Monitoring,
}

_FORBIDDEN = frozenset(spec.SECTIONS) - set(OVERLAY_SECTIONS) - {"variables"}


class Broken:
    """Stands for a section that did not validate. Touching it is a bug: the rule should have named its needs."""

    def __init__(self, section: str) -> None:
        self._section = section

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the section {self._section!r} is broken; declare it in the needs of the rule")


class Assembler:
    """Builds the project out of what the reader validates.

    Args:
        reader: of the resolved spec.
        file: the spec, from the repository root.
        targets: of the stack, for their options.
    """

    def __init__(self, reader: Reader, file: str, targets: Mapping[str, Target]) -> None:
        self.reader = reader
        self.resolved = reader.resolved
        self.file = file
        self.targets = targets

    def project(self, stack: dict[str, Any] | None) -> Project:

        base = self.resolved.base
        for name in ("$schema", "apiVersion"):
            self.reader.section(name, base, None)
        self.reader.section("variables", self.resolved.root, None)
        if self.resolved.include is not None:
            self.reader.validated(
                "include", self.resolved.include, plain_data(self.resolved.include), ("include",), None
            )

        def record(name: str, cls: type[Any]) -> Any:
            data = self.reader.section(name, base, None)
            return Broken(name) if data is None or name in self.reader.broken else freeze(cls, data, (name,))

        secrets = self.reader.section("secrets", base, None)
        patches = self.reader.section("patches", base, None)
        eject = self.reader.section("eject", base, None)
        own = self.overlaid(base, None, None)
        return Project(
            file=self.file.rpartition("/")[2],
            folder=self.file.rpartition("/")[0],
            metadata=record("metadata", Metadata),
            stack=freeze(Stack, stack, ("stack",) if "stack" in base.entries else ("target",))
            if stack is not None
            else _broken("stack"),
            data=record("data", Data),
            model=record("model", Model),
            governance=record("governance", Governance),
            output=record("output", Output),
            secrets={name: freeze(Secret, item, ("secrets", name)) for name, item in secrets.items()}
            if secrets is not None
            else _broken("secrets"),
            patches=tuple(freeze(Patch, item, ("patches", number)) for number, item in enumerate(patches))
            if patches is not None
            else _broken("patches"),
            eject=tuple(eject) if eject is not None else _broken("eject"),
            environments=self.environments(own),
            **own,
        )

    def overlaid(self, tree: Map, env: str | None, base: dict[str, Any] | None) -> dict[str, Any]:
        """Return the records of the sections that environments may override, sharing what is as in the base."""

        records: dict[str, Any] = {}
        for name, cls in _OVERLAID.items():
            if base is not None and tree.entries.get(name) is self.resolved.base.entries.get(name):
                records[name] = base[name]
                continue
            data = self.deployment(tree, env) if name == "deployment" else self.reader.section(name, tree, env)
            records[name] = _broken(name) if data is None else freeze(cls, data, (name,))
        return records

    def deployment(self, tree: Map, env: str | None) -> Any:
        """Validate the section with the options of the targets taken out, which are validated by their own models."""
        node = tree.entries.get("deployment")
        options: dict[str, Any] = {}
        if isinstance(node, Map):
            body = plain_data(node)
            for name in self.reader.option_names:
                if name in body:
                    options[name] = body.pop(name)
            data = self.reader.validated("deployment", node, body, ("deployment",), env)
        else:
            data = self.reader.section("deployment", tree, env)
        resolved: dict[str, Any] = {}
        for name, target in self.targets.items():
            resolved[name] = self.options(name, target, options.pop(name, {}), env)
        for name in options:
            self.reader.findings.report(
                "CAP-506", ("deployment", name), env=env, target=name, stack=sorted(self.targets) or "not known"
            )
        return None if data is None else {**data, "options": resolved}

    def options(self, name: str, target: Target, data: Any, env: str | None) -> Any:
        result = spec.validate_options(_options_schema(target), data)
        for error in result.errors:
            self.reader.spec_error(error, ("deployment", name), env)
        if result.errors:
            self.reader.broken.add("deployment")
        return result.data

    def environments(self, base: dict[str, Any]) -> tuple[Environment, ...]:

        validated = self.environment_data()
        found = []
        for item in self.resolved.environments:
            own = validated.get(item.name) if validated else None
            path: Path = ("environments", item.name)
            cluster = own.get("cluster") if own else None
            found.append(
                Environment(
                    path=path,
                    name=item.name,
                    namespace=own["namespace"] if own else None,
                    cluster=freeze(Cluster, cluster, (*path, "cluster")) if cluster else None,
                    after=own["after"] if own else None,
                    promotion=own["promotion"] if own else "manual",
                    protected=own["protected"] if own else False,
                    **self.overlaid(item.tree, item.name, base),
                )
            )
        return _by_chain(found)

    def environment_data(self) -> Any:
        """Validate what the environments say about themselves."""
        node = self.resolved.root.entries.get("environments")
        if not isinstance(node, Map) or not node.entries:
            if node is not None:
                self.reader.section("environments", self.resolved.root, None)
            name = self.resolved.environments[0].name
            return spec.validate("environments", {name: {}}).data
        data = plain_data(node)
        for own in data.values():
            if isinstance(own, dict):
                for key in _FORBIDDEN & own.keys():
                    del own[key]  # an overlay of a section that may not differ was reported as such
                for key in (*OVERLAY_SECTIONS, "variables"):
                    if key in own and own[key] is None:
                        del own[key]  # null removes the section; a key without a value was reported as such
                if isinstance(own.get("variables"), dict):
                    own["variables"] = {key: value for key, value in own["variables"].items() if value is not None}
        poisoned = False
        for item in self.resolved.environments:
            data[item.name].update(plain_data(item.own))
            poisoned = poisoned or has_poison(item.own)
        if poisoned:
            self.reader.broken.add("environments")
            for item in self.resolved.environments:
                for key, value in item.own.entries.items():
                    if has_poison(value):
                        del data[item.name][key]
        return self.reader.validated("environments", Map({}, {}, node.span), data, ("environments",), None)


def _broken(section: str) -> Any:
    return Broken(section)


def _options_schema(target: Target) -> dict[str, Any]:
    """Return the precompiled schema of a target's options: built-in targets ship it, for others it is made now."""
    if assets.exists(target.package, "options.json"):
        return _shipped(target.package)
    model: Any = target.options_model()
    return _made(model)


# Both keep what they return: the validator is kept with its schema, and a process that compiles often would otherwise
# build and hold a new one for each compile.


@cache
def _shipped(package: str) -> dict[str, Any]:
    import json

    schema: dict[str, Any] = json.loads(assets.text(package, "options.json"))
    return schema


@cache
def _made(model: type[Any]) -> dict[str, Any]:
    from mlopsc.spec.precompile import precompile

    return precompile(model)


def _by_chain(environments: list[Environment]) -> tuple[Environment, ...]:
    """Order environments so that each stands behind the one that it comes after; as written otherwise."""
    left = list(environments)
    ordered: list[Environment] = []
    names = {item.name for item in left}
    while left:
        done = {item.name for item in ordered}
        ready = [item for item in left if item.after is None or item.after in done or item.after not in names]
        ordered.append((ready or left)[0])  # in a cycle, which a rule reports, any order will do
        left.remove(ordered[-1])
    return tuple(ordered)
