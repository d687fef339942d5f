# a path of the spec is a path here, and no pattern
export GIT_LITERAL_PATHSPECS=1
status=0
git diff --quiet "$BASE" HEAD -- "$@" || status=$?
case "$status" in
  0) relevant=false ;;
  1) relevant=true ;;
  *) exit "$status" ;;
esac
echo "relevant=$relevant" >> "$GITHUB_OUTPUT"
