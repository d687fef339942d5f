"""A small project whose data and split are given, so that only training and packaging run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlopsc.steps.mlops_steps.context import Context
from steps.project import Project

if TYPE_CHECKING:
    import pandas

BINARY, MULTICLASS, REGRESSION = "binary-classification", "multiclass-classification", "regression"

CLASSES: dict[str, list[Any]] = {BINARY: ["no", "yes"], MULTICLASS: ["large", "medium", "small"]}
"""The texts that the target column holds; for a regression it holds numbers."""

ROWS = 60
NUMBERS = {"width": "float64", "height": "float64", "count": "int64"}

_TYPES = {
    "float64": "number",
    "int64": "integer",
    "str": "category",
    "bool": "boolean",
    "object": "boolean",
    "datetime64[ns]": "timestamp",
}
_WIRE = {
    "float64": ("FP64", None),
    "int64": ("INT64", None),
    "str": ("BYTES", "str"),
    "bool": ("BOOL", None),
    "object": ("BYTES", "pd_json"),  # MLServer reads null among BOOL as false
    "datetime64[ns]": ("BYTES", "str"),
}

_SERVE_ONCE = Path(__file__).with_name("serve_once.py")


class Small:
    """A project with a training of one's own on 60 given rows.

    Args:
        folder: where it is.
        code: content of ``src/shop/model.py``; calls: ``shop.model:train``.
        task: of the model.
        framework: of the model.
        output: ``value`` or ``probability``.
        frame: the training rows with the column ``target``; by default two numbers and a count.
        features: data types of the features, when not those of `NUMBERS`.
        classes: when not those of the task in `CLASSES`.
        train: another way to train than the call.
    """

    def __init__(
        self,
        folder: Path,
        code: str,
        *,
        task: str = BINARY,
        framework: str = "sklearn",
        output: str = "value",
        frame: pandas.DataFrame | None = None,
        features: Mapping[str, str] | None = None,
        classes: list[Any] | None = None,
        train: Mapping[str, Any] | None = None,
    ) -> None:
        self.frame = rows(task) if frame is None else frame
        self.features = dict(features or NUMBERS)
        classes = classes or CLASSES.get(task)
        columns: dict[str, Any] = {
            name: {"type": _TYPES[dtype], "role": "feature"} for name, dtype in self.features.items()
        }
        for name in self.features:
            if self.frame[name].isna().any():
                columns[name]["max_missing"] = 0.5
        columns["target"] = {"type": _type_of(classes), "role": "target"}
        model = {
            "task": task,
            "framework": framework,
            "source": "src",
            "train": dict(train or {"call": "shop.model:train"}),
            "params": {"rounds": 5},
            "seed": 42,
            "prediction": {"output": output, "threshold": 0.5},
            "dependencies": {"python": "3.11", "lock": "requirements.txt"},
            "registered_name": "shop",
        }
        config = {
            "schema": 1,
            "name": "shop",
            "root": "../..",
            "data": {
                "datasets": {"sales": {"columns": columns}},
                "train": "sales",
                "evaluate": {"split": {"by": "random", "test": 0.2, "stratify": True, "seed": 7}},
            },
            "model": model,
            "execution": {"train": {"timeout_seconds": 600}, "pull_request": {"train": "full", "rows": 50}},
        }
        self.project = Project(folder, config)
        self.project.write("src/shop/__init__.py", "")
        self.project.write("src/shop/model.py", code)
        self.project.write("requirements.txt", _installed())
        self.context: Context = self.project.context()
        self._split(task, classes)

    @property
    def build(self) -> Path:
        """Where all results go."""
        return self.context.build

    def add_column(self, name: str, column: Mapping[str, Any], **split: Any) -> None:
        """Let the spec have one more column of the rows.

        Args:
            name: of the column.
            column: in ``config.json``.
            split: what this changes in the result of the step ``split``.
        """
        results = {step: self.context.results.read(step) for step in ("data", "split")}
        self.context.config["data"]["datasets"]["sales"]["columns"][name] = dict(column)
        for step, result in results.items():
            self.context.results.write(step, "passed", {**result, **(split if step == "split" else {})})

    def train(self) -> dict[str, Any]:
        """Run the step ``train`` and keep its result for the next one."""
        return self._step("train")

    def package(self) -> dict[str, Any]:
        """Run the step ``package``."""
        return self._step("package")

    def serve(self, frame: pandas.DataFrame) -> list[Any]:
        """Return what MLServer answers to a V2 request for some rows, as nested lists."""
        (self.build / "request.json").write_text(json.dumps(request(frame, self.features)), encoding="utf-8")
        ended = subprocess.run(
            [sys.executable, "-I", "-B", str(_SERVE_ONCE), "model-settings.json", "request.json", "response.json"],
            cwd=self.build,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr[-3000:]
        response = json.loads((self.build / "response.json").read_text(encoding="utf-8"))
        assert response["model_version"] == self.context.results.read("train")["version"]
        (output,) = response["outputs"]
        width = output["shape"][1] if len(output["shape"]) > 1 else 1
        data: list[Any] = output["data"]
        return data if width == 1 else [data[start : start + width] for start in range(0, len(data), width)]

    def _step(self, name: str) -> dict[str, Any]:
        from mlopsc.steps.mlops_steps.packaging.package import package
        from mlopsc.steps.mlops_steps.training.run import train

        path = list(sys.path)
        try:
            result = {"train": train, "package": package}[name](self.context)
        finally:
            sys.path[:] = path
            for module in [module for module in sys.modules if module.partition(".")[0] == "shop"]:
                del sys.modules[module]  # the next project has modules of the same names
        self.context.results.write(name, "passed", result)
        return result

    def _split(self, task: str, classes: list[Any] | None) -> None:
        """Write what the steps ``data`` and ``split`` leave behind."""
        target = self.build / "data" / "train.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        self.frame.to_parquet(target, index=False)
        digest = "sha256:" + "0" * 64
        self.context.results.write(
            "data", "passed", {"datasets": {"sales": {"digest": digest, "rows": len(self.frame)}}}
        )
        split = {
            "train": {"rows": len(self.frame), "digest": digest},
            "evaluate": {"rows": 10, "digest": digest},
            "sample": False,
            "classes": classes,
            "positive": classes[-1] if classes and task == BINARY else None,
            "features": self.features,
            "deviation": {},
            "target": "target",
            "weight": None,
        }
        self.context.results.write("split", "passed", split)


def request(frame: pandas.DataFrame, features: Mapping[str, str]) -> dict[str, Any]:
    """Return a V2 request for some rows, as a client of any language writes it: null for what is missing."""
    inputs: list[dict[str, Any]] = []
    for name, dtype in features.items():
        values = [_json_value(value) for value in frame[name].tolist()]
        datatype, content_type = _WIRE[dtype]
        if content_type == "pd_json":
            values = [json.dumps(value) for value in values]
        inputs.append({"name": name, "shape": [len(values)], "datatype": datatype, "data": values})
        if content_type:
            inputs[-1]["parameters"] = {"content_type": content_type}
    return {"parameters": {"content_type": "pd"}, "inputs": inputs}


def _json_value(value: Any) -> Any:
    import pandas

    if pandas.isna(value):
        return None
    return value.isoformat() if isinstance(value, pandas.Timestamp) else value


def rows(task: str) -> pandas.DataFrame:
    """Return 60 rows: two numbers, a count, and a target that follows from them."""
    import numpy
    import pandas

    generator = numpy.random.default_rng(1)
    frame = pandas.DataFrame(
        {
            "width": generator.normal(size=ROWS).round(3),
            "height": generator.normal(size=ROWS).round(3),
            "count": generator.integers(0, 9, size=ROWS),
        }
    )
    size = frame["width"] + frame["height"] + 0.2 * frame["count"]
    if task == REGRESSION:
        return frame.assign(target=size.round(3))
    classes = CLASSES[task]
    codes = (size.rank(method="first") * len(classes) / (ROWS + 1)).astype(int)
    return frame.assign(target=[classes[code] for code in codes])


def _type_of(classes: list[Any] | None) -> str:
    if classes is None:
        return "number"
    if isinstance(classes[0], bool):
        return "boolean"
    return "category" if isinstance(classes[0], str) else "integer"


def _installed() -> str:
    """Return a lock of what is installed here."""
    from importlib import metadata

    return "".join(sorted(f"{found.metadata['Name']}=={found.version}\n" for found in metadata.distributions()))
