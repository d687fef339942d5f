"""The Dockerfiles, their .dockerignore files and the settings of the image scan."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import tools
import yaml
from build_shared.project import generate, line_of, load, message, rendered, with_dependencies
from mlopsc.build.docker.words import copy_words, env_value, exec_form, path_problem
from mlopsc.diagnostics import Findings
from mlopsc.parts import File, Json
from mlopsc.pins import Image, Pins, defaults
from mlopsc_targets.kubernetes import TARGET

SERVE, TRAIN = "ops/docker/serve.Dockerfile", "ops/docker/train.Dockerfile"
DIGEST = "sha256:" + "ab" * 32
BASE = f"ghcr.io/acme/python:3.11@{DIGEST}"

VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "packages": {"model.dependencies.system_packages": ["libgomp1", "libpq5"]},
    "fixed packages": {"model.dependencies.system_packages": ["libgomp1=12.2.0-14+deb12u1"]},
    "index": {"model.dependencies.index": "https://pypi.acme.example/simple"},
    "base image": {"model.dependencies.base_image": BASE},
    "batch": {
        "deployment.mode": "batch",
        "deployment.batch": {"input": "s3://a/in/", "output": "s3://a/out/", "schedule": "0 5 * * *", "key": "id"},
        "environments": None,
    },
    "spaces": {"model.source": "my code", "output.dir": "made by mlopsc", "model.dependencies.lock": "a b.txt"},
    "everything": {"model.source": "."},
}


def steps(text: str) -> list[str]:
    """Return the instructions of a Dockerfile, continued lines joined, comments left out."""
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return re.sub(r"\s*\\\n\s*", " ", "\n".join(lines)).splitlines()


def stage(text: str, number: int) -> list[str]:
    """Return the instructions of one stage."""
    stages: list[list[str]] = []
    for step in steps(text):
        if step.startswith("FROM "):
            stages.append([])
        stages[-1].append(step)
    return stages[number]


def test_the_image_that_serves() -> None:
    text = rendered(load(), SERVE).text
    pinned = defaults().images
    assert text.splitlines()[0] == f"# syntax={pinned['dockerfile-frontend'].reference}"
    assert "Generated from mlops.yaml" in text.splitlines()[1]
    assert [step for step in steps(text) if step.startswith("FROM ")] == [
        f"FROM {pinned['python-3.11'].reference} AS packages",
        f"FROM {pinned['python-3.11'].reference}",
    ]
    copy, install = stage(text, 0)[1:]
    assert copy == "COPY requirements.txt /tmp/requirements.txt"
    assert install.startswith(
        "RUN python -m venv --without-pip /venv && python -m pip --python /venv/bin/python install "
    )
    assert install.endswith(" --require-hashes --no-deps --requirement /tmp/requirements.txt")
    final = stage(text, 1)
    assert "pip uninstall --yes --root-user-action=ignore pip setuptools wheel" in final[1]
    assert "rm -rf /usr/local/lib/python3.11/ensurepip" in final[1]
    assert final[2] == "COPY --from=packages /venv /venv"
    assert "PYTHONDONTWRITEBYTECODE=1" in final[3]
    assert final[4:8] == [
        "WORKDIR /app",
        "COPY ops/docker/settings.json build/model-settings.json ./",
        "COPY build/model ./model",
        "USER 1000:1000",
    ]
    assert final[8] == "EXPOSE 8080 9000 8082"
    assert final[10] == 'ENTRYPOINT ["mlserver", "start", "/app"]'
    assert not any("apt-get" in step for step in final)


def test_the_image_opens_the_ports_that_the_settings_of_the_server_name() -> None:
    project = load()
    parts = TARGET.lower("serve", project, Findings().report)
    settings = next(part for part in parts if isinstance(part, File) and part.file == "ops/docker/settings.json")
    assert isinstance(settings.body, Json)
    document = settings.body.document
    text = rendered(project, SERVE).text
    assert f"EXPOSE {document['http_port']} {document['grpc_port']} {document['metrics_port']}\n" in text
    assert f"'127.0.0.1', {document['http_port']}," in text
    assert {document["metrics_dir"], document["environments_dir"]} == {"/tmp/metrics", "/tmp/envs"}


def test_the_health_check_is_python_that_fails_on_a_server_that_is_not_ready() -> None:
    import subprocess
    import sys
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Server(BaseHTTPRequestHandler):
        status = 200

        def do_GET(self) -> None:
            self.send_response(Server.status if self.path == "/v2/health/ready" else 404)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Keep quiet."""

    check = next(step for step in steps(rendered(load(), SERVE).text) if step.startswith("HEALTHCHECK "))
    command = json.loads(check.partition("CMD ")[2])
    assert command[:2] == ["python", "-c"]
    server = HTTPServer(("127.0.0.1", 0), Server)
    code = command[2].replace("8080", str(server.server_port))
    assert code != command[2]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        found = {}
        for Server.status in (200, 400):
            found[Server.status] = subprocess.run([sys.executable, "-c", code], check=False).returncode
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert found == {200: 0, 400: 1}
    assert subprocess.run([sys.executable, "-c", code], check=False, stderr=subprocess.DEVNULL).returncode == 1


