# SPDX-License-Identifier: MIT-0
"""Step ``load``: put a deployed model under load and judge latency and errors."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..refusal import Refused, Unusable
from ..results import NOT_JUDGED
from ..serving import load, settings, smoke
from ..serving.client import Client
from ..step import Step


def run(context: Context, arguments: argparse.Namespace) -> dict[str, Any]:
    """Send the first smoke request that brings a prediction, at the rate of ``tests.load``.

    Raises:
        Refused: a limit is not met. The test of a server that the CI job itself started only informs.
        Unusable: nothing is served, there is no load test or no request for it, or locust does not run.
    """
    path = settings.path(context.config)
    limits = settings.load_test(context.config, arguments.env)
    requests = smoke.read(settings.requests(context.config, arguments.env), context.root)
    request = next((request for request in requests if request.answered), None)
    if request is None:
        raise Unusable("tests.load sends the first request of tests.smoke that brings a prediction: add one there")
    client = Client(settings.address(context, arguments.url, arguments.env), arguments.host)
    rate, seconds = limits["rate_per_second"], limits["duration_seconds"]
    context.console.say(f"  {rate:g} requests per second for {seconds:g} s: {request.name}")
    found = load.run(client.url, f"{path}/infer", arguments.host, request, limits)
    findings = list(load.judge(found, limits))
    result = {"environment": arguments.env, "request": request.name, **found.document(), "limits": dict(limits)}
    if found.p95_seconds is not None:
        times = f"{found.rate:g} per second, p95 {found.p95_seconds:g} s"
        context.console.say(f"  {found.requests} requests, {times}, {found.failures} failed")
    if arguments.env is None:
        for finding in findings:
            context.notice(finding.rule, finding.subject, finding.message, **finding.facts)
        return {**result, "status": NOT_JUDGED}
    if findings:
        raise Refused(findings, result)
    return result


STEP = Step(
    "load",
    "put a deployed model under the load of tests.load",
    run,
    example="example: python ops/pipeline load --url https://models.example --env staging",
    options=settings.add_address,
)
