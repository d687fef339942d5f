# SPDX-License-Identifier: MIT-0
"""Findings of the image scan that are accepted until a day, after which they stop a delivery again.

The scanner knows no end of an exception: it would leave the finding out for ever.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from ..refusal import Finding, Refused, Unusable


def check(ignored: Mapping[str, str], today: datetime.date) -> dict[str, Any]:
    """Return the accepted findings with their last days.

    Args:
        ignored: last days by advisory, as ``deployment.image.scan.ignore`` gives them.
        today: a finding is accepted up to the end of its last day.

    Raises:
        Refused: the last day of one of them is over.
        Unusable: a last day is none.
    """
    days = {advisory: day(text) for advisory, text in ignored.items()}
    past = [
        Finding(
            "expires",
            advisory,
            f"{advisory} was accepted until {last}, and it is {today}: update what has it, or accept it anew in "
            f"deployment.image.scan.ignore of mlops.yaml",
            {"expires": str(last)},
        )
        for advisory, last in days.items()
        if last < today
    ]
    if past:
        raise Refused(past)
    return {"accepted": dict(ignored)}


def day(text: str) -> datetime.date:
    """Return a day that is written as year, month and day with hyphens.

    Raises:
        Unusable: it is none.
    """
    try:
        # Newer versions of Python read further ways of writing a day.
        return datetime.date.fromisoformat(text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else "")
    except ValueError:
        raise Unusable(f'"{text}" is no day: write one such as 2026-05-31') from None
