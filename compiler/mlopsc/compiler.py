"""The driver: runs the stages in order and turns what they find into diagnostics. It reads through `Inputs` only.

inputs -> source -> resolve -> spec -> project -> check -> lower -> link -> verify -> render
"""

from __future__ import annotations

from mlopsc import assets, registry, spec
from mlopsc.diagnostics import Diagnostic, Findings
from mlopsc.record import Record
from mlopsc.resolve import include, overlay
from mlopsc.resolve.merge import alternatives
from mlopsc.resolve.origins import Origins
from mlopsc.resolve.overlay import OVERLAY_SECTIONS, Resolved
from mlopsc.source import Map, Node, Poison, Scalar, Sequence, plain_data
from mlopsc.spec.one_of import AT_MOST_ONE_PATHS, ONE_OF_PATHS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Sequence as AnySequence
    from typing import Any

    from mlopsc.inputs import Inputs
    from mlopsc.parts import File, Output, Part
    from mlopsc.pins import Pins
    from mlopsc.project import Environment, Project
    from mlopsc.record import Path
    from mlopsc.spec import SpecError
    from mlopsc.target import Role, Target

_CODES = {
    "unknown-key": "SPC-301",
    "missing": "SPC-302",
    "type": "SPC-303",
    "enum": "SPC-304",
    "pattern": "SPC-305",
    "range": "SPC-306",
    "length": "SPC-307",
    "empty": "SPC-308",
    "name": "SPC-312",
}


class Analysis(Record):
    """What is known about a spec before anything is generated.

    Attributes:
        file: the spec, from the repository root.
        diagnostics: everything that was found.
        origins: for positions.
        project: None when a stage before it failed; its sections in `broken` must not be touched.
        broken: sections with findings that keep rules from running.
        skipped: rules that did not run, with the reason.
        targets: the targets of the stack by name.
        pins: image digests and action commits; None when the project could not be made.
    """

    file: str
    diagnostics: tuple[Diagnostic, ...]
    origins: Origins
    project: Project | None
    broken: frozenset[str]
    skipped: tuple[tuple[str, str], ...]
    targets: Mapping[str, Target]
    pins: Pins | None

    @property
    def folder(self) -> str:
        """Folder of the spec, from the repository root; empty at the root."""
        return self.file.rpartition("/")[0]


class Compiled(Record):
    """What one compile makes.

    Attributes:
        outputs: by path from the repository root; empty when there are errors.
        ejected: generated paths that belong to the user now.
        diagnostics: those of the analysis and of the later stages.
    """

    outputs: Mapping[str, Output]
    ejected: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]


class Broken:
    """Stands for a section that did not validate. Touching it is a bug: the rule should have named its needs."""

    def __init__(self, section: str) -> None:
        self._section = section

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the section {self._section!r} is broken; declare it in the needs of the rule")


def analyze(file: str, inputs: Inputs) -> Analysis:
    """Read, resolve, validate and check a spec.

    Args:
        file: path of the spec from the repository root, with ``/``.
        inputs: the repository.
    """
    findings = Findings()
    groups_at = alternatives(ONE_OF_PATHS)
    loaded = include.load(file, inputs, groups_at, findings)
    resolved = overlay.resolve(loaded, groups_at, findings) if loaded else None
    origins = Origins(resolved, file)
    if resolved is None:
        return Analysis(
            file=file,
            diagnostics=tuple(findings.items),
            origins=origins,
            project=None,
            broken=frozenset(spec.SECTIONS),
            skipped=(("all checks of the project", "the file could not be read"),),
            targets={},
            pins=None,
        )
    return _Analyzer(file, inputs, resolved, origins, findings).run()


