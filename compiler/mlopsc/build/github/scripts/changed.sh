status=0
git diff --quiet "$BASE" HEAD -- "${FILES[@]}" || status=$?
case "$status" in
  0) relevant=false ;;
  1) relevant=true ;;
  *) exit "$status" ;;
esac
echo "relevant=$relevant" >> "$GITHUB_OUTPUT"
