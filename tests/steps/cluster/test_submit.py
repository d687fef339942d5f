"""The step ``submit`` on a cluster that really runs what it is given."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps.cluster import waiting
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from steps.cluster.clusters import Cluster, Image, Submit, use_cluster
from steps.formats import problems
from steps.project import Project

pytestmark = pytest.mark.steps

REAL = [sys.executable, "ops/pipeline"]
"""What the entry point of ops/docker/train.Dockerfile says."""


def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def test_the_model_comes_back_and_is_judged(cluster: Cluster, project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "image"
    shutil.copytree(project.folder, folder)
    image = cluster.image("penguins-train", folder, REAL)
    outputs = tmp_path / "outputs"
    words = ("submit", "--image", image, "--run", "17", "--purpose", "delivery", "--outputs", str(outputs))
    done = project.run(*words)
    assert done.returncode == 0, done.stderr
    build = project.folder / "build"
    result = project.result("submit")
    assert problems("result", result) == []
    (job,) = cluster.jobs()
    assert result["result"]["job"] == job["metadata"]["name"]
    assert job["metadata"]["annotations"]["mlops.run"] == "17"
    version = project.result("train")["result"]["version"]
    assert outputs.read_text(encoding="utf-8").splitlines() == [
        f"job={job['metadata']['name']}",
        f"version={version}",
    ]
    assert "  | [3/4] train" in done.stderr.splitlines()
    judged = project.run("run", "--step", "evaluate", "--step", "gate", "--step", "register")
    assert judged.returncode == 0, judged.stderr
    candidate = json.loads((build / "candidate.json").read_text(encoding="utf-8"))
    assert (candidate["version"], candidate["gate"], candidate["sample"]) == (version, "passed", False)
    # the rows that trained stay in the cluster
    assert not (build / "data" / "train.parquet").exists()
    assert not [path for path in build.iterdir() if path.name.startswith(".training")]
    assert cluster.objects() == ["ServiceAccount-penguins-train"]

    again = project.run(*words)
    assert again.returncode == 0, again.stderr
    assert len(cluster.jobs()) == 1
    assert sum("create" in words for words in cluster.calls()) == 1
    assert project.result("submit") == result
    assert not (build / "candidate.json").exists(), "an older verdict outlives the training"
    assert not (build / "results" / "gate.json").exists()


def test_a_failed_training_is_told_with_its_last_words(cluster: Cluster, project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "image"
    shutil.copytree(project.folder, folder)
    model = folder / "src" / "penguins" / "model.py"
    model.write_text(model.read_text() + "\n\ndef train(data, params, seed):\n    raise ValueError('no penguins')\n")
    done = project.run("submit", "--image", cluster.image("penguins-train", folder, REAL))
    assert done.returncode == 1
    (finding,) = project.result("submit")["findings"]
    assert "BackoffLimitExceeded" in finding["message"]
    assert "worker 0: exit code 1" in finding["message"]
    assert "ValueError: no penguins" in finding["message"]
    assert not (project.folder / "build" / "model").exists()
    assert problems("result", project.result("submit")) == []


def test_every_run_and_every_image_is_a_training_of_its_own(cluster: Cluster, call: Submit, image: Image) -> None:
    first, second = image(), image()
    assert first != second
    names = [call(first)["job"], call(first)["job"], call(first, run="1")["job"], call(second, run="1")["job"]]
    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert len(cluster.jobs()) == 3


def test_the_log_is_printed_and_obeyed_by_nobody(call: Submit, image: Image) -> None:
    call(image("print('::error::no', flush=True)", "print('s3://u:secret@host/x \\x1b[31m')", "store()"))
    assert "  | ::error::no" in call.said
    assert "  | s3://host/x \\x1b[31m" in call.said


def test_a_broken_log_goes_on_behind_its_last_line(cluster: Cluster, call: Submit, image: Image) -> None:
    cluster.set("break-after-lines", "2")
    call(image("for n in range(6):", "    print('line', n, flush=True)", "    time.sleep(0.2)", "store()"))
    assert [line for line in call.said if "line" in line] == [f"  | line {number}" for number in range(6)]
    follows = [words for words in cluster.calls() if "--follow" in words]
    assert [sum(word.startswith("--since-time=20") for word in words) for words in follows[:2]] == [0, 1]
    assert len(follows) <= 3, "one that ended is asked for once more"


def test_why_a_worker_waits_is_told_once(cluster: Cluster, call: Submit, image: Image) -> None:
    cluster.set("pending", "Back-off pulling image")

    def release() -> None:
        until(lambda: asked(cluster) > 6)
        cluster.clear("pending")

    thread = threading.Thread(target=release)
    thread.start()
    call(image())
    thread.join()
    assert call.said.count("  worker 0 waits: ImagePullBackOff: Back-off pulling image") == 1


def asked(cluster: Cluster) -> int:
    """Return how often somebody asked for the pods."""
    return sum("pods" in words for words in cluster.calls()) if (cluster.state / "calls").exists() else 0


def test_several_workers_find_each_other(cluster: Cluster, project: Project, call: Submit, image: Image) -> None:
    shutil.rmtree(project.pipeline.parent / "training")
    use_cluster(project, "several")
    (cluster.state / "objects").mkdir()
    (cluster.state / "objects" / "ServiceAccount-trainer.json").write_text("{}", encoding="utf-8")
    names = "['RANK', 'MLOPS_WORKER', 'WORLD_SIZE', 'MLOPS_WORKERS', 'MASTER_ADDR', 'MASTER_PORT']"
    result = call(image(f"print(*[os.environ[name] for name in {names}])", "if numbered == '0': store()"))
    assert result["workers"] == 4
    job = result["job"]
    logs = [next((cluster.state / "pods" / job).glob(f"{job}-{number}-*.log")).read_text() for number in range(4)]
    assert [log.split()[1:] for log in logs] == [
        [str(number), str(number), "4", "4", f"{job}-0.penguins-train", "29500"] for number in range(4)
    ]
    assert cluster.objects() == [
        "ExternalSecret-penguins-train-store",
        "Service-penguins-train",
        "ServiceAccount-trainer",
    ]


def test_the_worker_that_failed_is_told(cluster: Cluster, project: Project, call: Submit, image: Image) -> None:
    shutil.rmtree(project.pipeline.parent / "training")
    use_cluster(project, "several")
    (cluster.state / "objects").mkdir()
    (cluster.state / "objects" / "ServiceAccount-trainer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(Refused, match=r"worker 2: exit code 9\nout of memory"):
        call(image("if numbered == '2': print('out of memory'); sys.exit(9)", "time.sleep(0.5)", "store()"))


def test_a_training_that_takes_too_long_is_ended_by_the_cluster(project: Project, call: Submit, image: Image) -> None:
    path = project.pipeline.parent / "training" / "job.json"
    job = json.loads(path.read_text(encoding="utf-8"))
    job["spec"]["activeDeadlineSeconds"] = 1
    path.write_text(json.dumps(job), encoding="utf-8")
    with pytest.raises(Refused, match=r"longer than 1 s, see execution.train.timeout\nworker 0 said last:\nepoch 1"):
        call(image("print('epoch 1', flush=True)", "time.sleep(60)"))


def test_who_waits_long_enough_deletes_the_job(cluster: Cluster, call: Submit, image: Image) -> None:
    with pytest.raises(Refused, match="did not end within 1 s and is deleted"):
        call(image("time.sleep(60)"), timeout=1)
    assert cluster.jobs() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_is_interrupted_deletes_the_job(
    cluster: Cluster, project: Project, image: Image, number: signal.Signals
) -> None:
    words = [sys.executable, str(project.pipeline), "submit", "--image", image("time.sleep(60)")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)
    until(lambda: cluster.workers())
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "is deleted" in said
    assert cluster.jobs() == []


def test_a_cluster_that_does_not_answer_ends_it(cluster: Cluster, project: Project, image: Image) -> None:
    cluster.set("unreachable")
    done = project.run("submit", "--image", image())
    assert done.returncode == 2
    assert "kubectl get failed: Unable to connect to the server" in done.stderr


def test_a_cluster_that_is_away_for_a_while_is_waited_for(cluster: Cluster, call: Submit, image: Image) -> None:
    reference = image("print('on', flush=True)", "while not Path('go').exists(): time.sleep(0.05)", "store()")

    def disturb() -> None:
        until(lambda: cluster.workers())
        cluster.set("unreachable")
        time.sleep(0.5)
        (cluster.workers()[0] / "go").touch()
        time.sleep(0.5)
        cluster.clear("unreachable")

    thread = threading.Thread(target=disturb)
    thread.start()
    assert call(reference)["version"] == "0123456789ab"
    thread.join()


def test_a_cluster_that_stays_away_ends_it_and_the_job_goes_on(
    cluster: Cluster, call: Submit, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.2)
    reference = image("while not Path('go').exists(): time.sleep(0.05)", "store()")

    def disturb() -> None:
        until(lambda: cluster.workers())
        cluster.set("unreachable")

    thread = threading.Thread(target=disturb)
    thread.start()
    with pytest.raises(Unusable, match="goes on, and the same command finds it again"):
        call(reference)
    thread.join()
    cluster.clear("unreachable")
    (cluster.workers()[0] / "go").touch()
    assert call(reference)["version"] == "0123456789ab"
    assert sum("create" in words for words in cluster.calls()) == 1


def test_a_job_that_somebody_deletes_is_told(cluster: Cluster, call: Submit, image: Image) -> None:
    def delete() -> None:
        until(lambda: cluster.workers())
        (cluster.state / "jobs" / f"{cluster.jobs()[0]['metadata']['name']}.json").unlink()

    thread = threading.Thread(target=delete)
    thread.start()
    with pytest.raises(Refused, match="somebody deleted it"):
        call(image("time.sleep(60)"))
    thread.join()


def archive_of(project: Project, result: str) -> Path:
    return project.folder.parent / "store" / "training" / result / "build.tar"


def test_an_archive_that_was_exchanged_is_refused(project: Project, call: Submit, image: Image) -> None:
    reference = image()
    path = archive_of(project, call(reference)["job"])
    content = bytearray(path.read_bytes())
    content[600] ^= 1
    path.write_bytes(content)
    shutil.rmtree(project.folder / "build")
    with pytest.raises(Refused, match="is not the one that the training stored"):
        call(reference)
    assert list((project.folder / "build").iterdir()) == []


def test_an_archive_that_is_gone_is_told(project: Project, call: Submit, image: Image) -> None:
    reference = image()
    archive_of(project, call(reference)["job"]).unlink()
    with pytest.raises(Unusable, match="cannot be read"):
        call(reference)


def test_an_archive_that_would_write_elsewhere_is_refused(project: Project, call: Submit, image: Image) -> None:
    lines = (
        "import tarfile",
        "prepare()",
        "with tarfile.open('build.tar', 'w') as tar:",
        "    tar.add('build/model/MLmodel', 'model/../../../stolen')",
        "hand_over(Path('build.tar'))",
    )
    with pytest.raises(Refused, match="leads out of the folder"):
        call(image(*lines))
    assert not list(project.folder.parent.rglob("stolen"))
    assert list((project.folder / "build").iterdir()) == []


def test_an_image_of_another_configuration_is_told(project: Project, call: Submit, image: Image) -> None:
    reference = image()
    project.change(lambda config: config["model"].update(seed=7))
    with pytest.raises(Unusable, match=r"mlops\.yaml changed"):
        call(reference)


def test_a_pod_that_is_gone_is_told(cluster: Cluster, call: Submit, image: Image) -> None:
    reference = image()
    call(reference)
    for path in (cluster.state / "pods").glob("*/*.json"):
        path.unlink()
    with pytest.raises(Unusable, match="train again with another --run"):
        call(reference)


def test_an_image_that_says_nothing_is_told(call: Submit, image: Image) -> None:
    with pytest.raises(Unusable, match="says nothing of its archive"):
        call(image("print('done')"))


def test_what_the_cluster_refuses_is_told(cluster: Cluster, call: Submit) -> None:
    with pytest.raises(Unusable, match="kubectl create failed: error: the registry has no"):
        call(f"ghcr.io/acme/other@sha256:{'f' * 64}")
    assert cluster.jobs() == []


def test_the_kubeconfig_reaches_kubectl_and_nobody_else(
    cluster: Cluster, call: Submit, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.set("kubeconfig", "token: hunter2")
    reference = image()
    with pytest.raises(Unusable, match="must be logged in"):
        call(reference)
    monkeypatch.setenv("MLOPS_KUBECONFIG", "token: hunter2")
    call(reference)
    assert not Path((cluster.state / "kubeconfig-was-at").read_text()).exists()
    assert "hunter2" not in json.dumps(cluster.calls())
    assert "hunter2" not in "".join(call.said)


def test_another_worker_trains_and_stores_nothing(project: Project) -> None:
    report = project.folder / "report"
    done = project.run("worker", "--training", "t", "--report", str(report), "--purpose", "delivery", MLOPS_WORKER="1")
    assert done.returncode == 0, done.stderr
    build = project.folder / "build"
    assert (build / "trained" / "model").is_dir()
    assert not (build / "model").exists()
    assert not report.exists()
    assert not (project.folder.parent / "store").exists()


def test_a_worker_that_the_cluster_ends_takes_its_training_along(project: Project) -> None:
    """The first process of a container gets no signal that it has no handler for."""
    project.write("ops/pipeline/mlops_steps/commands/split.py", SLOW)
    words = [sys.executable, str(project.pipeline), "worker", "--training", "t", "--report", str(project.folder / "r")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    begun = project.folder / "build" / "begun"
    until(begun.exists)
    process.terminate()
    assert process.wait(timeout=60) == 130
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


SLOW = """
import time

from ..step import Step


def run(context, options):
    (context.build / "begun").touch()
    time.sleep(120)


STEP = Step("split", "takes long", run)
"""


def test_a_store_that_cannot_be_written_to_is_told_before_the_training(project: Project) -> None:
    (project.folder.parent / "store").write_text("no folder", encoding="utf-8")
    done = project.run("worker", "--training", "t", "--report", str(project.folder / "report"))
    assert done.returncode == 2
    assert "store/training/t cannot be written to" in done.stderr
    assert not (project.folder / "build").exists()


def test_the_client_of_the_store_is_asked_for_before_anything_runs(cluster: Cluster, project: Project) -> None:
    project.change(lambda config: config["training"].update(store="gs://acme-ml/models/"))
    done = project.run("submit", "--image", f"a@sha256:{'0' * 64}")
    assert done.returncode == 2
    assert "needs a package that is not installed" in done.stderr
    assert not (cluster.state / "calls").exists()
