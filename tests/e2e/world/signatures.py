"""Signatures and attestations, by image digest; both name the workflow that made them."""

from __future__ import annotations

from e2e.world.job import ISSUER, Job
from e2e.world.state import RefusedError, State

PROVENANCE = "https://slsa.dev/provenance/v1"
SPDX = "https://spdx.dev/Document/v2.3"


def sign(state: State, job: Job, digest: str) -> None:
    """Sign an image with the identity of the job.

    Raises:
        RefusedError: the job gets no identity token.
    """
    job.need("id-token", "write", "a signature")
    with state.changing("signatures", []) as signatures:
        signatures.append({"digest": digest, "identity": job.identity, "issuer": ISSUER})


def verify(state: State, digest: str, identity: str, issuer: str) -> None:
    """Look for a signature.

    Raises:
        RefusedError: nobody with that identity signed the image.
    """
    wanted = {"digest": digest, "identity": identity, "issuer": issuer}
    signatures = state.read("signatures", [])
    if wanted in signatures:
        return
    others = sorted({signature["identity"] for signature in signatures if signature["digest"] == digest})
    if others:
        raise RefusedError(f"Error: none of the expected identities matched what was in the certificate, got {others}")
    raise RefusedError(f"Error: no signatures found for {digest}")


def attest(state: State, job: Job, name: str, digest: str, predicate: str) -> None:
    """Store a statement about an image.

    Raises:
        RefusedError: the job may not attest.
    """
    job.need("id-token", "write", "an attestation")
    job.need("attestations", "write", "an attestation")
    with state.changing("attestations", []) as attestations:
        facts = {"name": name, "digest": digest, "predicate": predicate}
        attestations.append({**facts, "identity": job.identity, "issuer": ISSUER})


def verify_attestation(state: State, name: str, digest: str, identity: str, issuer: str, predicate: str) -> None:
    """Look for a statement.

    Raises:
        RefusedError: nobody with that identity made such a statement about the image.
    """
    facts = {"name": name, "digest": digest, "predicate": predicate}
    wanted = {**facts, "identity": identity, "issuer": issuer}
    if wanted not in state.read("attestations", []):
        raise RefusedError(f"Error: no attestation of {predicate} by {identity} for {name}@{digest}")
