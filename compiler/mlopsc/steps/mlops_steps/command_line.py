# SPDX-License-Identifier: MIT-0
"""The command line of the pipeline: which step runs, what is printed, and the exit code.

Exit codes: 0 fine; 1 refused (data, gate, test or release), or the user's own code failed; 2 it cannot run like this;
3 a fault of the pipeline itself; 130 interrupted; 141 nobody reads the output any more.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeGuard

from . import config, interpreter
from .commands import PIPELINE, STEPS, from_here
from .console import Console
from .context import DELIVERY, LAPTOP, PULL_REQUEST, PURPOSES, Context
from .paths import portable
from .refusal import Finding, Refused, Unusable
from .results import FAILED, PASSED, REFUSED, document
from .step import Step
from .text import without_secrets
from .user_code import UserCodeFailed

FINE, REFUSAL, USAGE, FAULT, INTERRUPTED, UNREAD = 0, 1, 2, 3, 130, 141

_LAST_WITHOUT_TRAINING = "split"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps that the arguments name and return the exit code."""
    options = _parser().parse_args(arguments)
    console = Console(quiet=options.quiet)
    try:
        return _run(options, console)
    except Unusable as error:
        console.problem(str(error))
        return USAGE
    except BrokenPipeError:
        sys.stderr = sys.stdout = None  # else Python complains when it flushes them at exit
        return UNREAD
    except KeyboardInterrupt:
        console.problem("interrupted")
        return INTERRUPTED
    except Exception:
        console.problem(f"the pipeline failed in a way that nobody foresaw:\n{traceback.format_exc()}")
        return FAULT


def _run(options: argparse.Namespace, console: Console) -> int:
    context = Context(
        config=config.load(),
        purpose=options.purpose,
        console=console,
        build_folder=options.build.resolve() if options.build else None,
        outputs_file=options.outputs,
        summary_file=options.summary,
    )
    if context.root.is_relative_to(context.build):
        raise Unusable(f"--build {options.build}: the project is in that folder; name one that holds results only")
    chosen = _chosen(options, context)
    if any(step.trains for step in chosen):
        other = interpreter.mismatch(context.config)
        if other and context.purpose == DELIVERY:
            raise Unusable(other)
        from .training.seeds import fix_hashing

        fix_hashing()
    if any(step.writes_result for step in chosen):
        _make(context.build)
    documents, code = [], FINE
    # Standard output is for --json alone: what the user's code prints goes where the lines of the pipeline go.
    with contextlib.redirect_stdout(sys.stderr):
        for position, step in enumerate(chosen, start=1):
            with console.step(step.name, position, len(chosen)):
                code, found = _one(step, context, options)
            documents.append(found)
            if code != FINE:
                break
    if options.json:
        print(json.dumps(documents if options.step == "run" else documents[0], indent=2), flush=True)  # noqa: T201
    return code


def _chosen(options: argparse.Namespace, context: Context) -> list[Step]:
    if options.step != "run":
        return [STEPS[options.step]]
    chosen = [step for step in PIPELINE if options.steps is None or step.name in options.steps]
    if context.purpose == PULL_REQUEST and context.config["execution"]["pull_request"]["train"] == "off":
        early = PIPELINE[: [step.name for step in PIPELINE].index(_LAST_WITHOUT_TRAINING) + 1]
        left_out = ", ".join(step.name for step in chosen if step not in early)
        if left_out:
            context.console.notice(f"not run, since execution.pull_request.train is off: {left_out}")
        return [step for step in chosen if step in early]
    return chosen


