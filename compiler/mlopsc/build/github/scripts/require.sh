failed=false
for job in $JOBS; do
  outcome="${!job}"
  echo "$job: $outcome"
  if [ "$outcome" != success ]; then
    echo "::error title=$job::The job $job ended as $outcome."
    failed=true
  fi
done
[ "$failed" = false ]
