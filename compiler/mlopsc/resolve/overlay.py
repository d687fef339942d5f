"""One tree per environment: the unsubstituted base merged with the overlay, then variables substituted."""

from __future__ import annotations

from mlopsc import naming
from mlopsc.origin import Span
from mlopsc.record import Record
from mlopsc.resolve.include import Loaded, check_finals
from mlopsc.resolve.merge import Merger
from mlopsc.resolve.variables import LITERAL_SECTIONS, Substitution, Values, refuse, refuse_in_keys
from mlopsc.source import Map, Node, Poison, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.diagnostics import Findings
    from mlopsc.resolve.merge import Alternatives

    Table = dict[str, "Table | None"]

OWN_KEYS = ("namespace", "cluster", "after", "promotion", "protected")
"""What an environment says about itself."""

_OVERLAY: Table = {
    "deployment": None,
    "monitoring": None,
    "tests": {"smoke": None, "load": None},
    "execution": {"runners": {"deploy": None}, "cloud": None},
    "variables": None,
}
"""What an environment may override, None for everything below: one model is trained, and promoted as it is.

All other values hold for every environment, so that nothing about a single one may be referred to there.
"""

OVERLAY_SECTIONS = tuple(section for section in _OVERLAY if section != "variables")

PLACEHOLDERS: dict[str, str | None] = {"name": "environment", "namespace": "environment"}
"""What ``${env.*}`` stands for in the base, which belongs to no environment."""


class ResolvedEnvironment(Record):
    """One environment after merging and substitution.

    Attributes:
        name: its key.
        own: the keys of `OWN_KEYS` that are set.
        tree: the whole spec as it holds here, without ``environments`` and ``variables``.
    """

    name: str
    own: Map
    tree: Map


class Resolved(Record):
    """The whole spec after resolution.

    Attributes:
        root: the merged, unsubstituted tree.
        base: the spec without overlays, substituted.
        environments: in the order written; one named ``default`` when there are none.
        include: the ``include`` list of the main file.
    """

    root: Map
    base: Map
    environments: tuple[ResolvedEnvironment, ...]
    include: Node | None


def resolve(loaded: Loaded, groups_at: Alternatives, findings: Findings) -> Resolved:
    """Resolve the base and every environment; what goes wrong is reported and left out."""
    root = _refused(loaded.root, findings)
    declared = root.get("environments")
    overlays = declared.entries if isinstance(declared, Map) else {}
    variables = root.get("variables")
    base_variables = variables if isinstance(variables, Map) else None
    elsewhere = _elsewhere(base_variables, overlays)
    shared = Values(base_variables, None, {name: list(found) for name, found in elsewhere.items()})
    body = _same_everywhere(_without(root, "environments", "variables"), Substitution(shared, findings))
    fallback = _variables_for_base(base_variables, elsewhere)
    base = _substitute(body, Values(fallback, PLACEHOLDERS), findings)

    environments = []
    model = root.get("metadata", "name")
    for name, overlay in overlays.items():
        if isinstance(overlay, Map):
            merger = Merger("overlay", groups_at, findings, strict=True)
            environments.append(_environment(name, overlay, body, base_variables, model, merger, loaded, findings))
    if not overlays:
        name = naming.DEFAULT_ENVIRONMENT
        facts = {"name": name, "namespace": _namespace(model, name)}
        tree = _substitute(body, Values(base_variables, facts), findings)
        environments.append(ResolvedEnvironment(name=name, own=Map({}, {}, root.span), tree=tree))
    return Resolved(root=root, base=base, environments=tuple(environments), include=loaded.include)


def _environment(
    name: str,
    overlay: Map,
    body: Map,
    base_variables: Map | None,
    model: Node | None,
    merger: Merger,
    loaded: Loaded,
    findings: Findings,
) -> ResolvedEnvironment:
    allowed = _allowed(name, overlay, _OVERLAY, (), loaded.root, findings)
    check_finals(allowed, loaded.finals, findings)
    variables = base_variables
    own_variables = allowed.entries.pop("variables", None)
    allowed.keys.pop("variables", None)
    if isinstance(own_variables, Map):
        merged = merger.merge(base_variables, own_variables, ("variables",))
        variables = merged if isinstance(merged, Map) else base_variables
    tree = merger.merge(body, allowed, ())
    own = Map({}, {}, overlay.span)
    for key in OWN_KEYS:
        if key in overlay.entries:
            own.entries[key] = overlay.entries[key]
            own.keys[key] = overlay.keys[key]
    facts: dict[str, str | None] = {"name": name}
    resolved = Substitution(Values(variables, facts), findings).resolve(own)
    assert isinstance(resolved, Map)  # noqa: S101 - the references in a map are replaced one by one
    own = resolved
    namespace = own.get("namespace")
    facts["namespace"] = namespace.text if isinstance(namespace, Scalar) else _namespace(model, name)
    assert isinstance(tree, Map)  # noqa: S101 - merging two maps gives a map
    return ResolvedEnvironment(name=name, own=own, tree=_substitute(tree, Values(variables, facts), findings))


