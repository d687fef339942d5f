# SPDX-License-Identifier: MIT-0
"""Runs and versions in MLflow: the same facts as in ``candidate.json``, where people look for them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..context import Context
from ..data import frames
from ..packaging.mlflow_settings import quiet
from ..packaging.readable import Readable
from ..refusal import Unusable
from ..text import without_secrets
from .candidate import Candidate, lineage

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.data.pandas_dataset import PandasDataset

VERSION_TAG = "mlops.version"
"""Tag of a model version in the registry: the version of the model, which is the digest of its recipe."""

CHALLENGER = "challenger"
"""Alias of the version that was registered last and waits to be released."""

_DIGEST_LENGTH = 36  # MLflow's limit


def record(context: Context, candidate: Candidate, *, register: bool) -> dict[str, str] | None:
    """Log the candidate as one run, and register its model.

    Args:
        context: the server is the one of ``MLFLOW_TRACKING_URI``, else the database ``build/mlflow.db``; the experiment
            that of ``MLFLOW_EXPERIMENT_NAME``, else the name of the project.
        candidate: what to log.
        register: whether the model becomes a version in the registry. A version of the same recipe that is there
            already is taken, and the alias set on it.

    Returns:
        Name, version and URI in the registry; None when it was not registered.

    Raises:
        Unusable: the server cannot be reached, or does not accept what is logged.
    """
    quiet()
    import mlflow
    from mlflow.exceptions import MlflowException

    server = os.environ.get("MLFLOW_TRACKING_URI")  # MLflow sets it, too, once it knows where to log
    local = Readable(context.build)
    try:
        mlflow.set_tracking_uri(server or f"sqlite:///{(local.path / 'mlflow.db').as_posix()}")
        artifacts = None if server else (context.build / "mlruns").as_uri()
        with mlflow.start_run(
            experiment_id=_experiment(context, artifacts), run_name=f"{candidate['name']} {candidate['version']}"
        ) as run:
            mlflow.set_tags(lineage(candidate))
            mlflow.log_params({name: _text(value) for name, value in candidate["params"].items()})
            for side in ("train", "evaluate"):
                mlflow.log_input(_dataset(context, candidate, side), context=side)
            if not register:
                mlflow.log_metrics(candidate["metrics"])
                return None
            return _registered(context, candidate, run.info.run_id)
    except MlflowException as error:
        raise Unusable(f"MLflow does not take the run: {without_secrets(str(error.message))}") from error


def _experiment(context: Context, artifacts: str | None) -> str:
    """Return the id of the experiment, which is made when it does not exist.

    Args:
        context: of the run.
        artifacts: where the files of a new one go; None to leave it to the server.
    """
    import mlflow

    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or context.config["name"]
    found = mlflow.get_experiment_by_name(name)
    return str(found.experiment_id if found is not None else mlflow.create_experiment(name, artifacts))


def _registered(context: Context, candidate: Candidate, run: str) -> dict[str, str]:
    import mlflow
    from mlflow import MlflowClient

    client, name = MlflowClient(), context.config["model"]["registered_name"]
    version = _version_of(client, name, candidate["version"])
    if version is None:
        version = _new_version(context, client, name, candidate, run)
    else:
        mlflow.log_metrics(candidate["metrics"])
    client.set_registered_model_alias(name, CHALLENGER, version)
    return {"name": name, "version": version, "uri": f"models:/{name}/{version}"}


def _version_of(client: MlflowClient, name: str, recipe: str) -> str | None:
    """Return the version in the registry that was made by a recipe, the newest if there are several."""
    same = client.search_model_versions(f"tag.`{VERSION_TAG}` = '{recipe}'")
    numbers = [int(version.version) for version in same if version.name == name]
    return str(max(numbers)) if numbers else None


def _new_version(context: Context, client: MlflowClient, name: str, candidate: Candidate, run: str) -> str:
    """Log the folder of the model as it is, byte for byte, and make a version of it."""
    import mlflow
    from mlflow.exceptions import MlflowException

    tags = lineage(candidate)
    model = mlflow.initialize_logged_model(name=candidate["name"], source_run_id=run, tags=tags)
    client.log_model_artifacts(model.model_id, str(context.build / "model"))
    client.finalize_logged_model(model.model_id, "READY")
    mlflow.log_metrics(candidate["metrics"], model_id=model.model_id)
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    made = client.create_model_version(name, f"models:/{model.model_id}", run, tags=tags, model_id=model.model_id)
    return str(made.version)


def _dataset(context: Context, candidate: Candidate, side: str) -> PandasDataset:
    """Describe the rows of a side to MLflow: names, types, number and digest, but no value."""
    import mlflow.data
    from mlflow.data.code_dataset_source import CodeDatasetSource

    name = frames.dataset(context, side)
    source = context.results.read("data")["datasets"][name]["source"]
    return mlflow.data.from_pandas(
        frames.read(context, side),
        source=CodeDatasetSource({"mlops.dataset": name, "mlops.source": source}),
        targets=context.results.read("split")["target"],
        name=side,
        digest=candidate["rows"][side]["digest"].removeprefix("sha256:")[:_DIGEST_LENGTH],
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=isinstance(value, Mapping))
