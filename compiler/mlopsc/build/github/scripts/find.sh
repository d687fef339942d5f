digest="$(docker buildx imagetools inspect "$TAG" --format '{{.Manifest.Digest}}' || true)"
if [[ "$digest" =~ ^sha256:[0-9a-f]{64}$ ]] &&
  cosign verify "${TAG%:*}@$digest" --certificate-identity "$IDENTITY" --certificate-oidc-issuer "$ISSUER" > /dev/null; then
  echo "digest=$digest" >> "$GITHUB_OUTPUT"
  echo "$TAG is there and signed: $digest"
else
  echo "$TAG has to be built"
fi