def test_the_image_that_trains_copies_what_the_pipeline_reads_and_nothing_else() -> None:
    holdout = {"uri": "s3://acme/holdout.csv", "format": "csv", "version": {"resolve": "at-run"}}
    project = load(
        {
            "data.datasets.customers.version": {"dvc": "data/customers.csv.dvc"},
            "data.datasets.holdout": holdout,
            "data.datasets.outcomes": {"uri": "data/outcomes.csv", "format": "csv"},
            "data.evaluate": {"dataset": "holdout"},
        }
    )
    text = rendered(project, TRAIN).text
    assert [step for step in stage(text, 1) if step.startswith("COPY ")] == [
        "COPY --from=packages /venv /venv",
        "COPY requirements.txt ./requirements.txt",
        "COPY ops/pipeline ./ops/pipeline",
        "COPY src ./src",
        "COPY data/customers.csv ./data/customers.csv",
        "COPY data/customers.csv.dvc ./data/customers.csv.dvc",
    ]
    assert stage(text, 1)[-3:] == ["USER 1000:1000", 'ENTRYPOINT ["python", "ops/pipeline"]', 'CMD ["run"]']


def test_in_batch_mode_the_image_runs_the_pipeline_on_the_packaged_model() -> None:
    text = rendered(load(VARIANTS["batch"]), SERVE).text
    assert stage(text, 1)[4:] == [
        "WORKDIR /app",
        "COPY ops/pipeline ./ops/pipeline",
        "COPY build/model ./build/model",
        "USER 1000:1000",
        'ENTRYPOINT ["python", "ops/pipeline"]',
    ]


@pytest.mark.parametrize("name", VARIANTS)
def test_the_dockerignore_lets_in_exactly_what_is_copied(name: str) -> None:
    project = load(VARIANTS[name])
    files, findings = generate(project)
    assert findings == []
    for path in sorted(files):
        if not path.endswith(".Dockerfile"):
            continue
        copied: set[str] = set()
        for step in steps(rendered(project, path).text):
            if step.startswith("COPY ") and "--from" not in step:
                arguments = step.partition(" ")[2]
                words = json.loads(arguments) if arguments.startswith("[") else arguments.split()
                copied.update(words[:-1])
        lines = rendered(project, f"{path}.dockerignore").text.splitlines()
        if "." in copied:
            assert lines[1:] == [".git", ".venv", "venv", "build", ".env", "**/.ipynb_checkpoints", "**/__pycache__"]
        else:
            assert lines[1] == "*"
            assert {line[1:] for line in lines if line.startswith("!")} == copied


@pytest.mark.tools
@pytest.mark.parametrize("name", VARIANTS)
def test_hadolint_is_content_without_any_configuration(name: str, tmp_path: Path) -> None:
    project = load(VARIANTS[name])
    files, _ = generate(project)
    checked = 0
    for path in files:
        if path.endswith(".Dockerfile"):
            (tmp_path / "Dockerfile").write_text(rendered(project, path).text, encoding="utf-8")
            assert tools.hadolint(tmp_path / "Dockerfile") == []
            checked += 1
    assert checked == 2


@pytest.mark.tools
def test_hadolint_needs_the_one_exception_that_it_is_given(tmp_path: Path) -> None:
    text = rendered(load(VARIANTS["packages"]), SERVE).text
    assert text.count("hadolint ignore") == 1
    assert "hadolint ignore" not in rendered(load(VARIANTS["fixed packages"]), SERVE).text
    (tmp_path / "Dockerfile").write_text(text.replace("# hadolint ignore=DL3008\n", ""), encoding="utf-8")
    assert [re.search(r"DL[0-9]+", line) is not None for line in tools.hadolint(tmp_path / "Dockerfile")] == [True]


def test_debian_packages_are_installed_in_the_final_stage_only() -> None:
    text = rendered(load(VARIANTS["packages"]), SERVE).text
    assert not any("apt-get" in step for step in stage(text, 0))
    assert stage(text, 1)[1] == (
        "RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 libpq5"
        " && rm -rf /var/lib/apt/lists/*"
    )