class _Analyzer:
    def __init__(self, file: str, inputs: Inputs, resolved: Resolved, origins: Origins, findings: Findings) -> None:
        self.file = file
        self.inputs = inputs
        self.resolved = resolved
        self.origins = origins
        self.findings = findings
        self.broken: set[str] = set()
        self.targets: dict[str, Target] = {}
        self.option_names: tuple[str, ...] = registry.builtin()

    def run(self) -> Analysis:
        from mlopsc import pins

        self.top_level()
        stack = self.stack()
        self.alternatives()
        project = self.project(stack)
        folder = self.file.rpartition("/")[0]
        pinned = pins.load(self.inputs, folder, self.findings)
        skipped = self.check(project, folder)
        return Analysis(
            file=self.file,
            diagnostics=tuple(self.findings.items),
            origins=self.origins,
            project=project,
            broken=frozenset(self.broken),
            skipped=tuple(skipped),
            targets=self.targets,
            pins=pinned,
        )

    def top_level(self) -> None:
        root = self.resolved.root
        for key in root.entries:
            if key in spec.SECTIONS or key.startswith("x-"):
                continue
            from mlopsc.spec.reserved import RESERVED

            if key in RESERVED:
                self.findings.report("SPC-311", (key,), key=key, instead=RESERVED[key])
            else:
                self.findings.report("SPC-301", (key,), key=key, allowed=spec.SECTIONS)
        for key in spec.REQUIRED:
            if key not in root.entries:
                self.broken.add(key)
                self.findings.report("SPC-302", (), key=key)

    # -- sections ------------------------------------------------------------------------------------------------

    def section(self, name: str, tree: Map, env: str | None) -> Any:
        """Return the validated data of a section with defaults; None when it is broken, which is recorded."""
        node = tree.entries.get(name)
        if node is None:
            return None if name in spec.REQUIRED else spec.absent(name)
        return self.validated(name, node, plain_data(node), (name,), env)

    def validated(self, name: str, node: Node, data: Any, path: Path, env: str | None) -> Any:
        result = spec.validate(name, data)
        extensions = [error.loc for error in result.errors if _is_extension(error)]
        if extensions:
            for loc in extensions:
                _remove(data, loc)
            result = spec.validate(name, data)
        for error in result.errors:
            self.spec_error(error, path, env)
        if result.errors or _has_poison(node):
            self.broken.add(name)
            return None
        return result.data

    def spec_error(self, error: SpecError, prefix: Path, env: str | None) -> None:
        path = (*prefix, *error.loc)
        node, _key, depth, poisoned = self.origins.find(path, env)
        if poisoned:
            return
        facts = dict(error.facts)
        if error.kind == "missing":
            path = path[:-1]
        elif error.kind == "empty" and isinstance(node, Scalar) and not node.is_empty:
            facts["key"] = facts["key"] or str(path[-1])
        if prefix[:1] == ("apiVersion",):
            self.findings.report("SPC-313", path, env=env, given=facts.get("given", "this"))
            return
        facts["quote"] = ""
        wants_text = facts.get("expected", "").startswith(("text", "a name", "a host"))
        if error.kind == "type" and isinstance(node, Scalar) and node.plain and wants_text and depth == len(path):
            facts["quote"] = f'write it in quotes: "{node.text}"'
        if error.kind == "unknown-key" and prefix == ("deployment",) and not error.loc[:-1]:
            facts["allowed"] += ", " + ", ".join(sorted(self.targets))
        self.findings.report(_CODES[error.kind], path, env=env, **facts)

    def alternatives(self) -> None:
        """Report one-of sections without exactly one alternative, in the base and in every environment."""
        trees: list[tuple[str | None, Map]] = [(None, self.resolved.base)]
        trees += [(item.name, item.tree) for item in self.resolved.environments]
        for table, least in ((ONE_OF_PATHS, 1), (AT_MOST_ONE_PATHS, 0)):
            for pattern, groups in table.items():
                if pattern[:1] == ("environments",):
                    self.groups(self.resolved.root, pattern, groups, least, None)
                    continue
                for env, tree in trees:
                    if env is None or (pattern[:1] and pattern[0] in OVERLAY_SECTIONS):
                        self.groups(tree, pattern, groups, least, env)

    def groups(
        self, tree: Map, pattern: tuple[str, ...], groups: tuple[tuple[str, ...], ...], least: int, env: str | None
    ) -> None:
        for path, node in _matches(tree, pattern):
            for group in groups:
                found = [name for name in group if name in node.entries]
                if len(found) > 1 or len(found) < least:
                    at = (*path, found[1]) if len(found) > 1 else path
                    first = ((*path, found[0]),) if len(found) > 1 else ()
                    self.findings.report(
                        "SPC-310", at, *first, env=env, found=found or "none", allowed=group, count=len(found)
                    )
                    self.broken.add(str(path[0]) if path else "stack")

    # -- stack ---------------------------------------------------------------------------------------------------

    def stack(self) -> dict[str, Any] | None:
        """Return role to target name; None when it cannot be told. Loads the targets."""
        base = self.resolved.base
        chosen: dict[str, Any] = {"train": None, "track": None, "serve": None, "report": None}
        target = self.section("target", base, None) if "target" in base.entries else None
        stack = self.section("stack", base, None) if "stack" in base.entries else None
        if isinstance(target, str):
            loaded = self.load(target, ("target",))
            chosen.update(loaded.stack if loaded else {})
            for name in sorted(set(chosen.values()) - {None, target}):
                self.load(name, ("target",))
        elif isinstance(stack, dict):
            for role, name in stack.items():
                if name is None:
                    continue
                loaded = self.load(name, ("stack", role))
                if loaded and role not in loaded.roles:
                    self.broken.add("stack")
                    self.findings.report(
                        "CAP-505", ("stack", role), target=name, role=role, allowed=sorted(loaded.roles)
                    )
                chosen[role] = name
        else:
            self.broken.add("stack")
        return None if "stack" in self.broken or "target" in self.broken else chosen

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
            self.broken.add("stack")
            return None
        self.targets[name] = target
        self.option_names = tuple(sorted({*self.option_names, name}))
        return target

    # -- project -------------------------------------------------------------------------------------------------

    def project(self, stack: dict[str, Any] | None) -> Project:
        from mlopsc.project.data import Data
        from mlopsc.project.governance import Governance
        from mlopsc.project.metadata import Metadata
        from mlopsc.project.model import Model
        from mlopsc.project.output import Output as OutputSection
        from mlopsc.project.patches import Patch
        from mlopsc.project.project import Project
        from mlopsc.project.secrets import Secret
        from mlopsc.project.stack import Stack
        from mlopsc.resolve.freeze import freeze

        base = self.resolved.base
        for name in ("$schema", "apiVersion"):
            self.section(name, base, None)
        self.section("variables", self.resolved.root, None)
        if self.resolved.include is not None:
            self.validated("include", self.resolved.include, plain_data(self.resolved.include), ("include",), None)

        def record(name: str, cls: type[Any]) -> Any:
            data = self.section(name, base, None)
            return Broken(name) if data is None or name in self.broken else freeze(cls, data, (name,))

        secrets = self.section("secrets", base, None)
        patches = self.section("patches", base, None)
        eject = self.section("eject", base, None)
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
            output=record("output", OutputSection),
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
        """Return the records of the sections that environments may override; what they share with the base is shared."""
        from mlopsc.project.deployment import Deployment
        from mlopsc.project.execution import Execution
        from mlopsc.project.monitoring import Monitoring
        from mlopsc.project.tests import Tests
        from mlopsc.resolve.freeze import freeze

        classes: dict[str, type[Any]] = {
            "execution": Execution,
            "tests": Tests,
            "deployment": Deployment,
            "monitoring": Monitoring,
        }
        records: dict[str, Any] = {}
        for name, cls in classes.items():
            if base is not None and tree.entries.get(name) is self.resolved.base.entries.get(name):
                records[name] = base[name]
                continue
            data = self.deployment(tree, env) if name == "deployment" else self.section(name, tree, env)
            records[name] = _broken(name) if data is None else freeze(cls, data, (name,))
        return records

    def deployment(self, tree: Map, env: str | None) -> Any:
        """Validate the section with the options of the targets taken out, which are validated by their own models."""
        node = tree.entries.get("deployment")
        options: dict[str, Any] = {}
        if isinstance(node, Map):
            body = plain_data(node)
            for name in self.option_names:
                if name in body:
                    options[name] = body.pop(name)
            data = self.validated("deployment", node, body, ("deployment",), env)
        else:
            data = self.section("deployment", tree, env)
        resolved: dict[str, Any] = {}
        for name, target in self.targets.items():
            resolved[name] = self.options(name, target, options.pop(name, {}), env)
        for name in options:
            self.findings.report(
                "CAP-506", ("deployment", name), env=env, target=name, stack=sorted(self.targets) or "not known"
            )
        return None if data is None else {**data, "options": resolved}

    def options(self, name: str, target: Target, data: Any, env: str | None) -> Any:
        result = spec.validate_options(_options_schema(target), data)
        for error in result.errors:
            self.spec_error(error, ("deployment", name), env)
        if result.errors:
            self.broken.add("deployment")
        return result.data

    def environments(self, base: dict[str, Any]) -> tuple[Environment, ...]:
        from mlopsc.project.environments import Cluster, Environment
        from mlopsc.resolve.freeze import freeze

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
        if not isinstance(node, Map):
            if node is not None:
                self.section("environments", self.resolved.root, None)
            name = self.resolved.environments[0].name
            return spec.validate("environments", {name: {}}).data
        data = plain_data(node)
        poisoned = False
        for item in self.resolved.environments:
            data[item.name].update(plain_data(item.own))
            poisoned = poisoned or _has_poison(item.own)
        if poisoned:
            self.broken.add("environments")
            for item in self.resolved.environments:
                for key, value in item.own.entries.items():
                    if _has_poison(value):
                        del data[item.name][key]
        result = self.validated("environments", Map({}, {}, node.span), data, ("environments",), None)
        return result

    # -- checks --------------------------------------------------------------------------------------------------

    def check(self, project: Project, folder: str) -> Iterator[tuple[str, str]]:
        from mlopsc import check
        from mlopsc.check import capabilities
        from mlopsc.check.rule import Context

        def written(path: Path, env: str | None) -> bool:
            return not self.origins.of(path, env).default

        context = Context(self.findings.report, self.inputs, folder, written)
        skipped: list[tuple[str, str]] = []
        for rule in check.rules():
            reason = self.reason(rule.needs)
            if reason:
                skipped.append((rule.code, reason))
            else:
                rule.run(project, context)
        reason = self.reason(("stack", "deployment", "environments", "execution", "tests", "monitoring"))
        if reason:
            skipped.append(("what the stack can do", reason))
        else:
            capabilities.check(project, self.targets, context)
            if project.deployment.mode != "none" and project.stack.serve is None:
                self.findings.report("CAP-507", project.stack.path, mode=project.deployment.mode)
                self.broken.add("stack")
        for name, target in self.targets.items():
            reason = self.reason(spec.SECTIONS)
            if reason:
                skipped.append((f"the checks of {name}", reason))
            else:
                target.check(project, self.findings.report)
        return iter(skipped)

    def reason(self, needs: AnySequence[str]) -> str:
        broken = [name for name in needs if name in self.broken]
        return f"{', '.join(broken)} must be mended first" if broken else ""


