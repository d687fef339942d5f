# SPDX-License-Identifier: MIT-0
"""The call contract: ``train(data: TrainData, params: dict, seed: int)`` returns a model with ``predict(frame)``."""

from __future__ import annotations

import copy
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from .. import user_code
from ..context import Context
from ..packaging.scoring import Meaning
from ..user_code import UserCodeFailed
from . import check, flavors, rows
from .seeds import seed_everything


class _TooLong(BaseException):
    """The time is over; no ordinary exception, so that the user's code does not catch it."""


def train(context: Context, split_result: Mapping[str, Any], meaning: Meaning, folder: Path) -> list[str]:
    """Call the user's training and store the model that it returns.

    Args:
        context: of the run.
        split_result: the result of the step ``split``.
        meaning: what the model has to predict.
        folder: where ``model`` goes.

    Returns:
        The libraries that were seeded.
    """
    model_config = context.config["model"]
    reference, framework, seed = model_config["train"]["call"], model_config["framework"], model_config["seed"]
    seed_everything(seed, framework)  # modules may draw numbers when they are imported
    function = user_code.function(context.root, model_config["source"], reference)
    data = rows.read(context, split_result)
    params = copy.deepcopy(model_config["params"])
    seeded = seed_everything(seed, framework)
    with _at_most(context.config["execution"]["train"]["timeout_seconds"], reference):
        model = user_code.call(reference, function, data, params, seed)
    few = rows.read(context, split_result).features.head(check.ROWS)  # read again: the training may have changed them
    flavor = flavors.flavor_of(model, framework)
    if flavor == "pytorch":
        model.eval()  # dropout and the like are for training only
    check.returned(model, flavor, meaning, split_result["features"], few, reference)
    stored = flavors.save(model, flavor, folder / "model", few)
    context.console.say(f"  {type(model).__name__}, stored as {stored}")
    return seeded


@contextmanager
def _at_most(seconds: float, reference: str) -> Iterator[None]:
    """Stop what runs inside when the time is over. Needs signals: not on Windows, and only in the main thread."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _TooLong:
        raise UserCodeFailed(f"{reference}: took longer than {seconds:g} s, see execution.train.timeout") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
