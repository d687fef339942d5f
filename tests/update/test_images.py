"""What the tags of images stand for now."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from mlopsc.pins import Image
from mlopsc.update.change import Found
from mlopsc.update.images import Images
from mlopsc.update.network import Answer
from mlopsc.update.refusal import Refused
from update.world import World, digest

HUB = "https://registry-1.docker.io/v2/library/python"
NAME = "python-3.11"


def build(world: World, created: str | None, base: str = HUB) -> str:
    """Publish an index of two platforms and an attestation; return its digest."""
    configuration = json.dumps({"created": created} if created else {}).encode()
    manifest = json.dumps({"config": {"digest": digest(configuration)}}).encode()
    attestation = json.dumps({"config": {"digest": digest(b"no")}, "of": created}).encode()
    platforms = [
        {"digest": digest(attestation), "platform": {"os": "unknown", "architecture": "unknown"}},
        {"digest": digest(manifest), "platform": {"os": "linux", "architecture": "amd64"}},
    ]
    index = json.dumps({"manifests": platforms}).encode()
    for kind, body in (("manifests", index), ("manifests", manifest), ("blobs", configuration)):
        world.put(f"{base}/{kind}/{digest(body)}", body)
    return digest(index)


def pinned(old: str, name: str = "docker.io/library/python") -> Image:
    return Image(name=name, tag="3.11-slim-bookworm", digest=old)


def tag(world: World, found: str, base: str = HUB, status: int = 200) -> None:
    """Let the tag stand for a digest."""
    world.put(f"{base}/manifests/3.11-slim-bookworm", b"", status=status, docker_content_digest=found)


def refused(world: World, pin: Image) -> tuple[str, dict[str, str]]:
    with pytest.raises(Refused) as caught:
        Images(world).look(NAME, pin)
    return caught.value.code, dict(caught.value.facts)


@pytest.fixture
def world() -> World:
    return World()


def test_a_tag_that_was_built_again_gives_the_digest_of_the_new_index(world: World) -> None:
    old, new = build(world, "2026-08-01T01:02:03.123456789Z"), build(world, "2026-11-19T01:02:03Z")
    tag(world, new)
    found = Images(world).look(NAME, pinned(old))
    assert found.pin == pinned(new)
    (change,) = found.changes
    assert (change.section, change.name, change.old, change.new) == ("images", NAME, old[:19], new[:19])
    assert (str(change.old_date), str(change.new_date)) == ("2026-08-01", "2026-11-19")


def test_a_tag_that_stands_for_the_pinned_digest_asks_one_question(world: World) -> None:
    tag(world, "sha256:" + "ab" * 32)
    assert Images(world).look(NAME, pinned("sha256:" + "ab" * 32)) == Found()
    assert world.asked == [f"HEAD {HUB}/manifests/3.11-slim-bookworm"]


def test_a_registry_that_wants_a_token_is_given_the_one_for_everybody(world: World) -> None:
    base = "https://ghcr.io/v2/acme/python"
    old, new = build(world, "2026-10-01T00:00:00Z", base), build(world, "2026-11-01T00:00:00Z", base)
    realm = "https://ghcr.io/token?service=ghcr.io&scope=repository%3Aacme%2Fpython%3Apull"
    world.put(realm, {"token": "anyone"})
    challenge = 'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:acme/python:pull"'
    world.put(f"{base}/manifests/3.11-slim-bookworm", b"", docker_content_digest=new)
    pages = dict(world.pages)

    def guarded(url: str) -> None:
        def answer(headers: Mapping[str, str]) -> Answer:
            if headers.get("Authorization") != "Bearer anyone":
                return Answer(status=401, headers={"www-authenticate": challenge}, body=b"")
            page = pages[url]
            assert isinstance(page, Answer)
            return page

        world.pages[url] = answer

    for url in pages:
        if url != realm:
            guarded(url)
    found = Images(world).look(NAME, pinned(old, "ghcr.io/acme/python"))
    assert found.pin == pinned(new, "ghcr.io/acme/python")
    assert [item for item in world.asked if "token" in item] == [f"GET {realm}"], "one token serves all questions"


@pytest.mark.parametrize(
    "challenge", ['Basic realm="x"', "", 'Bearer realm="http://ghcr.io/token"', 'Bearer realm="file:///etc/passwd"']
)
def test_a_private_image_stops_and_an_open_connection_gets_no_token(world: World, challenge: str) -> None:
    world.put("https://ghcr.io/v2/a/b/manifests/3.11-slim-bookworm", b"", status=401, www_authenticate=challenge)
    code, facts = refused(world, pinned("sha256:" + "0" * 64, "ghcr.io/a/b"))
    assert code == "PIN-741"
    assert (facts["host"], facts["given"], facts["what"]) == ("ghcr.io", "status 401", "ghcr.io/a/b:3.11-slim-bookworm")
    assert "only public images" in facts["hint"]
    assert len(world.asked) == 1


def test_without_the_header_the_digest_is_that_of_the_document(world: World) -> None:
    body = b'{"manifests": []}'
    world.put(f"{HUB}/manifests/3.11-slim-bookworm", body)
    world.put(f"{HUB}/manifests/{digest(body)}", body)
    old = build(world, None)
    assert Images(world).look(NAME, pinned(old)).pin == pinned(digest(body))


@pytest.mark.parametrize("given", ["", "latest", "sha256:12", "sha512:" + "0" * 128])
def test_a_tag_without_a_digest_is_refused(world: World, given: str) -> None:
    tag(world, given)
    code, facts = refused(world, pinned("sha256:" + "0" * 64))
    assert code == "PIN-742"
    assert facts == {"name": NAME, "host": "registry-1.docker.io", "what": "digest", "tag": "3.11-slim-bookworm"}


@pytest.mark.parametrize(
    ("status", "hint"), [(404, "check the name"), (429, "try again later"), (403, "public images")]
)
def test_another_status_stops(world: World, status: int, hint: str) -> None:
    tag(world, "sha256:" + "1" * 64, status=status)
    code, facts = refused(world, pinned("sha256:" + "0" * 64))
    assert (code, facts["given"]) == ("PIN-741", f"status {status}")
    assert hint in facts["hint"]


def test_a_tag_that_was_moved_back_is_refused(world: World) -> None:
    old, new = build(world, "2026-08-02T00:00:00Z"), build(world, "2026-08-01T00:00:00Z")
    tag(world, new)
    code, facts = refused(world, pinned(old))
    assert code == "PIN-743"
    assert facts["new"] == f"{new[:19]} (2026-08-01), which 3.11-slim-bookworm stands for now,"
    assert facts["old"] == f"{old[:19]} (2026-08-02)"


def test_an_image_that_does_not_say_when_it_was_built_has_no_date(world: World) -> None:
    old, new = "sha256:" + "0" * 64, build(world, None)
    world.put(f"{HUB}/manifests/{old}", b"gone", status=404)
    tag(world, new)
    (change,) = Images(world).look(NAME, pinned(old)).changes
    assert (change.old_date, change.new_date) == (None, None)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("python", HUB),
        ("acme/python", "https://registry-1.docker.io/v2/acme/python"),
        ("quay.io/acme/a/b", "https://quay.io/v2/acme/a/b"),
        ("localhost/acme", "http://localhost/v2/acme"),
        ("127.0.0.1:5000/acme", "http://127.0.0.1:5000/v2/acme"),
        ("registry.acme.example:5000/acme", "https://registry.acme.example:5000/v2/acme"),
    ],
)
def test_names_lead_to_registries_as_docker_reads_them(world: World, name: str, url: str) -> None:
    tag(world, "sha256:" + "0" * 64, url)
    assert Images(world).look(NAME, pinned("sha256:" + "0" * 64, name)) == Found()