def _allowed(
    name: str,
    overlay: Map,
    table: Table,
    path: tuple[str, ...],
    root: Map,
    findings: Findings,
) -> Map:
    """Return the part of an overlay that may override; report sections that exist but may not."""
    out = Map({}, {}, overlay.span, overlay.via)
    for key, node in overlay.entries.items():
        if key in table:
            deeper = table[key]
            if deeper and isinstance(node, Map):
                node = _allowed(name, node, deeper, (*path, key), root, findings)
            out.entries[key] = node
            out.keys[key] = overlay.keys[key]
        elif path or (key in root.entries and key not in OWN_KEYS) or key in _SECTIONS:
            findings.at("RES-213", overlay.keys[key], key=".".join((*path, key)), environment=name)
    return out


_SECTIONS = frozenset(
    {"apiVersion", "metadata", "include", "target", "stack", "data", "model", "governance", "secrets", "output"}
    | {"environments", "patches", "eject"}
)


def _elsewhere(base: Map | None, overlays: dict[str, Node]) -> dict[str, dict[str, Node]]:
    """Return the variables that only overlays define: their values by environment, in the order written."""
    found: dict[str, dict[str, Node]] = {}
    for environment, overlay in overlays.items():
        variables = overlay.get("variables") if isinstance(overlay, Map) else None
        if isinstance(variables, Map):
            for name, node in variables.entries.items():
                if base is None or name not in base.entries:
                    found.setdefault(name, {})[environment] = node
    return found


def _variables_for_base(base: Map | None, elsewhere: dict[str, dict[str, Node]]) -> Map:
    """Return the variables of what environments may override, in the base.

    The base belongs to no environment: a variable that only overlays define has the value of the first of them there.
    """
    span = base.span if base else Span("", 1, 1, 1, 1)
    merged = Map(dict(base.entries) if base else {}, dict(base.keys) if base else {}, span)
    for name, found in elsewhere.items():
        merged.entries[name] = next(iter(found.values()))
        merged.keys[name] = merged.entries[name].span
    return merged


def _namespace(model: Node | None, environment: str) -> str | None:
    return naming.namespace(model.text, environment) if isinstance(model, Scalar) else None


def _without(root: Map, *names: str) -> Map:
    entries = {name: node for name, node in root.entries.items() if name not in names}
    return Map(entries, {name: root.keys[name] for name in entries}, root.span, root.via)


def _refused(root: Map, findings: Findings) -> Map:
    """Return the tree without the references that are not replaced, which are reported."""
    checked = refuse_in_keys(root, findings)
    assert isinstance(checked, Map)  # noqa: S101 - only values below the top are replaced
    entries = {}
    for name, node in checked.entries.items():
        if isinstance(node, Poison):
            continue  # its key was refused: there is no such section
        if name in LITERAL_SECTIONS or name.startswith("x-"):
            node = refuse(node, f'"{name}"', findings)
        elif name == "environments" and isinstance(node, Map):
            overlays = {key: _refused_variables(overlay, findings) for key, overlay in node.entries.items()}
            node = _with(node, overlays)
        entries[name] = node
    return Map(entries, {name: root.keys[name] for name in entries}, root.span, root.via)


def _refused_variables(overlay: Node, findings: Findings) -> Node:
    if not isinstance(overlay, Map) or "variables" not in overlay.entries:
        return overlay
    variables = refuse(overlay.entries["variables"], '"variables"', findings)
    return _with(overlay, {**overlay.entries, "variables": variables})


def _same_everywhere(body: Map, substitution: Substitution) -> Map:
    """Replace the references in what no environment may override."""
    entries = {
        name: node
        if name in LITERAL_SECTIONS or name.startswith("x-")
        else _fixed(node, _OVERLAY.get(name, {}), substitution)
        for name, node in body.entries.items()
    }
    return _with(body, entries)


def _fixed(node: Node, table: Table | None, substitution: Substitution) -> Node:
    if table is None:
        return node
    if not table or not isinstance(node, Map):
        return substitution.resolve(node)
    return _with(node, {key: _fixed(value, table.get(key, {}), substitution) for key, value in node.entries.items()})


def _substitute(tree: Map, values: Values, findings: Findings) -> Map:
    """Replace the references in what environments may override."""
    return _varying(tree, _OVERLAY, Substitution(values, findings))


def _varying(node: Map, table: Table, substitution: Substitution) -> Map:
    entries = dict(node.entries)
    for key, deeper in table.items():
        value = entries.get(key)
        if value is None:
            continue
        if deeper is None:
            entries[key] = substitution.resolve(value)
        elif isinstance(value, Map):
            entries[key] = _varying(value, deeper, substitution)
    return _with(node, entries)


def _with(node: Map, entries: dict[str, Node]) -> Map:
    """Return the map with other values; the same map when they are the same."""
    if all(entries[key] is value for key, value in node.entries.items()):
        return node
    return Map(entries, node.keys, node.span, node.via)
