"""What begins the scripts of the images in the tests of the step ``submit``: see the fixture ``image``."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, "ops/pipeline")

from mlops_steps import config, results
from mlops_steps.cluster import archive, receipt
from mlops_steps.cluster.store import Store

options = dict(zip(sys.argv[2::2], sys.argv[3::2], strict=True))
numbered = os.environ.get("MLOPS_WORKER", "0")
build = Path("build")
start = time.monotonic()


def prepare() -> None:
    """Make a small result of all steps."""
    known = config.load(Path("ops/pipeline").resolve())
    for step in archive.STEPS:
        document = results.document(step, "passed", {"version": "0123456789ab"}, (), (), known)
        results.write_json(build / "results" / f"{step}.json", document)
    for name in ("data/evaluate.parquet", "data/train.parquet", "model/MLmodel", "model-settings.json"):
        (build / name).parent.mkdir(exist_ok=True)
        (build / name).write_text(name, encoding="utf-8")


def hand_over(packed: Path) -> None:
    """Store an archive and write its receipt."""
    place = Store(config.load(Path("ops/pipeline").resolve()), options["--training"])
    place.try_out()
    place.put(packed)
    Path(options["--report"]).write_text(receipt.of(packed).text(), encoding="utf-8")


def store() -> None:
    """Make a small result and hand it over."""
    prepare()
    archive.pack(build, archive.content(config.load(Path("ops/pipeline").resolve())), Path(archive.FILE))
    hand_over(Path(archive.FILE))
