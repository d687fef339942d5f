"""The options of the step."""

from __future__ import annotations

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from steps.rollout.bench import Bench


def test_wrong_options(canary: Bench) -> None:
    a = "a" * 64
    for words, said in (
        (["--env", "nowhere"], "there is no environment nowhere: the spec has staging, production"),
        (["--env", "production", "--from", "staging"], "--from ENV and --release ID together"),
        (["--env", "production", "--release", a], "--from ENV and --release ID together"),
        (["--env", "production", "--from", "staging", "--release", "abc"], "64 hexadecimal digits"),
        (["--env", "production", "--from", "staging", "--release", a, "--image", "x"], "--from or --image"),
        (["--env", "production", "--from", "elsewhere", "--release", a], "production follows staging"),
        (["--env", "production"], "start needs the image"),
    ):
        with pytest.raises(Unusable, match=said):
            canary.run(*words)
    assert canary.outputs == {}
    assert canary.moves() == []


def test_a_plan_of_another_version_of_mlopsc(bench: Bench) -> None:
    bench.stable()
    bench.here.commit({"overlays/production/rollout.json": '{"steps": []}'})
    with pytest.raises(Unusable, match=r'rollout\.json of the release cannot be used .*run "mlopsc compile"'):
        bench.rollout()
