"""The parts of a training in the cluster that need no cluster: names, archives, receipts, and words of the cluster."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mlopsc.steps.mlops_steps import kubectl
from mlopsc.steps.mlops_steps.cluster import archive, manifests, receipt, status
from mlopsc.steps.mlops_steps.cluster.store import Store
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from steps.cluster.clusters import OBJECTS

IMAGE = f"ghcr.io/acme/penguins-train@sha256:{'0' * 64}"
NAMES = archive.content({"tracking": "release-records"})


def read(objects: str = "one", image: str = IMAGE, run: str | None = None) -> manifests.Training:
    return manifests.read(OBJECTS / objects, image, run)


def test_image_name_and_run_are_filled_in() -> None:
    template = json.loads((OBJECTS / "one" / "job.json").read_text(encoding="utf-8"))
    training = read(run="4711")
    container = training.job["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == IMAGE
    assert container["args"][-2:] == ["--training", training.name]
    assert training.job["metadata"]["annotations"]["mlops.run"] == "4711"
    assert (training.namespace, training.workers, training.seconds) == ("penguins-staging", 1, 5400)
    template["spec"]["template"]["spec"]["containers"][0].update(image=IMAGE, args=container["args"])
    template["metadata"].update(training.job["metadata"])
    assert training.job == template, "nothing else changes"
    assert [item["kind"] for item in training.others] == ["ServiceAccount"]


def test_the_same_call_has_the_same_name_and_every_other_one_another() -> None:
    other = IMAGE.replace("0", "1")
    names = [read().name, read(run="1").name, read(run="2").name, read(image=other).name, read("several").name]
    assert len(set(names)) == len(names)
    assert read(run="1").name == names[1]
    assert all(name.startswith("penguins-train-") for name in names)


@pytest.mark.parametrize(
    "image", ["ghcr.io/acme/a", "ghcr.io/acme/a:latest", f"a@sha256:{'0' * 63}", f"a b@sha256:{'0' * 64}"]
)
def test_an_image_without_a_digest_is_refused(image: str) -> None:
    with pytest.raises(Unusable, match="give the image by digest"):
        read(image=image)


@pytest.mark.parametrize("run", ["", "../x", "a b", "-a", "a" * 64, "ü"])
def test_a_run_that_is_no_name_is_refused(run: str) -> None:
    with pytest.raises(Unusable, match="--run"):
        read(run=run)


def test_a_project_without_a_job_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"execution\.train\.on: cluster"):
        manifests.read(tmp_path, IMAGE, None)


@pytest.mark.parametrize(
    "change",
    [
        lambda job: job["spec"]["template"]["spec"]["containers"][0].update(name="other"),
        lambda job: job["spec"].pop("activeDeadlineSeconds"),
        lambda job: job["metadata"].pop("namespace"),
        lambda job: job["spec"]["template"]["spec"]["containers"][0].pop("args"),
    ],
)
def test_a_job_that_lacks_what_is_needed_is_told(tmp_path: Path, change: Callable[[Any], object]) -> None:
    job = json.loads((OBJECTS / "one" / "job.json").read_text(encoding="utf-8"))
    change(job)
    (tmp_path / "job.json").write_text(json.dumps(job), encoding="utf-8")
    with pytest.raises(Unusable, match="lacks what a training needs"):
        manifests.read(tmp_path, IMAGE, None)


def test_without_a_store_there_is_nothing_to_submit() -> None:
    config = {"training": {}, "model": {"dependencies": {"lock": "requirements.txt"}}}
    with pytest.raises(Unusable, match="trains on the runner"):
        Store(config, "t")


def filled(build: Path) -> Path:
    """Write a small result, with files that nobody hands over."""
    for name in (*NAMES, "data/train.parquet", "data/sets/a.parquet", "trained/model/x", "results/gate.json"):
        path = build / name / "MLmodel" if name == "model" else build / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return build


def test_an_archive_brings_back_what_later_steps_read(tmp_path: Path) -> None:
    build, target = filled(tmp_path / "build"), tmp_path / archive.FILE
    archive.pack(build, NAMES, target)
    first = receipt.of(target)
    os.utime(build / "model" / "MLmodel", (0, 0))
    archive.pack(build, NAMES, target)
    assert receipt.of(target) == first, "the same content gives the same bytes"
    (tmp_path / "out").mkdir()
    archive.unpack(target, NAMES, tmp_path / "out")
    (tmp_path / "here" / "results").mkdir(parents=True)
    (tmp_path / "here" / "results" / "champion.json").write_text("kept", encoding="utf-8")
    archive.bring_in(tmp_path / "out", tmp_path / "here")
    found = {
        path.relative_to(tmp_path / "here").as_posix() for path in (tmp_path / "here").rglob("*") if path.is_file()
    }
    assert found == {
        "data/evaluate.parquet",
        "model/MLmodel",
        "model-settings.json",
        "results/champion.json",
        *(f"results/{step}.json" for step in archive.STEPS),
    }
    assert (tmp_path / "here" / "model" / "MLmodel").read_text(encoding="utf-8") == "model"


def test_the_rows_that_trained_are_handed_over_to_mlflow_only() -> None:
    assert "data/train.parquet" not in NAMES
    assert "data/train.parquet" in archive.content({"tracking": "mlflow"})


def test_what_is_not_there_cannot_be_packed(tmp_path: Path) -> None:
    build = filled(tmp_path / "build")
    (build / "model-settings.json").unlink()
    with pytest.raises(Unusable, match="did not come to its end"):
        archive.pack(build, NAMES, tmp_path / archive.FILE)


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, link
    found.size = 4 if kind == tarfile.REGTYPE else 0
    return found


HOSTILE = {
    "absolute": (member("/etc/passwd"), "leads out"),
    "above": (member("../x"), "leads out"),
    "above from inside": (member("model/../../x"), "leads out"),
    "other system": (member("model\\..\\x"), "leads out"),
    "drive": (member("C:model"), "leads out"),
    "empty": (member("."), "leads out"),
    "link": (member("model/x", tarfile.SYMTYPE, "/etc"), "no plain file"),
    "hard link": (member("model/x", tarfile.LNKTYPE, "../../x"), "no plain file"),
    "folder": (member("model", tarfile.DIRTYPE), "no plain file"),
    "pipe": (member("model/x", tarfile.FIFOTYPE), "no plain file"),
    "device": (member("model/x", tarfile.CHRTYPE), "no plain file"),
    "another step": (member("candidate.json"), "not what a training hands back"),
    "a gate that passed": (member("results/gate.json"), "not what a training hands back"),
    "beside the model": (member("model-of-mine/x"), "not what a training hands back"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_an_archive_writes_nowhere_else(tmp_path: Path, name: str) -> None:
    entry, reason = HOSTILE[name]
    path, out = tmp_path / "a.tar", tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    with tarfile.open(path, "w") as tar:
        tar.addfile(entry, io.BytesIO(b"evil"))
    with pytest.raises(Refused, match=reason):
        archive.unpack(path, NAMES, out)
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]


def test_an_archive_holds_every_file_once(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as tar:
        for _ in range(2):
            tar.addfile(member("model/x"), io.BytesIO(b"once"))
    (tmp_path / "out").mkdir()
    with pytest.raises(Refused, match="a file twice"):
        archive.unpack(path, NAMES, tmp_path / "out")


def test_an_archive_that_lacks_something_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as tar:
        tar.addfile(member("model/x"), io.BytesIO(b"some"))
    (tmp_path / "out").mkdir()
    with pytest.raises(Refused, match=r"lacks data/evaluate.parquet, model-settings.json"):
        archive.unpack(path, NAMES, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"\x1f\x8b\x08\x00"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(content)
    with pytest.raises(Refused, match="refused"):
        archive.unpack(path, NAMES, tmp_path)


def test_an_archive_that_ends_in_the_middle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / archive.FILE
    archive.pack(filled(tmp_path / "build"), NAMES, path)
    path.write_bytes(path.read_bytes()[: 512 + 3])
    (tmp_path / "out").mkdir()
    with pytest.raises(Refused, match=r"cannot be read|lacks"):
        archive.unpack(path, NAMES, tmp_path / "out")


def test_a_receipt_reads_back() -> None:
    found = receipt.Receipt("0a" * 32, 17)
    assert receipt.parse(found.text()) == found


@pytest.mark.parametrize(
    "message",
    [
        "",
        "the last lines of a log",
        "[]",
        "null",
        '{"schema": 2, "sha256": "' + "0" * 64 + '", "bytes": 1}',
        '{"schema": 1, "sha256": "' + "0" * 63 + '", "bytes": 1}',
        '{"schema": 1, "sha256": 7, "bytes": 1}',
        '{"schema": 1, "sha256": "' + "0" * 64 + '", "bytes": "1"}',
        '{"schema": 1, "sha256": "' + "0" * 64 + '"}',
        "[" * 100_000,
    ],
)
def test_what_is_no_receipt_is_refused(message: str) -> None:
    with pytest.raises(Unusable, match="says nothing of its archive"):
        receipt.parse(message)


def pod(number: int = 0, created: str = "2026-01-01T00:00:00Z", **facts: Any) -> status.Object:
    labels = {status.LABEL_NUMBER: str(number)}
    return {"metadata": {"name": f"p{number}", "labels": labels, "creationTimestamp": created}, "status": facts}


def container(**state: Any) -> list[Any]:
    return [{"name": "sidecar", "state": {}}, {"name": "train", "state": state}]


def test_a_job_has_ended_when_it_says_so() -> None:
    def job(*conditions: tuple[str, str]) -> status.Object:
        return {"status": {"conditions": [{"type": kind, "status": value} for kind, value in conditions]}}

    assert status.ended({}) is None
    assert status.ended(job(("Suspended", "True"), ("Failed", "False"), ("FailureTarget", "True"))) is None
    assert status.ended(job(("SuccessCriteriaMet", "True"), ("Complete", "True"))) == status.Ended("Complete", "", "")


def test_the_newest_pod_of_a_worker_counts() -> None:
    pods = [pod(1), pod(0), pod(0, "2026-01-02T00:00:00Z")]
    assert status.newest(pods, 0) is pods[2]
    assert status.newest(pods, 2) is None
    assert status.number({"metadata": {"name": "p", "creationTimestamp": ""}}) == 0


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ""),
        ({"phase": "Running", "containerStatuses": container(running={})}, ""),
        ({"containerStatuses": container(waiting={"reason": "ContainerCreating"})}, "ContainerCreating"),
        (
            {"containerStatuses": container(waiting={"reason": "ErrImagePull", "message": "denied"})},
            "ErrImagePull: denied",
        ),
        (
            {
                "conditions": [
                    {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no GPU"}
                ]
            },
            "Unschedulable: no GPU",
        ),
        ({"conditions": [{"type": "PodScheduled", "status": "True"}]}, ""),
    ],
)
def test_what_a_pod_waits_for(facts: dict[str, Any], expected: str) -> None:
    assert status.waits_for(pod(**facts)) == expected


@pytest.mark.parametrize(
    ("terminated", "expected"),
    [
        ({"exitCode": 1, "reason": "Error"}, "exit code 1"),
        ({"exitCode": 137, "reason": "OOMKilled"}, "OOMKilled, exit code 137"),
        ({"exitCode": 0, "reason": "Completed"}, "exit code 0"),
    ],
)
def test_how_a_container_ended(terminated: dict[str, Any], expected: str) -> None:
    assert status.exit_of(pod(containerStatuses=container(terminated={**terminated, "message": "m"}))) == expected
    assert status.message_of(pod(containerStatuses=container(terminated={**terminated, "message": "m"}))) == "m"
    assert status.exit_of(pod()) == ""


def program(folder: Path, text: str) -> None:
    path = folder / "kubectl"
    path.write_text(f"#!{sys.executable}\nimport os, sys\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def test_kubectl_gets_the_kubeconfig_as_a_file_of_this_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = (
        "path = os.environ['KUBECONFIG']; print(path, oct(os.stat(path).st_mode), open(path).read(), sys.stdin.read())"
    )
    program(tmp_path, f"assert not {{'MLOPS_KUBECONFIG', 'MLOPS_GIT_TOKEN'}} & set(os.environ)\n{shown}")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("MLOPS_KUBECONFIG", "users: [ü]")
    monkeypatch.setenv("MLOPS_GIT_TOKEN", "t")
    path, mode, *said = kubectl.run(["get"], b"asked").decode().split()
    assert (mode, said) == ("0o100600", ["users:", "[ü]", "asked"])
    assert not Path(path).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is a file")
def test_the_kubeconfig_does_not_outlive_a_process_that_is_killed(tmp_path: Path) -> None:
    """A runner ends a job by SIGKILL in the end, and nothing cleans up behind it."""
    temporary, ready = tmp_path / "temporary", tmp_path / "ready"
    temporary.mkdir()
    begins = "import pathlib, time; path = os.environ['KUBECONFIG']; assert 'hunter2' in open(path).read()"
    program(tmp_path, f"{begins}; pathlib.Path({str(ready)!r}).write_text(f'{{os.getpid()}} {{path}}'); time.sleep(60)")
    steps = "from mlopsc.steps.mlops_steps import kubectl; kubectl.run(['get'])"
    process = subprocess.Popen(
        [sys.executable, "-c", steps],
        env={
            "PATH": str(tmp_path),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "TMPDIR": str(temporary),
            "MLOPS_KUBECONFIG": "token: hunter2",
        },
    )
    try:
        for _ in range(200):
            if ready.exists() and ready.read_text(encoding="utf-8"):
                break
            time.sleep(0.05)
        child, path = ready.read_text(encoding="utf-8").split()
    finally:
        process.kill()
        process.wait()
    try:
        assert not Path(path).exists()
        assert list(temporary.iterdir()) == []
    finally:
        os.kill(int(child), signal.SIGKILL)


def test_where_there_is_no_memory_for_files_it_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubectl, "sys", SimpleNamespace(platform="darwin"))
    program(tmp_path, "path = os.environ['KUBECONFIG']; print(path, oct(os.stat(path).st_mode), open(path).read())")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("MLOPS_KUBECONFIG", "token")
    path, mode, said = kubectl.run(["get"]).decode().split()
    assert (mode, said) == ("0o100600", "token")
    assert not Path(path).exists()


def test_kubectl_uses_what_it_finds_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "print(os.environ['KUBECONFIG'])")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", "/own")
    monkeypatch.delenv("MLOPS_KUBECONFIG", raising=False)
    assert kubectl.run(["get"]) == b"/own\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sys.exit('first\\nerror: no \\x1b[31m')", r"^kubectl get failed: error: no \\x1b\[31m$"),
        ("sys.exit('dial https://user:pw@host/x')", "^kubectl get failed: dial https://host/x$"),
        ("sys.exit(3)", "^kubectl get failed: it said nothing$"),
        ("import time; time.sleep(30)", "^kubectl get gave no answer within 0.2 s$"),
    ],
)
def test_kubectl_that_fails_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    program(tmp_path, text)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unusable, match=message):
        kubectl.run(["get", "job"], timeout=0.2 if "sleep" in text else 20)


def test_a_machine_without_kubectl_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unusable, match="kubectl is not installed"):
        kubectl.run(["get"])