def test_an_index_stays_in_the_stage_that_installs_and_may_ask_for_a_netrc() -> None:
    text = rendered(load(VARIANTS["index"]), SERVE).text
    assert 'ENV PIP_INDEX_URL="https://pypi.acme.example/simple"' in stage(text, 0)
    assert "--mount=type=secret,id=netrc" in stage(text, 0)[-1]
    assert not any("PIP_INDEX_URL" in step or "netrc" in step for step in stage(text, 1))
    assert "netrc" not in rendered(load(), SERVE).text


def test_a_base_image_of_the_user_replaces_the_pinned_one_and_must_have_the_same_python() -> None:
    text = rendered(load(VARIANTS["base image"]), SERVE).text
    assert [step for step in steps(text) if step.startswith("FROM ")] == [f"FROM {BASE} AS packages", f"FROM {BASE}"]
    check = json.loads(stage(text, 0)[1].removeprefix("RUN "))
    assert check == ["python", "-c", "import sys; sys.exit(sys.version_info[:2] != (3, 11))"]
    assert "version_info" not in rendered(load(), SERVE).text


def test_every_line_knows_its_field() -> None:
    project = load({**VARIANTS["packages"], **VARIANTS["index"]})
    serve, train = rendered(project, SERVE), rendered(project, TRAIN)
    dependencies = ("model", "dependencies")
    assert line_of(serve, "AS packages") == (None, (*dependencies, "python"))
    assert line_of(serve, "libpq5") == (None, (*dependencies, "system_packages", 1))
    assert line_of(serve, "PIP_INDEX_URL") == (None, (*dependencies, "index"))
    assert line_of(serve, "COPY requirements.txt") == (None, (*dependencies, "lock"))
    assert line_of(serve, "settings.json") == (None, ("output", "dir"))
    assert line_of(serve, "mlserver") == (None, ("deployment", "mode"))
    assert line_of(train, "COPY src") == (None, ("model", "source"))
    assert line_of(train, "COPY data") == (None, ("data", "datasets", "customers", "uri"))
    own = rendered(load(VARIANTS["base image"]), SERVE)
    assert line_of(own, "AS packages") == (None, (*dependencies, "base_image"))
    assert line_of(own, "version_info") == (None, (*dependencies, "python"))


def test_nothing_is_served_from_an_image_without_a_deployment() -> None:
    files, findings = generate(load({"deployment": {"mode": "none"}, "environments": None}))
    assert findings == []
    assert [path for path in files if path.startswith("ops/docker/")] == [TRAIN, f"{TRAIN}.dockerignore"]


def test_an_environment_alone_can_ask_for_the_image() -> None:
    image = {"mode": "online", "image": {"name": "ghcr.io/acme/churn"}}
    project = load({"deployment": {"mode": "none"}, "environments": {"production": {"deployment": image}}})
    assert SERVE in generate(project)[0]


def test_the_builder_can_be_switched_off() -> None:
    files, _ = generate(load({"output": {"builders": {"docker": False}}}))
    assert not [path for path in files if path.startswith("ops/docker/")]
    assert "ops/pipeline/requirements.in" in files


@pytest.mark.parametrize(
    ("pins", "missing"),
    [
        (Pins(images={}, actions={}), ["dockerfile-frontend", "python-3.11"]),
        (Pins(images={"dockerfile-frontend": Image(name="a", tag="1", digest=DIGEST)}, actions={}), ["python-3.11"]),
    ],
)
def test_a_missing_pin_is_reported_where_the_version_stands(pins: Pins, missing: list[str]) -> None:
    files, findings = generate(load(), pins=pins)
    assert [(item.code, item.at[0]) for item in findings] == [("PIN-720", ("model", "dependencies", "python"))] * len(
        missing
    )
    assert [item.facts["image"] for item in findings] == missing
    assert SERVE not in files
    assert message(findings[0]) == f'no image is pinned as "{missing[0]}"'


@pytest.mark.parametrize("image", ["ghcr.io/acme/python:3.11", f"{BASE}\nRUN id", f"{BASE} AS x", "$X"])
def test_a_base_image_without_a_digest_is_refused(image: str) -> None:
    files, findings = generate(with_dependencies(load(), base_image=image))
    assert [(item.code, item.at[0]) for item in findings] == [("PIN-721", ("model", "dependencies", "base_image"))]
    assert message(findings[0]) == f'"{image}" has no digest'
    assert SERVE not in files


