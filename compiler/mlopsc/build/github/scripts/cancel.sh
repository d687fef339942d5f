mine='.[] | select(.status != "completed" and (.displayTitle | endswith(env.ENDING))) | .databaseId'
runs="$(gh run list --workflow "$WORKFLOW" --limit 100 --json databaseId,displayTitle,status --jq "$mine")"
for run in $runs; do
  echo "cancelling run $run"
  # it may end by itself in the meantime
  gh run cancel "$run" || echo "run $run could not be cancelled"
done
