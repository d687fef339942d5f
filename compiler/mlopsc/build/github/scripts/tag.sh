docker buildx imagetools create --tag "$TAG" "$IMAGE"
