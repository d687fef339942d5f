"""What the tags of images stand for now, asked of their registries (OCI distribution, version 2 of the API)."""

from __future__ import annotations

import hashlib
import json
import re
from urllib.parse import urlencode, urlsplit

from mlopsc.pins import Image
from mlopsc.update.change import Change, Found, day
from mlopsc.update.network import Answer, host
from mlopsc.update.refusal import refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from mlopsc.update.network import Network

_INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_SINGLE = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
_ACCEPT = ", ".join((*_INDEXES, *_SINGLE))
_DIGEST = re.compile("sha256:[0-9a-f]{64}")
_PARAMETER = re.compile(r'([a-z_]+)="([^"]*)"')
_DOCKER_HUB = "registry-1.docker.io"
_SHOWN = len("sha256:") + 12


class Images:
    """Looks up tags.

    A tag names only the newest build of it: a cooldown would wait for ever where builds come every week, and a new
    build of the same release is how its base gets security fixes. So none is kept here.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._tokens: dict[tuple[str, str], str] = {}

    def look(self, name: str, pin: Image) -> Found:
        """Return the digest that the tag of a pin stands for, if that is another one.

        Args:
            name: of the pin.
            pin: what is pinned; its tag stays.

        Raises:
            Refused: the registry does not answer, has no digest for the tag, or has a build older than the pinned one.
        """
        digest = self.digest(name, pin)
        if digest == pin.digest:
            return Found()
        new, old = self.created(pin.name, digest), self.created(pin.name, pin.digest)
        if new is not None and old is not None and new < old:
            raise refuse(
                "PIN-743",
                name=name,
                new=f"{digest[:_SHOWN]} ({new}), which {pin.tag} stands for now,",
                old=f"{pin.digest[:_SHOWN]} ({old})",
            )
        change = Change(
            section="images", name=name, old=pin.digest[:_SHOWN], old_date=old, new=digest[:_SHOWN], new_date=new
        )
        return Found(pin=pin.replace(digest=digest), changes=(change,))

    def digest(self, name: str, pin: Image) -> str:
        """Return the digest of a tag: of the index of all platforms, where there is one.

        Raises:
            Refused: the registry names none.
        """
        answer = self._ask(pin.name, f"manifests/{pin.tag}", method="HEAD")
        digest = answer.headers.get("docker-content-digest", "")
        if answer.status == 200 and not digest:  # optional: then it is that of the document itself
            body = self._ask(pin.name, f"manifests/{pin.tag}").body
            digest = f"sha256:{hashlib.sha256(body).hexdigest()}" if body else ""
        if answer.status != 200:
            hint = "check the name and the tag"
            if answer.status in (401, 403):
                hint = (
                    'only public images are looked up; "docker buildx imagetools inspect" prints the digest of others'
                )
            if answer.status == 429:
                hint = "registries limit how often they answer; try again later"
            what = f"{pin.name}:{pin.tag}"
            given = f"status {answer.status}"
            raise refuse("PIN-741", host=_place(pin.name)[0], given=given, what=what, hint=hint)
        if not _DIGEST.fullmatch(digest):
            raise refuse("PIN-742", name=name, host=_place(pin.name)[0], what="digest", tag=pin.tag)
        return digest

    def created(self, image: str, digest: str) -> date | None:
        """Return the day that an image was built, as its configuration says; None when it does not.

        Of several platforms the first counts that an image runs on; attestations are listed as platforms, too.
        """
        manifest = self._document(image, f"manifests/{digest}")
        listed = [item for item in manifest.get("manifests", ()) if isinstance(item, dict)]
        real = [item for item in listed if dict(item.get("platform") or {}).get("os") != "unknown"]
        if real:
            manifest = self._document(image, f"manifests/{real[0].get('digest')}")
        configuration = manifest.get("config")
        if not isinstance(configuration, dict):
            return None
        return day(self._document(image, f"blobs/{configuration.get('digest')}").get("created"))

    def _document(self, image: str, path: str) -> dict[str, Any]:
        """Return a JSON document of an image; empty when there is none."""
        answer = self._ask(image, path)
        try:
            document = json.loads(answer.body) if answer.status == 200 else None
        except ValueError:
            document = None
        return document if isinstance(document, dict) else {}

    def _ask(self, image: str, path: str, *, method: str = "GET") -> Answer:
        """Ask the registry of an image, with a token where it wants one."""
        registry, repository = _place(image)
        url = f"{_scheme(registry)}://{registry}/v2/{repository}/{path}"
        headers = {"Accept": _ACCEPT}
        token = self._tokens.get((registry, repository))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        answer = self.network.fetch(url, headers, method=method)
        if answer.status != 401 or token:
            return answer
        token = self._token(answer.headers.get("www-authenticate", ""))
        if not token:
            return answer
        self._tokens[registry, repository] = token
        return self.network.fetch(url, {**headers, "Authorization": f"Bearer {token}"}, method=method)

    def _token(self, challenge: str) -> str:
        """Return the token that everybody gets for what a registry asked a token for; empty when there is none."""
        kind, _, rest = challenge.partition(" ")
        parameters = dict(_PARAMETER.findall(rest))
        realm = parameters.pop("realm", "")
        if kind.lower() != "bearer" or urlsplit(realm).scheme != _scheme(host(realm)):
            return ""
        asked = {name: parameters[name] for name in ("service", "scope") if name in parameters}
        answer = self.network.fetch(f"{realm}?{urlencode(asked)}", {})
        try:
            given = json.loads(answer.body) if answer.status == 200 else {}
        except ValueError:
            return ""
        token = given.get("token") or given.get("access_token") if isinstance(given, dict) else ""
        return token if isinstance(token, str) else ""


def _place(image: str) -> tuple[str, str]:
    """Return the host of the registry and the repository in it, by the rules of Docker for names without a host."""
    first, _, rest = image.partition("/")
    if not rest or not ("." in first or ":" in first or first == "localhost"):
        first, rest = "docker.io", image
    if first in ("docker.io", "index.docker.io"):
        return _DOCKER_HUB, rest if "/" in rest else f"library/{rest}"
    return first, rest


def _scheme(registry: str) -> str:
    """Return how a registry is talked to; only one on this machine needs no encryption, as for Docker."""
    name = registry.partition(":")[0]
    return "http" if name == "localhost" or name.startswith("127.") else "https"
