mkdir -p "$(dirname "$TARGET")"
rm -rf "$TARGET"
container="$(docker create "$IMAGE")"
docker cp "$container:$SOURCE" "$TARGET"
docker rm "$container" > /dev/null
