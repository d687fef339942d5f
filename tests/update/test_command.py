"""``mlopsc update --pins`` as a whole, with pip, and with a GitHub, a registry and a package index on this machine."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sandbox
import yaml
from mlopsc import __version__
from mlopsc.pins import defaults
from mlopsc.update.plan import in_use
from update.world import Site, digest, serving, sha, wheel

NEW = "sha256:" + "1" * 64
KEPT = "# ours\napiVersion: mlopsc/v1\n"


class Repository:
    """A repository with the spec of the toy, and the hosts that an update asks."""

    def __init__(self, root: Path, plugin: Path, site: Site) -> None:
        self.root = root
        self.site = site
        self.file = root / "mlops.pins.yaml"
        proxies = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        kept = sandbox.environment(
            plugin,
            GITHUB_API_URL=f"{site.url}/api",
            PIP_INDEX_URL=f"{site.url}/simple",
            PIP_CONFIG_FILE="/dev/null",
            GH_TOKEN="t0ken",
        )
        dropped = {*proxies, "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CONSTRAINT"}
        self.environment = {name: value for name, value in kept.items() if name not in dropped}

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        done = sandbox.run(self.root, *arguments, env={**self.environment, **variables})
        assert "Traceback (most recent call last)" not in done.stdout + done.stderr
        assert "hunter2" not in done.stdout + done.stderr
        return done

    def update(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.run("update", "--pins", *arguments, **variables)

    def pin(self, text: str) -> str:
        """Write the pins file."""
        self.file.write_text(KEPT + text, encoding="utf-8")
        return KEPT + text

    def release(self, repository: str, tag: str, day: str) -> None:
        """Publish a release of an action."""
        commit = {"sha": sha(tag), "commit": {"committer": {"date": f"{day}T00:00:00Z"}}}
        listed = [{"tag_name": tag, "published_at": f"{day}T00:00:00Z"}]
        self.site.put(f"/api/repos/{repository}/releases?per_page=100", listed)
        self.site.put(f"/api/repos/{repository}/commits/tags/{tag}", commit)

    def packages(self) -> dict[str, bytes]:
        """Publish mlopsc and what this one needs; return the wheels."""
        made = {
            "mlopsc": wheel("mlopsc", __version__, "click>=8", "typing-extensions"),
            "click": wheel("click", "8.1.0"),
            "typing-extensions": wheel("typing_extensions", "4.9.0"),
        }
        self.site.package("mlopsc", (__version__, "2026-01-01", made["mlopsc"]))
        young = ("8.2.0", "2999-01-01", wheel("click", "8.2.0"))
        self.site.package("click", ("8.1.0", "2020-01-01", made["click"]), young)
        self.site.package("typing-extensions", ("4.9.0", "2020-01-01", made["typing-extensions"]))
        return made


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    plugin = tmp_path / "site"
    sandbox.install(plugin, "toy", "mlopsc_toy:TARGET")
    sandbox.write(tmp_path / "root")
    with serving() as site:
        made = Repository(tmp_path / "root", plugin, site)
        for name, pin in defaults().actions.items():
            made.release("/".join(name.split("/")[:2]), pin.tag, "2020-01-01")
        for name, image in defaults().images.items():
            assert image.name.startswith("docker.io/"), f"{name} would be asked for outside this machine"
        yield made


def test_everything_that_is_used_or_pinned_is_renewed_and_compiles(repository: Repository) -> None:
    site = repository.site
    spec = repository.root / "mlops.yaml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("check: false", "check: true"), encoding="utf-8")
    before = repository.pin(
        f"images:\n  python-3.11: # a mirror\n    name: {site.place}/python\n"
        f"    tag: 3.11\n    digest: sha256:{'0' * 64}\n"
        f"actions:\n  actions/checkout: {{tag: v7.0.0, sha: {sha('v7.0.0')}}}\n"
    )
    assert "PIN-730" in repository.run("compile").stdout
    site.put("/v2/python/manifests/3.11", b"", Docker_Content_Digest=NEW)
    repository.release("actions/checkout", "v7.1.0", "2020-02-02")
    made = repository.packages()
    done = repository.update()
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["python-3.11", "sha256:000000000000", "->", "sha256:111111111111"]
    assert lines[1].split() == ["actions/checkout", "v7.0.0", "->", "v7.1.0", "(2020-02-02)"]
    assert lines[2].split() == ["mlopsc", "not", "pinned", "->", __version__, "(2026-01-01)"]
    assert lines[3].split() == ["click", "not", "pinned", "->", "8.1.0", "(2020-01-01)"]
    assert lines[-1] == 'mlops.pins.yaml: written; run "mlopsc compile" and review what changes'
    after = repository.file.read_text(encoding="utf-8")
    head = before.replace(f"sha256:{'0' * 64}", NEW).replace("v7.0.0", "v7.1.0").replace(sha("v7.0.0"), sha("v7.1.0"))
    assert after.startswith(head)
    section = yaml.safe_load(after)["mlopsc"]
    assert section["version"] == __version__
    assert {name: item["hashes"] for name, item in section["requirements"].items()} == {
        name: [digest(body)] for name, body in made.items()
    }
    assert {header for _, path, header in site.requests if path.startswith("/api/")} == {"Bearer t0ken"}
    assert {header for _, path, header in site.requests if not path.startswith("/api/")} == {""}

    compiled = repository.run("compile")
    assert compiled.returncode == 0, compiled.stdout
    assert "PIN-73" not in compiled.stdout
    requirements = (repository.root / "ops" / "check" / "requirements.txt").read_text(encoding="utf-8")
    assert f"click==8.1.0 \\\n    --hash={digest(made['click'])}\n" in requirements
    folder = repository.root / "installed"
    _, code = install(repository, requirements, folder)
    assert code == 0
    assert sorted(path.name for path in folder.glob("click*")) == ["click-8.1.0.dist-info"]

    again = repository.update()
    assert again.returncode == 0
    assert re.fullmatch("[0-9]+ pins are up to date\n", again.stdout)
    assert repository.file.read_text(encoding="utf-8") == after


def install(repository: Repository, requirements: str, folder: Path) -> tuple[str, int]:
    """Install the requirements as the check job does."""
    file = repository.root / "requirements.txt"
    file.write_text(requirements, encoding="utf-8")
    command = [sys.executable, "-m", "pip", "install", "--require-hashes", "--requirement", str(file)]
    environment = {**repository.environment, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1"}
    done = subprocess.run(
        [*command, "--target", str(folder)], env=environment, capture_output=True, text=True, check=False
    )
    return done.stderr, done.returncode


def test_a_wheel_that_was_changed_is_not_installed(repository: Repository) -> None:
    repository.packages()
    assert repository.update("mlopsc").returncode == 0
    section = yaml.safe_load(repository.file.read_text(encoding="utf-8"))["mlopsc"]
    lines = ["--require-hashes"]
    for name, item in section["requirements"].items():
        lines.append(f"{name}=={item['version']} " + " ".join(f"--hash={found}" for found in item["hashes"]))
    repository.site.put("/files/click-8.1.0-py3-none-any.whl", wheel("click", "8.1.0", "evil"))
    page = repository.site.pages["/simple/click/"]
    told = page[2].replace(
        digest(wheel("click", "8.1.0"))[7:].encode(), digest(wheel("click", "8.1.0", "evil"))[7:].encode()
    )
    repository.site.pages["/simple/click/"] = (page[0], page[1], told)
    error, code = install(repository, "\n".join(lines), repository.root / "installed")
    assert code == 1
    assert "DO NOT MATCH THE HASHES" in error


def test_a_dry_run_prints_and_writes_nothing(repository: Repository) -> None:
    repository.release("actions/cache", "v5.0.9", "2020-02-02")
    done = repository.update("actions/cache", "--dry-run")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].split() == ["actions/cache", "v5.0.5", "->", "v5.0.9", "(2020-02-02)"]
    assert done.stdout.splitlines()[-1] == "mlops.pins.yaml: nothing was written"
    assert not repository.file.exists()


@pytest.mark.parametrize("only", ["images", "actions"])
def test_only_one_kind_is_asked_for(repository: Repository, only: str) -> None:
    before = repository.pin(
        f"images:\n  python-3.11: {{name: {repository.site.place}/python, tag: 3.11, digest: {NEW}}}\n"
        f"actions:\n  actions/cache: {{tag: v5.0.5, sha: {sha('v5.0.5')}}}\n"
    )
    repository.site.put("/v2/python/manifests/3.11", b"", Docker_Content_Digest=NEW)
    repository.release("actions/cache", "v5.0.5", "2020-02-02")
    done = repository.update("--only", only)
    assert done.returncode == 0
    assert re.fullmatch("[0-9]+ pins? (is|are) up to date\n", done.stdout)
    paths = [path.split("/")[1] for _, path, _ in repository.site.requests]
    assert set(paths) == {"v2" if only == "images" else "api"}
    assert repository.file.read_text(encoding="utf-8") == before


def test_a_spec_elsewhere_is_named_first(repository: Repository) -> None:
    repository.release("actions/cache", "v5.0.9", "2020-02-02")
    sandbox.write(repository.root, name="models/car/mlops.yaml")
    done = repository.update("models/car", "actions/cache")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not repository.file.exists()
    written = repository.root / "models" / "car" / "mlops.pins.yaml"
    assert yaml.safe_load(written.read_text(encoding="utf-8"))["actions"] == {
        "actions/cache": {"tag": "v5.0.9", "sha": sha("v5.0.9")}
    }


def test_offline_stops_with_a_code_and_writes_nothing(repository: Repository) -> None:
    before = repository.pin(f"actions:\n  actions/cache: {{tag: v5.0.5, sha: {sha('v5.0.5')}}}\n")
    done = repository.update("--only", "actions", GITHUB_API_URL="http://ci:hunter2@127.0.0.1:9/api")
    assert done.returncode == 1
    assert done.stdout.startswith("mlops.pins.yaml:1:1: error PIN-740: 127.0.0.1:9 cannot be reached: ")
    assert repository.file.read_text(encoding="utf-8") == before


def test_half_of_an_update_is_never_written(repository: Repository) -> None:
    before = repository.pin(
        f"actions:\n  actions/cache: {{tag: v5.0.5, sha: {sha('v5.0.5')}}}\n"
        f"  actions/checkout: {{tag: v7.0.0, sha: {sha('v7.0.0')}}}\n"
    )
    repository.release("actions/cache", "v5.0.9", "2020-02-02")
    repository.release("actions/checkout", "v7.0.9", "2020-02-02")
    repository.site.put("/api/repos/actions/checkout/commits/tags/v7.0.9", {"sha": "v7.0.9"})
    done = repository.update("--only", "actions")
    assert done.returncode == 1
    assert 'mlops.pins.yaml:5:3: error PIN-742: "actions/checkout": ' in done.stdout
    assert repository.file.read_text(encoding="utf-8") == before


def test_a_file_that_cannot_be_edited_safely_stays(repository: Repository) -> None:
    repository.release("actions/cache", "v5.0.9", "2020-02-02")
    repository.file.write_text("{apiVersion: mlopsc/v1}\n", encoding="utf-8")
    done = repository.update("actions/cache")
    assert done.returncode == 1
    assert "error PIN-744: mlops.pins.yaml is written in a way that is not safe to change" in done.stdout
    assert repository.file.read_text(encoding="utf-8") == "{apiVersion: mlopsc/v1}\n"


def test_a_version_that_nobody_published_stops(repository: Repository) -> None:
    repository.packages()
    repository.site.package("mlopsc", ("0.0.1", "2020-01-01", wheel("mlopsc", "0.0.1")))
    done = repository.update("mlopsc")
    assert done.returncode == 1
    assert f"error PIN-745: pip finds no set of packages for mlopsc {__version__}: No matching" in done.stdout
    assert not repository.file.exists()


def test_a_spec_that_does_not_compile_is_told_before_anything_is_asked(repository: Repository) -> None:
    (repository.root / "mlops.yaml").write_text("apiVersion: mlopsc/v1\n", encoding="utf-8")
    assert repository.update().returncode == 1
    repository.pin("images: [python]\n")
    sandbox.write(repository.root)
    assert "error PIN-702" in repository.update().stdout
    assert repository.site.requests == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "say what to update: --pins"),
        (("--pins", "action/checkout"), 'No pin is called "action/checkout". Did you mean "actions/checkout"?'),
        (("--pins", "actions/cache", "--only", "images"), "nothing is left to look up"),
        (("--pins", "--cooldown", "-1"), "--cooldown"),
    ],
)
def test_wrong_usage(repository: Repository, arguments: tuple[str, ...], told: str) -> None:
    done = repository.run("update", *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert repository.site.requests == []


def test_a_pin_is_in_use_when_a_file_holds_it_whole() -> None:
    pins = defaults()
    action, image = pins.actions["actions/cache/save"], pins.images["python-3.11"]
    texts = [f"- uses: actions/cache/save@{action.sha} # {action.tag}", f"FROM {image.reference} AS build"]
    assert in_use(pins, texts) == ({"python-3.11"}, {"actions/cache/save"})
    assert in_use(pins, ["uses: actions/cache/save@main", f"FROM {image.name}:{image.tag}"]) == (set(), set())