def _one(step: Step, context: Context, options: argparse.Namespace) -> tuple[int, dict[str, Any]]:
    """Run one step, write its result and say how it ended.

    Returns:
        The exit code and the document of the result file.
    """
    console, name = context.console, step.name
    context.notices.clear()
    _forget(step, context)
    code, status, result, findings = FINE, PASSED, dict[str, Any](), tuple[Finding, ...]()
    try:
        if step.trains and (other := interpreter.mismatch(context.config)):
            context.notice("python", "model.dependencies.python", other)
        result = step.run(context, options)
        status = result.pop("status", PASSED)
        console.say(f"  {status.replace('-', ' ')}", "green" if status == PASSED else "yellow")
    except Refused as refusal:
        status, result, code = REFUSED, refusal.result, REFUSAL
        findings = tuple(_published(finding, context) for finding in refusal.findings)
        for finding in findings:
            console.problem(finding.message)
    except UserCodeFailed as error:
        status, code = FAILED, REFUSAL
        findings = (_published(Finding("user_code", name, str(error)), context),)
        console.problem(findings[0].message)
    except (Unusable, BrokenPipeError):
        raise
    except Exception as error:
        if _is_missing_package(error):
            lock = context.config["model"]["dependencies"]["lock"]
            message = f'the package "{error.name}" is not installed: install the lock, pip install -r {lock}'
            raise Unusable(message) from error
        status, code = FAILED, FAULT
        findings = (Finding("fault", name, f'the step "{name}" failed in a way that nobody foresaw'),)
        console.problem(f"{findings[0].message}:\n{traceback.format_exc()}")
    notices = [_without_secrets(notice) for notice in context.notices]
    found = document(name, status, result, findings, notices, context.config)
    if step.writes_result:
        context.results.save(name, found)
    return code, found


def _published(finding: Finding, context: Context) -> Finding:
    """Return a finding as everybody may read it: without secrets and paths of this machine."""
    found = _without_secrets(finding)
    return replace(found, message=portable(found.message, context.root))


def _without_secrets(finding: Finding) -> Finding:
    subject, message = without_secrets(finding.subject), without_secrets(finding.message)
    return replace(finding, subject=subject, message=message, facts=_clean(finding.facts))


def _clean(value: Any) -> Any:
    """Return a value of JSON whose texts have lost their secrets."""
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, Mapping):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, (list, tuple)) else value


def _is_missing_package(error: Exception) -> TypeGuard[ModuleNotFoundError]:
    """Tell a package that is not installed from a module of ours that does not exist, which is a fault."""
    return isinstance(error, ModuleNotFoundError) and not str(error.name).startswith(str(__package__))


def _forget(step: Step, context: Context) -> None:
    """Remove what an earlier run of this step, and of those that build on it, left: a failure leaves nothing stale."""
    if not step.writes_result:
        return
    later = from_here(step.name)
    context.results.forget(later)
    for name in later:
        for left in STEPS[name].leaves:
            path = context.build / left
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _make(build: Path) -> None:
    """Make the folder of the results, which git does not see."""
    if not build.exists():
        build.mkdir(parents=True)
        (build / ".gitignore").write_text("*\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python ops/pipeline",
        description="From data to a released model. Every value comes from config.json, which mlops.yaml makes.",
        epilog="exit codes: 0 fine, 1 refused or your own code failed, 2 cannot run like this, 3 fault of the pipeline",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    names = [step.name for step in PIPELINE]
    everything = commands.add_parser(
        "run",
        help="all steps that make and judge a model: " + ", ".join(names),
        epilog="example: python ops/pipeline run --purpose pull-request",
        allow_abbrev=False,
    )
    everything.add_argument(
        "--step", dest="steps", action="append", choices=names, help="only this step; may be repeated"
    )
    _common(everything)
    for step in STEPS.values():
        command = commands.add_parser(
            step.name, help=step.help, description=step.help, epilog=step.example, allow_abbrev=False
        )
        _common(command)
        step.options(command)
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--purpose", choices=PURPOSES, default=LAPTOP, help="who wants to know (default: %(default)s)")
    parser.add_argument("--build", type=Path, metavar="DIR", help="folder for all results (default: build)")
    parser.add_argument("--outputs", type=Path, metavar="FILE", help="append name=value lines for later jobs")
    parser.add_argument("--summary", type=Path, metavar="FILE", help="append a summary in Markdown")
    parser.add_argument("--quiet", action="store_true", help="print problems and notices only")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print the result on standard output, as in the result file; of run, the list of all",
    )
