# SPDX-License-Identifier: MIT-0
"""``champion``: fetch what the gate compares a candidate with."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..refusal import Unusable
from ..release import champion, command
from ..release.record import Release
from ..step import Step


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Fetch the release record and the predictions of the champion into ``build/champion``.

    Hands on ``image``, the champion's, empty when there is none, and ``rescore``: ``true`` when it can be compared only
    if its model, from that image, is put into ``build/champion/model``. Nobody knows before the step "split" has run.

    Raises:
        Refused: its record is broken.
        Unusable: the deploy branch cannot be reached.
    """
    name = context.config["tests"].get("champion")
    if name is None:
        context.notice("champion", context.config["name"], "no champion: the spec has no environment to compare with")
        _hand_on(context, "", rescore=False)
        return {"environment": None, "release": None}
    environment = command.environment(context, name, options.remote)
    release, predictions = champion.fetch(environment, context.build / "champion")
    if release is None:
        context.notice("champion", name, f"no champion yet: nothing was released to {name}")
        _hand_on(context, "", rescore=False)
        return {"environment": name, "release": None}
    context.console.say(f"  champion: {release.version}, which serves in {name}")
    if not predictions:
        context.notice("predictions", name, f"{name} keeps no predictions of {release.version}")
    rescore = _rescore(context, release)
    if rescore:
        context.console.say(f"  it can be compared when the model of {release.image} is in build/champion/model")
    _hand_on(context, release.image, rescore=rescore)
    return {
        "environment": name,
        "release": release.id,
        "version": release.version,
        "image": release.image,
        "predictions": predictions,
        "rescore": rescore,
    }


def _rescore(context: Context, release: Release) -> bool:
    try:
        context.results.read("split")
    except Unusable:
        return False
    from ..evaluation import evaluate

    return evaluate.needs_model(context, release)


def _hand_on(context: Context, image: str, *, rescore: bool) -> None:
    context.output("image", image)
    context.output("rescore", "true" if rescore else "false")


STEP = Step(
    name="champion",
    help="fetch what the gate compares a candidate with",
    run=run,
    example="example: python ops/pipeline champion",
    options=command.remote_option,
)
