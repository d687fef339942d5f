"""Runs all rules, and names those that a broken section keeps from running."""

from __future__ import annotations

from mlopsc import check, spec
from mlopsc.check import capabilities
from mlopsc.check.rule import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mlopsc.project import Project
    from mlopsc.target import Target

_STACK_NEEDS = ("stack", "deployment", "environments", "execution", "tests", "monitoring")


def run(
    project: Project, broken: Collection[str], targets: Mapping[str, Target], context: Context
) -> tuple[tuple[str, str], ...]:
    """Run every rule, the capabilities and the checks of the targets.

    Args:
        project: broken sections in it must not be touched.
        broken: their names.
        targets: of the stack.
        context: for the rules.

    Returns:
        What did not run, with the reason.
    """
    skipped: list[tuple[str, str]] = []
    for rule in check.rules():
        reason = _reason(rule.needs, broken)
        if reason:
            skipped.append((rule.code, reason))
        else:
            rule.run(project, context)
            skipped += [(f"{rule.code} in {name}", _reason((name,), broken)) for name in rule.each if name in broken]
    reason = _reason(_STACK_NEEDS, broken)
    if reason:
        return (*skipped, ("what the stack can do", reason), *((f"the checks of {name}", reason) for name in targets))
    capabilities.check(project, targets, context)
    if project.stack.serve is None and project.deployment.mode != "none":
        context.report("CAP-507", project.stack.path, mode=project.deployment.mode)
    reason = _reason(spec.SECTIONS, broken)
    for name, target in targets.items():
        if reason:
            skipped.append((f"the checks of {name}", reason))
        else:
            target.check(project, context.report)
    return tuple(skipped)


def _reason(needs: Collection[str], broken: Collection[str]) -> str:
    missing = [name for name in needs if name in broken]
    return f"{', '.join(missing)} must be mended first" if missing else ""
