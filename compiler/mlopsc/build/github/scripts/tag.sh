# without an index around it the tag is on the very digest
docker buildx imagetools create --prefer-index=false --tag "$TAG" "$IMAGE"
