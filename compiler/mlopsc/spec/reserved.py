"""Words that are reserved at the top level, each with the nearest supported way."""

from __future__ import annotations

RESERVED: dict[str, str] = {
    "features": "read the features in your own code and name it as the `loader` of a data set",
    "depends_on": "let this project read what the other one writes, as a data set with `version: {resolve: at-run}`",
    "regions": "write one environment for each region, with a `cluster` of its own",
    "budget": "limit `execution.train.timeout`, `execution.train.resources` and `deployment.serving.replicas.max`",
    "experiment": "search parameters in your training code, or release with `strategy: {shadow: {}}` to compare",
    "llm": "describe the model as `task: custom` with a `train.command` and an `evaluate.command` of your own",
}