def generate(analysis: Analysis, inputs: Inputs) -> Compiled:
    """Generate every file of a spec that was analyzed; nothing when there are errors.

    Raises:
        ValueError: the analysis has no project.
    """
    from mlopsc import link, verify
    from mlopsc.build import readme
    from mlopsc.parts import Output
    from mlopsc.render.document import render

    project = analysis.project
    if project is None or analysis.pins is None:
        raise ValueError("there is nothing to generate from")
    findings = Findings()
    parts = list(_parts(analysis, project, analysis.pins, findings))
    linked = link.link(parts, project, analysis.folder, findings.report)
    files: dict[str, File] = dict(linked.files)
    if project.output.builders.readme:
        overview = readme.build(project, files)
        place = link.locate(overview.file, analysis.folder)
        if place is not None and place not in linked.ejected:
            files[place] = overview
    verify.verify(files.values(), findings.report)
    diagnostics = (*analysis.diagnostics, *findings.items)
    if has_errors(diagnostics):
        return Compiled(outputs={}, ejected=frozenset(), diagnostics=diagnostics)
    outputs = {
        path: Output(
            file=path,
            rendered=render(file, spec_file=project.file, read_static=assets.text),
            kind=file.kind,
            executable=file.executable,
            owner=file.owner,
            purpose=file.purpose,
            env=file.env,
        )
        for path, file in sorted(files.items())
    }
    return Compiled(outputs=outputs, ejected=linked.ejected, diagnostics=diagnostics)


