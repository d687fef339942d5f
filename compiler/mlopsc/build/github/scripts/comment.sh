comments="repos/$GH_REPO/issues"
mine='.[] | select(.user.login == "github-actions[bot]" and (.body | startswith(env.MARK))) | .id'
found="$(gh api --paginate "$comments/$PULL_REQUEST/comments" --jq "$mine")"
first="${found%%$'\n'*}"
if [ -n "$first" ]; then
  gh api --silent --method PATCH "$comments/comments/$first" --field "body=@$FILE"
else
  gh api --silent --method POST "$comments/$PULL_REQUEST/comments" --field "body=@$FILE"
fi