@pytest.mark.parametrize(
    "package",
    ["libgomp1 libpq5", "libgomp1; id", "-o=x", "--force", "a", "libgomp1\\", "$(id)", "lib\nRUN id", "Lib", "x=$(id)"],
)
def test_what_is_no_debian_package_is_refused(package: str) -> None:
    project = with_dependencies(load(), system_packages=("libpq5", package))
    files, findings = generate(project)
    at = ("model", "dependencies", "system_packages", 1)
    assert [(item.code, item.at[0]) for item in findings] == [("PIN-723", at)]
    assert message(findings[0]) == f'"{package}" is not the name of a Debian package'
    assert SERVE not in files


NASTY = [
    "../requirements.txt",
    "/etc/passwd",
    "a\nRUN id",
    "a\\",
    'a"b',
    "a'b",
    "$HOME/a",
    "${HOME}",
    "*.txt",
    "a?",
    "[ab]",
    "<<EOF",
    " a",
    "a /b",
    "a\u2028b",
    "a\u202eb",
]


@pytest.mark.parametrize("path", NASTY)
def test_a_path_that_a_dockerfile_cannot_hold_is_refused(path: str) -> None:
    files, findings = generate(with_dependencies(load(), lock=path))
    assert {(item.code, item.at[0]) for item in findings} == {("PIN-722", ("model", "dependencies", "lock"))}
    assert message(findings[0]).startswith(f'"{path}" ')
    assert SERVE not in files
    with pytest.raises(ValueError, match="one of"):
        copy_words([path], "./")


@pytest.mark.parametrize("path", ["a b", "#a", "!a", "--from=x", "-a", "données/été.txt", "a{b}", "%a", "a,b"])
def test_other_paths_stay_one_word(path: str) -> None:
    assert path_problem(path) is None
    arguments = copy_words([path], "./")
    assert (json.loads(arguments) if arguments.startswith("[") else arguments.split(" ")) == [path, "./"]
    assert not arguments.startswith("-"), "it would be an option"
    assert path_problem("src/./churn") is None


def test_values_of_the_environment_are_not_expanded() -> None:
    assert env_value("https://a/simple") == '"https://a/simple"'
    assert env_value('a"b\\c$d') == '"a\\"b\\\\c\\$d"'
    for text in ("a\nRUN id", "a\rb", "a\tb", "a\x00b", "a\u2028b"):
        with pytest.raises(ValueError, match="hidden character"):
            env_value(text)
    assert json.loads(exec_form(["python", 'a"b\n$c'])) == ["python", 'a"b\n$c']


@pytest.mark.parametrize("index", ["https://ci:hunter2@pypi.acme.example/simple", "https://token@pypi.acme.example/"])
def test_a_password_in_the_address_of_the_index_is_refused(index: str) -> None:
    files, findings = generate(with_dependencies(load(), index=index))
    assert [(item.code, item.at[0]) for item in findings] == [("PIN-724", ("model", "dependencies", "index"))]
    assert "hunter2" not in message(findings[0])
    assert SERVE not in files


def test_an_at_sign_in_the_path_of_the_index_is_no_password() -> None:
    project = load({"model.dependencies.index": "https://pypi.acme.example/@acme/simple"})
    assert "@acme" in rendered(project, SERVE).text


def test_the_scan_is_configured_as_the_spec_says() -> None:
    ignore = {
        "CVE-2026-12345": {"reason": "not reachable: nobody calls it", "expires": "2027-03-01"},
        "GHSA-aaaa-bbbb-cccc": {"reason": "only on Windows", "expires": "2026-12-31"},
    }
    project = load({"deployment.image.scan": {"fail_on": "critical", "only_fixed": False, "ignore": ignore}})
    file = rendered(project, "ops/docker/grype.yaml")
    assert yaml.safe_load(file.text) == {
        "fail-on-severity": "critical",
        "only-fixed": False,
        "ignore": [{"vulnerability": name, "reason": item["reason"]} for name, item in ignore.items()],
    }
    scan = ("deployment", "image", "scan")
    assert line_of(file, "fail-on") == (None, (*scan, "fail_on"))
    assert line_of(file, "only-fixed") == (None, (*scan, "only_fixed"))
    assert line_of(file, "accepted until 2027-03-01") == (None, (*scan, "ignore", "CVE-2026-12345", "expires"))
    assert line_of(file, "- vulnerability: CVE") == (None, (*scan, "ignore", "CVE-2026-12345"))
    assert line_of(file, "nobody calls it") == (None, (*scan, "ignore", "CVE-2026-12345", "reason"))
