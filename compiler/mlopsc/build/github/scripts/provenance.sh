gh attestation verify "oci://$IMAGE" --repo "$GH_REPO" --cert-identity "$IDENTITY" --cert-oidc-issuer "$ISSUER"
