[[ "$IMAGE" =~ @sha256:[0-9a-f]{64}$ ]] || { echo "::error::$IMAGE names no digest."; exit 1; }
cosign sign --yes "$IMAGE"
