"""How the pods are reached: services, the route through the gateway, and who is let in at all."""

from __future__ import annotations

from mlopsc.build.kubernetes.objects import Object
from mlopsc.build.kubernetes.values import at
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlopsc.build.kubernetes.settings import Settings
    from mlopsc.parts import Data

NAMESPACE = "kubernetes.io/metadata.name"
"""Label that every namespace has."""


def service(name: At, selector: dict[str, Data], ports: list[Data], *, stem: str, purpose: str) -> Object:
    """Return a service in front of one track."""
    return Object(
        stem=stem,
        purpose=purpose,
        data={
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name},
            "spec": {"selector": selector, "ports": ports},
        },
    )


def http_route(settings: Settings, path: At, backends: list[Data], filters: Data | None = None) -> Object | None:
    """Return the route from the gateway to the model; None when it is not reached from outside.

    Args:
        settings: of the environment.
        path: prefix of the requests that may pass.
        backends: services with ports and weights.
        filters: what else happens to requests, such as a mirror.
    """
    ingress = settings.deployment.ingress
    if ingress is None:
        return None
    rule: dict[str, Data] = {"matches": [{"path": {"type": "PathPrefix", "value": path}}]}
    if filters is not None:
        rule["filters"] = filters
    gateway = At(
        {"name": at(ingress.gateway, "name"), "namespace": at(ingress.gateway, "namespace")}, ingress.gateway.path
    )
    return Object(
        stem="httproute",
        purpose="Route from the gateway to the model.",
        data=At(
            {
                "apiVersion": "gateway.networking.k8s.io/v1",
                "kind": "HTTPRoute",
                "metadata": {"name": settings.name},
                "spec": {
                    "parentRefs": [gateway],
                    "hostnames": [at(ingress, "host")],
                    "rules": [{**rule, "backendRefs": backends}],
                },
            },
            ingress.path,
        ),
    )


def network_policy(
    settings: Settings,
    egress: At,
    *,
    public: Sequence[str] = (),
    direct: Sequence[str] = (),
    metrics: str | None = None,
) -> Object:
    """Return the policy that closes the pods to everybody but those who need them.

    Args:
        settings: of the environment.
        egress: what the pods may reach: ``none``, ``dns``, ``https`` (names, port 443 and the identity endpoints of
            clouds) or ``all``; its note becomes a comment.
        public: names of the ports that the gateway may reach.
        direct: names of the ports for ``ingress.allow_from``, or for the own namespace without an ingress.
        metrics: name of the port that Prometheus may reach.
    """
    allowed: list[Data] = []
    ingress = settings.deployment.ingress
    if ingress is not None and public:
        gateway = {"from": [_namespace(at(ingress.gateway, "namespace"))], "ports": _ports(public)}
        allowed.append(At(gateway, ingress.path))
        peers = [_peer(At(peer, (*ingress.path, "allow_from", index))) for index, peer in enumerate(ingress.allow_from)]
        if peers:
            allowed.append(At({"from": peers, "ports": _ports(direct)}, (*ingress.path, "allow_from")))
    elif direct:
        # Without an ingress the model serves its own namespace.
        allowed.append({"from": [{"podSelector": {}}], "ports": _ports(direct)})
    if metrics is not None:
        allowed.append(_scrape(settings, metrics))
    ways_out = _EGRESS[egress.value]
    spec: dict[str, Data] = {
        "podSelector": {"matchLabels": settings.labels()},
        "policyTypes": At(["Ingress"] if ways_out is None else ["Ingress", "Egress"], egress.path),
        "ingress": allowed,
    }
    if ways_out is not None:
        spec["egress"] = At(ways_out, egress.path, note=egress.note)
    return Object(
        stem="networkpolicy",
        purpose="Who may reach the pods, and what they may reach.",
        data={
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": settings.name},
            "spec": spec,
        },
    )


_DNS = At(
    {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]},
    note="names; to any address, since the caches of nodes have link-local ones",
)
_HTTPS = At({"ports": [{"port": 443, "protocol": "TCP"}]}, note="object stores and other services, wherever they are")
_IDENTITY = At(
    {
        "to": [{"ipBlock": {"cidr": "169.254.0.0/16"}}],
        "ports": [{"port": 80, "protocol": "TCP"}, {"port": 988, "protocol": "TCP"}],
    },
    note="where clouds hand out the identity of a pod; 988 on GKE without Dataplane V2",
)
_EGRESS: dict[str, list[Data] | None] = {"none": [], "dns": [_DNS], "https": [_DNS, _HTTPS, _IDENTITY], "all": None}


def _scrape(settings: Settings, port: str) -> Data:
    prometheus = settings.monitoring.prometheus
    if prometheus.namespace is None:
        note = "any namespace: monitoring.prometheus.namespace is not set"
        return At(
            {"from": [{"namespaceSelector": {}}], "ports": _ports([port])}, (*prometheus.path, "namespace"), note=note
        )
    return {"from": [_namespace(at(prometheus, "namespace"))], "ports": _ports([port])}


def _namespace(name: At) -> Data:
    return At({"namespaceSelector": {"matchLabels": {NAMESPACE: name}}}, name.path)


def _peer(peer: At) -> Data:
    kind, _, value = peer.value.partition(":")
    if kind == "cidr":
        return At({"ipBlock": {"cidr": value}}, peer.path)
    return _namespace(peer._replace(value=value))


def _ports(names: Sequence[str]) -> list[Data]:
    return [{"port": name} for name in names]