def _parts(analysis: Analysis, project: Project, pins: Pins, findings: Findings) -> Iterator[Part]:
    from mlopsc import build

    stack = project.stack
    roles: tuple[tuple[Role, str | None], ...] = (
        ("train", stack.train),
        ("track", stack.track),
        ("serve", stack.serve),
        ("report", stack.report),
    )
    for role, name in roles:
        if name is not None:
            yield from analysis.targets[name].lower(role, project, findings.report)
    for builder in build.builders(project):
        yield from builder(project, pins, findings.report)


def has_errors(diagnostics: AnySequence[Diagnostic]) -> bool:
    """Say whether any finding stops a compile; a notice does not."""
    if not diagnostics:
        return False
    from mlopsc.codes import catalogue

    codes = catalogue()
    return any(codes[item.code].severity == "error" for item in diagnostics)


def _broken(section: str) -> Any:
    return Broken(section)


def _options_schema(target: Target) -> dict[str, Any]:
    """Return the precompiled schema of a target's options: shipped with built-in targets, made on the spot for others."""
    if assets.exists(target.package, "options.json"):
        import json

        schema: dict[str, Any] = json.loads(assets.text(target.package, "options.json"))
        return schema
    from mlopsc.spec.precompile import precompile

    return precompile(target.options_model())


def _is_extension(error: SpecError) -> bool:
    return error.kind == "unknown-key" and str(error.loc[-1]).startswith("x-")


def _remove(data: Any, loc: Path) -> None:
    for key in loc[:-1]:
        data = data[key]
    del data[loc[-1]]


def _has_poison(node: Node) -> bool:
    stack = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, Poison):
            return True
        if isinstance(top, Map):
            stack.extend(top.entries.values())
        elif isinstance(top, Sequence):
            stack.extend(top.items)
    return False


def _matches(tree: Map, pattern: tuple[str, ...]) -> Iterator[tuple[Path, Map]]:
    """Yield the maps at a path pattern, ``*`` standing for every key or position."""
    found: list[tuple[Path, Node]] = [((), tree)]
    for part in pattern:
        following: list[tuple[Path, Node]] = []
        for path, node in found:
            if isinstance(node, Map):
                names = list(node.entries) if part == "*" else [part] if part in node.entries else []
                following.extend(((*path, name), node.entries[name]) for name in names)
            elif isinstance(node, Sequence) and part == "*":
                following.extend(((*path, index), item) for index, item in enumerate(node.items))
        found = following
    for path, node in found:
        if isinstance(node, Map):
            yield path, node


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
